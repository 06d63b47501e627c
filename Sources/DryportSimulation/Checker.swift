// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportControlPlaneCore
import DryportMessages
import DryportModel
import DryportReconciler
import OrderedCollections

/// What the checkers remember.
struct Checker: Sendable {
    /// Tasks that the control plane has forgotten in time.
    var forgotten: Set<String> = []
    /// ARNs of instances that were deregistered by force: what runs there is nobody's any more.
    var deregistered: Set<String> = []
    /// How often each container was started.
    var starts: [ContainerKey: Int] = [:]
    /// How the last run of each container ended, unless the container was removed behind the agent's back.
    var exits: [ContainerKey: Int?] = [:]
    /// Containers that were removed behind the agent's back.
    var lost: Set<ContainerKey> = []
    /// The last description of each task that a client has seen, by the order in which they were made.
    var described: [String: (order: Int, status: TaskStatus)] = [:]
    /// What is charged to each instance: by the instance's id, by the task's.
    var charges: [String: OrderedDictionary<String, TaskResources>] = [:]
    /// Instances that were charged more since the last check.
    var charged: OrderedSet<String> = []
}

// Checks while the world goes on, each where something happens that could break a rule.
extension World {
    // MARK: The control plane's store

    /// A record is written.
    mutating func check(_ record: ControlPlaneRecord, replacing old: ControlPlaneRecord?) {
        guard case .task(let task, _) = record else { return }
        if task.isReleased {
            checker.charges[task.instanceID]?[task.id] = nil
        } else if checker.charges[task.instanceID, default: [:]].updateValue(task.charge, forKey: task.id) == nil {
            checker.charged.append(task.instanceID)
        }
        guard case .task(let before, _)? = old else { return }
        let isBack =
            task.lastStatus < before.lastStatus || before.desiredStatus == .stopped && task.desiredStatus == .running
            || before.isReleased && !task.isReleased
        if isBack {
            violate(
                .statusMovesForward,
                "\(task.id) was \(before.lastStatus) (to be \(before.desiredStatus)), and is \(task.lastStatus)")
        }
        if before.lastStatus == .stopped,
            task.stopCode != before.stopCode || task.times.stoppedAt != before.times.stoppedAt
        {
            violate(.statusMovesForward, "\(task.id) has stopped, and its end changes")
        }
    }

    /// A record is deleted.
    mutating func check(deletionOf old: ControlPlaneRecord) {
        guard case .task(let task, let cluster) = old else { return }
        let arn = plane.configuration.scope.task(task.id, cluster: cluster)
        if hasPassedRetention(task) {
            checker.forgotten.insert(arn)
        } else {
            violate(.acknowledgedTaskIsKept, "\(arn) is deleted while it is \(task.lastStatus)")
        }
    }

    private func hasPassedRetention(_ task: DryportControlPlaneCore.TaskRecord) -> Bool {
        guard task.lastStatus == .stopped, let stoppedAt = task.times.stoppedAt else { return false }
        return stoppedAt.advanced(by: plane.configuration.stoppedTaskRetention) <= planeNow.wall
    }

    /// Whether a task may be unknown by now. An answer "not found" does not wait until the deletion is durable.
    func mayBeForgotten(_ arn: String) -> Bool {
        checker.forgotten.contains(arn) || plane.task(arn: arn).map(hasPassedRetention) ?? false
    }

    /// What is charged to an instance is what it has, at most.
    mutating func checkCharges() {
        for id in checker.charged {
            guard case .instance(let instance, _)? = plane.store[plane.key(ofInstance: id)],
                let charges = checker.charges[id]?.values
            else { continue }
            let ports = charges.flatMap(\.tcpPorts)
            let isTooMuch =
                charges.reduce(0) { $0 + $1.cpu } > instance.resources.cpu
                || charges.reduce(0) { $0 + $1.memory } > instance.resources.memory || Set(ports).count < ports.count
            if isTooMuch { violate(.noOvercommitment, "instance \(instance.id) is charged \(charges)") }
        }
        checker.charged = []
    }

    // MARK: What the client sees

    /// The client is told of a task.
    mutating func checkAcknowledgement(of arn: String) {
        if plane.task(arn: arn) == nil, !checker.forgotten.contains(arn) {
            violate(.acknowledgedTaskIsKept, "\(arn) is acknowledged, and is not in the store")
        }
    }

    /// The client sees a task.
    mutating func checkDescription(_ task: ECS.Task, order: Int) {
        guard let arn = task.taskArn, let status = task.lastStatus.flatMap(TaskStatus.init(rawValue:)) else {
            return violate(.statusMovesForward, "a description lacks its ARN or its status")
        }
        if let last = checker.described[arn] {
            let (earlier, later) = order < last.order ? (status, last.status) : (last.status, status)
            if later < earlier { violate(.statusMovesForward, "\(arn) was described as \(earlier), then as \(later)") }
            if order < last.order { return }
        }
        checker.described[arn] = (order, status)
    }

    // MARK: Hosts

    /// An agent asks its runtime for something.
    mutating func checkOrder(_ operation: RuntimeOperation, of agent: Int) {
        guard case .start(let id) = operation, let key = agents[agent].runtime.containers[id]?.seen.key,
            let record = agents[agent].task(arn: key.taskARN), record.desired == .stopped
        else { return }
        violate(.noStartAfterStop, "\(agents[agent].name) starts \(key), and has stored that it must stop")
    }

    /// A container began to run.
    mutating func checkStart(of container: RuntimeContainer) {
        statistics.containerStarts += 1
        let copies = agents.flatMap { $0.runtime.containers.values }.filter { $0.seen.key == container.key }
        let running = copies.filter { $0.seen.state == .running }
        if running.count > 1 {
            violate(.oneRunningCopy, "\(container.key) runs as \(running.map(\.seen.runtimeID))")
        }
        checker.starts[container.key, default: 0] += 1
        let mayRestart = copies.contains { $0.plan.family == "restart" }
        if checker.starts[container.key]! > 1, !mayRestart {
            violate(.oneRun, "\(container.key) is started again as \(container.runtimeID)")
        }
    }

    /// An agent gives up.
    mutating func checkEnd(of agent: Int, reason: String) {
        // Whoever deregisters an instance has its agent end.
        if let arn = agents[agent].instanceARN, checker.deregistered.contains(arn) { return }
        violate(.agentGoesOn, "\(agents[agent].name) gives up: \(reason)")
    }

    /// No secret is in the trace.
    mutating func checkSecrecyOfTrace() {
        for line in trace.lines.isEmpty ? trace.tail : trace.lines {
            let bytes = Array(line.utf8)
            for secret in secrets where bytes.containsText(secret) {
                return violate(.secrecy, "a line of the trace has a secret of \(secret.utf8.count) characters")
            }
        }
    }
}
