// SPDX-License-Identifier: Apache-2.0

import DryportControlPlane
import DryportControlPlaneCore
import DryportMessages
import DryportModel
import DryportStoreSQLite
import Foundation
import Logging

/// Calls of RunTask a second, placed among 100 instances and committed to SQLite with a flush: the control plane as an
/// object in this process, without HTTP, signatures and agents.
enum Committing {
    private static let instances = 100
    private static let context = CallContext(
        principal: .administrator(accessKeyID: "figures"), endpoint: "http://localhost")

    static func measure() async throws {
        for (count, concurrency, calls) in [(1, 1, 500), (1, 64, 4000), (10, 1, 200), (10, 64, 1000)] {
            let directory = URL(filePath: FileManager.default.currentDirectoryPath)
                .appending(path: ".build-figures-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }
            let logger = Logger(label: "figures") { _ in SwiftLogNoOpLogHandler() }
            let store = try await SQLiteStore.open(
                path: directory.appending(path: "state.sqlite").path(), logger: logger)
            try await withControlPlane(store: store, logger: logger) { plane in
                try await prepare(plane)
                let before = store.statistics
                let (samples, elapsed) = try await load(plane, count: count, concurrency: concurrency, calls: calls)
                let groups = store.statistics.groups - before.groups
                let rate = Double(calls) / elapsed
                print(samples.line("RunTask, count \(count), \(concurrency) at a time", unit: "ms"))
                print(
                    "    \(Int(rate)) calls/s, \(Int(rate * Double(count))) tasks/s placed and committed, "
                        + "\(calls) calls in \(groups) flushes")
            }
            await store.close()
        }
    }

    private static func prepare(_ plane: ControlPlane) async throws {
        var container = ContainerDefinition(name: "main", image: "busybox:latest")
        container.memory = 1
        container.cpu = 1
        container.memory = 6
        _ = try await plane.perform(
            ECS.RegisterTaskDefinitionRequest(family: "load", containerDefinitions: [container]), in: context)
        let attributes =
            ["ecs.capability.external"] + (17...30).map { "com.amazonaws.ecs.capability.docker-remote-api.1.\($0)" }
        for number in 0..<instances {
            let registered = try await plane.perform(
                ECS.RegisterContainerInstanceRequest(
                    totalResources: [
                        ECS.Resource(name: "CPU", type: "INTEGER", integerValue: 1 << 30),
                        ECS.Resource(name: "MEMORY", type: "INTEGER", integerValue: 1 << 30),
                    ],
                    attributes: attributes.map { Attribute(name: $0) }, clientToken: "instance-\(number)"), in: context)
            let arn = registered.containerInstance?.containerInstanceArn ?? ""
            let session = try await plane.openSession(
                AgentHandshake(cluster: nil, containerInstanceArn: arn, sendCredentials: false),
                as: context.principal)
            // An agent that reads and never answers.
            Task { for await _ in session.commands {} }
        }
    }

    private static func load(
        _ plane: ControlPlane, count: Int, concurrency: Int, calls: Int
    ) async throws -> (Samples, Double) {
        let start = ContinuousClock.now
        let samples = try await withThrowingTaskGroup(of: [Double].self) { group in
            for worker in 0..<concurrency {
                let share = calls / concurrency + (worker < calls % concurrency ? 1 : 0)
                group.addTask {
                    var values: [Double] = []
                    for _ in 0..<share {
                        let begin = ContinuousClock.now
                        let answer = try await plane.perform(
                            ECS.RunTaskRequest(count: count, taskDefinition: "load"), in: context)
                        guard answer.tasks?.count == count else {
                            throw FigureError("not placed: \(answer.failures ?? [])")
                        }
                        values.append((ContinuousClock.now - begin) / .milliseconds(1))
                    }
                    return values
                }
            }
            var samples = Samples()
            for try await values in group { for value in values { samples.add(value) } }
            return samples
        }
        return (samples, (ContinuousClock.now - start) / .seconds(1))
    }
}
