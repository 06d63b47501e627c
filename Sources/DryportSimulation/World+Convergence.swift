// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportControlPlaneCore
import DryportMessages
import DryportModel
import DryportReconciler
import OrderedCollections

// Whether the store, the agents and the containers agree.
extension World {
    /// What they do not agree on; empty when all is well.
    func disagreements() -> [String] {
        guard plane.machine != nil else { return ["the control plane is down"] }
        var problems = client.open.values.map { "\($0.name) is not answered" }
        let statuses = agents.map { $0.machine?.status }
        for (agent, status) in zip(agents, statuses) {
            guard agent.instanceARN.map({ !checker.deregistered.contains($0) }) ?? true else { continue }
            guard let status, status.isConnected, status.isRuntimeReady else {
                problems.append("\(agent.name) is not connected, or its runtime is not")
                continue
            }
            if status.pendingReports > 0 {
                problems.append("\(agent.name) has \(status.pendingReports) reports to make")
            }
        }
        problems += strayContainers()
        let inactive = Set(plane.instances.filter { $0.status == .inactive }.map(\.id))
        for task in plane.tasks {
            if inactive.contains(task.instanceID) {
                if task.lastStatus != .stopped { problems.append("\(task.id) lives on a deregistered instance") }
                continue
            }
            guard let index = agents.firstIndex(where: { $0.instanceID == task.instanceID }) else {
                problems.append("nobody is the instance of \(task.id)")
                continue
            }
            if let problem = disagreement(on: task, with: agents[index], statuses[index]) { problems.append(problem) }
        }
        return problems
    }

    /// A container may run only if the control plane wants its task to.
    private func strayContainers() -> [String] {
        agents.flatMap { agent in
            guard agent.instanceARN.map({ !checker.deregistered.contains($0) }) ?? true else { return [String]() }
            return agent.runtime.running.compactMap { container in
                let task = plane.task(arn: container.key.taskARN)
                guard let task, task.desiredStatus == .running, task.instanceID == agent.instanceID else {
                    let status = task?.lastStatus.rawValue ?? "unknown"
                    return "\(container.runtimeID) of \(container.key) runs, and its task is \(status)"
                }
                return nil
            }
        }
    }

    private func disagreement(
        on task: DryportControlPlaneCore.TaskRecord, with agent: AgentHost, _ status: AgentStatus?
    ) -> String? {
        let known = status?.tasks.first { $0.arn.hasSuffix(task.id) }
        let running = agent.runtime.running.filter { $0.key.taskARN.hasSuffix(task.id) }
        switch (task.lastStatus, task.desiredStatus) {
        case (.stopped, _):
            if !task.isReleased { return "\(task.id) stopped, and is still charged" }
            if task.stopCode == nil { return "\(task.id) stopped without a code" }
            if let known, known.lastStatus != .stopped {
                return "\(task.id) stopped, and is \(known.lastStatus) on \(agent.name)"
            }
            return exitDisagreement(on: task)
        case (.running, .running):
            guard let known, known.lastStatus == .running, known.desiredStatus == .running else {
                return "\(task.id) is running, and is \(known?.lastStatus.rawValue ?? "unknown") on \(agent.name)"
            }
            let expected = known.containers.filter { $0.phase == .running }
            let isTrue =
                !expected.isEmpty
                && expected.allSatisfy { container in running.contains { $0.runtimeID == container.runtimeID } }
            guard isTrue else {
                return "\(task.id) is running, and \(agent.name) runs \(running.map(\.runtimeID)) of it"
            }
            return credentialsProblem(of: task, on: agent)
        default: return "\(task.id) is \(task.lastStatus) and is to be \(task.desiredStatus)"
        }
    }

    /// A task that runs has credentials for its role, and they have not ended.
    private func credentialsProblem(of task: DryportControlPlaneCore.TaskRecord, on agent: AgentHost) -> String? {
        guard let id = task.taskCredentialsID else { return nil }
        guard let expiration = agent.machine?.roleCredentials(id: id)?.expiration else {
            return "\(task.id) has no credentials on \(agent.name)"
        }
        // This form of time orders as text does.
        guard expiration > planeNow.wall.internetDateTime else {
            return "the credentials of \(task.id) on \(agent.name) ended at \(expiration)"
        }
        return nil
    }

    /// The exit codes that are told are those that were.
    private func exitDisagreement(on task: DryportControlPlaneCore.TaskRecord) -> String? {
        for container in task.containers {
            let arn = plane.configuration.scope.task(task.id, cluster: "default")
            let key = ContainerKey(taskARN: arn, containerName: container.name)
            guard let exit = checker.exits[key], !checker.lost.contains(key) else { continue }
            guard container.exitCode != exit else { continue }
            let (was, told) = (exit.map(String.init) ?? "none", container.exitCode.map(String.init) ?? "none")
            return "the exit code of \(container.name) of \(task.id) was \(was), and is told to be \(told)"
        }
        return nil
    }
}
