// SPDX-License-Identifier: Apache-2.0

public import DryportModel

extension ECS {
    /// Registers the next revision of a family.
    public struct RegisterTaskDefinitionRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.RegisterTaskDefinitionResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "RegisterTaskDefinition"

        /// The family's name.
        public var family: String?
        /// The role that the containers act as: a name or an ARN.
        public var taskRoleArn: String?
        /// The role used to pull images and fetch secrets: a name or an ARN.
        public var executionRoleArn: String?
        /// `bridge`, `host`, `none` or `awsvpc`.
        public var networkMode: String?
        /// The containers, 1 to 10.
        public var containerDefinitions: [ContainerDefinition]?
        /// The volumes that containers may mount.
        public var volumes: [Volume]?
        /// Constraints of every task, at most 10.
        public var placementConstraints: [TaskDefinitionPlacementConstraint]?
        /// The launch types to check the definition against.
        public var requiresCompatibilities: [String]?
        /// CPU of the whole task.
        public var cpu: String?
        /// Memory of the whole task.
        public var memory: String?
        /// Tags of the revision.
        public var tags: [Tag]?
        /// `host` or `task`.
        public var pidMode: String?
        /// `host`, `task` or `none`.
        public var ipcMode: String?
        /// App Mesh.
        public var proxyConfiguration: ProxyConfiguration?
        /// Elastic Inference.
        public var inferenceAccelerators: [InferenceAccelerator]?
        /// Fargate's scratch disk.
        public var ephemeralStorage: EphemeralStorage?
        /// What the images are made for.
        public var runtimePlatform: RuntimePlatform?
        /// Whether fault injection requests from the containers are accepted.
        public var enableFaultInjection: Bool?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            family: String? = nil, taskRoleArn: String? = nil, executionRoleArn: String? = nil,
            networkMode: String? = nil, containerDefinitions: [ContainerDefinition]? = nil, volumes: [Volume]? = nil,
            placementConstraints: [TaskDefinitionPlacementConstraint]? = nil, requiresCompatibilities: [String]? = nil,
            cpu: String? = nil, memory: String? = nil, tags: [Tag]? = nil, pidMode: String? = nil,
            ipcMode: String? = nil, proxyConfiguration: ProxyConfiguration? = nil,
            inferenceAccelerators: [InferenceAccelerator]? = nil, ephemeralStorage: EphemeralStorage? = nil,
            runtimePlatform: RuntimePlatform? = nil, enableFaultInjection: Bool? = nil
        ) {
            self.family = family
            self.taskRoleArn = taskRoleArn
            self.executionRoleArn = executionRoleArn
            self.networkMode = networkMode
            self.containerDefinitions = containerDefinitions
            self.volumes = volumes
            self.placementConstraints = placementConstraints
            self.requiresCompatibilities = requiresCompatibilities
            self.cpu = cpu
            self.memory = memory
            self.tags = tags
            self.pidMode = pidMode
            self.ipcMode = ipcMode
            self.proxyConfiguration = proxyConfiguration
            self.inferenceAccelerators = inferenceAccelerators
            self.ephemeralStorage = ephemeralStorage
            self.runtimePlatform = runtimePlatform
            self.enableFaultInjection = enableFaultInjection
        }
    }

    /// The answer of RegisterTaskDefinition.
    public struct RegisterTaskDefinitionResponse: Codable, Sendable, Hashable {
        /// The new revision.
        public var taskDefinition: TaskDefinition?
        /// Its tags.
        public var tags: [Tag]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(taskDefinition: TaskDefinition? = nil, tags: [Tag]? = nil) {
            self.taskDefinition = taskDefinition
            self.tags = tags
        }
    }

    /// Describes one revision.
    public struct DescribeTaskDefinitionRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DescribeTaskDefinitionResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DescribeTaskDefinition"

        /// A family (its latest active revision), `family:revision` or an ARN.
        public var taskDefinition: String?
        /// `TAGS`, or nothing.
        public var include: [String]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(taskDefinition: String? = nil, include: [String]? = nil) {
            self.taskDefinition = taskDefinition
            self.include = include
        }
    }

    /// The answer of DescribeTaskDefinition.
    public struct DescribeTaskDefinitionResponse: Codable, Sendable, Hashable {
        /// The revision.
        public var taskDefinition: TaskDefinition?
        /// Its tags; only if asked for.
        public var tags: [Tag]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(taskDefinition: TaskDefinition? = nil, tags: [Tag]? = nil) {
            self.taskDefinition = taskDefinition
            self.tags = tags
        }
    }

    /// Makes one revision `INACTIVE`.
    public struct DeregisterTaskDefinitionRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DeregisterTaskDefinitionResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DeregisterTaskDefinition"

        /// `family:revision` or an ARN.
        public var taskDefinition: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(taskDefinition: String? = nil) {
            self.taskDefinition = taskDefinition
        }
    }

    /// The answer of DeregisterTaskDefinition.
    public struct DeregisterTaskDefinitionResponse: Codable, Sendable, Hashable {
        /// The revision, now `INACTIVE`.
        public var taskDefinition: TaskDefinition?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(taskDefinition: TaskDefinition? = nil) {
            self.taskDefinition = taskDefinition
        }
    }

    /// Deletes inactive revisions for good, once nothing uses them (`ecs-control-plane.md` §2.5).
    public struct DeleteTaskDefinitionsRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DeleteTaskDefinitionsResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DeleteTaskDefinitions"

        /// `family:revision` or ARNs, 1 to 10.
        public var taskDefinitions: [String]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(taskDefinitions: [String]? = nil) {
            self.taskDefinitions = taskDefinitions
        }
    }

    /// The answer of DeleteTaskDefinitions.
    public struct DeleteTaskDefinitionsResponse: Codable, Sendable, Hashable {
        /// The revisions, now `DELETE_IN_PROGRESS`.
        public var taskDefinitions: [TaskDefinition]?
        /// The others.
        public var failures: [Failure]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(taskDefinitions: [TaskDefinition]? = nil, failures: [Failure]? = nil) {
            self.taskDefinitions = taskDefinitions
            self.failures = failures
        }
    }

    /// Lists revisions.
    public struct ListTaskDefinitionsRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.ListTaskDefinitionsResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "ListTaskDefinitions"

        /// The full name of one family; absent means all families.
        public var familyPrefix: String?
        /// `ACTIVE` (what absence means), `INACTIVE` or `DELETE_IN_PROGRESS`.
        public var status: String?
        /// `ASC` (what absence means) or `DESC`: by family, then by revision.
        public var sort: String?
        /// Where the page before ended.
        public var nextToken: String?
        /// The size of a page, 1 to 100; absent means 100.
        public var maxResults: Int?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            familyPrefix: String? = nil, status: String? = nil, sort: String? = nil, nextToken: String? = nil,
            maxResults: Int? = nil
        ) {
            self.familyPrefix = familyPrefix
            self.status = status
            self.sort = sort
            self.nextToken = nextToken
            self.maxResults = maxResults
        }
    }

    /// The answer of ListTaskDefinitions.
    public struct ListTaskDefinitionsResponse: Codable, Sendable, Hashable {
        /// The revisions of this page.
        public var taskDefinitionArns: [String]?
        /// Where the next page starts; absent on the last page.
        public var nextToken: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(taskDefinitionArns: [String]? = nil, nextToken: String? = nil) {
            self.taskDefinitionArns = taskDefinitionArns
            self.nextToken = nextToken
        }
    }

    /// Lists families.
    public struct ListTaskDefinitionFamiliesRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.ListTaskDefinitionFamiliesResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "ListTaskDefinitionFamilies"

        /// What the names start with; absent means all families.
        public var familyPrefix: String?
        /// `ACTIVE`, `INACTIVE` or `ALL` (what absence means).
        public var status: String?
        /// Where the page before ended.
        public var nextToken: String?
        /// The size of a page, 1 to 100; absent means 100.
        public var maxResults: Int?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            familyPrefix: String? = nil, status: String? = nil, nextToken: String? = nil, maxResults: Int? = nil
        ) {
            self.familyPrefix = familyPrefix
            self.status = status
            self.nextToken = nextToken
            self.maxResults = maxResults
        }
    }

    /// The answer of ListTaskDefinitionFamilies.
    public struct ListTaskDefinitionFamiliesResponse: Codable, Sendable, Hashable {
        /// The families of this page.
        public var families: [String]?
        /// Where the next page starts; absent on the last page.
        public var nextToken: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(families: [String]? = nil, nextToken: String? = nil) {
            self.families = families
            self.nextToken = nextToken
        }
    }
}
