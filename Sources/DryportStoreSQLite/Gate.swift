// SPDX-License-Identifier: Apache-2.0

import DryportStore
import Synchronization

/// Lets calls in until it refuses, and tells when the last of them has left.
///
/// GRDB requires that a pool be closed only when nobody is about to use it.
final class Gate: Sendable {
    private struct State {
        var refusal: StoreError?
        var inside = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Lets one call in; ``leave()`` must follow.
    /// - Throws: The error given to ``refuse(with:)``.
    func enter() throws(StoreError) {
        try state.withLock { state throws(StoreError) in
            if let refusal = state.refusal { throw refusal }
            state.inside += 1
        }
    }

    func leave() {
        let waiting = state.withLock { state in
            state.inside -= 1
            guard state.inside == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Refuses later calls. `closed` replaces other reasons and is replaced by none.
    func refuse(with error: StoreError) {
        state.withLock { state in
            if state.refusal?.code != .closed { state.refusal = error }
        }
    }

    /// Returns when no call is inside.
    func idle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                guard state.inside > 0 else { return true }
                state.waiting.append(continuation)
                return false
            }
            if isIdle { continuation.resume() }
        }
    }
}
