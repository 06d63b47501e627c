// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel

/// A service: what keeps a number of copies of a task definition alive (`ecs-control-plane.md` §7).
public struct ServiceRecord: Sendable, Hashable, Codable {
    /// Unique in its cluster among services that are not INACTIVE.
    public var name: String
    /// Where it is in its life.
    public var status: Status
    /// `REPLICA` or `DAEMON`.
    public var schedulingStrategy: SchedulingStrategy
    /// Who decides about deployments.
    public var controller: Controller
    /// How many copies are wanted. For a daemon: on how many instances it belongs, as of the last pass.
    public var desiredCount: Int
    /// How fast and how carefully tasks are replaced.
    public var rollout: Rollout
    /// Constraints in addition to those of the task definition.
    public var placementConstraints: [ECS.PlacementConstraint]
    /// Strategies, as given; none means the default.
    public var placementStrategy: [ECS.PlacementStrategy]
    /// For how long after its start a task's failing health check does not count, in seconds.
    public var healthCheckGracePeriodSeconds: Int?
    /// Whether tasks get the `aws:ecs:` tags.
    public var enableECSManagedTags: Bool
    /// `TASK_DEFINITION`, `SERVICE` or `NONE`.
    public var propagateTags: String
    /// Whether tasks are started with ECS Exec.
    public var enableExecuteCommand: Bool
    /// Stored and returned; external instances are not rebalanced (§6.6).
    public var availabilityZoneRebalancing: String
    /// Its tags.
    public var tags: [Tag]
    /// When it was created.
    public var createdAt: Timestamp
    /// By whom, as an ARN.
    public var createdBy: String
    /// When it was deleted.
    public var deletedAt: Timestamp?
    /// The deployments that have tasks or shall have some; the primary one is the first. Empty with controller
    /// `EXTERNAL`.
    public var deployments: [DeploymentRecord]
    /// The task sets of a service with controller `EXTERNAL`.
    public var taskSets: [TaskSetRecord]
    /// The service deployment that is under way, or was the last to end.
    public var currentServiceDeployment: String?
    /// The revision that was deployed completely and last; what a rollback returns to.
    public var completedRevision: String?
    /// Since when nothing has been left to do; nil while something is.
    public var steadySince: Timestamp?
    /// The number of the last event; events are kept in slots by this number.
    public var lastEvent: Int
    /// SHA-256 of the request that created it, without its token, by which repeated calls are told from others.
    public var requestDigest: String

    /// Where a service is in its life. Only moves forward.
    public enum Status: String, Sendable, Hashable, Codable {
        /// It keeps its tasks. Can become draining.
        case active = "ACTIVE"
        /// It was deleted, and its tasks are stopping. Can become inactive.
        case draining = "DRAINING"
        /// Its tasks are gone. It stays describable for a while.
        case inactive = "INACTIVE"
    }

    /// What decides how many tasks there are.
    public enum SchedulingStrategy: String, Sendable, Hashable, Codable {
        /// As many as wanted.
        case replica = "REPLICA"
        /// One on each instance that matches.
        case daemon = "DAEMON"
    }

    /// Who decides about deployments.
    public enum Controller: String, Sendable, Hashable, Codable {
        /// The service scheduler, by rolling updates.
        case ecs = "ECS"
        /// The caller, by task sets.
        case external = "EXTERNAL"
    }

    /// How fast and how carefully tasks are replaced (§7.3, §7.5).
    public struct Rollout: Sendable, Hashable, Codable {
        /// Percent of the desired count that stays healthy, rounded up; 0 or more.
        public var minimumHealthyPercent: Int
        /// Percent of the desired count that may be alive, rounded down.
        public var maximumPercent: Int
        /// Whether the circuit breaker is on.
        public var isBreakerEnabled: Bool
        /// Whether a deployment that fails is rolled back.
        public var isRollbackEnabled: Bool

        /// How many tasks are to stay healthy of `desired`.
        public func lowerBound(of desired: Int) -> Int { (desired * minimumHealthyPercent + 99) / 100 }

        /// How many tasks may be alive for `desired`.
        public func upperBound(of desired: Int) -> Int { desired * maximumPercent / 100 }
    }
}

/// One entry of a service's `deployments` (`ecs-control-plane.md` §7.6).
public struct DeploymentRecord: Sendable, Hashable, Codable {
    /// `ecs-svc/` and digits; its tasks carry it as `startedBy`.
    public var id: String
    /// The number of the service revision that it brings.
    public var revision: String
    /// The family of its task definition.
    public var family: String
    /// The revision of its task definition.
    public var taskRevision: Int
    /// How far it has come.
    public var rolloutState: RolloutState
    /// Why, in AWS's words.
    public var rolloutStateReason: String
    /// Since when it exists.
    public var createdAt: Timestamp
    /// When it changed last.
    public var updatedAt: Timestamp
    /// Tasks in a row that failed to start; 0 again as soon as one runs.
    public var failedTasks: Int
    /// What the circuit breaker has counted.
    public var failureCount: Int
    /// Whether one of its tasks has been RUNNING.
    public var hasRun: Bool

    /// How far a deployment has come.
    public enum RolloutState: String, Sendable, Hashable, Codable {
        /// Tasks are being replaced. Can become either of the others.
        case inProgress = "IN_PROGRESS"
        /// All tasks are its own and healthy. Can be in progress again, as the goal of a rollback.
        case completed = "COMPLETED"
        /// Given up: it starts no more tasks. Can be in progress again, as the goal of a rollback.
        case failed = "FAILED"
    }
}

/// A set of tasks of a service with controller `EXTERNAL` (`ecs-control-plane.md` §7.8).
public struct TaskSetRecord: Sendable, Hashable, Codable {
    /// `ecs-svc/` and digits; its tasks carry it as `startedBy`.
    public var id: String
    /// The caller's own name for it.
    public var externalID: String?
    /// The family of its task definition.
    public var family: String
    /// The revision of its task definition.
    public var taskRevision: Int
    /// Its share of the service's desired count, in percent, 0–100.
    public var scale: Double
    /// Where it is in its life.
    public var status: Status
    /// Since when it exists.
    public var createdAt: Timestamp
    /// When it changed last.
    public var updatedAt: Timestamp
    /// Whether it has what it wants.
    public var isStable: Bool
    /// Since when.
    public var stabilityChangedAt: Timestamp
    /// Its tags.
    public var tags: [Tag]
    /// SHA-256 of the client token and of the request that created it.
    public var requestDigest: String
    /// The client token.
    public var clientToken: String?

    /// Where a task set is in its life.
    public enum Status: String, Sendable, Hashable, Codable {
        /// It serves production traffic.
        case primary = "PRIMARY"
        /// It does not.
        case active = "ACTIVE"
        /// It was deleted, and its tasks are stopping.
        case draining = "DRAINING"
    }

    /// How many tasks it wants of a service that wants `desired`: rounded up (§7.8).
    public func computedDesiredCount(of desired: Int) -> Int {
        status == .draining ? 0 : Int((Double(desired) * scale / 100).rounded(.up))
    }
}
