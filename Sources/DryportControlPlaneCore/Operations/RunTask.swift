// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
public import DryportMessages
public import DryportModel
import DryportPlacement
import OrderedCollections

// Starting tasks (`ecs-control-plane.md` §1.3, §5, §6).

extension ECS.RunTaskRequest: ControlPlaneRequest {
    /// Places up to ten copies; what cannot be placed now is a failure.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.RunTaskResponse {
        let name = try plane.clusterName(cluster)
        try Check.startedBy(startedBy, maximum: 128)
        if let clientToken, let earlier = try repeated(clientToken, of: plane.clusters[name]!) { return earlier }
        let count = count ?? 1
        guard (1...10).contains(count) else {
            throw APIError(.invalidParameter, "Count must be between 1 and 10.")
        }
        try checkLaunchType()
        let definition = try plane.runnableDefinition(taskDefinition)
        let overrides = overrides ?? ECS.TaskOverride()
        try overrides.validate(against: definition)
        let new = try plane.newTask(
            definition, cluster: name, overrides: overrides, group: group, startedBy: startedBy,
            enableExecuteCommand: enableExecuteCommand, tags: tags, propagateTags: propagateTags,
            isManagedTagged: enableECSManagedTags ?? false,
            constraints: try constraints(with: definition),
            strategies: try [PlacementStrategy](placementStrategy ?? [], default: PlacementStrategy.runTaskDefault))
        guard plane.clusters[name]!.placement.count > 0 else {
            throw APIError(.invalidParameter, "No Container Instances were found in your cluster.")
        }
        let placements: [Placement]
        do {
            placements = try plane.clusters[name]!.placement.place(new.request, count: count, using: &random)
        } catch {
            throw APIError(error)
        }
        var response = ECS.RunTaskResponse(tasks: [], failures: [])
        var taskIDs: [String] = []
        for placement in placements {
            let task = plane.clusters[name]!.start(
                new, at: placement, definitions: plane.account.definitions, at: now, using: &random)
            taskIDs.append(task.id)
            response.tasks!.append(plane.clusters[name]!.describe(task))
        }
        if placements.count < count {
            let failures = try plane.clusters[name]!.failures(of: new.request)
            for _ in placements.count..<count { response.failures! += failures }
        }
        if let clientToken {
            plane.clusters[name]!.remember(
                ClientTokenRecord(
                    token: Self.key(clientToken), requestDigest: requestDigest, tasks: taskIDs,
                    failures: response.failures!,
                    expiration: now.wall.advanced(by: plane.configuration.clientTokenLifetime)), at: now)
        }
        return response
    }

    /// The call's constraints and the definition's, all of which hold (§6.1).
    private func constraints(with definition: TaskDefinition) throws(APIError) -> [PlacementConstraint] {
        let own = placementConstraints ?? []
        guard own.count + (definition.placementConstraints ?? []).count <= PlacementRequest.maximumConstraints else {
            throw APIError(.invalidParameter, "A task can have at most 10 placement constraints.")
        }
        return try definition.constraints(orThrow: .invalidParameter)
            + [PlacementConstraint](
                own.map { ($0.type, $0.expression) }, isDistinctAllowed: true, code: .invalidParameter)
    }

    private func checkLaunchType() throws(APIError) {
        try Check.noCapacityProviders(nil, capacityProviderStrategy)
        guard launchType == nil || launchType == LaunchType.external.rawValue else {
            throw APIError(.invalidParameter, "launch type should be one of [EXTERNAL]")
        }
        guard platformVersion == nil else {
            throw APIError(
                .invalidParameter, "The platform version must be null when specifying an EXTERNAL launch type.")
        }
        try ControlPlaneMachine.checkNoAWSParts(networkConfiguration, volumeConfigurations)
    }

    // MARK: Client token

    private static func key(_ token: String) -> String { "RunTask:" + SignableRequest.sha256Hex(Array(token.utf8)) }

    /// What tells two requests with one token apart.
    private var requestDigest: String {
        var request = self
        request.clientToken = nil
        guard let bytes = try? JSONCoding.encode(request) else { return "" }
        return SignableRequest.sha256Hex(bytes)
    }

    /// The answer of the first call with this token, nil if this is the first.
    private func repeated(
        _ clientToken: String, of cluster: ClusterMachine
    ) throws(APIError) -> ECS.RunTaskResponse? {
        guard (1...64).contains(clientToken.utf8.count), clientToken.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw APIError(.invalidParameter, "clientToken has 1 to 64 printable ASCII characters.")
        }
        guard let record = cluster.clientTokens[Self.key(clientToken)] else { return nil }
        guard record.requestDigest == requestDigest else {
            throw APIError(
                .conflict, "The client token was used with other parameters.",
                resourceIDs: record.tasks.map { cluster.scope.task($0, cluster: cluster.name) })
        }
        let tasks = record.tasks.compactMap { cluster.tasks[$0] }.map { cluster.describe($0) }
        return ECS.RunTaskResponse(tasks: tasks, failures: record.failures)
    }
}

extension ECS.StartTaskRequest: ControlPlaneRequest {
    /// Starts one copy on each of the instances named.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.StartTaskResponse {
        let name = try plane.clusterName(cluster)
        try Check.startedBy(startedBy, maximum: 36)
        let references = try Check.list(
            containerInstances, "containerInstances",
            empty: APIError(.invalidParameter, "Container Instances cannot be empty."), maximum: 10)
        try ControlPlaneMachine.checkNoAWSParts(networkConfiguration, volumeConfigurations)
        let definition = try plane.runnableDefinition(taskDefinition)
        let overrides = overrides ?? ECS.TaskOverride()
        try overrides.validate(against: definition)
        let new = try plane.newTask(
            definition, cluster: name, overrides: overrides, group: group, startedBy: startedBy,
            enableExecuteCommand: enableExecuteCommand, tags: tags, propagateTags: propagateTags,
            isManagedTagged: enableECSManagedTags ?? false, constraints: [], strategies: [])
        var ids: [String] = []
        for reference in references { ids.append(try plane.instanceID(reference, cluster: name)) }
        var response = ECS.StartTaskResponse(tasks: [], failures: [])
        for id in ids {
            let arn = plane.scope.containerInstance(id, cluster: name)
            guard let instance = plane.clusters[name]!.instances[id] else {
                response.failures!.append(ECS.Failure(arn: arn, reason: "MISSING"))
                continue
            }
            guard instance.record.status != .inactive else {
                response.failures!.append(
                    ECS.Failure(arn: arn, reason: "INACTIVE", detail: "The instance was deregistered."))
                continue
            }
            let placement: Placement
            do throws(PlacementError) {
                let lacks = try plane.clusters[name]!.placement.lacks(for: new.request, on: id)
                guard lacks.isEmpty else {
                    response.failures!.append(plane.clusters[name]!.failure(on: id, lacks: lacks))
                    continue
                }
                placement = try plane.clusters[name]!.placement.charge(new.request, to: id)
            } catch {
                throw APIError(error)
            }
            let task = plane.clusters[name]!.start(
                new, at: placement, definitions: plane.account.definitions, at: now, using: &random)
            response.tasks!.append(plane.clusters[name]!.describe(task))
        }
        return response
    }
}

extension ControlPlaneMachine {
    /// The definition that a task is to be made of: it must be active and fit external instances.
    func runnableDefinition(_ reference: String?) throws(APIError) -> TaskDefinition {
        let reference = try Check.required(reference, "taskDefinition")
        try requireHere(reference)
        guard let definition = account.definitions.resolve(reference)?.definition else {
            throw APIError(.client, "TaskDefinition not found.")
        }
        guard definition.status == "ACTIVE" else { throw APIError(.client, "TaskDefinition is inactive") }
        guard definition.compatibilities?.contains(LaunchType.external.rawValue) ?? false else {
            throw APIError(.invalidParameter, "Task definition does not support launch_type EXTERNAL.")
        }
        return definition
    }

    /// What of a call that starts tasks external instances cannot have.
    fileprivate static func checkNoAWSParts(
        _ network: ECS.NetworkConfiguration?, _ volumes: [ECS.TaskVolumeConfiguration]?
    ) throws(APIError) {
        guard network == nil else {
            throw APIError(
                .invalidParameter,
                "Network Configuration is not valid for the given networkMode of this task definition.")
        }
        guard (volumes ?? []).isEmpty else {
            throw APIError(.invalidParameter, "Volumes that are configured at launch are not supported.")
        }
    }

    fileprivate func newTask(
        _ definition: TaskDefinition, cluster: String, overrides: ECS.TaskOverride, group: String?,
        startedBy: String?, enableExecuteCommand: Bool?, tags: [Tag]?, propagateTags: String?, isManagedTagged: Bool,
        constraints: [PlacementConstraint], strategies: [PlacementStrategy]
    ) throws(APIError) -> ClusterMachine.NewTask {
        let group = group ?? "family:\(definition.family)"
        guard (1...255).contains(group.utf8.count) else {
            throw APIError(.invalidParameter, "group has 1 to 255 characters.")
        }
        guard !group.hasPrefix("service:") else {
            throw APIError(.invalidParameter, "Invalid namespace for group. Groups of services are made by services.")
        }
        if enableExecuteCommand ?? false {
            try Check.executeCommandRole(overrides.taskRoleArn ?? definition.taskRoleArn)
        }
        var allTags = try Check.tags(tags, quotas: configuration.quotas)
        switch propagateTags {
        case nil, "NONE": break
        case "TASK_DEFINITION":
            let own = Set(allTags.map(\.key))
            let record = account.definitions.record(family: definition.family, revision: definition.revision)
            allTags += (record?.tags ?? []).filter { !own.contains($0.key) }
        default: throw APIError(.invalidParameter, "propagateTags must be TASK_DEFINITION or NONE for a task.")
        }
        guard allTags.count <= configuration.quotas.tagsPerResource else {
            throw APIError(
                .invalidParameter,
                "A resource can have at most \(configuration.quotas.tagsPerResource) tags, those included that it gets "
                    + "from the task definition.")
        }
        if isManagedTagged { allTags.append(Tag(key: "aws:ecs:clusterName", value: cluster)) }
        let resources = definition.resources(overrides: overrides)
        return ClusterMachine.NewTask(
            definition: definition, overrides: overrides, group: group, startedBy: startedBy,
            enableExecuteCommand: enableExecuteCommand ?? false, tags: allTags,
            request: PlacementRequest(
                resources: resources, requiredAttributes: definition.placementAttributes, scope: .taskGroup(group),
                constraints: constraints, strategies: strategies))
    }
}

extension ClusterMachine {
    fileprivate mutating func remember(_ token: ClientTokenRecord, at now: Instant) {
        clientTokens[token.token] = token
        output.changes.append(.put(.clientToken(token, cluster: name)))
        timers.set(
            .clientToken(token.token), at: now.monotonic.advanced(by: now.wall.duration(to: token.expiration)))
    }
}
