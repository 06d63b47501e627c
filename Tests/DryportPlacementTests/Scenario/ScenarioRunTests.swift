// SPDX-License-Identifier: Apache-2.0

import DryportModel
import Testing

@testable import DryportPlacement

@Suite struct ScenarioRunTests {
    private func scenario(_ json: String) throws -> PlacementScenario { try PlacementScenario(json: json.utf8) }

    /// Four instances: two in zone a, one in b, one draining.
    private let small = """
        {"name": "small", "cluster": {"instances": [
          {"id": "a1", "cpu": 1000, "memory": 1000, "attributes": {"zone": "a"}},
          {"id": "a2", "cpu": 1000, "memory": 2000, "attributes": {"zone": "a"}},
          {"id": "b1", "cpu": 2000, "memory": 1000, "attributes": {"zone": "b"}},
          {"id": "b2", "cpu": 4000, "memory": 4000, "attributes": {"zone": "b"}, "status": "DRAINING"}],
         "tasks": [{"instance": "a2", "service": "web", "cpu": 100, "memory": 400}]},
         "workload": [
          {"name": "web", "count": 5, "service": "web", "cpu": 250, "memory": 300,
           "strategies": [{"type": "spread", "field": "attribute:zone"}, {"type": "spread", "field": "instanceId"}]},
          {"name": "big", "count": 2, "service": "big", "cpu": 500, "memory": 600,
           "constraints": [{"type": "memberOf", "expression": "attribute:zone == a"}]}],
         "policies": [{"name": "pack", "strategies": [{"type": "binpack", "field": "memory"}]}]}
        """

    @Test func theNumbersAreRight() throws {
        let report = try scenario(small).run()
        // web, by zone and then by instance: b1 (zone a has one), b1's zone and a's have one each: a1, then b1, then
        // a1 or a2 (one each): a1 was added first, then b1. So a1 has 2, b1 3, a2 the one that ran.
        // big: a1 has 400 MiB left and is out; a2 has 900 CPU units and 1,600 MiB left and takes one; 400 units are
        // left for the second.
        #expect(report.instances.map(\.placed) == [["web": 2], ["big": 1], ["web": 3], [:]])
        #expect(report.instances.map(\.cpuTaken) == [500, 600, 750, 0])
        #expect(report.instances.map(\.memoryTaken) == [600, 1000, 900, 0])
        #expect(report.instances.map(\.taskCount) == [2, 2, 3, 0])
        #expect(report.taskCount == 7 && report.placedCount == 6 && report.unplacedCount == 1)
        #expect(report.decisionCount == 7)
        #expect(report.seconds == nil && report.placementsPerSecond == nil)
        #expect(report.instanceCounts == .init(total: 4, available: 3, used: 3))
        // 50 %, 60 % and 37.5 %; 60 %, 50 % and 90 %.
        #expect(report.cpu.registered == 4000 && report.cpu.taken == 1850)
        #expect(abs(report.cpu.mean - 0.491_666_7) < 1e-6)
        #expect(report.cpu.minimum == 0.375 && report.cpu.maximum == 0.6)
        #expect(abs(report.cpu.standardDeviation - 0.092_045_3) < 1e-6)
        #expect(report.memory.registered == 4000 && report.memory.taken == 2500)
        #expect(abs(report.memory.mean - 0.666_666_7) < 1e-6)
        #expect(report.packing.cpu == 1850.0 / 4000 && report.packing.memory == 0.625)
        // Only b1 has no room: 1,250 CPU units, and 100 MiB where 300 are the least.
        #expect(report.packing.fullInstances == 1)
        #expect(report.packing.strandedCPU == 1250 && report.packing.strandedMemory == 100)
        #expect(report.zoneAttribute == "zone")
        #expect(report.instances.map(\.zone) == ["a", "a", "b", "b"])
    }

    @Test func theSpreadCountsWhatMayBeUsed() throws {
        let report = try scenario(small).run()
        #expect(report.spread.map(\.group) == ["service:web", "service:big"])
        #expect(report.spread.map(\.taskCount) == [6, 1])
        #expect(
            report.spread[0].buckets == [
                .init(field: "instanceId", count: 3, least: 1, most: 3),
                .init(field: "attribute:zone", count: 2, least: 3, most: 3),
            ])
        // Its constraint leaves a1 and a2, and one zone.
        #expect(
            report.spread[1].buckets == [
                .init(field: "instanceId", count: 2, least: 0, most: 1),
                .init(field: "attribute:zone", count: 1, least: 1, most: 1),
            ])
    }

    @Test func refusalsAreCountedAndExplained() throws {
        let entries = try scenario(small).run().workload
        #expect(entries.map(\.placedCount) == [5, 1])
        #expect(entries[0].refusals.isEmpty)
        let refusal = try #require(entries[1].refusals.first)
        #expect(refusal.count == 1 && entries[1].refusals.count == 1)
        #expect(
            refusal.explanation.removed.map { "\($0.count) \($0.reason)" } == [
                "1 INACTIVE", "1 RESOURCE:CPU", "2 RESOURCE:MEMORY",
            ])
        #expect(refusal.explanation.fittingCount == 0 && refusal.explanation.instanceCount == 4)
        #expect(refusal.explanation.closest == "a2")
        #expect(refusal.explanation.lacks == ["100 more CPU units"])
    }

    @Test func refusalsOfManyKindsAreBounded() throws {
        let report = try scenario(
            """
            {"cluster": {"instances": [{"id": "a", "cpu": 1, "memory": 1}]},
             "workload": [{"name": "t", "count": 50, "group": "g{index%25}", "cpu": 2,
                           "constraints": [{"type": "distinctInstance"}]},
                          {"name": "u", "count": 50, "group": "h{index}", "cpu": 2, "order": "single"}]}
            """
        ).run()
        #expect(report.workload.map(\.unplacedCount) == [50, 50])
        #expect(report.workload[0].refusals.count == PlacementReport.maximumExplanations)
        #expect(report.workload[0].refusals.allSatisfy { $0.count == 2 })
        // Without distinctInstance the group does not matter for what fits.
        #expect(report.workload[1].refusals.map(\.count) == [50])
        #expect(report.decisionCount == 25 + 50)
    }

    @Test func aPolicyReplacesEveryTasksStrategies() throws {
        let scenario = try scenario(small)
        let report = try scenario.run(policy: scenario.policies[0])
        #expect(report.policy == "pack" && report.strategies == ["binpack(memory)"])
        // The least memory left first: three of 300 on a1, then two on b1 that has as little left as a1 had.
        #expect(report.instances.map(\.placed) == [["web": 3], ["big": 1], ["web": 2], [:]])
    }

    @Test func noStrategiesAreTheDefaultsOfECS() throws {
        let json = """
            {"cluster": {"instances": [{"id": "i{index}", "count": 4, "cpu": 100, "memory": 100,
              "attributes": {"ecs.availability-zone": ["a", "a", "a", "b"]}}]},
             "workload": [{"name": "s", "count": 4, "service": "s", "cpu": 1},
                          {"name": "g", "count": 40, "cpu": 1}]}
            """
        let report = try scenario(json).run()
        // As many in each zone, then on each instance; and at random, which is nowhere the same.
        #expect(report.instances.map { $0.placed["s"] ?? 0 } == [1, 1, 0, 2])
        #expect(report.spread[0].buckets.map(\.field) == ["instanceId", "attribute:ecs.availability-zone"])
        #expect(Set(report.instances.map { $0.placed["g"] ?? 0 }).count > 1)
        let again = try scenario(json).run(policy: .init(name: "defaults", strategies: []))
        #expect(again.instances == report.instances)
    }

    @Test func theSeedDecidesEverything() throws {
        let json = """
            {"cluster": {"instances": [{"id": "i{index}", "count": 50, "cpu": 1000, "memory": 1000}]},
             "workload": [{"name": "t", "count": 200, "cpu": 7, "order": "single"}]}
            """
        let scenario = try scenario(json)
        #expect(try scenario.run(seed: 7) == scenario.run(seed: 7))
        #expect(try scenario.run(seed: 7).instances != scenario.run(seed: 8).instances)
        // Alike as they are, it does not matter how they are placed.
        var grouped = scenario
        grouped.workload[0].order = .grouped
        #expect(try grouped.run(seed: 7) == scenario.run(seed: 7))
    }

    @Test func theClockMeasuresDecisions() throws {
        let report = try scenario(small).run(clock: SteppingClock())
        // Each reading is a second later: one for web; for big one until the refusal, and one after it.
        #expect(report.seconds == 3)
        #expect(report.placementsPerSecond == 2)
        var untimed = report
        untimed.seconds = nil
        #expect(try untimed == scenario(small).run())
    }

    @Test func explanationsSayHowEachEntryFares() throws {
        let explanations = try scenario(small).explain()
        #expect(explanations.map(\.name) == ["web", "big"])
        let web = try #require(explanations[0].kinds.first)
        #expect(web.taskCount == 5 && web.placedCount == 5)
        #expect(web.standing.fittingCount == 3 && web.standing.text.hasPrefix("3 of 4 instances fit: 1 not ACTIVE"))
        // One more of it: a1 and a2 have room, b1 has not.
        #expect(web.inTurn.fittingCount == 2)
        let big = try #require(explanations[1].kinds.first)
        #expect(big.taskCount == 2 && big.placedCount == 1)
        #expect(big.standing.fittingCount == 2 && big.inTurn.fittingCount == 0)
        #expect(big.request.hasPrefix("500 CPU units, 600 MiB; memberOf attribute:zone == a; by "))
        #expect(explanations[1].text.contains("→ a2 needs 100 more CPU units"))
        #expect(try scenario(small).explain(task: "big") == [explanations[1]])
        let error = #expect(throws: PlacementScenarioError.self) { try scenario(small).explain(task: "bigg") }
        #expect(error?.description == "workload: there is no entry 'bigg'; is it 'big'?")
    }

    @Test func aClusterWithoutInstancesOrTasksIsReported() throws {
        let nothing = try scenario(#"{"cluster": {"instances": []}, "workload": [{"name": "t", "cpu": 1}]}"#)
        let report = try nothing.run()
        #expect(report.unplacedCount == 1)
        #expect(report.text().contains("there are no instances"))
        #expect(UtilisationPicture([report]).svg().hasPrefix("<svg"))
        let idle = try scenario(#"{"cluster": {"instances": [{"id": "a", "cpu": 0, "memory": 0}]}}"#).run()
        #expect(idle.cpu == .init() && idle.taskCount == 0)
    }

    @Test func textHasTheNumbers() throws {
        let scenario = try scenario(small)
        let own = try scenario.run(clock: SteppingClock())
        let text = own.text()
        for part in [
            "small: the tasks' own strategies", "6 of 7 placed, 1 not placed", "3.00 s, 2 placements a second",
            "4: 3 used, 0 empty, 1 draining or not connected", "49.2 %", "1,250", "service:web", "2 (1 to 3)",
            "big: 1 of 2", "1  CPU", "→ a2 needs 100 more CPU units",
        ] {
            #expect(text.contains(part), "\(part) is missing in\n\(text)")
        }
        #expect(!text.split(separator: "\n").contains { $0.hasSuffix(" ") })
        let pack = try scenario.run(policy: scenario.policies[0])
        let comparison = PlacementReport.comparison([own, pack])
        for part in ["own", "pack", "7 tasks on 4 instances, 2 policies", "binpack(memory)", "Tasks placed", "="] {
            #expect(comparison.contains(part), "\(part) is missing in\n\(comparison)")
        }
    }
}

/// A clock of which each reading is a second after the one before.
private final class SteppingClock: Clock, @unchecked Sendable {
    struct Instant: InstantProtocol {
        var seconds: Int

        func advanced(by duration: Duration) -> Instant {
            Instant(seconds: seconds + Int(duration.components.seconds))
        }

        func duration(to other: Instant) -> Duration { .seconds(other.seconds - seconds) }
        static func < (left: Instant, right: Instant) -> Bool { left.seconds < right.seconds }
    }

    // Read by one thread only.
    private var readings = 0

    var now: Instant {
        readings += 1
        return Instant(seconds: readings)
    }

    var minimumResolution: Duration { .seconds(1) }
    func sleep(until deadline: Instant, tolerance: Duration?) async throws {}
}
