// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportRuntime
import Synchronization

/// Follows a task until it has stopped: its states through the API, its containers' output through the runtime.
final class TaskWatch: Sendable {
    private struct State {
        /// Containers in the order in which they were seen to have ended.
        var ended: [String] = []
        var last: ECS.Task?
    }

    private let arn: String
    private let client: APIClient
    private let runtime: any ContainerRuntime
    private let reporter: RunReporter
    private let state = Mutex(State())

    init(arn: String, client: APIClient, runtime: any ContainerRuntime, reporter: RunReporter) {
        self.arn = arn
        self.client = client
        self.runtime = runtime
        self.reporter = reporter
    }

    /// Returns when the task has stopped and all output has been shown.
    func run(from task: ECS.Task) async throws {
        var shown = task.lastStatus
        try await withThrowingDiscardingTaskGroup { group in
            var followed: Set<String> = []
            while true {
                guard let now = try await client.perform(ECS.DescribeTasksRequest(tasks: [arn])).tasks?.first else {
                    throw CommandError("the control plane does not know the task any more")
                }
                note(now)
                for container in now.containers ?? [] {
                    guard let id = container.runtimeId, followed.insert(id).inserted else { continue }
                    group.addTask { await self.follow(ContainerHandle(id: id), name: container.name ?? "") }
                }
                if now.lastStatus == "STOPPED", shown == "PENDING", now.startedAt != nil {
                    // It ran for less than the time between two looks.
                    var running = now
                    running.lastStatus = "RUNNING"
                    reporter.changed(running)
                }
                if now.lastStatus != shown {
                    shown = now.lastStatus
                    reporter.changed(now)
                }
                if now.lastStatus == "STOPPED" { return }
                reporter.tick(now.lastStatus ?? "")
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    private func note(_ task: ECS.Task) {
        state.withLock { state in
            state.last = task
            for container in task.containers ?? [] where container.lastStatus == "STOPPED" {
                if let name = container.name, !state.ended.contains(name) { state.ended.append(name) }
            }
        }
    }

    private func follow(_ handle: ContainerHandle, name: String) async {
        do {
            for try await chunk in runtime.logs(handle, follow: true) { reporter.wrote(chunk, container: name) }
        } catch {
            reporter.waiting(for: "the output of \(name) is not available: \(error)")
        }
        reporter.closed(container: name)
    }

    /// Removes the task's containers, and says which of them ended the task and with what.
    func removeContainers(of definition: TaskDefinition?) async -> (container: String?, exitCode: Int32) {
        let (last, ended) = state.withLock { ($0.last, $0.ended) }
        let containers = last?.containers ?? []
        for container in containers {
            guard let id = container.runtimeId else { continue }
            try? await runtime.remove(ContainerHandle(id: id), volumes: [])
        }
        let essential = (definition?.containerDefinitions ?? []).filter { $0.essential ?? true }.map(\.name)
        let culprit = ended.first { essential.contains($0) }
        let code = containers.first { $0.name == culprit }?.exitCode
        return code.map { (culprit, Int32(truncatingIfNeeded: $0)) } ?? (nil, 1)
    }
}
