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
    /// All its tasks that are still described, in the order in which they were placed.
    var tasks: OrderedSet<String> = []
    var runningTasksCount = 0
    var pendingTasksCount = 0
    /// How placement sees it.
    var placement: PlacementInstance

    init(record: ContainerInstanceRecord, isConnected: Bool) {
        self.record = record
        self.isConnected = isConnected
        self.placement = PlacementInstance(
            id: record.id, status: record.status, isConnected: isConnected,
            attributes: Dictionary(record.attributes.map { ($0.name ?? "", $0.value) }, uniquingKeysWith: { $1 }),
            cpu: record.resources.cpu, memory: record.resources.memory, gpus: record.resources.gpus,
            tcpPorts: Set(record.resources.tcpPorts), udpPorts: Set(record.resources.udpPorts))
    }

    /// Brings the placement's view up to date after a change of the record or the connection.
    /// - Parameter charged: The tasks that are charged to the instance.
    mutating func refreshPlacement(charged: some Sequence<TaskRecord>) {
        let tasks = self.tasks
        let counts = (runningTasksCount, pendingTasksCount)
        var fresh = ClusterInstance(record: record, isConnected: isConnected)
        for task in charged where !task.isReleased { fresh.placement.take(task) }
        placement = fresh.placement
        self.tasks = tasks
        (runningTasksCount, pendingTasksCount) = counts
    }

    /// Takes a task that was placed here before a restart.
    mutating func adopt(_ task: TaskRecord) {
        tasks.append(task.id)
        if !task.isReleased { placement.take(task) }
        count(task, before: nil)
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
    /// Charges a task that has its GPUs assigned already.
    fileprivate mutating func take(_ task: TaskRecord) {
        charge(task.placementRequest)
        // Charging assigns the lowest GPUs; the task keeps those that it has.
        guard !task.gpus.isEmpty else { return }
        let all = Set(remainingGPUs)
        remainingGPUs = all.subtracting(task.gpus).sorted()
    }
}

extension TaskRecord {
    /// What the task takes of its instance, in the words of placement.
    var placementRequest: PlacementRequest {
        PlacementRequest(
            cpu: charge.cpu, memory: charge.memory, tcpPorts: charge.tcpPorts, udpPorts: charge.udpPorts,
            gpus: charge.gpus, group: group)
    }
}
