// SPDX-License-Identifier: Apache-2.0

import DryportModel
import Foundation
import Testing

@testable import DryportPlacement

/// The scenarios that the project ships.
@Suite struct ScenarioExampleTests {
    static let directory = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Examples/placement")

    static let names: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted()
    }()

    static func load(_ name: String) throws -> PlacementScenario {
        try PlacementScenario(json: Data(contentsOf: directory.appendingPathComponent(name)))
    }

    @Test func allAreThere() {
        #expect(Self.names.count == 11)
        for name in ["edge-sites.json", "mixed-500.json", "uniform-10000.json", "reference-1000.json"] {
            #expect(Self.names.contains(name))
        }
    }

    @Test(arguments: names)
    func eachLoadsRunsAndReadsBackTheSame(name: String) throws {
        let scenario = try Self.load(name)
        #expect(try PlacementScenario(json: scenario.json()) == scenario)
        let report = try scenario.run()
        #expect(report.placedCount > 0)
        // Of the shipped ones, these are about refusals.
        let refuses = ["edge-sites.json", "mixed-500.json"].contains(name)
        #expect((report.unplacedCount > 0) == refuses, "\(report.text())")
    }

    @Test func theEdgeSitesShowEveryKindOfRefusal() throws {
        let explanations = try Self.load("edge-sites.json").explain().flatMap(\.kinds)
        let reasons = Set(explanations.flatMap { $0.standing.removed + $0.inTurn.removed }.map(\.reason))
        #expect(
            reasons == [
                "INACTIVE", "AGENT", "ATTRIBUTE", "RESOURCE:CPU", "RESOURCE:MEMORY", "RESOURCE:PORTS", "RESOURCE:GPU",
                PlacementRefusal.distinctInstance.reason, "MemberOf placement constraint unsatisfied.",
            ])
    }

    // MARK: The reference workload

    /// One of the reference's files.
    struct Reference: CustomStringConvertible, Sendable {
        let instances: Int
        let isConstrained: Bool
        let isGrouped: Bool

        var tasks: Int { instances == 1000 && isConstrained ? 4000 : 10_000 }
        var description: String {
            "reference-\(instances)\(isConstrained ? "-constraint" : "")\(isGrouped ? "-grouped" : "").json"
        }

        static let all = [1000, 10_000].flatMap { instances in
            [false, true].flatMap { isConstrained in
                [false, true].map {
                    Reference(instances: instances, isConstrained: isConstrained, isGrouped: $0)
                }
            }
        }
    }

    @Test(arguments: Reference.all)
    func theReferenceIsAsItIsDefined(reference: Reference) throws {
        let scenario = try ExpandedScenario(Self.load(reference.description))
        #expect(scenario.running.isEmpty)
        #expect(scenario.instances.count == reference.instances)
        let sizes = [(4096, 16384), (8192, 32768), (16384, 65536), (32768, 131_072)]
        let isAsDefined = scenario.instances.enumerated().allSatisfy { index, instance in
            let (cpu, memory) = sizes[index % 4]
            let attributes = ["zone": "az-\((index / 3) % 3)", "disk": index % 3 == 0 ? "ssd" : "hdd"]
            return instance
                == PlacementInstance(id: instance.id, attributes: attributes, cpu: cpu, memory: memory)
        }
        #expect(isAsDefined)

        let entry = scenario.entries[0]
        #expect(scenario.entries.count == 1 && entry.count == reference.tasks)
        let demands = [(250, 512), (500, 1024), (1000, 2048), (2000, 4096)]
        let onSSD = PlacementConstraint.memberOf(try ClusterQuery(parsing: "attribute:disk == ssd"))
        func request(_ task: Int) -> PlacementRequest {
            let (cpu, memory) = demands[task % 4]
            return PlacementRequest(
                resources: TaskResources(cpu: cpu, memory: memory), scope: .service("svc-\(task % 100)"),
                constraints: reference.isConstrained ? [onSSD] : [], strategies: [.spread(.instanceID)])
        }
        if reference.isGrouped {
            // 100 services, each with one specification since 4 divides 100.
            #expect(entry.batches.map(\.count) == Array(repeating: reference.tasks / 100, count: 100))
            #expect(entry.batches.map { entry.requests[$0.request] } == (0..<100).map(request))
        } else {
            #expect(entry.batches.count == reference.tasks)
            let isInOrder = entry.batches.enumerated().allSatisfy { task, batch in
                batch.count == 1 && entry.requests[batch.request] == request(task)
            }
            #expect(isInOrder)
        }
    }
}
