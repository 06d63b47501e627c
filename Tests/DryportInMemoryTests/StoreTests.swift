// SPDX-License-Identifier: Apache-2.0

import DryportInMemory
import DryportModel
import DryportStore
import DryportTesting
import Testing

@testable import DryportInMemory

@Suite struct StoreTests {
    @Test(.timeLimit(.minutes(5)), arguments: StoreConformanceCheck.allCases)
    func conforms(to check: StoreConformanceCheck) async throws {
        try await StoreConformance {
            StoreConformance.Fixture(store: InMemoryStore()) { InMemoryStore(restoring: $0.crash()) }
        }.run(check)
    }

    @Test(.timeLimit(.minutes(5)), arguments: StoreConformanceCheck.allCases)
    func conformsWithTightBounds(to check: StoreConformanceCheck) async throws {
        try await StoreConformance(seed: 2) {
            StoreConformance.Fixture(store: InMemoryStore(replay: 0)) {
                InMemoryStore(restoring: $0.crash(), replay: 0)
            }
        }.run(check)
    }

    private func put(_ key: String) -> StoreBatch { StoreBatch(mutations: [.put(StoreKey(key), [])]) }

    private func code(_ call: () async throws -> some Any) async -> StoreError.Code? {
        do {
            _ = try await call()
            return nil
        } catch {
            return (error as? StoreError)?.code
        }
    }

    @Test func theNthCommitFailsBeforeOrAfterItHappens() async throws {
        let store = InMemoryStore()
        store.schedule(.failBeforeApplying, forCommit: 2)
        store.schedule(.failAfterApplying, forCommit: 3)
        #expect(await code { try await store.commit(put("1")) } == nil)
        #expect(await code { try await store.commit(put("2")) } == .unavailable)
        #expect(await code { try await store.commit(put("3")) } == .unavailable)
        #expect(await code { try await store.commit(put("4")) } == nil)
        #expect(store.snapshot().entries.map(\.key.text) == ["1", "3", "4"])
        #expect(store.snapshot().revision == StoreRevision(3))
        #expect(store.commitCount == 4)
    }

    @Test func laterCommitsOvertakeOneThatWaits() async throws {
        let store = InMemoryStore()
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        store.schedule(
            .waitBeforeApplying {
                arrived.finish()
                for await _ in gate {}
            }, forCommit: 1)
        let slow = Task { try await store.commit(put("slow")) }
        for await _ in arrivals {}
        #expect(try await store.commit(put("fast")) == StoreRevision(1))
        #expect(try await store.read(StoreKey("slow")) == nil)
        opener.finish()
        #expect(try await slow.value == StoreRevision(2))
    }

    @Test func aCommitIsVisibleWhileItsAnswerWaits() async throws {
        let store = InMemoryStore()
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let stream = store.watch(StoreKey.prefix("a/"), after: StoreRevision(0))
        store.schedule(.waitAfterApplying { for await _ in gate {} }, forCommit: 1)
        let commit = Task { try await store.commit(put("a/1")) }
        for try await change in stream {
            #expect(change.revision == StoreRevision(1))
            break
        }
        #expect(try await store.read(StoreKey("a/1")) != nil)
        opener.finish()
        #expect(try await commit.value == StoreRevision(1))
    }

    @Test func aCrashKeepsWhatWasCommittedAndNothingThatWaits() async throws {
        let store = InMemoryStore()
        try await store.commit(put("done"))
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        store.schedule(
            .waitBeforeApplying {
                arrived.finish()
                for await _ in gate {}
            }, forCommit: 2)
        let waiting = Task { try await store.commit(put("waiting")) }
        for await _ in arrivals {}
        let stream = store.watch(StoreKey("a")..<StoreKey("z"), after: StoreRevision(1))
        let snapshot = store.crash()
        opener.finish()
        #expect(await code { try await waiting.value } == .closed)
        #expect(await code { try await store.read(StoreKey("done")) } == .closed)
        #expect(await code { try await store.commit(put("late")) } == .closed)
        #expect(await code { for try await _ in stream {} } == .closed)
        #expect(store.snapshot() == snapshot)
        let restarted = InMemoryStore(restoring: snapshot)
        #expect(restarted.snapshot() == snapshot)
        #expect(try await restarted.commit(put("next")) == StoreRevision(2))
    }

    @Test func readsFailUntilToldOtherwise() async throws {
        let store = InMemoryStore()
        store.failReads(with: StoreError(code: .unavailable, message: "the test says so"))
        #expect(await code { try await store.read(StoreKey("a")) } == .unavailable)
        #expect(await code { try await store.read(StoreKey.prefix("a/"), limit: nil) } == .unavailable)
        store.failReads(with: nil)
        #expect(await code { try await store.read(StoreKey("a")) } == nil)
    }

    @Test(.timeLimit(.minutes(5))) func aWatcherBeyondItsBufferIsCompacted() async throws {
        let store = InMemoryStore(watchBuffer: 3, replay: 2)
        let slow = store.watch(StoreKey.prefix("a/"), after: StoreRevision(0))
        let elsewhere = store.watch(StoreKey.prefix("b/"), after: StoreRevision(0))
        for number in 1...4 { try await store.commit(put("a/\(number)")) }
        var seen: [String] = []
        let end = await code { for try await change in slow { seen.append(change.mutation.key.text) } }
        #expect(end == .compacted)
        #expect(seen == ["a/1", "a/2", "a/3"])
        // Others are not concerned, and the last two changes are still known, those before are not.
        try await store.commit(put("b/1"))
        for try await change in elsewhere {
            #expect(change.revision == StoreRevision(5))
            break
        }
        var replayed: [String] = []
        for try await change in store.watch(StoreKey("a")..<StoreKey("z"), after: StoreRevision(3)) {
            replayed.append(change.mutation.key.text)
            if replayed.count == 2 { break }
        }
        #expect(replayed == ["a/4", "b/1"])
        for revision in [Int64(2), 6] {
            let stream = store.watch(StoreKey("a")..<StoreKey("z"), after: StoreRevision(revision))
            #expect(await code { for try await _ in stream {} } == .compacted, "after \(revision)")
        }
    }
}

/// The map below the store, with enough keys to split and empty its chunks.
@Suite struct StoreEntriesTests {
    @Test(arguments: [UInt64(1), 2, 3])
    func agreesWithADictionary(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var entries = SortedEntries([])
        var model: [StoreKey: StoredValue] = [:]
        for step in Int64(1)...20_000 {
            let key = StoreKey("key/\(Int.random(in: 0..<3000, using: &random))")
            // First mostly growing, then mostly shrinking.
            if Int.random(in: 0..<10, using: &random) < (step < 12_000 ? 7 : 2) {
                let value = StoredValue(bytes: [], revision: StoreRevision(step))
                entries.set(key, to: value)
                model[key] = value
            } else {
                entries.remove(key)
                model[key] = nil
            }
            #expect(entries[key] == model[key])
            guard step.isMultiple(of: 1000) else { continue }
            let sorted = model.sorted { $0.key < $1.key }.map { StorePage.Entry(key: $0.key, value: $0.value) }
            #expect(entries.all == sorted, "seed \(seed), step \(step)")
            #expect(SortedEntries(sorted).all == sorted)
            let lower = StoreKey("key/\(Int.random(in: 0..<3000, using: &random))")
            let expected = sorted.filter { $0.key >= lower }
            let page = entries.page(lower..<StoreKey("l"), limit: 700)
            #expect(page.entries == Array(expected.prefix(700)))
            #expect(page.isTruncated == (expected.count > 700))
        }
        for key in model.keys { entries.remove(key) }
        #expect(entries.all.isEmpty)
    }
}
