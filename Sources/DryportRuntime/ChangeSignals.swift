// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Wakes everybody who waits for a change of a thing. A signal carries no news: whoever is woken looks for
/// itself, so signals may coalesce and none is lost.
package final class ChangeSignals<Key: Hashable & Sendable>: Sendable {
    private struct State {
        var lastID: UInt64 = 0
        var waiting: [Key: [UInt64: AsyncStream<Void>.Continuation]] = [:]
    }

    private let state = Mutex(State())

    /// Creates signals that nobody waits for.
    package init() {}

    /// An element at once, so that the first look happens in the loop, then one or more for every change.
    package func changes(of key: Key) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.lastID += 1
            state.waiting[key, default: [:]][state.lastID] = continuation
            return state.lastID
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { state in
                state.waiting[key]?[id] = nil
                if state.waiting[key]?.isEmpty == true { state.waiting[key] = nil }
            }
        }
        continuation.yield()
        return stream
    }

    /// Wakes those who wait for this key.
    package func signal(_ key: Key) {
        let waiting = state.withLock { Array(($0.waiting[key] ?? [:]).values) }
        for continuation in waiting { continuation.yield() }
    }

    /// Wakes everybody.
    package func signalAll() {
        let waiting = state.withLock { state in state.waiting.values.flatMap { Array($0.values) } }
        for continuation in waiting { continuation.yield() }
    }

    /// Whether anybody waits for this key.
    package func isAwaited(_ key: Key) -> Bool { state.withLock { $0.waiting[key] != nil } }
}
