// SPDX-License-Identifier: Apache-2.0

/// What came of placing a scenario's workload under one policy.
///
/// It is the same for the same scenario, policy and seed, except ``seconds``. Parts of a whole are from 0 to 1; they
/// can be more than 1 where tasks that run take more than their instance has.
public struct PlacementReport: Codable, Sendable, Hashable {
    /// The scenario's name.
    public var scenario: String
    /// The policy's name; ``PlacementScenario/ownPolicyName`` for the tasks' own strategies.
    public var policy: String
    /// The policy's strategies, such as `spread(attribute:zone)`; nil for the tasks' own, empty for ECS's defaults.
    public var strategies: [String]?
    /// What chance was drawn from.
    public var seed: UInt64
    /// How many tasks the workload has.
    public var taskCount: Int
    /// How many of them were placed.
    public var placedCount: Int
    /// How many decisions that took: one for each task, but one only for those of a batch that are refused.
    public var decisionCount: Int
    /// How long the decisions took, the making of indexes included; nil if no clock was given.
    public var seconds: Double?
    /// How many instances there are, of which kind.
    public var instanceCounts: InstanceCounts
    /// How much of the CPU is taken.
    public var cpu: Utilisation
    /// How much of the memory is taken.
    public var memory: Utilisation
    /// How full the instances are that are used at all.
    public var packing: Packing
    /// How evenly the tasks of each service or group are spread, in the order of their first tasks: the first
    /// ``maximumSpreads``.
    public var spread: [Spread]
    /// What became of each entry of the workload.
    public var workload: [Entry]
    /// The attribute whose value ``Instance/zone`` is: the first that is spread over, else the first of
    /// `ecs.availability-zone`, `zone` and `site` that an instance has; nil if there is none.
    public var zoneAttribute: String?
    /// The instances, in the scenario's order.
    public var instances: [Instance]

    /// The most groups whose spread is reported.
    public static let maximumSpreads = 1000
    /// The most different requests of one entry whose refusals are explained.
    public static let maximumExplanations = 20

    /// How many tasks were not placed.
    public var unplacedCount: Int { taskCount - placedCount }

    /// Tasks placed in a second; nil if no clock was given, or it did not advance.
    public var placementsPerSecond: Double? {
        guard let seconds, seconds > 0 else { return nil }
        return Double(placedCount) / seconds
    }

    /// How many instances there are.
    public struct InstanceCounts: Codable, Sendable, Hashable {
        /// All of them.
        public var total = 0
        /// Those that take tasks: active, and their agents connected.
        public var available = 0
        /// Those of the available ones of which something is taken.
        public var used = 0
    }

    /// How much is taken of a resource of the available instances.
    public struct Utilisation: Codable, Sendable, Hashable {
        /// How much they have.
        public var registered = 0
        /// How much is taken of it.
        public var taken = 0
        /// The mean of the instances' utilisations; instances that have nothing of the resource do not count.
        public var mean = 0.0
        /// The lowest of them.
        public var minimum = 0.0
        /// The highest of them.
        public var maximum = 0.0
        /// Their standard deviation, all instances being known.
        public var standardDeviation = 0.0
    }

    /// How full the available instances are that are used.
    public struct Packing: Codable, Sendable, Hashable {
        /// The part of their CPU that is taken.
        public var cpu = 0.0
        /// The part of their memory that is taken.
        public var memory = 0.0
        /// Instances with too little CPU or memory left for any task of the workload.
        public var fullInstances = 0
        /// CPU units that are left there: stranded, as no task of the workload can use them.
        public var strandedCPU = 0
        /// MiB that are left there.
        public var strandedMemory = 0
    }

    /// How evenly the tasks of a service or group are spread.
    public struct Spread: Codable, Sendable, Hashable {
        /// How many tasks the fullest and the emptiest of some buckets have.
        public struct Buckets: Codable, Sendable, Hashable {
            /// What makes a bucket: `instanceId` or `attribute:<name>`.
            public var field: String
            /// How many buckets there are.
            public var count: Int
            /// The tasks in the emptiest.
            public var least: Int
            /// The tasks in the fullest.
            public var most: Int

            /// The difference of the two; 0 or 1 is as even as can be.
            public var difference: Int { most - least }
        }

        /// The group, `service:<name>` for a service.
        public var group: String
        /// Its tasks, with those that ran before.
        public var taskCount: Int
        /// First by instance, then by each attribute that any strategy of the scenario spreads over. Only available
        /// instances count that have the attributes the tasks require and satisfy those of their expressions that do
        /// not depend on tasks.
        public var buckets: [Buckets]
    }

    /// What became of an entry of the workload.
    public struct Entry: Codable, Sendable, Hashable {
        /// Its name.
        public var name: String
        /// How many tasks it has.
        public var taskCount: Int
        /// How many of them were placed.
        public var placedCount: Int
        /// Why others were not, for each kind of task. If the entry has more than ``maximumExplanations`` kinds, the
        /// counts add up to less than ``unplacedCount``.
        public var refusals: [Refusal]

        /// How many tasks were not placed.
        public var unplacedCount: Int { taskCount - placedCount }
    }

    /// Tasks that are alike and were not placed.
    public struct Refusal: Codable, Sendable, Hashable {
        /// How many.
        public var count: Int
        /// Why the first of them was not.
        public var explanation: Explanation
    }

    /// An instance after the placement.
    public struct Instance: Codable, Sendable, Hashable {
        /// Its id.
        public var id: String
        /// The value of ``PlacementReport/zoneAttribute``; nil if it lacks that.
        public var zone: String?
        /// `ACTIVE`, `DRAINING` or `INACTIVE`.
        public var status: String
        /// Whether its agent is connected.
        public var agentConnected: Bool
        /// CPU units that it has.
        public var cpu: Int
        /// CPU units that are taken.
        public var cpuTaken: Int
        /// MiB that it has.
        public var memory: Int
        /// MiB that are taken.
        public var memoryTaken: Int
        /// GPUs that it has.
        public var gpus: Int
        /// GPUs that are taken.
        public var gpusTaken: Int
        /// Tasks on it, with those that ran before.
        public var taskCount: Int
        /// How many tasks of each entry of the workload were placed on it.
        public var placed: [String: Int]

        /// Whether it takes tasks.
        public var isAvailable: Bool { status == "ACTIVE" && agentConnected }
        /// The part of its CPU that is taken; nil if it has none.
        public var cpuUtilisation: Double? { cpu > 0 ? Double(cpuTaken) / Double(cpu) : nil }
        /// The part of its memory that is taken; nil if it has none.
        public var memoryUtilisation: Double? { memory > 0 ? Double(memoryTaken) / Double(memory) : nil }
        /// Whether anything of it is taken.
        public var isUsed: Bool { taskCount > 0 || cpuTaken > 0 || memoryTaken > 0 }
    }

    /// A ``PlacementExplanation``, to be kept and written.
    public struct Explanation: Codable, Sendable, Hashable {
        /// Instances that one rule removed.
        public struct Removal: Codable, Sendable, Hashable {
            /// The reason in ECS's API, such as `RESOURCE:MEMORY`.
            public var reason: String
            /// The rule, such as `memory` or `memberOf attribute:zone == a`.
            public var rule: String
            /// The instances.
            public var count: Int
        }

        /// A change after which the task would fit.
        public struct Remedy: Codable, Sendable, Hashable {
            /// Such as `i-7 needs 128 MiB more memory`.
            public var text: String
            /// An instance that fits then.
            public var instance: String
            /// How many instances fit then.
            public var instanceCount: Int
        }

        /// All of it in one line.
        public var text: String
        /// All instances.
        public var instanceCount: Int
        /// Those that can take the task.
        public var fittingCount: Int
        /// What removed the others, in the order of the rules.
        public var removed: [Removal]
        /// The instance that comes closest; nil if one fits, or there is none.
        public var closest: String?
        /// What that lacks.
        public var lacks: [String]
        /// What would help, the least change first.
        public var remedies: [Remedy]

        /// Writes down an explanation.
        public init(_ explanation: PlacementExplanation) {
            text = explanation.description
            instanceCount = explanation.instanceCount
            fittingCount = explanation.fittingCount
            removed = explanation.removed.map {
                Removal(reason: $0.rule.reason, rule: $0.rule.description, count: $0.count)
            }
            closest = explanation.closest?.instance
            lacks = explanation.closest?.lacks.map(\.description) ?? []
            remedies = explanation.remedies.map {
                Remedy(text: $0.description, instance: $0.instance, instanceCount: $0.instanceCount)
            }
        }
    }
}
