// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
public import DryportMessages
public import DryportModel
import OrderedCollections

// Task sets: deployments that the caller directs (`ecs-control-plane.md` §7.8).

extension ECS.CreateTaskSetRequest: ControlPlaneRequest {
    /// Adds a task set to a service with the deployment controller EXTERNAL.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.CreateTaskSetResponse {
        let (cluster, service) = try plane.externalService(service, cluster: cluster)
        try Check.clientToken(clientToken, maximum: 36)
        try Check.externalOnly(
            launchType: launchType, capacityProviders: capacityProviderStrategy, loadBalancers: loadBalancers,
            registries: serviceRegistries, network: networkConfiguration, platformVersion: platformVersion)
        let digest = requestDigest
        let state = plane.clusters[cluster]!.services[service]!
        if let clientToken, let known = state.record.taskSets.first(where: { $0.clientToken == clientToken }) {
            guard known.requestDigest == digest else {
                throw APIError(.invalidParameter, "The client token was used with other parameters.")
            }
            return ECS.CreateTaskSetResponse(
                taskSet: plane.clusters[cluster]!.describe(known, of: state, includeTags: true))
        }
        let definition = try plane.runnableDefinition(taskDefinition)
        try Check.constraints(state.record.placementConstraints, with: definition)
        try Quotas.check(
            state.record.taskSets.count, below: plane.configuration.quotas.taskSetsPerService,
            "task sets of \(service)", code: .limitExceeded)
        let set = TaskSetRecord(
            id: random.deploymentID(), externalID: externalId, family: definition.family,
            taskRevision: definition.revision, scale: try scale?.percent() ?? 100, status: .active, createdAt: now.wall,
            updatedAt: now.wall, isStable: false, stabilityChangedAt: now.wall,
            tags: try Check.tags(tags, quotas: plane.configuration.quotas),
            requestDigest: digest, clientToken: clientToken)
        plane.clusters[cluster]!.changeService(service) { $0.taskSets.append(set) }
        return ECS.CreateTaskSetResponse(taskSet: plane.taskSetChanged(set.id, of: service, cluster: cluster))
    }

    private var requestDigest: String {
        var request = self
        request.clientToken = nil
        guard let bytes = try? JSONCoding.encode(request) else { return "" }
        return SignableRequest.sha256Hex(bytes)
    }
}

extension ECS.UpdateTaskSetRequest: ControlPlaneRequest {
    /// Scales a task set.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.UpdateTaskSetResponse {
        let (cluster, service) = try plane.externalService(service, cluster: cluster)
        let index = try plane.taskSetIndex(taskSet, "taskSet", of: service, cluster: cluster)
        let percent = try Check.required(scale, "scale").percent()
        plane.clusters[cluster]!.changeService(service) { record in
            if record.taskSets[index].scale != percent { record.taskSets[index].unsettle(at: now.wall) }
            record.taskSets[index].scale = percent
            record.taskSets[index].updatedAt = now.wall
        }
        let id = plane.clusters[cluster]!.services[service]!.record.taskSets[index].id
        return ECS.UpdateTaskSetResponse(taskSet: plane.taskSetChanged(id, of: service, cluster: cluster))
    }
}

extension ECS.UpdateServicePrimaryTaskSetRequest: ControlPlaneRequest {
    /// Makes a task set the primary one; the one that was becomes ACTIVE.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.UpdateServicePrimaryTaskSetResponse {
        let (cluster, service) = try plane.externalService(service, cluster: cluster)
        let index = try plane.taskSetIndex(primaryTaskSet, "primaryTaskSet", of: service, cluster: cluster)
        plane.clusters[cluster]!.changeService(service) { record in
            for other in record.taskSets.indices where record.taskSets[other].status == .primary && other != index {
                record.taskSets[other].status = .active
                record.taskSets[other].updatedAt = now.wall
            }
            record.taskSets[index].status = .primary
            record.taskSets[index].updatedAt = now.wall
        }
        let id = plane.clusters[cluster]!.services[service]!.record.taskSets[index].id
        return ECS.UpdateServicePrimaryTaskSetResponse(
            taskSet: plane.taskSetChanged(id, of: service, cluster: cluster))
    }
}

extension ECS.DeleteTaskSetRequest: ControlPlaneRequest {
    /// Deletes a task set: it drains, and is gone with its last task.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DeleteTaskSetResponse {
        let (cluster, service) = try plane.externalService(service, cluster: cluster)
        let index = try plane.taskSetIndex(taskSet, "taskSet", of: service, cluster: cluster, mayDrain: true)
        let set = plane.clusters[cluster]!.services[service]!.record.taskSets[index]
        guard force ?? false || set.scale == 0 || set.status == .draining else {
            throw APIError(
                .invalidParameter,
                "The task set cannot be deleted while it is scaled above 0. Scale it to 0, or use force.")
        }
        plane.clusters[cluster]!.changeService(service) { record in
            record.taskSets[index].status = .draining
            record.taskSets[index].unsettle(at: now.wall)
            record.taskSets[index].updatedAt = now.wall
        }
        return ECS.DeleteTaskSetResponse(taskSet: plane.taskSetChanged(set.id, of: service, cluster: cluster))
    }
}

extension ECS.DescribeTaskSetsRequest: ControlPlaneRequest {
    /// Describes the task sets named, or all of the service; unknown ones are failures.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DescribeTaskSetsResponse {
        let (cluster, service) = try plane.externalService(service, cluster: cluster)
        let wantsTags = try Check.include(include, of: ["TAGS"]).contains("TAGS")
        let state = plane.clusters[cluster]!.services[service]!
        guard let taskSets, !taskSets.isEmpty else {
            return ECS.DescribeTaskSetsResponse(
                taskSets: state.record.taskSets.map {
                    plane.clusters[cluster]!.describe($0, of: state, includeTags: wantsTags)
                }, failures: [])
        }
        // A service has few; each that is named and missing makes the answer longer.
        guard taskSets.count <= 100 else {
            throw APIError(.invalidParameter, "taskSets can have at most 100 items.")
        }
        var response = ECS.DescribeTaskSetsResponse(taskSets: [], failures: [])
        for reference in taskSets {
            if let index = plane.taskSetIndex(reference, of: service, cluster: cluster) {
                response.taskSets!.append(
                    plane.clusters[cluster]!.describe(
                        state.record.taskSets[index], of: state, includeTags: wantsTags))
            } else {
                let isARN = reference.hasPrefix("arn:")
                let arn = isARN ? reference : plane.scope.taskSet(reference, service: service, cluster: cluster)
                response.failures!.append(ECS.Failure(arn: arn, reason: "MISSING"))
            }
        }
        return response
    }
}

extension ECS.Scale {
    /// The percentage, 0–100.
    fileprivate func percent() throws(APIError) -> Double {
        guard unit ?? "PERCENT" == "PERCENT", let value, (0...100).contains(value) else {
            throw APIError(.invalidParameter, "scale needs a value from 0 to 100 and the unit PERCENT.")
        }
        return value
    }
}

extension ControlPlaneMachine {
    /// An ACTIVE service whose deployments are made of task sets.
    fileprivate func externalService(
        _ reference: String?, cluster: String?
    ) throws(APIError) -> (cluster: String, service: String) {
        _ = try Check.required(cluster, "cluster")
        let found = try activeServiceName(reference, cluster: cluster)
        guard clusters[found.cluster]!.services[found.service]!.record.controller == .external else {
            throw APIError(.invalidParameter, "Task sets need a service with the deployment controller EXTERNAL.")
        }
        return found
    }

    /// The position of the task set with that id (`ecs-svc/N`) or ARN; nil if the service has none.
    fileprivate func taskSetIndex(_ reference: String, of service: String, cluster: String) -> Int? {
        clusters[cluster]!.services[service]!.record.taskSets.firstIndex { set in
            set.id == reference || scope.taskSet(set.id, service: service, cluster: cluster) == reference
        }
    }

    fileprivate func taskSetIndex(
        _ reference: String?, _ member: String, of service: String, cluster: String, mayDrain: Bool = false
    ) throws(APIError) -> Int {
        let index = taskSetIndex(try Check.required(reference, member), of: service, cluster: cluster)
        let sets = clusters[cluster]!.services[service]!.record.taskSets
        guard let index, mayDrain || sets[index].status != .draining else {
            throw APIError(.taskSetNotFound, "The specified task set was not found.")
        }
        return index
    }

    /// Has the scheduler look at a task set that has changed, and describes it.
    fileprivate mutating func taskSetChanged(_ id: String, of service: String, cluster: String) -> ECS.TaskSet {
        clusters[cluster]!.examine(service)
        let state = clusters[cluster]!.services[service]!
        let set = state.record.taskSets.first { $0.id == id }!
        return clusters[cluster]!.describe(set, of: state, includeTags: true)
    }
}

extension TaskSetRecord {
    /// It has another number of tasks to reach.
    mutating func unsettle(at now: Timestamp) {
        if isStable { stabilityChangedAt = now }
        isStable = false
    }
}
