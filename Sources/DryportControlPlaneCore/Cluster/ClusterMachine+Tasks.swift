// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportPlacement
import OrderedCollections

// The life of a task (`ecs-control-plane.md` §5).
extension ClusterMachine {
    /// Everything that a new task is made of.
    struct NewTask: Sendable {
        var definition: TaskDefinition
        var overrides: ECS.TaskOverride
        var group: String
        var startedBy: String?
        var enableExecuteCommand: Bool
        var tags: [Tag]
        var request: PlacementRequest
    }

    /// Makes a task on an instance and orders the agent to run it.
    /// - Parameter placement: Where it goes; charged already.
    mutating func start(
        _ new: NewTask, at placement: Placement, definitions: DefinitionCatalog, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> TaskRecord {
        var remainingGPUs = placement.gpus[...]
        let containers = new.definition.containerDefinitions.map { definition in
            let override = new.overrides.container(named: definition.name)
            let requirements = override?.resourceRequirements ?? definition.resourceRequirements ?? []
            return ContainerRecord(
                definition, override: override, id: random.uuid(),
                gpus: Self.take(requirements.gpuCount, from: &remainingGPUs))
        }
        let resources = new.definition.resources(overrides: new.overrides)
        let task = TaskRecord(
            id: random.resourceID(), family: new.definition.family, revision: new.definition.revision,
            instanceID: placement.instance, group: new.group, startedBy: new.startedBy,
            overrides: new.overrides.withStubs(for: containers), enableExecuteCommand: new.enableExecuteCommand,
            desiredStatus: .running, lastStatus: .pending, containers: containers, charge: resources,
            gpus: placement.gpus, isReleased: false, cpu: String(resources.cpu), memory: String(resources.memory),
            times: TaskRecord.Times(createdAt: now.wall), changes: 0, tags: new.tags,
            taskCredentialsID: (new.overrides.taskRoleArn ?? new.definition.taskRoleArn).map { _ in random.uuid() },
            executionCredentialsID: (new.overrides.executionRoleArn ?? new.definition.executionRoleArn)
                .map { _ in random.uuid() },
            acknowledged: .nothing)
        instances[placement.instance]!.tasks.append(task.id)
        countChange(ofInstance: placement.instance)
        put(task)
        order(tasks[task.id]!, definitions: definitions, at: now, using: &random)
        return tasks[task.id]!
    }

    private static func take(_ count: Int, from gpus: inout ArraySlice<String>) -> [String] {
        defer { gpus = gpus.dropFirst(count) }
        return Array(gpus.prefix(count))
    }

    /// Decides that a task shall stop. Nothing happens if that has been decided before.
    mutating func stop(
        _ id: String, code: StopCode, reason: String, definitions: DefinitionCatalog, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        guard var task = tasks[id], task.desiredStatus == .running else { return }
        task.desiredStatus = .stopped
        task.stopCode = code
        task.stoppedReason = reason.truncated(to: 1024)
        task.times.stoppingAt = now.wall
        release(&task)
        put(task)
        order(tasks[id]!, definitions: definitions, at: now, using: &random)
    }

    /// Gives back what the task took, as soon as it is decided that it stops: agents queue new tasks until the
    /// host really has room (§4.5).
    private mutating func release(_ task: inout TaskRecord) {
        guard !task.isReleased else { return }
        task.isReleased = true
        countChange(ofInstance: task.instanceID)
        let (placed, request) = (task.placement, task.placementRequest)
        changePlacement(of: task.instanceID) { engine throws(PlacementError) in
            try engine.release(placed, of: request)
        }
    }

    /// Ends a task without its agent, when its instance is deregistered by force. On the host it may go on.
    mutating func abandon(_ id: String, reason: String, at now: Instant) {
        guard var task = tasks[id], task.lastStatus != .stopped else { return }
        task.desiredStatus = .stopped
        task.lastStatus = .stopped
        task.stoppedReason = task.stoppedReason ?? reason
        task.times.stoppingAt = task.times.stoppingAt ?? now.wall
        task.times.stoppedAt = now.wall
        for index in task.containers.indices { task.containers[index].lastStatus = .stopped }
        release(&task)
        put(task)
        setRetention(of: task, at: now)
    }

    // MARK: Reports

    /// Applies what an agent reports of a task. Reports may come twice, late, or out of date; states only ever
    /// move forward (§5.1).
    mutating func apply(_ report: ECS.SubmitTaskStateChangeRequest, to id: String, at now: Instant) {
        guard var task = tasks[id], task.lastStatus != .stopped else { return }
        let before = task
        for change in report.containers ?? [] { task.apply(change) }
        task.times.pullStartedAt = task.times.pullStartedAt ?? report.pullStartedAt
        task.times.pullStoppedAt = report.pullStoppedAt ?? task.times.pullStoppedAt
        task.times.executionStoppedAt = task.times.executionStoppedAt ?? report.executionStoppedAt
        switch report.status.flatMap(TaskStatus.init(rawValue:)) {
        case .running? where task.lastStatus < .running:
            task.lastStatus = .running
            task.times.startedAt = now.wall
        case .stopped?:
            finish(&task, reason: report.reason ?? "", at: now)
        default: break
        }
        if task.desiredStatus == .running,
            task.containers.contains(where: { $0.isEssential && $0.lastStatus == .stopped })
        {
            // The agent stops the rest by itself; the report of the task's end follows.
            task.desiredStatus = .stopped
            task.lastStatus = .stopping
            task.times.stoppingAt = now.wall
        }
        guard task != before else { return }
        if task.desiredStatus == .stopped { release(&task) }
        put(task)
        if task.lastStatus == .stopped {
            timers.cancel(.taskCredentials(task: id))
            setRetention(of: task, at: now)
        }
    }

    /// The agent gives no stop code and, in the ordinary case, no reason (`ecs-agent.md` §6.3); both come from here.
    private func finish(_ task: inout TaskRecord, reason: String, at now: Instant) {
        let hasRun = task.times.startedAt != nil || task.containers.contains { $0.exitCode != nil }
        if task.stopCode == nil {
            task.stopCode = hasRun ? .essentialContainerExited : .taskFailedToStart
        }
        if task.stoppedReason == nil {
            let containerReason = task.containers.lazy.compactMap(\.reason).first
            task.stoppedReason =
                if !reason.isEmpty {
                    reason.truncated(to: 1024)
                } else if hasRun {
                    "Essential container in task exited"
                } else {
                    containerReason ?? "Task failed to start"
                }
        }
        task.lastStatus = .stopped
        task.desiredStatus = .stopped
        task.times.stoppingAt = task.times.stoppingAt ?? now.wall
        task.times.stoppedAt = now.wall
        for index in task.containers.indices { task.containers[index].lastStatus = .stopped }
    }
}

extension TaskRecord {
    /// Applies what an agent reports of one container; a name that the task does not have is ignored (§1.6).
    mutating func apply(_ change: ECS.ContainerStateChange) {
        guard let index = containers.firstIndex(where: { $0.name == change.containerName }) else { return }
        var container = containers[index]
        if let status = change.status.flatMap(ContainerStatus.init(rawValue:)), status > container.lastStatus {
            container.lastStatus = status
        }
        container.exitCode = container.exitCode ?? change.exitCode
        container.imageDigest = change.imageDigest ?? container.imageDigest
        container.runtimeID = change.runtimeId.map { $0.truncated(to: 255) } ?? container.runtimeID
        if let reason = change.reason, !reason.isEmpty { container.reason = reason.truncated(to: 1024) }
        if let bindings = change.networkBindings, !bindings.isEmpty { container.networkBindings = bindings }
        containers[index] = container
    }
}

extension ContainerRecord {
    fileprivate init(
        _ definition: ContainerDefinition, override: ECS.ContainerOverride?, id: String, gpus: [String]
    ) {
        self.init(
            id: id, name: definition.name, image: definition.image ?? "",
            isEssential: definition.essential ?? true, hasHealthCheck: definition.healthCheck != nil,
            cpu: String(override?.cpu ?? definition.cpu ?? 0),
            memory: (override?.memory ?? definition.memory).map(String.init),
            memoryReservation: (override?.memoryReservation ?? definition.memoryReservation).map(String.init),
            gpus: gpus, lastStatus: .pending, health: .unknown, networkBindings: [])
    }
}

extension [ResourceRequirement] {
    /// The number of GPUs that they ask for.
    fileprivate var gpuCount: Int { filter { $0.type == "GPU" }.compactMap { Int($0.value ?? "") }.reduce(0, +) }
}

extension String {
    /// At most `count` characters of the beginning.
    func truncated(to count: Int) -> String { self.count <= count ? self : String(prefix(count)) }
}
