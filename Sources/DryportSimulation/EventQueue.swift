// SPDX-License-Identifier: Apache-2.0

import DryportModel
import HeapModule

/// What is going to happen, ordered by virtual time and, where times are equal, by the order in which it was added.
struct EventQueue: Sendable {
    private struct Entry: Sendable, Comparable {
        let at: MonotonicTime
        let number: UInt64
        let happening: Happening

        static func < (left: Entry, right: Entry) -> Bool {
            left.at == right.at ? left.number < right.number : left.at < right.at
        }

        static func == (left: Entry, right: Entry) -> Bool { left.number == right.number }
    }

    private var entries = Heap<Entry>()
    private var lastNumber: UInt64 = 0

    /// When something happens next; nil if nothing does.
    var nextTime: MonotonicTime? { entries.min?.at }

    /// Adds something.
    /// - Complexity: O(log *n*) comparisons.
    mutating func add(_ happening: Happening, at time: MonotonicTime) {
        lastNumber += 1
        entries.insert(Entry(at: time, number: lastNumber, happening: happening))
    }

    /// Takes out what happens next.
    /// - Complexity: O(log *n*) comparisons.
    mutating func popNext() -> (at: MonotonicTime, happening: Happening)? {
        entries.popMin().map { ($0.at, $0.happening) }
    }
}
