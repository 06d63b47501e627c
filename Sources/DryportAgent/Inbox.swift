// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import Synchronization

/// The one queue through which everything reaches the agent's machine.
///
/// It needs no bound of its own: each session and each watch waits until its event has been dealt with before it
/// reads on, and every other producer brings one event and ends. The number of those is the number of operations
/// and calls under way, which the machine bounds.
final class Inbox: Sendable {
    /// An event, and who waits for it to be dealt with.
    struct Item: Sendable {
        var event: AgentEvent
        var sender: CheckedContinuation<Void, Never>?
    }

    private struct State {
        var items: [Item] = []
        var reader: CheckedContinuation<Item?, Never>?
        var isClosed = false
        var watchers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Adds an event; nothing happens if the inbox is closed.
    func post(_ event: AgentEvent) { put(Item(event: event)) }

    /// Adds an event and waits until it has been dealt with, or the inbox is closed.
    func deliver(_ event: AgentEvent) async {
        await withCheckedContinuation { put(Item(event: event, sender: $0)) }
    }

    private func put(_ item: Item) {
        let (reader, isClosed) = state.withLock { state -> (CheckedContinuation<Item?, Never>?, Bool) in
            if state.isClosed { return (nil, true) }
            guard let reader = state.reader else {
                state.items.append(item)
                return (nil, false)
            }
            state.reader = nil
            return (reader, false)
        }
        if isClosed { item.sender?.resume() }
        reader?.resume(returning: item)
    }

    /// The next event; nil once the inbox is closed. For one reader. The reader resumes `sender` when it is done.
    func next() async -> Item? {
        await withCheckedContinuation { continuation in
            let (item, isReady) = state.withLock { state -> (Item?, Bool) in
                if state.isClosed { return (nil, true) }
                guard state.items.isEmpty else { return (state.items.removeFirst(), true) }
                precondition(state.reader == nil, "an inbox has one reader")
                state.reader = continuation
                return (nil, false)
            }
            if isReady { continuation.resume(returning: item) }
        }
    }

    /// Returns when the inbox is closed, or the task is cancelled.
    func closed() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isClosed || Task.isCancelled { return true }
                    state.watchers.append(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let watchers = state.withLock { state in
                defer { state.watchers = [] }
                return state.watchers
            }
            for watcher in watchers { watcher.resume() }
        }
    }

    /// Ends the reading; events that were not read are dropped, as in a crash.
    func close() {
        let old = state.withLock { state in
            defer { state = State(isClosed: true) }
            return state
        }
        for item in old.items { item.sender?.resume() }
        for watcher in old.watchers { watcher.resume() }
        old.reader?.resume(returning: nil)
    }
}
