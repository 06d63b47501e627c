// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportPlacement
import OrderedCollections

// The passes of the service scheduler (`ecs-control-plane.md` §7.3, §7.4). A service is looked at when something has
// happened to it, or when a time has come that it waits for; one that has nothing to do costs nothing.
extension ClusterMachine {
    /// Looks at services that are due, so many at a time that whoever waits for the control plane meanwhile does not
    /// wait for long; the others stay due. Daemons come first: their room is taken before that of replicas (§7.9).
    mutating func runServices(
        definitions: DefinitionCatalog, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        let due = dueServices
        dueServices.removeAll()
        let daemons = due.filter { services[$0]?.record.schedulingStrategy == .daemon }
        var budget = Self.tasksPerStep
        for name in daemons + due.filter({ !daemons.contains($0) }) {
            guard budget > 0 else {
                dueServices.append(name)
                continue
            }
            if let rest = services[name]?.restsUntil, now.monotonic < rest {
                timers.set(.service(name), at: rest)
                continue
            }
            budget -= 1 + (services[name].map { max($0.record.desiredCount, $0.tasks.count) } ?? 0)
            runService(name, definitions: definitions, at: now, using: &random)
            services[name]?.rest(from: now.monotonic)
            // What the pass itself did to the service's tasks is no reason for another one.
            dueServices.remove(name)
        }
    }

    /// About how many tasks are looked at in one step.
    private static var tasksPerStep: Int { 2000 }

    private mutating func runService(
        _ name: String, definitions: DefinitionCatalog, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        guard let record = services[name]?.record, record.status != .inactive else { return }
        timers.cancel(.service(name))
        if record.status == .draining {
            return drain(name, definitions: definitions, at: now, using: &random)
        }
        judgeDeployment(of: name, at: now, using: &random)
        pauseStarts(of: name, at: now, using: &random)
        var outcome = PassOutcome()
        switch (record.controller, record.schedulingStrategy) {
        case (.external, _):
            runTaskSets(of: name, definitions: definitions, outcome: &outcome, at: now, using: &random)
        case (.ecs, .replica):
            runReplica(name, definitions: definitions, outcome: &outcome, at: now, using: &random)
        case (.ecs, .daemon):
            runDaemon(name, definitions: definitions, outcome: &outcome, at: now, using: &random)
        }
        conclude(name, outcome, at: now, using: &random)
    }

    // MARK: Replicas

    private mutating func runReplica(
        _ name: String, definitions: DefinitionCatalog, outcome: inout PassOutcome, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        guard let record = services[name]?.record, let primary = record.deployments.first else { return }
        let pool = TaskPool(
            owner: primary.id, family: primary.family, revision: primary.taskRevision, desired: record.desiredCount,
            rollout: record.rollout, mayStart: primary.rolloutState != .failed)
        balance(name, pool, tasks: services[name]!.tasks.elements, definitions, &outcome, at: now, using: &random)
    }

    private mutating func runTaskSets(
        of name: String, definitions: DefinitionCatalog, outcome: inout PassOutcome, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        for set in services[name]!.record.taskSets {
            let desired = set.computedDesiredCount(of: services[name]!.record.desiredCount)
            // The percentages cannot be chosen for task sets; they matter while an instance drains only (§7.8).
            let rollout = ServiceRecord.Rollout(
                minimumHealthyPercent: 100, maximumPercent: 200, isBreakerEnabled: false, isRollbackEnabled: false)
            let pool = TaskPool(
                owner: set.id, family: set.family, revision: set.taskRevision, desired: desired,
                rollout: rollout, mayStart: set.status != .draining)
            let own = services[name]!.tasks.elements.filter { tasks[$0]?.startedBy == set.id }
            var part = PassOutcome()
            balance(name, pool, tasks: own, definitions, &part, at: now, using: &random)
            settle(set.id, of: name, isStable: part.isDone, at: now, using: &random)
            outcome.merge(part)
        }
    }

    /// Brings the tasks of one deployment or task set to what is wanted: first the surplus goes, then what is to be
    /// replaced, then tasks are started.
    private mutating func balance(
        _ name: String, _ pool: TaskPool, tasks candidates: [String], _ definitions: DefinitionCatalog,
        _ outcome: inout PassOutcome, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        var members = members(of: name, candidates, owner: pool.owner, outcome: &outcome, at: now)
        let surplus = surplus(members, of: name, pool, definitions, &outcome, using: &random)
        if !surplus.isEmpty {
            let reason = "Scaling activity initiated by (deployment \(pool.owner))"
            stopTasks(surplus, of: name, reason: reason, definitions, at: now, using: &random)
            let isSurplus = Set(surplus)
            members.removeAll { isSurplus.contains($0.id) }
        }
        let isPausing = services[name]!.backoff.isPausing(at: now.monotonic)
        let plan = RolloutPlan(
            desired: pool.desired, lower: pool.rollout.lowerBound(of: pool.desired),
            upper: pool.rollout.upperBound(of: pool.desired), members: members,
            mayStart: pool.mayStart && !isPausing)
        replace(plan.stops, of: name, owner: pool.owner, definitions, at: now, using: &random)
        if plan.starts > 0 { _ = launch(plan.starts, name, pool, definitions, &outcome, at: now, using: &random) }
        outcome.isDone = plan.isComplete && members.count == candidates.count
        outcome.isBlocked = plan.isBlocked
        if plan.isHeldByProtection, let held = members.first(where: { !$0.isKept }) {
            outcome.heldBy = outcome.heldBy ?? tasks[held.id]?.startedBy
        }
        if isPausing { outcome.wait(until: services[name]!.backoff.until) }
    }

    /// The tasks that have not been told to stop, in the order in which they were placed.
    func members(
        of name: String, _ candidates: [String], owner: String, outcome: inout PassOutcome, at now: Instant
    ) -> [RolloutPlan.Member] {
        let grace = Duration.seconds(services[name]!.record.healthCheckGracePeriodSeconds ?? 0)
        // A task's record is large, and a service may have many: they are looked at where they are.
        let (records, hosts) = (tasks.values.elements, instances.values.elements)
        var members: [RolloutPlan.Member] = []
        members.reserveCapacity(candidates.count)
        for id in candidates {
            guard let index = tasks.index(forKey: id), records[index].desiredStatus == .running else { continue }
            let standing = HealthStanding(
                records[index].lastStatus, since: records[index].times.startedAt, records[index].containers,
                health: records[index].health, healthyAfter: configuration.services.healthyAfter, grace: grace,
                at: now.wall)
            if let change = standing.changesAt {
                outcome.wait(until: now.monotonic.advanced(by: now.wall.duration(to: change)))
            }
            let protectedUntil = records[index].protectedUntil.flatMap { now.wall < $0 ? $0 : nil }
            if let protectedUntil {
                outcome.wait(until: now.monotonic.advanced(by: now.wall.duration(to: protectedUntil)))
            }
            let instance = records[index].instanceID
            let isDraining = instances.index(forKey: instance).map { hosts[$0].record.status == .draining } ?? false
            members.append(
                RolloutPlan.Member(
                    id: id, instance: instance,
                    isKept: records[index].startedBy == owner && !standing.isUnhealthy && !isDraining,
                    isRunning: records[index].lastStatus >= .running, isHealthy: standing.isHealthy,
                    isUnhealthy: standing.isUnhealthy,
                    // Protection is against scale-in and deployments, not against replacing what is ill (§5.8).
                    isProtected: protectedUntil != nil && !standing.isUnhealthy))
        }
        return members
    }

    /// The tasks that are more than wanted, in the order of §6.5. Those that do not count as healthy go first, so that
    /// scaling in does not make a service poorer than it has to be.
    private func surplus(
        _ members: [RolloutPlan.Member], of name: String, _ pool: TaskPool, _ definitions: DefinitionCatalog,
        _ outcome: inout PassOutcome, using random: inout some RandomNumberGenerator
    ) -> [String] {
        let count = members.count(where: \.isKept) - pool.desired
        guard count > 0 else { return [] }
        let kept = members.filter(\.isKept)
        let free = kept.filter { !$0.isProtected }
        if free.count < count { outcome.heldBy = pool.owner }
        // Where all go, there is nothing to choose, and choosing takes long.
        guard free.count > count, let request = request(of: name, pool, definitions) else { return free.map(\.id) }
        let isUnready = free.contains { !$0.isHealthy }
        var chosen: [String] = []
        for isLast in isUnready ? [false, true] : [true] where chosen.count < count {
            let choices = kept.map { member in
                ScaleInTask(
                    id: member.id, instance: member.instance,
                    isUnhealthy: tasks[member.id]!.health == .unhealthy, isPending: !member.isRunning,
                    isProtected: member.isProtected || member.isHealthy != isLast)
            }
            // Requests of services have been validated before.
            chosen +=
                (try? placement.selectForScaleIn(choices, count: count - chosen.count, of: request, using: &random))
                ?? []
        }
        return chosen
    }

    // MARK: Draining

    /// Stops everything that is left of a deleted service; when all of it is STOPPING or STOPPED, it is INACTIVE (§7.2).
    /// Tasks whose agent is away have been told to stop as well as can be and do not hold the service up.
    private mutating func drain(
        _ name: String, definitions: DefinitionCatalog, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        let running = services[name]!.tasks.elements.filter { tasks[$0]?.desiredStatus == .running }
        let owner = services[name]!.primary?.id
        stopTasks(
            running, of: name,
            reason:
                "Scaling activity initiated by \(owner.map { "(deployment \($0))" } ?? "the deletion of the service")",
            definitions, at: now, using: &random)
        let isHeldUp = services[name]!.tasks.contains { id in
            tasks[id].map { $0.lastStatus < .stopping && instances[$0.instanceID]?.isConnected ?? false } ?? false
        }
        guard !isHeldUp else { return dropEmptyDeployments(of: name) }
        changeService(name) { record in
            record.status = .inactive
            record.deployments = []
            record.taskSets = []
        }
        services[name]!.tasks = []
        waitingServices.remove(name)
        setRetention(ofService: name, at: now)
    }

    /// Arranges that an INACTIVE service is forgotten in time.
    mutating func setRetention(ofService name: String, at now: Instant) {
        let end = (services[name]!.record.deletedAt ?? now.wall)
            .advanced(by: configuration.services.inactiveServiceRetention)
        timers.set(
            .serviceRetention(service: name), at: now.monotonic.advanced(by: max(.zero, now.wall.duration(to: end))))
    }
}

/// Whose tasks are brought to which number.
struct TaskPool: Sendable {
    /// The id of the deployment or task set that the tasks shall belong to.
    var owner: String
    var family: String
    var revision: Int
    var desired: Int
    var rollout: ServiceRecord.Rollout
    /// Whether tasks may be started: not for a deployment that has failed.
    var mayStart: Bool
}

/// What a pass over a service has come to.
struct PassOutcome: Sendable {
    /// As many tasks as wanted, all of them the right ones and healthy, and nothing else.
    var isDone = true
    /// The percentages forbid every step.
    var isBlocked = false
    /// The deployment or task set whose protected tasks forbid the next step.
    var heldBy: String?
    /// A task found no room.
    var isUnplaced = false
    /// When time alone may change something.
    private(set) var nextPass: MonotonicTime?

    mutating func wait(until time: MonotonicTime?) {
        guard let time else { return }
        nextPass = nextPass.map { min($0, time) } ?? time
    }

    mutating func merge(_ other: PassOutcome) {
        isDone = isDone && other.isDone
        isBlocked = isBlocked || other.isBlocked
        heldBy = heldBy ?? other.heldBy
        isUnplaced = isUnplaced || other.isUnplaced
        wait(until: other.nextPass)
    }
}

/// How a task's health counts (`ecs-control-plane.md` §7.3).
struct HealthStanding: Sendable, Hashable {
    /// It counts for the minimum.
    var isHealthy = false
    /// It is to be replaced.
    var isUnhealthy = false
    /// When time alone changes one of the two.
    var changesAt: Timestamp?

    /// - Parameters:
    ///   - status: The task's last status.
    ///   - startedAt: When it became RUNNING.
    ///   - health: What its containers say together.
    ///   - healthyAfter: After how long a task without health checks counts as healthy.
    ///   - grace: For how long after its start a failing check does not count.
    init(
        _ status: TaskStatus, since startedAt: Timestamp?, _ containers: [ContainerRecord],
        health: @autoclosure () -> HealthStatus, healthyAfter: Duration, grace: Duration, at now: Timestamp
    ) {
        guard status == .running else { return }
        let startedAt = startedAt ?? now
        let hasChecks = containers.indices.contains { index in
            containers[index].isEssential && containers[index].hasHealthCheck ?? true
                && containers[index].lastStatus != .stopped
        }
        guard hasChecks else {
            let end = startedAt.advanced(by: healthyAfter)
            isHealthy = end <= now
            if !isHealthy { changesAt = end }
            return
        }
        let health = health()
        isHealthy = health == .healthy
        guard health == .unhealthy else { return }
        let end = startedAt.advanced(by: grace)
        isUnhealthy = end <= now
        if !isUnhealthy { changesAt = end }
    }
}
