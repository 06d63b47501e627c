// SPDX-License-Identifier: Apache-2.0

import DryportModel

// Choosing among candidates that the first strategies leave equal.
extension PlacementEngine {
    /// How often chance tries a position before the candidates are numbered.
    static let trials = 64

    mutating func choose(among best: Best, _ specification: Specification, _ source: Source, seed: UInt64) -> Slot {
        guard specification.rest.isEmpty else {
            let candidates = narrowed(equals(of: best, specification, source), by: specification)
            return specification.isRandom ? Self.pick(from: candidates, span: tables.span, seed: seed) : candidates[0]
        }
        if case .index(let index) = source, isAlone(best, specification, index) { return best.slot }
        var random = SeededGenerator(seed: seed)
        for _ in 0..<Self.trials {
            let slot = Self.position(below: tables.span, using: &random)
            work.candidatesExamined += 1
            if isEqual(slot, to: best, specification) { return slot }
        }
        let candidates = equals(of: best, specification, source)
        return candidates[Int(Self.position(below: candidates.count, using: &random))]
    }

    private static func position(below count: Int, using random: inout SeededGenerator) -> Slot {
        Slot(truncatingIfNeeded: random.next().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// The same for candidates that are numbered already.
    private static func pick(from candidates: [Slot], span: Int, seed: UInt64) -> Slot {
        guard candidates.count > 1 else { return candidates[0] }
        var random = SeededGenerator(seed: seed)
        let members = Set(candidates)
        for _ in 0..<trials {
            let slot = position(below: span, using: &random)
            if members.contains(slot) { return slot }
        }
        return candidates[Int(position(below: candidates.count, using: &random))]
    }

    /// Whether a slot is a candidate that the strategies before the rest cannot tell from the best one.
    private func isEqual(_ slot: Slot, to best: Best, _ specification: Specification) -> Bool {
        guard tables.admits(slot, specification.filter) else { return false }
        if specification.countsTasks {
            let count = Int(tables.scopes.scopes[specification.scope].counts[slot])
            if specification.isDistinct && count > 0 { return false }
            if specification.body == .spread && count != best.rank { return false }
        }
        switch specification.body {
        case .binpack(.cpu): if tables.rooms[Int(slot)].cpu != best.rank { return false }
        case .binpack(.memory): if tables.rooms[Int(slot)].memory != best.rank { return false }
        case .none, .spread: break
        }
        guard !specification.buckets.isEmpty else { return true }
        return compare(partitions[specification.partition].cell(of: slot), best.cell, specification) == 0
    }

    /// Whether no other slot is as good.
    private mutating func isAlone(_ best: Best, _ specification: Specification, _ index: Int) -> Bool {
        var cells = [best.cell]
        if !specification.buckets.isEmpty {
            cells = (0..<partitions[specification.partition].cellCount).filter {
                compare($0, best.cell, specification) == 0
            }
        }
        for cell in cells {
            let key = OrderedIndex.key(value: best.rank, slot: cell == best.cell ? best.slot + 1 : 0)
            if let other = next(in: cell, from: key, specification, index), other.rank == best.rank { return false }
        }
        return true
    }

    /// All candidates that are as good as the best one, in the order of adding.
    private mutating func equals(of best: Best, _ specification: Specification, _ source: Source) -> [Slot] {
        var slots: [Slot] = []
        var cellCount = 0
        for cell in 0..<partitions[specification.partition].cellCount
        where specification.buckets.isEmpty || compare(cell, best.cell, specification) == 0 {
            collect(in: cell, best, specification, source, into: &slots)
            cellCount += 1
        }
        if cellCount > 1 { slots.sort() }
        return slots
    }

    private mutating func collect(
        in cell: Int, _ best: Best, _ specification: Specification, _ source: Source, into slots: inout [Slot]
    ) {
        let partition = specification.partition
        switch source {
        case .view, .levels, .few:
            let counts = tables.scopes.scopes[specification.scope].counts
            let isCounted = specification.countsTasks
            views[specification.view].collect(in: cell, into: &slots, tables, partitions[partition]) { slot in
                !isCounted || Int(counts[slot]) == best.rank
            }
        case .index(let index):
            var key = OrderedIndex.key(value: best.rank, slot: 0)
            while let found = next(in: cell, from: key, specification, index), found.rank == best.rank {
                slots.append(found.slot)
                key = OrderedIndex.key(value: found.rank, slot: found.slot + 1)
            }
        }
        work.candidatesExamined += slots.count
    }

    // MARK: The strategies that no index serves

    private func narrowed(_ candidates: [Slot], by specification: Specification) -> [Slot] {
        var candidates = candidates
        for strategy in specification.rest where candidates.count > 1 {
            let scores = self.scores(of: candidates, by: strategy, specification)
            let best = scores.min() ?? 0
            candidates = zip(candidates, scores).filter { $0.1 == best }.map(\.0)
        }
        return candidates
    }

    private func scores(
        of candidates: [Slot], by strategy: PlacementStrategy, _ specification: Specification
    ) -> [Int] {
        let scope = tables.scopes.scopes[specification.scope]
        switch strategy {
        case .random: return candidates.map { _ in 0 }
        case .binpack(.cpu): return candidates.map { tables.rooms[Int($0)].cpu }
        case .binpack(.memory): return candidates.map { tables.rooms[Int($0)].memory }
        case .spread(.instanceID): return candidates.map { Int(scope.counts[$0]) }
        case .spread(.attribute(let name)):
            guard let name = tables.names.id(ofName: name) else { return candidates.map { _ in 0 } }
            func bucket(_ slot: Slot) -> Int32 { tables.records[Int(slot)].attributes.value(of: name) ?? -1 }
            var counts: [Int32: Int] = [:]
            scope.counts.forEach { slot, count in counts[bucket(slot), default: 0] += Int(count) }
            return candidates.map { slot in
                let bucket = bucket(slot)
                return 2 * counts[bucket, default: 0] + (bucket < 0 ? 1 : 0)
            }
        case .custom(let custom):
            return candidates.map {
                custom.ranking.score(tables.view(of: $0, for: specification.request.scope), for: specification.request)
            }
        }
    }
}
