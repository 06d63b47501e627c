// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import Foundation

/// Time from RunTask to RUNNING, through all layers: the control plane's own times, startedAt less createdAt, so
/// that how often a client looks does not matter. It includes the commit of the task, the order over ACS, the
/// agent's own commit, the start in the runtime, the report and its authentication.
enum Starting {
    static func measure(executable: String) async throws {
        for runtime in ["process", "docker"] {
            guard runtime == "process" || FileManager.default.fileExists(atPath: "/var/run/docker.sock") else {
                print("run-task to RUNNING, docker: skipped, as /var/run/docker.sock is not there")
                continue
            }
            let plane = try await Plane(executable: executable, runtime: runtime)
            var samples = Samples()
            do {
                var container = ContainerDefinition(name: "main", image: "busybox:latest")
                container.memory = 16
                container.entryPoint = ["sleep"]
                container.command = ["60"]
                _ = try await plane.call(
                    ECS.RegisterTaskDefinitionRequest(
                        family: "start", containerDefinitions: [container], requiresCompatibilities: ["EXTERNAL"]))
                for _ in 0..<20 { try await one(plane, &samples) }
                print(samples.line("run-task to RUNNING, \(runtime)", unit: "ms"))
            } catch {
                print("run-task to RUNNING, \(runtime): failed: \(error)")
            }
            await plane.end()
        }
    }

    private static func one(_ plane: Plane, _ samples: inout Samples) async throws {
        let answer = try await plane.call(ECS.RunTaskRequest(taskDefinition: "start"))
        guard let arn = answer.tasks?.first?.taskArn else { throw FigureError("not placed: \(answer.failures ?? [])") }
        func task() async throws -> ECS.Task? {
            try await plane.call(ECS.DescribeTasksRequest(tasks: [arn])).tasks?.first
        }
        try await Plane.wait("a task to run") { try await task()?.lastStatus != "PENDING" }
        guard let seen = try await task(), let created = seen.createdAt, let started = seen.startedAt else {
            throw FigureError("the task did not run: \(try await task()?.stoppedReason ?? "")")
        }
        samples.add(Double(created.duration(to: started).wholeMilliseconds))
        _ = try await plane.call(ECS.StopTaskRequest(task: arn))
        try await Plane.wait("a task to stop") { try await task()?.lastStatus == "STOPPED" }
    }
}
