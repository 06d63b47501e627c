// SPDX-License-Identifier: Apache-2.0

import DryportModel

// Deciding where tasks go (`ecs-control-plane.md` §6.1).
extension PlacementEngine {
    /// Places one copy of a task and charges it.
    /// - Parameters:
    ///   - request: What the copy asks for.
    ///   - random: Asked for one number if the request's strategies include ``PlacementStrategy/random`` and an
    ///     instance fits.
    /// - Returns: Where it went; nil if no instance can take it, see ``explain(_:)``.
    /// - Throws: ``PlacementError`` with code `invalidRequest`.
    /// - Complexity: See ``PlacementEngine``.
    public mutating func place(
        _ request: PlacementRequest, using random: inout some RandomNumberGenerator
    ) throws(PlacementError) -> Placement? {
        let specification = try specification(for: request)
        let slot = decide(specification, using: &random)
        return slot < 0 ? nil : charge(slot, specification)
    }

    /// Places copies of a task one after the other, each seeing what the earlier ones took.
    /// - Parameters:
    ///   - request: What each copy asks for.
    ///   - count: How many copies; nothing is placed if it is not positive.
    ///   - random: Asked for one number for each copy, as in ``place(_:using:)``.
    /// - Returns: Where they went. If they are fewer than `count`, no instance can take one more.
    /// - Throws: ``PlacementError`` with code `invalidRequest`.
    public mutating func place(
        _ request: PlacementRequest, count: Int, using random: inout some RandomNumberGenerator
    ) throws(PlacementError) -> [Placement] {
        let specification = try specification(for: request)
        var placements: [Placement] = []
        placements.reserveCapacity(min(max(0, count), 1024))
        var slot: Slot = -1
        while placements.count < count {
            if slot >= 0, staysBest(slot, for: specification) {
                decisions += 1
                work.decisions += 1
                work.candidatesExamined += 1
                if specification.isRandom { _ = random.next() }
            } else {
                slot = decide(specification, using: &random)
                guard slot >= 0 else { break }
            }
            placements.append(charge(slot, specification))
        }
        return placements
    }

    /// Whether the slot that was just chosen is the best once more. After a binpack it has less left than all others
    /// that fit, so it is unless it is full.
    @inline(__always)
    private func staysBest(_ slot: Slot, for specification: Specification) -> Bool {
        guard specification.staysWithChoice else { return false }
        let takes = specification.body == .binpack(.cpu) ? specification.filter.cpu : specification.filter.memory
        return takes > 0 && tables.admits(slot, specification.filter)
    }

    /// The best instance for one copy; −1 if there is none.
    @inline(__always)
    mutating func decide(_ specification: Specification, using random: inout some RandomNumberGenerator) -> Slot {
        decisions += 1
        work.decisions += 1
        let source = prepare(specification)
        guard let best = best(specification, source) else { return -1 }
        guard specification.isRandom || !specification.rest.isEmpty else { return best.slot }
        // The one call of the caller's generator, which is not specialised.
        let seed = specification.isRandom ? random.next() : 0
        return choose(among: best, specification, source, seed: seed)
    }

    // MARK: Candidates

    /// Where the candidates of a request are found.
    enum Source {
        /// In the view, whoever has how many tasks.
        case view
        /// In the view, by how many tasks of the scope they have.
        case levels(Int)
        /// In the view, but these slots have tasks of the scope, and are few enough to be looked at one by one.
        case few([Slot])
        /// In an index.
        case index(Int)
    }

    /// A candidate, and what it has of what the first strategies minimise.
    struct Best {
        var cell: Int
        /// Tasks of the scope, or what is left of a resource.
        var rank: Int
        var slot: Slot
    }

    private mutating func prepare(_ specification: Specification) -> Source {
        if case .binpack(let field) = specification.body {
            return .index(preparedIndex(specification, field, specification.wanted))
        }
        catchUp(view: specification.view)
        guard specification.countsTasks else { return .view }
        if let index = levels(for: specification) {
            levels[index].lastUse = decisions
            return .levels(index)
        }
        return .few(tables.scopes.scopes[specification.scope].counts.sortedSlots)
    }

    /// The best candidate by the leading strategies, then by the order of adding.
    @inline(__always)
    private mutating func best(_ specification: Specification, _ source: Source) -> Best? {
        let partition = specification.partition
        if specification.buckets.isEmpty { return best(in: 0, specification, source) }
        var best: Best?
        for cell in 0..<partitions[partition].cellCount {
            let order = best.map { compare(cell, $0.cell, specification) } ?? -1
            guard order <= 0, let found = self.best(in: cell, specification, source) else { continue }
            if order < 0 || (found.rank, found.slot) < (best!.rank, best!.slot) { best = found }
        }
        return best
    }

    /// Compares two cells by the spreads over attributes: below 0 if the left one has fewer tasks.
    @inline(__always)
    func compare(_ left: Int, _ right: Int, _ specification: Specification) -> Int {
        let buckets = specification.buckets
        let cells = partitions[specification.partition].buckets
        for index in 0..<buckets.count {
            let counts = tables.scopes.scopes[specification.scope].buckets[buckets[index]]
            let leftBucket = cells[left * buckets.count + index]
            let rightBucket = cells[right * buckets.count + index]
            guard leftBucket != rightBucket else { continue }
            // Lacking the attribute loses against an equal count.
            let leftScore = 2 * Int(counts.count(of: leftBucket)) + (leftBucket == AttributeDivision.absent ? 1 : 0)
            let rightScore = 2 * Int(counts.count(of: rightBucket)) + (rightBucket == AttributeDivision.absent ? 1 : 0)
            if leftScore != rightScore { return leftScore - rightScore }
        }
        return 0
    }

    @inline(__always)
    private mutating func best(in cell: Int, _ specification: Specification, _ source: Source) -> Best? {
        let partition = specification.partition
        switch source {
        case .view:
            let slot = views[specification.view].first(
                in: cell, tables, partitions[partition], &work.candidatesExamined)
            return slot < 0 ? nil : Best(cell: cell, rank: 0, slot: slot)
        case .levels(let index):
            for level in levels[index].cells[cell] {
                if specification.isDistinct && level.count > 0 { return nil }
                let slot = views[specification.view].first(
                    in: cell, among: level.places, tables, partitions[partition], &work.candidatesExamined)
                if slot >= 0 { return Best(cell: cell, rank: Int(level.count), slot: slot) }
            }
            return nil
        case .few(let slots):
            let slot = views[specification.view].first(
                in: cell, without: tables.scopes.scopes[specification.scope].counts, tables, partitions[partition],
                &work.candidatesExamined)
            if slot >= 0 { return Best(cell: cell, rank: 0, slot: slot) }
            return specification.isDistinct ? nil : least(of: slots, in: cell, specification)
        case .index(let index):
            guard case .binpack(let field) = specification.body else { return nil }
            let need = field == .cpu ? specification.filter.cpu : specification.filter.memory
            return next(
                in: cell, from: OrderedIndex.key(value: need, slot: 0), specification, index, specification.wanted)
        }
    }

    /// Of slots that have tasks of the scope, the candidate with the fewest.
    private mutating func least(of slots: [Slot], in cell: Int, _ specification: Specification) -> Best? {
        var best: Best?
        for slot in slots where partitions[specification.partition].cell(of: slot) == cell {
            let count = Int(tables.scopes.scopes[specification.scope].counts[slot])
            guard count < best?.rank ?? .max else { continue }
            work.candidatesExamined += 1
            if tables.admits(slot, specification.filter) { best = Best(cell: cell, rank: count, slot: slot) }
        }
        return best
    }

    /// The first candidate of an index from a key on.
    mutating func next(
        in cell: Int, from key: OrderedIndex.Key, _ specification: Specification, _ index: Int,
        _ wanted: BinpackIndex.Wanted
    ) -> Best? {
        let before = work.candidatesExamined
        // The index of a finer partition serves the whole as well.
        let cells =
            specification.buckets.isEmpty
            ? 0..<partitions[indexes[index].partition].cellCount : cell..<cell + 1
        var first: OrderedIndex.Key?
        for part in cells {
            let found = indexes[index].first(
                in: part, from: key, specification.filter, wanted, tables, &work.candidatesExamined)
            if let found, found < first ?? .max { first = found }
        }
        let examined = work.candidatesExamined - before
        if examined > Self.longSearch {
            noteLongSearch(specification, indexes[index].field, wanted, examined: examined)
        }
        return first.map { Best(cell: cell, rank: OrderedIndex.value(of: $0), slot: OrderedIndex.slot(of: $0)) }
    }
}
