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
        guard let new = newTask(of: name, pool, definitions) else {
            outcome.isDone = false
            return
        }
        findEligible(for: name, new.request)
        let eligible = services[name]!.daemon.eligible
        if services[name]!.record.desiredCount != eligible.count {
            changeService(name) { $0.desiredCount = eligible.count }
            report(ServiceAction(level: .info, name: "SERVICE_DESIRED_COUNT_UPDATED"), of: name)
        }

        let members = members(
            of: name, services[name]!.tasks.elements, owner: primary.id, outcome: &outcome, at: now)
        let plan = DaemonPlan(
            members: members, eligible: eligible, isReachable: { instances[$0]?.isConnected ?? false },
            lower: pool.rollout.lowerBound(of: eligible.count),
            upper: pool.rollout.upperBound(of: eligible.count),
            mayStart: pool.mayStart && !services[name]!.backoff.isPausing(at: now.monotonic))
        dismiss(plan.misplaced, of: name, definitions, at: now, using: &random)
        replace(plan.stops, of: name, owner: primary.id, definitions, at: now, using: &random)
        launchDaemon(name, new, on: plan.starts, definitions, &outcome, at: now, using: &random)
        let served = Set(members.map(\.instance))
        if let away = eligible.first(where: { !served.contains($0) && !(instances[$0]?.isConnected ?? false) }) {
            outcome.wait(
                until: complainAboutPlacement(of: new.request, on: away, service: name, at: now, using: &random))
        }

        let healthy = members.count { $0.isKept && $0.isHealthy }
        outcome.isDone =
            healthy == eligible.count && members.count == healthy && members.count == services[name]!.tasks.count
        outcome.isBlocked = plan.isBlocked
        // Those that are protected stay even where the daemon does not belong any more (§4.7).
        outcome.heldBy = members.first { $0.isProtected && !eligible.contains($0.instance) }
            .flatMap { tasks[$0.id]?.startedBy }
        if plan.isHeldByProtection, let held = members.first(where: { !$0.isKept }) {
            outcome.heldBy = tasks[held.id]?.startedBy
        }
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

    /// Starts the daemon on those instances that have room for it.
    private mutating func launchDaemon(
        _ name: String, _ new: NewTask, on wanted: [String], _ definitions: DefinitionCatalog,
        _ outcome: inout PassOutcome, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        let count = allowedLaunches(wanted.count, of: name, &outcome, at: now)
        guard count > 0 else { return }
        var started: [String] = []
        var full: String?
        for id in wanted.prefix(count) {
            guard let placed = try? placement.charge(new.request, to: id) else {
                full = full ?? id
                continue
            }
            started.append(start(new, at: placed, definitions: definitions, at: now, using: &random).id)
        }
        noteLaunch(started, wanted: count, of: name, new.request, on: full, &outcome, at: now, using: &random)
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
/// other services. An instance counts as healthy once, however many healthy tasks are on it.
struct DaemonPlan: Sendable, Hashable {
    /// Tasks on instances where the daemon does not belong, unless they are protected, and second ones; they go at once.
    private(set) var misplaced: [String] = []
    /// Tasks to stop because others take their place.
    private(set) var stops: [String] = []
    /// Instances on which to start one.
    private(set) var starts: [String] = []
    /// The percentages forbid every step.
    private(set) var isBlocked = false
    /// Nothing can be stopped or started, and all tasks that are left to stop are protected.
    private(set) var isHeldByProtection = false

    /// Plans a pass.
    /// - Parameters:
    ///   - members: All tasks that have not been told to stop, those to be replaced in the order in which they go.
    ///   - eligible: The instances on which the daemon belongs.
    ///   - isReachable: Whether an instance's agent is there. Where it is not, nothing can be started, so that what
    ///     runs there is not replaced before it returns.
    ///   - lower: On how many instances a healthy task has to stay.
    ///   - upper: How many tasks may be alive.
    ///   - mayStart: Whether tasks may be started at all.
    init(
        members: [RolloutPlan.Member], eligible: OrderedSet<String>, isReachable: (String) -> Bool, lower: Int,
        upper: Int, mayStart: Bool
    ) {
        let layout = DaemonLayout(members, on: eligible)
        misplaced = layout.misplaced
        var sites = layout.sites
        var healthy = sites.count { $0.healthy > 0 }
        let isWaiting = sites.indices.contains { site in
            sites[site].kept.map { !$0.isHealthy } ?? false && isReachable(eligible[site])
        }
        let missing = sites.indices.filter { sites[$0].kept == nil }
        let reachable = missing.filter { isReachable(eligible[$0]) }
        // Where there is none at all, what will be started as soon as the agent returns counts already.
        let expected = missing.count { !sites[$0].isOccupied && !isReachable(eligible[$0]) }
        var alive = members.count - misplaced.count + expected
        func start(_ site: Int) {
            guard mayStart, alive < upper, !sites[site].isStarting else { return }
            sites[site].isStarting = true
            starts.append(eligible[site])
            alive += 1
        }
        // Where there is none at all first, then beside the one to be replaced, if there is room for two.
        for site in reachable where !sites[site].isOccupied { start(site) }
        for site in reachable where sites[site].isOccupied { start(site) }
        for (task, site) in layout.replaced where !task.isProtected {
            let isServed = sites[site].healthy > (task.isHealthy ? 1 : 0)
            let isSucceeded = sites[site].kept != nil || sites[site].isStarting
            let isAllowed: Bool =
                if !task.isRunning || isServed {
                    true
                } else if isSucceeded || !mayStart || !isReachable(eligible[site]) {
                    // Its successor is not healthy yet, or there is none for now.
                    false
                } else if task.isHealthy {
                    healthy > lower
                } else {
                    healthy >= lower || (task.isUnhealthy && !isWaiting && stops.isEmpty && starts.isEmpty)
                }
            guard isAllowed else { continue }
            stops.append(task.id)
            alive -= 1
            if task.isHealthy {
                sites[site].healthy -= 1
                if !isServed { healthy -= 1 }
            }
            if !isSucceeded, isReachable(eligible[site]) { start(site) }
        }
        for site in reachable where !sites[site].isOccupied { start(site) }
        let rest = layout.replaced.filter { isReachable(eligible[$0.site]) }
        let isIdle = stops.isEmpty && misplaced.isEmpty && starts.isEmpty && mayStart && !isWaiting
        guard isIdle, !reachable.isEmpty || !rest.isEmpty else { return }
        isHeldByProtection = !rest.isEmpty && rest.allSatisfy(\.task.isProtected)
        isBlocked = !isHeldByProtection && rest.allSatisfy { $0.task.isHealthy || $0.task.isUnhealthy }
    }
}

/// Which tasks of a daemon are where.
private struct DaemonLayout {
    /// An instance on which the daemon belongs.
    struct Site {
        /// The task that stays.
        var kept: RolloutPlan.Member?
        /// How many healthy tasks are there.
        var healthy = 0
        /// Whether a task is there that is to be replaced.
        var isOccupied = false
        /// Whether one is about to be started.
        var isStarting = false
    }

    var sites: [Site]
    /// Tasks to be replaced, and the numbers of their instances.
    var replaced: [(task: RolloutPlan.Member, site: Int)] = []
    var misplaced: [String] = []

    init(_ members: [RolloutPlan.Member], on eligible: OrderedSet<String>) {
        sites = Array(repeating: Site(), count: eligible.count)
        for member in members {
            guard let site = eligible.firstIndex(of: member.instance) else {
                if !member.isProtected { misplaced.append(member.id) }
                continue
            }
            if member.isHealthy { sites[site].healthy += 1 }
            if !member.isKept {
                replaced.append((member, site))
                sites[site].isOccupied = true
            } else if let other = sites[site].kept {
                // One that was ill has recovered while its successor started. The healthier one stays.
                let isBetter = member.isHealthy && !other.isHealthy
                if isBetter { sites[site].kept = member }
                misplaced.append(isBetter ? other.id : member.id)
                if member.isHealthy && other.isHealthy { sites[site].healthy -= 1 }
            } else {
                sites[site].kept = member
            }
        }
    }
}
