// SPDX-License-Identifier: Apache-2.0

extension TCS {
    /// The answer to ``PublishMetricsRequest``.
    public struct AckPublishMetric: Codable, Sendable, Hashable {
        /// Any text.
        public var message: String?

        /// Creates the value.
        public init(message: String? = nil) {
            self.message = message
        }
    }

    /// The answer to ``PublishHealthRequest``.
    public struct AckPublishHealth: Codable, Sendable, Hashable {
        /// Any text.
        public var message: String?

        /// Creates the value.
        public init(message: String? = nil) {
            self.message = message
        }
    }

    /// The answer to ``PublishInstanceStatusRequest``.
    public struct AckPublishInstanceStatus: Codable, Sendable, Hashable {
        /// Any text.
        public var message: String?

        /// Creates the value.
        public init(message: String? = nil) {
            self.message = message
        }
    }

    /// A sign of life from the server; the agent does not answer.
    public struct HeartbeatMessage: Codable, Sendable, Hashable {
        /// Always true.
        public var healthy: Bool?

        /// Creates the value.
        public init(healthy: Bool? = nil) {
            self.healthy = healthy
        }
    }

    /// The server ends the telemetry session.
    public struct StopTelemetrySessionMessage: Codable, Sendable, Hashable {
        /// Why, for people.
        public var message: String?

        /// Creates the value.
        public init(message: String? = nil) {
            self.message = message
        }
    }
}
