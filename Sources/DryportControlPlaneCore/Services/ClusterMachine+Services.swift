// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportPlacement
import OrderedCollections

// The services of a cluster: how their records, their history and their tasks are kept together. What they do is
// decided elsewhere, in passes that follow what happens to them.
extension ClusterMachine {
    // MARK: Records

    /// Changes a service's record; it is persisted with the output of this call.
    mutating func changeService(_ name: String, _ change: (inout ServiceRecord) -> Void) {
        let before = services[name]!.record
        change(&services[name]!.record)
        if services[name]!.record != before { changedServices.append(name) }
    }

    /// Changes one of a service's deployments.
    mutating func changeDeployment(_ id: String, of name: String, _ change: (inout DeploymentRecord) -> Void) {
        guard let index = services[name]!.record.deployments.firstIndex(where: { $0.id == id }) else { return }
        changeService(name) { change(&$0.deployments[index]) }
    }

    /// Changes the story of the deployment that is under way, if there is one.
    mutating func changeStory(of name: String, at now: Instant, _ change: (inout ServiceDeploymentRecord) -> Void) {
        guard let before = services[name]!.current else { return }
        var story = before
        change(&story)
        guard story != before else { return }
        story.updatedAt = now.wall
        put(story, of: name)
    }

    mutating func put(_ story: ServiceDeploymentRecord, of name: String) {
        services[name]!.history[story.id] = story
        output.changes.append(.put(.serviceDeployment(story, service: name, cluster: self.name)))
    }

    mutating func put(_ revision: ServiceRevisionRecord, of name: String) {
        services[name]!.revisions[revision.number] = revision
        output.changes.append(.put(.serviceRevision(revision, service: name, cluster: self.name)))
    }

    /// Adds a service. One of the same name that is INACTIVE goes, with everything that is known of it.
    mutating func add(_ record: ServiceRecord) {
        removeService(record.name)
        services[record.name] = ServiceState(record: record)
        changedServices.append(record.name)
        examine(record.name)
    }

    /// Forgets a service.
    mutating func removeService(_ name: String) {
        guard let state = services.removeValue(forKey: name) else { return }
        changedServices.remove(name)
        dueServices.remove(name)
        timers.cancel(.service(name))
        timers.cancel(.serviceRetention(service: name))
        output.changes += recordKeys(of: state).map { .delete(key: $0) }
    }

    /// The keys of everything that is stored of a service.
    func recordKeys(of state: ServiceState) -> [String] {
        let service = state.record.name
        var records: [ControlPlaneRecord] = [.service(state.record, cluster: name)]
        records += state.events.map { .serviceEvent($0, service: service, cluster: name) }
        records += state.revisions.values.map { .serviceRevision($0, service: service, cluster: name) }
        records += state.history.values.map { .serviceDeployment($0, service: service, cluster: name) }
        return records.map(\.key)
    }

    /// Adds the records of changed services to the output.
    mutating func flushServices() {
        for name in changedServices {
            guard let state = services[name] else { continue }
            output.changes.append(.put(.service(state.record, cluster: self.name)))
        }
        changedServices.removeAll()
    }

    // MARK: Restoring

    mutating func restore(_ service: ServiceRecord, at now: Instant) {
        services[service.name] = ServiceState(record: service)
        if service.status == .inactive { setRetention(ofService: service.name, at: now) }
        examine(service.name)
    }

    /// - Returns: false if the service is unknown.
    mutating func restore(_ event: ServiceEventRecord, of name: String) -> Bool {
        services[name]?.events.append(event)
        return services[name] != nil
    }

    /// - Returns: false if the service is unknown.
    mutating func restore(_ revision: ServiceRevisionRecord, of name: String) -> Bool {
        services[name]?.revisions[revision.number] = revision
        return services[name] != nil
    }

    /// - Returns: false if the service is unknown.
    mutating func restore(_ story: ServiceDeploymentRecord, of name: String) -> Bool {
        services[name]?.history[story.id] = story
        return services[name] != nil
    }

    /// Brings what was restored into the order of time, which is not that of the keys.
    mutating func sortServiceHistory() {
        for index in services.values.indices {
            services.values[index].events.sort { $0.number < $1.number }
            services.values[index].revisions.sort { ($0.value.createdAt, $0.key) < ($1.value.createdAt, $1.key) }
            // What began within one millisecond has an order, too: the current one came last.
            let current = services.values[index].record.currentServiceDeployment ?? ""
            services.values[index].history.sort { left, right in
                guard left.value.createdAt == right.value.createdAt else {
                    return left.value.createdAt < right.value.createdAt
                }
                return left.key == current || right.key == current ? right.key == current : left.key < right.key
            }
        }
    }

    // MARK: What happens to services

    /// Has the scheduler look at a service as soon as possible.
    mutating func examine(_ name: String) { dueServices.append(name) }

    /// The service that a task belongs to; nil for standalone tasks, and for what is left of a service whose name
    /// another has taken.
    func serviceName(of task: TaskRecord) -> String? {
        guard let name = task.serviceName, services[name]?.owns(task.startedBy) ?? false else { return nil }
        return name
    }

    /// Takes note of what has become of a task.
    mutating func noteChange(of task: TaskRecord, from before: TaskStatus?) {
        guard let name = serviceName(of: task) else { return }
        examine(name)
        if task.lastStatus == .stopped {
            services[name]!.tasks.remove(task.id)
        } else {
            services[name]!.tasks.append(task.id)
        }
        guard before != task.lastStatus, let deployment = task.startedBy else { return }
        switch task.lastStatus {
        case .running:
            services[name]!.backoff.reset()
            changeDeployment(deployment, of: name) { record in
                record.failedTasks = 0
                record.hasRun = true
            }
        // One that ends before its agent has said RUNNING has failed to start, even if a container had an exit code.
        case .stopped
        where task.times.startedAt == nil
            && (task.stopCode == .taskFailedToStart || task.stopCode == .essentialContainerExited):
            services[name]!.backoff.noteFailure()
            changeDeployment(deployment, of: name) { record in
                record.failedTasks += 1
                // Once a task has been RUNNING, only failing health checks count for the circuit breaker (§7.5).
                if !record.hasRun { record.failureCount += 1 }
            }
        default: break
        }
    }

    /// Takes note that an instance has come, changed or gone: that is worth an event, daemons may belong on it or not
    /// any more, and services that have found no room may find some.
    mutating func noteChange(ofInstance id: String) {
        countChange(ofInstance: id)
        for index in services.values.indices where services.values[index].record.schedulingStrategy == .daemon {
            services.values[index].daemon.changed.append(id)
            examine(services.values[index].record.name)
        }
        hasNewCapacity = true
    }

    /// Has the scheduler look at the services with tasks on an instance, after its status has changed.
    mutating func examineServices(on instance: String) {
        for id in instances[instance]?.tasks ?? [] {
            if let name = tasks[id].flatMap({ serviceName(of: $0) }) { examine(name) }
        }
    }

    /// Lets services try again that have found no room.
    mutating func retryUnplaced() {
        for name in waitingServices { examine(name) }
        waitingServices.removeAll()
    }
}

extension TaskRecord {
    /// The name of the service whose task this is; nil for a standalone task.
    var serviceName: String? { group.hasPrefix("service:") ? String(group.dropFirst("service:".count)) : nil }
}
