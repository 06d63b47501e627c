// SPDX-License-Identifier: Apache-2.0

import DryportModel
import HeapModule

/// The timers of one machine: at most one per key, taken out in order of their deadlines and, where
/// deadlines are equal, in the order in which they were set.
///
/// - Complexity: Setting and taking cost O(log *n*) comparisons. Replacing or cancelling a timer is O(1) and
///   leaves a stale entry behind, which goes when its turn comes or when most entries are stale.
struct TimerQueue<Key: Hashable & Sendable>: Sendable {
    private struct Entry: Sendable, Comparable {
        var deadline: MonotonicTime
        var sequence: UInt64
        var key: Key

        static func < (left: Entry, right: Entry) -> Bool {
            (left.deadline, left.sequence) < (right.deadline, right.sequence)
        }

        static func == (left: Entry, right: Entry) -> Bool { left.sequence == right.sequence }
    }

    private var entries = Heap<Entry>()
    private var current: [Key: UInt64] = [:]
    private var nextSequence: UInt64 = 0

    /// The earliest deadline, nil if no timer is set.
    var nextDeadline: MonotonicTime? {
        mutating get {
            dropStale()
            return entries.min?.deadline
        }
    }

    /// Whether a timer is set for the key.
    func isSet(_ key: Key) -> Bool { current[key] != nil }

    /// Sets the key's timer, replacing the one it may have.
    mutating func set(_ key: Key, at deadline: MonotonicTime) {
        nextSequence += 1
        current[key] = nextSequence
        entries.insert(Entry(deadline: deadline, sequence: nextSequence, key: key))
        if entries.count > 64, entries.count > current.count * 2 {
            let live = entries.unordered.filter { current[$0.key] == $0.sequence }
            entries = Heap(live)
        }
    }

    /// Cancels the key's timer; nothing happens if it has none.
    mutating func cancel(_ key: Key) { current[key] = nil }

    /// Takes out the earliest timer whose deadline has come; nil if none has.
    mutating func popDue(at now: MonotonicTime) -> Key? {
        dropStale()
        guard let first = entries.min, first.deadline <= now else { return nil }
        entries.removeMin()
        current[first.key] = nil
        return first.key
    }

    private mutating func dropStale() {
        while let first = entries.min, current[first.key] != first.sequence { entries.removeMin() }
    }
}
