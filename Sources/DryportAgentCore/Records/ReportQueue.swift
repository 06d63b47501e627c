// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// A change of a container, as it was when it happened.
public struct ContainerReport: Sendable, Hashable, Codable {
    /// The container's name.
    public var containerName: String
    /// Its status.
    public var status: ContainerStatus
    /// The runtime's identifier.
    public var runtimeID: String?
    /// The digest of its image.
    public var imageDigest: String?
    /// Its exit code.
    public var exitCode: Int?
    /// Its first error.
    public var reason: String?
    /// Its published ports.
    public var networkBindings: [NetworkBindingRecord] = []
}

/// One SubmitTaskStateChange to be made, with everything it says fixed.
public struct TaskReport: Sendable, Hashable, Codable {
    /// The task's status.
    public var status: TaskStatus
    /// Why the task as a whole failed; empty if it did not.
    public var reason: String
    /// The changes of containers since the report before.
    public var containers: [ContainerReport]
    /// See ``TaskRecord/pullStartedAt``.
    public var pullStartedAt: Timestamp?
    /// See ``TaskRecord/pullStoppedAt``.
    public var pullStoppedAt: Timestamp?
    /// See ``TaskRecord/executionStoppedAt``.
    public var executionStoppedAt: Timestamp?
}

/// What is to be told of one task, in order (`ecs-agent.md` §6.2).
///
/// Changes of containers gather in ``leftovers``; a change of the task seals them into a report. A report
/// leaves the queue when the backend has taken it, and that is stored, so that a restarted agent neither
/// forgets nor repeats it (repeats are possible only where it ended between the answer and the store).
public struct ReportQueue: Sendable, Hashable, Codable {
    /// The status of the last sealed report.
    public internal(set) var status: TaskStatus = .pending
    /// Whether any report was sealed.
    public internal(set) var hasBegun = false
    /// Sealed reports, the oldest first.
    public internal(set) var sealed: [TaskReport] = []
    /// Changes that wait for company.
    public internal(set) var leftovers: [ContainerReport] = []

    /// Whether everything has been told.
    public var isEmpty: Bool { sealed.isEmpty && leftovers.isEmpty }

    /// Whether the end of the task has been told.
    public var isFinished: Bool { status == .stopped && isEmpty }
}
