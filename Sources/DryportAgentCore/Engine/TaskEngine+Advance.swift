// SPDX-License-Identifier: Apache-2.0

import DryportModel
import OrderedCollections

extension TaskEngine {
    /// Derives what follows for one task, until nothing follows.
    mutating func advance(
        _ arn: String, at now: Instant, using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        // Phases only move forward here, so the loop ends.
        var isMoving = true
        while isMoving, tasks[arn] != nil {
            isMoving = updateStatus(arn, at: now, using: &random, &effects)
            for index in tasks[arn]?.record.containers.indices ?? 0..<0 {
                if advanceContainer(index, of: arn, at: now, &effects) { isMoving = true }
            }
        }
    }

    /// Takes the next step of one container.
    /// - Returns: Whether its record has changed.
    private mutating func advanceContainer(
        _ index: Int, of arn: String, at now: Instant, _ effects: inout Effects
    ) -> Bool {
        guard let task = tasks[arn], task.record.containers[index].phase != .stopped else { return false }
        if task.record.wantsStop(index) { return stopContainer(index, of: arn, at: now, &effects) }
        guard task.work[index].operation == nil, mayBegin(index, of: task, at: now) else { return false }
        switch task.record.containers[index].phase {
        case .none: return pullContainer(index, of: arn, at: now, &effects)
        case .pulled: begin(.create, index, of: arn, at: now, &effects)
        case .created: begin(.start, index, of: arn, at: now, &effects)
        case .running, .stopped: break
        }
        return false
    }

    private func mayBegin(_ index: Int, of task: EngineTask, at now: Instant) -> Bool {
        task.work[index].notBefore.map { $0 <= now.monotonic } ?? true
    }

    /// Pulls take part in the order of dependencies (`ecs-agent.md` §10.4).
    private mutating func pullContainer(
        _ index: Int, of arn: String, at now: Instant, _ effects: inout Effects
    ) -> Bool {
        guard let record = tasks[arn]?.record, record.isAdmitted else { return false }
        tasks[arn]?.work[index].recheckAt = nil
        switch DependencyVerdict.of(index, in: record, at: now) {
        case .blocked(let until):
            tasks[arn]?.work[index].recheckAt = until
            return false
        case .impossible(let reason):
            tasks[arn]?.record.containers[index].mustStop = true
            setReason("TaskDependencyError: \(reason)", index, of: arn)
            return true
        case .met:
            guard link.isLive else { return false }
            if record.pullStartedAt == nil { tasks[arn]?.record.pullStartedAt = now.wall }
            let image = record.plan.containers[index].plan.image
            switch configuration.imagePullBehavior {
            case .preferCached: begin(.localImage(after: nil), index, of: arn, at: now, &effects)
            case .once where pulledImages.contains(image):
                begin(.localImage(after: nil), index, of: arn, at: now, &effects)
            case .default, .always, .once: begin(.pull, index, of: arn, at: now, &effects)
            }
            return false
        }
    }

    /// Ends a container, in the reverse order of dependencies (§10.5).
    private mutating func stopContainer(
        _ index: Int, of arn: String, at now: Instant, _ effects: inout Effects
    ) -> Bool {
        guard let task = tasks[arn] else { return false }
        if let operation = task.work[index].operation {
            switch operation.kind {
            case .pull, .localImage:
                targets[operation.id] = nil
                effects.cancel(operation.id)
                tasks[arn]?.work[index].operation = nil
                tasks[arn]?.record.pullStoppedAt = now.wall
            case .create, .start, .stop, .inspect, .remove: return false
            }
        }
        let container = task.record.containers[index]
        switch container.phase {
        case .none, .pulled:
            finish(index, of: arn, exit: nil, at: now, &effects)
            return true
        case .created:
            // After a restart of the agent it may run although it was not known to: look first.
            guard link.isLive else { return false }
            finish(index, of: arn, exit: container.exit, at: now, &effects)
            return true
        case .running:
            let isFree = task.record.plan.dependents(of: index).allSatisfy {
                task.record.containers[$0].phase == .stopped
            }
            guard isFree, mayBegin(index, of: task, at: now) else { return false }
            begin(.stop, index, of: arn, at: now, &effects)
            return false
        case .stopped: return false
        }
    }

    /// Asks the runtime for something, if it answers at all.
    mutating func begin(
        _ kind: RunningOperation.Kind, _ index: Int, of arn: String, at now: Instant, _ effects: inout Effects
    ) {
        guard link.isLive, let task = tasks[arn] else { return }
        precondition(task.work[index].operation == nil, "one operation at a time for a container")
        let planned = task.record.plan.containers[index]
        let id = task.record.containers[index].runtimeID ?? ""
        let timing = configuration.timing
        let (operation, timeout): (RuntimeOperation, Duration) =
            switch kind {
            case .pull: (.pull(image: planned.plan.image), timing.pullTimeout)
            case .localImage: (.localImage(planned.plan.image), timing.inspectTimeout)
            case .create: (.create(planned.plan), timing.createTimeout)
            case .start: (.start(runtimeID: id), timing.startTimeout)
            case .stop:
                (.stop(runtimeID: id, gracePeriod: planned.stopTimeout), planned.stopTimeout + timing.stopAllowance)
            case .inspect: (.inspect(runtimeID: id), timing.inspectTimeout)
            case .remove:
                (.remove(runtimeID: id, volumes: volumesToRemove(with: index, of: task)), timing.stopAllowance)
            }
        let name = effects.perform(operation)
        targets[name] = .container(task: arn, index: index)
        tasks[arn]?.work[index].notBefore = nil
        tasks[arn]?.work[index].operation = RunningOperation(
            id: name, kind: kind, deadline: now.monotonic.advanced(by: timeout))
    }

    /// Volumes go with the last container.
    private func volumesToRemove(with index: Int, of task: EngineTask) -> [String] {
        let others = task.record.containers.indices.contains {
            $0 != index && task.record.containers[$0].runtimeID != nil && !task.record.containers[$0].isRemoved
        }
        return others ? [] : task.record.plan.volumes
    }

    // MARK: The task

    /// Brings the task's status up to date, and cleans up after it.
    /// - Returns: Whether its record has changed.
    mutating func updateStatus(
        _ arn: String, at now: Instant, using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) -> Bool {
        guard var record = tasks[arn]?.record else { return false }
        if record.status == .stopped {
            cleanUp(arn, at: now, &effects)
            return false
        }
        var hasChanged = false
        let containers = record.containers
        let allStopped = containers.allSatisfy { $0.phase == .stopped }
        let ended = containers.indices.first {
            containers[$0].phase == .stopped && record.plan.containers[$0].isEssential
        }
        if record.desired == .running, ended != nil || allStopped {
            let exits = containers.compactMap { $0.phase == .stopped ? $0.exit?.finishedAt : nil }
            record.desired = .stopped
            record.executionStoppedAt = ended.flatMap { containers[$0].exit?.finishedAt } ?? exits.max() ?? now.wall
            hasChanged = true
        }
        if allStopped {
            record.stoppedAt = now.wall
            Self.seal(.stopped, in: &record, &effects)
            hasChanged = true
        } else if record.desired == .running, record.status < .running,
            containers.indices.allSatisfy({
                containers[$0].phase == .running
                    || containers[$0].phase == .stopped && !record.plan.containers[$0].isEssential
            })
        {
            Self.seal(.running, in: &record, &effects)
            hasChanged = true
        }
        tasks[arn]?.record = record
        if record.status == .stopped { release(record) }
        tendLeftovers(arn, at: now, using: &random, &effects)
        return hasChanged
    }

    /// Changes of containers that no change of the task takes along follow after a while (§6.2).
    private mutating func tendLeftovers(
        _ arn: String, at now: Instant, using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        guard let task = tasks[arn] else { return }
        if task.record.reports.leftovers.isEmpty {
            tasks[arn]?.leftoversDueAt = nil
        } else if let due = task.leftoversDueAt {
            guard due <= now.monotonic else { return }
            tasks[arn]?.leftoversDueAt = nil
            Self.seal(task.record.status, in: &tasks[arn]!.record, &effects)
        } else {
            let wait = configuration.timing.leftovers
            tasks[arn]?.leftoversDueAt = now.monotonic.advanced(by: wait + random.duration(upTo: wait * 2))
        }
    }

    /// Makes a report of what has gathered.
    static func seal(_ status: TaskStatus, in record: inout TaskRecord, _ effects: inout Effects) {
        precondition(record.status != .stopped, "nothing is said of a task after its end")
        if status > record.status || !record.reports.hasBegun {
            effects.observe(.taskChanged(arn: record.plan.arn, status: status))
        }
        record.reports.sealed.append(
            TaskReport(
                status: status, reason: record.reason ?? "", containers: record.reports.leftovers,
                pullStartedAt: record.pullStartedAt, pullStoppedAt: record.pullStoppedAt,
                executionStoppedAt: record.executionStoppedAt))
        record.reports.leftovers = []
        record.reports.hasBegun = true
        record.reports.status = status
    }

    /// Removes what is left of a task, once its end was told and some time has passed (§10.5).
    private mutating func cleanUp(_ arn: String, at now: Instant, _ effects: inout Effects) {
        guard let task = tasks[arn], task.record.reports.isFinished else { return }
        if task.record.isUnreadable { return remove(arn, &effects) }
        let toldAt = task.toldAt ?? now.monotonic
        tasks[arn]?.toldAt = toldAt
        guard let due = task.cleanupAt else {
            let wait = configuration.timing.cleanup
            let passed = task.record.stoppedAt.map { $0.duration(to: now.wall) } ?? .zero
            tasks[arn]?.cleanupAt = now.monotonic.advanced(by: min(max(wait - passed, .zero), wait))
            if wait <= passed { cleanUp(arn, at: now, &effects) }
            return
        }
        guard due <= now.monotonic, link.isLive else { return }
        guard !task.work.contains(where: { $0.operation != nil }) else { return }
        tasks[arn]?.cleanupAt = nil
        let left = task.record.containers.indices.filter {
            task.record.containers[$0].runtimeID != nil && !task.record.containers[$0].isRemoved
        }
        guard let last = left.last else {
            // Not from its end: after a long absence that is told and an order to run it comes again at the same time.
            let end = toldAt.advanced(by: configuration.timing.recall)
            guard now.monotonic < end else { return remove(arn, &effects) }
            tasks[arn]?.cleanupAt = end
            return
        }
        guard mayBegin(last, of: task, at: now) else { return }
        begin(.remove, last, of: arn, at: now, &effects)
    }
}
