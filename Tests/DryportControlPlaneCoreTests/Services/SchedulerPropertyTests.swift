// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Services in many worlds, each drawn from its seed. `DRYPORT_SEED=<n>` runs that one alone, and
/// `DRYPORT_SEEDS=<first>-<last>` others than the usual ones, for a longer hunt.
@Suite struct SchedulerPropertyTests {
    private static let moveCount = 90

    private static var seeds: ClosedRange<UInt64> {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["DRYPORT_SEED"].flatMap(UInt64.init) { return seed...seed }
        let bounds = (environment["DRYPORT_SEEDS"] ?? "").split(separator: "-").compactMap { UInt64($0) }
        return bounds.count == 2 && bounds[0] <= bounds[1] ? bounds[0]...bounds[1] : 1...60
    }

    /// No rule is broken in any world.
    @Test func everySeed() async throws {
        var statistics: [String: Int] = [:]
        for seed in Self.seeds {
            var world = try SchedulerWorld(seed: seed)
            let moves = SchedulerWorld.moves(seed: seed, count: Self.moveCount)
            if let violation = world.run(moves) {
                try Self.explain(violation, seed: seed, moves)
                return
            }
            statistics.merge(world.statistics, uniquingKeysWith: +)
            await Task.yield()
        }
        if Self.seeds.count >= 1000 { print(statistics.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }) }
    }

    /// Leaves out every move without which the world still fails, and reports the rest.
    private static func explain(_ violation: Violation, seed: UInt64, _ moves: [Move]) throws {
        var moves = moves
        var last = (violation: violation, log: [String]())
        var size = moves.count
        while size > 0 {
            var start = 0
            while start < moves.count {
                var fewer = moves
                fewer.removeSubrange(start..<min(moves.count, start + size))
                var world = try SchedulerWorld(seed: seed)
                if let violation = world.run(fewer) {
                    moves = fewer
                    last = (violation, world.log)
                } else {
                    start += size
                }
            }
            size /= 2
        }
        Issue.record("seed \(seed): \(last.violation)\n\(last.log.joined(separator: "\n"))")
    }
}
