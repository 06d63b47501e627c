// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel
import OrderedCollections

// Looking at tasks and stopping them (`ecs-control-plane.md` §1.3, §5.5).

extension ECS.StopTaskRequest: ControlPlaneRequest {
    /// Decides that the task shall stop; stopping it again changes nothing.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.StopTaskResponse {
        let name = try plane.clusterName(cluster)
        let id = try plane.taskID(try Check.required(task, "task"), cluster: name)
        guard plane.clusters[name]!.tasks[id] != nil else {
            throw APIError(.invalidParameter, "The referenced task was not found.")
        }
        plane.clusters[name]!.stop(
            id, code: .userInitiated, reason: reason.flatMap { $0.isEmpty ? nil : $0 } ?? "Task stopped by user",
            definitions: plane.account.definitions, at: now, using: &random)
        return ECS.StopTaskResponse(task: plane.clusters[name]!.describe(plane.clusters[name]!.tasks[id]!))
    }
}

extension ECS.DescribeTasksRequest: ControlPlaneRequest {
    /// Describes the tasks named; unknown ones are failures.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DescribeTasksResponse {
        let name = try plane.clusterName(cluster)
        let references = try Check.list(
            tasks, "tasks", empty: APIError(.invalidParameter, "Tasks cannot be empty."), maximum: 100)
        let wantsTags = try Check.include(include, of: ["TAGS"]).contains("TAGS")
        var response = ECS.DescribeTasksResponse(tasks: [], failures: [])
        for reference in references {
            let id = try plane.taskID(reference, cluster: name)
            if let task = plane.clusters[name]!.tasks[id] {
                response.tasks!.append(plane.clusters[name]!.describe(task, includeTags: wantsTags))
            } else {
                response.failures!.append(ECS.Failure(arn: plane.scope.task(id, cluster: name), reason: "MISSING"))
            }
        }
        return response
    }
}

extension ECS.ListTasksRequest: ControlPlaneRequest {
    /// Lists the tasks that pass every filter.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.ListTasksResponse {
        let name = try plane.clusterName(cluster)
        let cluster = plane.clusters[name]!
        let hasOtherFilter = [containerInstance, family, serviceName, launchType, daemonName].contains { $0 != nil }
        guard startedBy == nil || !hasOtherFilter else {
            throw APIError(.invalidParameter, "If startedBy is given, it must be the only filter.")
        }
        let service = try serviceName.map { reference throws(APIError) in
            try plane.serviceID(reference, cluster: name)
        }
        guard service == nil || cluster.services[service!] != nil else {
            throw APIError(.serviceNotFound, "Service not found.")
        }
        guard ["RUNNING", "PENDING", "STOPPED"].contains(desiredStatus ?? "RUNNING") else {
            throw APIError(.invalidParameter, "desiredStatus must be RUNNING, PENDING or STOPPED.")
        }
        guard launchType == nil || LaunchType(rawValue: launchType!) != nil else {
            let all = LaunchType.allCases.map(\.rawValue).joined(separator: ", ")
            throw APIError(.invalidParameter, "launchType must be one of \(all).")
        }
        let instance: String?
        if let containerInstance {
            instance = try plane.instanceID(containerInstance, cluster: name)
            guard cluster.instances[instance!] != nil else {
                throw APIError(.invalidParameter, "The container instance \(instance!) was not found.")
            }
        } else {
            instance = nil
        }
        let desired = desiredStatus ?? "RUNNING"
        let ids = cluster.tasks.values.filter { task in
            task.desiredStatus.rawValue == desired && (instance == nil || task.instanceID == instance)
                && (family == nil || task.family == family) && (service == nil || task.serviceName == service)
                && (startedBy == nil || task.startedBy == startedBy)
                && (launchType == nil || launchType == LaunchType.external.rawValue) && daemonName == nil
        }
        let page = try Page.cut(ids.map(\.id).sorted(), after: nextToken, size: maxResults, maximum: 100)
        return ECS.ListTasksResponse(
            taskArns: page.items.map { plane.scope.task($0, cluster: name) }, nextToken: page.next)
    }
}
