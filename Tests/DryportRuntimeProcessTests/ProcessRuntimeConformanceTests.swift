// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
import DryportRuntime
import DryportRuntimeProcess
import DryportTesting
import Logging
import Testing

@Suite("ProcessRuntime conforms", .timeLimit(.minutes(10)))
struct ProcessRuntimeConformanceTests {
    @Test(arguments: RuntimeConformanceCheck.allCases)
    func conforms(_ check: RuntimeConformanceCheck) async throws {
        try await withTemporaryDirectory { directory in
            let suite = RuntimeConformance(fixture: .init(image: "anything")) {
                try ProcessRuntime(stateDirectory: directory, logger: .silent)
            }
            try await suite.run(check)
        }
    }

    @Test(arguments: [RuntimeConformanceCheck.killsWithoutGracePeriod, .reportsExitCodes, .adoptsRunningContainer])
    func conformsWithoutControlGroups(_ check: RuntimeConformanceCheck) async throws {
        try await withTemporaryDirectory { directory in
            let suite = RuntimeConformance(fixture: .init(image: "anything")) {
                try ProcessRuntime(
                    stateDirectory: directory, configuration: .init(controlGroupRoot: nil), logger: .silent)
            }
            try await suite.run(check)
        }
    }
}
#endif
