// SPDX-License-Identifier: Apache-2.0

public import DryportModel

extension ECS {
    /// Makes a task set in a service whose deployment controller is `EXTERNAL` (`ecs-control-plane.md` §7.8).
    public struct CreateTaskSetRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.CreateTaskSetResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "CreateTaskSet"

        /// Name or ARN.
        public var service: String?
        /// Name or ARN.
        public var cluster: String?
        /// A reference that the caller chooses.
        public var externalId: String?
        /// A family, `family:revision` or an ARN.
        public var taskDefinition: String?
        /// Only with network mode `awsvpc`.
        public var networkConfiguration: NetworkConfiguration?
        /// Load balancers; external instances have none. An empty list counts as absent.
        public var loadBalancers: [LoadBalancer]?
        /// Service discovery; external instances have none. An empty list counts as absent.
        public var serviceRegistries: [ServiceRegistry]?
        /// `EXTERNAL` (what absence means), or another launch type.
        public var launchType: String?
        /// Which capacity providers to use; an empty list counts as absent.
        public var capacityProviderStrategy: [CapacityProviderStrategyItem]?
        /// Fargate only.
        public var platformVersion: String?
        /// Its share of the desired count; absent means 100 percent.
        public var scale: Scale?
        /// Makes a repeated call harmless; up to 36 characters.
        public var clientToken: String?
        /// Tags of the task set.
        public var tags: [Tag]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            service: String? = nil, cluster: String? = nil, externalId: String? = nil, taskDefinition: String? = nil,
            networkConfiguration: NetworkConfiguration? = nil, loadBalancers: [LoadBalancer]? = nil,
            serviceRegistries: [ServiceRegistry]? = nil, launchType: String? = nil,
            capacityProviderStrategy: [CapacityProviderStrategyItem]? = nil, platformVersion: String? = nil,
            scale: Scale? = nil, clientToken: String? = nil, tags: [Tag]? = nil
        ) {
            self.service = service
            self.cluster = cluster
            self.externalId = externalId
            self.taskDefinition = taskDefinition
            self.networkConfiguration = networkConfiguration
            self.loadBalancers = loadBalancers
            self.serviceRegistries = serviceRegistries
            self.launchType = launchType
            self.capacityProviderStrategy = capacityProviderStrategy
            self.platformVersion = platformVersion
            self.scale = scale
            self.clientToken = clientToken
            self.tags = tags
        }
    }

    /// The answer of CreateTaskSet.
    public struct CreateTaskSetResponse: Codable, Sendable, Hashable {
        /// The task set.
        public var taskSet: TaskSet?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(taskSet: TaskSet? = nil) {
            self.taskSet = taskSet
        }
    }

    /// Changes the scale of a task set.
    public struct UpdateTaskSetRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.UpdateTaskSetResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "UpdateTaskSet"

        /// Name or ARN.
        public var cluster: String?
        /// Name or ARN.
        public var service: String?
        /// Id or ARN.
        public var taskSet: String?
        /// Its share of the desired count.
        public var scale: Scale?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(cluster: String? = nil, service: String? = nil, taskSet: String? = nil, scale: Scale? = nil) {
            self.cluster = cluster
            self.service = service
            self.taskSet = taskSet
            self.scale = scale
        }
    }

    /// The answer of UpdateTaskSet.
    public struct UpdateTaskSetResponse: Codable, Sendable, Hashable {
        /// The task set, changed.
        public var taskSet: TaskSet?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(taskSet: TaskSet? = nil) {
            self.taskSet = taskSet
        }
    }

    /// Makes a task set the primary one; the primary one before becomes `ACTIVE`.
    public struct UpdateServicePrimaryTaskSetRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.UpdateServicePrimaryTaskSetResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "UpdateServicePrimaryTaskSet"

        /// Name or ARN.
        public var cluster: String?
        /// Name or ARN.
        public var service: String?
        /// Id or ARN.
        public var primaryTaskSet: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(cluster: String? = nil, service: String? = nil, primaryTaskSet: String? = nil) {
            self.cluster = cluster
            self.service = service
            self.primaryTaskSet = primaryTaskSet
        }
    }

    /// The answer of UpdateServicePrimaryTaskSet.
    public struct UpdateServicePrimaryTaskSetResponse: Codable, Sendable, Hashable {
        /// The task set, now `PRIMARY`.
        public var taskSet: TaskSet?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(taskSet: TaskSet? = nil) {
            self.taskSet = taskSet
        }
    }

    /// Deletes a task set.
    public struct DeleteTaskSetRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DeleteTaskSetResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DeleteTaskSet"

        /// Name or ARN.
        public var cluster: String?
        /// Name or ARN.
        public var service: String?
        /// Id or ARN.
        public var taskSet: String?
        /// Whether to do so although it is not scaled to zero.
        public var force: Bool?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(cluster: String? = nil, service: String? = nil, taskSet: String? = nil, force: Bool? = nil) {
            self.cluster = cluster
            self.service = service
            self.taskSet = taskSet
            self.force = force
        }
    }

    /// The answer of DeleteTaskSet.
    public struct DeleteTaskSetResponse: Codable, Sendable, Hashable {
        /// The task set, now `DRAINING`.
        public var taskSet: TaskSet?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(taskSet: TaskSet? = nil) {
            self.taskSet = taskSet
        }
    }

    /// Describes the task sets of a service.
    public struct DescribeTaskSetsRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DescribeTaskSetsResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DescribeTaskSets"

        /// Name or ARN.
        public var cluster: String?
        /// Name or ARN.
        public var service: String?
        /// Ids or ARNs; absent means all.
        public var taskSets: [String]?
        /// `TAGS`, or nothing.
        public var include: [String]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            cluster: String? = nil, service: String? = nil, taskSets: [String]? = nil, include: [String]? = nil
        ) {
            self.cluster = cluster
            self.service = service
            self.taskSets = taskSets
            self.include = include
        }
    }

    /// The answer of DescribeTaskSets.
    public struct DescribeTaskSetsResponse: Codable, Sendable, Hashable {
        /// The task sets found.
        public var taskSets: [TaskSet]?
        /// The others.
        public var failures: [Failure]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(taskSets: [TaskSet]? = nil, failures: [Failure]? = nil) {
            self.taskSets = taskSets
            self.failures = failures
        }
    }

    /// A number of tasks of a service that run one revision.
    public struct TaskSet: Codable, Sendable, Hashable {
        /// `ecs-svc/` and a number; the tasks carry it as `startedBy`.
        public var id: String?
        /// The ARN.
        public var taskSetArn: String?
        /// The service.
        public var serviceArn: String?
        /// The cluster.
        public var clusterArn: String?
        /// Who made it, such as `CODE_DEPLOY`; absent if a caller did.
        public var startedBy: String?
        /// The reference that the caller chose.
        public var externalId: String?
        /// `PRIMARY`, `ACTIVE` or `DRAINING`.
        public var status: String?
        /// The revision's ARN.
        public var taskDefinition: String?
        /// The desired count of the service times the scale, rounded up.
        public var computedDesiredCount: Int?
        /// Tasks whose last status is `PENDING`.
        public var pendingCount: Int?
        /// Tasks whose last status is `RUNNING`.
        public var runningCount: Int?
        /// When it was made.
        public var createdAt: Timestamp?
        /// When it last changed.
        public var updatedAt: Timestamp?
        /// `EXTERNAL`.
        public var launchType: String?
        /// Capacity providers; none.
        public var capacityProviderStrategy: [CapacityProviderStrategyItem]?
        /// Fargate only.
        public var platformVersion: String?
        /// Fargate only.
        public var platformFamily: String?
        /// Only with network mode `awsvpc`.
        public var networkConfiguration: NetworkConfiguration?
        /// Load balancers; empty.
        public var loadBalancers: [LoadBalancer]?
        /// Service discovery; empty.
        public var serviceRegistries: [ServiceRegistry]?
        /// Its share of the desired count.
        public var scale: Scale?
        /// `STEADY_STATE` or `STABILIZING`.
        public var stabilityStatus: String?
        /// Since when.
        public var stabilityStatusAt: Timestamp?
        /// Tags; only if asked for.
        public var tags: [Tag]?

        /// Creates the value.
        public init(
            id: String? = nil, taskSetArn: String? = nil, serviceArn: String? = nil, clusterArn: String? = nil,
            startedBy: String? = nil, externalId: String? = nil, status: String? = nil, taskDefinition: String? = nil,
            computedDesiredCount: Int? = nil, pendingCount: Int? = nil, runningCount: Int? = nil,
            createdAt: Timestamp? = nil, updatedAt: Timestamp? = nil, launchType: String? = nil,
            capacityProviderStrategy: [CapacityProviderStrategyItem]? = nil, platformVersion: String? = nil,
            platformFamily: String? = nil, networkConfiguration: NetworkConfiguration? = nil,
            loadBalancers: [LoadBalancer]? = nil, serviceRegistries: [ServiceRegistry]? = nil, scale: Scale? = nil,
            stabilityStatus: String? = nil, stabilityStatusAt: Timestamp? = nil, tags: [Tag]? = nil
        ) {
            self.id = id
            self.taskSetArn = taskSetArn
            self.serviceArn = serviceArn
            self.clusterArn = clusterArn
            self.startedBy = startedBy
            self.externalId = externalId
            self.status = status
            self.taskDefinition = taskDefinition
            self.computedDesiredCount = computedDesiredCount
            self.pendingCount = pendingCount
            self.runningCount = runningCount
            self.createdAt = createdAt
            self.updatedAt = updatedAt
            self.launchType = launchType
            self.capacityProviderStrategy = capacityProviderStrategy
            self.platformVersion = platformVersion
            self.platformFamily = platformFamily
            self.networkConfiguration = networkConfiguration
            self.loadBalancers = loadBalancers
            self.serviceRegistries = serviceRegistries
            self.scale = scale
            self.stabilityStatus = stabilityStatus
            self.stabilityStatusAt = stabilityStatusAt
            self.tags = tags
        }
    }

    /// A share of the desired count of a service.
    public struct Scale: Codable, Sendable, Hashable {
        /// 0 to 100.
        public var value: Double?
        /// `PERCENT`.
        public var unit: String?

        /// Creates the value.
        public init(value: Double? = nil, unit: String? = nil) {
            self.value = value
            self.unit = unit
        }
    }
}
