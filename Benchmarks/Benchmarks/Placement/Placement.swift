// SPDX-License-Identifier: Apache-2.0

import Benchmark
import CAllocator
import DryportModel
import DryportPlacement
import Foundation
import PlacementWorkloads

/// Placements a second and the time of a single one, for every size, policy and state; refusals, explanations, memory;
/// and the workload by which other schedulers were measured.
///
/// `DRYPORT_INSTANCES=1000,10000` chooses the sizes; the default is 1,000, 10,000 and 100,000.
let benchmarks: @Sendable () -> Void = {
    let sizes =
        (ProcessInfo.processInfo.environment["DRYPORT_INSTANCES"] ?? "1000,10000,100000").split(separator: ",")
        .compactMap { Int($0) }
    for size in sizes {
        for policy in Policy.allCases {
            for state in ClusterState.allCases { states(policy, size, state) }
        }
        refusals(size)
        memory(size)
        reference(size)
    }
}

private func states(_ policy: Policy, _ size: Int, _ state: ClusterState) {
    let copies = state == .fresh ? 10 * size : max(50_000, size)
    Benchmark(
        "\(size) instances, \(policy.rawValue), \(state.rawValue)",
        configuration: .placement(size, [.singleRate, .batchRate, .batchRateAlone, .singleP50, .singleP99, .placed])
    ) { benchmark in
        var run = PlacementRun(policy, instances: size, state: state)
        benchmark.measurement(.singleRate, Stopwatch.rate(&run, copies: copies, batch: 1))
        run = PlacementRun(policy, instances: size, state: state)
        let latencies = Stopwatch.latencies(&run, copies: min(copies, 100_000))
        benchmark.measurement(.singleP50, latencies[latencies.count / 2])
        benchmark.measurement(.singleP99, latencies[latencies.count * 99 / 100])
        run = PlacementRun(policy, instances: size, state: state)
        benchmark.measurement(.batchRate, Stopwatch.rate(&run, copies: copies, batch: 10))
        benchmark.measurement(.placed, 100 * run.placed / max(1, run.attempted))
        guard state == .churn else { return }
        benchmark.measurement(.batchRateAlone, Stopwatch.rateWithoutReleases(&run, copies: copies, batch: 10))
    }
}

/// A cluster on which nothing fits any more.
private func refusals(_ size: Int) {
    Benchmark(
        "\(size) instances, full, every placement is refused",
        configuration: .placement(size, [.refusalRate, .explanation])
    ) { benchmark in
        var engine = ReferenceWorkload.engine(instances: size)
        var random = SeededGenerator(seed: 1)
        for request in Policy.binpack.requests.reversed() {
            _ = try engine.place(request, count: .max, using: &random)
        }
        let requests = Policy.mix.requests
        for request in requests {
            let placement = try engine.place(request, using: &random)
            precondition(placement == nil, "the cluster is not full")
        }
        var count = 0
        let time = try clock {
            for _ in 0..<2000 {
                for request in requests where try engine.place(request, using: &random) == nil { count += 1 }
            }
        }
        benchmark.measurement(.refusalRate, Int(Double(count) / time))
        let explaining = try clock {
            for request in requests.prefix(20) { blackHole(try engine.explain(request)) }
        }
        benchmark.measurement(.explanation, Int(explaining / 20 * 1e6))
    }
}

/// What the engine alone holds after the mix has filled nine tenths: instances, the counts of their tasks, views and
/// indexes; once with the two attributes of the workload, once with the thirty that agents register besides.
private func memory(_ size: Int) {
    for capabilities in [0, 30] {
        Benchmark(
            "\(size) instances, memory, \(2 + capabilities) attributes each",
            configuration: .placement(size, [.bytes])
        ) { benchmark in
            let before = dryport_allocated_bytes()
            let engine = PlacementRun(.mix, instances: size, state: .full, capabilities: capabilities).engine
            let after = dryport_allocated_bytes()
            guard before >= 0 else { return }
            benchmark.measurement(.bytes, (after - before) / size)
            blackHole(engine)
        }
    }
}

/// The workload of `Documentation/Benchmarks.md`, as SwarmKit and kube-scheduler were given it.
private func reference(_ size: Int) {
    let strategies: [(String, [PlacementStrategy])] = [
        ("spread by instance", [.spread(.instanceID)]), ("binpack", [.binpack(.memory)]),
    ]
    for (name, strategies) in strategies {
        for isConstrained in [false, true] {
            // With the constraint, only as many as fit.
            let tasks = max(10_000, size) * (isConstrained && size <= 1000 ? 4 : 10) / 10
            for isGrouped in [false, true] {
                let mode = isGrouped ? "grouped" : "single"
                Benchmark(
                    "reference, \(size) × \(tasks), \(name), \(mode)\(isConstrained ? ", constraint" : "")",
                    configuration: .placement(size, [.rate])
                ) { benchmark in
                    var engine = ReferenceWorkload.engine(instances: size)
                    var random = SeededGenerator(seed: 1)
                    let requests = (0..<ReferenceWorkload.services).map {
                        ReferenceWorkload.request(
                            $0, constraints: isConstrained ? [ReferenceWorkload.onSSD] : [], strategies: strategies)
                    }
                    var placed = 0
                    let time = try clock {
                        if isGrouped {
                            for request in requests {
                                placed += try engine.place(
                                    request, count: tasks / requests.count, using: &random
                                ).count
                            }
                        } else {
                            for task in 0..<tasks
                            where try engine.place(requests[task % requests.count], using: &random) != nil {
                                placed += 1
                            }
                        }
                    }
                    precondition(placed == tasks, "only \(placed) of \(tasks) tasks were placed")
                    benchmark.measurement(.rate, Int(Double(placed) / time))
                }
            }
        }
    }
}

private func clock(_ body: () throws -> Void) rethrows -> Double {
    let begin = ContinuousClock.now
    try body()
    return (ContinuousClock.now - begin) / .seconds(1)
}
