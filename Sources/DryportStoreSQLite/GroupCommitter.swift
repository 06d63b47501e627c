// SPDX-License-Identifier: Apache-2.0

import DryportStore
import GRDB
import Logging
import Synchronization

/// Commits batches in groups: whatever has arrived while a flush was under way shares the next one.
///
/// The queue of waiting batches needs no bound of its own, since each of them has a caller who waits for it.
final class GroupCommitter: Sendable {
    private struct Waiting: Sendable {
        let batch: StoreBatch
        let size: Int
        let caller: CheckedContinuation<Result<StoreRevision, StoreError>, Never>
    }

    private struct State {
        var queue: [Waiting] = []
        /// Whether ``drain(_:)`` is running or about to.
        var isDraining = false
        /// The revision of the last durable batch. Only the draining thread changes it.
        var revision: StoreRevision
        /// Why nothing may be committed any more, if a flush has failed.
        var failure: StoreError?
        var statistics = SQLiteStore.Statistics()

        mutating func record(_ outcome: GroupOutcome, count: Int) {
            revision = outcome.revision
            statistics.commits += outcome.commits
            statistics.conflicts += outcome.results.count { if case .failure = $0 { true } else { false } }
            statistics.bytes += outcome.bytes
            guard outcome.isFlushing else { return }
            statistics.groups += 1
            statistics.largestGroup = max(statistics.largestGroup, count)
        }
    }

    private let pool: DatabasePool
    private let gate: Gate
    private let feed: ChangeFeed
    private let maximumCount: Int
    private let maximumBytes: Int
    private let logger: Logger
    private let state: Mutex<State>

    init(
        pool: DatabasePool, gate: Gate, feed: ChangeFeed, revision: StoreRevision,
        configuration: SQLiteStore.Configuration, logger: Logger
    ) {
        self.pool = pool
        self.gate = gate
        self.feed = feed
        self.logger = logger
        maximumCount = configuration.maximumGroupCount
        maximumBytes = configuration.maximumGroupBytes
        state = Mutex(State(revision: revision))
    }

    var revision: StoreRevision { state.withLock { $0.revision } }

    var statistics: SQLiteStore.Statistics { state.withLock { $0.statistics } }

    /// Queues a batch and waits until it is durable or has failed.
    func commit(_ batch: StoreBatch) async -> Result<StoreRevision, StoreError> {
        let size = batch.mutations.reduce(0) { $0 + $1.size }
        return await withCheckedContinuation { caller in
            let mustStart = state.withLock { state in
                state.queue.append(Waiting(batch: batch, size: size, caller: caller))
                defer { state.isDraining = true }
                return !state.isDraining
            }
            if mustStart { pool.asyncWriteWithoutTransaction { [self] db in drain(db) } }
        }
    }

    // MARK: On the writer's queue

    private func drain(_ db: Database) {
        while let group = nextGroup() { perform(group[...], in: db) }
    }

    /// Takes the longest run from the head of the queue that the bounds allow.
    private func nextGroup() -> [Waiting]? {
        state.withLock { state in
            guard !state.queue.isEmpty else {
                state.isDraining = false
                return nil
            }
            var count = 0
            var bytes = 0
            for waiting in state.queue.prefix(maximumCount) {
                bytes += waiting.size
                if bytes > maximumBytes && count > 0 { break }
                count += 1
            }
            let group = Array(state.queue.prefix(count))
            state.queue.removeFirst(count)
            return group
        }
    }

    private func perform(_ group: ArraySlice<Waiting>, in db: Database) {
        if let failure = state.withLock({ $0.failure }) {
            // A flush has failed while these waited.
            for waiting in group { waiting.caller.resume(returning: .failure(failure)) }
            return
        }
        var outcome = GroupOutcome(revision: revision)
        do {
            try write(group, into: &outcome, in: db)
        } catch {
            feed.announce(StoreRevision(0))
            if !outcome.isFlushing && group.count > 1 {
                // Nothing was written. One batch may be too large for the disk; it need not fail its neighbours.
                for index in group.indices { perform(group[index...index], in: db) }
            } else {
                fail(group, with: error, isUnknown: outcome.isFlushing)
            }
            return
        }
        state.withLock { $0.record(outcome, count: group.count) }
        feed.publish(outcome.changes, upTo: outcome.revision)
        for (waiting, result) in zip(group, outcome.results) { waiting.caller.resume(returning: result) }
    }

    private func write(_ group: ArraySlice<Waiting>, into outcome: inout GroupOutcome, in db: Database) throws {
        let before = outcome.revision
        try db.inTransaction(.immediate) {
            for waiting in group {
                if let conflict = try EntryTable.conflict(among: waiting.batch.comparisons, in: db) {
                    outcome.results.append(.failure(conflict))
                    continue
                }
                if !waiting.batch.mutations.isEmpty {
                    outcome.revision = StoreRevision(outcome.revision.number + 1)
                    try EntryTable.apply(waiting.batch.mutations, revision: outcome.revision, in: db)
                    outcome.add(waiting.batch.mutations, size: waiting.size)
                }
                outcome.results.append(.success(outcome.revision))
            }
            guard outcome.revision > before else { return .rollback }
            try EntryTable.setRevision(outcome.revision, in: db)
            feed.announce(outcome.revision)
            outcome.isFlushing = true
            return .commit
        }
    }

    private func fail(_ group: ArraySlice<Waiting>, with error: any Error, isUnknown: Bool) {
        var failure = StoreError(sqlite: error, path: pool.path, doing: "committing to")
        if failure.code == .invalidLocation { failure.code = .unavailable }
        // A full disk leaves the log without the end of the transaction, which is as good as nothing of it.
        let isFull = (error as? DatabaseError)?.resultCode == .SQLITE_FULL
        let mustStop = failure.code == .corrupted || (isUnknown && !isFull)
        if mustStop {
            failure.message += "; open the store again to see what was written"
            gate.refuse(with: failure)
            feed.finish(throwing: failure)
        }
        logger.info(
            "commit failed",
            metadata: [
                "store.path": "\(pool.path)", "store.batches": "\(group.count)", "store.stopped": "\(mustStop)",
                "error": "\(failure)",
            ])
        state.withLock { [failure] state in
            if mustStop { state.failure = failure }
            state.statistics.failures += group.count
        }
        for waiting in group { waiting.caller.resume(returning: .failure(failure)) }
    }
}

/// What a group has come to so far.
private struct GroupOutcome {
    /// The revision of the last batch.
    var revision: StoreRevision
    /// One for each batch.
    var results: [Result<StoreRevision, StoreError>] = []
    var changes: [StoreChange] = []
    var commits = 0
    var bytes = 0
    /// Whether the transaction has begun to commit. From here on it is unknown what a failure leaves behind.
    var isFlushing = false

    mutating func add(_ mutations: [StoreMutation], size: Int) {
        for mutation in mutations { changes.append(StoreChange(mutation: mutation, revision: revision)) }
        commits += 1
        bytes += size
    }
}
