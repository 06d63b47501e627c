// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import Synchronization

/// The promise that something becomes durable. One waits, one fulfils.
final class Ticket: Sendable {
    private enum State {
        case open
        case waiting(CheckedContinuation<Result<Void, APIError>, Never>)
        case done(Result<Void, APIError>)
    }

    private let state = Mutex(State.open)

    /// Waits until it is fulfilled. Not cancellable: what was decided will be committed or fail, and the caller
    /// must learn which.
    func value() async throws(APIError) {
        let result = await withCheckedContinuation { continuation in
            let done: Result<Void, APIError>? = state.withLock { state in
                if case .done(let result) = state { return result }
                state = .waiting(continuation)
                return nil
            }
            if let done { continuation.resume(returning: done) }
        }
        try result.get()
    }

    func succeed() { finish(.success(())) }

    func fail(_ error: APIError) { finish(.failure(error)) }

    private func finish(_ result: Result<Void, APIError>) {
        let waiting: CheckedContinuation<Result<Void, APIError>, Never>? = state.withLock { state in
            defer { state = .done(result) }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        waiting?.resume(returning: result)
    }
}
