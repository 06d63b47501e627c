// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportPlacement
import OrderedCollections

// What services say to their operators, in AWS's words (`ecs-control-plane.md` §7.4).
extension ClusterMachine {
    /// Adds an event to a service. `message` follows `(service NAME)`, which is put before it.
    mutating func say(
        _ message: String, of name: String, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        let number = services[name]!.record.lastEvent + 1
        let event = ServiceEventRecord(
            number: number, id: random.uuid(), createdAt: now.wall, message: "(service \(name)) \(message)")
        changeService(name) { $0.lastEvent = number }
        services[name]!.events.append(event)
        if services[name]!.events.count > ServiceEventRecord.capacity { services[name]!.events.removeFirst() }
        output.changes.append(.put(.serviceEvent(event, service: name, cluster: self.name)))
    }

    /// Adds an event unless the same was said a short while ago.
    /// - Returns: Whether it was added.
    @discardableResult
    mutating func complain(
        _ complaint: ServiceState.Complaint, _ message: String, of name: String, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> Bool {
        if let last = services[name]!.complaints[complaint], last.message == message,
            last.at.duration(to: now.wall) < configuration.services.eventRepetition
        {
            return false
        }
        services[name]!.complaints[complaint] = (message, now.wall)
        say(message, of: name, at: now, using: &random)
        return true
    }

    /// Says which tasks were started or stopped, a few per event.
    mutating func sayTasks(
        _ ids: [String], _ verb: (Int) -> String, of name: String, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        var rest = ids[...]
        while !rest.isEmpty {
            let some = rest.prefix(Self.tasksPerEvent)
            rest = rest.dropFirst(some.count)
            say(
                "\(verb(some.count)): \(some.map { "(task \($0))" }.joined(separator: " ")).", of: name, at: now,
                using: &random)
        }
    }

    /// An event names this many tasks at most, so that it stays readable.
    private static var tasksPerEvent: Int { 10 }

    /// Says that a task found no room, and tells importers. Finding out why costs a look at every instance, so it is
    /// done at most once a minute.
    /// - Returns: When to look again: the cause may be another one then, or may have to be repeated.
    mutating func complainAboutPlacement(
        of request: PlacementRequest, on instance: String?, service name: String, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> MonotonicTime {
        if let last = services[name]!.explainedAt, last.duration(to: now.monotonic) < .seconds(60) {
            return last.advanced(by: .seconds(60))
        }
        services[name]!.explainedAt = now.monotonic
        let closest = closestMatch(of: request, on: instance)
        let cause =
            if let closest {
                "The closest matching (container-instance \(closest.instance)) \(closest.rule.eventText)."
            } else {
                "Reason: No Container Instances were found in your cluster."
            }
        let said = complain(
            .placement,
            "was unable to place a task because no container instance met all of its requirements. \(cause) "
                + Self.troubleshooting, of: name, at: now, using: &random)
        if said {
            report(
                ServiceAction(
                    level: .error, name: "SERVICE_TASK_PLACEMENT_FAILURE", reason: closest?.rule.reason,
                    instances: closest.map { [arn(ofInstance: $0.instance)] } ?? []), of: name)
        }
        let last = services[name]!.complaints[.placement]!.at
        let next = last.advanced(by: configuration.services.eventRepetition)
        return now.monotonic.advanced(by: max(.zero, now.wall.duration(to: next)))
    }

    /// The instance that comes closest to taking a task, and the first thing that it lacks; nil if there is none.
    private func closestMatch(
        of request: PlacementRequest, on instance: String?
    ) -> (instance: String, rule: PlacementRefusal)? {
        // Requests of services have been validated before.
        if let instance {
            return (try? placement.lacks(for: request, on: instance))?.first.map { (instance, $0.rule) }
        }
        guard let closest = (try? placement.explain(request))?.closest else { return nil }
        return closest.lacks.first.map { (closest.instance, $0.rule) }
    }

    static var troubleshooting: String {
        "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
    }

    /// Tells importers what a service did (§12.3).
    mutating func report(_ action: ServiceAction, of name: String) {
        let service = scope.service(name, cluster: self.name)
        output.observations.append(.serviceAction(service: service, action))
        if publishesEvents { output.events.append(.serviceAction(action, service: service, cluster: arn)) }
    }

    /// Tells importers how a deployment fares (§12.4).
    mutating func report(
        deployment id: String, _ state: DeploymentStateChange.Name, reason: String, of name: String
    ) {
        let service = scope.service(name, cluster: self.name)
        let change = DeploymentStateChange(name: state, deploymentID: id, reason: reason)
        output.observations.append(.deploymentStateChanged(service: service, change))
        if publishesEvents { output.events.append(.deployment(change, service: service)) }
    }
}

extension PlacementRefusal {
    /// What a service says of the closest instance.
    fileprivate var eventText: String {
        switch self {
        case .cpu: "has insufficient CPU units available"
        case .memory: "has insufficient memory available"
        case .ports: "is already using a port required by your task"
        case .attribute: "is missing an attribute required by your task"
        default: "encountered error \"\(reason)\""
        }
    }
}
