// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import OrderedCollections

// How deployments begin, fail, are rolled back and end (`ecs-control-plane.md` §7.5–§7.7).
extension ClusterMachine {
    // MARK: Beginning

    /// Begins a deployment: its definition becomes the service's, and what was primary is replaced step by step. One
    /// that is under way is stopped where it is.
    mutating func beginDeployment(
        of definition: TaskDefinition, in name: String, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        let record = services[name]!.record
        changeStory(of: name, at: now) { story in
            story.status = .stopped
            story.statusReason = "A newer deployment took its place."
            story.stoppedAt = now.wall
            story.finishedAt = now.wall
        }
        let revision = ServiceRevisionRecord(
            number: random.serviceRevisionNumber(), family: definition.family, taskRevision: definition.revision,
            images: definition.containerDefinitions.map {
                ServiceRevisionRecord.Image(container: $0.name, image: $0.image ?? "")
            }, createdAt: now.wall)
        put(revision, of: name)
        let story = ServiceDeploymentRecord(
            id: random.serviceDeploymentID(), status: .pending,
            sources: record.deployments.map(\.revision).uniqued(), target: revision.number,
            requestedTaskCount: record.desiredCount, rollout: record.rollout, failureCount: 0, createdAt: now.wall,
            updatedAt: now.wall)
        put(story, of: name)
        changeService(name) { $0.currentServiceDeployment = story.id }
        forgetOldStories(of: name, at: now)
        addPrimary(revision, to: name, reason: nil, at: now, using: &random)
    }

    /// Puts a new deployment of a revision before the others.
    /// - Parameter reason: Why, unless it simply is in progress.
    private mutating func addPrimary(
        _ revision: ServiceRevisionRecord, to name: String, reason: ((String) -> String)?, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        let id = random.deploymentID()
        let text = reason?(id) ?? "ECS deployment \(id) in progress."
        changeService(name) { record in
            record.deployments.insert(
                DeploymentRecord(
                    id: id, revision: revision.number, family: revision.family, taskRevision: revision.taskRevision,
                    rolloutState: .inProgress, rolloutStateReason: text, createdAt: now.wall, updatedAt: now.wall,
                    failedTasks: 0, failureCount: 0, hasRun: false), at: 0)
            record.steadySince = nil
        }
        services[name]!.backoff.reset()
        services[name]!.daemon.isStale = true
        services[name]!.forgetComplaints()
        report(deployment: id, .inProgress, reason: text, of: name)
        examine(name)
    }

    /// Forgets what ended longer ago than stories are kept, the oldest of too many, and the revisions that nothing
    /// names any more.
    private mutating func forgetOldStories(of name: String, at now: Instant) {
        let limit = configuration.services.deploymentRetention
        let surplus = services[name]!.history.count - ServiceDeploymentRecord.capacity
        let old = services[name]!.history.values.enumerated().filter { number, story in
            story.finishedAt.map { number < surplus || $0.duration(to: now.wall) > limit } ?? false
        }.map(\.element)
        guard !old.isEmpty else { return }
        for story in old {
            services[name]!.history[story.id] = nil
            output.changes.append(
                .delete(key: ControlPlaneRecord.serviceDeployment(story, service: name, cluster: self.name).key))
        }
        let state = services[name]!
        let needed = Set(
            state.history.values.flatMap { $0.sources + [$0.target] } + state.record.deployments.map(\.revision)
                + [state.record.completedRevision].compactMap(\.self))
        for revision in state.revisions.values where !needed.contains(revision.number) {
            services[name]!.revisions[revision.number] = nil
            output.changes.append(
                .delete(key: ControlPlaneRecord.serviceRevision(revision, service: name, cluster: self.name).key))
        }
    }

    // MARK: Failing

    /// Takes up a deployment that was asked for, and judges what its tasks have come to: whether the circuit breaker
    /// trips.
    mutating func judgeDeployment(of name: String, at now: Instant, using random: inout some RandomNumberGenerator) {
        guard let primary = services[name]!.primary else { return }
        let record = services[name]!.record
        changeStory(of: name, at: now) { story in
            if story.status == .pending { story.status = .inProgress }
            story.startedAt = story.startedAt ?? now.wall
            story.requestedTaskCount = record.desiredCount
            if primary.revision == story.target { story.failureCount = primary.failureCount }
        }
        let threshold = ServiceDeploymentRecord.breakerThreshold(desired: record.desiredCount)
        if record.rollout.isBreakerEnabled, primary.rolloutState == .inProgress, primary.failureCount >= threshold,
            let status = services[name]!.current?.status, status == .inProgress || status == .rollbackInProgress
        {
            failDeployment(of: name, at: now, using: &random)
        }
    }

    /// Begins a pause where too many tasks in a row have failed to start, whoever directs the deployment (§7.5).
    mutating func pauseStarts(of name: String, at now: Instant, using random: inout some RandomNumberGenerator) {
        guard services[name]!.primary?.rolloutState != .failed,
            services[name]!.backoff.settle(at: now.monotonic, configuration.services)
        else { return }
        complain(
            .throttling, "is unable to consistently start tasks successfully. \(Self.troubleshooting)", of: name,
            at: now, using: &random)
        report(ServiceAction(level: .warn, name: "SERVICE_TASK_START_IMPAIRED"), of: name)
    }

    /// The circuit breaker trips.
    private mutating func failDeployment(
        of name: String, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        let primary = services[name]!.primary!
        let reason = "ECS deployment circuit breaker: tasks failed to start."
        changeDeployment(primary.id, of: name) { deployment in
            deployment.rolloutState = .failed
            deployment.rolloutStateReason = reason
            deployment.updatedAt = now.wall
        }
        say("(deployment \(primary.id)) deployment failed: tasks failed to start.", of: name, at: now, using: &random)
        report(deployment: primary.id, .failed, reason: reason, of: name)
        let goal = services[name]!.rollbackGoal
        if services[name]!.current?.status == .rollbackInProgress {
            // What ran before cannot be started either.
            endStory(of: name, as: .rollbackFailed, reason: reason, at: now)
        } else if services[name]!.record.rollout.isRollbackEnabled, let goal {
            rollBack(
                name, to: goal, reason: { "ECS deployment circuit breaker: rolling back to deploymentId \($0)." },
                at: now, using: &random)
        } else {
            endStory(of: name, as: .stopped, reason: reason, at: now)
        }
    }

    /// Returns to a revision that was deployed completely before. If tasks of it are left, their deployment is the
    /// primary one again, so that they are not replaced for nothing.
    mutating func rollBack(
        _ name: String, to goal: ServiceRevisionRecord, reason: @escaping (String) -> String, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        if let index = services[name]!.record.deployments.firstIndex(where: { $0.revision == goal.number }) {
            changeService(name) { record in
                var deployment = record.deployments.remove(at: index)
                deployment.rolloutState = .inProgress
                deployment.rolloutStateReason = reason(deployment.id)
                deployment.updatedAt = now.wall
                // It is judged anew.
                deployment.failedTasks = 0
                deployment.failureCount = 0
                deployment.hasRun = false
                record.deployments.insert(deployment, at: 0)
                record.steadySince = nil
            }
            services[name]!.backoff.reset()
            services[name]!.daemon.isStale = true
            let primary = services[name]!.primary!
            report(deployment: primary.id, .inProgress, reason: primary.rolloutStateReason, of: name)
            examine(name)
        } else {
            addPrimary(goal, to: name, reason: reason, at: now, using: &random)
        }
        let primary = services[name]!.primary!
        say("rolling back to deployment \(primary.id).", of: name, at: now, using: &random)
        changeStory(of: name, at: now) { story in
            story.status = .rollbackInProgress
            story.statusReason = primary.rolloutStateReason
            story.rollback = ServiceDeploymentRecord.Rollback(
                reason: primary.rolloutStateReason, startedAt: now.wall, revision: goal.number)
        }
    }

    /// Ends the story of the deployment that is under way.
    mutating func endStory(
        of name: String, as status: ServiceDeploymentRecord.Status, reason: String?, at now: Instant
    ) {
        changeStory(of: name, at: now) { story in
            story.status = status
            story.statusReason = reason ?? story.statusReason
            story.finishedAt = now.wall
            if status == .stopped { story.stoppedAt = now.wall }
        }
    }

    // MARK: Ending

    /// Draws the conclusions of a pass: old deployments without tasks go, a deployment may be complete, the service
    /// may be steady, and the next look at it is arranged.
    mutating func conclude(
        _ name: String, _ outcome: PassOutcome, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        dropEmptyDeployments(of: name)
        let record = services[name]!.record
        let primary = record.deployments.first
        var outcome = outcome
        if outcome.isDone, record.deployments.count <= 1, primary?.rolloutState != .failed {
            let completed = primary.flatMap { $0.rolloutState == .inProgress ? $0 : nil }
            let reason = completed.map { complete($0, of: name, at: now, using: &random) }
            settle(name, &outcome, at: now, using: &random)
            // Importers hear of the steady state first (§12.5).
            if let completed, let reason { report(deployment: completed.id, .completed, reason: reason, of: name) }
        } else {
            changeService(name) { $0.steadySince = nil }
            if outcome.isBlocked {
                complain(
                    .rollout,
                    "was unable to stop or start tasks during a deployment because of the service deployment "
                        + "configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
                    of: name, at: now, using: &random)
            }
        }
        if let owner = outcome.heldBy {
            complain(
                .protection,
                "was unable to reach steady state because task set (\(owner)) was unable to scale in. Reason: The "
                    + "number of protected tasks are more than the desired count of tasks.", of: name, at: now,
                using: &random)
        } else {
            services[name]!.complaints[.protection] = nil
        }
        if !outcome.isUnplaced { waitingServices.remove(name) }
        if let next = outcome.nextPass { timers.set(.service(name), at: max(next, now.monotonic)) }
    }

    /// A deployment that is not the primary one goes with its last task (§7.6).
    mutating func dropEmptyDeployments(of name: String) {
        guard let primary = services[name]!.primary, services[name]!.record.deployments.count > 1 else { return }
        let records = tasks.values.elements
        var inUse: Set<String?> = [primary.id]
        for id in services[name]!.tasks {
            if let index = tasks.index(forKey: id) { inUse.insert(records[index].startedBy) }
        }
        changeService(name) { record in record.deployments.removeAll { !inUse.contains($0.id) } }
    }

    /// - Returns: The reason of its state.
    private mutating func complete(
        _ primary: DeploymentRecord, of name: String, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> String {
        let reason = "ECS deployment \(primary.id) completed."
        changeDeployment(primary.id, of: name) { deployment in
            deployment.rolloutState = .completed
            deployment.rolloutStateReason = reason
            deployment.updatedAt = now.wall
        }
        changeService(name) { $0.completedRevision = primary.revision }
        let isRollback = services[name]!.current?.rollback != nil
        endStory(of: name, as: isRollback ? .rollbackSuccessful : .successful, reason: nil, at: now)
        say("(deployment \(primary.id)) deployment completed.", of: name, at: now, using: &random)
        return reason
    }

    /// The service has what it wants. It says so when that begins, and again after a long while (§7.4).
    private mutating func settle(
        _ name: String, _ outcome: inout PassOutcome, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        let repetition = configuration.services.eventRepetition
        if services[name]!.record.steadySince.map({ $0.duration(to: now.wall) >= repetition }) ?? true {
            changeService(name) { $0.steadySince = now.wall }
            services[name]!.forgetComplaints()
            say("has reached a steady state.", of: name, at: now, using: &random)
            report(ServiceAction(level: .info, name: "SERVICE_STEADY_STATE"), of: name)
        }
        let said = services[name]!.record.steadySince ?? now.wall
        outcome.wait(until: now.monotonic.advanced(by: now.wall.duration(to: said.advanced(by: repetition))))
    }

    // MARK: Task sets

    /// Notes whether a task set has what it wants; a deleted one goes with its last task.
    mutating func settle(
        _ id: String, of name: String, isStable: Bool, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        guard let index = services[name]!.record.taskSets.firstIndex(where: { $0.id == id }) else { return }
        let set = services[name]!.record.taskSets[index]
        let hasTasks = services[name]!.tasks.contains { tasks[$0]?.startedBy == id }
        if set.status == .draining, !hasTasks {
            changeService(name) { record in record.taskSets.removeAll { $0.id == id } }
            return
        }
        guard set.isStable != isStable else { return }
        changeService(name) { record in
            record.taskSets[index].isStable = isStable
            record.taskSets[index].stabilityChangedAt = now.wall
            record.taskSets[index].updatedAt = now.wall
        }
        if isStable {
            report(ServiceAction(level: .info, name: "TASKSET_STEADY_STATE"), of: name)
        }
    }
}

extension ServiceState {
    /// The revision that a failing deployment returns to: the last that was deployed completely, unless that is the
    /// failing one itself.
    var rollbackGoal: ServiceRevisionRecord? {
        guard let completed = record.completedRevision, completed != current?.target else { return nil }
        return revisions[completed]
    }
}

extension ServiceDeploymentRecord {
    /// How many are kept of a service, so that one that is deployed all the time does not fill the store.
    static var capacity: Int { 1000 }

    /// How many failures trip the circuit breaker: half of the desired count, rounded up, 3–200 (§7.5).
    static func breakerThreshold(desired: Int) -> Int { min(max((desired + 1) / 2, 3), 200) }
}

extension Array where Element: Hashable {
    /// The elements without repetitions, in order.
    func uniqued() -> [Element] { Array(OrderedSet(self)) }
}
