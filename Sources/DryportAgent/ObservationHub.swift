// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import Synchronization

/// Passes observations on to whoever asked for them.
final class ObservationHub: Sendable {
    private struct State {
        var subscribers: [Int: AsyncStream<AgentObservation>.Continuation] = [:]
        var nextNumber = 0
        var isFinished = false
    }

    private let state = Mutex(State())

    /// A new stream. A subscriber that falls more than 1,024 observations behind loses the oldest.
    func subscribe() -> AsyncStream<AgentObservation> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: AgentObservation.self, bufferingPolicy: .bufferingNewest(1024))
        let number: Int? = state.withLock { state in
            guard !state.isFinished else { return nil }
            state.nextNumber += 1
            state.subscribers[state.nextNumber] = continuation
            return state.nextNumber
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { state in _ = state.subscribers.removeValue(forKey: number) }
        }
        return stream
    }

    func publish(_ observations: [AgentObservation]) {
        guard !observations.isEmpty else { return }
        let subscribers = state.withLock { Array($0.subscribers.values) }
        for subscriber in subscribers {
            for observation in observations { subscriber.yield(observation) }
        }
    }

    func finish() {
        let subscribers = state.withLock { state in
            state.isFinished = true
            defer { state.subscribers = [:] }
            return Array(state.subscribers.values)
        }
        for subscriber in subscribers { subscriber.finish() }
    }
}
