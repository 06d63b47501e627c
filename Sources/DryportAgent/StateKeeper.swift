// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportCredentials
import DryportMessages
import DryportStore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The agent's records in a store, below `agent/`, and the node's secret beside them.
struct StateKeeper: Sendable {
    /// What the node proves its identity with. The store is as secret as this is.
    private struct Node: Codable {
        var privateKey: String
        var fingerprint: MachineFingerprint
    }

    private static let prefix = "agent/"
    private static let nodeKey = StoreKey("agent/node")
    private static let pageSize = 256

    let store: any StateStore

    /// Every record.
    func load() async throws -> [AgentRecord] {
        var records: [AgentRecord] = []
        var range = StoreKey.prefix(Self.prefix)
        while true {
            let page = try await read(range)
            for entry in page.entries where entry.key != Self.nodeKey {
                do {
                    records.append(try JSONCoding.decode(AgentRecord.self, from: entry.value.bytes))
                } catch {
                    throw AgentError(
                        code: .state,
                        message: "the record \(entry.key) cannot be read; was it written by a newer agent?",
                        cause: error)
                }
            }
            guard page.isTruncated, let last = page.entries.last else { return records }
            // The key right after the last one.
            range = StoreKey(last.key.text + "\u{0}")..<range.upperBound
        }
    }

    private func read(_ range: Range<StoreKey>) async throws -> StorePage {
        do {
            return try await store.read(range, limit: Self.pageSize)
        } catch {
            throw AgentError(code: .state, message: "the agent's state cannot be read", cause: error)
        }
    }

    /// Makes changes durable; returns when they are.
    func commit(_ changes: [AgentChange]) async throws {
        guard !changes.isEmpty else { return }
        var batch = StoreBatch()
        for change in changes {
            switch change {
            case .put(let record):
                batch.mutations.append(.put(StoreKey(Self.prefix + record.key), try JSONCoding.encode(record)))
            case .remove(let key): batch.mutations.append(.delete(StoreKey(Self.prefix + key)))
            }
        }
        try await commit(batch)
    }

    private func commit(_ batch: StoreBatch) async throws {
        do {
            try await store.commit(batch)
        } catch {
            throw AgentError(code: .state, message: "the agent's state cannot be written", cause: error)
        }
    }

    /// The node's key and fingerprint: those stored, or new ones, which are stored before they are used.
    func node(hardware: [String: String]) async throws -> (key: ManagedInstanceKey, fingerprint: String) {
        let stored: Node?
        do {
            stored = try await store.read(Self.nodeKey).map { try JSONCoding.decode(Node.self, from: $0.bytes) }
        } catch {
            throw AgentError(code: .key, message: "the node's key cannot be read from the agent's state", cause: error)
        }
        var random = SystemRandomNumberGenerator()
        let (fingerprint, isNew) = MachineFingerprint.evaluate(
            saved: stored?.fingerprint, current: hardware, using: &random)
        let key: ManagedInstanceKey
        do {
            key = try stored.map { try ManagedInstanceKey(privateKeyBase64: Redacted($0.privateKey)) } ?? .generate()
        } catch {
            throw AgentError(code: .key, message: "the node has no usable key", cause: error)
        }
        if stored == nil || isNew {
            let node = Node(privateKey: key.privateKeyBase64.exposed, fingerprint: fingerprint)
            try await commit(StoreBatch(mutations: [.put(Self.nodeKey, try JSONCoding.encode(node))]))
        }
        return (key, fingerprint.fingerprint)
    }
}
