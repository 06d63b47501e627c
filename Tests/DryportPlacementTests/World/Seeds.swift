// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Which random worlds are run. `DRYPORT_SEED=<n>` runs the world of that seed alone, in every size, and
/// `DRYPORT_SEEDS=<first>-<last>` runs others than the usual ones, for a longer hunt.
enum Seeds {
    private static let environment = ProcessInfo.processInfo.environment
    /// How many small worlds there are usually.
    private static let usual = 10_000

    /// The seeds that were asked for, as many as a test's usual ones are among all.
    static func chosen(insteadOf seeds: ClosedRange<UInt64>) -> ClosedRange<UInt64> {
        if let seed = environment["DRYPORT_SEED"].flatMap(UInt64.init) { return seed...seed }
        let bounds = (environment["DRYPORT_SEEDS"] ?? "").split(separator: "-").compactMap { UInt64($0) }
        guard bounds.count == 2, bounds[0] <= bounds[1] else { return seeds }
        let share = Double(bounds[1] - bounds[0] + 1) * Double(seeds.count) / Double(usual)
        return bounds[0]...bounds[0] + max(1, UInt64(share)) - 1
    }

    /// How to see a failure again.
    static func replay(_ seed: UInt64, in suite: String) -> String {
        "Replay: DRYPORT_SEED=\(seed) swift test --filter DryportPlacementTests.\(suite)"
    }
}
