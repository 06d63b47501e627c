// SPDX-License-Identifier: Apache-2.0

/// Instances in the order of what they have left of one resource, for each cell of a partition: all that are available,
/// or exactly the candidates of one request.
struct BinpackIndex: Sendable {
    private static let absent = OrderedIndex.Key.max

    let partition: Int
    let field: PlacementStrategy.BinpackField
    /// The demands that the instances meet; nil if it is for everybody.
    let filter: Filter?
    /// A scope of which they have no task; nil if that does not matter.
    let scope: Int?
    var trees: [OrderedIndex] = []
    /// The key of each slot in its tree.
    private var keys: [OrderedIndex.Key] = []
    private var cursor = 0
    var isBuilt = false
    /// When it was used last, in decisions.
    var lastUse = 0

    init(partition: Int, field: PlacementStrategy.BinpackField, filter: Filter? = nil, without scope: Int? = nil) {
        self.partition = partition
        self.field = field
        self.filter = filter
        self.scope = scope
    }

    @inline(__always)
    private func key(of slot: Slot, _ tables: InstanceTables) -> OrderedIndex.Key {
        let room = tables.rooms[Int(slot)]
        let value = field == .cpu ? room.cpu : room.memory
        // What takes no tasks is not kept.
        guard room.mask & InstanceTables.availableBit != 0, value >= 0 else { return Self.absent }
        if let filter, !tables.admits(slot, filter) { return Self.absent }
        if let scope, tables.scopes.scopes[scope].counts[slot] > 0 { return Self.absent }
        return OrderedIndex.key(value: value, slot: slot)
    }

    /// Brings the index up to date.
    /// - Returns: How many instances were looked at for it.
    mutating func catchUp(_ tables: InstanceTables, _ partition: Partition, _ log: ChangeLog<Slot>) -> Int {
        guard cursor != log.end || !isBuilt else { return 0 }
        defer { cursor = log.end }
        if isBuilt, log.reaches(cursor), log.end - cursor <= max(64, tables.span) {
            for index in cursor..<log.end {
                let entry = log[index]
                update(entry < 0 ? ~entry : entry, hasGrown: entry >= 0, tables, partition)
            }
            return log.end - cursor
        }
        isBuilt = true
        trees = Array(repeating: OrderedIndex(), count: partition.cellCount)
        keys = Array(repeating: Self.absent, count: tables.span)
        for slot in 0..<Slot(tables.span) { update(slot, hasGrown: true, tables, partition) }
        return tables.span
    }

    private mutating func update(
        _ slot: Slot, hasGrown: Bool, _ tables: InstanceTables, _ partition: Partition
    ) {
        while keys.count <= Int(slot) { keys.append(Self.absent) }
        let cell = partition.cell(of: slot)
        while trees.count <= cell { trees.append(OrderedIndex()) }
        let old = keys[Int(slot)]
        let new = key(of: slot, tables)
        guard old != new || hasGrown else { return }
        let bound = tables.bound(of: slot, orderedBy: field)
        if old == new {
            if new != Self.absent { trees[cell].raise(new, to: bound) }
            return
        }
        if old != Self.absent { trees[cell].remove(old) }
        if new != Self.absent { trees[cell].insert(new, bound) }
        keys[Int(slot)] = new
    }

    /// Makes every search look into every subtree once more: after a new rule has got a bit.
    mutating func forgetBounds() {
        for cell in trees.indices { trees[cell].forgetMasks() }
    }

    /// The first key from another on whose slot meets the demands, and has what is wanted besides.
    mutating func first(
        in cell: Int, from key: OrderedIndex.Key, _ filter: Filter, _ wanted: Wanted, _ tables: InstanceTables,
        _ examined: inout Int
    ) -> OrderedIndex.Key? {
        guard cell < trees.count else { return nil }
        var need = filter.need(orderedBy: field)
        if let other = wanted.other { need.other = other }
        let search = OrderedIndex.Search(lower: key, need: need, filter: filter, wanted: wanted, field: field)
        return trees[cell].first(search, tables, &examined)
    }

    /// What a slot must have besides meeting the demands.
    struct Wanted {
        /// This many tasks of a scope.
        var tasks: (scope: Int, count: Int32)?
        /// Exactly so much of the resource that the index does not order by.
        var other: Int?

        /// The scope of which there must be no task.
        var excludedScope: Int? { tasks.flatMap { $0.count == 0 ? $0.scope : nil } }
    }
}

extension OrderedIndex {
    /// What is looked for.
    struct Search {
        let lower: Key
        let need: Bound
        let filter: Filter
        let wanted: BinpackIndex.Wanted
        let field: PlacementStrategy.BinpackField
    }

    mutating func first(_ search: Search, _ tables: InstanceTables, _ examined: inout Int) -> Key? {
        guard count > 0 else { return nil }
        return height == 0
            ? first(search, inLeaf: 0, tables, &examined)
            : first(search, in: root, level: height, tables, &examined)
    }

    private mutating func first(
        _ search: Search, in node: Int32, level: Int, _ tables: InstanceTables, _ examined: inout Int
    ) -> Key? {
        let start = Int(node) * Self.fanOut
        var index = childIndex(of: search.lower, in: node)
        while index < innerCounts[Int(node)] {
            if bounds[start + index].allows(search.need) {
                let child = nodes[start + index]
                let found =
                    level > 1
                    ? first(search, in: child, level: level - 1, tables, &examined)
                    : first(search, inLeaf: child, tables, &examined)
                if let found { return found }
                tighten(start + index, level: level, search.field, tables)
            }
            index += 1
        }
        return nil
    }

    private func first(
        _ search: Search, inLeaf leaf: Int32, _ tables: InstanceTables, _ examined: inout Int
    ) -> Key? {
        let end = Int(leaf) * Self.leafCapacity + leafCounts[Int(leaf)]
        var place = position(of: search.lower, in: leaf)
        while place < end {
            let key = keys[place]
            let slot = Self.slot(of: key)
            examined += 1
            if tables.admits(slot, search.filter), has(search.wanted, slot, search.field, tables) { return key }
            place += 1
        }
        return nil
    }

    @inline(__always)
    private func has(
        _ wanted: BinpackIndex.Wanted, _ slot: Slot, _ field: PlacementStrategy.BinpackField, _ tables: InstanceTables
    ) -> Bool {
        if let other = wanted.other, tables.bound(of: slot, orderedBy: field).other != other { return false }
        guard let tasks = wanted.tasks else { return true }
        return tables.scopes.scopes[tasks.scope].counts[slot] == tasks.count
    }

    /// Makes the bound of a child exact, as far as its own children's are.
    private mutating func tighten(
        _ place: Int, level: Int, _ field: PlacementStrategy.BinpackField, _ tables: InstanceTables
    ) {
        var bound = Bound.nothing
        let node = Int(nodes[place])
        if level > 1 {
            for index in 0..<innerCounts[node] { bound.raise(to: bounds[node * Self.fanOut + index]) }
        } else {
            for index in 0..<leafCounts[node] {
                let slot = Self.slot(of: keys[node * Self.leafCapacity + index])
                bound.raise(to: tables.bound(of: slot, orderedBy: field))
            }
        }
        bounds[place] = bound
    }

    /// Allows every mask everywhere.
    mutating func forgetMasks() {
        for index in bounds.indices { bounds[index].mask = .max }
    }
}
