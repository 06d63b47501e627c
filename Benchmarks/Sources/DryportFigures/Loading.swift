// SPDX-License-Identifier: Apache-2.0

import CAllocator
import DryportControlPlane
import DryportControlPlaneCore
import DryportMessages
import DryportModel
import DryportStoreSQLite
import Foundation
import Logging

/// How long a large cluster takes to load after a restart, and what tasks and definitions hold in memory.
struct Loading {
    private static let instances = 5_000
    private static let services = 5_000
    private static let tasksPerService = 20
    private static let definitions = 10_000
    let bench: Bench
    private let logger = Logger(label: "figures") { _ in SwiftLogNoOpLogHandler() }

    func measure(into report: inout Report) async throws {
        try await memory(into: &report)
        report.section("restart with \(Self.instances) instances, \(Self.services) services, 100,000 tasks")
        let path = try bench.subdirectory().appending(path: "state.sqlite").path(percentEncoded: false)
        let store = try await SQLiteStore.open(path: path, logger: logger)
        try await withControlPlane(store: store, logger: logger) { plane in
            try await fill(plane)
        }
        await store.close()
        let begin = ContinuousClock.now
        let again = try await SQLiteStore.open(path: path, logger: logger)
        try await withControlPlane(store: again, logger: logger) { plane in
            let loaded = ContinuousClock.now
            report.add("the state is loaded after", (loaded - begin) / .seconds(1), unit: "s")
            let answer = try await plane.perform(ECS.DescribeClustersRequest(), in: LoadedCluster.context)
            report.add("the first call is answered after", (ContinuousClock.now - begin) / .seconds(1), unit: "s")
            report.add("running tasks", Double(answer.clusters?.first?.runningTasksCount ?? 0), unit: "")
            report.add("active services", Double(answer.clusters?.first?.activeServicesCount ?? 0), unit: "")
        }
        await again.close()
    }

    /// Services start their tasks by themselves; every task is reported RUNNING.
    private func fill(_ plane: ControlPlane) async throws {
        _ = try await LoadedCluster(plane, instances: Self.instances)
        try await concurrently(Self.services) { number in
            _ = try await plane.perform(
                ECS.CreateServiceRequest(
                    serviceName: "service-\(number)", taskDefinition: LoadedCluster.family,
                    desiredCount: Self.tasksPerService, launchType: "EXTERNAL"), in: LoadedCluster.context)
        }
        var token: String?
        repeat {
            let page = try await plane.perform(
                ECS.ListContainerInstancesRequest(nextToken: token), in: LoadedCluster.context)
            token = page.nextToken
            let instances = page.containerInstanceArns ?? []
            try await concurrently(instances.count) { index in
                let list = ECS.ListTasksRequest(containerInstance: instances[index])
                for task in try await plane.perform(list, in: LoadedCluster.context).taskArns ?? [] {
                    var report = ECS.SubmitTaskStateChangeRequest()
                    report.task = task
                    report.status = "RUNNING"
                    _ = try await plane.perform(report, in: LoadedCluster.context)
                }
            }
        } while token != nil
    }

    private func concurrently(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        let workers = 64
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<workers {
                group.addTask {
                    for index in stride(from: worker, to: count, by: workers) { try await body(index) }
                }
            }
            try await group.waitForAll()
        }
    }

    private func memory(into report: inout Report) async throws {
        report.section("memory of the control plane, as the allocator counts it")
        let path = try bench.subdirectory().appending(path: "state.sqlite").path(percentEncoded: false)
        let store = try await SQLiteStore.open(path: path, logger: logger)
        try await withControlPlane(store: store, logger: logger) { plane in
            let cluster = try await LoadedCluster(plane, instances: 100)
            let before = dryport_allocated_bytes()
            let tasks = try await cluster.run(10_000)
            try await concurrently(tasks.count) { index in
                var report = ECS.SubmitTaskStateChangeRequest()
                report.task = tasks[index]
                report.status = "RUNNING"
                _ = try await plane.perform(report, in: LoadedCluster.context)
            }
            let running = dryport_allocated_bytes()
            var container = ContainerDefinition(name: "main", image: "busybox:latest")
            container.memory = 6
            let definition = ECS.RegisterTaskDefinitionRequest(
                family: "memory", containerDefinitions: [container], requiresCompatibilities: ["EXTERNAL"])
            try await concurrently(Self.definitions) { _ in
                _ = try await plane.perform(definition, in: LoadedCluster.context)
            }
            let registered = dryport_allocated_bytes()
            report.add("1,000 running tasks", Double(running - before) / 10 / 1024, unit: "KiB")
            report.add("1,000 registered task definitions", Double(registered - running) / 10 / 1024, unit: "KiB")
        }
        await store.close()
    }
}
