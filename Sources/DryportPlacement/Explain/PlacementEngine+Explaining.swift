// SPDX-License-Identifier: Apache-2.0

import DryportModel

// Why a request is refused (`ecs-control-plane.md` §5.4).
extension PlacementEngine {
    /// Why an instance cannot take a task; nil if it can.
    /// - Throws: ``PlacementError`` with code `unknownInstance` or `invalidRequest`.
    public func refusal(of request: PlacementRequest, on id: String) throws(PlacementError) -> PlacementRefusal? {
        try request.validate()
        return DemandCheck(request, tables: tables).firstLack(at: try slot(of: id), tables)?.rule
    }

    /// Everything that an instance lacks for a task, in the order of the rules; empty if it can take it.
    /// - Throws: ``PlacementError`` with code `unknownInstance` or `invalidRequest`.
    public func lacks(for request: PlacementRequest, on id: String) throws(PlacementError) -> [PlacementLack] {
        try request.validate()
        return DemandCheck(request, tables: tables).lacks(at: try slot(of: id), tables)
    }

    /// What each instance lacks that cannot take a task, in the order of adding.
    /// - Throws: ``PlacementError`` with code `invalidRequest`.
    /// - Complexity: O(*n* · *r*) for *n* instances and *r* rules.
    public func refusals(
        of request: PlacementRequest
    ) throws(PlacementError) -> [(instance: String, lacks: [PlacementLack])] {
        try request.validate()
        let check = DemandCheck(request, tables: tables)
        return liveSlots.compactMap { slot in
            let lacks = check.lacks(at: slot, tables)
            return lacks.isEmpty ? nil : (tables.records[Int(slot)].id, lacks)
        }
    }

    /// Explains how a request fares: what removes how many instances, which is the closest, and what would help.
    /// - Throws: ``PlacementError`` with code `invalidRequest`.
    /// - Complexity: O(*n* · *r*) for *n* instances and *r* rules.
    public func explain(_ request: PlacementRequest) throws(PlacementError) -> PlacementExplanation {
        try request.validate()
        var census = Census(check: DemandCheck(request, tables: tables))
        for slot in liveSlots { census.add(slot, tables) }
        return census.explanation(tables)
    }

    private var liveSlots: some Sequence<Slot> {
        (0..<Slot(tables.span)).lazy.filter { !tables.isRemoved($0) }
    }
}

/// The instances by what they lack.
private struct Census {
    /// Instances that lack one thing only, by the rule's place.
    private struct Single {
        /// In the order of adding.
        var slots: [Slot] = []
        /// For amounts: the slot that needs the least, and how much.
        var least: (slot: Slot, amount: Int)?
    }

    private let check: DemandCheck
    private var instanceCount = 0
    private var fittingCount = 0
    private var removedBy: [Int]
    private var singles: [Single]
    private var closest: (slot: Slot, distance: (Int, Double))?

    init(check: DemandCheck) {
        self.check = check
        removedBy = Array(repeating: 0, count: check.rules.count)
        singles = Array(repeating: Single(), count: check.rules.count)
    }

    mutating func add(_ slot: Slot, _ tables: InstanceTables) {
        instanceCount += 1
        var first = -1
        var count = 0
        var shortage = 0.0
        var amount = 0
        for (index, rule) in check.rules.enumerated() {
            // What cannot be the closest any more need not be looked at further, once its first lack is counted.
            if count > 1, let closest, count > closest.distance.0 { break }
            guard let lack = check.lack(rule, at: slot, tables) else { continue }
            if first < 0 { first = index }
            count += 1
            amount = lack.amount ?? 0
            shortage += check.share(of: lack)
        }
        guard first >= 0 else { return fittingCount += 1 }
        removedBy[first] += 1
        if count == 1 {
            singles[first].slots.append(slot)
            if amount < singles[first].least?.amount ?? .max { singles[first].least = (slot, amount) }
        }
        let distance = (count, shortage)
        if closest.map({ distance < $0.distance }) ?? true { closest = (slot, distance) }
    }

    func explanation(_ tables: InstanceTables) -> PlacementExplanation {
        var removed: [PlacementExplanation.Removal] = []
        for (index, count) in removedBy.enumerated() where count > 0 {
            removed.append(.init(rule: rule(at: index, tables), count: count))
        }
        var explanation = PlacementExplanation(
            instanceCount: instanceCount, fittingCount: fittingCount, removed: removed, closest: nil, remedies: [])
        guard fittingCount == 0, let closest else { return explanation }
        let lacks = check.lacks(at: closest.slot, tables)
        explanation.closest = .init(instance: tables.records[Int(closest.slot)].id, lacks: lacks)
        explanation.remedies = remedies(tables)
        if explanation.remedies.isEmpty, check.fits(closest.slot, after: lacks, tables) {
            explanation.remedies = [
                .init(changes: lacks, instance: tables.records[Int(closest.slot)].id, instanceCount: 1)
            ]
        }
        return explanation
    }

    /// The single changes that help, the least first: amounts by the part of what is asked, then ports, then rules by
    /// how many instances they open.
    private func remedies(_ tables: InstanceTables) -> [PlacementExplanation.Remedy] {
        var found: [(order: (Int, Double), remedy: PlacementExplanation.Remedy)] = []
        for (index, single) in singles.enumerated() where !single.slots.isEmpty {
            let slot = single.least?.slot ?? single.slots[0]
            guard let lack = check.lack(check.rules[index], at: slot, tables) else { continue }
            // Ports differ from instance to instance, and so do amounts.
            let slots = lack.isOfInstance ? [slot] : single.slots
            let fitting = slots.filter { check.fits($0, after: [lack], tables) }
            guard let example = fitting.first else { continue }
            let remedy = PlacementExplanation.Remedy(
                changes: [lack], instance: tables.records[Int(example)].id, instanceCount: fitting.count)
            let order =
                lack.amount == nil ? (lack.isOfInstance ? 1 : 2, -Double(fitting.count)) : (0, check.share(of: lack))
            found.append((order, remedy))
        }
        return found.sorted { $0.order < $1.order }.map(\.remedy)
    }

    private func rule(at index: Int, _ tables: InstanceTables) -> PlacementRefusal {
        switch check.rules[index] {
        case .active: .inactive
        case .connection: .agent
        case .attribute(let required, _, _): .attribute(required.name, value: required.value)
        case .cpu: .cpu
        case .memory: .memory
        case .ports: .ports
        case .gpus: .gpu
        case .memberOf(let query): .memberOf(query)
        case .distinctInstance: .distinctInstance
        case .custom(let custom): .custom(custom.rule.name)
        }
    }
}

extension PlacementLack {
    /// How much is missing, for what comes in amounts.
    fileprivate var amount: Int? {
        switch self {
        case .cpu(let amount), .memory(let amount), .gpus(let amount): amount
        default: nil
        }
    }

    /// Whether it is about one instance, and not the same for all that lack it.
    fileprivate var isOfInstance: Bool {
        if case .ports = self { return true }
        return amount != nil
    }
}

extension DemandCheck {
    /// An amount as a part of what is asked; 0 for what is no amount.
    fileprivate func share(of lack: PlacementLack) -> Double {
        switch lack {
        case .cpu(let amount): Double(amount) / Double(max(1, request.resources.cpu))
        case .memory(let amount): Double(amount) / Double(max(1, request.resources.memory))
        case .gpus(let amount): Double(amount) / Double(max(1, request.resources.gpus))
        default: 0
        }
    }

    /// Applies changes, to the request or to the instance, and looks whether the instance fits then.
    fileprivate func fits(_ slot: Slot, after changes: [PlacementLack], _ tables: InstanceTables) -> Bool {
        var changed = request
        for change in changes {
            switch change {
            case .attribute(let name, _, _): changed.requiredAttributes[name] = nil
            case .memberOf(let query): changed.constraints.removeAll { $0 == .memberOf(query) }
            case .distinctInstance: changed.constraints.removeAll { $0 == .distinctInstance }
            case .custom(let name):
                changed.constraints.removeAll {
                    if case .custom(let custom) = $0 { custom.rule.name == name } else { false }
                }
            case .active, .connection, .cpu, .memory, .ports, .gpus: break
            }
        }
        var check = DemandCheck(changed, tables: tables)
        for change in changes { check.assume(change) }
        return check.firstLack(at: slot, tables) == nil
    }
}
