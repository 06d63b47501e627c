// SPDX-License-Identifier: Apache-2.0

/// Why a request is refused, or how many instances could take it, and what would change that.
public struct PlacementExplanation: Sendable, Hashable {
    /// How many instances one rule removed: those that no earlier rule did.
    public struct Removal: Sendable, Hashable {
        /// The rule.
        public var rule: PlacementRefusal
        /// The instances; at least 1.
        public var count: Int
    }

    /// An instance and everything that it lacks.
    public struct Closest: Sendable, Hashable {
        /// The instance's id.
        public var instance: String
        /// What it lacks, in the order of the rules.
        public var lacks: [PlacementLack]
    }

    /// A change after which the request fits. It has been applied, and the outcome looked at.
    public struct Remedy: Sendable, Hashable {
        /// What has to change.
        public var changes: [PlacementLack]
        /// An instance that fits then: of those that need the least, the first in the order of adding.
        public var instance: String
        /// How many instances fit then. With an amount of a resource it is 1: others need more.
        public var instanceCount: Int
    }

    /// All instances; the counts of ``removed`` and ``fittingCount`` add up to it.
    public var instanceCount: Int
    /// The instances that can take the task.
    public var fittingCount: Int
    /// What removed the others, in the order of the rules (`ecs-control-plane.md` §5.4).
    public var removed: [Removal]
    /// The instance with the fewest lacks; of several, the one whose shortage of resources is the smallest part of
    /// what is asked, then the first that was added. nil if an instance fits, or there is none.
    public var closest: Closest?
    /// Changes that would help, the least first: one amount of a resource, one port, one rule. If no single one does,
    /// all that ``closest`` lacks. Empty if an instance fits, there is none, or nothing of the kind would help.
    public var remedies: [Remedy]
}

/// One thing that an instance lacks for a task.
public enum PlacementLack: Sendable, Hashable {
    /// It is draining or deregistered.
    case active
    /// Its agent is not connected.
    case connection
    /// A required attribute.
    case attribute(String, wanted: String?, held: String?)
    /// CPU units.
    case cpu(Int)
    /// MiB.
    case memory(Int)
    /// Ports that are taken.
    case ports(tcp: [Int], udp: [Int])
    /// GPUs.
    case gpus(Int)
    /// An expression does not hold.
    case memberOf(ClusterQuery)
    /// Tasks of the scope run there: this many.
    case distinctInstance(Int)
    /// A constraint of the importer's own says no.
    case custom(String)

    /// The rule that this breaks.
    public var rule: PlacementRefusal {
        switch self {
        case .active: .inactive
        case .connection: .agent
        case .attribute(let name, let wanted, _): .attribute(name, value: wanted)
        case .cpu: .cpu
        case .memory: .memory
        case .ports: .ports
        case .gpus: .gpu
        case .memberOf(let query): .memberOf(query)
        case .distinctInstance: .distinctInstance
        case .custom(let name): .custom(name)
        }
    }
}

extension PlacementLack: CustomStringConvertible {
    /// What the instance needs, such as `128 MiB more memory`.
    public var description: String {
        switch self {
        case .active: "to be ACTIVE"
        case .connection: "its agent to be connected"
        case .attribute(let name, nil, _): "the attribute \(name)"
        case .attribute(let name, let wanted?, nil): "the attribute \(name) with the value \(wanted)"
        case .attribute(let name, let wanted?, let held?): "the attribute \(name) to be \(wanted), not '\(held)'"
        case .cpu(let units): "\(units) more CPU unit\(units == 1 ? "" : "s")"
        case .memory(let amount): "\(amount) MiB more memory"
        case .ports(let tcp, let udp):
            "\(tcp.count + udp.count == 1 ? "port" : "ports") "
                + (tcp.map { "\($0)/tcp" } + udp.map { "\($0)/udp" }).joined(separator: ", ") + " to be free"
        case .gpus(let count): "\(count) more GPU\(count == 1 ? "" : "s")"
        case .memberOf(let query): "to satisfy \(query.text)"
        case .distinctInstance(let count): "none of its \(count) task\(count == 1 ? "" : "s") of the group"
        case .custom(let name): "to satisfy \(name)"
        }
    }

    /// The same as something that is done to the request or the cluster, such as `attribute:zone == a is dropped`.
    var asChange: String {
        switch self {
        case .active: "it is set to ACTIVE"
        case .connection: "its agent reconnects"
        case .attribute(let name, let wanted, _):
            "the required attribute \(name)\(wanted.map { " = \($0)" } ?? "") is dropped"
        case .cpu, .memory, .gpus: "it has \(self)"
        case .ports(let tcp, let udp):
            (tcp.map { "\($0)/tcp" } + udp.map { "\($0)/udp" }).joined(separator: ", ")
                + (tcp.count + udp.count == 1 ? " becomes free" : " become free")
        case .memberOf(let query): "\(query.text) is dropped"
        case .distinctInstance: "distinctInstance is dropped"
        case .custom(let name): "\(name) is dropped"
        }
    }
}

extension PlacementRefusal: CustomStringConvertible {
    /// What the rule looks at, such as `memory` or `memberOf attribute:zone == a`.
    public var description: String {
        switch self {
        case .inactive: "not ACTIVE"
        case .agent: "agent not connected"
        case .attribute(let name, let value): "required attribute \(name)\(value.map { " = \($0)" } ?? "")"
        case .cpu: "CPU"
        case .memory: "memory"
        case .ports: "ports"
        case .gpu: "GPUs"
        case .memberOf(let query): "memberOf \(query.text)"
        case .distinctInstance: "distinctInstance"
        case .custom(let name): "constraint \(name)"
        }
    }
}

extension PlacementExplanation.Remedy: CustomStringConvertible {
    /// Such as `i-7 needs 128 MiB more memory` or `12 instances fit if attribute:zone == a is dropped`.
    public var description: String {
        if changes.count > 1 {
            return "\(instance) needs \(changes.map(\.description).joined(separator: " and "))"
        }
        guard let change = changes.first else { return "\(instance) fits" }
        switch change {
        case .cpu, .memory, .gpus: return "\(instance) needs \(change)"
        default:
            let subject = instanceCount == 1 ? "\(instance) fits" : "\(instanceCount) instances fit"
            switch change {
            case .active where instanceCount > 1: return "\(subject) if they are set to ACTIVE"
            case .connection where instanceCount > 1: return "\(subject) if their agents reconnect"
            default: return "\(subject) if \(change.asChange)"
            }
        }
    }
}

extension PlacementExplanation: CustomStringConvertible {
    /// One line, such as `0 of 40 instances fit: 12 memory, 28 memberOf attribute:zone == a; i-7 needs 128 MiB more
    /// memory`.
    public var description: String {
        guard instanceCount > 0 else { return "there are no instances" }
        var text = "\(fittingCount) of \(instanceCount) instances fit"
        if !removed.isEmpty { text += ": " + removed.map { "\($0.count) \($0.rule)" }.joined(separator: ", ") }
        if let remedy = remedies.first { text += "; \(remedy)" }
        return text
    }
}
