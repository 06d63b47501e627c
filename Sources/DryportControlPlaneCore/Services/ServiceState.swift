// SPDX-License-Identifier: Apache-2.0

import DryportModel
import OrderedCollections

/// A service in memory: its record, its history, and what follows from its tasks.
struct ServiceState: Sendable {
    /// What a service says again only when it changes, or after a long while (§7.4).
    enum Complaint: Hashable, Sendable {
        case placement
        case rollout
        case protection
        case throttling
    }

    var record: ServiceRecord
    /// All its tasks that are not STOPPED, in the order in which they were placed.
    var tasks: OrderedSet<String> = []
    /// The newest last, at most ``ServiceEventRecord/capacity``.
    var events: [ServiceEventRecord] = []
    /// By number, the newest last.
    var revisions: OrderedDictionary<String, ServiceRevisionRecord> = [:]
    /// By id, the newest last.
    var history: OrderedDictionary<String, ServiceDeploymentRecord> = [:]
    var backoff = StartBackoff()
    var launches = LaunchBudget()
    var daemon = DaemonState()
    var complaints: [Complaint: (message: String, at: Timestamp)] = [:]
    /// When it was found out last why a task finds no room; nil when all have found some since.
    var explainedAt: MonotonicTime?
    /// The scheduler does not look at a service with many tasks before this, so that many reports make one pass.
    private(set) var restsUntil: MonotonicTime?

    init(record: ServiceRecord) { self.record = record }

    /// Has the scheduler leave the service alone for about as long as looking at it takes, several times over.
    mutating func rest(from now: MonotonicTime) {
        restsUntil = tasks.count > 500 ? now.advanced(by: .microseconds(20 * tasks.count)) : nil
    }

    /// What is said next is said as if for the first time.
    mutating func forgetComplaints() {
        complaints = [:]
        explainedAt = nil
    }

    /// The deployment that is wanted; nil with controller `EXTERNAL` and after deletion.
    var primary: DeploymentRecord? { record.deployments.first }

    /// Whether a task with this mark is the service's.
    func owns(_ startedBy: String?) -> Bool {
        record.deployments.contains { $0.id == startedBy } || record.taskSets.contains { $0.id == startedBy }
    }

    /// The service deployment that is under way.
    var current: ServiceDeploymentRecord? {
        record.currentServiceDeployment.flatMap { history[$0] }.flatMap { $0.status.isFinal ? nil : $0 }
    }

    /// Whether the definition's revision is needed: by a deployment, a task set, or the way back.
    func needs(family: String, revision: Int) -> Bool {
        guard record.status != .inactive else { return false }
        return record.deployments.contains { $0.family == family && $0.taskRevision == revision }
            || record.taskSets.contains { $0.family == family && $0.taskRevision == revision }
            || record.completedRevision.flatMap { revisions[$0] }.map {
                $0.family == family && $0.taskRevision == revision
            } ?? false
    }
}

/// What a daemon knows of the cluster's instances (`ecs-control-plane.md` §7.9).
struct DaemonState: Sendable {
    /// Instances on which it belongs.
    var eligible: OrderedSet<String> = []
    /// Instances that have changed since the last pass.
    var changed: OrderedSet<String> = []
    /// Whether all instances are to be looked at again: after a start, or when the daemon itself has changed.
    var isStale = true
}

/// How the service scheduler behaves.
public struct ServiceConfiguration: Sendable, Hashable {
    /// A task without a health check counts as healthy when it has been RUNNING for this long (§7.3).
    public var healthyAfter: Duration
    /// How many tasks a service launches a minute, at least 1 (§2.4).
    public var launchesPerMinute: Int
    /// How many tasks in a row may fail to start before the service pauses, at least 1.
    public var toleratedStartFailures: Int
    /// The first pause of a service whose tasks fail to start; each further one is twice as long (§7.5).
    public var firstStartPause: Duration
    /// The longest such pause.
    public var longestStartPause: Duration
    /// How long after a change of the cluster services try again that have found no room; changes within that time
    /// count as one.
    public var capacityDamping: Duration
    /// After this time a service says again what has not changed (§7.4).
    public var eventRepetition: Duration
    /// How long a deleted service stays describable (§7.2).
    public var inactiveServiceRetention: Duration
    /// How long the story of a deployment is kept after its end (§7.7).
    public var deploymentRetention: Duration
    /// Tasks of services on an instance that has been disconnected for this long count as lost and are replaced; nil
    /// keeps them, as ECS does (§8.2). A service's tag `dryport:reschedule-after` says otherwise for itself.
    public var rescheduleAfter: Duration?

    /// Creates a configuration with AWS's numbers where they are known.
    public init() {
        healthyAfter = .seconds(40)
        launchesPerMinute = 500
        toleratedStartFailures = 3
        firstStartPause = .seconds(60)
        longestStartPause = .seconds(27 * 60)
        capacityDamping = .milliseconds(250)
        eventRepetition = .seconds(6 * 3600)
        inactiveServiceRetention = .seconds(3600)
        deploymentRetention = .seconds(90 * 24 * 3600)
        rescheduleAfter = nil
    }
}
