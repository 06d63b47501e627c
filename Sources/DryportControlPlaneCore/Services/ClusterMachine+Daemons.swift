// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportPlacement
import OrderedCollections

// Services with one task on each instance that matches (`ecs-control-plane.md` §7.9).
extension ClusterMachine {
    mutating func runDaemon(
        _ name: String, definitions: DefinitionCatalog, outcome: inout PassOutcome, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        guard let primary = services[name]!.primary else { return }
        let pool = TaskPool(
            owner: primary.id, family: primary.family, revision: primary.taskRevision, desired: 0,
            rollout: services[name]!.record.rollout, mayStart: primary.rolloutState != .failed)
        guard let new = newTask(of: name, pool, definitions) else { return }
        findEligible(for: name, new.request)
        let eligible = services[name]!.daemon.eligible
        changeService(name) { $0.desiredCount = eligible.count }

        let members = members(
            of: name, services[name]!.tasks.elements, owner: primary.id, outcome: &outcome, at: now)
        let plan = DaemonPlan(
            members: members.map { DaemonPlan.Member($0, instance: tasks[$0.id]!.instanceID) },
            eligible: eligible.elements, lower: pool.rollout.lowerBound(of: eligible.count),
            upper: pool.rollout.upperBound(of: eligible.count),
            mayStart: pool.mayStart && !services[name]!.backoff.isPausing(at: now.monotonic))
        dismiss(plan.misplaced, of: name, definitions, at: now, using: &random)
        replace(plan.stops, of: name, owner: primary.id, definitions, at: now, using: &random)
        let started = launchDaemon(name, new, on: plan.starts, definitions, &outcome, at: now, using: &random)

        let healthy = members.count { $0.isKept && $0.isHealthy }
        outcome.isDone =
            healthy == eligible.count && members.count == healthy
            && services[name]!.tasks.allSatisfy { tasks[$0]?.desiredStatus == .running }
        outcome.isBlocked = plan.isBlocked && started == 0 && !outcome.isUnplaced
        if services[name]!.backoff.isPausing(at: now.monotonic) { outcome.wait(until: services[name]!.backoff.until) }
    }

    /// Keeps the list of instances on which a daemon belongs. An instance whose agent is away keeps its place, and so
    /// does one that has no room at the moment: only what the instance *is* counts.
    private mutating func findEligible(for name: String, _ request: PlacementRequest) {
        let state = services[name]!.daemon
        let looked = state.isStale ? OrderedSet(instances.keys) : state.changed
        if state.isStale { services[name]!.daemon.eligible.removeAll() }
        for id in looked {
            let lacks = placement.contains(id) ? (try? placement.lacks(for: request, on: id)) ?? [] : [.active]
            if lacks.contains(where: \.isAboutIdentity) {
                services[name]!.daemon.eligible.remove(id)
            } else {
                services[name]!.daemon.eligible.append(id)
            }
        }
        services[name]!.daemon.changed.removeAll()
        services[name]!.daemon.isStale = false
    }

    /// Stops tasks on instances where the daemon does not belong any more.
    private mutating func dismiss(
        _ ids: [String], of name: String, _ definitions: DefinitionCatalog, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        let violating = ids.compactMap { tasks[$0]?.instanceID }.filter { instances[$0]?.record.status == .active }
        if !violating.isEmpty {
            report(
                ServiceAction(
                    level: .error, name: "SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED",
                    instances: violating.map { arn(ofInstance: $0) }), of: name)
        }
        let owner = services[name]!.primary!.id
        stopTasks(
            ids, of: name, reason: "Scaling activity initiated by (deployment \(owner))", definitions, at: now,
            using: &random)
    }

    /// Starts the daemon on instances that have room for it.
    /// - Returns: How many were started.
    private mutating func launchDaemon(
        _ name: String, _ new: NewTask, on wanted: [String], _ definitions: DefinitionCatalog,
        _ outcome: inout PassOutcome, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> Int {
        // Where the agent is away nothing can be started; its return is a reason to look again.
        let reachable = wanted.filter { instances[$0]?.isConnected ?? false }
        let count = allowedLaunches(reachable.count, of: name, &outcome, at: now)
        guard count > 0 else { return 0 }
        var started: [String] = []
        var full: String?
        for id in reachable.prefix(count) {
            guard let placed = try? placement.charge(new.request, to: id) else {
                full = full ?? id
                continue
            }
            started.append(start(new, at: placed, definitions: definitions, at: now, using: &random).id)
        }
        noteLaunch(started, wanted: count, of: name, new.request, on: full, &outcome, at: now, using: &random)
        return started.count
    }
}

extension PlacementLack {
    /// Whether it is about what the instance is, rather than what it has room for at the moment.
    fileprivate var isAboutIdentity: Bool {
        switch self {
        case .active, .attribute, .memberOf, .custom: true
        case .connection, .cpu, .memory, .ports, .gpus, .distinctInstance: false
        }
    }
}

/// What one pass does to the tasks of a daemon: one on each instance, replaced under the same two bounds as those of
/// other services.
struct DaemonPlan: Sendable, Hashable {
    struct Member: Sendable, Hashable {
        var task: RolloutPlan.Member
        var instance: String

        init(_ task: RolloutPlan.Member, instance: String) {
            self.task = task
            self.instance = instance
        }
    }

    /// Tasks on instances where the daemon does not belong, and second ones; they go at once.
    private(set) var misplaced: [String] = []
    /// Tasks to stop because others take their place.
    private(set) var stops: [String] = []
    /// Instances on which to start one.
    private(set) var starts: [String] = []
    /// The percentages forbid every step.
    private(set) var isBlocked = false

    init(members: [Member], eligible: [String], lower: Int, upper: Int, mayStart: Bool) {
        var kept: OrderedDictionary<String, RolloutPlan.Member> = [:]
        var replaced: [Member] = []
        let isEligible = Set(eligible)
        for member in members {
            if !isEligible.contains(member.instance) {
                misplaced.append(member.task.id)
            } else if !member.task.isKept {
                replaced.append(member)
            } else if kept[member.instance] == nil {
                kept[member.instance] = member.task
            } else {
                misplaced.append(member.task.id)
            }
        }
        var alive = kept.count + replaced.count
        var healthy = kept.values.count(where: \.isHealthy) + replaced.count { $0.task.isHealthy }
        let isWaiting = kept.values.contains { !$0.isHealthy }
        let occupied = Set(replaced.map(\.instance))
        let missing = eligible.filter { kept[$0] == nil }
        if mayStart {
            // Where there is none at all first, then beside the one to be replaced, if there is room for two.
            let order = missing.filter { !occupied.contains($0) } + missing.filter(occupied.contains)
            starts = Array(order.prefix(max(0, upper - alive)))
            alive += starts.count
        }
        var starting = Set(starts)
        for member in replaced where !member.task.isProtected {
            let hasSuccessor = kept[member.instance]?.isHealthy ?? false
            let isAllowed: Bool =
                if !member.task.isRunning {
                    true
                } else if starting.contains(member.instance) || (kept[member.instance] != nil && !hasSuccessor) {
                    // Its successor runs beside it and is not healthy yet.
                    false
                } else if member.task.isHealthy {
                    hasSuccessor || (mayStart && healthy > lower)
                } else {
                    hasSuccessor || (mayStart && (healthy >= lower || member.task.isUnhealthy))
                }
            guard isAllowed else { continue }
            stops.append(member.task.id)
            alive -= 1
            if member.task.isHealthy { healthy -= 1 }
            if mayStart, kept[member.instance] == nil, alive < upper, starting.insert(member.instance).inserted {
                starts.append(member.instance)
                alive += 1
            }
        }
        isBlocked =
            mayStart && stops.isEmpty && misplaced.isEmpty && starts.isEmpty && !isWaiting
            && (!missing.isEmpty || !replaced.isEmpty)
    }
}
