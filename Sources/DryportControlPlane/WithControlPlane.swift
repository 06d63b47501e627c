// SPDX-License-Identifier: Apache-2.0

public import DryportControlPlaneCore
public import DryportCredentials
public import DryportStore
public import Logging

/// Runs a control plane for the time of a closure.
///
/// - Parameters:
///   - configuration: How it behaves.
///   - administrators: Access keys that may do everything; only needed where calls come over a wire.
///   - store: Where the state lives. Nobody else may write to it.
///   - logger: Takes what operators want to know.
///   - body: Uses the control plane. When it returns or throws, everything that was answered is durable, and every
///     session is closed.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws; `StoreError` if the store cannot be read, or failed for good.
public func withControlPlane<Result: Sendable>(
    configuration: ControlPlaneConfiguration = ControlPlaneConfiguration(), administrators: [AccessKey] = [],
    store: any StateStore, logger: Logger, _ body: (ControlPlane) async throws -> Result
) async throws -> Result {
    let controlPlane = try await ControlPlane.open(
        configuration: configuration, administrators: administrators, store: store, logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await controlPlane.run() }
        do {
            let result = try await body(controlPlane)
            group.cancelAll()
            try await group.waitForAll()
            return result
        } catch {
            group.cancelAll()
            throw error
        }
    }
}
