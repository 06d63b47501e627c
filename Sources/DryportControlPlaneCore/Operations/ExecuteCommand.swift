// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel
import OrderedCollections

// Calls that need somebody at the other end who is not there (`ecs-control-plane.md` §1.3–§1.5).

extension ECS.ExecuteCommandRequest: ControlPlaneRequest {
    /// Checks that a command may be started. No agent for it can be connected, so that none is.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.ExecuteCommandResponse {
        let name = try plane.clusterName(cluster)
        guard !(try Check.required(command, "command")).isEmpty else {
            throw APIError(.invalidParameter, "command must not be empty.")
        }
        guard try Check.required(interactive, "interactive") else {
            throw APIError(.invalidParameter, "interactive must be true: commands run with input and output only.")
        }
        let id = try plane.taskID(try Check.required(task, "task"), cluster: name)
        guard let task = plane.clusters[name]!.tasks[id] else {
            throw APIError(.invalidParameter, "The referenced task was not found.")
        }
        let container = try chosenContainer(of: task)
        guard task.lastStatus == .running, task.desiredStatus == .running else {
            throw APIError(.client, "The task \(id) is not RUNNING.")
        }
        guard task.enableExecuteCommand else {
            throw APIError(
                .invalidParameter, "The task \(id) was started without enableExecuteCommand. Start another one with it."
            )
        }
        throw APIError(
            .targetNotConnected,
            "Nobody in container \(container.name) of task \(id) is connected to carry out commands.")
    }

    private func chosenContainer(of task: TaskRecord) throws(APIError) -> ContainerRecord {
        guard let container, !container.isEmpty else {
            guard task.containers.count == 1, let only = task.containers.first else {
                throw APIError(.invalidParameter, "The task has several containers; container must name one of them.")
            }
            return only
        }
        guard let chosen = task.containers.first(where: { $0.name == container }) else {
            throw APIError(.invalidParameter, "The task has no container \(container).")
        }
        return chosen
    }
}

extension ECS.UpdateContainerAgentRequest: ControlPlaneRequest {
    /// Refuses: hosts of external instances update their agents themselves.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.UpdateContainerAgentResponse {
        let name = try plane.clusterName(cluster)
        let id = try plane.instanceID(try Check.required(containerInstance, "containerInstance"), cluster: name)
        guard plane.clusters[name]!.instances[id] != nil else {
            throw APIError(.invalidParameter, "The container instance \(id) is not registered in \(name).")
        }
        throw APIError(
            .invalidParameter, "Agents of external instances cannot be updated from here; update the host's package.")
    }
}

extension ECS.ListServicesByNamespaceRequest: ControlPlaneRequest {
    /// There is no Cloud Map, and so no namespace.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.ListServicesByNamespaceResponse {
        let namespace = try Check.required(namespace, "namespace")
        _ = try Page.cut([], after: nil, size: maxResults, maximum: 100)
        throw APIError(.namespaceNotFound, "The namespace \(namespace) was not found.")
    }
}
