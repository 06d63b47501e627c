// SPDX-License-Identifier: Apache-2.0

import DryportTransport
import Synchronization

/// One direction of a session inside a process: a bounded queue whose senders wait while it is full.
final class MessageLane: Sendable {
    /// How a lane ended, seen from its receiver.
    struct End: Sendable {
        var code: UInt16
        var reason: String
        /// The receiver itself ended the session.
        var isLocal: Bool

        /// Whether the receiver's messages end without an error.
        var isQuiet: Bool { isLocal || code == 1000 || code == 1001 || code == 1005 }

        var error: TransportError {
            let detail = reason.isEmpty ? "" : ": \(reason)"
            return TransportError(
                code: .closed, message: "the session ended with code \(code)\(detail)", closeCode: code)
        }
    }

    private struct State {
        var messages: [String] = []
        var end: End?
        var receiver: CheckedContinuation<Void, Never>?
        var senders: [CheckedContinuation<Void, Never>] = []
    }

    private enum Attempt<Value> {
        case done(Value)
        case mustWait
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) {
        self.capacity = capacity
    }

    var end: End? { state.withLock { $0.end } }

    /// Adds a message, waiting for room.
    /// - Returns: nil, or how the session ended before there was room.
    func send(_ message: String) async -> End? {
        while true {
            let (attempt, receiver) = state.withLock { state -> (Attempt<End?>, CheckedContinuation<Void, Never>?) in
                if let end = state.end { return (.done(end), nil) }
                guard state.messages.count < capacity else { return (.mustWait, nil) }
                state.messages.append(message)
                defer { state.receiver = nil }
                return (.done(nil), state.receiver)
            }
            receiver?.resume()
            if case .done(let end) = attempt { return end }
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.end != nil || state.messages.count < capacity { return true }
                    state.senders.append(continuation)
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    /// Takes the next message, waiting for one.
    /// - Returns: nil at the end of the lane, or if the task is cancelled.
    /// - Precondition: No other task is waiting.
    func next() async -> String? {
        while !Task.isCancelled {
            let (attempt, sender) = state.withLock { state -> (Attempt<String?>, CheckedContinuation<Void, Never>?) in
                guard !state.messages.isEmpty else { return (state.end == nil ? .mustWait : .done(nil), nil) }
                let message = state.messages.removeFirst()
                return (.done(message), state.senders.isEmpty ? nil : state.senders.removeFirst())
            }
            sender?.resume()
            if case .done(let message) = attempt { return message }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isReady = state.withLock { state in
                        if !state.messages.isEmpty || state.end != nil || Task.isCancelled { return true }
                        precondition(state.receiver == nil, "the messages of a session are for one task only")
                        state.receiver = continuation
                        return false
                    }
                    if isReady { continuation.resume() }
                }
            } onCancel: {
                takeReceiver()?.resume()
            }
        }
        return nil
    }

    /// Ends the lane; what waits in it can still be received. Only the first call has an effect.
    func finish(_ end: End) {
        let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard state.end == nil else { return [] }
            state.end = end
            var waiting = state.senders
            if let receiver = state.receiver { waiting.append(receiver) }
            state.senders = []
            state.receiver = nil
            return waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private func takeReceiver() -> CheckedContinuation<Void, Never>? {
        state.withLock { state in
            defer { state.receiver = nil }
            return state.receiver
        }
    }
}
