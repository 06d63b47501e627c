// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// The operations of Amazon ECS, API version 2014-11-13, and the shapes they are made of.
///
/// Members are spelled as on the wire. All are optional: nil is absent on the wire, and an empty list is not nil.
/// Enumerations are strings here, because a member with an unknown value must not fail to decode; the control
/// plane judges them. Unknown members are ignored (`ecs-control-plane.md` §0).
public enum ECS: Sendable {
    /// A name with a value; the same as in a task definition.
    public typealias KeyValuePair = DryportModel.KeyValuePair

    /// A tag of a resource.
    public typealias Tag = DryportModel.Tag

    /// A property of a container instance.
    public typealias Attribute = DryportModel.Attribute

    /// One revision of a task definition.
    public typealias TaskDefinition = DryportModel.TaskDefinition

    /// One container of a task definition.
    public typealias ContainerDefinition = DryportModel.ContainerDefinition

    /// A file of environment variables.
    public typealias EnvironmentFile = DryportModel.EnvironmentFile

    /// A number of GPUs.
    public typealias ResourceRequirement = DryportModel.ResourceRequirement

    /// What could not be done, to one resource of a call that succeeded as a whole.
    public struct Failure: Codable, Sendable, Hashable {
        /// The resource, or the instance that was considered.
        public var arn: String?
        /// Why, as one of AWS's fixed texts such as `MISSING` or `RESOURCE:MEMORY`.
        public var reason: String?
        /// Why in detail, for people.
        public var detail: String?

        /// Creates the value.
        public init(arn: String? = nil, reason: String? = nil, detail: String? = nil) {
            self.arn = arn
            self.reason = reason
            self.detail = detail
        }
    }

    /// An account setting (`ecs-control-plane.md` §2.6).
    public struct Setting: Codable, Sendable, Hashable {
        /// The setting's name, such as `containerInsights`.
        public var name: String?
        /// Its value, such as `enabled`.
        public var value: String?
        /// Whose setting it is.
        public var principalArn: String?
        /// `user`, or `aws_managed` if nobody may change it.
        public var type: String?

        /// Creates the value.
        public init(
            name: String? = nil, value: String? = nil, principalArn: String? = nil, type: String? = nil
        ) {
            self.name = name
            self.value = value
            self.principalArn = principalArn
            self.type = type
        }
    }
}

extension ECS.RegisterTaskDefinitionRequest {
    /// The task definition that the request describes, as given: not checked, without revision, ARN and defaults.
    public var taskDefinition: TaskDefinition {
        TaskDefinition(
            family: family ?? "", containerDefinitions: containerDefinitions ?? [], volumes: volumes,
            requiresCompatibilities: requiresCompatibilities, taskRoleArn: taskRoleArn,
            executionRoleArn: executionRoleArn, networkMode: networkMode, placementConstraints: placementConstraints,
            cpu: cpu, memory: memory, pidMode: pidMode, ipcMode: ipcMode, proxyConfiguration: proxyConfiguration,
            inferenceAccelerators: inferenceAccelerators, ephemeralStorage: ephemeralStorage,
            runtimePlatform: runtimePlatform, enableFaultInjection: enableFaultInjection)
    }
}
