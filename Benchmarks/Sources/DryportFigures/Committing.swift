// SPDX-License-Identifier: Apache-2.0

import DryportControlPlane
import DryportControlPlaneCore
import DryportMessages
import DryportModel
import DryportStoreSQLite
import Foundation
import Logging

/// Calls of RunTask a second, each placed among 500 instances and committed to SQLite with a flush to the disk: the
/// control plane as an object in this process, without HTTP, signatures and agents.
struct Committing {
    private static let instances = 500
    /// A load ends after this many calls or after its time, whatever comes first.
    private static let maximumCalls = 20_000
    let bench: Bench
    let seconds: Int
    private let logger = Logger(label: "figures") { _ in SwiftLogNoOpLogHandler() }

    func measure(into report: inout Report) async throws {
        report.section("the disk alone, on \(report.machine.fileSystem)")
        report.add(try flushes().figure("4 KiB appended to a file, and fsync"))
        report.section("RunTask into SQLite, \(Self.instances) instances connected, per call")
        for (count, concurrency) in [(1, 1), (1, 64), (10, 1), (10, 64)] {
            try await load(count: count, concurrency: concurrency, into: &report)
        }
    }

    /// What one flush costs here, to compare with.
    private func flushes() throws -> Samples {
        let path = bench.directory.appending(path: "flushes").path(percentEncoded: false)
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw FigureError("\(path) cannot be written") }
        let page = Data(repeating: 7, count: 4096)
        var samples = Samples()
        for _ in 0..<500 {
            let begin = ContinuousClock.now
            try file.write(contentsOf: page)
            try file.synchronize()
            samples.add(ContinuousClock.now - begin)
        }
        try file.close()
        return samples
    }

    private func load(count: Int, concurrency: Int, into report: inout Report) async throws {
        let path = try bench.subdirectory().appending(path: "state.sqlite").path(percentEncoded: false)
        let store = try await SQLiteStore.open(path: path, logger: logger)
        let load = try await withControlPlane(store: store, logger: logger) { plane in
            _ = try await LoadedCluster(plane, instances: Self.instances)
            let before = store.statistics
            var load = try await call(plane, count: count, concurrency: concurrency)
            load.flushes = store.statistics.groups - before.groups
            load.bytes = store.statistics.bytes - before.bytes
            return load
        }
        await store.close()
        let name = "count \(count), \(concurrency) at a time"
        report.add(load.samples.figure(name))
        let calls = Double(load.samples.count)
        report.add("\(name): calls", calls / load.seconds, unit: "a second")
        report.add("\(name): tasks placed and committed", calls * Double(count) / load.seconds, unit: "a second")
        report.add("\(name): calls committed together, mean", calls / Double(load.flushes), unit: "a flush")
        report.add("\(name): written to the store", Double(load.bytes) / calls / 1024, unit: "KiB a call")
    }

    private func call(_ plane: ControlPlane, count: Int, concurrency: Int) async throws -> Load {
        let share = Self.maximumCalls / concurrency
        let begin = ContinuousClock.now
        let end = begin + .seconds(seconds)
        let samples = try await withThrowingTaskGroup(of: Samples.self) { group in
            for _ in 0..<concurrency {
                group.addTask {
                    var samples = Samples()
                    while samples.count < share {
                        let begin = ContinuousClock.now
                        guard begin < end else { break }
                        let answer = try await plane.perform(
                            ECS.RunTaskRequest(
                                count: count, launchType: "EXTERNAL", taskDefinition: LoadedCluster.family),
                            in: LoadedCluster.context)
                        guard answer.tasks?.count == count else {
                            throw FigureError("not placed: \(answer.failures?.first?.reason ?? "no reason given")")
                        }
                        samples.add(ContinuousClock.now - begin)
                    }
                    return samples
                }
            }
            var samples = Samples()
            for try await some in group { samples.add(some) }
            return samples
        }
        return Load(samples: samples, seconds: (ContinuousClock.now - begin) / .seconds(1))
    }
}

extension Committing {
    /// What one load came to.
    struct Load {
        var samples: Samples
        var seconds: Double
        var flushes = 0
        var bytes = 0
    }
}
