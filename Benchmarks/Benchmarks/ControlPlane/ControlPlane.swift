// SPDX-License-Identifier: Apache-2.0

import Benchmark
import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel

/// The steps of one call of RunTask, each alone and without I/O.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput], scalingFactor: .kilo, maxDuration: .seconds(3), maxIterations: 1000)

    Benchmark("SigV4: read and verify") { benchmark, call in
        for _ in benchmark.scaledIterations {
            let claim = try SignatureV4.parse(call.request)
            try SignatureV4.verify(
                call.request, claim: claim, signingKey: call.signingKey, at: Fixtures.now.wall, scope: call.scope)
        }
    } setup: {
        Fixtures.SignedCall()
    }

    Benchmark("RunTask: decode the request") { benchmark, bytes in
        for _ in benchmark.scaledIterations {
            blackHole(try JSONCoding.decode(ECS.RunTaskRequest.self, from: bytes))
        }
    } setup: {
        Array(Fixtures.runTask.utf8)
    }

    Benchmark("RunTask: encode the response") { (benchmark, response: ECS.RunTaskResponse) in
        for _ in benchmark.scaledIterations { blackHole(try JSONCoding.encode(response)) }
    } setup: {
        var cluster = try Fixtures.Cluster(instances: 1)
        return try cluster.runTask().response
    }

    Benchmark("RunTask: step of the machine, 100 instances") { (benchmark, cluster: Fixtures.Cluster) in
        // A copy, so that each iteration begins with the same state.
        var cluster = cluster
        for _ in benchmark.scaledIterations { blackHole(try cluster.runTask()) }
    } setup: {
        try Fixtures.Cluster(instances: 100)
    }
}
