// SPDX-License-Identifier: Apache-2.0

extension ACS {
    /// Tasks for the agent to run or to stop. The agent answers with an ``AckRequest`` once they are stored, and with
    /// one ``IAMRoleCredentialsAckRequest`` for each set of credentials in it (`ecs-agent.md` §4.5).
    public struct PayloadMessage: Codable, Sendable, Hashable {
        /// The cluster; copied into the acknowledgement. Must not be empty.
        public var clusterArn: String?
        /// The instance; copied into the acknowledgement. Must not be empty.
        public var containerInstanceArn: String?
        /// The message's name; copied into the acknowledgement. Must not be empty.
        public var messageId: String?
        /// A number that rises from payload to payload; a later manifest's timeline must exceed it.
        public var seqNum: Int?
        /// When the message was made, in seconds since the epoch.
        public var generatedAt: Int?
        /// The point of the desired state that the payload belongs to.
        public var timeline: Int?
        /// The tasks.
        public var tasks: [Task]?

        /// Creates the value.
        public init(
            clusterArn: String? = nil, containerInstanceArn: String? = nil, messageId: String? = nil,
            seqNum: Int? = nil, generatedAt: Int? = nil, timeline: Int? = nil, tasks: [Task]? = nil
        ) {
            self.clusterArn = clusterArn
            self.containerInstanceArn = containerInstanceArn
            self.messageId = messageId
            self.seqNum = seqNum
            self.generatedAt = generatedAt
            self.timeline = timeline
            self.tasks = tasks
        }
    }

    /// A sign of life from the server, at least every 30 to 45 s (`ecs-agent.md` §4.7).
    public struct HeartbeatMessage: Codable, Sendable, Hashable {
        /// The message's name; copied into the answer.
        public var messageId: String?
        /// Always true.
        public var healthy: Bool?

        /// Creates the value.
        public init(messageId: String? = nil, healthy: Bool? = nil) {
            self.messageId = messageId
            self.healthy = healthy
        }
    }

    /// Fresh credentials for a task that runs (`ecs-agent.md` §4.6).
    public struct IAMRoleCredentialsMessage: Codable, Sendable, Hashable {
        /// The message's name; copied into the acknowledgement.
        public var messageId: String?
        /// The task.
        public var taskArn: String?
        /// The task's cluster.
        public var taskClusterArn: String?
        /// `TaskApplication` or `TaskExecution`.
        public var roleType: String?
        /// The credentials; their id stays the same over the task's life.
        public var roleCredentials: RoleCredentials?

        /// Creates the value.
        public init(
            messageId: String? = nil, taskArn: String? = nil, taskClusterArn: String? = nil, roleType: String? = nil,
            roleCredentials: RoleCredentials? = nil
        ) {
            self.messageId = messageId
            self.taskArn = taskArn
            self.taskClusterArn = taskClusterArn
            self.roleType = roleType
            self.roleCredentials = roleCredentials
        }
    }

    /// All tasks that the agent should have, for reconciliation after a reconnect (`ecs-agent.md` §4.9).
    public struct TaskManifestMessage: Codable, Sendable, Hashable {
        /// The message's name; a ``TaskStopVerificationMessage`` answers with it.
        public var messageId: String?
        /// The cluster; copied into the acknowledgement.
        public var clusterArn: String?
        /// The instance; copied into the acknowledgement.
        public var containerInstanceArn: String?
        /// Must exceed every timeline and sequence number before it, or the agent discards the message.
        public var timeline: Int?
        /// When the message was made, in seconds since the epoch.
        public var generatedAt: Int?
        /// The tasks; each must have an ARN and a desired status.
        public var tasks: [TaskIdentifier]?

        /// Creates the value.
        public init(
            messageId: String? = nil, clusterArn: String? = nil, containerInstanceArn: String? = nil,
            timeline: Int? = nil, generatedAt: Int? = nil, tasks: [TaskIdentifier]? = nil
        ) {
            self.messageId = messageId
            self.clusterArn = clusterArn
            self.containerInstanceArn = containerInstanceArn
            self.timeline = timeline
            self.generatedAt = generatedAt
            self.tasks = tasks
        }
    }

    /// A task with what is wanted of it.
    public struct TaskIdentifier: Codable, Sendable, Hashable {
        /// The task.
        public var taskArn: String?
        /// The task's cluster.
        public var taskClusterArn: String?
        /// `RUNNING` or `STOPPED`.
        public var desiredStatus: String?

        /// Creates the value.
        public init(taskArn: String? = nil, taskClusterArn: String? = nil, desiredStatus: String? = nil) {
            self.taskArn = taskArn
            self.taskClusterArn = taskClusterArn
            self.desiredStatus = desiredStatus
        }
    }

    /// The server's verdict on a ``TaskStopVerificationMessage``.
    public struct TaskStopVerificationAck: Codable, Sendable, Hashable {
        /// The manifest's name.
        public var messageId: String?
        /// When the message was made, in seconds since the epoch.
        public var generatedAt: Int?
        /// The candidates that really are to be stopped.
        public var stopTasks: [TaskIdentifier]?

        /// Creates the value.
        public init(messageId: String? = nil, generatedAt: Int? = nil, stopTasks: [TaskIdentifier]? = nil) {
            self.messageId = messageId
            self.generatedAt = generatedAt
            self.stopTasks = stopTasks
        }
    }

    /// The server is about to close the connection.
    public struct CloseMessage: Codable, Sendable, Hashable {
        /// Why, for people.
        public var message: String?

        /// Creates the value.
        public init(message: String? = nil) {
            self.message = message
        }
    }

    /// The agent accepted and stored what a message said.
    public struct AckRequest: Codable, Sendable, Hashable {
        /// The message's cluster.
        public var cluster: String?
        /// The message's container instance.
        public var containerInstance: String?
        /// The message's name.
        public var messageId: String?

        /// Creates the value.
        public init(cluster: String? = nil, containerInstance: String? = nil, messageId: String? = nil) {
            self.cluster = cluster
            self.containerInstance = containerInstance
            self.messageId = messageId
        }
    }

    /// The agent refuses a message.
    public struct NackRequest: Codable, Sendable, Hashable {
        /// The message's cluster.
        public var cluster: String?
        /// The message's container instance.
        public var containerInstance: String?
        /// The message's name.
        public var messageId: String?
        /// Why, for people.
        public var reason: String?

        /// Creates the value.
        public init(
            cluster: String? = nil, containerInstance: String? = nil, messageId: String? = nil, reason: String? = nil
        ) {
            self.cluster = cluster
            self.containerInstance = containerInstance
            self.messageId = messageId
            self.reason = reason
        }
    }

    /// The answer to a ``HeartbeatMessage``.
    public struct HeartbeatAckRequest: Codable, Sendable, Hashable {
        /// The heartbeat's name.
        public var messageId: String?

        /// Creates the value.
        public init(messageId: String? = nil) {
            self.messageId = messageId
        }
    }

    /// The agent took over a set of credentials.
    public struct IAMRoleCredentialsAckRequest: Codable, Sendable, Hashable {
        /// The name of the message that carried it.
        public var messageId: String?
        /// The set's id.
        public var credentialsId: String?
        /// When the set ends, as it was sent.
        public var expiration: String?

        /// Creates the value.
        public init(messageId: String? = nil, credentialsId: String? = nil, expiration: String? = nil) {
            self.messageId = messageId
            self.credentialsId = credentialsId
            self.expiration = expiration
        }
    }

    /// Tasks that run here and that the manifest does not list.
    public struct TaskStopVerificationMessage: Codable, Sendable, Hashable {
        /// The manifest's name.
        public var messageId: String?
        /// Those tasks, each with desired status `STOPPED`.
        public var stopCandidates: [TaskIdentifier]?

        /// Creates the value.
        public init(messageId: String? = nil, stopCandidates: [TaskIdentifier]? = nil) {
            self.messageId = messageId
            self.stopCandidates = stopCandidates
        }
    }
}
