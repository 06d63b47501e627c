// SPDX-License-Identifier: Apache-2.0

public import DryportMessages

/// Something that happened, with the content that ECS sends to EventBridge (`ecs-control-plane.md` §12).
public enum ControlPlaneEvent: Sendable, Hashable {
    /// `ECS Task State Change`: a task as it is now.
    case task(ECS.Task)
    /// `ECS Container Instance State Change`: a container instance as it is now.
    case containerInstance(ECS.ContainerInstance)
    /// `ECS Service Action`: what a service did; the ARNs of the service and of its cluster.
    case serviceAction(ServiceAction, service: String, cluster: String)
    /// `ECS Deployment State Change`: how a deployment fares; the ARN of the service.
    case deployment(DeploymentStateChange, service: String)

    /// The event's kind, as subscribers filter by it.
    public var detailType: String {
        switch self {
        case .task: "ECS Task State Change"
        case .containerInstance: "ECS Container Instance State Change"
        case .serviceAction: "ECS Service Action"
        case .deployment: "ECS Deployment State Change"
        }
    }

    /// The ARN of what it is about.
    public var resource: String {
        switch self {
        case .task(let task): task.taskArn ?? ""
        case .containerInstance(let instance): instance.containerInstanceArn ?? ""
        case .serviceAction(_, let service, _), .deployment(_, let service): service
        }
    }
}
