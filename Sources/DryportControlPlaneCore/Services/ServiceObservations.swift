// SPDX-License-Identifier: Apache-2.0

/// Something that a service did, as an `ECS Service Action` event tells it (`ecs-control-plane.md` §12.3).
public struct ServiceAction: Sendable, Hashable {
    /// How serious it is.
    public var level: EventLevel
    /// The event's name, such as `SERVICE_STEADY_STATE`.
    public var name: String
    /// Why, as one of AWS's fixed texts such as `RESOURCE:CPU`.
    public var reason: String?
    /// ARNs of the container instances that it is about.
    public var instances: [String]

    /// Creates an action.
    public init(level: EventLevel, name: String, reason: String? = nil, instances: [String] = []) {
        self.level = level
        self.name = name
        self.reason = reason
        self.instances = instances
    }
}

/// How serious an event is.
public enum EventLevel: String, Sendable, Hashable {
    /// As it should be.
    case info = "INFO"
    /// Worth a look.
    case warn = "WARN"
    /// Something failed.
    case error = "ERROR"
}

/// A step of a deployment, as an `ECS Deployment State Change` event tells it (`ecs-control-plane.md` §12.4).
public struct DeploymentStateChange: Sendable, Hashable {
    /// Which step.
    public var name: Name
    /// `ecs-svc/` and digits.
    public var deploymentID: String
    /// Why, in AWS's words.
    public var reason: String

    /// The steps.
    public enum Name: String, Sendable, Hashable {
        /// It has begun.
        case inProgress = "SERVICE_DEPLOYMENT_IN_PROGRESS"
        /// All tasks are its own and healthy.
        case completed = "SERVICE_DEPLOYMENT_COMPLETED"
        /// The circuit breaker has given it up.
        case failed = "SERVICE_DEPLOYMENT_FAILED"
    }

    /// Creates a step.
    public init(name: Name, deploymentID: String, reason: String) {
        self.name = name
        self.deploymentID = deploymentID
        self.reason = reason
    }
}
