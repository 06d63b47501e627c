// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportPlacement
import OrderedCollections

// The passes of the service scheduler (`ecs-control-plane.md` §7.3, §7.4). A service is looked at when something has
// happened to it, or when a time has come that it waits for; one that has nothing to do costs nothing.
extension ClusterMachine {
    /// Looks at all services that are due. Daemons come first: their room is taken before that of replicas (§7.9).
    mutating func runServices(
        definitions: DefinitionCatalog, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        while !dueServices.isEmpty {
            let due = dueServices
            dueServices.removeAll()
            let daemons = due.filter { services[$0]?.record.schedulingStrategy == .daemon }
            for name in daemons + due.filter({ !daemons.contains($0) }) {
                runService(name, definitions: definitions, at: now, using: &random)
                // What the pass itself did to the service's tasks is no reason for another one.
                dueServices.remove(name)
            }
        }
    }

    private mutating func runService(
        _ name: String, definitions: DefinitionCatalog, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        guard let record = services[name]?.record, record.status != .inactive else { return }
        timers.cancel(.service(name))
        if record.status == .draining {
            return drain(name, definitions: definitions, at: now, using: &random)
        }
        var outcome = PassOutcome()
        switch (record.controller, record.schedulingStrategy) {
        case (.external, _):
            runTaskSets(of: name, definitions: definitions, outcome: &outcome, at: now, using: &random)
        case (.ecs, .replica):
            judgeDeployment(of: name, at: now, using: &random)
            runReplica(name, definitions: definitions, outcome: &outcome, at: now, using: &random)
        case (.ecs, .daemon):
            judgeDeployment(of: name, at: now, using: &random)
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
                rollout: set.status == .draining ? .unhurt : rollout, mayStart: set.status != .draining)
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
        stopSurplus(name, pool, candidates, definitions, at: now, using: &random)
        let members = members(of: name, candidates, owner: pool.owner, outcome: &outcome, at: now)
        let isPausing = services[name]!.backoff.isPausing(at: now.monotonic)
        let plan = RolloutPlan(
            desired: pool.desired, lower: pool.rollout.lowerBound(of: pool.desired),
            upper: pool.rollout.upperBound(of: pool.desired), members: members,
            mayStart: pool.mayStart && !isPausing)
        replace(plan.stops, of: name, owner: pool.owner, definitions, at: now, using: &random)
        var started: [String] = []
        if plan.starts > 0 {
            started = launch(plan.starts, name, pool, definitions, &outcome, at: now, using: &random)
        }
        let kept = members.filter(\.isKept)
        outcome.isDone =
            kept.count == pool.desired && kept.count == members.count && kept.allSatisfy(\.isHealthy)
            && candidates.allSatisfy { tasks[$0].map { $0.desiredStatus == .running } ?? true }
        outcome.isBlocked = plan.isBlocked && started.isEmpty && !outcome.isUnplaced
        outcome.isHeldByProtection = plan.isHeldByProtection || outcome.isHeldByProtection
        if isPausing { outcome.wait(until: services[name]!.backoff.until) }
    }

    /// The tasks that have not been told to stop, those to be replaced in the order in which they go: what is on
    /// draining instances last, since it has been healthy the longest.
    func members(
        of name: String, _ candidates: [String], owner: String, outcome: inout PassOutcome, at now: Instant
    ) -> [RolloutPlan.Member] {
        let grace = Duration.seconds(services[name]!.record.healthCheckGracePeriodSeconds ?? 0)
        var members: [RolloutPlan.Member] = []
        for id in candidates {
            guard let task = tasks[id], task.desiredStatus == .running else { continue }
            let standing = HealthStanding(
                task, healthyAfter: configuration.services.healthyAfter, grace: grace, at: now.wall)
            if let change = standing.changesAt {
                outcome.wait(until: now.monotonic.advanced(by: now.wall.duration(to: change)))
            }
            let isProtected = task.protectedUntil.map { now.wall < $0 } ?? false
            if isProtected {
                outcome.wait(until: now.monotonic.advanced(by: now.wall.duration(to: task.protectedUntil!)))
            }
            let isDraining = instances[task.instanceID]?.record.status == .draining
            members.append(
                RolloutPlan.Member(
                    id: id, isKept: task.startedBy == owner && !standing.isUnhealthy && !isDraining,
                    isRunning: task.lastStatus >= .running, isHealthy: standing.isHealthy,
                    isUnhealthy: standing.isUnhealthy,
                    // Protection is against scale-in and deployments, not against replacing what is ill (§5.8).
                    isProtected: isProtected && !standing.isUnhealthy))
        }
        return members
    }

    /// Stops what is more than wanted, in the order of §6.5.
    private mutating func stopSurplus(
        _ name: String, _ pool: TaskPool, _ candidates: [String], _ definitions: DefinitionCatalog, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        var ignored = PassOutcome()
        let kept = members(of: name, candidates, owner: pool.owner, outcome: &ignored, at: now).filter(\.isKept)
        guard kept.count > pool.desired, let request = request(of: name, pool, definitions) else { return }
        let choices = kept.map { member in
            ScaleInTask(
                id: member.id, instance: tasks[member.id]!.instanceID, isUnhealthy: member.isUnhealthy,
                isPending: !member.isRunning, isProtected: member.isProtected)
        }
        let chosen =
            (try? placement.selectForScaleIn(choices, count: kept.count - pool.desired, of: request, using: &random))
            ?? []
        stopTasks(
            chosen, of: name, reason: "Scaling activity initiated by (deployment \(pool.owner))", definitions, at: now,
            using: &random)
        if chosen.count < kept.count - pool.desired {
            complain(
                .protection,
                "was unable to reach steady state because task set (\(pool.owner)) was unable to scale in. Reason: The "
                    + "number of protected tasks are more than the desired count of tasks.", of: name, at: now,
                using: &random)
        }
    }

    // MARK: Draining

    /// Stops everything that is left of a deleted service; when nothing is, it is INACTIVE (§7.2). Tasks whose agent
    /// is away have been told to stop as well as can be and do not hold the service up.
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
            tasks[id].map { instances[$0.instanceID]?.isConnected ?? false } ?? false
        }
        guard !isHeldUp else { return }
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

extension ServiceRecord.Rollout {
    /// Nothing has to stay: everything may be stopped at once.
    static let unhurt = ServiceRecord.Rollout(
        minimumHealthyPercent: 0, maximumPercent: 100, isBreakerEnabled: false, isRollbackEnabled: false)
}

/// What a pass over a service has come to.
struct PassOutcome: Sendable {
    /// As many tasks as wanted, all of them the right ones and healthy, and nothing else.
    var isDone = true
    /// The percentages forbid every step.
    var isBlocked = false
    /// Protected tasks forbid the next step.
    var isHeldByProtection = false
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
        isHeldByProtection = isHeldByProtection || other.isHeldByProtection
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
    ///   - healthyAfter: After how long a task without health checks counts as healthy.
    ///   - grace: For how long after its start a failing check does not count.
    init(_ task: TaskRecord, healthyAfter: Duration, grace: Duration, at now: Timestamp) {
        guard task.lastStatus == .running else { return }
        let startedAt = task.times.startedAt ?? now
        let hasChecks = task.containers.contains {
            $0.isEssential && $0.hasHealthCheck ?? true && $0.lastStatus != .stopped
        }
        guard hasChecks else {
            let end = startedAt.advanced(by: healthyAfter)
            isHealthy = end <= now
            if !isHealthy { changesAt = end }
            return
        }
        isHealthy = task.health == .healthy
        guard task.health == .unhealthy else { return }
        let end = startedAt.advanced(by: grace)
        isUnhealthy = end <= now
        if !isUnhealthy { changesAt = end }
    }
}
