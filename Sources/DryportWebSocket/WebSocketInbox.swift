// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// The queue between a connection's event loop and the task that consumes its messages.
///
/// One lock and no task of its own: an idle connection costs one suspended continuation.
final class WebSocketInbox: Sendable {
    private struct State {
        var messages = CircularBuffer<String>()
        var bytes = 0
        /// The producer was told to stop and has not been told to go on.
        var isPaused = false
        var closure: WebSocketClosure?
        var consumer: CheckedContinuation<String?, Never>?
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: At how many bytes of waiting messages the producer has to stop.
    init(limit: Int) {
        self.limit = limit
    }

    /// How the connection ended; nil while it has not.
    var closure: WebSocketClosure? { state.withLock { $0.closure } }

    /// Adds a message.
    /// - Returns: Whether the producer may go on at once; otherwise it is told later, by `resume` of ``next(resume:)``.
    func offer(_ message: String) -> Bool {
        let (consumer, mayContinue) = state.withLock { state -> (CheckedContinuation<String?, Never>?, Bool) in
            guard state.closure == nil else { return (nil, true) }
            if let consumer = state.consumer {
                state.consumer = nil
                return (consumer, true)
            }
            state.messages.append(message)
            state.bytes += message.utf8.count
            if state.bytes >= limit { state.isPaused = true }
            return (nil, !state.isPaused)
        }
        consumer?.resume(returning: message)
        return mayContinue
    }

    /// Ends the queue. What waits in it can still be taken out. Only the first call has an effect.
    func finish(_ closure: WebSocketClosure) {
        let consumer = state.withLock { state -> CheckedContinuation<String?, Never>? in
            guard state.closure == nil else { return nil }
            state.closure = closure
            defer { state.consumer = nil }
            return state.consumer
        }
        consumer?.resume(returning: nil)
    }

    /// Takes the next message out, waiting for one if need be.
    /// - Parameter resume: Called if the producer had to stop and may go on now.
    /// - Returns: nil at the end of the queue, or if the task is cancelled.
    /// - Precondition: No other task is waiting.
    func next(resume: () -> Void) async -> String? {
        if Task.isCancelled { return nil }
        let (message, mayResume) = state.withLock { take(from: &$0) }
        if mayResume { resume() }
        if let message { return message }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // A message may have come since; and a cancellation that came since found no consumer to wake.
                var mayResume = false
                let result = state.withLock { state -> String?? in
                    if Task.isCancelled { return .some(nil) }
                    let message: String?
                    (message, mayResume) = take(from: &state)
                    if message != nil || state.closure != nil { return .some(message) }
                    precondition(state.consumer == nil, "the messages of a connection are for one task only")
                    state.consumer = continuation
                    return nil
                }
                if mayResume { resume() }
                if let result { continuation.resume(returning: result) }
            }
        } onCancel: {
            let consumer = state.withLock { state -> CheckedContinuation<String?, Never>? in
                defer { state.consumer = nil }
                return state.consumer
            }
            consumer?.resume(returning: nil)
        }
    }

    private func take(from state: inout State) -> (message: String?, mayResume: Bool) {
        guard let message = state.messages.popFirst() else { return (nil, false) }
        state.bytes -= message.utf8.count
        // Half-way down, so that reading goes on in long runs and not message by message.
        guard state.isPaused, state.bytes <= limit / 2 else { return (message, false) }
        state.isPaused = false
        return (message, true)
    }
}
