// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// What a service was at one point: a snapshot that never changes (`ecs-control-plane.md` §7.7).
public struct ServiceRevisionRecord: Sendable, Hashable, Codable {
    /// About 19 digits.
    public var number: String
    /// The family of its task definition.
    public var family: String
    /// The revision of its task definition.
    public var taskRevision: Int
    /// Names and images of the containers.
    public var images: [Image]
    /// When it came to be.
    public var createdAt: Timestamp

    /// The image of one container.
    public struct Image: Sendable, Hashable, Codable {
        /// The container's name.
        public var container: String
        /// The image as the task definition names it.
        public var image: String
    }
}

/// The story of one deployment, from the call that began it to its end (`ecs-control-plane.md` §7.7).
public struct ServiceDeploymentRecord: Sendable, Hashable, Codable {
    /// About 21 letters and digits.
    public var id: String
    /// How far it has come.
    public var status: Status
    /// Why, where there is something to say.
    public var statusReason: String?
    /// Numbers of the revisions that had tasks when it began.
    public var sources: [String]
    /// The number of the revision that it brings.
    public var target: String
    /// How many tasks of the target were wanted last.
    public var requestedTaskCount: Int
    /// How it replaces tasks.
    public var rollout: ServiceRecord.Rollout
    /// What the circuit breaker has counted.
    public var failureCount: Int
    /// The return to an earlier revision, if there is one.
    public var rollback: Rollback?
    /// When it was asked for.
    public var createdAt: Timestamp
    /// When the scheduler took it up.
    public var startedAt: Timestamp?
    /// When it ended.
    public var finishedAt: Timestamp?
    /// When it was stopped.
    public var stoppedAt: Timestamp?
    /// When it changed last.
    public var updatedAt: Timestamp

    /// A return to an earlier revision.
    public struct Rollback: Sendable, Hashable, Codable {
        /// Why, in AWS's words.
        public var reason: String
        /// When it began.
        public var startedAt: Timestamp
        /// The number of the revision that it returns to.
        public var revision: String
    }

    /// How far a service deployment has come.
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        /// Asked for.
        case pending = "PENDING"
        /// Tasks are being replaced.
        case inProgress = "IN_PROGRESS"
        /// All tasks are the target's.
        case successful = "SUCCESSFUL"
        /// It is to stop where it is.
        case stopRequested = "STOP_REQUESTED"
        /// It stopped where it was.
        case stopped = "STOPPED"
        /// It is to be rolled back.
        case rollbackRequested = "ROLLBACK_REQUESTED"
        /// Tasks of the target are being replaced.
        case rollbackInProgress = "ROLLBACK_IN_PROGRESS"
        /// All tasks are those of an earlier revision again.
        case rollbackSuccessful = "ROLLBACK_SUCCESSFUL"
        /// The way back failed as well.
        case rollbackFailed = "ROLLBACK_FAILED"

        /// Whether nothing more happens to it.
        public var isFinal: Bool {
            switch self {
            case .successful, .stopped, .rollbackSuccessful, .rollbackFailed: true
            default: false
            }
        }
    }
}

/// A message of a service to its operators (`ecs-control-plane.md` §7.4).
public struct ServiceEventRecord: Sendable, Hashable, Codable {
    /// How many are kept of a service.
    public static let capacity = 100

    /// Counts the service's events, from 1. The event is kept in slot `number % capacity`.
    public var number: Int
    /// A UUID.
    public var id: String
    /// When it was said.
    public var createdAt: Timestamp
    /// AWS's words.
    public var message: String
}
