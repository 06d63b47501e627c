// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import Foundation
import Testing

/// Real processes, really killed.
@Suite(.serialized) struct CrashTests {
    @Test(arguments: [0, 30, 200, 1000])
    func aTaskSurvivesTheDeathOfTheServer(milliseconds: Int) async throws {
        try await Installation.with { installation in
            try await installation.startAgent()
            try await installation.register("sleep 2; exit 7")
            let arn = try await installation.run()
            try await Task.sleep(for: .milliseconds(milliseconds))
            try await installation.server.crash()
            try await installation.restartServer()
            #expect(try await installation.describe(arn) != nil)
            let task = try await installation.wait(arn, for: "STOPPED")
            #expect(task.containers?.first?.exitCode == 7)
            #expect(task.stopCode == "EssentialContainerExited")
        }
    }

    @Test(arguments: Engines.available)
    func aContainerSurvivesTheDeathOfTheAgent(runtime: String) async throws {
        try await Installation.with { installation in
            try await installation.startAgent(runtime: runtime)
            try await installation.register("echo begun; sleep 4; echo over; exit 5")
            let arn = try await installation.run()
            let before = try await installation.wait(arn, for: "RUNNING")
            try await installation.agent?.crash()
            try await installation.startAgain(runtime: runtime)
            let adopted = try await installation.wait(arn, for: "STOPPED")
            #expect(adopted.containers?.first?.runtimeId == before.containers?.first?.runtimeId)
            #expect(adopted.startedAt == before.startedAt)
            #expect(adopted.containers?.first?.exitCode == 5)
            let started = try #require(adopted.startedAt)
            let stopped = try #require(adopted.stoppedAt)
            // A container that had been started again would have taken twice as long.
            #expect(started.duration(to: stopped) < .seconds(8))
            #expect(installation.reports(of: "STOPPED") == 1)
        }
    }

    @Test func anExitWhileTheAgentIsDeadIsReportedOnce() async throws {
        try await Installation.with { installation in
            try await installation.startAgent()
            try await installation.register("sleep 1; exit 9")
            let arn = try await installation.run()
            _ = try await installation.wait(arn, for: "RUNNING")
            try await installation.agent?.crash()
            try await Task.sleep(for: .seconds(2))
            try await installation.startAgain()
            let task = try await installation.wait(arn, for: "STOPPED")
            #expect(task.containers?.first?.exitCode == 9)
            #expect(installation.reports(of: "STOPPED") == 1)
        }
    }

    @Test func terminationEndsBothWithinFiveSecondsAndLosesNothing() async throws {
        try await Installation.with { installation in
            try await installation.startAgent()
            try await installation.register("sleep 3; exit 4")
            let arn = try await installation.run()
            let before = try await installation.wait(arn, for: "RUNNING")
            for process in [installation.agent, installation.server].compactMap({ $0 }) {
                process.signal(SIGTERM)
                #expect(try await process.wait(seconds: 5) == 0)
            }
            try await installation.restartServer()
            try await installation.startAgain()
            let task = try await installation.wait(arn, for: "STOPPED")
            #expect(task.containers?.first?.exitCode == 4)
            #expect(task.containers?.first?.runtimeId == before.containers?.first?.runtimeId)
        }
    }
}

extension Installation {
    /// How often the server took note of a status.
    fileprivate func reports(of status: String) -> Int {
        server.errors.split(separator: "\n").filter {
            $0.contains("task changed") && $0.contains("task.last-status=\(status)")
        }.count
    }
}
