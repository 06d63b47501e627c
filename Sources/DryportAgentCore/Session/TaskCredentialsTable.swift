// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import OrderedCollections

/// The role credentials of tasks, by the ids under which containers ask for them. In memory only: they are never
/// stored, and the backend sends them anew to an agent that restarted (`ecs-agent.md` §11.3).
struct TaskCredentialsTable: Sendable, Hashable {
    private struct Entry: Sendable, Hashable {
        var task: String
        var credentials: ACS.RoleCredentials
    }

    private var entries: OrderedDictionary<String, Entry> = [:]

    subscript(id: String) -> ACS.RoleCredentials? { entries[id]?.credentials }

    /// Keeps a set, in place of an older one with the same id.
    mutating func store(_ credentials: ACS.RoleCredentials, task: String) {
        guard let id = credentials.credentialsId else { return }
        entries[id] = Entry(task: task, credentials: credentials)
    }

    /// Forgets the sets of tasks that are gone.
    mutating func retain(tasks isKnown: (String) -> Bool) {
        entries.removeAll { !isKnown($0.value.task) }
    }
}
