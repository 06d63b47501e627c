// SPDX-License-Identifier: Apache-2.0

public import DryportControlPlaneCore
public import DryportCredentials
public import DryportModel
public import DryportStore
public import Logging

extension ControlPlane {
    /// The key under which the master key of session credentials is kept. The store must be as private as a key
    /// file; `SQLiteStore` creates its file for its owner only.
    private static let sessionKey = StoreKey("control-plane-secrets/session-key")

    /// Opens a control plane on a store: loads what is there, or begins anew with a cluster named `default`.
    ///
    /// - Parameters:
    ///   - configuration: How it behaves.
    ///   - administrators: Access keys that may do everything and that the API cannot take away. More are made with
    ///     CreateAccessKey.
    ///   - store: Where the state lives. Nobody else may write to it.
    ///   - logger: Takes what operators want to know; secrets never reach it.
    ///   - now: The clocks.
    /// - Throws: ``StoreError`` if the store cannot be read or written; its code is `corrupted` if a record in it
    ///   is not understood.
    /// - Complexity: O(*n*) in the number of records.
    public static func open(
        configuration: ControlPlaneConfiguration = ControlPlaneConfiguration(), administrators: [AccessKey] = [],
        store: any StateStore, logger: Logger, now: @escaping @Sendable () -> Instant = HostClock().now
    ) async throws(StoreError) -> ControlPlane {
        var configuration = configuration
        configuration.bootstrapAccessKeyIDs = administrators.map(\.id)
        let issuer = SessionCredentialIssuer(masterKey: try await masterKey(in: store))
        let machine = try await load(configuration: configuration, issuer: issuer, store: store, at: now())
        return ControlPlane(
            machine: machine, issuer: issuer, administrators: administrators, store: store, logger: logger, now: now)
    }

    static func load(
        configuration: ControlPlaneConfiguration, issuer: SessionCredentialIssuer, store: any StateStore,
        at now: Instant
    ) async throws(StoreError) -> ControlPlaneMachine {
        let page = try await store.read(StoreKey.prefix(ControlPlaneRecord.keyPrefix), limit: nil)
        var machine: ControlPlaneMachine
        var moves: [StoreMutation] = []
        do throws(RecordError) {
            var records: [ControlPlaneRecord] = []
            for entry in page.entries {
                let record = try ControlPlaneRecord(key: entry.key.text, bytes: entry.value.bytes)
                if record.key != entry.key.text {
                    // Written by a version that gave such records other keys.
                    moves += [.delete(entry.key), .put(StoreKey(record.key), entry.value.bytes)]
                }
                records.append(record)
            }
            machine = try ControlPlaneMachine(
                configuration: configuration, issuer: issuer, restoring: records, at: now)
        } catch {
            throw StoreError(code: .corrupted, message: error.description)
        }
        if !moves.isEmpty { try await store.commit(StoreBatch(mutations: moves)) }
        guard page.entries.isEmpty else { return machine }
        let changes = machine.createDefaultCluster(at: now).changes
        try await store.commit(
            StoreBatch(
                mutations: changes.compactMap { change in
                    guard case .put(let record) = change else { return nil }
                    return .put(StoreKey(record.key), record.encoded())
                }))
        return machine
    }

    private static func masterKey(in store: any StateStore) async throws(StoreError) -> Redacted<[UInt8]> {
        if let stored = try await store.read(sessionKey) { return Redacted(stored.bytes) }
        var random = SystemRandomNumberGenerator()
        let key = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        try await store.commit(StoreBatch(comparisons: [.absent(sessionKey)], mutations: [.put(sessionKey, key)]))
        return Redacted(key)
    }
}
