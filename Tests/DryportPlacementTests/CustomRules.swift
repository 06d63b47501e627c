// SPDX-License-Identifier: Apache-2.0

import DryportPlacement

/// What the tests' own rules look at, from the engine's view of an instance or from the reference's.
struct Facts: Hashable {
    var id: String
    var registeredCPU: Int
    var registeredMemory: Int
    var remainingCPU: Int
    var remainingMemory: Int
    var remainingGPUs: Int
    var taskCount: Int
    var scopeTaskCount: Int
    var rack: String?

    init(_ view: PlacementInstanceView) {
        id = view.id
        registeredCPU = view.registeredCPU
        registeredMemory = view.registeredMemory
        remainingCPU = view.remainingCPU
        remainingMemory = view.remainingMemory
        remainingGPUs = view.remainingGPUs
        taskCount = view.taskCount
        scopeTaskCount = view.scopeTaskCount
        rack = view.attribute("rack")
    }

    init(_ host: ReferencePlacement.Host, scope: PlacementScope) {
        id = host.registered.id
        registeredCPU = host.registered.cpu
        registeredMemory = host.registered.memory
        remainingCPU = host.registered.cpu - host.usedCPU
        remainingMemory = host.registered.memory - host.usedMemory
        remainingGPUs = host.capacity.gpus.count
        taskCount = host.taskCount
        scopeTaskCount = host.tasks[scope] ?? 0
        rack = host.bucket("rack")
    }
}

/// A constraint of the tests' own.
protocol FactsRule: PlacementConstraintRule {
    func allows(_ facts: Facts) -> Bool
}

extension FactsRule {
    func allows(_ instance: PlacementInstanceView, for request: PlacementRequest) -> Bool { allows(Facts(instance)) }
}

/// A strategy of the tests' own.
protocol FactsRanking: PlacementRanking {
    func score(_ facts: Facts) -> Int
}

extension FactsRanking {
    func score(_ instance: PlacementInstanceView, for request: PlacementRequest) -> Int { score(Facts(instance)) }
}

/// No more tasks than a limit on an instance, whosever they are.
struct TaskLimit: FactsRule {
    var limit: Int
    var name: String { "task-limit-\(limit)" }

    func allows(_ facts: Facts) -> Bool { facts.taskCount < limit }
}

/// No more tasks than a limit of the scope on an instance.
struct ScopeLimit: FactsRule {
    var limit: Int
    var name: String { "scope-limit-\(limit)" }

    func allows(_ facts: Facts) -> Bool { facts.scopeTaskCount < limit }
}

/// Only instances of one rack.
struct OnRack: FactsRule {
    var rack: String
    var name: String { "on-rack-\(rack)" }

    func allows(_ facts: Facts) -> Bool { facts.rack == rack }
}

/// Only instances with less left than a limit: a rule that more room breaks.
struct NotRoomy: FactsRule {
    var limit: Int
    var name: String { "not-roomy-\(limit)" }

    func allows(_ facts: Facts) -> Bool { facts.remainingCPU < limit }
}

/// Only instances that run something already.
struct NotIdle: FactsRule {
    var name: String { "not-idle" }

    func allows(_ facts: Facts) -> Bool { facts.taskCount > 0 }
}

/// The instance with the most left first, in steps, so that there are ties.
struct Roomiest: FactsRanking {
    var step: Int
    var name: String { "roomiest" }

    func score(_ facts: Facts) -> Int { -(facts.remainingCPU + facts.remainingMemory) / step }
}

/// The instance with the fewest tasks, GPUs making up for some.
struct Quietest: FactsRanking {
    var name: String { "quietest" }

    func score(_ facts: Facts) -> Int { facts.taskCount + facts.scopeTaskCount - facts.remainingGPUs }
}
