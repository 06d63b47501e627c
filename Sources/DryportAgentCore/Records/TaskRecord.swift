// SPDX-License-Identifier: Apache-2.0

public import DryportModel
import DryportReconciler

/// All that must survive of one task. Stored before anything that follows from it is done.
public struct TaskRecord: Sendable, Hashable, Codable {
    /// What the task consists of.
    public let plan: TaskPlan
    /// The task's place in the order of arrival.
    public let sequence: Int
    /// What the control plane, or an ended essential container, wants of it.
    public internal(set) var desired: DesiredStatus
    /// Whether it has left the queue and takes resources (`ecs-agent.md` §10.6).
    public internal(set) var isAdmitted = false
    /// Its containers, in the order of the plan.
    public internal(set) var containers: [ContainerRecord]
    /// When the first pull began.
    public internal(set) var pullStartedAt: Timestamp?
    /// When the last pull ended.
    public internal(set) var pullStoppedAt: Timestamp?
    /// When it was decided that the task ends (§6.3).
    public internal(set) var executionStoppedAt: Timestamp?
    /// When its last container ended.
    public internal(set) var stoppedAt: Timestamp?
    /// Why the task as a whole failed, if it did.
    public internal(set) var reason: String?
    /// Whether it could not even be read, so that its record goes as soon as that is reported.
    public internal(set) var isUnreadable = false
    /// What was told of it, and what is still to be told.
    public internal(set) var reports = ReportQueue()

    init(plan: TaskPlan, sequence: Int, desired: DesiredStatus) {
        self.plan = plan
        self.sequence = sequence
        self.desired = desired
        self.containers = plan.containers.map { _ in ContainerRecord() }
    }

    /// The task's status as reported: pending, running or stopped.
    public var status: TaskStatus { reports.status }

    /// The key of one of its containers.
    func key(of index: Int) -> ContainerKey {
        ContainerKey(taskARN: plan.arn, containerName: plan.containers[index].plan.containerName)
    }

    /// Whether the container is to end.
    func wantsStop(_ index: Int) -> Bool { desired == .stopped || containers[index].mustStop }
}
