// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A value that comes once, and that any number of tasks may wait for. A failure may follow it.
final class Announcement<Value: Sendable, Failure: Error>: Sendable {
    private struct State {
        var result: Result<Value, Failure>?
        var waiting: [Int: CheckedContinuation<Value, any Error>] = [:]
        var lastID = 0
    }

    private let state = Mutex(State())

    /// The value, as soon as there is one.
    /// - Throws: The failure, or `CancellationError`.
    var value: Value {
        get async throws {
            let id = state.withLock { state in
                state.lastID += 1
                return state.lastID
            }
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    let result: Result<Value, any Error>? = state.withLock { state in
                        if let result = state.result { return result.mapError { $0 } }
                        if Task.isCancelled { return .failure(CancellationError()) }
                        state.waiting[id] = continuation
                        return nil
                    }
                    if let result { continuation.resume(with: result) }
                }
            } onCancel: {
                state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(throwing: CancellationError())
            }
        }
    }

    func succeed(_ value: Value) { finish(.success(value)) }

    func fail(_ error: Failure) { finish(.failure(error)) }

    private func finish(_ result: Result<Value, Failure>) {
        let waiting = state.withLock { state in
            state.result = result
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume(with: result) }
    }
}
