// SPDX-License-Identifier: Apache-2.0

/// Who meets the demands of one filter, in the cells of one partition, sorted by how many tasks of one scope they have.
///
/// It may hold instances that meet the demands no more: whoever finds one takes it out. It lacks none that does: those
/// that get room again are in the engine's log, which the view reads before it is used. So each instance that fills up
/// is found once for each view, however often the view is asked.
struct CandidateView: Sendable {
    struct Level: Sendable {
        let count: Int32
        var places: BitTree
    }

    let filter: Filter
    let partition: Int
    /// The scope whose tasks are counted; nil if none are, and all are on level 0.
    let scope: Int?
    /// Levels in rising order of their counts, for each cell. Some may be empty.
    var cells: [[Level]] = []
    /// How much of the log has been read.
    var cursor = 0
    /// When it was used last, in decisions.
    var lastUse = 0
    var isBuilt = false

    init(filter: Filter, partition: Int, scope: Int?) {
        self.filter = filter
        self.partition = partition
        self.scope = scope
    }

    /// Brings the view up to date.
    /// - Parameter log: Slots that may be acceptable now and were not before.
    /// - Returns: How many instances were looked at for it.
    @inline(__always)
    mutating func catchUp(_ tables: InstanceTables, _ partition: Partition, _ log: ChangeLog<Slot>) -> Int {
        guard cursor != log.end || !isBuilt else { return 0 }
        return read(tables, partition, log)
    }

    private mutating func read(_ tables: InstanceTables, _ partition: Partition, _ log: ChangeLog<Slot>) -> Int {
        defer { cursor = log.end }
        guard isBuilt, log.reaches(cursor), log.end - cursor <= max(64, tables.span) else {
            build(tables, partition)
            return tables.span
        }
        let count = log.end - cursor
        var index = cursor
        while index < log.end {
            let slot = log[index]
            index += 1
            if tables.admits(slot, filter) { insert(slot, tables, partition) }
        }
        return count
    }

    private mutating func build(_ tables: InstanceTables, _ partition: Partition) {
        isBuilt = true
        cells = Array(repeating: [], count: partition.cellCount)
        for slot in 0..<Slot(tables.span) where tables.admits(slot, filter) { insert(slot, tables, partition) }
    }

    /// Takes over from a view of the same filter and partition that counts nothing.
    mutating func copy(_ other: CandidateView, _ tables: InstanceTables, _ partition: Partition) {
        isBuilt = true
        cells = other.cells
        cursor = other.cursor
        guard let scope else { return }
        tables.scopes.scopes[scope].counts.forEach { slot, count in
            let cell = partition.cell(of: slot)
            let place = partition.place(of: slot)
            guard cell < cells.count, let level = cells[cell].first, place < level.places.capacity,
                level.places.contains(place)
            else { return }
            move(slot, from: 0, to: count, tables, partition)
        }
    }

    /// Puts a slot onto the level of its count.
    mutating func insert(_ slot: Slot, _ tables: InstanceTables, _ partition: Partition) {
        let count = scope.map { tables.scopes.scopes[$0].counts[slot] } ?? 0
        insert(slot, count, tables, partition)
    }

    private mutating func insert(_ slot: Slot, _ count: Int32, _ tables: InstanceTables, _ partition: Partition) {
        let cell = partition.cell(of: slot)
        while cells.count <= cell { cells.append([]) }
        let place = partition.place(of: slot)
        let level = levelIndex(of: count, in: cell, size: partition.memberCount(of: cell, span: tables.span))
        if place >= cells[cell][level].places.capacity { cells[cell][level].places.grow(toHold: place + 1) }
        cells[cell][level].places.insert(place)
    }

    /// Follows a slot whose count has changed, unless it is not in the view.
    mutating func move(
        _ slot: Slot, from old: Int32, to new: Int32, _ tables: InstanceTables, _ partition: Partition
    ) {
        guard isBuilt else { return }
        let cell = partition.cell(of: slot)
        let place = partition.place(of: slot)
        guard cell < cells.count, let level = cells[cell].firstIndex(where: { $0.count == old }) else { return }
        guard place < cells[cell][level].places.capacity, cells[cell][level].places.contains(place) else { return }
        cells[cell][level].places.remove(place)
        insert(slot, new, tables, partition)
    }

    private mutating func levelIndex(of count: Int32, in cell: Int, size: Int) -> Int {
        var index = 0
        while index < cells[cell].count, cells[cell][index].count < count { index += 1 }
        if index < cells[cell].count, cells[cell][index].count == count { return index }
        if cells[cell].count >= 8 { index = dropEmptyLevels(of: cell, below: index) }
        cells[cell].insert(Level(count: count, places: BitTree(capacity: size)), at: index)
        return index
    }

    /// - Returns: Where the level is now that was at an index.
    private mutating func dropEmptyLevels(of cell: Int, below index: Int) -> Int {
        let kept = cells[cell][..<index].count { !$0.places.isEmpty }
        cells[cell].removeAll { $0.places.isEmpty }
        return kept
    }

    // MARK: Looking

    /// A candidate and how many tasks of the scope it has.
    struct Found {
        var count: Int32
        var slot: Slot
    }

    /// The candidate with the fewest tasks, then the first of these.
    /// - Parameter limit: Levels above this are not looked at.
    @inline(__always)
    mutating func first(
        in cell: Int, upTo limit: Int32, _ tables: InstanceTables, _ partition: Partition, _ examined: inout Int
    ) -> Found? {
        guard cell < cells.count else { return nil }
        for level in cells[cell].indices {
            guard cells[cell][level].count <= limit else { return nil }
            while true {
                let place = cells[cell][level].places.first
                guard place >= 0 else { break }
                let slot = partition.slot(at: place, in: cell)
                examined += 1
                if tables.admits(slot, filter) { return Found(count: cells[cell][level].count, slot: slot) }
                cells[cell][level].places.remove(place)
            }
        }
        return nil
    }

    /// The first candidate without tasks of a scope, in a view that counts nothing.
    mutating func first(
        in cell: Int, without scope: Int, _ tables: InstanceTables, _ partition: Partition, _ examined: inout Int
    ) -> Slot? {
        guard cell < cells.count, !cells[cell].isEmpty else { return nil }
        var place = cells[cell][0].places.first
        while place >= 0 {
            let slot = partition.slot(at: place, in: cell)
            examined += 1
            if !tables.admits(slot, filter) {
                cells[cell][0].places.remove(place)
            } else if tables.scopes.scopes[scope].counts[slot] == 0 {
                return slot
            }
            place = cells[cell][0].places.next(after: place)
        }
        return nil
    }

    /// All candidates of a cell on one level.
    /// - Parameter count: The level's count; in a view that counts nothing, 0.
    mutating func collect(
        in cell: Int, onLevel count: Int32, into slots: inout [Slot], _ tables: InstanceTables, _ partition: Partition
    ) {
        guard cell < cells.count, let level = cells[cell].firstIndex(where: { $0.count == count }) else { return }
        var place = cells[cell][level].places.first
        while place >= 0 {
            let slot = partition.slot(at: place, in: cell)
            if tables.admits(slot, filter) {
                slots.append(slot)
            } else {
                cells[cell][level].places.remove(place)
            }
            place = cells[cell][level].places.next(after: place)
        }
    }
}
