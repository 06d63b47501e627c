// SPDX-License-Identifier: Apache-2.0

// Which index serves which binpack.
extension PlacementEngine {
    /// In so many cells, a search is cheaper than the upkeep of one more index.
    private static let fewCells = 8
    /// A search that looks at more instances is a long one.
    static let longSearch = 64
    /// The upkeep of an index costs about as much, for each decision of whatever request, as looking at so many
    /// instances.
    private static let upkeep = 64
    /// Long searches are added up over so many decisions.
    private static let period = 10_000
    /// How many requests have one; it takes about 20 bytes for each instance.
    private static let maximumOwnIndexes = 12
    /// An index of one request makes room for that of another if it was not used in so many decisions.
    private static let disuse = 256

    /// The index for a request, brought up to date.
    @inline(__always)
    mutating func preparedIndex(
        _ specification: Specification, _ field: PlacementStrategy.BinpackField, _ wanted: BinpackIndex.Wanted
    ) -> Int {
        let index = index(for: specification, field, without: wanted.excludedScope)
        indexes[index].lastUse = decisions
        work.indexUpdates += indexes[index].catchUp(tables, partitions[indexes[index].partition], logs.changes)
        return index
    }

    @inline(__always)
    private mutating func index(
        for specification: Specification, _ field: PlacementStrategy.BinpackField, without scope: Int?
    ) -> Int {
        let partition = specification.partition
        var common: Int?
        for index in indexes.indices where indexes[index].partition == partition && indexes[index].field == field {
            guard let filter = indexes[index].filter else {
                common = index
                continue
            }
            if filter === specification.filter && indexes[index].scope == scope { return index }
        }
        return common ?? addIndex(partition: partition, field)
    }

    /// An index for everybody. That of all instances can be had from a partition of few cells, so that there is one to
    /// follow each change instead of two.
    private mutating func addIndex(partition: Int, _ field: PlacementStrategy.BinpackField) -> Int {
        let isWhole = partitions[partition].isTrivial
        let other = indexes.firstIndex {
            $0.filter == nil && $0.field == field
                && partitions[isWhole ? $0.partition : partition].cellCount <= Self.fewCells
                && (isWhole || partitions[$0.partition].isTrivial)
        }
        if isWhole, let other { return other }
        let new = BinpackIndex(partition: partition, field: field)
        if let other {
            indexes[other] = new
            return other
        }
        indexes.append(new)
        return indexes.count - 1
    }

    /// Gives requests whose searches are so long that it pays an index of their own. The bounds of the common one cannot
    /// help where an instance has the room and another the attribute, or where a port or a task of the scope stands in
    /// the way on all that are packed already.
    mutating func noteLongSearch(
        _ specification: Specification, _ field: PlacementStrategy.BinpackField, _ wanted: BinpackIndex.Wanted,
        examined: Int
    ) {
        guard wanted.other == nil else { return }
        let key = LongSearches.Key(
            filter: ObjectIdentifier(specification.filter), scope: wanted.excludedScope,
            partition: specification.partition, field: field)
        var searches = longSearches[key] ?? LongSearches(since: decisions)
        if decisions - searches.since > Self.period { searches = LongSearches(since: decisions) }
        searches.examined += examined
        // Making the index must have been worth it, too.
        guard searches.examined > 2 * tables.span + 4096,
            searches.examined > Self.upkeep * (decisions - searches.since)
        else {
            longSearches[key] = searches
            return
        }
        longSearches[key] = nil
        let own = BinpackIndex(
            partition: specification.partition, field: field, filter: specification.filter,
            without: wanted.excludedScope)
        let others = indexes.indices.filter { indexes[$0].filter != nil }
        guard others.count >= Self.maximumOwnIndexes else { return indexes.append(own) }
        guard let oldest = others.min(by: { indexes[$0].lastUse < indexes[$1].lastUse }),
            decisions - indexes[oldest].lastUse > Self.disuse
        else { return }
        indexes[oldest] = own
    }
}

/// How much the long searches of some requests have looked at.
struct LongSearches: Sendable {
    /// Requests that one index would serve.
    struct Key: Sendable, Hashable {
        let filter: ObjectIdentifier
        let scope: Int?
        let partition: Int
        let field: PlacementStrategy.BinpackField
    }

    /// In decisions.
    let since: Int
    /// Instances.
    var examined = 0
}
