// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportPlacement
import OrderedCollections

/// A container instance in memory: its record, and what follows from its tasks and its session.
struct ClusterInstance: Sendable {
    /// The session of its agent.
    struct Session: Sendable {
        var id: AgentSessionID
        /// Heartbeats sent since the last one that was answered.
        var unansweredHeartbeats = 0
        /// Orders that the agent has not acknowledged yet, by message id.
        var unacknowledged: OrderedDictionary<String, Order> = [:]
        /// Messages with credentials that the agent has not acknowledged yet: their ids, and the tasks.
        var unacknowledgedCredentials: OrderedDictionary<String, String> = [:]
        /// The manifest whose verification is awaited.
        var manifest: String?
    }

    /// What a payload message asked for.
    struct Order: Sendable, Hashable {
        var task: String
        var desiredStatus: DesiredStatus
    }

    var record: ContainerInstanceRecord
    var session: Session?
    /// Connected, or without a session for less than the grace time.
    var isConnected: Bool
    /// When its agent connected last, as far as this run of the control plane knows.
    var connectedAt: Timestamp?
    /// Since when it has been disconnected, as far as this run of the control plane knows.
    var disconnectedAt: MonotonicTime?
    /// All its tasks that are still described, in the order in which they were placed.
    var tasks: OrderedSet<String> = []
    var runningTasksCount = 0
    var pendingTasksCount = 0
    /// What its agent said last of the host's own health.
    var statuses: [TCS.InstanceStatus] = []
    /// Counts the changes that are worth an event, at most ``ContainerInstanceRecord/changes``.
    var changes: Int
    /// The last number used in a payload or manifest, at most ``ContainerInstanceRecord/timeline``.
    var timeline: Int

    init(record: ContainerInstanceRecord, isConnected: Bool) {
        self.record = record
        self.isConnected = isConnected
        changes = record.changes
        timeline = record.timeline
    }

    /// The value of an attribute; nil if it is missing or has none.
    func attribute(_ name: String) -> String? { record.attributes.first { $0.name == name }?.value }

    /// Counts a change.
    /// - Parameter count: How many numbers to set aside when none is left.
    /// - Returns: The record to store if some were set aside.
    mutating func countChange(reserving count: Int) -> ContainerInstanceRecord? {
        changes += 1
        guard changes > record.changes else { return nil }
        record.changes = changes + count
        return record
    }

    /// The next number of a message whose order matters to the agent; see ``countChange(reserving:)``.
    mutating func nextTimeline(reserving count: Int) -> (Int, ContainerInstanceRecord?) {
        timeline += 1
        guard timeline > record.timeline else { return (timeline, nil) }
        record.timeline = timeline + count
        return (timeline, record)
    }

    /// Keeps the counters of running and pending tasks.
    mutating func count(_ task: TaskRecord, before: TaskStatus?) {
        func change(_ status: TaskStatus?, by difference: Int) {
            switch status {
            case .running: runningTasksCount += difference
            case .pending: pendingTasksCount += difference
            default: break
            }
        }
        change(before, by: -1)
        change(task.lastStatus, by: 1)
    }

    mutating func forget(_ task: TaskRecord) {
        precondition(task.lastStatus == .stopped, "only stopped tasks are forgotten")
        tasks.remove(task.id)
    }
}

extension PlacementInstance {
    /// The instance as placement sees it.
    init(_ record: ContainerInstanceRecord, isConnected: Bool) {
        self.init(
            id: record.id, status: record.status, isConnected: isConnected,
            attributes: Dictionary(record.attributes.map { ($0.name ?? "", $0.value) }, uniquingKeysWith: { $1 }),
            cpu: record.resources.cpu, memory: record.resources.memory, gpus: record.resources.gpus,
            tcpPorts: record.resources.tcpPorts, udpPorts: record.resources.udpPorts,
            agentVersion: record.version?.agentVersion, ec2InstanceID: record.managedInstanceID,
            registeredAt: record.registeredAt)
    }
}

extension TaskRecord {
    /// What the task takes of its instance, in the words of placement.
    var placementRequest: PlacementRequest {
        PlacementRequest(resources: charge, scope: serviceName.map { .service($0) } ?? .taskGroup(group))
    }

    /// Where it was placed, in the words of placement.
    var placement: Placement { Placement(instance: instanceID, gpus: gpus) }
}

extension APIError {
    /// An error of the placement engine about what a caller sent.
    init(_ error: PlacementError) { self.init(.invalidParameter, error.message) }
}
