// SPDX-License-Identifier: Apache-2.0

import Benchmark

extension BenchmarkMetric {
    static let singleRate = custom(
        "placements a second, one at a time", polarity: .prefersLarger, useScalingFactor: false)
    static let batchRate = custom(
        "placements a second, batches of 10", polarity: .prefersLarger, useScalingFactor: false)
    static let batchRateAlone = custom(
        "the same without the releases", polarity: .prefersLarger, useScalingFactor: false)
    static let singleP50 = custom("one placement, p50 (ns)", useScalingFactor: false)
    static let singleP99 = custom("one placement, p99 (ns)", useScalingFactor: false)
    static let placed = custom("placed, of 100 copies", polarity: .prefersLarger, useScalingFactor: false)
    static let refusalRate = custom("refusals a second", polarity: .prefersLarger, useScalingFactor: false)
    static let explanation = custom("one explanation (µs)", useScalingFactor: false)
    static let bytes = custom("bytes per instance", useScalingFactor: false)
    static let rate = custom("placements a second", polarity: .prefersLarger, useScalingFactor: false)
}

extension Benchmark.Configuration {
    /// A few iterations, each of which is a whole measurement. Large clusters take long to fill.
    static func placement(_ size: Int, _ metrics: [BenchmarkMetric]) -> Self {
        .init(
            metrics: metrics, warmupIterations: 0, scalingFactor: .one, maxDuration: .seconds(600),
            maxIterations: size > 10_000 ? 1 : 3)
    }
}
