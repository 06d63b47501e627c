// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel
import DryportPlacement
import OrderedCollections

// Looking at container instances, draining and deregistering them (`ecs-control-plane.md` §1.5, §4.6, §4.7).

extension ECS.DescribeContainerInstancesRequest: ControlPlaneRequest {
    /// Describes the instances named; unknown ones are failures.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DescribeContainerInstancesResponse {
        let name = try plane.clusterName(cluster)
        let references = try Check.list(
            containerInstances, "containerInstances", empty: APIError(.client, "Container Instances cannot be empty."),
            maximum: 100)
        let include = try Check.include(include, of: ["CONTAINER_INSTANCE_HEALTH", "TAGS"])
        var found: [ECS.ContainerInstance] = []
        var failures: [ECS.Failure] = []
        for reference in references {
            let id = try plane.instanceID(reference, cluster: name)
            if let instance = plane.clusters[name]!.instances[id] {
                var description = plane.clusters[name]!.describe(instance, includeTags: include.contains("TAGS"))
                if include.contains("CONTAINER_INSTANCE_HEALTH") {
                    description.healthStatus = ECS.ContainerInstanceHealthStatus(instance.statuses)
                }
                found.append(description)
            } else {
                let arn = plane.scope.containerInstance(id, cluster: name)
                failures.append(ECS.Failure(arn: arn, reason: "MISSING"))
            }
        }
        return ECS.DescribeContainerInstancesResponse(containerInstances: found, failures: failures)
    }
}

extension ECS.ContainerInstanceHealthStatus {
    /// What an agent has told of its host, in the words of the API (§4.4): as bad as the worst of it.
    fileprivate init(_ statuses: [TCS.InstanceStatus]) {
        let worst = ["IMPAIRED", "INSUFFICIENT_DATA", "INITIALIZING", "OK"].first { status in
            statuses.contains { $0.status == status }
        }
        self.init(
            overallStatus: worst ?? "INSUFFICIENT_DATA",
            details: statuses.map { status in
                ECS.InstanceHealthCheckResult(
                    type: status.type == "ContainerRuntime" ? "CONTAINER_RUNTIME" : status.type, status: status.status,
                    lastUpdated: status.lastUpdated, lastStatusChange: status.lastStatusChange)
            })
    }
}

extension ECS.ListContainerInstancesRequest: ControlPlaneRequest {
    /// Lists the instances that are not deregistered.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.ListContainerInstancesResponse {
        let name = try plane.clusterName(cluster)
        let statuses = ["ACTIVE", "DRAINING", "REGISTERING", "DEREGISTERING", "REGISTRATION_FAILED"]
        guard status == nil || statuses.contains(status!) else {
            throw APIError(.invalidParameter, "status must be one of \(statuses.joined(separator: ", ")).")
        }
        let query = try filter.flatMap { $0.isEmpty ? nil : $0 }.map { text throws(APIError) in
            try ClusterQuery(filter: text)
        }
        let cluster = plane.clusters[name]!
        let ids = cluster.instances.values
            .filter { instance in
                guard instance.record.status != .inactive else { return false }
                guard status == nil || instance.record.status.rawValue == status else { return false }
                return query?.matches(InstanceSubjects(instance: instance, tasks: cluster.tasks)) ?? true
            }
            .map(\.record.id).sorted()
        let page = try Page.cut(ids, after: nextToken, size: maxResults, maximum: 100)
        return ECS.ListContainerInstancesResponse(
            containerInstanceArns: page.items.map { plane.scope.containerInstance($0, cluster: name) },
            nextToken: page.next)
    }
}

extension ECS.UpdateContainerInstancesStateRequest: ControlPlaneRequest {
    /// Who may call it.
    public static var access: OperationAccess { .administratorsAndNodes }

    /// Begins or ends the draining of instances.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.UpdateContainerInstancesStateResponse {
        let name = try plane.clusterName(cluster)
        let references = try Check.list(
            containerInstances, "containerInstances",
            empty: APIError(.invalidParameter, "Container Instances cannot be empty."), maximum: 10)
        guard let status = status.flatMap(ContainerInstanceStatus.init(rawValue:)), status != .inactive else {
            throw APIError(.invalidParameter, "Container instance status should be one of [ACTIVE, DRAINING]")
        }
        var changed: [String] = []
        var failures: [ECS.Failure] = []
        for reference in references {
            let id = try plane.instanceID(reference, cluster: name)
            let arn = plane.scope.containerInstance(id, cluster: name)
            guard let instance = plane.clusters[name]!.instances[id] else {
                failures.append(ECS.Failure(arn: arn, reason: "MISSING"))
                continue
            }
            try plane.clusters[name]!.requireOwner(of: instance.record, principal: context.principal)
            if instance.record.status == .inactive {
                failures.append(ECS.Failure(arn: arn, reason: "INACTIVE"))
            } else {
                changed.append(id)
            }
        }
        for id in changed { plane.clusters[name]!.setStatus(status, of: id, at: now) }
        let cluster = plane.clusters[name]!
        return ECS.UpdateContainerInstancesStateResponse(
            containerInstances: changed.map { cluster.describe(cluster.instances[$0]!) }, failures: failures)
    }
}

extension ECS.DeregisterContainerInstanceRequest: ControlPlaneRequest {
    /// Who may call it.
    public static var access: OperationAccess { .administratorsAndNodes }

    /// Takes the instance out of its cluster.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DeregisterContainerInstanceResponse {
        let name = try plane.clusterName(cluster)
        let id = try plane.instanceID(try Check.required(containerInstance, "containerInstance"), cluster: name)
        guard let instance = plane.clusters[name]!.instances[id], instance.record.status != .inactive else {
            throw APIError(.invalidParameter, "The container instance \(id) is not registered in \(name).")
        }
        try plane.clusters[name]!.requireOwner(of: instance.record, principal: context.principal)
        let isBusy = instance.tasks.contains { plane.clusters[name]!.tasks[$0]?.lastStatus != .stopped }
        guard force ?? false || !isBusy else {
            throw APIError(.invalidParameter, "Found running tasks on the instance.")
        }
        plane.clusters[name]!.deregister(id, at: now)
        let cluster = plane.clusters[name]!
        return ECS.DeregisterContainerInstanceResponse(containerInstance: cluster.describe(cluster.instances[id]!))
    }
}

extension ClusterMachine {
    fileprivate mutating func setStatus(_ status: ContainerInstanceStatus, of id: String, at now: Instant) {
        guard var record = instances[id]?.record, record.status != status else { return }
        record.status = status
        put(record)
        changePlacement(of: id) { engine throws(PlacementError) in try engine.setStatus(status, of: id) }
        noteChange(ofInstance: id)
        examineServices(on: id)
    }

    /// Takes an instance out of the cluster. Its tasks are given up; on the host they go on as orphans (§4.6).
    fileprivate mutating func deregister(_ id: String, at now: Instant) {
        for task in instances[id]!.tasks {
            abandon(task, reason: "Container instance deregistration forced by user", at: now)
        }
        if let session = instances[id]!.session?.id {
            output.effects.append(.close(session, code: 1000, reason: "The container instance was deregistered"))
            closeSession(session, at: now)
        }
        timers.cancel(.disconnection(instance: id))
        var record = instances[id]!.record
        record.status = .inactive
        record.deregisteredAt = now.wall
        put(record)
        instances[id]!.isConnected = false
        changePlacement(of: id) { engine throws(PlacementError) in try engine.remove(id) }
        noteChange(ofInstance: id)
        setRetention(of: record, at: now)
        output.observations.append(.instanceDeregistered(arn: arn(ofInstance: id)))
    }
}
