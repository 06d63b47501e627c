// SPDX-License-Identifier: Apache-2.0

import DryportStore
import Testing

extension StoreConformance {
    func revisionsIncreaseByOne(_ store: Store) async throws {
        for number in Int64(1)...10 {
            let mutations: [StoreMutation] =
                number.isMultiple(of: 2)
                ? [.delete(StoreKey("missing"))] : [.put(StoreKey("a"), []), .put(StoreKey("b"), [])]
            #expect(try await store.commit(StoreBatch(mutations: mutations)) == StoreRevision(number))
        }
        await expectConflict(
            try await store.commit(
                StoreBatch(comparisons: [.absent(StoreKey("a"))], mutations: [.put(StoreKey("c"), [])])))
        #expect(try await store.put("a", "") == StoreRevision(11))
        #expect(try await store.read(everything, limit: nil).revision == StoreRevision(11))
    }

    func emptyBatchChangesNothing(_ store: Store) async throws {
        #expect(try await store.commit(StoreBatch()) == StoreRevision(0))
        let revision = try await store.put("a", "1")
        #expect(try await store.commit(StoreBatch()) == revision)
        #expect(
            try await store.commit(StoreBatch(comparisons: [.unchanged(StoreKey("a"), since: revision)])) == revision)
        await expectConflict(try await store.commit(StoreBatch(comparisons: [.absent(StoreKey("a"))])))
        #expect(try await store.read(everything, limit: nil).revision == revision)
    }

    func comparisonsDecide(_ store: Store) async throws {
        let (a, b) = (StoreKey("a"), StoreKey("b"))
        let first = try await store.commit(
            StoreBatch(comparisons: [.absent(a), .absent(b)], mutations: [.put(a, [1])]))
        let other = try await store.commit(
            StoreBatch(comparisons: [.unchanged(a, since: first)], mutations: [.put(b, [])]))
        // A batch that did not touch the key does not count as its change.
        let second = try await store.commit(
            StoreBatch(comparisons: [.unchanged(a, since: first)], mutations: [.put(a, [1])]))
        let failing: [StoreComparison] = [
            .absent(a), .unchanged(a, since: first), .unchanged(a, since: other), .unchanged(b, since: second),
            .unchanged(StoreKey("c"), since: first), .unchanged(StoreKey("c"), since: StoreRevision(0)),
        ]
        for comparison in failing {
            await expectConflict(
                try await store.commit(StoreBatch(comparisons: [comparison], mutations: [.put(a, [9])])))
        }
        // Writing the same bytes again is a change, and so is deleting and writing anew.
        try await store.commit(StoreBatch(mutations: [.delete(a)]))
        await expectConflict(try await store.commit(StoreBatch(comparisons: [.unchanged(a, since: second)])))
        try await store.commit(StoreBatch(comparisons: [.absent(a)], mutations: [.put(a, [1])]))
        await expectConflict(try await store.commit(StoreBatch(comparisons: [.unchanged(a, since: second)])))
    }

    func conflictLeavesNothing(_ store: Store) async throws {
        let revision = try await store.put("a", "1")
        let before = try await store.read(everything, limit: nil)
        let mutations: [StoreMutation] = [.put(StoreKey("b"), [1]), .delete(StoreKey("a")), .put(StoreKey("c"), [2])]
        // Wherever in the list the failed comparison is.
        let holds = StoreComparison.unchanged(StoreKey("a"), since: revision)
        let fails = StoreComparison.absent(StoreKey("a"))
        for comparisons in [[fails], [fails, holds], [holds, fails], [holds, fails, holds]] {
            await expectConflict(try await store.commit(StoreBatch(comparisons: comparisons, mutations: mutations)))
            #expect(try await store.read(everything, limit: nil) == before)
        }
    }

    func conflictSparesNeighbours(_ store: Store) async throws {
        try await store.put("taken", "")
        let outcomes = await withTaskGroup(of: (Int, Result<StoreRevision, StoreError>).self) { group in
            for number in 0..<100 {
                group.addTask {
                    let guarded = number.isMultiple(of: 3) ? [StoreComparison.absent(StoreKey("taken"))] : []
                    let batch = StoreBatch(comparisons: guarded, mutations: [.put(StoreKey("key/\(number)"), [])])
                    do throws(StoreError) {
                        return (number, .success(try await store.commit(batch)))
                    } catch {
                        return (number, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for number in 0..<100 {
            switch outcomes[number] {
            case .success: #expect(!number.isMultiple(of: 3), "commit \(number) should have failed")
            case .failure(let error):
                #expect(number.isMultiple(of: 3) && error.code == .conflict, "\(number): \(error)")
            case nil: Issue.record("commit \(number) has no outcome")
            }
        }
        let expected = (0..<100).filter { !$0.isMultiple(of: 3) }.map { "key/\($0)" }.sorted()
        #expect(try await store.keys(StoreKey.prefix("key/")) == expected)
        // Failed batches have used no revision.
        #expect(try await store.read(everything, limit: nil).revision == StoreRevision(Int64(1 + expected.count)))
    }

    func laterMutationWins(_ store: Store) async throws {
        let (a, b, c) = (StoreKey("a"), StoreKey("b"), StoreKey("c"))
        try await store.put("b", "old")
        let revision = try await store.commit(
            StoreBatch(mutations: [
                .put(a, [1]), .delete(a), .delete(b), .put(b, [2]), .put(c, [3]), .put(c, [4]), .delete(StoreKey("d")),
            ]))
        #expect(try await store.read(a) == nil)
        #expect(try await store.read(b) == StoredValue(bytes: [2], revision: revision))
        #expect(try await store.read(c) == StoredValue(bytes: [4], revision: revision))
    }

    func batchesAreNeverSeenInPart(_ store: Store) async throws {
        let keys = (0..<8).map { StoreKey("part/\($0)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in UInt8(0)..<50 {
                    try await store.commit(StoreBatch(mutations: keys.map { .put($0, [number]) }))
                }
            }
            for _ in 0..<3 {
                group.addTask {
                    var last = StoreRevision(0)
                    while last < StoreRevision(50) {
                        let page = try await store.read(StoreKey.prefix("part/"), limit: nil)
                        #expect(Set(page.entries.map(\.value)).count <= 1, "a part of a batch is visible")
                        #expect(page.entries.allSatisfy { $0.value.revision == page.revision })
                        #expect(page.revision >= last, "the store went back in time")
                        last = page.revision
                        // Ends this task if the writer fails.
                        try Task.checkCancellation()
                        await Task.yield()
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    func concurrentCommitsAreDurable(_ fixture: Fixture) async throws {
        let store = fixture.store
        let revisions = try await withThrowingTaskGroup(of: (Int, StoreRevision).self) { group in
            for number in 0..<200 {
                group.addTask { (number, try await store.put("key/\(number)", "\(number)")) }
            }
            return try await group.reduce(into: [Int: StoreRevision]()) { $0[$1.0] = $1.1 }
        }
        #expect(Set(revisions.values) == Set((1...200).map { StoreRevision($0) }))
        let reopened = try await fixture.reopen(store)
        for number in 0..<200 {
            let value = try await reopened.read(StoreKey("key/\(number)"))
            #expect(value?.bytes == Array("\(number)".utf8))
            #expect(value?.revision == revisions[number])
        }
    }

    func countersAreExact(_ fixture: Fixture) async throws {
        let store = fixture.store
        let key = StoreKey("counter")
        try await store.put("counter", "0")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    var remaining = 10
                    // With the other tasks' 90 successes, an honest store lets no attempt fail more often.
                    for _ in 0..<100 where remaining > 0 {
                        let value = try #require(try await store.read(key))
                        let next = Int(String(decoding: value.bytes, as: UTF8.self)).map { $0 + 1 } ?? -1
                        let batch = StoreBatch(
                            comparisons: [.unchanged(key, since: value.revision)],
                            mutations: [.put(key, Array("\(next)".utf8))])
                        do throws(StoreError) {
                            try await store.commit(batch)
                            remaining -= 1
                        } catch {
                            // Somebody was faster: read again.
                            guard error.code == .conflict else { throw error }
                        }
                    }
                    #expect(remaining == 0, "increments fail though nobody else increments")
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.text("counter") == "100")
        // Exactly the successful ones have made revisions.
        let reopened = try await fixture.reopen(store)
        #expect(try await reopened.text("counter") == "100")
        #expect(try await reopened.read(everything, limit: nil).revision == StoreRevision(101))
    }

    /// Expects that a commit throws `conflict`.
    func expectConflict(
        _ commit: @autoclosure () async throws -> StoreRevision, at location: SourceLocation = #_sourceLocation
    ) async {
        do {
            let revision = try await commit()
            Issue.record("committed as revision \(revision) despite a failed comparison", sourceLocation: location)
        } catch {
            #expect((error as? StoreError)?.code == .conflict, "\(error)", sourceLocation: location)
        }
    }
}
