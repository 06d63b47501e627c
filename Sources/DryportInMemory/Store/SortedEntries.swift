// SPDX-License-Identifier: Apache-2.0

import DryportStore

/// Keys in order with their values: an array of short sorted arrays, so that writing costs a search and the
/// move of at most ``chunkLimit`` entries, and reading a range costs its length.
struct SortedEntries {
    /// Sorted, none empty, every key of one less than every key of the next.
    private var chunks: [[StorePage.Entry]] = []

    /// Beyond this a chunk is cut in two.
    static let chunkLimit = 512

    /// Creates the map.
    /// - Parameter entries: In ascending order of their keys, without a key twice.
    init(_ entries: [StorePage.Entry]) {
        var start = 0
        while start < entries.count {
            let end = min(start + Self.chunkLimit / 2, entries.count)
            chunks.append(Array(entries[start..<end]))
            start = end
        }
    }

    /// Every entry in ascending order.
    var all: [StorePage.Entry] { chunks.flatMap { $0 } }

    subscript(key: StoreKey) -> StoredValue? {
        let place = find(key)
        return place.isPresent ? chunks[place.chunk][place.index].value : nil
    }

    mutating func set(_ key: StoreKey, to value: StoredValue) {
        let place = find(key)
        if place.isPresent {
            chunks[place.chunk][place.index].value = value
            return
        }
        let entry = StorePage.Entry(key: key, value: value)
        guard !chunks.isEmpty else {
            chunks = [[entry]]
            return
        }
        chunks[place.chunk].insert(entry, at: place.index)
        if chunks[place.chunk].count > Self.chunkLimit {
            let half = chunks[place.chunk].count / 2
            let upper = Array(chunks[place.chunk][half...])
            chunks[place.chunk].removeSubrange(half...)
            chunks.insert(upper, at: place.chunk + 1)
        }
    }

    mutating func remove(_ key: StoreKey) {
        let place = find(key)
        guard place.isPresent else { return }
        chunks[place.chunk].remove(at: place.index)
        if chunks[place.chunk].isEmpty { chunks.remove(at: place.chunk) }
    }

    /// The first `limit` entries of a range, and whether there are more.
    func page(_ range: Range<StoreKey>, limit: Int) -> (entries: [StorePage.Entry], isTruncated: Bool) {
        var entries: [StorePage.Entry] = []
        var (chunk, index, _) = find(range.lowerBound)
        while chunk < chunks.count {
            while index < chunks[chunk].count {
                guard chunks[chunk][index].key < range.upperBound else { return (entries, false) }
                guard entries.count < limit else { return (entries, true) }
                entries.append(chunks[chunk][index])
                index += 1
            }
            (chunk, index) = (chunk + 1, 0)
        }
        return (entries, false)
    }

    /// Where a key is, or where it would have to be inserted (in the last chunk that begins before it).
    private func find(_ key: StoreKey) -> (chunk: Int, index: Int, isPresent: Bool) {
        let after = Self.partitioningIndex(chunks.count) { chunks[$0][0].key > key }
        let chunk = max(after - 1, 0)
        guard chunk < chunks.count else { return (0, 0, false) }
        let index = Self.partitioningIndex(chunks[chunk].count) { chunks[chunk][$0].key >= key }
        return (chunk, index, index < chunks[chunk].count && chunks[chunk][index].key == key)
    }

    /// The first of `0..<count` for which the predicate holds, if it holds for all after one that it holds for.
    private static func partitioningIndex(_ count: Int, where predicate: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
