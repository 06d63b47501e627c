// SPDX-License-Identifier: Apache-2.0

/// How many tasks of one scope each slot has, for those that have any.
///
/// A hash table with open addressing and linear probing. Keys are a few of many small integers, which `Dictionary`
/// would hash with SipHash; a multiplication spreads them well enough, and nobody chooses them to collide, since slots
/// are given out by the engine.
/// - Complexity: Every operation is expected O(1).
struct SlotCounts: Sendable {
    private struct Entry: Sendable {
        var slot: Slot
        /// 0 in an entry that is free.
        var count: Int32
    }

    private var entries: [Entry] = []
    private var shift: UInt64 = 64
    /// How many slots have tasks.
    private(set) var count = 0
    /// The sum of all counts.
    private(set) var total = 0

    @inline(__always)
    private func home(of slot: Slot) -> Int {
        Int(truncatingIfNeeded: (UInt64(truncatingIfNeeded: slot) &* 0x9E37_79B9_7F4A_7C15) >> shift)
    }

    @inline(__always)
    subscript(slot: Slot) -> Int32 {
        guard count > 0 else { return 0 }
        var index = home(of: slot)
        while entries[index].count != 0 {
            if entries[index].slot == slot { return entries[index].count }
            index = (index + 1) & (entries.count - 1)
        }
        return 0
    }

    /// Adds a task.
    /// - Returns: The count before.
    mutating func increment(_ slot: Slot) -> Int32 {
        if 4 * (count + 1) > 3 * entries.count { enlarge() }
        total += 1
        var index = home(of: slot)
        while entries[index].count != 0 {
            if entries[index].slot == slot {
                entries[index].count += 1
                return entries[index].count - 1
            }
            index = (index + 1) & (entries.count - 1)
        }
        entries[index] = Entry(slot: slot, count: 1)
        count += 1
        return 0
    }

    /// Takes a task away.
    /// - Returns: The count before; 0 if there was none, and nothing changed.
    mutating func decrement(_ slot: Slot) -> Int32 {
        guard count > 0 else { return 0 }
        var index = home(of: slot)
        while entries[index].count != 0 {
            if entries[index].slot == slot {
                let before = entries[index].count
                total -= 1
                if before > 1 { entries[index].count = before - 1 } else { free(index) }
                return before
            }
            index = (index + 1) & (entries.count - 1)
        }
        return 0
    }

    /// The slots that have tasks, in rising order.
    var sortedSlots: [Slot] { entries.lazy.filter { $0.count > 0 }.map(\.slot).sorted() }

    /// Visits every slot that has tasks, in no particular order: for what does not depend on it.
    @inline(__always)
    func forEach(_ body: (Slot, Int32) -> Void) {
        for entry in entries where entry.count > 0 { body(entry.slot, entry.count) }
    }

    /// Frees an entry and moves up those that were pushed beyond it.
    private mutating func free(_ freed: Int) {
        var hole = freed
        var index = (hole + 1) & (entries.count - 1)
        while entries[index].count != 0 {
            let distance = (index - home(of: entries[index].slot)) & (entries.count - 1)
            if distance >= (index - hole) & (entries.count - 1) {
                entries[hole] = entries[index]
                hole = index
            }
            index = (index + 1) & (entries.count - 1)
        }
        entries[hole].count = 0
        count -= 1
    }

    private mutating func enlarge() {
        let old = entries
        entries = Array(repeating: Entry(slot: 0, count: 0), count: max(4, 2 * old.count))
        shift = 64 - UInt64(entries.count.trailingZeroBitCount)
        for entry in old where entry.count > 0 {
            var index = home(of: entry.slot)
            while entries[index].count != 0 { index = (index + 1) & (entries.count - 1) }
            entries[index] = entry
        }
    }
}
