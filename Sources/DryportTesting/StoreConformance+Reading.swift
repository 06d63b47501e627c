// SPDX-License-Identifier: Apache-2.0

import DryportStore
import Testing

/// More than every key that the suite uses.
let everything = StoreKey("\u{0}")..<StoreKey("\u{10FFFF}")

extension StateStore {
    /// Commits one value, without a condition.
    @discardableResult
    func put(_ key: String, _ text: String) async throws(StoreError) -> StoreRevision {
        try await commit(StoreBatch(mutations: [.put(StoreKey(key), Array(text.utf8))]))
    }

    /// The value of a key as text.
    func text(_ key: String) async throws(StoreError) -> String? {
        try await read(StoreKey(key)).map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// The keys of a range.
    func keys(_ range: Range<StoreKey>, limit: Int? = nil) async throws(StoreError) -> [String] {
        try await read(range, limit: limit).entries.map(\.key.text)
    }
}

extension StoreConformance {
    func startsEmpty(_ store: Store) async throws {
        let page = try await store.read(everything, limit: nil)
        #expect(page == StorePage(entries: [], revision: StoreRevision(0), isTruncated: false))
        #expect(try await store.read(StoreKey("a")) == nil)
    }

    func readsItsOwnWrites(_ store: Store) async throws {
        let first = try await store.put("a", "1")
        #expect(try await store.read(StoreKey("a")) == StoredValue(bytes: Array("1".utf8), revision: first))
        let second = try await store.put("b", "2")
        // The other key keeps the revision of its own batch.
        #expect(try await store.read(StoreKey("a"))?.revision == first)
        let third = try await store.put("a", "3")
        #expect(try await store.read(StoreKey("a")) == StoredValue(bytes: Array("3".utf8), revision: third))
        try await store.commit(StoreBatch(mutations: [.delete(StoreKey("a"))]))
        #expect(try await store.read(StoreKey("a")) == nil)
        let page = try await store.read(everything, limit: nil)
        #expect(page.entries.map(\.value) == [StoredValue(bytes: Array("2".utf8), revision: second)])
        #expect(page.revision == StoreRevision(4))
    }

    func ordersKeysByBytes(_ store: Store) async throws {
        // In the order of bytes. Unicode's rules, locales and UTF-16 order some of them otherwise, and hold
        // the two spellings of é for equal.
        let ordered = [
            "A", "Z", "a", "a/", "a/b", "a0", "aa", "e\u{301}", "z", "\u{7F}", "ß", "\u{E9}", "\u{FFFD}", "𐍈",
        ]
        for key in [3, 9, 0, 13, 7, 10, 1, 12, 5, 2, 11, 4, 8, 6].map({ ordered[$0] }) {
            try await store.put(key, key)
        }
        let page = try await store.read(everything, limit: nil)
        #expect(page.entries.map { Array($0.key.text.utf8) } == ordered.map { Array($0.utf8) })
        #expect(page.entries.map(\.value.bytes) == ordered.map { Array($0.utf8) })
        #expect(try await store.text("\u{E9}") == "\u{E9}")
    }

    func readsRanges(_ store: Store) async throws {
        for key in ["task", "task/", "task/1", "task/é", "task/~/x", "task0", "tasks/1"] {
            try await store.put(key, "")
        }
        #expect(try await store.keys(StoreKey.prefix("task/")) == ["task/", "task/1", "task/~/x", "task/é"])
        #expect(try await store.keys(StoreKey("task/1")..<StoreKey("task0")) == ["task/1", "task/~/x", "task/é"])
        #expect(try await store.keys(StoreKey("task/0")..<StoreKey("task/10")) == ["task/1"])
        #expect(try await store.keys(StoreKey("task/1")..<StoreKey("task/1")).isEmpty)
        #expect(try await store.keys(StoreKey("a")..<StoreKey("b")).isEmpty)
        #expect(try await store.keys(StoreKey("u")..<StoreKey("v")).isEmpty)
    }

    func pages(_ store: Store) async throws {
        let keys = (100..<170).map { "key/\($0)" }
        let revision = try await store.commit(StoreBatch(mutations: keys.map { .put(StoreKey($0), []) }))
        let range = StoreKey.prefix("key/")
        for (limit, count, isTruncated) in [(1, 1, true), (69, 69, true), (70, 70, false), (.max, 70, false)] {
            let page = try await store.read(range, limit: limit)
            #expect(page.entries.count == count)
            #expect(page.isTruncated == isTruncated, "limit \(limit)")
            #expect(page.revision == revision)
        }
        var collected: [String] = []
        var rest = range
        while true {
            let page = try await store.read(rest, limit: 16)
            collected += page.entries.map(\.key.text)
            guard page.isTruncated, let last = page.entries.last else { break }
            // The least key after the last one.
            rest = StoreKey(last.key.text + "\u{0}")..<range.upperBound
        }
        #expect(collected == keys)
    }

    func keepsEveryByte(_ fixture: Fixture) async throws {
        var generator = SeededBytes(seed: seed)
        let values: [(String, [UInt8])] = [
            ("empty", []), ("zero", [0]), ("bytes", (0...255).map { $0 }), ("large", generator.bytes(1 << 20)),
            ("with\u{0}zero", [1]), ("with", [2]), (String(repeating: "k", count: 1024), [3]),
        ]
        for (key, bytes) in values {
            try await fixture.store.commit(StoreBatch(mutations: [.put(StoreKey(key), bytes)]))
        }
        var store = fixture.store
        for isReopened in [false, true] {
            if isReopened { store = try await fixture.reopen(store) }
            for (key, bytes) in values {
                let isEqual = try await store.read(StoreKey(key))?.bytes == bytes
                #expect(isEqual, "the value of \(key.prefix(20))")
            }
            #expect(try await store.read(everything, limit: nil).entries.count == values.count)
        }
    }

    func reopeningKeepsEverything(_ fixture: Fixture) async throws {
        for number in 0..<20 { try await fixture.store.put("key/\(number % 7)", "\(number)") }
        try await fixture.store.commit(StoreBatch(mutations: [.delete(StoreKey("key/3"))]))
        let before = try await fixture.store.read(everything, limit: nil)
        var store = try await fixture.reopen(fixture.store)
        #expect(try await store.read(everything, limit: nil) == before)
        #expect(try await store.put("later", "") == StoreRevision(22))
        store = try await fixture.reopen(store)
        let page = try await store.read(everything, limit: nil)
        #expect(page.revision == StoreRevision(22))
        #expect(page.entries.dropLast() == before.entries[...])
        #expect(page.entries.last?.key == StoreKey("later"))
    }
}
