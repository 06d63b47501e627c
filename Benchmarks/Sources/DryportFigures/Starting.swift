// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportRuntime
import DryportRuntimeDocker
import DryportRuntimeProcess
import Foundation
import Logging

/// The time from RunTask to RUNNING through all layers, on each runtime, and what the runtime alone takes of it.
struct Starting {
    private static let image = "busybox:latest"
    /// A container that lives until it is asked to end, also as the first process of its namespace.
    private static let entryPoint = ["sh", "-c"]
    private static let command = ["trap 'exit 0' TERM; while :; do sleep 0.2; done"]
    /// How often the client asks: it sees a task run up to this much, and one call, too late.
    private static let pause = Duration.milliseconds(5)
    let bench: Bench
    private let logger = Logger(label: "figures") { _ in SwiftLogNoOpLogHandler() }

    func measure(into report: inout Report) async throws {
        report.section("run-task to RUNNING, plain processes")
        let process = try ProcessRuntime(
            stateDirectory: try bench.subdirectory().path(percentEncoded: false), logger: logger)
        try await measure("process", process, into: &report)
        report.section("run-task to RUNNING, Docker")
        guard FileManager.default.isReadableFile(atPath: DockerRuntime.defaultSocketPath) else {
            report.note("skipped: \(DockerRuntime.defaultSocketPath) is not there")
            return
        }
        let docker = DockerRuntime(logger: logger)
        do {
            if try await docker.localImage(Self.image) == nil {
                report.note("skipped: the image \(Self.image) is missing; `docker pull \(Self.image)` fetches it")
            } else {
                try await measure("docker", docker, into: &report)
            }
        } catch let error as RuntimeError {
            report.note("skipped: \(error.message)")
        }
        await docker.close()
    }

    private func measure(_ name: String, _ runtime: some ContainerRuntime, into report: inout Report) async throws {
        var times = Times()
        let bench = bench
        try await Installation.with(bench, runtime: name) { installation in
            var container = ContainerDefinition(name: "main", image: Self.image)
            container.memory = 16
            container.entryPoint = Self.entryPoint
            container.command = Self.command
            _ = try await installation.call(
                ECS.RegisterTaskDefinitionRequest(
                    family: "start", containerDefinitions: [container], requiresCompatibilities: ["EXTERNAL"]))
            // The first pays for what is loaded once.
            _ = try await start(installation)
            for _ in 0..<bench.runs { times.add(try await start(installation)) }
            // The agent keeps ended containers for hours.
            for seen in try await runtime.inventory(owner: installation.instance) {
                try? await runtime.remove(seen.handle, volumes: [])
            }
        }
        let alone = try await startAlone(runtime)
        report.add(times.running.figure("createdAt to startedAt, as the control plane has them"))
        report.add(times.pulling.figure("    of that: pullStartedAt to pullStoppedAt"))
        report.add(times.own.figure("    the rest"))
        report.add(alone.figure("create and start of the same container, no ECS at all"))
        report.add(times.client.figure("RunTask called to RUNNING seen, by a client that polls"))
        let own = times.own.figure("").median - alone.figure("").median
        report.add("own overhead, difference of the two medians", own, unit: "ms")
    }

    /// Starts one task, and stops it again.
    private func start(_ installation: Installation) async throws -> Times {
        let begin = ContinuousClock.now
        let answer = try await installation.call(ECS.RunTaskRequest(launchType: "EXTERNAL", taskDefinition: "start"))
        guard let arn = answer.tasks?.first?.taskArn else { throw FigureError("not placed: \(answer.failures ?? [])") }
        func task(_ status: String) async throws -> ECS.Task {
            try await eventually("a task to be \(status)", every: Self.pause) {
                let task = try await installation.call(ECS.DescribeTasksRequest(tasks: [arn])).tasks?.first
                guard task?.lastStatus == status || task?.lastStatus == "STOPPED" else { return nil }
                return task
            }
        }
        let seen = try await task("RUNNING")
        let duration = ContinuousClock.now - begin
        guard let created = seen.createdAt, let started = seen.startedAt else {
            throw FigureError("the task did not run: \(seen.stoppedReason ?? "no reason given")")
        }
        var times = Times()
        times.client.add(duration)
        let running = created.duration(to: started)
        var pulling = Duration.zero
        if let begun = seen.pullStartedAt, let ended = seen.pullStoppedAt { pulling = begun.duration(to: ended) }
        times.running.add(running)
        times.pulling.add(pulling)
        times.own.add(running - pulling)
        _ = try await installation.call(ECS.StopTaskRequest(task: arn))
        _ = try await task("STOPPED")
        return times
    }

    /// What the runtime alone takes for the same container.
    private func startAlone(_ runtime: some ContainerRuntime) async throws -> Samples {
        let owner = "figures-\(UUID().uuidString)"
        var samples = Samples()
        for number in 0...bench.runs {
            var spec = ContainerSpec(
                identity: ContainerIdentity(
                    owner: owner, taskARN: "task-\(number)", containerName: "main", family: "start", revision: "1",
                    cluster: "default"), name: "ecs-\(owner)-\(number)", image: Self.image)
            spec.entryPoint = Self.entryPoint
            spec.command = Self.command
            spec.memoryLimit = 16
            let begin = ContinuousClock.now
            let handle = try await runtime.create(spec)
            try await runtime.start(handle)
            let duration = ContinuousClock.now - begin
            if number > 0 { samples.add(duration) }
            try await runtime.stop(handle, signal: nil, gracePeriod: .zero)
            try await runtime.remove(handle, volumes: [])
        }
        return samples
    }
}

extension Starting {
    /// How long starts took, in milliseconds.
    struct Times {
        var running = Samples()
        var pulling = Samples()
        var own = Samples()
        var client = Samples()

        mutating func add(_ other: Times) {
            running.add(other.running)
            pulling.add(other.pulling)
            own.add(other.own)
            client.add(other.client)
        }
    }
}
