// SPDX-License-Identifier: Apache-2.0

import DryportStore
import Foundation
import GRDB
import Logging
import Synchronization
import Testing

@testable import DryportStoreSQLite

/// What an acknowledgement is worth, and what failures leave behind.
@Suite struct SQLiteStoreDurabilityTests {
    private let directory: TemporaryDirectory
    private let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("store.sqlite")
    }

    private func open(
        _ path: String, configuration: SQLiteStore.Configuration = SQLiteStore.Configuration()
    ) async throws(StoreError) -> SQLiteStore {
        try await SQLiteStore.open(path: path, configuration: configuration, logger: Logger(label: "test"))
    }

    private func put(_ key: String, _ bytes: [UInt8] = []) -> StoreBatch {
        StoreBatch(mutations: [.put(StoreKey(key), bytes)])
    }

    @Test func theLogIsFlushedAtEachCommit() async throws {
        let store = try await open(path)
        let settings = try await store.withWriter { db in
            (try String.fetchOne(db, sql: "PRAGMA journal_mode"), try Int.fetchOne(db, sql: "PRAGMA synchronous"))
        }
        #expect(settings.0 == "wal")
        #expect(settings.1 == 2, "2 is FULL")
        await store.close()
    }

    /// Goal: what was acknowledged survives the end of the process at any moment. Method: while commits go on,
    /// copy the files as a crash would leave them, open the copy, look for everything acknowledged before.
    /// The copies are of one moment as far as it matters: the database does not change until the log reaches
    /// the bound for checkpoints, which it does not here, and the log's torn end is what a crash leaves as well.
    @Test func whatIsAcknowledgedIsInTheFiles() async throws {
        let store = try await open(path)
        let acknowledged = Numbers()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for step in 0..<40 {
                        let number = worker * 40 + step
                        try await store.commit(put("key/\(number)", Array("\(number)".utf8)))
                        acknowledged.append(number)
                    }
                }
            }
            for attempt in 0..<5 {
                while acknowledged.all.count < (attempt + 1) * 60 { await Task.yield() }
                let promised = acknowledged.all
                let copy = directory.file("copy-\(attempt).sqlite")
                for suffix in ["-wal", ""] {
                    try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
                }
                let survivor = try await open(copy)
                let page = try await survivor.read(StoreKey.prefix("key/"), limit: nil)
                let found = Set(page.entries.map(\.key.text))
                for number in promised { #expect(found.contains("key/\(number)"), "attempt \(attempt)") }
                #expect(page.revision == StoreRevision(Int64(page.entries.count)), "a part of a batch is there")
                await survivor.close()
            }
            try await group.waitForAll()
        }
        await store.close()
    }

    @Test func concurrentCommitsShareFlushes() async throws {
        let store = try await open(path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<500 { group.addTask { try await store.commit(put("key/\(number)")) } }
            try await group.waitForAll()
        }
        let statistics = store.statistics
        #expect(statistics.commits == 500)
        #expect(statistics.groups < 500)
        #expect(statistics.largestGroup > 1)
        #expect(statistics.conflicts == 0 && statistics.failures == 0)
        #expect(statistics.bytes == (0..<500).reduce(0) { $0 + "key/\($1)".utf8.count })
        await store.close()
    }

    @Test func groupsKeepTheirBounds() async throws {
        var configuration = SQLiteStore.Configuration()
        configuration.maximumGroupCount = 7
        let store = try await open(path, configuration: configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 { group.addTask { try await store.commit(put("key/\(number)")) } }
            try await group.waitForAll()
        }
        #expect(store.statistics.largestGroup <= 7)
        #expect(store.statistics.groups >= 100 / 7)
        await store.close()
    }

    /// One caller's commits, each awaited, are one group each; batches without mutations are none.
    @Test func statisticsCountWhatHappened() async throws {
        let store = try await open(path)
        for _ in 0..<3 { try await store.commit(put("a", [1, 2, 3])) }
        try await store.commit(StoreBatch())
        await #expect(throws: StoreError.self) {
            try await store.commit(
                StoreBatch(comparisons: [.absent(StoreKey("a"))], mutations: [.delete(StoreKey("a"))]))
        }
        let statistics = store.statistics
        #expect(statistics.commits == 3 && statistics.groups == 3 && statistics.largestGroup == 1)
        #expect(statistics.conflicts == 1 && statistics.failures == 0 && statistics.bytes == 12)
        await store.close()
    }

    @Test func aFullDiskFailsWhatDoesNotFitAndNothingElse() async throws {
        let store = try await open(path)
        try await store.commit(put("before", [1]))
        let stream = store.watch(StoreKey("a")..<StoreKey("z"), after: StoreRevision(1))
        let limit = try await store.withWriter { db in
            let count = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            return try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(count + 4)")
        }
        #expect(limit != nil)
        let large = StoreBatch(mutations: [
            .put(StoreKey("before"), [2]), .put(StoreKey("large"), [UInt8](repeating: 1, count: 1 << 20)),
        ])
        // Together with small ones, which share its group and must not share its fate.
        let failures = await withTaskGroup(of: StoreError?.self) { group in
            for number in 0..<20 {
                group.addTask {
                    do throws(StoreError) {
                        try await store.commit(number == 10 ? large : put("key/\(number)"))
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: [StoreError]()) { if let error = $1 { $0.append(error) } }
        }
        #expect(failures.map(\.code) == [.unavailable])
        #expect(failures.first?.message.contains("full") == true)
        #expect(try await store.read(StoreKey("before"))?.bytes == [1], "a part of the failed batch is visible")
        #expect(try await store.read(StoreKey("large")) == nil)
        _ = try await store.withWriter { try Int.fetchOne($0, sql: "PRAGMA max_page_count = 1073741823") }
        let last = try await store.commit(large)
        #expect(last == StoreRevision(21), "the failed batch used a revision")
        var seen: [StoreRevision] = []
        for try await change in stream {
            seen.append(change.revision)
            if change.revision == last, change.mutation.key == StoreKey("large") { break }
        }
        #expect(seen.map(\.number) == Array(2...21) + [21])
        #expect(store.statistics.failures == 1)
        await store.close()
    }

    /// A flush that fails leaves the truth on the disk unknown, so the store stops until it is opened again.
    @Test func aFailedFlushStopsTheStore() async throws {
        let store = try await open(path)
        try await store.commit(put("before"))
        let stream = store.watch(StoreKey("a")..<StoreKey("z"), after: StoreRevision(1))
        try await store.withWriter { $0.add(transactionObserver: FailingFlush(), extent: .databaseLifetime) }
        let codes = await withTaskGroup(of: StoreError.Code?.self) { group in
            for number in 0..<20 { group.addTask { await code { try await store.commit(put("key/\(number)")) } } }
            return await group.reduce(into: [StoreError.Code?]()) { $0.append($1) }
        }
        #expect(codes.allSatisfy { $0 == .unavailable })
        #expect(await code { try await store.read(StoreKey("before")) } == .unavailable)
        #expect(await code { try await store.commit(StoreBatch()) } == .unavailable)
        #expect(await code { for try await _ in stream {} } == .unavailable)
        #expect(store.statistics.groups == 1)
        await store.close()
        #expect(await code { try await store.read(StoreKey("before")) } == .closed)
        let again = try await open(path)
        #expect(try await again.read(StoreKey("before")) != nil)
        #expect(try await again.commit(put("after")) == StoreRevision(2))
        await again.close()
    }

    @Test func closingEndsCallsAndWatches() async throws {
        let store = try await open(path)
        let stream = store.watch(StoreKey("a")..<StoreKey("z"), after: StoreRevision(0))
        let codes = await withTaskGroup(of: StoreError.Code?.self) { group in
            for number in 0..<50 { group.addTask { await code { try await store.commit(put("key/\(number)")) } } }
            group.addTask {
                await store.close()
                return nil
            }
            return await group.reduce(into: [StoreError.Code?]()) { $0.append($1) }
        }
        await store.close()
        #expect(codes.allSatisfy { $0 == nil || $0 == .closed })
        #expect(await code { try await store.read(StoreKey("a")) } == .closed)
        #expect(await code { try await store.read(StoreKey.prefix("key/"), limit: 1) } == .closed)
        #expect(await code { for try await _ in stream {} } == .closed)
        #expect(
            await code { for try await _ in store.watch(StoreKey.prefix("a/"), after: StoreRevision(0)) {} } == .closed)
        let again = try await open(path)
        let count = try await again.read(StoreKey.prefix("key/"), limit: nil).entries.count
        #expect(count == codes.count { $0 == nil } - 1, "what was acknowledged is there, and nothing else")
        await again.close()
    }

    @Test func aCancelledCallerDoesNotCancelItsCommit() async throws {
        let store = try await open(path)
        let task = Task { try await store.commit(put("a")) }
        task.cancel()
        #expect(try await task.value == StoreRevision(1))
        #expect(try await store.read(StoreKey("a")) != nil)
        await store.close()
    }

    private func code(_ call: () async throws -> some Any) async -> StoreError.Code? {
        do {
            _ = try await call()
            return nil
        } catch {
            return (error as? StoreError)?.code
        }
    }
}

/// Numbers that several tasks collect.
private final class Numbers: Sendable {
    private let numbers = Mutex<[Int]>([])

    func append(_ number: Int) { numbers.withLock { $0.append(number) } }

    var all: [Int] { numbers.withLock { $0 } }
}

/// Makes each commit fail as the disk would make it fail.
private final class FailingFlush: TransactionObserver {
    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseWillCommit() throws { throw DatabaseError(resultCode: .SQLITE_IOERR, message: "no flush") }
    func databaseDidCommit(_ db: Database) {}
    func databaseDidRollback(_ db: Database) {}
}
