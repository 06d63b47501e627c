// SPDX-License-Identifier: Apache-2.0

import Dispatch
public import DryportStore
import GRDB
public import Logging
import Synchronization

/// The embedded default: a store in one SQLite file.
///
/// - **Durable.** The file is in WAL mode with `synchronous=FULL`: SQLite flushes the write-ahead log to the
///   disk before a commit returns.
/// - **Grouped.** Commits that arrive while a flush is under way wait, then share one transaction and one
///   flush, in the order of their arrival. Each batch is checked against the state that those before it leave,
///   so a conflict fails its own batch only.
/// - **Exclusive.** A lock file beside the database, held with `flock`, keeps other processes, and other
///   stores of this process, out. The kernel releases it when the process ends, however it ends.
/// - **Fail-stop.** If flushing fails, nobody knows what is on the disk. The commits concerned and everything
///   after them throw `unavailable`, and watchers end with it, until the file is opened again, which reads what
///   the disk really holds.
///   A full disk is no such case: it fails the batches that did not fit and leaves the store in use.
///
/// All file work happens on the queues of the database, never on the threads of Swift's tasks. Cancelling the
/// caller of ``commit(_:)`` has no effect on a commit that has begun.
public final class SQLiteStore: StateStore, Sendable {
    private let pool: DatabasePool
    private let path: String
    private let lock: StoreLock
    private let gate = Gate()
    private let feed: ChangeFeed
    private let committer: GroupCommitter
    private let logger: Logger
    private let closing = Mutex<Task<Void, Never>?>(nil)

    private init(_ opened: OpenedDatabase, lock: StoreLock, configuration: Configuration, logger: Logger) {
        pool = opened.pool
        path = opened.pool.path
        self.lock = lock
        self.logger = logger
        feed = ChangeFeed(
            revision: opened.revision, bufferSize: configuration.watchBuffer,
            replayCount: configuration.replayChanges, replayBytes: configuration.replayBytes)
        committer = GroupCommitter(
            pool: pool, gate: gate, feed: feed, revision: opened.revision, configuration: configuration,
            logger: logger)
    }

    /// Opens a store, and creates it if there is none.
    ///
    /// A missing directory is created for its owner only (mode 0700), and so is the file (mode 0600), whose
    /// permissions are narrowed to that if they are wider.
    /// - Parameters:
    ///   - path: The file. Beside it lie `…-wal`, `…-shm` and `….lock`, which belong to it; a copy of the
    ///     store must have the first of them too.
    ///   - configuration: Sizes and limits.
    ///   - logger: Gets the opening, the closing and failures, never a key or a value.
    /// - Throws: ``StoreError`` with code `invalidLocation` if the place cannot be written or is in use,
    ///   `corrupted` if the file is not a database or is damaged, `unavailable` if the disk fails or is full.
    public static func open(
        path: String, configuration: Configuration = Configuration(), logger: Logger
    ) async throws(StoreError) -> SQLiteStore {
        let result = await offPool { () throws(StoreError) in
            let location = try StoreLocation.prepare(path)
            try OpenedDatabase.checkOwner(of: location.path)
            if try location.makePrivate() {
                logger.info("store file was accessible to others, made private", metadata: ["store.path": "\(path)"])
            }
            let opened = try OpenedDatabase.open(location.path, configuration: configuration)
            return SQLiteStore(opened, lock: location.lock, configuration: configuration, logger: logger)
        }
        let store = try result.get()
        logger.debug(
            "store opened",
            metadata: ["store.path": "\(store.path)", "store.revision": "\(store.committer.revision)"])
        return store
    }

    /// Closes the store after the calls in progress have ended. Later calls throw `closed`, watchers end with it.
    /// Further calls wait for the first. A store that is released without it is closed as well, at some later time.
    public func close() async {
        let task = closing.withLock { closing in
            let task = closing ?? Task { await closeOnce() }
            closing = task
            return task
        }
        await task.value
    }

    private func closeOnce() async {
        let closed = StoreError(code: .closed, message: "the store \(path) was closed")
        gate.refuse(with: closed)
        await gate.idle()
        feed.finish(throwing: closed)
        let result = await Self.offPool { [self] () throws(StoreError) in
            do {
                // Readers do not do it when they close last, and a closed store should be one file. If it fails,
                // the log stays and is read again.
                _ = try? pool.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
                try pool.close()
            } catch {
                throw StoreError(sqlite: error, path: path, doing: "closing")
            }
            lock.release()
        }
        if case .failure(let error) = result {
            logger.info("store could not be closed", metadata: ["store.path": "\(path)", "error": "\(error)"])
        } else {
            logger.debug("store closed", metadata: ["store.path": "\(path)"])
        }
    }

    // MARK: StateStore

    /// Reads one key.
    public func read(_ key: StoreKey) async throws(StoreError) -> StoredValue? {
        try await withReader { db in try EntryTable.read(key, in: db) }
    }

    /// Reads a range, all of it or a page.
    public func read(_ range: Range<StoreKey>, limit: Int?) async throws(StoreError) -> StorePage {
        precondition(limit.map { $0 > 0 } ?? true, "a page holds at least one entry")
        return try await withReader { db in try EntryTable.read(range, limit: limit, in: db) }
    }

    /// Applies a batch if its comparisons hold.
    @discardableResult
    public func commit(_ batch: StoreBatch) async throws(StoreError) -> StoreRevision {
        try gate.enter()
        defer { gate.leave() }
        return try await committer.commit(batch).get()
    }

    /// Follows the changes of a range.
    public func watch(
        _ range: Range<StoreKey>, after revision: StoreRevision
    ) -> AsyncThrowingStream<StoreChange, any Error> {
        feed.watch(range, after: revision)
    }

    // MARK: Observation

    /// What the store has done since it was opened.
    public var statistics: Statistics { committer.statistics }

    /// Runs work on the connection that commits. For tests that provoke SQLite's own failures.
    func withWriter<T: Sendable>(_ work: @Sendable (Database) throws -> T) async throws -> T {
        try await pool.writeWithoutTransaction(work)
    }

    // MARK: Parts

    private func withReader<T: Sendable>(
        _ body: @Sendable (Database) throws -> T
    ) async throws(StoreError) -> T {
        try gate.enter()
        defer { gate.leave() }
        do {
            return try await pool.read(body)
        } catch {
            throw StoreError(sqlite: error, path: path, doing: "reading")
        }
    }

    /// Runs blocking work on a thread that may block.
    private static func offPool<T: Sendable>(
        _ work: @escaping @Sendable () throws(StoreError) -> T
    ) async -> Result<T, StoreError> {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: Result(catching: work)) }
        }
    }
}
