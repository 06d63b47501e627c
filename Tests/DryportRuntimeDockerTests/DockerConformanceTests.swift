// SPDX-License-Identifier: Apache-2.0

import DryportRuntime
import DryportTesting
import Testing

@testable import DryportRuntimeDocker

@Suite("The runtime's contract, on Docker", .needsDocker)
struct DockerConformanceTests {
    @Test("holds", arguments: RuntimeConformanceCheck.allCases)
    func conforms(_ check: RuntimeConformanceCheck) async throws {
        try await TestEngine.with { _, _ in
            let fixture = RuntimeConformanceFixture(image: TestEngine.image, canPull: false)
            let suite = RuntimeConformance(fixture: fixture) {
                DockerRuntime(socketPath: TestEngine.socketPath, logger: TestEngine.logger)
            } endRuntime: { runtime in
                await runtime.close()
            }
            try await suite.run(check)
        }
    }
}
