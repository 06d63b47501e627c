// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportMessages
import DryportModel
import DryportPlacement
import OrderedCollections

/// One cluster as a machine: its container instances, its tasks, the sessions of its agents.
///
/// Clusters know nothing of each other; one of these is the unit of recovery and, with several control
/// planes, of sharding. What belongs to the account, such as task definitions, comes in as an argument.
struct ClusterMachine: Sendable {
    /// What may become due.
    enum Timer: Hashable, Sendable {
        /// Send a heartbeat to the instance's agent.
        case heartbeat(instance: String)
        /// The instance's agent has been without a session for the grace time.
        case disconnection(instance: String)
        /// A deregistered instance is forgotten.
        case instanceRetention(instance: String)
        /// A stopped task is forgotten.
        case taskRetention(task: String)
        /// The credentials of a task's roles are sent anew.
        case taskCredentials(task: String)
        /// A client token is forgotten.
        case clientToken(String)
        /// The scheduler looks at a service.
        case service(String)
        /// Services that have found no room try again.
        case capacity
        /// Tasks of services on a disconnected instance may count as lost.
        case lostTasks(instance: String)
        /// A deleted service is forgotten.
        case serviceRetention(service: String)
    }

    let configuration: ControlPlaneConfiguration
    let issuer: SessionCredentialIssuer
    var record: ClusterRecord
    var instances: OrderedDictionary<String, ClusterInstance> = [:]
    /// Who takes the next task: all instances that are not deregistered, and what their tasks take of them.
    var placement = PlacementEngine()
    var tasks: OrderedDictionary<String, TaskRecord> = [:]
    var clientTokens: OrderedDictionary<String, ClientTokenRecord> = [:]
    var services: OrderedDictionary<String, ServiceState> = [:]
    /// Services that the scheduler has to look at.
    var dueServices: OrderedSet<String> = []
    /// Services whose records have changed in this call.
    var changedServices: OrderedSet<String> = []
    /// Services that have found no room for a task.
    var waitingServices: OrderedSet<String> = []
    /// Whether there may be room now that was not there before.
    var hasNewCapacity = false
    /// Whether anybody wants to know of events.
    var publishesEvents = false
    /// Instances with something to tell.
    var changedInstances: OrderedSet<String> = []
    var sessions: [AgentSessionID: String] = [:]
    /// Engine options of definitions of which tasks were started, see ``knownEngineOptions(of:)``.
    var engineOptions: [String: [EngineOptions]] = [:]
    var timers = TimerQueue<Timer>()
    var output = ControlPlaneOutput()

    init(record: ClusterRecord, configuration: ControlPlaneConfiguration, issuer: SessionCredentialIssuer) {
        self.record = record
        self.configuration = configuration
        self.issuer = issuer
    }

    var name: String { record.name }
    var scope: AccountScope { configuration.scope }
    var arn: String { scope.cluster(name) }

    mutating func takeOutput(at now: Instant) -> ControlPlaneOutput {
        flushServices()
        tellOfInstances()
        if hasNewCapacity, !waitingServices.isEmpty, !timers.isSet(.capacity) {
            timers.set(.capacity, at: now.monotonic.advanced(by: configuration.services.capacityDamping))
        }
        hasNewCapacity = false
        var taken = ControlPlaneOutput()
        swap(&taken, &output)
        // The scheduler follows in a step of its own, so that whoever called is not kept waiting, and many reports
        // make one pass.
        taken.wakeAt = dueServices.isEmpty ? timers.nextDeadline : now.monotonic
        return taken
    }

    /// Lets everything happen that is due.
    mutating func wake(
        at now: Instant, definitions: DefinitionCatalog, using random: inout some RandomNumberGenerator
    ) {
        while let timer = timers.popDue(at: now.monotonic) {
            switch timer {
            case .heartbeat(let instance): beat(instance, at: now, using: &random)
            case .disconnection(let instance): disconnect(instance, at: now)
            case .instanceRetention(let instance): forgetInstance(instance)
            case .taskRetention(let task): forgetTask(task)
            case .taskCredentials(let task):
                refreshCredentials(of: task, definitions: definitions, at: now, using: &random)
            case .clientToken(let token):
                guard let forgotten = clientTokens.removeValue(forKey: token) else { continue }
                output.changes.append(.delete(key: ControlPlaneRecord.clientToken(forgotten, cluster: name).key))
            case .service(let service): examine(service)
            case .capacity: retryUnplaced()
            case .lostTasks(let instance): giveUpTasks(on: instance, at: now, using: &random)
            case .serviceRetention(let service): removeService(service)
            }
        }
        runServices(definitions: definitions, at: now, using: &random)
    }

    // MARK: Restoring

    /// - Throws: If the record is not one that registration lets through.
    mutating func restore(_ instance: ContainerInstanceRecord, at now: Instant) throws(PlacementError) {
        instances[instance.id] = ClusterInstance(record: instance, isConnected: instance.status != .inactive)
        if instance.status == .inactive {
            setRetention(of: instance, at: now)
        } else {
            try placement.add(PlacementInstance(instance, isConnected: true))
            // Its agent was connected a moment ago, as far as anybody knows, and is coming back.
            timers.set(
                .disconnection(instance: instance.id), at: now.monotonic.advanced(by: configuration.disconnectionGrace))
        }
    }

    /// - Returns: false if the task's instance is unknown.
    /// - Throws: If the record is not one that placement has made.
    mutating func restore(_ task: TaskRecord, at now: Instant) throws(PlacementError) -> Bool {
        guard instances[task.instanceID] != nil else { return false }
        if !task.isReleased, placement.contains(task.instanceID) {
            try placement.restore(task.placementRequest, at: task.placement)
        }
        tasks[task.id] = task
        instances[task.instanceID]!.tasks.append(task.id)
        count(task, before: nil)
        if task.lastStatus != .stopped, let name = serviceName(of: task) { services[name]!.tasks.append(task.id) }
        if task.lastStatus == .stopped { setRetention(of: task, at: now) }
        return true
    }

    mutating func restore(_ token: ClientTokenRecord, at now: Instant) {
        clientTokens[token.token] = token
        let remaining = now.wall.duration(to: token.expiration)
        timers.set(.clientToken(token.token), at: now.monotonic.advanced(by: max(.zero, remaining)))
    }

    // MARK: Records

    /// Writes an instance back and persists it.
    mutating func put(_ instance: ContainerInstanceRecord) {
        instances[instance.id]!.record = instance
        output.changes.append(.put(.instance(instance, cluster: name)))
    }

    /// Counts a change of an instance that is worth an event.
    mutating func countChange(ofInstance id: String) {
        guard instances[id] != nil else { return }
        if let record = instances[id]!.countChange(reserving: Self.reservedNumbers) { put(record) }
        if publishesEvents { changedInstances.append(id) }
    }

    /// Adds the events of instances that have changed, one for each, however often.
    mutating func tellOfInstances() {
        for id in changedInstances {
            guard let instance = instances[id] else { continue }
            output.events.append(.containerInstance(describe(instance)))
        }
        changedInstances.removeAll()
    }

    /// The next number of a message to an instance's agent whose order matters to it.
    mutating func nextTimeline(of id: String) -> Int {
        let (number, reserved) = instances[id]!.nextTimeline(reserving: Self.reservedNumbers)
        if let record = reserved { put(record) }
        return number
    }

    /// How many numbers are set aside with one write of an instance's record, which is large.
    private static var reservedNumbers: Int { 255 }

    /// Writes a task back, counts the change, persists it and says so.
    mutating func put(_ task: TaskRecord, isEvent: Bool = true) {
        var task = task
        let previous = tasks[task.id]
        // A task's tags vanish when it stops (§2.3).
        if task.lastStatus == .stopped { task.tags = [] }
        if isEvent { task.changes += 1 }
        tasks[task.id] = task
        output.changes.append(.put(.task(task, cluster: name)))
        if isEvent {
            noteChange(of: task, from: previous?.lastStatus)
            if publishesEvents { output.events.append(.task(describe(task, includeTags: false))) }
        }
        guard previous?.lastStatus != task.lastStatus || previous?.desiredStatus != task.desiredStatus else { return }
        count(task, before: previous?.lastStatus)
        output.observations.append(
            .taskChanged(arn: arn(of: task), last: task.lastStatus, desired: task.desiredStatus))
    }

    /// Keeps the counts of the task's instance.
    private mutating func count(_ task: TaskRecord, before: TaskStatus?) {
        let id = task.instanceID
        instances[id]?.count(task, before: before)
        guard let running = instances[id]?.runningTasksCount else { return }
        changePlacement(of: id) { engine throws(PlacementError) in try engine.setRunningTasksCount(running, of: id) }
    }

    /// Changes what placement knows of an instance, unless that is deregistered.
    mutating func changePlacement(
        of id: String, _ change: (inout PlacementEngine) throws(PlacementError) -> Void
    ) {
        guard placement.contains(id) else { return }
        hasNewCapacity = true
        do throws(PlacementError) {
            try change(&placement)
        } catch {
            // Placement and the records are changed together, by callers that have checked everything.
            preconditionFailure("placement and the records of \(id) disagree: \(error)")
        }
    }

    func arn(of task: TaskRecord) -> String { scope.task(task.id, cluster: name) }

    func arn(ofInstance id: String) -> String { scope.containerInstance(id, cluster: name) }

    // MARK: Forgetting

    mutating func setRetention(of task: TaskRecord, at now: Instant) {
        let end = (task.times.stoppedAt ?? now.wall).advanced(by: configuration.stoppedTaskRetention)
        timers.set(
            .taskRetention(task: task.id), at: now.monotonic.advanced(by: max(.zero, now.wall.duration(to: end))))
    }

    mutating func setRetention(of instance: ContainerInstanceRecord, at now: Instant) {
        let end = (instance.deregisteredAt ?? now.wall).advanced(by: configuration.inactiveInstanceRetention)
        timers.set(
            .instanceRetention(instance: instance.id),
            at: now.monotonic.advanced(by: max(.zero, now.wall.duration(to: end))))
    }

    private mutating func forgetTask(_ id: String) {
        guard let task = tasks.removeValue(forKey: id) else { return }
        instances[task.instanceID]?.forget(task)
        output.changes.append(.delete(key: ControlPlaneRecord.task(task, cluster: name).key))
    }

    private mutating func forgetInstance(_ id: String) {
        // Its tasks refer to it, so they go with it.
        for task in instances[id]?.tasks ?? [] { forgetTask(task) }
        guard let instance = instances.removeValue(forKey: id) else { return }
        output.changes.append(.delete(key: ControlPlaneRecord.instance(instance.record, cluster: name).key))
    }
}
