// SPDX-License-Identifier: Apache-2.0

import Benchmark
import DryportPlacement
import PlacementWorkloads

extension BenchmarkMetric {
    static let examined = custom("candidates examined per 1000 placements", useScalingFactor: false)
    static let updates = custom("index updates per 1000 placements", useScalingFactor: false)
}

/// How much the engine looks at for a placement. The same number on every machine, so a change of it is a change of
/// the engine: `Thresholds/` has what is expected.
let benchmarks: @Sendable () -> Void = {
    for size in [1000, 10_000] {
        for policy in Policy.allCases {
            for state in ClusterState.allCases {
                Benchmark(
                    "\(size)-\(policy)-\(state)",
                    configuration: .init(
                        metrics: [.examined, .updates], warmupIterations: 0, scalingFactor: .one,
                        maxDuration: .seconds(60), maxIterations: 1)
                ) { benchmark in
                    var run = PlacementRun(policy, instances: size, state: state)
                    let before = run.engine.work
                    for _ in 0..<10 {
                        run.round(copies: 1000, batch: 1)
                        run.recover(copies: 1000)
                    }
                    let work = run.engine.work
                    let decisions = max(1, work.decisions - before.decisions)
                    benchmark.measurement(
                        .examined, 1000 * (work.candidatesExamined - before.candidatesExamined) / decisions)
                    benchmark.measurement(.updates, 1000 * (work.indexUpdates - before.indexUpdates) / decisions)
                }
            }
        }
    }
}
