// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A bounded queue of events between a runtime and one subscriber of ``ContainerRuntime/events(owner:)``,
/// with the policy that the port asks for: when it is full, everything in it gives way to one
/// ``RuntimeEvent/synchronised``, upon which the subscriber takes an inventory.
package final class RuntimeEventBuffer: Sendable {
    private struct State {
        var events: [RuntimeEvent] = [.synchronised]
        var failure: RuntimeError?
        var isFinished = false
    }

    private enum Next {
        case event(RuntimeEvent)
        case end(RuntimeError?)
        case wait
    }

    private let capacity: Int
    private let state = Mutex(State())
    private let wake: AsyncStream<Void>
    private let wakeContinuation: AsyncStream<Void>.Continuation

    /// Creates a queue that holds ``RuntimeEvent/synchronised``.
    /// - Parameter capacity: How many events may wait, at least 1.
    package init(capacity: Int = 1024) {
        precondition(capacity > 0, "an event buffer holds at least one event")
        self.capacity = capacity
        (wake, wakeContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Adds an event; after ``finish(throwing:)`` it is ignored.
    package func append(_ event: RuntimeEvent) {
        state.withLock { state in
            guard !state.isFinished else { return }
            if state.events.count >= capacity {
                state.events = [.synchronised]
            } else {
                state.events.append(event)
            }
        }
        wakeContinuation.yield()
    }

    /// Ends the stream after what is in the queue.
    package func finish(throwing error: RuntimeError?) {
        state.withLock { state in
            guard !state.isFinished else { return }
            state.isFinished = true
            state.failure = error
        }
        wakeContinuation.yield()
    }

    /// The queue as the stream of its only subscriber. The stream owns the queue: hold the queue weakly and
    /// forget it when it is gone.
    package func stream() -> AsyncThrowingStream<RuntimeEvent, any Error> {
        AsyncThrowingStream(unfolding: { try await self.next() })
    }

    private func next() async throws -> RuntimeEvent? {
        while true {
            let next: Next = state.withLock { state in
                if !state.events.isEmpty { return .event(state.events.removeFirst()) }
                return state.isFinished ? .end(state.failure) : .wait
            }
            switch next {
            case .event(let event): return event
            case .end(nil): return nil
            case .end(let error?): throw error
            case .wait:
                var iterator = wake.makeAsyncIterator()
                guard await iterator.next() != nil else { return nil }
            }
        }
    }
}
