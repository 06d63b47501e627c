// SPDX-License-Identifier: Apache-2.0

/// The agent communication service: the messages of the WebSocket session through which the control plane tells
/// agents what to run (`ecs-agent.md` §4, §5).
///
/// Members are spelled as on the wire. All are optional: nil is absent on the wire. A member of the wrong JSON type
/// makes the whole message fail to decode, as stock agents do; unknown members are ignored.
public enum ACS: Sendable {
    /// An error that the server tells. On an open session agents only log it; in the refusal of a handshake
    /// ``inactiveInstance`` means that the instance was deregistered (`ecs-agent.md` §4.2, §4.8).
    public struct ErrorMessage: Sendable, Hashable {
        /// The type of the error that a deregistered instance gets.
        public static let inactiveInstance = "InactiveInstanceException"

        /// The types of messages that are errors.
        public static let types = [
            "ErrorMessage", "ServerException", "BadRequestException", "InvalidClusterException",
            "InvalidInstanceException", "AccessDeniedException", inactiveInstance,
        ]

        /// The error's name, which is the message's type.
        public var type: String
        /// What happened, for people.
        public var message: String?

        /// Creates an error.
        public init(type: String, message: String? = nil) {
            self.type = type
            self.message = message
        }
    }
}

extension ACS.RoleCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// All members, secrets as `redacted`.
    public var description: String { secretFreeDescription }
    /// All members, secrets as `redacted`.
    public var debugDescription: String { secretFreeDescription }
    /// All members, secrets as `redacted`.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: present([
                "credentialsId": credentialsId, "roleArn": roleArn, "accessKeyId": accessKeyId,
                "secretAccessKey": redacted(secretAccessKey), "sessionToken": redacted(sessionToken),
                "expiration": expiration,
            ]))
    }
}
