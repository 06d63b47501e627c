// SPDX-License-Identifier: Apache-2.0

extension ECS {
    /// Starts a command in a running container.
    public struct ExecuteCommandRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.ExecuteCommandResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "ExecuteCommand"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// The container's name; needed where a task has several.
        public var container: String?
        /// The command.
        public var command: String?
        /// Whether to connect input and output; must be true.
        public var interactive: Bool?
        /// Id or ARN.
        public var task: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            cluster: String? = nil, container: String? = nil, command: String? = nil, interactive: Bool? = nil,
            task: String? = nil
        ) {
            self.cluster = cluster
            self.container = container
            self.command = command
            self.interactive = interactive
            self.task = task
        }
    }

    /// The answer of ExecuteCommand.
    public struct ExecuteCommandResponse: Codable, Sendable, Hashable {
        /// The cluster.
        public var clusterArn: String?
        /// The container.
        public var containerArn: String?
        /// The container's name.
        public var containerName: String?
        /// Whether input and output are connected.
        public var interactive: Bool?
        /// How to connect.
        public var session: Session?
        /// The task.
        public var taskArn: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(
            clusterArn: String? = nil, containerArn: String? = nil, containerName: String? = nil,
            interactive: Bool? = nil, session: Session? = nil, taskArn: String? = nil
        ) {
            self.clusterArn = clusterArn
            self.containerArn = containerArn
            self.containerName = containerName
            self.interactive = interactive
            self.session = session
            self.taskArn = taskArn
        }
    }

    /// How to connect to a command. The token never appears in a description or a mirror.
    public struct Session: Codable, Sendable, Hashable {
        /// The session's id.
        public var sessionId: String?
        /// The URL of its WebSocket.
        public var streamUrl: String?
        /// What opens it; described as `redacted`.
        public var tokenValue: String?

        /// Creates the value.
        public init(sessionId: String? = nil, streamUrl: String? = nil, tokenValue: String? = nil) {
            self.sessionId = sessionId
            self.streamUrl = streamUrl
            self.tokenValue = tokenValue
        }
    }
}

extension ECS.Session: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// All members, secrets as `redacted`.
    public var description: String { secretFreeDescription }
    /// All members, secrets as `redacted`.
    public var debugDescription: String { secretFreeDescription }
    /// All members, secrets as `redacted`.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: present([
                "sessionId": sessionId, "streamUrl": streamUrl, "tokenValue": redacted(tokenValue),
            ]))
    }
}
