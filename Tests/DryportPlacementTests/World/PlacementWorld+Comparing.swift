// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportPlacement

// Whether the engine and the reference say the same of the same world.
extension PlacementWorld {
    func compare() throws {
        try require(engine.instanceIDs == reference.ids, "\(engine.instanceIDs) instead of \(reference.ids)")
        try require(engine.count == reference.ids.count, "\(engine.count) instances")
        let scopes = Set(requests.map(\.scope))
        for case let host? in reference.hosts {
            let id = host.registered.id
            let capacity = try engine.capacity(of: id)
            try require(engine.contains(id), "\(id) is not there")
            try require(capacity == host.capacity, "\(id) has \(capacity) instead of \(host.capacity)")
            for scope in scopes {
                let count = engine.taskCount(of: scope, on: id)
                try require(count == host.tasks[scope] ?? 0, "\(id) has \(count) tasks of \(scope)")
            }
        }
        for request in requests.suffix(2) { try compareExplanations(of: request) }
    }

    func compareExplanations(of request: PlacementRequest) throws {
        let hosts = reference.hosts.compactMap { $0 }
        let lacks = hosts.map { reference.lacks(request, $0) }
        let refused = zip(hosts, lacks).filter { !$0.1.isEmpty }.map { ($0.0.registered.id, $0.1) }
        let refusals = try engine.refusals(of: request)
        try require(
            refusals.map(\.instance) == refused.map(\.0) && refusals.map(\.lacks) == refused.map(\.1),
            "\(request)\nlacks \(refusals)\ninstead of \(refused)")
        let explanation = try engine.explain(request)
        try compare(explanation, of: request, hosts: hosts, lacks: lacks)
        var trial = engine
        var random = engineRandom
        let placement = try trial.place(request, using: &random)
        try require(
            (placement == nil) == (explanation.fittingCount == 0),
            "\(explanation), but \(String(describing: placement))")
        for (host, lacks) in zip(hosts, lacks).prefix(12) {
            let id = host.registered.id
            let refusal = try engine.refusal(of: request, on: id)
            try require(refusal == lacks.first?.rule, "\(id): \(String(describing: refusal)) for \(request)")
            try require(try engine.lacks(for: request, on: id) == lacks, "\(id) lacks something else than \(lacks)")
        }
    }

    private func compare(
        _ explanation: PlacementExplanation, of request: PlacementRequest, hosts: [ReferencePlacement.Host],
        lacks: [[PlacementLack]]
    ) throws {
        let fitting = lacks.count { $0.isEmpty }
        try require(explanation.instanceCount == hosts.count, "\(explanation.instanceCount) of \(hosts.count)")
        try require(explanation.fittingCount == fitting, "\(explanation.fittingCount) fit instead of \(fitting)")
        let removed = explanation.removed.reduce(0) { $0 + $1.count }
        try require(removed + fitting == hosts.count, "\(explanation) does not add up to \(hosts.count)")
        for removal in explanation.removed {
            let count = lacks.count { $0.first?.rule == removal.rule }
            try require(removal.count == count, "\(removal) should have a count of \(count)")
        }
        guard fitting == 0, !hosts.isEmpty else {
            return try require(explanation.closest == nil && explanation.remedies.isEmpty, "\(explanation)")
        }
        // The fewest lacks, then the least shortage, then the first.
        let distances = lacks.map { (Double($0.count), $0.reduce(0) { $0 + shortage($1, request.resources) }) }
        let closest = distances.indices.min { distances[$0] < distances[$1] } ?? 0
        try require(
            explanation.closest?.instance == hosts[closest].registered.id
                && explanation.closest?.lacks == lacks[closest],
            "\(request)\nthe closest is \(String(describing: explanation.closest))\ninstead of "
                + "\(hosts[closest].registered.id) with \(lacks[closest])")
    }

    /// How much is missing, as a part of what is asked.
    private func shortage(_ lack: PlacementLack, _ asked: TaskResources) -> Double {
        switch lack {
        case .cpu(let amount): Double(amount) / Double(max(1, asked.cpu))
        case .memory(let amount): Double(amount) / Double(max(1, asked.memory))
        case .gpus(let amount): Double(amount) / Double(max(1, asked.gpus))
        default: 0
        }
    }
}
