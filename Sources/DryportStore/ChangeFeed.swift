// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The watchers of an embedded store, and the recent changes that a new watcher may still ask for.
///
/// Shared by the stores of this package that live in one process. A store calls ``announce(_:)`` before and
/// ``publish(_:upTo:)`` after each durable commit, from one place at a time and in order of revision.
///
/// Both the memory of past changes and the buffer of each watcher are bounded. Whoever needs more gets
/// ``StoreError`` with code `compacted`.
package final class ChangeFeed: Sendable {
    private struct Watcher {
        let id: UInt64
        let range: Range<StoreKey>
        let after: StoreRevision
        let continuation: AsyncThrowingStream<StoreChange, any Error>.Continuation
    }

    private struct State {
        /// The last published revision, and the last that may already be visible to readers.
        var published: StoreRevision
        var announced: StoreRevision
        /// Every change after `floor` is in `recent`, of which `recentBytes` is the size.
        var floor: StoreRevision
        var recent: [StoreChange] = []
        var recentStart = 0
        var recentBytes = 0
        /// In order of arrival, so that they are served in the same order in every run.
        var watchers: [Watcher] = []
        var nextID: UInt64 = 0
        var end: StoreError?
    }

    private let state: Mutex<State>
    private let bufferSize: Int
    private let replayCount: Int
    private let replayBytes: Int

    /// Creates a feed.
    /// - Parameters:
    ///   - revision: The revision of the store now. Earlier changes are unknown to the feed.
    ///   - bufferSize: How many changes a watcher may leave unread, at least 1.
    ///   - replayCount: How many past changes are kept for new watchers.
    ///   - replayBytes: How many bytes of keys and values are kept for new watchers.
    package init(revision: StoreRevision, bufferSize: Int, replayCount: Int, replayBytes: Int) {
        precondition(bufferSize > 0 && replayCount >= 0 && replayBytes >= 0, "the bounds of a feed are not negative")
        state = Mutex(State(published: revision, announced: revision, floor: revision))
        self.bufferSize = bufferSize
        self.replayCount = replayCount
        self.replayBytes = replayBytes
    }

    deinit {
        finish(throwing: StoreError(code: .closed, message: "the store was closed"))
    }

    /// Says that changes up to a revision may become visible to readers before they are published, or, with
    /// an earlier revision, that they did not after all.
    package func announce(_ revision: StoreRevision) {
        state.withLock { $0.announced = max(revision, $0.published) }
    }

    /// Hands changes to the watchers.
    /// - Parameters:
    ///   - changes: The changes after the last published revision, in order.
    ///   - revision: The revision of the last of them.
    /// - Complexity: O(`changes.count` × watchers) comparisons of keys.
    package func publish(_ changes: [StoreChange], upTo revision: StoreRevision) {
        let overflowed = state.withLock { state -> [Watcher] in
            state.published = revision
            state.announced = max(state.announced, revision)
            remember(changes, in: &state)
            var overflowed: [Watcher] = []
            state.watchers.removeAll { watcher in
                guard !Self.deliver(changes[...], to: watcher) else { return false }
                overflowed.append(watcher)
                return true
            }
            return overflowed
        }
        // Outside the lock, because finishing calls the watcher's termination handler, which takes it.
        for watcher in overflowed { watcher.continuation.finish(throwing: Self.fellBehind) }
    }

    /// Starts a watcher; see ``StateStore/watch(_:after:)``.
    package func watch(
        _ range: Range<StoreKey>, after revision: StoreRevision
    ) -> AsyncThrowingStream<StoreChange, any Error> {
        let (stream, continuation) = AsyncThrowingStream.makeStream(
            of: StoreChange.self, throwing: (any Error).self, bufferingPolicy: .bufferingOldest(bufferSize))
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        continuation.onTermination = { [weak self] _ in self?.remove(id) }
        let refusal = state.withLock { state -> StoreError? in
            if let end = state.end { return end }
            guard state.floor <= revision, revision <= state.announced else { return Self.notKept(revision) }
            let watcher = Watcher(id: id, range: range, after: revision, continuation: continuation)
            guard Self.deliver(state.recent[state.recentStart...], to: watcher) else { return Self.fellBehind }
            state.watchers.append(watcher)
            return nil
        }
        if let refusal { continuation.finish(throwing: refusal) }
        return stream
    }

    /// Ends every watcher, now and later, with an error.
    package func finish(throwing error: StoreError) {
        let watchers = state.withLock { state in
            state.end = state.end ?? error
            defer { state.watchers = [] }
            return state.watchers
        }
        for watcher in watchers { watcher.continuation.finish(throwing: error) }
    }

    /// How many watchers there are.
    package var watcherCount: Int { state.withLock { $0.watchers.count } }

    private func remove(_ id: UInt64) {
        // The removed watcher is released after the lock, since its release may run code of the stream.
        let removed = state.withLock { state -> Watcher? in
            guard let index = state.watchers.firstIndex(where: { $0.id == id }) else { return nil }
            return state.watchers.remove(at: index)
        }
        _ = removed
    }

    /// Gives a watcher what it wants of the changes.
    /// - Returns: false if its buffer overflowed.
    private static func deliver(_ changes: ArraySlice<StoreChange>, to watcher: Watcher) -> Bool {
        for change in changes where change.revision > watcher.after && watcher.range.contains(change.mutation.key) {
            if case .dropped = watcher.continuation.yield(change) { return false }
        }
        return true
    }

    /// Adds changes to the memory and forgets the oldest batches beyond its bounds.
    private func remember(_ changes: [StoreChange], in state: inout State) {
        state.recent.append(contentsOf: changes)
        for change in changes { state.recentBytes += change.mutation.size }
        while state.recent.count - state.recentStart > replayCount || state.recentBytes > replayBytes {
            let oldest = state.recent[state.recentStart]
            state.recentBytes -= oldest.mutation.size
            // The rest of its batch may stay in memory; `floor` keeps anyone from asking for it.
            state.floor = oldest.revision
            state.recentStart += 1
        }
        // Moving the rest only when half is stale costs O(1) per change.
        if state.recentStart > state.recent.count / 2 {
            state.recent.removeFirst(state.recentStart)
            state.recentStart = 0
        }
    }

    private static var fellBehind: StoreError {
        StoreError(
            code: .compacted,
            message: "the watcher fell behind the store's buffer: read the range again and watch from its revision")
    }

    private static func notKept(_ revision: StoreRevision) -> StoreError {
        StoreError(
            code: .compacted,
            message: "the changes after revision \(revision) are not kept: read the range again and watch from there")
    }
}

extension StoreMutation {
    /// The bytes of the key and the value, for the bounds of buffers.
    package var size: Int {
        switch self {
        case .put(let key, let bytes): key.text.utf8.count + bytes.count
        case .delete(let key): key.text.utf8.count
        }
    }
}
