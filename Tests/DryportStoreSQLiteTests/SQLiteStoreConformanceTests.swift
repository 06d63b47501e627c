// SPDX-License-Identifier: Apache-2.0

import DryportStoreSQLite
import DryportTesting
import Logging
import Testing

@Suite struct SQLiteStoreConformanceTests {
    @Test(.timeLimit(.minutes(5)), arguments: StoreConformanceCheck.allCases)
    func conforms(to check: StoreConformanceCheck) async throws {
        try await suite(SQLiteStore.Configuration()).run(check)
    }

    /// The same with bounds so tight that groups, buffers and the log are cut all the time.
    @Test(.timeLimit(.minutes(5)), arguments: StoreConformanceCheck.allCases)
    func conformsWithTightBounds(to check: StoreConformanceCheck) async throws {
        var configuration = SQLiteStore.Configuration()
        configuration.maximumReaders = 1
        configuration.maximumGroupCount = 3
        configuration.maximumGroupBytes = 64
        configuration.replayChanges = 10
        configuration.checkpointPages = 1
        try await suite(configuration).run(check)
    }

    private func suite(_ configuration: SQLiteStore.Configuration) -> StoreConformance<SQLiteStore> {
        StoreConformance {
            let directory = try TemporaryDirectory()
            let open: @Sendable () async throws -> SQLiteStore = {
                try await SQLiteStore.open(
                    path: directory.file("store.sqlite"), configuration: configuration, logger: Logger(label: "test"))
            }
            return StoreConformance.Fixture(store: try await open()) { store in
                await store.close()
                return try await open()
            }
        }
    }
}
