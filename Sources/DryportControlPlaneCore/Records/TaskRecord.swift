// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel

/// A task: one copy of a task definition on one instance.
public struct TaskRecord: Sendable, Hashable, Codable {
    /// 32 hexadecimal digits.
    public var id: String
    /// The family of its definition.
    public var family: String
    /// The revision of its definition.
    public var revision: Int
    /// The instance that it is placed on.
    public var instanceID: String
    /// `family:<family>`, `service:<name>` or the caller's own; never changes.
    public var group: String
    /// The caller's mark.
    public var startedBy: String?
    /// What the caller changed.
    public var overrides: ECS.TaskOverride
    /// Whether ECS Exec is wanted.
    public var enableExecuteCommand: Bool
    /// What the control plane wants.
    public var desiredStatus: DesiredStatus
    /// What the agent said last.
    public var lastStatus: TaskStatus
    /// Its containers, in the definition's order.
    public var containers: [ContainerRecord]
    /// What it takes of the instance.
    public var charge: TaskResources
    /// The GPUs assigned to it.
    public var gpus: [String]
    /// Whether the charge has been given back.
    public var isReleased: Bool
    /// Task-level CPU units as text, or the sum of the containers'.
    public var cpu: String
    /// Task-level MiB as text, or the sum of the containers'.
    public var memory: String
    /// Why it stopped.
    public var stopCode: StopCode?
    /// Why it stopped, for people.
    public var stoppedReason: String?
    /// Points of its life.
    public var times: Times
    /// Counts the changes that are worth an event, from 1.
    public var changes: Int
    /// Its tags.
    public var tags: [Tag]
    /// Ids of the credentials of its task role and execution role; stable for its life (`ecs-agent.md` §4.6).
    public var taskCredentialsID: String?
    /// See ``taskCredentialsID``.
    public var executionCredentialsID: String?
    /// What the agent has confirmed to have stored.
    public var acknowledged: Acknowledgement
    /// Until when the service scheduler leaves it alone (`ecs-control-plane.md` §5.8); nil, or past, if it may stop it.
    public var protectedUntil: Timestamp?

    /// What an agent has confirmed.
    public enum Acknowledgement: String, Sendable, Hashable, Codable {
        /// Nothing. Can become started or stopped.
        case nothing
        /// The order to run it. Can become stopped.
        case start
        /// The order to stop it.
        case stop
    }

    /// Points of a task's life (`ecs-control-plane.md` §5.3).
    public struct Times: Sendable, Hashable, Codable {
        /// It was placed.
        public var createdAt: Timestamp
        /// The first image pull began.
        public var pullStartedAt: Timestamp?
        /// The last image pull ended.
        public var pullStoppedAt: Timestamp?
        /// It became RUNNING.
        public var startedAt: Timestamp?
        /// Its desired status became STOPPED.
        public var stoppingAt: Timestamp?
        /// Its first essential container ended.
        public var executionStoppedAt: Timestamp?
        /// It became STOPPED.
        public var stoppedAt: Timestamp?
    }
}

/// One container of a task.
public struct ContainerRecord: Sendable, Hashable, Codable {
    /// The UUID at the end of its ARN.
    public var id: String
    /// Its name in the definition.
    public var name: String
    /// Its image.
    public var image: String
    /// Whether its end ends the task.
    public var isEssential: Bool
    /// Whether its definition has a health check; absent in records of older versions.
    public var hasHealthCheck: Bool?
    /// CPU units as text.
    public var cpu: String
    /// MiB as text.
    public var memory: String?
    /// MiB as text.
    public var memoryReservation: String?
    /// GPUs assigned.
    public var gpus: [String]
    /// What the agent said last.
    public var lastStatus: ContainerStatus
    /// What the agent said last.
    public var health: HealthStatus
    /// The digest of its image.
    public var imageDigest: String?
    /// The runtime's id.
    public var runtimeID: String?
    /// The exit code.
    public var exitCode: Int?
    /// The agent's words.
    public var reason: String?
    /// Ports as the host offers them.
    public var networkBindings: [ECS.NetworkBinding]
}
