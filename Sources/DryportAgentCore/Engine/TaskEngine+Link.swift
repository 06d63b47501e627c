// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportReconciler
import OrderedCollections

extension TaskEngine {
    /// Takes what the runtime tells.
    mutating func noticed(
        _ watch: OperationID, _ notice: RuntimeNotice, at now: Instant,
        using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        guard watch == link.watch else { return }
        switch notice {
        case .synchronised: survey(at: now, &effects)
        case .changed(let seen): changed(seen, at: now, using: &random, &effects)
        case .removed(let runtimeID): vanished(runtimeID, at: now, &effects)
        case .ended(let reason):
            link.watch = nil
            link.isLive = false
            link.failures += 1
            let pause = configuration.timing.runtime.delay(afterFailures: link.failures, using: &random)
            link.watchAt = now.monotonic.advanced(by: pause)
            effects.observe(.runtimeUnavailable(reason: reason, retryIn: pause))
        }
    }

    private mutating func changed(
        _ seen: RuntimeContainer, at now: Instant, using random: inout some RandomNumberGenerator,
        _ effects: inout Effects
    ) {
        guard let index = self.index(of: seen.key) else { return }
        let arn = seen.key.taskARN
        // Before its identifier is known, the result of its creation, or the inventory, tells more.
        guard tasks[arn]?.record.containers[index].runtimeID == seen.runtimeID else { return }
        if link.survey != nil { link.changedSinceSurvey.insert(seen.key) }
        apply(seen, to: index, of: arn, isAuthoritative: false, at: now, using: &random, &effects)
    }

    private mutating func vanished(_ runtimeID: String, at now: Instant, _ effects: inout Effects) {
        for (arn, task) in tasks {
            for index in task.record.containers.indices
            where task.record.containers[index].runtimeID == runtimeID
                && task.record.containers[index].phase != .stopped
            {
                if link.survey != nil { link.changedSinceSurvey.insert(task.record.key(of: index)) }
                finishVanished(index, of: arn, at: now, &effects)
            }
        }
    }

    private mutating func finishVanished(_ index: Int, of arn: String, at now: Instant, _ effects: inout Effects) {
        let reason = "ContainerVanishedError: the container is not on the host any more and nobody removed it"
        tasks[arn]?.record.containers[index].isRemoved = true
        finish(index, of: arn, exit: nil, reason: reason, at: now, &effects)
    }

    private func index(of key: ContainerKey) -> Int? {
        tasks[key.taskARN]?.record.plan.containers.firstIndex { $0.plan.containerName == key.containerName }
    }

    // MARK: Keeping in touch

    /// Does what is due on the link itself.
    mutating func tendLink(
        at now: Instant, using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        if let owner, let at = link.watchAt, at <= now.monotonic {
            link.watchAt = nil
            link.watch = effects.watch(owner: owner)
        }
        if let survey = link.survey, survey.deadline <= now.monotonic {
            effects.cancel(survey.id)
            targets[survey.id] = nil
            link.survey = nil
            surveyFailed("listing the containers took too long", at: now, using: &random, &effects)
        }
        if let at = link.surveyAt, at <= now.monotonic, link.survey == nil, link.watch != nil {
            survey(at: now, &effects)
        }
    }

    /// Asks for an inventory, in place of one that is under way.
    private mutating func survey(at now: Instant, _ effects: inout Effects) {
        guard let owner else { return }
        if let survey = link.survey {
            targets[survey.id] = nil
            effects.cancel(survey.id)
        }
        let id = effects.perform(.inventory(owner: owner))
        targets[id] = .survey
        link.survey = (id, now.monotonic.advanced(by: configuration.timing.inspectTimeout))
        link.surveyAt = nil
        link.changedSinceSurvey = []
    }

    /// Nothing is known any more until the next inventory.
    mutating func runtimeLost(
        _ reason: String, at now: Instant, using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        guard link.isLive else { return }
        link.isLive = false
        surveyFailed(reason, at: now, using: &random, &effects)
    }

    private mutating func surveyFailed(
        _ reason: String, at now: Instant, using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        link.failures += 1
        let pause = configuration.timing.runtime.delay(afterFailures: link.failures, using: &random)
        link.surveyAt = now.monotonic.advanced(by: pause)
        effects.observe(.runtimeUnavailable(reason: reason, retryIn: pause))
    }

    // MARK: Reconciliation

    mutating func surveyFinished(
        _ id: OperationID, _ result: Result<OperationResult, OperationFailure>, at now: Instant,
        using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        guard link.survey?.id == id else { return }
        link.survey = nil
        switch result {
        case .success(.inventory(let found)):
            let wasLive = link.isLive
            link.isLive = link.watch != nil
            link.failures = 0
            reconcile(with: found, at: now, using: &random, &effects)
            link.changedSinceSurvey = []
            let pause = configuration.timing.survey
            link.surveyAt = now.monotonic.advanced(by: pause + random.duration(upTo: pause / 10))
            guard link.isLive, !wasLive else { return }
            effects.observe(.runtimeReady(containers: found.count))
            for arn in tasks.keys { mark(arn) }
        case .success: surveyFailed("the runtime did not list its containers", at: now, using: &random, &effects)
        case .failure(let failure): surveyFailed(failure.message, at: now, using: &random, &effects)
        }
    }

    private mutating func reconcile(
        with found: [RuntimeContainer], at now: Instant, using random: inout some RandomNumberGenerator,
        _ effects: inout Effects
    ) {
        // What an operation is changing right now, or what changed since, is not to be judged by this inventory.
        var unsettled = link.changedSinceSurvey
        var desired: [DesiredContainer] = []
        for task in tasks.values {
            for index in task.record.containers.indices {
                let key = task.record.key(of: index)
                if task.work[index].operation != nil { unsettled.insert(key) }
                guard !unsettled.contains(key), !task.record.containers[index].isRemoved else { continue }
                desired.append(Self.desired(index, in: task.record))
            }
        }
        let counted = found.filter { !unsettled.contains($0.key) }
        let result = Reconciler.reconcile(
            desired: desired,
            observed: counted.map {
                ObservedContainer(
                    key: $0.key, runtimeID: $0.runtimeID, state: $0.state.observed, startedAt: $0.startedAt)
            })
        let byID = Dictionary(counted.map { ($0.runtimeID, $0) }, uniquingKeysWith: { first, _ in first })
        for instance in result.adopt where byID[instance.runtimeID]?.state == .running {
            effects.observe(
                .containerAdopted(
                    task: instance.key.taskARN, container: instance.key.containerName, runtimeID: instance.runtimeID))
        }
        let disposed = Set(result.forget.map(\.runtimeID))
        for seen in counted where !disposed.contains(seen.runtimeID) {
            guard let index = index(of: seen.key) else { continue }
            apply(seen, to: index, of: seen.key.taskARN, isAuthoritative: false, at: now, using: &random, &effects)
        }
        for case .vanished(let key) in result.report {
            guard let index = index(of: key) else { continue }
            finishVanished(index, of: key.taskARN, at: now, &effects)
        }
        for key in result.start { mark(key.taskARN) }
        for instance in result.stop { mark(instance.key.taskARN) }
        for instance in result.forget {
            guard let seen = byID[instance.runtimeID] else { continue }
            stopStray(seen, mustRemove: true, at: now, &effects)
        }
    }

    private static func desired(_ index: Int, in record: TaskRecord) -> DesiredContainer {
        let container = record.containers[index]
        let knowledge: DesiredContainer.Knowledge =
            switch container.phase {
            case .none, .pulled: .absent
            case .created: .created
            case .running: .running
            case .stopped: .finished
            }
        return DesiredContainer(
            key: record.key(of: index), runtimeID: container.runtimeID, wish: record.wantsStop(index) ? .stop : .run,
            knowledge: knowledge,
            lastRun: container.phase == .running
                ? nil : container.exit.map { .init(startedAt: container.startedAt, finishedAt: $0.finishedAt) })
    }

    // MARK: Strays

    /// Stops a container that must not run, and removes it if nobody answers for it.
    mutating func stopStray(
        _ seen: RuntimeContainer, mustRemove: Bool, at now: Instant, _ effects: inout Effects
    ) {
        guard strays[seen.runtimeID] == nil else { return }
        let isStopped = seen.state != .running
        guard mustRemove || !isStopped else { return }
        if mustRemove {
            effects.observe(
                .strayRemoved(
                    task: seen.key.taskARN, container: seen.key.containerName, runtimeID: seen.runtimeID))
        }
        let id = effects.perform(
            isStopped
                ? .remove(runtimeID: seen.runtimeID, volumes: [])
                : .stop(runtimeID: seen.runtimeID, gracePeriod: configuration.stopTimeout))
        targets[id] = .stray(runtimeID: seen.runtimeID)
        strays[seen.runtimeID] = StrayContainer(
            key: seen.key, mustRemove: mustRemove, operation: id, isStopped: isStopped,
            deadline: now.monotonic.advanced(by: configuration.stopTimeout + configuration.timing.stopAllowance))
    }

    /// Goes on with a stray. After a failure the next inventory begins anew.
    mutating func strayFinished(
        _ runtimeID: String, _ id: OperationID, _ result: Result<OperationResult, OperationFailure>,
        at now: Instant, _ effects: inout Effects
    ) {
        guard let stray = strays[runtimeID], stray.operation == id else { return }
        strays[runtimeID] = nil
        guard case .success = result, stray.mustRemove, !stray.isStopped else { return }
        let next = effects.perform(.remove(runtimeID: runtimeID, volumes: []))
        targets[next] = .stray(runtimeID: runtimeID)
        strays[runtimeID] = StrayContainer(
            key: stray.key, mustRemove: true, operation: next, isStopped: true,
            deadline: now.monotonic.advanced(by: configuration.timing.stopAllowance))
    }
}

extension RuntimeContainer.State {
    fileprivate var observed: ObservedContainer.State {
        switch self {
        case .created: .created
        case .running: .running
        case .exited(let exit): .exited(finishedAt: exit.finishedAt)
        }
    }
}
