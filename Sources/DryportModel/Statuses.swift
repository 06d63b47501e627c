// SPDX-License-Identifier: Apache-2.0

/// The life of a task as ECS tells it (`ecs-control-plane.md` §5.1). A task's last status only moves
/// forward: to a case that compares greater, never back.
public enum TaskStatus: String, Sendable, Hashable, Codable, CaseIterable {
    /// Network interfaces are being attached; never seen with external instances.
    case provisioning = "PROVISIONING"
    /// Placed; waits for room, images or dependencies.
    case pending = "PENDING"
    /// Load balancer and discovery registration; unused.
    case activating = "ACTIVATING"
    /// The agent reported it running.
    case running = "RUNNING"
    /// Load balancer deregistration; unused.
    case deactivating = "DEACTIVATING"
    /// To be stopped, and the agent has been told.
    case stopping = "STOPPING"
    /// Network interfaces are being detached; unused.
    case deprovisioning = "DEPROVISIONING"
    /// Over.
    case stopped = "STOPPED"
}

extension TaskStatus: Comparable {
    private var rank: Int {
        switch self {
        case .provisioning: 0
        case .pending: 1
        case .activating: 2
        case .running: 3
        case .deactivating: 4
        case .stopping: 5
        case .deprovisioning: 6
        case .stopped: 7
        }
    }

    /// Whether the left one comes first.
    public static func < (left: TaskStatus, right: TaskStatus) -> Bool { left.rank < right.rank }
}

/// What the control plane wants of a task.
public enum DesiredStatus: String, Sendable, Hashable, Codable, CaseIterable {
    /// It shall run. Can change to ``stopped``.
    case running = "RUNNING"
    /// It shall stop. Never changes again.
    case stopped = "STOPPED"
}

/// The life of one container. Only moves forward.
public enum ContainerStatus: String, Sendable, Hashable, Codable, CaseIterable {
    /// Not started yet.
    case pending = "PENDING"
    /// Started.
    case running = "RUNNING"
    /// Over, or never to be started.
    case stopped = "STOPPED"
}

extension ContainerStatus: Comparable {
    private var rank: Int {
        switch self {
        case .pending: 0
        case .running: 1
        case .stopped: 2
        }
    }

    /// Whether the left one comes first.
    public static func < (left: ContainerStatus, right: ContainerStatus) -> Bool { left.rank < right.rank }
}

/// What a container's health check says.
public enum HealthStatus: String, Sendable, Hashable, Codable, CaseIterable {
    /// The last check succeeded.
    case healthy = "HEALTHY"
    /// More checks in a row failed than allowed.
    case unhealthy = "UNHEALTHY"
    /// No check, or no result yet.
    case unknown = "UNKNOWN"
}

/// Why a task stopped (`ecs-control-plane.md` §5.5).
public enum StopCode: String, Sendable, Hashable, Codable, CaseIterable {
    /// It never reached RUNNING.
    case taskFailedToStart = "TaskFailedToStart"
    /// An essential container ended.
    case essentialContainerExited = "EssentialContainerExited"
    /// StopTask.
    case userInitiated = "UserInitiated"
    /// The service scheduler: scale-in, deployment, drain, health.
    case serviceSchedulerInitiated = "ServiceSchedulerInitiated"
    /// EC2 only.
    case spotInterruption = "SpotInterruption"
    /// Fargate only.
    case terminationNotice = "TerminationNotice"
}

/// The state of a container instance (`ecs-control-plane.md` §4.4).
public enum ContainerInstanceStatus: String, Sendable, Hashable, Codable, CaseIterable {
    /// Placeable while its agent is connected. Can become draining or inactive.
    case active = "ACTIVE"
    /// Takes no new tasks. Can become active or inactive.
    case draining = "DRAINING"
    /// Deregistered. Never changes again.
    case inactive = "INACTIVE"
}

/// Where tasks run. Dryport runs ``external``; the others exist on the wire.
public enum LaunchType: String, Sendable, Hashable, Codable, CaseIterable {
    /// Amazon EC2.
    case ec2 = "EC2"
    /// AWS Fargate.
    case fargate = "FARGATE"
    /// Machines you own.
    case external = "EXTERNAL"
    /// ECS Managed Instances.
    case managedInstances = "MANAGED_INSTANCES"
}

/// The transport protocol of a port.
public enum TransportProtocol: String, Sendable, Hashable, Codable, CaseIterable {
    /// TCP.
    case tcp
    /// UDP.
    case udp
}
