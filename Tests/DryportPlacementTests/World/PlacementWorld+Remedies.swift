// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportPlacement

// Whether what an explanation says would help does help.
extension PlacementWorld {
    /// Applies every remedy through the public API, and looks what fits then.
    /// - Returns: The rules whose remedies were applied.
    func checkRemedies(of request: PlacementRequest) throws -> [PlacementRefusal] {
        let explanation = try engine.explain(request)
        var applied: [PlacementRefusal] = []
        for remedy in explanation.remedies {
            guard let changed = try engine(after: remedy.changes, on: remedy.instance) else { continue }
            let wanted = self.request(request, after: remedy.changes)
            let refusal = try changed.refusal(of: wanted, on: remedy.instance)
            try require(refusal == nil, "\(request): after '\(remedy)' it is \(String(describing: refusal))")
            applied += remedy.changes.map(\.rule)
            guard remedy.changes.count == 1 else { continue }
            try checkCount(remedy, of: request)
            try checkLeast(remedy, of: request)
        }
        try checkCompleteness(explanation, of: request)
        return applied
    }

    /// Changes that are made to the request.
    private func request(_ request: PlacementRequest, after changes: [PlacementLack]) -> PlacementRequest {
        var request = request
        for change in changes {
            switch change {
            case .attribute(let name, _, _): request.requiredAttributes[name] = nil
            case .memberOf(let query): request.constraints.removeAll { $0 == .memberOf(query) }
            case .distinctInstance: request.constraints.removeAll { $0 == .distinctInstance }
            case .custom(let name):
                request.constraints.removeAll {
                    guard case .custom(let custom) = $0 else { return false }
                    return custom.rule.name == name
                }
            case .active, .connection, .cpu, .memory, .ports, .gpus: break
            }
        }
        return request
    }

    /// Changes that are made to an instance; nil if it would be larger than instances can be.
    private func engine(after changes: [PlacementLack], on id: String) throws -> PlacementEngine? {
        var changed = engine
        guard var instance = reference.host(id)?.registered else { return nil }
        for change in changes {
            switch change {
            case .active: instance.status = .active
            case .connection: instance.isConnected = true
            case .cpu(let amount): instance.cpu += amount
            case .memory(let amount): instance.memory += amount
            case .gpus(let amount): instance.gpus += (0..<amount).map { "\(id)/new\($0)" }
            case .ports(let tcp, let udp):
                instance.tcpPorts.removeAll(where: tcp.contains)
                instance.udpPorts.removeAll(where: udp.contains)
                try free(tcp, udp, on: id, in: &changed)
            case .attribute, .memberOf, .distinctInstance, .custom: break
            }
        }
        guard max(instance.cpu, instance.memory) <= PlacementInstance.maximumResource else { return nil }
        try changed.update(instance)
        return changed
    }

    /// Takes ports from tasks, and nothing else.
    private func free(_ tcp: [Int], _ udp: [Int], on id: String, in engine: inout PlacementEngine) throws {
        for task in tasks where task.placement.instance == id {
            var without = task.request
            without.resources.tcpPorts.removeAll(where: tcp.contains)
            without.resources.udpPorts.removeAll(where: udp.contains)
            guard without != task.request else { continue }
            try engine.release(task.placement, of: task.request)
            try engine.restore(without, at: task.placement)
        }
    }

    /// As many instances as are promised fit after a change that is the same for all.
    private func checkCount(_ remedy: PlacementExplanation.Remedy, of request: PlacementRequest) throws {
        var changed = engine
        switch remedy.changes[0] {
        case .active: for id in engine.instanceIDs { try changed.setStatus(.active, of: id) }
        case .connection: for id in engine.instanceIDs { try changed.setConnected(true, of: id) }
        case .cpu, .memory, .gpus, .ports:
            return try require(remedy.instanceCount == 1, "\(remedy.instanceCount) for an amount")
        case .attribute, .memberOf, .distinctInstance, .custom: break
        }
        let count = try changed.explain(self.request(request, after: remedy.changes)).fittingCount
        try require(count == remedy.instanceCount, "\(request): after '\(remedy)' \(count) fit")
    }

    /// One unit less does not do, there or anywhere else.
    private func checkLeast(_ remedy: PlacementExplanation.Remedy, of request: PlacementRequest) throws {
        func check(_ amount: Int, _ lack: (Int) -> PlacementLack, _ other: (PlacementLack) -> Int?) throws {
            if amount > 1 {
                let less = try engine(after: [lack(amount - 1)], on: remedy.instance)
                try require(try less?.refusal(of: request, on: remedy.instance) != nil, "'\(remedy)' is too much")
            }
            for case let host? in reference.hosts {
                let lacks = reference.lacks(request, host)
                guard lacks.count == 1, let needed = other(lacks[0]) else { continue }
                try require(needed >= amount, "'\(remedy)', but \(host.registered.id) needs \(needed)")
            }
        }
        switch remedy.changes[0] {
        case .cpu(let amount):
            try check(amount, PlacementLack.cpu) { if case .cpu(let other) = $0 { other } else { nil } }
        case .memory(let amount):
            try check(amount, PlacementLack.memory) { if case .memory(let other) = $0 { other } else { nil } }
        case .gpus(let amount):
            try check(amount, PlacementLack.gpus) { if case .gpus(let other) = $0 { other } else { nil } }
        default: break
        }
    }

    /// Each single thing that an instance lacks is named, unless it breaks something else; else all that the closest
    /// one lacks.
    private func checkCompleteness(_ explanation: PlacementExplanation, of request: PlacementRequest) throws {
        guard explanation.fittingCount == 0, let closest = explanation.closest else {
            return try require(explanation.remedies.isEmpty, "\(explanation) needs no remedy")
        }
        // More room is what NotRoomy forbids, and less than nothing left is what it allows.
        let isMonotonous = !request.constraints.contains(.custom(CustomPlacementConstraint(NotRoomy(limit: 600))))
        guard isMonotonous else { return }
        let singles = reference.hosts.compactMap { $0 }.map { reference.lacks(request, $0) }.filter { $0.count == 1 }
        let rules = explanation.remedies.flatMap(\.changes).map(\.rule)
        for lacks in singles { try require(rules.contains(lacks[0].rule), "no remedy for \(lacks[0]): \(explanation)") }
        if singles.isEmpty {
            try require(
                explanation.remedies.map(\.changes) == [closest.lacks]
                    && explanation.remedies.map(\.instance) == [closest.instance],
                "\(explanation.remedies), but the closest is \(closest)")
        }
    }
}
