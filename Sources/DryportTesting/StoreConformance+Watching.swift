// SPDX-License-Identifier: Apache-2.0

import DryportStore
import Testing

extension StoreConformance {
    private var end: StoreKey { StoreKey("end") }

    func watchSeesEverythingOnce(_ store: Store) async throws {
        try await store.put("before", "")
        let start = try await store.read(everything, limit: nil).revision
        let streams = (0..<3).map { _ in store.watch(everything, after: start) }
        let revisions = try await withThrowingTaskGroup(of: (Int, StoreRevision).self) { group in
            for number in 0..<100 {
                group.addTask {
                    let mutations: [StoreMutation] = [
                        .put(StoreKey("key/\(number)/a"), [UInt8(number)]), .delete(StoreKey("before")),
                        .put(StoreKey("key/\(number)/b"), [UInt8(number)]),
                    ]
                    return (number, try await store.commit(StoreBatch(mutations: mutations)))
                }
            }
            return try await group.reduce(into: [Int: StoreRevision]()) { $0[$1.0] = $1.1 }
        }
        let last = try await store.put("end", "")
        var expected: [StoreChange] = []
        for (number, revision) in revisions.sorted(by: { $0.value < $1.value }) {
            expected.append(
                StoreChange(mutation: .put(StoreKey("key/\(number)/a"), [UInt8(number)]), revision: revision))
            expected.append(
                StoreChange(mutation: .put(StoreKey("key/\(number)/b"), [UInt8(number)]), revision: revision))
        }
        expected.append(StoreChange(mutation: .put(end, []), revision: last))
        for stream in streams {
            let changes = try await collect(stream, until: last)
            // Whether deleting what does not exist is a change is left to the store.
            let puts = changes.filter { if case .put = $0.mutation { true } else { false } }
            #expect(puts == expected)
            #expect(changes.map(\.revision) == changes.map(\.revision).sorted())
            let first = try #require(revisions.values.min())
            #expect(changes.contains(StoreChange(mutation: .delete(StoreKey("before")), revision: first)))
        }
    }

    func watchSeesItsRangeOnly(_ store: Store) async throws {
        let stream = store.watch(StoreKey.prefix("b/"), after: StoreRevision(0))
        for key in ["a/1", "b/1", "b0", "b", "b/2", "c/1"] { try await store.put(key, key) }
        let last = try await store.commit(
            StoreBatch(mutations: [.put(StoreKey("a/2"), []), .delete(StoreKey("b/1")), .put(StoreKey("c/2"), [])]))
        let changes = try await collect(stream, until: last)
        #expect(changes.map(\.mutation.key.text) == ["b/1", "b/2", "b/1"])
        #expect(changes.map(\.revision.number) == [2, 5, 7])
        #expect(changes.last?.mutation == .delete(StoreKey("b/1")))
    }

    func watchReplaysOrIsCompacted(_ store: Store) async throws {
        for number in 0..<50 { try await store.put("key/\(number)", "\(number)") }
        for back in [Int64(0), 1, 2, 25, 50] {
            let current = try await store.read(everything, limit: 1).revision.number
            let stream = store.watch(everything, after: StoreRevision(current - back))
            let last = try await store.put("end/\(back)", "")
            do {
                let changes = try await collect(stream, until: last)
                #expect(changes.map(\.revision.number) == Array(current - back + 1...last.number))
            } catch let error as StoreError {
                #expect(error.code == .compacted)
                #expect(back > 0, "nothing has to be replayed after the current revision")
            }
        }
    }

    func slowWatchIsCompleteOrCompacted(_ store: Store) async throws {
        let stream = store.watch(everything, after: StoreRevision(0))
        let (batches, size) = (60, 200)
        for batch in 0..<batches {
            let mutations = (0..<size).map { StoreMutation.put(StoreKey("key/\(batch)/\($0)"), []) }
            try await store.commit(StoreBatch(mutations: mutations))
        }
        // Goes on changing something, so that a reader whose changes were lost sees the gap instead of waiting.
        let ticker = Task { () throws in
            while !Task.isCancelled {
                try await store.put("tick", "")
                // A store in memory need not suspend, and would keep the reader from its turn.
                await Task.yield()
            }
        }
        var seen = 0
        do {
            for try await change in stream {
                #expect(change.mutation == .put(StoreKey("key/\(seen / size)/\(seen % size)"), []))
                #expect(change.revision == StoreRevision(Int64(seen / size + 1)))
                seen += 1
                if seen == batches * size || change.mutation.key == StoreKey("tick") { break }
            }
            #expect(seen == batches * size, "the watch ended without an error and without all changes")
        } catch {
            #expect((error as? StoreError)?.code == .compacted, "\(error)")
        }
        ticker.cancel()
        try await ticker.value
        // What follows `compacted`: read again, and watch from there.
        let page = try await store.read(everything, limit: nil)
        #expect(page.entries.count { $0.key != StoreKey("tick") } == batches * size)
        let again = store.watch(everything, after: page.revision)
        let last = try await store.put("end", "")
        #expect(try await collect(again, until: last).map(\.mutation.key) == [end])
    }

    func cancelledWatchEnds(_ store: Store) async throws {
        let stream = store.watch(everything, after: StoreRevision(0))
        let other = store.watch(everything, after: StoreRevision(0))
        let watcher = Task { () throws -> Int in
            var count = 0
            for try await _ in stream { count += 1 }
            return count
        }
        try await store.put("a", "")
        watcher.cancel()
        // It ends, with or without the change, and takes nobody with it.
        if case .success(let count) = await watcher.result { #expect(count <= 1) }
        let last = try await store.put("end", "")
        #expect(try await collect(other, until: last).map(\.mutation.key.text) == ["a", "end"])
    }

    /// Reads changes up to the first of a revision, which the callers commit last.
    func collect(
        _ stream: AsyncThrowingStream<StoreChange, any Error>, until revision: StoreRevision
    ) async throws -> [StoreChange] {
        var changes: [StoreChange] = []
        for try await change in stream {
            changes.append(change)
            if change.revision >= revision { break }
        }
        return changes
    }
}
