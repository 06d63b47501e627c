// SPDX-License-Identifier: Apache-2.0

import DryportSimulation
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Many worlds, each from its seed. `DRYPORT_SEED=<n>` runs that one alone and prints its whole trace;
/// `DRYPORT_SEEDS=<first>-<last>` runs others than the usual ones, for a longer hunt.
@Suite struct SeedTests {
    private static let environment = ProcessInfo.processInfo.environment

    /// The seeds to run: the usual ones, and those that once were interesting.
    private static var seeds: [UInt64] {
        let bounds = (environment["DRYPORT_SEEDS"] ?? "").split(separator: "-").compactMap { UInt64($0) }
        if bounds.count == 2, bounds[0] <= bounds[1] { return Array(bounds[0]...bounds[1]) }
        return Array(1...200) + InterestingSeeds.all.filter { $0 > 200 }
    }

    /// No rule is broken in any world, and between them the worlds see every kind of fault.
    @Test func everySeed() async {
        if let seed = Self.environment["DRYPORT_SEED"].flatMap(UInt64.init) { return Self.replay(seed) }
        let reports = await Self.run(Self.seeds)
        #expect(reports.count == Self.seeds.count)
        for violation in reports.flatMap(\.violations) { Issue.record("\(violation)") }
        let statistics = reports.map(\.statistics)
        let counts: [KeyPath<SimulationStatistics, Int>] = [
            \.acknowledgedTasks, \.runningTasks, \.stoppedTasks, \.containerStarts, \.planeCrashes, \.agentCrashes,
            \.reboots, \.partitions, \.sessions, \.brokenSessions, \.lostMessages, \.duplicates, \.meddlings, \.outages,
        ]
        for count in counts {
            #expect(statistics.contains { $0[keyPath: count] > 0 }, "no world has any of \(count)")
        }
    }

    /// Runs simulations one after another: on few cores, worlds in parallel would keep every other test waiting.
    private static func run(_ seeds: [UInt64]) async -> [SimulationReport] {
        var reports: [SimulationReport] = []
        for seed in seeds {
            reports.append(Simulation(seed: seed).run())
            await Task.yield()
        }
        return reports
    }

    private static func replay(_ seed: UInt64) {
        var options = SimulationOptions()
        options.keepsTrace = true
        let report = Simulation(seed: seed, options: options).run()
        for line in report.trace { print(line) }
        print("digest \(String(report.digest, radix: 16)), \(report.events) events, \(report.statistics)")
        for violation in report.violations { Issue.record("\(violation)") }
    }
}
