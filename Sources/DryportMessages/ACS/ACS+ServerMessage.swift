// SPDX-License-Identifier: Apache-2.0

extension ACS {
    /// A message from the control plane to an agent, with its envelope.
    ///
    /// It describes itself by type and message id only, because tasks carry credentials and environments.
    public enum ServerMessage: Sendable, Hashable {
        /// Tasks to run or to stop.
        case payload(PayloadMessage)
        /// A sign of life.
        case heartbeat(HeartbeatMessage)
        /// Fresh credentials of a task.
        case credentials(IAMRoleCredentialsMessage)
        /// All tasks that the agent should have.
        case taskManifest(TaskManifestMessage)
        /// Which tasks really are to be stopped.
        case taskStopVerificationAck(TaskStopVerificationAck)
        /// The connection is about to be closed.
        case close(CloseMessage)
        /// An error.
        case error(ErrorMessage)
        /// A message of a type that Dryport does not know, or does not use; its content is dropped.
        case unknown(type: String)

        /// The message's type on the wire.
        public var type: String {
            switch self {
            case .payload: "PayloadMessage"
            case .heartbeat: "HeartbeatMessage"
            case .credentials: "IAMRoleCredentialsMessage"
            case .taskManifest: "TaskManifestMessage"
            case .taskStopVerificationAck: "TaskStopVerificationAck"
            case .close: "CloseMessage"
            case .error(let error): error.type
            case .unknown(let type): type
            }
        }

        /// The message's id, if its type has one.
        public var messageId: String? {
            switch self {
            case .payload(let message): message.messageId
            case .heartbeat(let message): message.messageId
            case .credentials(let message): message.messageId
            case .taskManifest(let message): message.messageId
            case .taskStopVerificationAck(let message): message.messageId
            case .close, .error, .unknown: nil
            }
        }
    }
}

extension ACS.ServerMessage: Codable {
    /// Decodes an envelope, or an error in the short form `{"<type>": "text"}`.
    /// - Throws: `DecodingError` if a member has the wrong JSON type, or if the type or the message is missing.
    public init(from decoder: any Decoder) throws {
        let envelope = try EnvelopeReader(from: decoder)
        if envelope.shortErrorText != nil || ACS.ErrorMessage.types.contains(envelope.type) {
            self = .error(ACS.ErrorMessage(type: envelope.type, message: try envelope.errorText()))
            return
        }
        switch envelope.type {
        case "PayloadMessage": self = .payload(try envelope.message())
        case "HeartbeatMessage": self = .heartbeat(try envelope.message())
        case "IAMRoleCredentialsMessage": self = .credentials(try envelope.message())
        case "TaskManifestMessage": self = .taskManifest(try envelope.message())
        case "TaskStopVerificationAck": self = .taskStopVerificationAck(try envelope.message())
        case "CloseMessage": self = .close(try envelope.message())
        default: self = .unknown(type: envelope.type)
        }
    }

    /// Encodes the envelope.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .payload(let message): try encodeEnvelope(type, message, to: encoder)
        case .heartbeat(let message): try encodeEnvelope(type, message, to: encoder)
        case .credentials(let message): try encodeEnvelope(type, message, to: encoder)
        case .taskManifest(let message): try encodeEnvelope(type, message, to: encoder)
        case .taskStopVerificationAck(let message): try encodeEnvelope(type, message, to: encoder)
        case .close(let message): try encodeEnvelope(type, message, to: encoder)
        case .error(let error): try encodeEnvelope(type, EnvelopeText(message: error.message), to: encoder)
        case .unknown: try encodeEnvelope(type, EmptyResponse(), to: encoder)
        }
    }
}

extension ACS.ServerMessage: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The type and the message's id.
    public var description: String { messageId.map { "\(type)(\($0))" } ?? type }
    /// The type and the message's id.
    public var debugDescription: String { description }
    /// The type and the message's id.
    public var customMirror: Mirror { Mirror(self, children: ["type": type, "messageId": messageId as Any]) }
}
