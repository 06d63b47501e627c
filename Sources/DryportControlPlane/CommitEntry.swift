// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportStore
import Synchronization

/// One output of the machine on its way to the store, and the promise that it becomes durable. One waits, one fulfils.
final class CommitEntry: Sendable {
    private enum State {
        case open
        case waiting(CheckedContinuation<Result<Void, APIError>, Never>)
        case done(Result<Void, APIError>)
    }

    let output: ControlPlaneOutput
    let events: [EventEnvelope]
    private let state = Mutex(State.open)
    private let encoded = Mutex<[StoreMutation]?>(nil)

    init(output: ControlPlaneOutput, events: [EventEnvelope]) {
        self.output = output
        self.events = events
    }

    // MARK: The caller

    /// Encodes what changes, so that callers do it side by side and not the commit loop one after another, and waits
    /// until it is durable. Not cancellable: what was decided will be committed or fail, and the caller must learn which.
    func commit() async throws(APIError) {
        _ = mutations()
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

    // MARK: The commit loop

    /// Everything that the entries change, each key once, with its last value.
    static func mutations(of entries: [CommitEntry]) -> [StoreMutation] {
        var position: [StoreKey: Int] = [:]
        var last: [StoreMutation?] = []
        for mutation in entries.lazy.flatMap({ $0.mutations() }) {
            if let earlier = position.updateValue(last.count, forKey: mutation.key) { last[earlier] = nil }
            last.append(mutation)
        }
        return last.compactMap { $0 }
    }

    func succeed() { finish(.success(())) }

    func fail(_ error: APIError) { finish(.failure(error)) }

    private func mutations() -> [StoreMutation] {
        encoded.withLock { encoded in
            if let encoded { return encoded }
            let mutations = output.changes.map { change -> StoreMutation in
                switch change {
                case .put(let record): .put(StoreKey(record.key), record.encoded())
                case .delete(let key): .delete(StoreKey(key))
                }
            }
            encoded = mutations
            return mutations
        }
    }

    private func finish(_ result: Result<Void, APIError>) {
        let waiting: CheckedContinuation<Result<Void, APIError>, Never>? = state.withLock { state in
            defer { state = .done(result) }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        waiting?.resume(returning: result)
    }
}
