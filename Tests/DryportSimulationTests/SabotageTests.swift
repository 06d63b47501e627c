// SPDX-License-Identifier: Apache-2.0

import DryportSimulation
import Testing

/// The checkers can fail: each mistake that is made on purpose breaks the rule that forbids it.
@Suite struct SabotageTests {
    private static let expectations: [(Sabotage, SimulationViolation.Rule)] = [
        (.dropCommittedTask, .acknowledgedTaskIsKept), (.answerBeforeCommit, .acknowledgedTaskIsKept),
        (.startTwice, .oneRunningCopy), (.startAgain, .oneRun), (.forgetAgentTasks, .convergence),
        (.storeOlderTask, .statusMovesForward), (.leakSecret, .secrecy),
    ]

    @Test func everySabotageIsTried() {
        #expect(Set(Self.expectations.map(\.0)) == Set(Sabotage.allCases))
    }

    @Test(arguments: expectations)
    func isNoticed(_ sabotage: Sabotage, as rule: SimulationViolation.Rule) throws {
        var options = SimulationOptions()
        options.sabotage = sabotage
        options.keepsTrace = rule == .secrecy
        // Not every world gives every mistake its chance.
        let violations = (UInt64(1)...40).lazy.flatMap { Simulation(seed: $0, options: options).run().violations }
        let violation = try #require(violations.first { $0.rule == rule })
        #expect(!violation.tail.isEmpty)
        #expect(violation.description.contains("DRYPORT_SEED=\(violation.seed) swift test"))
    }

    /// Every line of some worlds is looked through for secrets; of the others only the last lines are.
    @Test(arguments: UInt64(1)...5)
    func noSecretIsTold(seed: UInt64) {
        var options = SimulationOptions()
        options.keepsTrace = true
        let report = Simulation(seed: seed, options: options).run()
        #expect(report.violations.isEmpty)
        #expect(report.trace.contains { $0.contains("RegisterManagedInstance") })
    }

    /// Without a mistake a world without faults has nothing to complain about, and does what it is asked.
    @Test func aQuietWorld() {
        var options = SimulationOptions()
        options.hasFaults = false
        let report = Simulation(seed: 1, options: options).run()
        #expect(report.violations.isEmpty)
        #expect(report.statistics.acknowledgedTasks > 0)
        #expect(report.statistics.planeCrashes + report.statistics.agentCrashes + report.statistics.lostMessages == 0)
    }
}
