// SPDX-License-Identifier: Apache-2.0

extension TCS {
    /// A message from an agent to the telemetry service, with its envelope. On the wire a ``Frame`` holds it.
    public enum AgentMessage: Sendable, Hashable {
        /// Usage.
        case publishMetrics(PublishMetricsRequest)
        /// Health of containers.
        case publishHealth(PublishHealthRequest)
        /// Health of the instance.
        case publishInstanceStatus(PublishInstanceStatusRequest)
        /// A message of a type that Dryport does not know; its content is dropped.
        case unknown(type: String)

        /// The message's type on the wire.
        public var type: String {
            switch self {
            case .publishMetrics: "PublishMetricsRequest"
            case .publishHealth: "PublishHealthRequest"
            case .publishInstanceStatus: "PublishInstanceStatusRequest"
            case .unknown(let type): type
            }
        }
    }

    /// A message from the telemetry service to an agent, with its envelope.
    public enum ServerMessage: Sendable, Hashable {
        /// Usage has arrived.
        case ackPublishMetric(AckPublishMetric)
        /// Health of containers has arrived.
        case ackPublishHealth(AckPublishHealth)
        /// Health of the instance has arrived.
        case ackPublishInstanceStatus(AckPublishInstanceStatus)
        /// A sign of life.
        case heartbeat(HeartbeatMessage)
        /// The session ends.
        case stopTelemetrySession(StopTelemetrySessionMessage)
        /// An error.
        case error(ErrorMessage)
        /// A message of a type that Dryport does not know; its content is dropped.
        case unknown(type: String)

        /// The message's type on the wire.
        public var type: String {
            switch self {
            case .ackPublishMetric: "AckPublishMetric"
            case .ackPublishHealth: "AckPublishHealth"
            case .ackPublishInstanceStatus: "AckPublishInstanceStatus"
            case .heartbeat: "HeartbeatMessage"
            case .stopTelemetrySession: "StopTelemetrySessionMessage"
            case .error(let error): error.type
            case .unknown(let type): type
            }
        }

        fileprivate static let errorTypes =
            ErrorMessage.types + ["ResourceValidationException", "InvalidParameterException"]
    }
}

extension TCS.AgentMessage: Codable {
    /// Decodes an envelope.
    /// - Throws: `DecodingError` if a member has the wrong JSON type, or if the type or the message is missing.
    public init(from decoder: any Decoder) throws {
        let envelope = try EnvelopeReader(from: decoder)
        switch envelope.type {
        case "PublishMetricsRequest": self = .publishMetrics(try envelope.message())
        case "PublishHealthRequest": self = .publishHealth(try envelope.message())
        case "PublishInstanceStatusRequest": self = .publishInstanceStatus(try envelope.message())
        default: self = .unknown(type: envelope.type)
        }
    }

    /// Encodes the envelope.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .publishMetrics(let message): try encodeEnvelope(type, message, to: encoder)
        case .publishHealth(let message): try encodeEnvelope(type, message, to: encoder)
        case .publishInstanceStatus(let message): try encodeEnvelope(type, message, to: encoder)
        case .unknown: try encodeEnvelope(type, EmptyResponse(), to: encoder)
        }
    }
}

extension TCS.ServerMessage: Codable {
    /// Decodes an envelope, or an error in the short form `{"<type>": "text"}`.
    /// - Throws: `DecodingError` if a member has the wrong JSON type, or if the type or the message is missing.
    public init(from decoder: any Decoder) throws {
        let envelope = try EnvelopeReader(from: decoder)
        if envelope.shortErrorText != nil || Self.errorTypes.contains(envelope.type) {
            self = .error(TCS.ErrorMessage(type: envelope.type, message: try envelope.errorText()))
            return
        }
        switch envelope.type {
        case "AckPublishMetric": self = .ackPublishMetric(try envelope.message())
        case "AckPublishHealth": self = .ackPublishHealth(try envelope.message())
        case "AckPublishInstanceStatus": self = .ackPublishInstanceStatus(try envelope.message())
        case "HeartbeatMessage": self = .heartbeat(try envelope.message())
        case "StopTelemetrySessionMessage": self = .stopTelemetrySession(try envelope.message())
        default: self = .unknown(type: envelope.type)
        }
    }

    /// Encodes the envelope.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .ackPublishMetric(let message): try encodeEnvelope(type, message, to: encoder)
        case .ackPublishHealth(let message): try encodeEnvelope(type, message, to: encoder)
        case .ackPublishInstanceStatus(let message): try encodeEnvelope(type, message, to: encoder)
        case .heartbeat(let message): try encodeEnvelope(type, message, to: encoder)
        case .stopTelemetrySession(let message): try encodeEnvelope(type, message, to: encoder)
        case .error(let error): try encodeEnvelope(type, EnvelopeText(message: error.message), to: encoder)
        case .unknown: try encodeEnvelope(type, EmptyResponse(), to: encoder)
        }
    }
}
