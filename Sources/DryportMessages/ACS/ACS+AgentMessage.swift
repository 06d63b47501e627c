// SPDX-License-Identifier: Apache-2.0

extension ACS {
    /// A message from an agent to the control plane, with its envelope.
    public enum AgentMessage: Sendable, Hashable {
        /// A message was accepted and stored.
        case ack(AckRequest)
        /// A message was refused.
        case nack(NackRequest)
        /// A sign of life.
        case heartbeatAck(HeartbeatAckRequest)
        /// A set of credentials was taken over.
        case credentialsAck(IAMRoleCredentialsAckRequest)
        /// Tasks that run although the manifest does not list them.
        case taskStopVerification(TaskStopVerificationMessage)
        /// A message of a type that Dryport does not know; its content is dropped.
        case unknown(type: String)

        /// The message's type on the wire.
        public var type: String {
            switch self {
            case .ack: "AckRequest"
            case .nack: "NackRequest"
            case .heartbeatAck: "HeartbeatAckRequest"
            case .credentialsAck: "IAMRoleCredentialsAckRequest"
            case .taskStopVerification: "TaskStopVerificationMessage"
            case .unknown(let type): type
            }
        }

        /// The id of the message that this one answers.
        public var messageId: String? {
            switch self {
            case .ack(let message): message.messageId
            case .nack(let message): message.messageId
            case .heartbeatAck(let message): message.messageId
            case .credentialsAck(let message): message.messageId
            case .taskStopVerification(let message): message.messageId
            case .unknown: nil
            }
        }
    }
}

extension ACS.AgentMessage: Codable {
    /// Decodes an envelope.
    /// - Throws: `DecodingError` if a member has the wrong JSON type, or if the type or the message is missing.
    public init(from decoder: any Decoder) throws {
        let envelope = try EnvelopeReader(from: decoder)
        switch envelope.type {
        case "AckRequest": self = .ack(try envelope.message())
        case "NackRequest": self = .nack(try envelope.message())
        case "HeartbeatAckRequest": self = .heartbeatAck(try envelope.message())
        case "IAMRoleCredentialsAckRequest": self = .credentialsAck(try envelope.message())
        case "TaskStopVerificationMessage": self = .taskStopVerification(try envelope.message())
        default: self = .unknown(type: envelope.type)
        }
    }

    /// Encodes the envelope.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .ack(let message): try encodeEnvelope(type, message, to: encoder)
        case .nack(let message): try encodeEnvelope(type, message, to: encoder)
        case .heartbeatAck(let message): try encodeEnvelope(type, message, to: encoder)
        case .credentialsAck(let message): try encodeEnvelope(type, message, to: encoder)
        case .taskStopVerification(let message): try encodeEnvelope(type, message, to: encoder)
        case .unknown: try encodeEnvelope(type, EmptyResponse(), to: encoder)
        }
    }
}
