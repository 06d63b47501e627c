// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportPlacement

// A strategy and a constraint that ECS does not have, without touching the engine.

/// Prefers instances with cheap power.
struct CheapestPower: PlacementRanking {
    var name: String { "cheapest-power" }

    func score(_ instance: PlacementInstanceView, for request: PlacementRequest) -> Int {
        instance.attribute("cents-per-kWh").flatMap { Int($0) } ?? .max
    }
}

/// Leaves a part of each instance free.
struct KeepFree: PlacementConstraintRule {
    /// Per cent of the CPU.
    var share: Int
    var name: String { "keep-\(share)-percent-free" }

    func allows(_ instance: PlacementInstanceView, for request: PlacementRequest) -> Bool {
        100 * (instance.remainingCPU - request.resources.cpu) >= share * instance.registeredCPU
    }
}

var engine = try PlacementEngine([
    PlacementInstance(id: "berlin-1", attributes: ["cents-per-kWh": "38"], cpu: 4096, memory: 8192),
    PlacementInstance(id: "oslo-1", attributes: ["cents-per-kWh": "9"], cpu: 2048, memory: 8192),
    PlacementInstance(id: "oslo-2", attributes: ["cents-per-kWh": "9"], cpu: 2048, memory: 8192),
])
var random = SeededGenerator(seed: 1)
let request = PlacementRequest(
    resources: TaskResources(cpu: 512, memory: 1024), scope: .service("encoder"),
    constraints: [.custom(CustomPlacementConstraint(KeepFree(share: 20)))],
    strategies: [.custom(CustomPlacementStrategy(CheapestPower())), .spread(.instanceID)])
for placement in try engine.place(request, count: 13, using: &random) { print(placement.instance) }
print(try engine.explain(request))
