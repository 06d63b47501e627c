// SPDX-License-Identifier: Apache-2.0

/// The error of every runtime.
public struct RuntimeError: Error, Sendable {
    /// What went wrong, by the names that ECS shows to users (`ecs-agent.md` §6.5). More codes may come.
    public struct Code: Sendable, Hashable, Codable, CustomStringConvertible {
        private enum Value: String, Sendable, Codable {
            case cannotPullContainer = "CannotPullContainerError"
            case cannotCreateContainer = "CannotCreateContainerError"
            case cannotStartContainer = "CannotStartContainerError"
            case cannotStopContainer = "CannotStopContainerError"
            case cannotRemoveContainer = "CannotRemoveContainerError"
            case cannotInspectContainer = "CannotInspectContainerError"
            case containerVanished = "ContainerVanishedError"
            case outOfMemory = "OutOfMemoryError"
            case hostConfiguration = "HostConfigError"
            case engineConfiguration = "DockerClientConfigError"
            case timeout = "DockerTimeoutError"
            case unavailable = "RuntimeUnavailableError"
            case unsupported = "UnsupportedByRuntimeError"
        }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// The name that users read, such as `CannotPullContainerError`.
        public var name: String { value.rawValue }
        /// The text form.
        public var description: String { value.rawValue }

        /// The image could not be had.
        public static let cannotPullContainer = Code(.cannotPullContainer)
        /// The engine refused to make the container.
        public static let cannotCreateContainer = Code(.cannotCreateContainer)
        /// The container could not be started, for example because its command does not exist.
        public static let cannotStartContainer = Code(.cannotStartContainer)
        /// The container could not be stopped, not even by force.
        public static let cannotStopContainer = Code(.cannotStopContainer)
        /// The container could not be removed.
        public static let cannotRemoveContainer = Code(.cannotRemoveContainer)
        /// The container could not be looked at.
        public static let cannotInspectContainer = Code(.cannotInspectContainer)
        /// The container is not there any more although nobody removed it.
        public static let containerVanished = Code(.containerVanished)
        /// The container was ended for want of memory.
        public static let outOfMemory = Code(.outOfMemory)
        /// What the task asks of the host cannot be expressed.
        public static let hostConfiguration = Code(.hostConfiguration)
        /// What the task asks of the engine cannot be understood.
        public static let engineConfiguration = Code(.engineConfiguration)
        /// The engine took too long.
        public static let timeout = Code(.timeout)
        /// The engine does not answer. Retry when it is back; nothing is known of what happened.
        public static let unavailable = Code(.unavailable)
        /// The runtime lacks something that the container needs. Do not retry.
        public static let unsupported = Code(.unsupported)
    }

    /// What went wrong.
    public var code: Code
    /// What happened, for the reader of DescribeTasks.
    public var message: String
    /// The error below, if there is one.
    public var cause: (any Error)?

    /// Creates an error.
    public init(code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Whether the same call may succeed later without any change.
    public var isRetryable: Bool { code == .unavailable || code == .timeout }
}

extension RuntimeError: CustomStringConvertible {
    /// The text form.
    public var description: String { "\(code.name): \(message)" }
}
