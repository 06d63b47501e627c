// SPDX-License-Identifier: Apache-2.0

import DryportControlPlane
import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel
import DryportServer
import DryportStoreSQLite
import Foundation
import Logging

/// Calls a second through HTTP, signature and a flush to the disk for whatever changes, beside the emulator `moto`
/// under the same load.
struct Serving {
    /// What is called.
    private enum Load: String, CaseIterable {
        case describe = "DescribeTasks, one task"
        case run = "RunTask, count 1"
        case runTen = "RunTask, count 10"
        case submit = "SubmitTaskStateChange"
    }

    private static let instances = 500
    /// Each report of a task's state is sent once: a second one changes nothing, and is cheap. So there are many, and
    /// the time is short.
    private static let reports = 120_000
    private static let reportSeconds = 6
    let bench: Bench
    let seconds: Int
    private let logger = Logger(label: "figures") { _ in SwiftLogNoOpLogHandler() }
    private let key = AccessKey(id: "AKIAFIGURES000000000", secret: Redacted("figures"))

    func measure(into report: inout Report) async throws {
        guard let client = LoadClient(directory: bench.directory) else {
            return report.note("calls through HTTP are left out: wrk is not installed")
        }
        report.section(
            "calls through HTTP, SigV4 and SQLite with a flush, \(Self.instances) instances; wrk, one thread")
        let alone = try await withServer { url, _ in
            try await client.load(url, [SignedRequest(get: "/healthz")], connections: 64, seconds: seconds)
        }
        report.add("GET /healthz, 64 at a time: what the client can do at least", alone.rate, unit: "a second")
        var rates: [Load: Double] = [:]
        for load in Load.allCases {
            for connections in [1, 64] {
                let result = try await withServer { url, plane in
                    try await client.load(
                        url, try await requests(load, url, plane), connections: connections,
                        seconds: load == .submit ? min(seconds, Self.reportSeconds) : seconds)
                }
                if load == .submit, result.requests > Self.reports {
                    report.note("Reports were sent twice: the next figure is too high.")
                }
                add(result, "\(load.rawValue), \(connections) at a time", into: &report)
                if load == .runTen {
                    report.add("    tasks placed and committed", result.rate * 10, unit: "a second")
                }
                if connections == 64 { rates[load] = result.rate }
            }
        }
        try await compare(rates, client, into: &report)
    }

    private func add(_ result: LoadClient.Result, _ name: String, into report: inout Report) {
        report.add(name, result.rate, unit: "a second")
        report.add("    p50", result.p50, unit: "ms")
        report.add("    p99", result.p99, unit: "ms")
        if result.failures > 0 { report.add("    failed", Double(result.failures), unit: "calls") }
    }

    // MARK: Dryport

    private func withServer<Result: Sendable>(
        _ body: (_ url: String, _ plane: ControlPlane) async throws -> Result
    ) async throws -> Result {
        let path = try bench.subdirectory().appending(path: "state.sqlite").path(percentEncoded: false)
        let store = try await SQLiteStore.open(path: path, logger: logger)
        let result = try await withControlPlane(administrators: [key], store: store, logger: logger) { plane in
            var configuration = DryportServer.Configuration()
            configuration.port = 0
            let server = try DryportServer(controlPlane: plane, configuration: configuration, logger: logger)
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                let result = try await body(try await server.address.url, plane)
                group.cancelAll()
                return result
            }
        }
        await store.close()
        return result
    }

    private func requests(_ load: Load, _ url: String, _ plane: ControlPlane) async throws -> [SignedRequest] {
        let cluster = try await LoadedCluster(plane, instances: Self.instances)
        let credentials = Credentials(accessKeyID: key.id, secretAccessKey: key.secret)
        func run(_ count: Int) -> ECS.RunTaskRequest {
            ECS.RunTaskRequest(count: count, launchType: "EXTERNAL", taskDefinition: LoadedCluster.family)
        }
        switch load {
        case .run: return [try SignedRequest(run(1), to: url, with: credentials)]
        case .runTen: return [try SignedRequest(run(10), to: url, with: credentials)]
        case .describe:
            let tasks = try await cluster.run(10)
            return [try SignedRequest(ECS.DescribeTasksRequest(tasks: [tasks[0]]), to: url, with: credentials)]
        case .submit:
            return try await cluster.run(Self.reports).map { task in
                var request = ECS.SubmitTaskStateChangeRequest()
                request.task = task
                request.status = "RUNNING"
                return try SignedRequest(request, to: url, with: credentials)
            }
        }
    }

    // MARK: moto

    private func compare(_ rates: [Load: Double], _ client: LoadClient, into report: inout Report) async throws {
        guard let moto = try await Moto(bench) else {
            return report.note("the comparison is left out: moto_server or aws is not installed")
        }
        defer { moto.end() }
        report.section("moto_server, the same load")
        let credentials = Credentials(accessKeyID: "a", secretAccessKey: Redacted("b"))
        let task = try await moto.prepare(instances: Self.instances, family: LoadedCluster.family)
        let calls: [(Load, SignedRequest)] = [
            (.describe, try SignedRequest(ECS.DescribeTasksRequest(tasks: [task]), to: moto.url, with: credentials)),
            (
                .run,
                try SignedRequest(
                    ECS.RunTaskRequest(count: 1, launchType: "EC2", taskDefinition: LoadedCluster.family),
                    to: moto.url, with: credentials)
            ),
        ]
        for (load, request) in calls {
            for connections in [1, 64] {
                let result = try await client.load(
                    moto.url, [request], connections: connections, seconds: seconds)
                add(result, "\(load.rawValue), \(connections) at a time", into: &report)
                if connections == 64, let own = rates[load] {
                    report.add("    Dryport serves", own / result.rate, unit: "times as many")
                }
            }
        }
        report.note("SubmitTaskStateChange is not implemented by moto.")
    }
}
