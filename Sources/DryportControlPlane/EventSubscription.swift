// SPDX-License-Identifier: Apache-2.0

public import DryportControlPlaneCore
import DryportModel
import Synchronization

/// What a subscriber of ``ControlPlane/events(capacity:)`` gets.
public enum EventDelivery: Sendable, Hashable {
    /// An event. What it tells is durable.
    case event(EventEnvelope)
    /// The subscriber was too slow: this many events before the next one were dropped.
    case lost(Int)
}

/// The events of a control plane, as they happen, in the order in which they became durable.
///
/// Memory is bounded: a subscriber that falls further behind than its capacity loses the oldest events that it has not
/// taken, and is told how many. The control plane never waits for a subscriber. The sequence ends with the control
/// plane; it is meant for one consumer.
public struct EventSubscription: AsyncSequence, Sendable {
    /// What it yields.
    public typealias Element = EventDelivery

    fileprivate let stream: AsyncStream<EventEnvelope>
    fileprivate let losses: LossCounter

    /// Goes through the events.
    public func makeAsyncIterator() -> Iterator {
        Iterator(iterator: stream.makeAsyncIterator(), losses: losses)
    }

    /// Goes through the events.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var iterator: AsyncStream<EventEnvelope>.AsyncIterator
        fileprivate let losses: LossCounter
        private var held: EventEnvelope?

        fileprivate init(iterator: AsyncStream<EventEnvelope>.AsyncIterator, losses: LossCounter) {
            self.iterator = iterator
            self.losses = losses
        }

        /// The next delivery; nil when the control plane has ended.
        public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async -> EventDelivery? {
            if let event = held {
                held = nil
                return .event(event)
            }
            let event = await iterator.next(isolation: actor)
            // What was dropped came before everything that is still in the buffer.
            let lost = losses.take()
            guard lost > 0 else { return event.map { .event($0) } }
            held = event
            return .lost(lost)
        }
    }
}

private final class LossCounter: Sendable {
    private let count = Mutex(0)

    func add() { count.withLock { $0 += 1 } }

    func take() -> Int {
        count.withLock { count in
            defer { count = 0 }
            return count
        }
    }
}

/// Passes events on to whoever subscribed.
final class EventHub: Sendable {
    private struct Subscriber {
        var continuation: AsyncStream<EventEnvelope>.Continuation
        var losses: LossCounter
    }

    private struct State {
        var subscribers: [Int: Subscriber] = [:]
        var lastNumber = 0
        var isFinished = false
    }

    private let state = Mutex(State())

    var hasSubscribers: Bool { state.withLock { !$0.subscribers.isEmpty } }

    /// - Parameter changed: Called after somebody has come or gone.
    func subscribe(capacity: Int, changed: @escaping @Sendable () -> Void) -> EventSubscription {
        let (stream, continuation) = AsyncStream.makeStream(
            of: EventEnvelope.self, bufferingPolicy: .bufferingNewest(capacity))
        let losses = LossCounter()
        let number: Int? = state.withLock { state in
            guard !state.isFinished else { return nil }
            state.lastNumber += 1
            state.subscribers[state.lastNumber] = Subscriber(continuation: continuation, losses: losses)
            return state.lastNumber
        }
        if let number {
            changed()
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { state in _ = state.subscribers.removeValue(forKey: number) }
                changed()
            }
        } else {
            continuation.finish()
        }
        return EventSubscription(stream: stream, losses: losses)
    }

    func publish(_ events: [EventEnvelope]) {
        guard !events.isEmpty else { return }
        let subscribers = state.withLock { Array($0.subscribers.values) }
        for subscriber in subscribers {
            for event in events {
                if case .dropped = subscriber.continuation.yield(event) { subscriber.losses.add() }
            }
        }
    }

    func finish() {
        let subscribers = state.withLock { state in
            state.isFinished = true
            return Array(state.subscribers.values)
        }
        for subscriber in subscribers { subscriber.continuation.finish() }
    }
}

@available(*, unavailable, message: "an iterator belongs to one consumer")
extension EventSubscription.Iterator: Sendable {}
