// SPDX-License-Identifier: Apache-2.0

import DryportModel

// Choosing among candidates that the first strategies leave equal.
extension PlacementEngine {
    /// How often chance tries a position before the candidates are numbered.
    static let trials = 64

    mutating func choose(among best: Best, _ specification: Specification, _ source: Source, seed: UInt64) -> Slot {
        var random = SeededGenerator(seed: seed)
        guard let next = specification.rest.first else {
            guard specification.isRandom else { return best.slot }
            if case .index(let index) = source, isAlone(best, specification, index) { return best.slot }
            return draw(using: &random) { engine, slot in
                engine.isEqual(slot, to: best, specification)
            } orOf: { engine in
                engine.equals(of: best, specification, source)
            }
        }
        if case .binpack(let field) = next, let wanted = wanted(like: best, specification, field) {
            let least = packed(best, field, wanted, specification)
            let rest = specification.rest.dropFirst()
            if rest.isEmpty {
                guard specification.isRandom else { return least.slot }
                return draw(using: &random) { engine, slot in
                    engine.left(of: field, on: slot) == least.rank && engine.isEqual(slot, to: best, specification)
                } orOf: { engine in
                    engine.equals(of: best, having: least, field, wanted, specification)
                }
            }
            let candidates = equals(of: best, having: least, field, wanted, specification)
            return pick(from: narrowed(candidates, by: rest, specification), specification, using: &random)
        }
        let candidates = equals(of: best, specification, source)
        return pick(
            from: narrowed(candidates, by: specification.rest[...], specification), specification, using: &random)
    }

    /// Tries positions, each with the same chance, until one holds a candidate; then numbers the candidates.
    @inline(__always)
    private mutating func draw(
        using random: inout SeededGenerator, where isCandidate: (PlacementEngine, Slot) -> Bool,
        orOf candidates: (inout PlacementEngine) -> [Slot]
    ) -> Slot {
        for _ in 0..<Self.trials {
            let slot = Self.position(below: tables.span, using: &random)
            work.candidatesExamined += 1
            if isCandidate(self, slot) { return slot }
        }
        let candidates = candidates(&self)
        return candidates[Int(Self.position(below: candidates.count, using: &random))]
    }

    private static func position(below count: Int, using random: inout SeededGenerator) -> Slot {
        Slot(truncatingIfNeeded: random.next().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// The first of candidates that are numbered already, or one by chance.
    private mutating func pick(
        from candidates: [Slot], _ specification: Specification, using random: inout SeededGenerator
    ) -> Slot {
        guard specification.isRandom, candidates.count > 1 else { return candidates[0] }
        let members = Set(candidates)
        return draw(using: &random) {
            members.contains($1)
        } orOf: { _ in
            candidates
        }
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
        for cell in cells(of: best, specification) {
            let key = OrderedIndex.key(value: best.rank, slot: cell == best.cell ? best.slot + 1 : 0)
            if let other = next(in: cell, from: key, specification, index, specification.wanted),
                other.rank == best.rank
            {
                return false
            }
        }
        return true
    }

    /// All candidates that are as good as the best one, in the order of adding.
    private mutating func equals(of best: Best, _ specification: Specification, _ source: Source) -> [Slot] {
        var slots: [Slot] = []
        let cells = cells(of: best, specification)
        for cell in cells { collect(in: cell, best, specification, source, into: &slots) }
        if cells.count > 1 { slots.sort() }
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
            while let found = next(in: cell, from: key, specification, index, specification.wanted),
                found.rank == best.rank
            {
                slots.append(found.slot)
                key = OrderedIndex.key(value: found.rank, slot: found.slot + 1)
            }
        }
        work.candidatesExamined += slots.count
    }

    // MARK: Binpack after another strategy that has an index

    private func left(of field: PlacementStrategy.BinpackField, on slot: Slot) -> Int {
        field == .cpu ? tables.rooms[Int(slot)].cpu : tables.rooms[Int(slot)].memory
    }

    /// What tells the candidates that are as good as the best one, in the index of a binpack that comes next; nil if
    /// there is no telling.
    private func wanted(
        like best: Best, _ specification: Specification, _ field: PlacementStrategy.BinpackField
    ) -> BinpackIndex.Wanted? {
        var wanted = specification.wanted
        switch specification.body {
        case .spread: wanted.tasks = (specification.scope, Int32(clamping: best.rank))
        case .binpack(let first) where first != field: wanted.other = best.rank
        case .binpack, .none: return nil
        }
        return wanted
    }

    /// Of the candidates that are as good as the best one, the one with the least of a resource left.
    private mutating func packed(
        _ best: Best, _ field: PlacementStrategy.BinpackField, _ wanted: BinpackIndex.Wanted,
        _ specification: Specification
    ) -> Best {
        let index = preparedIndex(specification, field, wanted)
        let need = field == .cpu ? specification.filter.cpu : specification.filter.memory
        var least: Best?
        for cell in cells(of: best, specification) {
            let found = next(in: cell, from: OrderedIndex.key(value: need, slot: 0), specification, index, wanted)
            guard let found else { continue }
            if let least, (least.rank, least.slot) < (found.rank, found.slot) { continue }
            least = found
        }
        // The best one itself is there, so one is found.
        return least ?? best
    }

    /// All candidates that are as good as the best one and have as little of a resource left as another.
    private mutating func equals(
        of best: Best, having least: Best, _ field: PlacementStrategy.BinpackField, _ wanted: BinpackIndex.Wanted,
        _ specification: Specification
    ) -> [Slot] {
        let index = preparedIndex(specification, field, wanted)
        var slots: [Slot] = []
        for cell in cells(of: best, specification) {
            var key = OrderedIndex.key(value: least.rank, slot: 0)
            while let found = next(in: cell, from: key, specification, index, wanted), found.rank == least.rank {
                slots.append(found.slot)
                key = OrderedIndex.key(value: found.rank, slot: found.slot + 1)
            }
        }
        return slots.sorted()
    }

    /// The cells that the leading spreads cannot tell from the best candidate's.
    private func cells(of best: Best, _ specification: Specification) -> [Int] {
        guard !specification.buckets.isEmpty else { return [best.cell] }
        return (0..<partitions[specification.partition].cellCount).filter {
            compare($0, best.cell, specification) == 0
        }
    }

    // MARK: The strategies that no index serves

    private func narrowed(
        _ candidates: [Slot], by strategies: ArraySlice<PlacementStrategy>, _ specification: Specification
    ) -> [Slot] {
        var candidates = candidates
        for strategy in strategies where candidates.count > 1 {
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
