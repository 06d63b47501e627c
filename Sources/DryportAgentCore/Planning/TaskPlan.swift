// SPDX-License-Identifier: Apache-2.0

/// A task as the agent runs it: decoded, checked, with names chosen. Never changes once made.
public struct TaskPlan: Sendable, Hashable, Codable {
    /// A container of the task.
    public struct Container: Sendable, Hashable, Codable {
        /// How to make it.
        public var plan: ContainerPlan
        /// Whether the task ends when it does.
        public var isEssential: Bool
        /// What other containers must have reached before it is pulled.
        public var dependencies: [Dependency]
        /// How long those that wait for its end or health wait, from its start; nil for ever.
        public var startTimeout: Duration?
        /// The time between its stop signal and the kill.
        public var stopTimeout: Duration
        /// When it is restarted in place; nil for never.
        public var restartPolicy: RestartPolicy?
    }

    /// A condition on another container of the task (`ecs-agent.md` §10.4).
    public struct Dependency: Sendable, Hashable, Codable {
        /// What the other container must have reached.
        public enum Condition: String, Sendable, Hashable, Codable, CaseIterable {
            /// It was made. Comes from `volumesFrom` only.
            case created = "CREATED"
            /// It was started.
            case start = "START"
            /// It ran and ended.
            case complete = "COMPLETE"
            /// It ran and ended with exit code 0.
            case success = "SUCCESS"
            /// Its health check succeeds.
            case healthy = "HEALTHY"
        }

        /// The index of the other container in ``TaskPlan/containers``.
        public var container: Int
        /// The condition.
        public var condition: Condition
    }

    /// When a container that ended is started again (§10.7).
    public struct RestartPolicy: Sendable, Hashable, Codable {
        /// Exit codes after which it is not.
        public var ignoredExitCodes: [Int]
        /// How long it must have run.
        public var attemptPeriod: Duration
    }

    /// The task's ARN.
    public var arn: String
    /// The cluster's ARN, if the control plane told it.
    public var clusterARN: String?
    /// The task definition's family.
    public var family: String
    /// The task definition's revision, as text.
    public var revision: String
    /// The containers, in the order of the task definition.
    public var containers: [Container]
    /// What of the host the task takes (§10.6).
    public var demand: ResourceDemand
    /// Volumes of the engine that go with the task.
    public var volumes: [String]
    /// The ids of the task's credentials; values are never stored (§11.3).
    public var credentialsIDs: [String]

    /// The indices of the containers that depend on the given one.
    func dependents(of index: Int) -> [Int] {
        containers.indices.filter { containers[$0].dependencies.contains { $0.container == index } }
    }
}

/// What a task takes of its host.
public struct ResourceDemand: Sendable, Hashable, Codable {
    /// CPU units.
    public var cpu: Int
    /// MiB.
    public var memory: Int
    /// Fixed TCP ports of the host.
    public var tcpPorts: [Int]
    /// Fixed UDP ports of the host.
    public var udpPorts: [Int]

    /// Creates a demand.
    public init(cpu: Int = 0, memory: Int = 0, tcpPorts: [Int] = [], udpPorts: [Int] = []) {
        self.cpu = cpu
        self.memory = memory
        self.tcpPorts = tcpPorts
        self.udpPorts = udpPorts
    }
}
