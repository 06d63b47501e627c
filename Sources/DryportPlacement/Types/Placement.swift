// SPDX-License-Identifier: Apache-2.0

/// Where one copy of a task was placed.
public struct Placement: Sendable, Hashable {
    /// The instance's id.
    public let instance: String
    /// The ids of the GPUs that the copy was assigned, in the order in which the instance registered them.
    public let gpus: [String]
    /// Where the engine keeps the instance, as long as it does; saves a look-up.
    let slot: Slot
    /// The same for the scope.
    let scope: Int32

    /// Creates a placement, for a task that was placed before, such as one that is restored.
    public init(instance: String, gpus: [String] = []) {
        self.init(instance: instance, gpus: gpus, slot: .max, scope: .max)
    }

    init(instance: String, gpus: [String], slot: Slot, scope: Int32) {
        self.instance = instance
        self.gpus = gpus
        self.slot = slot
        self.scope = scope
    }

    /// Whether both name the same instance and GPUs.
    public static func == (left: Self, right: Self) -> Bool {
        left.instance == right.instance && left.gpus == right.gpus
    }

    /// Hashes the instance and the GPUs.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(instance)
        hasher.combine(gpus)
    }
}

/// The place of an instance in the engine's tables: rises in the order of adding, never reused before a compaction.
typealias Slot = Int32

/// A rule that keeps a task off an instance, in the order in which rules are looked at (`ecs-control-plane.md` §5.4).
public enum PlacementRefusal: Sendable, Hashable {
    /// The instance is draining or deregistered.
    case inactive
    /// Its agent is not connected.
    case agent
    /// It lacks a required attribute, or has another value.
    case attribute(String, value: String?)
    /// Too little CPU is left.
    case cpu
    /// Too little memory is left.
    case memory
    /// A port is taken.
    case ports
    /// Too few GPUs are left.
    case gpu
    /// An expression does not hold.
    case memberOf(ClusterQuery)
    /// A task of the scope runs there already.
    case distinctInstance
    /// A constraint of the importer's own, by its name.
    case custom(String)

    /// The text of `failures[].reason` in ECS's API.
    public var reason: String {
        switch self {
        case .inactive: "INACTIVE"
        case .agent: "AGENT"
        case .attribute: "ATTRIBUTE"
        case .cpu: "RESOURCE:CPU"
        case .memory: "RESOURCE:MEMORY"
        case .ports: "RESOURCE:PORTS"
        case .gpu: "RESOURCE:GPU"
        case .memberOf: "MemberOf placement constraint unsatisfied."
        case .distinctInstance: "distinctInstance placement constraint unsatisfied."
        case .custom(let name): "\(name) placement constraint unsatisfied."
        }
    }
}
