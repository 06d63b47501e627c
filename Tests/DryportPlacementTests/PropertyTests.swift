// SPDX-License-Identifier: Apache-2.0

import DryportPlacement
import Testing

/// The engine decides, accounts and explains as the reference does, in every random world; see ``Seeds``.
@Suite struct PropertyTests {
    /// Worlds of one size, from a range of seeds.
    struct Worlds: Sendable, CustomTestStringConvertible {
        var name: String
        var size: WorldSize
        var seeds: ClosedRange<UInt64>

        var testDescription: String { "\(seeds.count) \(name) worlds" }
    }

    private static let all = [
        Worlds(name: "small", size: .small, seeds: 1...10_000),
        Worlds(name: "eventful", size: .history, seeds: 1...150),
        Worlds(name: "churning", size: .churning, seeds: 1...20),
        Worlds(name: "many-ruled", size: .rules, seeds: 1...10),
        Worlds(name: "large", size: .large, seeds: 1...6),
        Worlds(name: "huge", size: .huge, seeds: 1...2),
    ]

    @Test(arguments: all) func engineAndReferenceAgree(_ worlds: Worlds) async {
        let seeds = Seeds.chosen(insteadOf: worlds.seeds)
        var statistics = PlacementWorld.Statistics()
        var failures = 0
        for seed in seeds where failures < 5 {
            do {
                statistics.add(try PlacementWorld.run(seed: seed, size: worlds.size))
            } catch {
                failures += 1
                Issue.record("\(worlds.name) world \(seed): \(error)\n\(Seeds.replay(seed, in: "PropertyTests"))")
            }
            await Task.yield()
        }
        // Worlds in which nothing fits, or everything does, show nothing.
        guard seeds.count >= 100, failures == 0 else { return }
        #expect(statistics.placed > 100 && statistics.unplaced > 20, "\(statistics)")
        for step in statistics.steps where step.key != "snapshot" { #expect(step.value > 20, "\(step)") }
    }
}
