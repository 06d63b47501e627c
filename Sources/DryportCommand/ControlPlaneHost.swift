// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DryportControlPlane
import DryportControlPlaneCore
import DryportCredentials
import DryportModel
import DryportServer
import DryportStoreSQLite
import Logging

/// A control plane with its store and its front, wired together.
struct ControlPlaneHost {
    let store: SQLiteStore
    let controlPlane: ControlPlane
    let server: DryportServer

    /// Opens everything; nothing listens yet.
    init(
        directory: DataDirectory, administrator: AccessKey, scope: AccountScope,
        throttling: ThrottlingConfiguration = ThrottlingConfiguration(),
        configuration: DryportServer.Configuration, logger: Logger
    ) async throws {
        var policy = ControlPlaneConfiguration(scope: scope)
        policy.throttling = throttling
        store = try await SQLiteStore.open(path: directory.controlPlaneDatabase, logger: logger)
        do {
            controlPlane = try await ControlPlane.open(
                configuration: policy, administrators: [administrator], store: store, logger: logger)
            server = try DryportServer(controlPlane: controlPlane, configuration: configuration, logger: logger)
        } catch {
            await store.close()
            throw error
        }
    }
}

/// Where ARNs live, from `--region` and `--account-id`.
struct ScopeOptions: ParsableArguments {
    @Option(help: "The region that names and signatures carry (default: us-east-1).")
    var region: String?

    @Option(help: "The twelve-digit account that names carry (default: 123456789012).")
    var accountId: String?

    func scope(_ settings: Settings) throws -> AccountScope {
        let account = settings.value("account-id", accountId, default: "123456789012")
        guard account.utf8.count == 12, account.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw UsageError("--account-id \(account): not twelve digits")
        }
        return AccountScope(region: settings.value("region", region, default: "us-east-1"), account: account)
    }
}
