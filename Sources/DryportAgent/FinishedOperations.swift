// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import Synchronization

/// Operations that ended, noted by their own tasks, so that their handles can be let go.
final class FinishedOperations: Sendable {
    private let ids = Mutex<[OperationID]>([])

    func note(_ id: OperationID) { ids.withLock { $0.append(id) } }

    func take() -> [OperationID] {
        ids.withLock { ids in
            defer { ids = [] }
            return ids
        }
    }
}
