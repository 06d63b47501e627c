// SPDX-License-Identifier: Apache-2.0

/// Whose tasks run where.
struct ScopeTable: Sendable {
    /// The tasks of one scope.
    struct Scope: Sendable {
        let scope: PlacementScope
        let group: String
        var counts = SlotCounts()
        /// The tasks by bucket, for each attribute that a request of the scope spreads over.
        var buckets: [Buckets] = []
        /// Where the instances are sorted by the counts of this scope.
        var levels: [Int] = []
    }

    struct Buckets: Sendable {
        /// The number of the attribute's division.
        let division: Int
        var counts: [Int32]
    }

    private(set) var ids: [PlacementScope: Int] = [:]
    var scopes: [Scope] = []
    /// The scopes that have tasks on a slot; kept only once an expression asks for `task:group`.
    private(set) var scopesOfSlots: [[Int32]]?

    func id(of scope: PlacementScope) -> Int? { ids[scope] }

    mutating func intern(_ scope: PlacementScope) -> Int {
        if let known = ids[scope] { return known }
        ids[scope] = scopes.count
        scopes.append(Scope(scope: scope, group: scope.group))
        return scopes.count - 1
    }

    /// Adds a task.
    /// - Returns: How many of the scope the slot had before.
    mutating func add(_ slot: Slot, to scope: Int, divisions: [AttributeDivision]) -> Int32 {
        let before = scopes[scope].counts.increment(slot)
        for index in scopes[scope].buckets.indices {
            let bucket = divisions[scopes[scope].buckets[index].division].bucketOf[Int(slot)]
            scopes[scope].buckets[index].add(1, to: bucket)
        }
        if before == 0, scopesOfSlots != nil {
            while scopesOfSlots!.count <= Int(slot) { scopesOfSlots!.append([]) }
            scopesOfSlots![Int(slot)].append(Int32(scope))
        }
        return before
    }

    /// Takes a task away.
    /// - Returns: How many of the scope the slot had before; 0 if none, and nothing changed.
    mutating func remove(_ slot: Slot, from scope: Int, divisions: [AttributeDivision]) -> Int32 {
        let before = scopes[scope].counts.decrement(slot)
        guard before > 0 else { return 0 }
        for index in scopes[scope].buckets.indices {
            let bucket = divisions[scopes[scope].buckets[index].division].bucketOf[Int(slot)]
            scopes[scope].buckets[index].add(-1, to: bucket)
        }
        if before == 1, scopesOfSlots != nil {
            scopesOfSlots![Int(slot)].removeAll { $0 == Int32(scope) }
        }
        return before
    }

    /// Begins to keep what `task:group` asks for.
    mutating func trackSlots(span: Int) {
        guard scopesOfSlots == nil else { return }
        var lists: [[Int32]] = Array(repeating: [], count: span)
        for (index, scope) in scopes.enumerated() {
            scope.counts.forEach { slot, _ in lists[Int(slot)].append(Int32(index)) }
        }
        scopesOfSlots = lists
    }

    /// Whether a slot has a task of a group.
    /// - Complexity: O(*scopes on the slot*) after ``trackSlots(span:)``, else O(*scopes*).
    func hasTask(on slot: Slot, inGroup matches: (String) -> Bool) -> Bool {
        guard let scopesOfSlots else { return scopes.contains { $0.counts[slot] > 0 && matches($0.group) } }
        guard Int(slot) < scopesOfSlots.count else { return false }
        return scopesOfSlots[Int(slot)].contains { matches(scopes[Int($0)].group) }
    }

    /// Where the counts by bucket of an attribute stand in ``Scope/buckets``; they are made if there are none.
    mutating func buckets(of division: Int, in scope: Int, divisions: [AttributeDivision]) -> Int {
        if let known = scopes[scope].buckets.firstIndex(where: { $0.division == division }) { return known }
        var buckets = Buckets(division: division, counts: [])
        scopes[scope].counts.forEach { slot, count in
            buckets.add(count, to: divisions[division].bucketOf[Int(slot)])
        }
        scopes[scope].buckets.append(buckets)
        return scopes[scope].buckets.count - 1
    }

    /// Forgets what is derived, and scopes without tasks; moves those on slots to where these are now.
    mutating func rebuild(moving slots: (Slot) -> Slot) {
        let old = scopes
        scopes = []
        ids = [:]
        scopesOfSlots = nil
        for scope in old where scope.counts.count > 0 {
            let id = intern(scope.scope)
            scope.counts.forEach { slot, count in
                for _ in 0..<count { _ = scopes[id].counts.increment(slots(slot)) }
            }
        }
    }
}

extension ScopeTable.Buckets {
    @inline(__always)
    mutating func add(_ difference: Int32, to bucket: Int32) {
        while counts.count <= Int(bucket) { counts.append(0) }
        counts[Int(bucket)] += difference
    }

    @inline(__always)
    func count(of bucket: Int32) -> Int32 { Int(bucket) < counts.count ? counts[Int(bucket)] : 0 }
}
