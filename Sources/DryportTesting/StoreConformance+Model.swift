// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportStore
import Testing

/// The naive store that the real ones are compared with.
private struct Model {
    var entries: [StoreKey: StoredValue] = [:]
    var revision = StoreRevision(0)

    /// The new revision, or nil for a conflict.
    mutating func commit(_ batch: StoreBatch) -> StoreRevision? {
        for comparison in batch.comparisons {
            switch comparison {
            case .absent(let key): if entries[key] != nil { return nil }
            case .unchanged(let key, let since): if entries[key]?.revision != since { return nil }
            }
        }
        guard !batch.mutations.isEmpty else { return revision }
        revision = StoreRevision(revision.number + 1)
        for mutation in batch.mutations { apply(mutation, revision: revision) }
        return revision
    }

    mutating func apply(_ mutation: StoreMutation, revision: StoreRevision) {
        switch mutation {
        case .put(let key, let bytes): entries[key] = StoredValue(bytes: bytes, revision: revision)
        case .delete(let key): entries[key] = nil
        }
    }

    func page(_ range: Range<StoreKey>, limit: Int?) -> StorePage {
        let found = entries.filter { range.contains($0.key) }.sorted { $0.key < $1.key }
            .map { StorePage.Entry(key: $0.key, value: $0.value) }
        let kept = Array(found.prefix(limit ?? .max))
        return StorePage(entries: kept, revision: revision, isTruncated: kept.count < found.count)
    }
}

/// Random batches over few keys, so that they meet.
private struct BatchGenerator {
    var random: SeededGenerator
    let keys = ["a", "a/", "a/b", "a0", "e\u{301}", "z\u{0}", "\u{E9}", "日本/1", "日本/2", "𐍈"].map { StoreKey($0) }

    mutating func key() -> StoreKey { keys[Int.random(in: 0..<keys.count, using: &random)] }

    mutating func batch(in model: Model) -> StoreBatch {
        var batch = StoreBatch()
        for _ in 0..<Int.random(in: 0...2, using: &random) { batch.comparisons.append(comparison(in: model)) }
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let key = key()
            if Int.random(in: 0..<3, using: &random) == 0 {
                batch.mutations.append(.delete(key))
            } else {
                let count = Int.random(in: 0...40, using: &random)
                batch.mutations.append(.put(key, (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }))
            }
        }
        return batch
    }

    /// One that holds, three times of four.
    private mutating func comparison(in model: Model) -> StoreComparison {
        let key = key()
        let holds = Int.random(in: 0..<4, using: &random) > 0
        switch (model.entries[key]?.revision, holds) {
        case (let revision?, true): return .unchanged(key, since: revision)
        case (nil, true), (_?, false): return .absent(key)
        case (nil, false): return .unchanged(key, since: model.revision)
        }
    }
}

/// Bytes without a pattern.
struct SeededBytes {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
}

extension StoreConformance {
    func agreesWithModel(_ fixture: Fixture) async throws {
        var generator = BatchGenerator(random: SeededGenerator(seed: seed))
        var model = Model()
        var store = fixture.store
        for step in 1...300 {
            let batch = generator.batch(in: model)
            let expected = model.commit(batch)
            do throws(StoreError) {
                let revision = try await store.commit(batch)
                #expect(revision == expected, "seed \(seed), step \(step)")
            } catch {
                guard error.code == .conflict else { throw error }
                #expect(expected == nil, "seed \(seed), step \(step): \(error)")
            }
            try #require(
                try await store.read(everything, limit: nil) == model.page(everything, limit: nil),
                "seed \(seed), step \(step)")
            let (first, second) = (generator.key(), generator.key())
            let range = min(first, second)..<max(first, second)
            let limit = Int.random(in: 1...5, using: &generator.random)
            #expect(
                try await store.read(range, limit: limit) == model.page(range, limit: limit),
                "seed \(seed), step \(step)")
            #expect(try await store.read(first) == model.entries[first], "seed \(seed), step \(step)")
            if step.isMultiple(of: 60) { store = try await fixture.reopen(store) }
        }
    }

    func watchReproducesTheState(_ store: Store) async throws {
        var generator = BatchGenerator(random: SeededGenerator(seed: seed).fork(1))
        var model = Model()
        let stream = store.watch(everything, after: StoreRevision(0))
        for _ in 1...200 {
            let batch = generator.batch(in: model)
            guard model.commit(batch) != nil else { continue }
            try await store.commit(batch)
        }
        let last = try await store.put("end", "")
        var copy = Model()
        for change in try await collect(stream, until: last) where change.revision < last {
            copy.apply(change.mutation, revision: change.revision)
        }
        #expect(copy.entries == model.entries, "seed \(seed)")
    }
}
