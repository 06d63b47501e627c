// SPDX-License-Identifier: Apache-2.0

/// All instances by how many tasks of one scope they have, in the cells of one partition.
struct ScopeLevels: Sendable {
    struct Level: Sendable {
        let count: Int32
        var places: BitTree
    }

    let scope: Int
    let partition: Int
    /// Levels in rising order of their counts, for each cell. Some may be empty.
    private(set) var cells: [[Level]]
    /// When it was used last, in decisions.
    var lastUse = 0

    /// - Complexity: O(*n* / 64) for *n* instances, and O(1) for each that has tasks of the scope.
    init(scope: Int, partition index: Int, _ tables: InstanceTables, _ partition: Partition) {
        self.scope = scope
        self.partition = index
        cells = (0..<partition.cellCount).map {
            [Level(count: 0, places: BitTree(filledTo: partition.memberCount(of: $0, span: tables.span)))]
        }
        tables.scopes.scopes[scope].counts.forEach { slot, count in move(slot, from: 0, to: count, partition) }
    }

    /// Follows an instance whose count has changed.
    @inline(__always)
    mutating func move(_ slot: Slot, from old: Int32, to new: Int32, _ partition: Partition) {
        let cell = partition.cell(of: slot)
        let place = partition.place(of: slot)
        if let level = cells[cell].firstIndex(where: { $0.count == old }) { cells[cell][level].places.remove(place) }
        insert(place, new, in: cell)
    }

    /// Takes an instance that was just added.
    mutating func add(_ slot: Slot, _ partition: Partition) {
        let cell = partition.cell(of: slot)
        while cells.count <= cell { cells.append([]) }
        insert(partition.place(of: slot), 0, in: cell)
    }

    @inline(__always)
    private mutating func insert(_ place: Int, _ count: Int32, in cell: Int) {
        var index = 0
        while index < cells[cell].count, cells[cell][index].count < count { index += 1 }
        if index == cells[cell].count || cells[cell][index].count != count {
            index = addLevel(count, in: cell, at: index)
        }
        if place >= cells[cell][index].places.capacity { cells[cell][index].places.grow(toHold: place + 1) }
        cells[cell][index].places.insert(place)
    }

    /// - Returns: Where the level is.
    private mutating func addLevel(_ count: Int32, in cell: Int, at index: Int) -> Int {
        var index = index
        if cells[cell].count >= 8 {
            index = cells[cell][..<index].count { !$0.places.isEmpty }
            cells[cell].removeAll { $0.places.isEmpty }
        }
        let size = cells[cell].first?.places.capacity ?? 0
        cells[cell].insert(Level(count: count, places: BitTree(capacity: size)), at: index)
        return index
    }
}
