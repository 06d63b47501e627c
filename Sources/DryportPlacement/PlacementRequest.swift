// SPDX-License-Identifier: Apache-2.0

/// What one copy of a task asks of an instance.
public struct PlacementRequest: Sendable, Hashable {
    /// CPU units, 1,024 to a CPU.
    public var cpu: Int
    /// Memory in MiB.
    public var memory: Int
    /// Static TCP ports of the host.
    public var tcpPorts: [Int]
    /// Static UDP ports of the host.
    public var udpPorts: [Int]
    /// GPUs.
    public var gpus: Int
    /// Attributes that the instance must have: the name, and the value where one is given.
    public var requiredAttributes: [String: String?]
    /// The group whose tasks count for ``Strategy/spread(_:)`` and ``isDistinct``, such as `family:web`.
    public var group: String
    /// Whether no two tasks of the group may share an instance (constraint `distinctInstance`).
    public var isDistinct: Bool
    /// How to choose among the instances that fit, in order of precedence; empty means at random.
    public var strategies: [Strategy]

    /// One rule for choosing among instances that fit (`ecs-control-plane.md` §6.3).
    public enum Strategy: Sendable, Hashable {
        /// Any, with the same chance each.
        case random
        /// The one whose bucket has the fewest tasks of the group.
        case spread(SpreadField)
        /// The one with the least CPU left.
        case binpackCPU
        /// The one with the least memory left.
        case binpackMemory
    }

    /// What makes a bucket of a spread.
    public enum SpreadField: Sendable, Hashable {
        /// Each instance is a bucket.
        case instance
        /// Instances with the same value of an attribute are a bucket; those without it are one more.
        case attribute(String)
    }

    /// Creates a request for nothing in particular.
    public init(
        cpu: Int = 0, memory: Int = 0, tcpPorts: [Int] = [], udpPorts: [Int] = [], gpus: Int = 0,
        requiredAttributes: [String: String?] = [:], group: String, isDistinct: Bool = false,
        strategies: [Strategy] = []
    ) {
        self.cpu = cpu
        self.memory = memory
        self.tcpPorts = tcpPorts
        self.udpPorts = udpPorts
        self.gpus = gpus
        self.requiredAttributes = requiredAttributes
        self.group = group
        self.isDistinct = isDistinct
        self.strategies = strategies
    }
}

/// Why an instance cannot take a task, in the order in which the reasons are looked for
/// (`ecs-control-plane.md` §5.4).
public enum PlacementRefusal: Sendable, Hashable, CaseIterable {
    /// The instance is draining or deregistered.
    case inactive
    /// Its agent is not connected.
    case agent
    /// A required attribute is missing.
    case attribute
    /// Too little CPU is left.
    case cpu
    /// Too little memory is left.
    case memory
    /// A port is taken.
    case ports
    /// Too few GPUs are left.
    case gpu
    /// A task of the group runs there already.
    case distinctInstance

    /// The text of `failures[].reason`.
    public var reason: String {
        switch self {
        case .inactive: "INACTIVE"
        case .agent: "AGENT"
        case .attribute: "ATTRIBUTE"
        case .cpu: "RESOURCE:CPU"
        case .memory: "RESOURCE:MEMORY"
        case .ports: "RESOURCE:PORTS"
        case .gpu: "RESOURCE:GPU"
        case .distinctInstance: "distinctInstance placement constraint unsatisfied."
        }
    }
}
