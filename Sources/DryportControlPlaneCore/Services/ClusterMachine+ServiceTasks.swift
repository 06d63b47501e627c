// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportPlacement
import OrderedCollections

// Starting and stopping the tasks of services.
extension ClusterMachine {
    // MARK: Starting

    /// What a task of a pool asks of its instance; nil if its definition is gone.
    func request(of name: String, _ pool: TaskPool, _ definitions: DefinitionCatalog) -> PlacementRequest? {
        newTask(of: name, pool, definitions)?.request
    }

    /// Everything that a task of a pool is made of; nil if its definition is gone.
    func newTask(of name: String, _ pool: TaskPool, _ definitions: DefinitionCatalog) -> NewTask? {
        guard let stored = definitions.record(family: pool.family, revision: pool.revision) else { return nil }
        let (record, definition) = (services[name]!.record, stored.definition)
        // All of this was checked when it was stored.
        let own = (try? [PlacementConstraint](record.placementConstraints)) ?? []
        let inherited = (try? definition.constraints(orThrow: .client)) ?? []
        let strategies =
            (try? [PlacementStrategy](record.placementStrategy, default: PlacementStrategy.serviceDefault)) ?? []
        var tags: [Tag] =
            switch record.propagateTags {
            case "SERVICE": record.tags
            case "TASK_DEFINITION": stored.tags
            default: []
            }
        if record.enableECSManagedTags {
            tags.append(Tag(key: "aws:ecs:clusterName", value: self.name))
            tags.append(Tag(key: "aws:ecs:serviceName", value: name))
        }
        return NewTask(
            definition: definition, overrides: ECS.TaskOverride(), group: "service:\(name)", startedBy: pool.owner,
            enableExecuteCommand: record.enableExecuteCommand, tags: tags,
            request: PlacementRequest(
                resources: definition.resources(overrides: ECS.TaskOverride()),
                requiredAttributes: definition.placementAttributes, scope: .service(name),
                constraints: own + inherited, strategies: strategies))
    }

    /// Starts tasks where there is room, as many as the launch rate allows.
    /// - Returns: The ids of those that were started.
    mutating func launch(
        _ wanted: Int, _ name: String, _ pool: TaskPool, _ definitions: DefinitionCatalog,
        _ outcome: inout PassOutcome, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [String] {
        let count = allowedLaunches(wanted, of: name, &outcome, at: now)
        guard count > 0, let new = newTask(of: name, pool, definitions) else { return [] }
        let placements = (try? placement.place(new.request, count: count, using: &random)) ?? []
        let started = placements.map { placement in
            start(new, at: placement, definitions: definitions, at: now, using: &random).id
        }
        noteLaunch(started, wanted: count, of: name, new.request, &outcome, at: now, using: &random)
        return started
    }

    /// How many of the launches that are wanted the launch rate allows; the outcome waits for the rest.
    mutating func allowedLaunches(
        _ wanted: Int, of name: String, _ outcome: inout PassOutcome, at now: Instant
    ) -> Int {
        let rate = configuration.services.launchesPerMinute
        let count = services[name]!.launches.available(wanted, at: now.monotonic, perMinute: rate)
        if count < wanted {
            let next = services[name]!.launches.nextLaunch(perMinute: rate)
            // Not one by one: a tenth of a minute's launches at a time.
            outcome.wait(until: max(next, now.monotonic.advanced(by: .seconds(6))))
        }
        return count
    }

    /// Takes note of what was started, and of what was not.
    /// - Parameter instance: The only instance that counts, where a daemon found no room.
    mutating func noteLaunch(
        _ started: [String], wanted: Int, of name: String, _ request: PlacementRequest, on instance: String? = nil,
        _ outcome: inout PassOutcome, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        services[name]!.launches.spend(started.count, perMinute: configuration.services.launchesPerMinute)
        sayTasks(started, { "has started \($0) tasks" }, of: name, at: now, using: &random)
        if started.count < wanted {
            outcome.isUnplaced = true
            waitingServices.append(name)
            outcome.wait(
                until: complainAboutPlacement(of: request, on: instance, service: name, at: now, using: &random))
        } else {
            services[name]!.complaints[.placement] = nil
            services[name]!.explainedAt = nil
        }
    }

    // MARK: Stopping

    /// Stops tasks of a service and says so.
    mutating func stopTasks(
        _ ids: [String], of name: String, reason: String, _ definitions: DefinitionCatalog, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        guard !ids.isEmpty else { return }
        for id in ids {
            stop(
                id, code: .serviceSchedulerInitiated, reason: reason, definitions: definitions, at: now, using: &random)
        }
        sayTasks(ids, { "has stopped \($0) running tasks" }, of: name, at: now, using: &random)
    }

    /// Stops tasks that are to be replaced; those that fail their health checks count against the deployment (§7.5).
    mutating func replace(
        _ ids: [String], of name: String, owner: String, _ definitions: DefinitionCatalog, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        let unhealthy = ids.filter { tasks[$0]?.health == .unhealthy && tasks[$0]?.lastStatus == .running }
        for id in unhealthy {
            say("(task \(id)) failed container health checks.", of: name, at: now, using: &random)
            guard let deployment = tasks[id]?.startedBy else { continue }
            changeDeployment(deployment, of: name) { record in
                if record.rolloutState == .inProgress { record.failureCount += 1 }
            }
        }
        stopTasks(
            unhealthy, of: name, reason: "Task failed container health checks", definitions, at: now, using: &random)
        stopTasks(
            ids.filter { !unhealthy.contains($0) }, of: name,
            reason: "Scaling activity initiated by (deployment \(owner))", definitions, at: now, using: &random)
    }

    // MARK: Losing

    /// For how long a service leaves the tasks on a disconnected instance alone; nil for as long as it takes (§8.2).
    func rescheduleAfter(_ name: String) -> Duration? {
        let tag = services[name]!.record.tags.first { $0.key == ServiceRecord.rescheduleTag }
        return tag.map { Duration(rescheduleAfter: $0.value ?? "") } ?? configuration.services.rescheduleAfter
    }

    /// Arranges for tasks to be given up on an instance that has just been disconnected.
    mutating func expectLostTasks(on instance: String, at now: Instant) {
        instances[instance]!.disconnectedAt = now.monotonic
        arrangeLoss(on: instance, at: now)
    }

    /// The same for the instances that are away already, when a service's tags have changed.
    mutating func expectLostTasks(of name: String, at now: Instant) {
        let away = services[name]!.tasks.compactMap { tasks[$0]?.instanceID }.filter {
            instances[$0]?.isConnected == false
        }
        for instance in OrderedSet(away) { arrangeLoss(on: instance, at: now) }
    }

    private mutating func arrangeLoss(on instance: String, at now: Instant) {
        let limits = serviceTasks(on: instance).compactMap { rescheduleAfter($0.service) }
        guard let since = instances[instance]!.disconnectedAt, let first = limits.min() else {
            return timers.cancel(.lostTasks(instance: instance))
        }
        timers.set(.lostTasks(instance: instance), at: max(now.monotonic, since.advanced(by: first)))
    }

    /// Gives up the tasks of services on an instance that has been disconnected for as long as those services
    /// tolerate. What runs on the host is stopped when its agent returns: no manifest names it any more (§8.3).
    mutating func giveUpTasks(on instance: String, at now: Instant, using random: inout some RandomNumberGenerator) {
        guard let state = instances[instance], !state.isConnected, let since = state.disconnectedAt else { return }
        var next: Duration?
        for (id, name) in serviceTasks(on: instance) {
            guard let limit = rescheduleAfter(name) else { continue }
            guard since.duration(to: now.monotonic) >= limit else {
                next = next.map { min($0, limit) } ?? limit
                continue
            }
            let reason =
                "Container instance \(instance) has been disconnected for more than \(limit.components.seconds) s"
            say("has given up (task \(id)). Reason: \(reason).", of: name, at: now, using: &random)
            abandon(id, reason: reason, at: now)
        }
        if let next { timers.set(.lostTasks(instance: instance), at: since.advanced(by: next)) }
    }

    private func serviceTasks(on instance: String) -> [(id: String, service: String)] {
        (instances[instance]?.tasks ?? []).compactMap { id in
            guard let task = tasks[id], task.lastStatus != .stopped, let name = serviceName(of: task) else {
                return nil
            }
            return (id, name)
        }
    }
}

extension ServiceRecord {
    /// The tag by which a service says how long its tasks on a disconnected instance are left alone.
    static let rescheduleTag = "dryport:reschedule-after"
}

extension Duration {
    /// Reads `90s`, `15m` or `2h`; nil, which stands for ever, for `never` and for everything else.
    init?(rescheduleAfter text: String) {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600]
        guard let unit = text.last.flatMap({ units[$0] }), let number = Int(text.dropLast()),
            (1...1_000_000).contains(number)
        else { return nil }
        self = .seconds(number * unit)
    }
}

extension TaskDefinition {
    /// What instances must have to be considered at all (§6.1): to be external, and what the definition requires.
    var placementAttributes: [String: String?] {
        var required: [String: String?] = ["ecs.capability.external": nil]
        for attribute in requiresAttributes ?? [] { required[attribute.name ?? ""] = attribute.value }
        return required
    }
}

extension [PlacementConstraint] {
    /// Reads the constraints of a service or a call.
    init(_ constraints: [ECS.PlacementConstraint]) throws(APIError) {
        try self.init(
            constraints.map { ($0.type, $0.expression) }, isDistinctAllowed: true, code: .invalidParameter)
    }
}
