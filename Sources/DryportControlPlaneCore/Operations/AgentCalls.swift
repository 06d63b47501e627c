// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel
import OrderedCollections

// What agents call (`ecs-control-plane.md` §1.6, `ecs-agent.md` §3, §6).

extension ECS.DiscoverPollEndpointRequest: ControlPlaneRequest {
    /// Who may call it.
    public static var access: OperationAccess { .administratorsAndNodes }

    /// Agents keep the answer for 12 hours and append `/ws` to each URL (`ecs-agent.md` §3).
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DiscoverPollEndpointResponse {
        // The operation has neither of the errors for a cluster and an instance that are gone.
        let name: String
        do throws(APIError) {
            name = try plane.clusterName(cluster)
        } catch {
            throw error.code == .clusterNotFound ? APIError(.client, error.message) : error
        }
        if let containerInstance {
            let id = try plane.instanceID(containerInstance, cluster: name)
            guard let instance = plane.clusters[name]!.instances[id] else {
                throw APIError(.client, "The container instance \(id) is not registered in \(name).")
            }
            try plane.clusters[name]!.requireOwner(of: instance.record, principal: context.principal)
            guard instance.record.status != .inactive else {
                throw APIError(.client, "InactiveInstanceException: The container instance was deregistered.")
            }
        }
        return ECS.DiscoverPollEndpointResponse(
            endpoint: context.endpoint + "/acs", telemetryEndpoint: context.endpoint + "/tcs")
    }
}

extension ECS.SubmitTaskStateChangeRequest: ControlPlaneRequest {
    /// Who may call it.
    public static var access: OperationAccess { .administratorsAndNodes }

    /// A task that is unknown, forgotten or stopped is answered with success: an agent repeats anything else for
    /// ever (`ecs-agent.md` §6.4).
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.SubmitTaskStateChangeResponse {
        let acknowledgment = ECS.SubmitTaskStateChangeResponse(acknowledgment: "ok")
        guard let task else { return acknowledgment }
        guard let (name, id) = try plane.reportedTask(task, cluster: cluster, principal: context.principal) else {
            return acknowledgment
        }
        plane.clusters[name]!.apply(self, to: id, at: now)
        return acknowledgment
    }
}

extension ECS.SubmitContainerStateChangeRequest: ControlPlaneRequest {
    /// Who may call it.
    public static var access: OperationAccess { .administratorsAndNodes }

    /// Applies what an agent reports of one container.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.SubmitContainerStateChangeResponse {
        let acknowledgment = ECS.SubmitContainerStateChangeResponse(acknowledgment: "ok")
        guard let task,
            let (name, id) = try plane.reportedTask(task, cluster: cluster, principal: context.principal)
        else { return acknowledgment }
        var change = ECS.ContainerStateChange()
        change.containerName = containerName
        change.runtimeId = runtimeId
        change.status = status
        change.exitCode = exitCode
        change.reason = reason
        change.networkBindings = networkBindings
        var report = ECS.SubmitTaskStateChangeRequest()
        report.containers = [change]
        plane.clusters[name]!.apply(report, to: id, at: now)
        return acknowledgment
    }
}

extension ECS.SubmitAttachmentStateChangesRequest: ControlPlaneRequest {
    /// Who may call it.
    public static var access: OperationAccess { .administratorsAndNodes }

    /// External instances have no attachments; there is nothing to change (§1.6).
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.SubmitAttachmentStateChangesResponse {
        ECS.SubmitAttachmentStateChangesResponse(acknowledgment: "ok")
    }
}

extension ControlPlaneMachine {
    /// Finds the task of a report: its cluster's name and its id; nil if it is unknown or long gone.
    /// - Throws: `AccessDeniedException` if the caller is a node and the task runs on another.
    fileprivate func reportedTask(
        _ reference: String, cluster: String?, principal: Principal
    ) throws(APIError) -> (cluster: String, task: String)? {
        let name: String
        if let arn = ARN(reference), arn.resourceSegments.count == 3 {
            name = String(arn.resourceSegments[1])
        } else {
            name = try clusterName(of: cluster)
        }
        let id = ARN(reference)?.resourceSegments.last.map(String.init) ?? reference
        guard let machine = clusters[name], let task = machine.tasks[id],
            let instance = machine.instances[task.instanceID]
        else { return nil }
        try machine.requireOwner(of: instance.record, principal: principal)
        return (name, id)
    }
}
