// SPDX-License-Identifier: Apache-2.0

/// Who meets the demands of one filter, in the cells of one partition.
///
/// It may hold instances that meet the demands no more: whoever finds one takes it out. It lacks none that does: those
/// that get room again are in a log, which the view reads before it is used. So each instance that fills up is found
/// once, however often the view is asked.
struct OpenView: Sendable {
    let filter: Filter
    let partition: Int
    /// The places of the candidates, for each cell.
    var cells: [BitTree] = []
    /// How much of the log has been read.
    private var cursor = 0
    var isBuilt = false

    init(filter: Filter, partition: Int) {
        self.filter = filter
        self.partition = partition
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
        let count = log.end - cursor
        guard isBuilt, log.reaches(cursor), count <= max(64, tables.span) else {
            isBuilt = true
            cells = (0..<partition.cellCount).map {
                BitTree(capacity: partition.memberCount(of: $0, span: tables.span))
            }
            for slot in 0..<Slot(tables.span) where tables.admits(slot, filter) { insert(slot, partition) }
            return tables.span
        }
        for index in cursor..<log.end {
            let slot = log[index] < 0 ? ~log[index] : log[index]
            if tables.admits(slot, filter) { insert(slot, partition) }
        }
        return count
    }

    private mutating func insert(_ slot: Slot, _ partition: Partition) {
        let cell = partition.cell(of: slot)
        while cells.count <= cell { cells.append(BitTree()) }
        let place = partition.place(of: slot)
        if place >= cells[cell].capacity { cells[cell].grow(toHold: place + 1) }
        cells[cell].insert(place)
    }

    /// The first candidate of a cell; −1 if there is none.
    @inline(__always)
    mutating func first(
        in cell: Int, _ tables: InstanceTables, _ partition: Partition, _ examined: inout Int
    ) -> Slot {
        guard cell < cells.count else { return -1 }
        while true {
            let place = cells[cell].first
            guard place >= 0 else { return -1 }
            let slot = partition.slot(at: place, in: cell)
            examined += 1
            if tables.admits(slot, filter) { return slot }
            cells[cell].remove(place)
        }
    }

    /// The first candidate of a cell without tasks of a scope that has few; −1 if there is none.
    mutating func first(
        in cell: Int, without counts: SlotCounts, _ tables: InstanceTables, _ partition: Partition,
        _ examined: inout Int
    ) -> Slot {
        guard cell < cells.count else { return -1 }
        var place = cells[cell].first
        while place >= 0 {
            let slot = partition.slot(at: place, in: cell)
            examined += 1
            if !tables.admits(slot, filter) {
                cells[cell].remove(place)
            } else if counts[slot] == 0 {
                return slot
            }
            place = cells[cell].next(after: place)
        }
        return -1
    }

    /// The first candidate of a cell that is in a set of places; −1 if there is none.
    @inline(__always)
    mutating func first(
        in cell: Int, among places: BitTree, _ tables: InstanceTables, _ partition: Partition,
        _ examined: inout Int
    ) -> Slot {
        guard cell < cells.count else { return -1 }
        var place = cells[cell].first(in: places, from: 0)
        while place >= 0 {
            let slot = partition.slot(at: place, in: cell)
            examined += 1
            if tables.admits(slot, filter) { return slot }
            cells[cell].remove(place)
            place = cells[cell].first(in: places, from: place + 1)
        }
        return -1
    }

    /// All candidates of a cell for which a condition holds, in the order of adding.
    mutating func collect(
        in cell: Int, into slots: inout [Slot], _ tables: InstanceTables, _ partition: Partition,
        where holds: (Slot) -> Bool
    ) {
        guard cell < cells.count else { return }
        var place = cells[cell].first
        while place >= 0 {
            let slot = partition.slot(at: place, in: cell)
            if !tables.admits(slot, filter) {
                cells[cell].remove(place)
            } else if holds(slot) {
                slots.append(slot)
            }
            place = cells[cell].next(after: place)
        }
    }
}
