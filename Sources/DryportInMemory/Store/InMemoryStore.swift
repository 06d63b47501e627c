// SPDX-License-Identifier: Apache-2.0

public import DryportStore
import Synchronization

/// A store in memory, for tests, simulations and hosts that need no durability.
///
/// "Durable" means here: part of the ``Snapshot`` from which the next store is made. ``crash()`` ends a store
/// as the end of its process would and returns that snapshot. Without concurrent callers everything it does
/// is a function of the calls made.
///
/// - Complexity: Reading and writing one key takes O(log n) comparisons; a range takes its length in addition.
public final class InMemoryStore: StateStore, Sendable {
    private struct State {
        var entries: SortedEntries
        var revision: StoreRevision
        var commitCount = 0
        var faults: [Int: [Fault]] = [:]
        var readError: StoreError?
        var end: StoreError?
    }

    private let state: Mutex<State>
    private let feed: ChangeFeed

    /// Creates a store.
    /// - Parameters:
    ///   - snapshot: What it holds at the start.
    ///   - watchBuffer: How many changes a watcher may leave unread, at least 1.
    ///   - replay: How many past changes a new watcher may ask for; at least 0.
    public init(restoring snapshot: Snapshot = .empty, watchBuffer: Int = 4096, replay: Int = 16384) {
        state = Mutex(State(entries: SortedEntries(snapshot.entries), revision: snapshot.revision))
        feed = ChangeFeed(
            revision: snapshot.revision, bufferSize: watchBuffer, replayCount: replay, replayBytes: 64 << 20)
    }

    // MARK: StateStore

    /// Reads one key.
    public func read(_ key: StoreKey) async throws(StoreError) -> StoredValue? {
        try state.withLock { state throws(StoreError) in
            try Self.checkReadable(state)
            return state.entries[key]
        }
    }

    /// Reads a range, all of it or a page.
    public func read(_ range: Range<StoreKey>, limit: Int?) async throws(StoreError) -> StorePage {
        precondition(limit.map { $0 > 0 } ?? true, "a page holds at least one entry")
        return try state.withLock { state throws(StoreError) in
            try Self.checkReadable(state)
            let (entries, isTruncated) = state.entries.page(range, limit: limit ?? .max)
            return StorePage(entries: entries, revision: state.revision, isTruncated: isTruncated)
        }
    }

    /// Applies a batch if its comparisons hold.
    @discardableResult
    public func commit(_ batch: StoreBatch) async throws(StoreError) -> StoreRevision {
        let faults = try state.withLock { state throws(StoreError) in
            if let end = state.end { throw end }
            state.commitCount += 1
            return state.faults.removeValue(forKey: state.commitCount) ?? []
        }
        for fault in faults {
            switch fault {
            case .waitBeforeApplying(let wait): await wait()
            case .failBeforeApplying: throw Self.scheduledFailure
            case .waitAfterApplying, .failAfterApplying: break
            }
        }
        let revision = try apply(batch)
        for fault in faults {
            switch fault {
            case .waitAfterApplying(let wait): await wait()
            case .failAfterApplying: throw Self.scheduledFailure
            case .waitBeforeApplying, .failBeforeApplying: break
            }
        }
        return revision
    }

    /// Follows the changes of a range.
    public func watch(
        _ range: Range<StoreKey>, after revision: StoreRevision
    ) -> AsyncThrowingStream<StoreChange, any Error> {
        feed.watch(range, after: revision)
    }

    // MARK: Faults and restarts

    /// How many commits were called, refused and failed ones included, not counting those after the end.
    public var commitCount: Int { state.withLock { $0.commitCount } }

    /// Schedules a fault.
    /// - Parameters:
    ///   - fault: What shall happen.
    ///   - number: The number of the commit, counted from 1 for the first of this store; see ``commitCount``.
    /// - Precondition: That commit has not been called yet.
    public func schedule(_ fault: Fault, forCommit number: Int) {
        state.withLock { state in
            precondition(number > state.commitCount, "commit \(number) has already been called")
            state.faults[number, default: []].append(fault)
        }
    }

    /// Makes every read throw an error until it is called again with nil.
    public func failReads(with error: StoreError?) {
        state.withLock { $0.readError = error }
    }

    /// A copy of everything that is committed.
    public func snapshot() -> Snapshot {
        state.withLock { Snapshot(entries: $0.entries.all, revision: $0.revision) }
    }

    /// Ends the store as the end of its process would: commits that still wait have not happened, every later
    /// call throws `closed`, watchers end.
    /// - Returns: What a store opened afterwards would hold.
    @discardableResult
    public func crash() -> Snapshot {
        end(StoreError(code: .closed, message: "the store crashed, as the test asked: open it from its snapshot"))
        return snapshot()
    }

    /// Closes the store. Every later call throws `closed`, watchers end. ``snapshot()`` still works.
    public func close() {
        end(StoreError(code: .closed, message: "the store was closed"))
    }

    // MARK: Parts

    private func end(_ error: StoreError) {
        let error = state.withLock { state in
            state.end = state.end ?? error
            return state.end ?? error
        }
        feed.finish(throwing: error)
    }

    private func apply(_ batch: StoreBatch) throws(StoreError) -> StoreRevision {
        try state.withLock { state throws(StoreError) in
            if let end = state.end { throw end }
            for comparison in batch.comparisons { try Self.check(comparison, in: state.entries) }
            guard !batch.mutations.isEmpty else { return state.revision }
            let revision = StoreRevision(state.revision.number + 1)
            for mutation in batch.mutations {
                switch mutation {
                case .put(let key, let bytes):
                    state.entries.set(key, to: StoredValue(bytes: bytes, revision: revision))
                case .delete(let key):
                    state.entries.remove(key)
                }
            }
            state.revision = revision
            // Inside the lock, so that batches are published in order of revision.
            feed.publish(batch.mutations.map { StoreChange(mutation: $0, revision: revision) }, upTo: revision)
            return revision
        }
    }

    private static func check(_ comparison: StoreComparison, in entries: SortedEntries) throws(StoreError) {
        switch comparison {
        case .absent(let key):
            guard let found = entries[key] else { return }
            throw StoreError(
                code: .conflict, message: "key \(key) exists since revision \(found.revision), expected to be absent")
        case .unchanged(let key, let since):
            let found = entries[key]?.revision
            guard found != since else { return }
            let state = found.map { "is of revision \($0)" } ?? "does not exist"
            throw StoreError(code: .conflict, message: "key \(key) \(state), expected revision \(since)")
        }
    }

    private static func checkReadable(_ state: State) throws(StoreError) {
        if let error = state.end ?? state.readError { throw error }
    }

    private static var scheduledFailure: StoreError {
        StoreError(code: .unavailable, message: "the commit failed, as the test asked")
    }
}
