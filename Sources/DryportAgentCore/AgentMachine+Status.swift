// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel
import OrderedCollections

/// What an agent is doing, for people and tests.
public struct AgentStatus: Sendable, Hashable {
    /// A task on the host.
    public struct Task: Sendable, Hashable {
        /// Its ARN.
        public var arn: String
        /// What is wanted of it.
        public var desiredStatus: DesiredStatus
        /// What was, or is about to be, reported of it.
        public var lastStatus: TaskStatus
        /// Whether it waits for resources.
        public var isQueued: Bool
        /// Its containers.
        public var containers: [Container]
    }

    /// A container of a task.
    public struct Container: Sendable, Hashable {
        /// Its name in the task definition.
        public var name: String
        /// How far it has come.
        public var phase: ContainerRecord.Phase
        /// The runtime's identifier.
        public var runtimeID: String?
        /// Its exit code, once it ended.
        public var exitCode: Int?
        /// How often it was restarted in place.
        public var restartCount: Int
        /// What its health check says.
        public var health: HealthStatus
    }

    /// The managed node, `mi-…`.
    public var managedInstanceID: String?
    /// The container instance.
    public var containerInstanceARN: String?
    /// Whether registration is complete.
    public var isRegistered: Bool
    /// Whether ACS is connected.
    public var isConnected: Bool
    /// Whether the container runtime answers.
    public var isRuntimeReady: Bool
    /// Why the agent cannot go on; nil if it can.
    public var terminalReason: String?
    /// How many reports wait to be taken.
    public var pendingReports: Int
    /// The tasks in the order of their arrival.
    public var tasks: [Task]
}

extension AgentMachine {
    /// What the agent is doing.
    /// - Complexity: O(number of containers).
    public var status: AgentStatus {
        AgentStatus(
            managedInstanceID: registration.record.managedInstanceID,
            containerInstanceARN: registration.record.containerInstanceARN, isRegistered: registration.isRegistered,
            isConnected: session.isConnected, isRuntimeReady: engine.link.isLive,
            terminalReason: registration.terminalReason,
            pendingReports: engine.tasks.values.reduce(0) { $0 + $1.record.reports.sealed.count },
            tasks: engine.tasks.values.map { Self.status(of: $0.record) })
    }

    private static func status(of record: TaskRecord) -> AgentStatus.Task {
        AgentStatus.Task(
            arn: record.plan.arn, desiredStatus: record.desired, lastStatus: record.status,
            isQueued: !record.isAdmitted && record.desired == .running,
            containers: zip(record.plan.containers, record.containers).map { planned, container in
                AgentStatus.Container(
                    name: planned.plan.containerName, phase: container.phase, runtimeID: container.runtimeID,
                    exitCode: container.phase == .stopped ? container.exit?.code : nil,
                    restartCount: container.restartCount, health: container.health)
            })
    }

    /// Role credentials of a task, as the container with this credentials id may ask for them; nil if the id is
    /// unknown or its values have not come yet.
    public func roleCredentials(id: String) -> ACS.RoleCredentials? { taskCredentials[id] }
}
