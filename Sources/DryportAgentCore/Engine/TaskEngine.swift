// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportReconciler
import OrderedCollections

/// The life of tasks and containers on one host (`ecs-agent.md` §10).
///
/// It is level-triggered: whatever changes (an order, a result, a notice, the time) is written into the record of
/// its task, and then ``advance(_:at:using:_:)`` derives what follows from the record alone. That is also all that
/// happens after a restart, so there is no second way to go on.
struct TaskEngine: Sendable, Hashable {
    let configuration: AgentConfiguration
    /// All tasks in the order of their arrival.
    var tasks: OrderedDictionary<String, EngineTask> = [:]
    /// How the runtime is reached.
    var link = RuntimeLink()
    /// The container instance that the containers belong to; nil before registration.
    private(set) var owner: String?
    private(set) var facts: AgentFacts?
    private var pool: ResourcePool?
    private var waiting: [String] = []
    private var nextSequence = 1
    private var agenda: OrderedSet<String> = []
    private var touched: OrderedSet<String> = []
    private var removedKeys: [String] = []
    var targets: [OperationID: OperationTarget] = [:]
    var strays: OrderedDictionary<String, StrayContainer> = [:]
    private(set) var pulledImages: OrderedSet<String>
    private var hasNewImages = false

    init(configuration: AgentConfiguration, restoring records: [TaskRecord], pulledImages: [String]) {
        self.configuration = configuration
        self.pulledImages = OrderedSet(pulledImages)
        for record in records.sorted(by: { ($0.sequence, $0.plan.arn) < ($1.sequence, $1.plan.arn) }) {
            tasks[record.plan.arn] = EngineTask(record, stored: record)
            nextSequence = max(nextSequence, record.sequence + 1)
        }
    }

    // MARK: Orders

    /// Takes note of the host. Restored tasks take their resources, and those that waited wait again.
    mutating func prepare(_ facts: AgentFacts) {
        self.facts = facts
        var pool = ResourcePool(host: facts.host, configuration: configuration)
        for (arn, task) in tasks where task.record.status != .stopped {
            if task.record.isAdmitted { pool.take(task.record.plan.demand) } else { waiting.append(arn) }
        }
        self.pool = pool
        for arn in tasks.keys { mark(arn) }
    }

    /// Begins to watch the runtime for the containers of an owner, and gives what exists its place.
    mutating func open(owner: String, _ effects: inout Effects) {
        guard self.owner == nil else { return }
        self.owner = owner
        link.watch = effects.watch(owner: owner)
    }

    /// A planner of new tasks; nil before the engine was opened.
    var planner: TaskPlanner? {
        guard let owner, let facts else { return nil }
        return TaskPlanner(owner: owner, configuration: configuration, runtime: facts.runtime)
    }

    /// Takes a new task over.
    mutating func accept(_ plan: TaskPlan, _ effects: inout Effects) {
        precondition(tasks[plan.arn] == nil, "a task is accepted once")
        tasks[plan.arn] = EngineTask(TaskRecord(plan: plan, sequence: takeSequence(), desired: .running))
        waiting.append(plan.arn)
        mark(plan.arn)
        effects.observe(.taskAccepted(arn: plan.arn))
    }

    /// Keeps a task that will never run for the time it takes to say so.
    mutating func refuse(
        _ task: ACS.Task, plan: TaskPlan, reason: String, isUnreadable: Bool, at now: Instant, _ effects: inout Effects
    ) {
        precondition(tasks[plan.arn] == nil, "a task is refused once")
        var record = TaskRecord(plan: plan, sequence: takeSequence(), desired: .stopped)
        record.reason = reason
        record.isUnreadable = isUnreadable
        record.executionStoppedAt = now.wall
        record.stoppedAt = now.wall
        if !isUnreadable {
            record.reports.leftovers = (task.containers ?? []).compactMap { container in
                container.name.map { ContainerReport(containerName: $0, status: .stopped) }
            }
        }
        Self.seal(.stopped, in: &record, &effects)
        tasks[plan.arn] = EngineTask(record)
        mark(plan.arn)
    }

    /// Stops a task, now or as soon as its containers can be.
    mutating func stop(_ arn: String, at now: Instant) {
        guard let task = tasks[arn], task.record.desired == .running else { return }
        tasks[arn]?.record.desired = .stopped
        tasks[arn]?.record.executionStoppedAt = now.wall
        for index in task.work.indices { tasks[arn]?.work[index].notBefore = nil }
        mark(arn)
    }

    private mutating func takeSequence() -> Int {
        defer { nextSequence += 1 }
        return nextSequence
    }

    // MARK: Going on

    /// Notes that a task has changed.
    mutating func mark(_ arn: String) {
        agenda.append(arn)
        touched.append(arn)
    }

    /// Notes that an image was pulled (§10.3).
    mutating func notePulled(_ image: String) {
        guard configuration.imagePullBehavior == .once, pulledImages.append(image).inserted else { return }
        hasNewImages = true
    }

    /// Gives back what a task took.
    mutating func release(_ task: TaskRecord) {
        if task.isAdmitted { pool?.give(task.plan.demand) }
    }

    /// Forgets a task of which nothing is left.
    mutating func remove(_ arn: String, _ effects: inout Effects) {
        guard tasks.removeValue(forKey: arn) != nil else { return }
        removedKeys.append(AgentRecord.taskKey(arn))
        effects.observe(.taskRemoved(arn: arn))
    }

    /// Does everything that follows from what was marked and from the time, until nothing follows.
    mutating func settle(
        at now: Instant, using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        tendLink(at: now, using: &random, &effects)
        expireOperations(at: now, using: &random, &effects)
        for (arn, task) in tasks {
            if task.deadlines.contains(where: { $0 <= now.monotonic }) { mark(arn) }
        }
        admitWaiting()
        while !agenda.isEmpty {
            let arn = agenda.removeFirst()
            advance(arn, at: now, using: &random, &effects)
            admitWaiting()
        }
    }

    /// Lets tasks out of the queue as far as the head fits (§10.6).
    private mutating func admitWaiting() {
        guard pool != nil else { return }
        while let arn = waiting.first {
            guard let record = tasks[arn]?.record, record.desired == .running, !record.isAdmitted else {
                waiting.removeFirst()
                continue
            }
            guard pool?.fits(record.plan.demand) == true else { return }
            waiting.removeFirst()
            pool?.take(record.plan.demand)
            tasks[arn]?.record.isAdmitted = true
            mark(arn)
        }
    }

    /// The changes of records since the last call, for the store.
    mutating func takeChanges() -> [AgentChange] {
        var changes = removedKeys.map { AgentChange.remove(key: $0) }
        removedKeys = []
        for arn in touched {
            guard let task = tasks[arn], task.record != task.stored else { continue }
            tasks[arn]?.stored = task.record
            changes.append(.put(.task(task.record)))
        }
        touched = []
        if hasNewImages {
            hasNewImages = false
            changes.append(.put(.pulledImages(Array(pulledImages))))
        }
        return changes
    }

    /// Everything that is due at some time.
    var deadlines: [MonotonicTime] {
        link.deadlines + strays.values.map(\.deadline) + tasks.values.flatMap(\.deadlines)
    }
}
