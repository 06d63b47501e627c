// SPDX-License-Identifier: Apache-2.0

/// A set of integers from 0 to below its capacity, visited in rising order.
///
/// The bits lie in words of 64; three more levels say which words below are not empty, so that the least element is
/// four look-ups away however few there are.
/// - Complexity: Every operation is O(1) for up to 64⁴ elements, but growing, which is O(capacity).
struct BitTree: Sendable {
    private var words: [UInt64]
    private var starts: (Int, Int, Int)
    private(set) var capacity: Int

    init(capacity: Int = 0) {
        let bottom = max(1, (capacity + 63) >> 6)
        let second = (bottom + 63) >> 6
        let third = (second + 63) >> 6
        let top = (third + 63) >> 6
        precondition(top == 1, "a set holds at most 2²⁴ elements")
        starts = (bottom, bottom + second, bottom + second + third)
        words = Array(repeating: 0, count: bottom + second + third + top)
        self.capacity = bottom << 6
    }

    /// A set of all integers below `count`.
    init(filledTo count: Int) {
        self.init(capacity: count)
        var start = 0
        var remaining = count
        for next in [starts.0, starts.1, starts.2, words.count] {
            let full = remaining >> 6
            for index in 0..<full { words[start + index] = .max }
            if remaining & 63 != 0 { words[start + full] = (1 << UInt64(remaining & 63)) - 1 }
            remaining = (remaining + 63) >> 6
            start = next
        }
    }

    var isEmpty: Bool { words[starts.2] == 0 }

    func contains(_ element: Int) -> Bool { words[element >> 6] & (1 << UInt64(element & 63)) != 0 }

    /// Makes room for elements up to below a new capacity.
    mutating func grow(toHold count: Int) {
        guard count > capacity else { return }
        var larger = BitTree(capacity: max(count, 2 * capacity))
        var element = first
        while element >= 0 {
            larger.insert(element)
            element = next(after: element)
        }
        self = larger
    }

    mutating func insert(_ element: Int) {
        let bit: UInt64 = 1 << UInt64(element & 63)
        let before = words[element >> 6]
        words[element >> 6] = before | bit
        guard before == 0 else { return }
        let second = element >> 6
        words[starts.0 + second >> 6] |= 1 << UInt64(second & 63)
        let third = second >> 6
        words[starts.1 + third >> 6] |= 1 << UInt64(third & 63)
        words[starts.2] |= 1 << UInt64(third >> 6)
    }

    mutating func remove(_ element: Int) {
        words[element >> 6] &= ~(1 << UInt64(element & 63))
        guard words[element >> 6] == 0 else { return }
        let second = element >> 6
        words[starts.0 + second >> 6] &= ~(1 << UInt64(second & 63))
        guard words[starts.0 + second >> 6] == 0 else { return }
        let third = second >> 6
        words[starts.1 + third >> 6] &= ~(1 << UInt64(third & 63))
        guard words[starts.1 + third >> 6] == 0 else { return }
        words[starts.2] &= ~(1 << UInt64(third >> 6))
    }

    /// The least element; −1 if there is none.
    var first: Int {
        let top = words[starts.2]
        guard top != 0 else { return -1 }
        return descend(from: top.trailingZeroBitCount)
    }

    /// The least element above another; −1 if there is none.
    func next(after element: Int) -> Int {
        let rest = Self.above(element & 63, in: words[element >> 6])
        if rest != 0 { return element & ~63 | rest.trailingZeroBitCount }
        let second = element >> 6
        let others = Self.above(second & 63, in: words[starts.0 + second >> 6])
        if others != 0 { return leaf(second & ~63 | others.trailingZeroBitCount) }
        let third = second >> 6
        let more = Self.above(third & 63, in: words[starts.1 + third >> 6])
        if more != 0 {
            let word = third & ~63 | more.trailingZeroBitCount
            return leaf(word << 6 | words[starts.0 + word].trailingZeroBitCount)
        }
        let top = Self.above(third >> 6, in: words[starts.2])
        return top == 0 ? -1 : descend(from: top.trailingZeroBitCount)
    }

    /// The least element, from a place on, that another set has, too; −1 if there is none.
    /// - Complexity: O(*capacity* / 64) words in the worst case, where both have elements all over and none in common.
    func first(in other: BitTree, from start: Int) -> Int {
        var word = start >> 6
        let wordCount = min(starts.0, other.starts.0)
        guard word < wordCount else { return -1 }
        let common = words[word] & other.words[word] & (.max << UInt64(start & 63))
        if common != 0 { return word << 6 | common.trailingZeroBitCount }
        word += 1
        while word < wordCount {
            let summary = word >> 6
            var both = words[starts.0 + summary] & other.words[other.starts.0 + summary] & (.max << UInt64(word & 63))
            while both != 0 {
                word = summary << 6 | both.trailingZeroBitCount
                let common = words[word] & other.words[word]
                if common != 0 { return word << 6 | common.trailingZeroBitCount }
                both &= both - 1
            }
            word = (summary + 1) << 6
        }
        return -1
    }

    private func descend(from top: Int) -> Int {
        let third = top << 6 | words[starts.1 + top].trailingZeroBitCount
        return leaf(third << 6 | words[starts.0 + third].trailingZeroBitCount)
    }

    private func leaf(_ word: Int) -> Int { word << 6 | words[word].trailingZeroBitCount }

    /// The bits of a word above a place.
    private static func above(_ place: Int, in word: UInt64) -> UInt64 {
        word & ~((2 << UInt64(place)) &- 1)
    }
}
