// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportReconciler
import OrderedCollections

extension TaskEngine {
    // MARK: What happens to a container

    /// Writes down that a container runs.
    func becomeRunning(
        _ index: Int, in task: inout EngineTask, startedAt: Timestamp, _ effects: inout Effects
    ) {
        let isFirst = task.record.containers[index].startedAt == nil
        task.record.containers[index].phase = .running
        task.record.containers[index].startedAt = startedAt
        task.work[index].failures = 0
        observe(index, of: task.record, &effects)
        // A restart in place is nobody's business but the user's (`ecs-agent.md` §10.7).
        if isFirst { report(.running, index, in: &task.record) }
    }

    /// Writes down that a container has ended for good, or will never start.
    mutating func finish(
        _ index: Int, of arn: String, exit: ContainerExitRecord?, reason: String? = nil, at now: Instant,
        _ effects: inout Effects
    ) {
        guard var task = tasks[arn], task.record.containers[index].phase != .stopped else { return }
        var container = task.record.containers[index]
        container.phase = .stopped
        container.exit = exit
        container.networkBindings = []
        if container.mustStop, exit == nil {
            container.exit = ContainerExitRecord(code: 143, finishedAt: now.wall)
        }
        task.record.containers[index] = container
        task.work[index].notBefore = nil
        task.work[index].recheckAt = nil
        task.work[index].failures = 0
        tasks[arn] = task
        if let reason { setReason(reason, index, of: arn) }
        observe(index, of: tasks[arn]!.record, &effects)
        report(.stopped, index, in: &tasks[arn]!.record)
        mark(arn)
    }

    /// The first error stays (§6.5).
    mutating func setReason(_ reason: String, _ index: Int, of arn: String) {
        guard tasks[arn]?.record.containers[index].reason == nil else { return }
        tasks[arn]?.record.containers[index].reason = reason
    }

    /// Deals with the end of a run: a restart in place, or the end of the container.
    mutating func handleExit(
        _ exit: ContainerExitRecord, _ index: Int, of arn: String, at now: Instant, _ effects: inout Effects
    ) {
        guard let task = tasks[arn] else { return }
        guard restarts(index, in: task.record, after: exit) else {
            var reason: String?
            if exit.isOutOfMemory {
                reason = "OutOfMemoryError: Container killed due to memory usage"
            } else if let text = exit.reason, !text.isEmpty {
                reason = "DockerStateError: \(text)"
            }
            return finish(index, of: arn, exit: exit, reason: reason, at: now, &effects)
        }
        tasks[arn]?.record.containers[index].phase = .created
        tasks[arn]?.record.containers[index].exit = exit
        tasks[arn]?.record.containers[index].restartCount += 1
        tasks[arn]?.record.containers[index].networkBindings = []
        tasks[arn]?.record.containers[index].health = .unknown
        tasks[arn]?.work[index].operation?.isSuperseded = true
        effects.observe(
            .containerRestarting(
                task: arn, container: task.record.plan.containers[index].plan.containerName,
                count: task.record.containers[index].restartCount + 1))
        mark(arn)
    }

    private func restarts(_ index: Int, in record: TaskRecord, after exit: ContainerExitRecord) -> Bool {
        guard let policy = record.plan.containers[index].restartPolicy, !record.wantsStop(index),
            let startedAt = record.containers[index].startedAt
        else { return false }
        if let code = exit.code, policy.ignoredExitCodes.contains(code) { return false }
        return startedAt.duration(to: exit.finishedAt) >= policy.attemptPeriod
    }

    private func observe(_ index: Int, of record: TaskRecord, _ effects: inout Effects) {
        let container = record.containers[index]
        effects.observe(
            .containerChanged(
                task: record.plan.arn, container: record.plan.containers[index].plan.containerName,
                phase: container.phase, exitCode: container.phase == .stopped ? container.exit?.code : nil,
                reason: container.reason))
    }

    /// Notes a change of a container for the next report of its task.
    func report(_ status: ContainerStatus, _ index: Int, in record: inout TaskRecord) {
        guard record.status != .stopped else { return }
        let container = record.containers[index]
        record.reports.leftovers.append(
            ContainerReport(
                containerName: record.plan.containers[index].plan.containerName, status: status,
                runtimeID: container.runtimeID, imageDigest: container.imageDigest,
                exitCode: status == .stopped ? container.exit?.code : nil, reason: container.reason,
                networkBindings: container.networkBindings))
    }

    // MARK: What the runtime shows

    /// Takes over what the runtime shows of a container.
    /// - Parameter isAuthoritative: Whether it surely shows the present, as the result of a start does.
    mutating func apply(
        _ seen: RuntimeContainer, to index: Int, of arn: String, isAuthoritative: Bool, at now: Instant,
        using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        guard var task = tasks[arn] else { return }
        var container = task.record.containers[index]
        guard container.runtimeID == nil || container.runtimeID == seen.runtimeID else { return }
        let isOld = !isAuthoritative && Self.isOld(seen, of: container)
        guard container.phase != .stopped else {
            container.runtimeID = seen.runtimeID
            tasks[arn]?.record.containers[index] = container
            mark(arn)
            if seen.state == .running, !isOld { stopStray(seen, mustRemove: false, at: now, &effects) }
            return
        }
        container.runtimeID = seen.runtimeID
        container.imageDigest = container.imageDigest ?? seen.imageDigest
        if !isOld, let health = seen.health { container.health = health }
        if !isOld, seen.state == .running { container.networkBindings = seen.networkBindings }
        if container.phase == .none || container.phase == .pulled { container.phase = .created }
        task.record.containers[index] = container
        if !isOld, container.phase != .running {
            switch seen.state {
            case .created: break
            case .running:
                becomeRunning(index, in: &task, startedAt: seen.startedAt ?? now.wall, &effects)
            case .exited(let exit):
                // It was started and ended before anybody looked. What never started did not run.
                if let startedAt = seen.startedAt {
                    becomeRunning(index, in: &task, startedAt: startedAt, &effects)
                } else if container.startedAt == nil {
                    tasks[arn] = task
                    return finish(index, of: arn, exit: exit, at: now, &effects)
                }
            }
        } else if !isOld, container.phase == .running, let startedAt = seen.startedAt, seen.state == .running {
            task.record.containers[index].startedAt = startedAt
        }
        tasks[arn] = task
        mark(arn)
        guard !isOld, case .exited(let exit) = seen.state else { return }
        // A task that ran for a moment only is told to have run.
        _ = updateStatus(arn, at: now, using: &random, &effects)
        handleExit(exit, index, of: arn, at: now, &effects)
    }

    /// Whether something shows a run whose end has been dealt with.
    private static func isOld(_ seen: RuntimeContainer, of container: ContainerRecord) -> Bool {
        guard container.phase != .running, let exit = container.exit else { return false }
        let past = DesiredContainer(
            key: seen.key, wish: .run, knowledge: .created,
            lastRun: .init(startedAt: container.startedAt, finishedAt: exit.finishedAt))
        switch seen.state {
        case .created: return true
        case .running: return past.hasDealtWith(startedAt: seen.startedAt, finishedAt: nil)
        case .exited(let other):
            return past.hasDealtWith(startedAt: seen.startedAt, finishedAt: other.finishedAt)
        }
    }
}
