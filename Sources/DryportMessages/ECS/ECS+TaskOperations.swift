// SPDX-License-Identifier: Apache-2.0

public import DryportModel

extension ECS {
    /// Places and starts tasks.
    public struct RunTaskRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.RunTaskResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "RunTask"

        /// Which capacity providers to use; an empty list counts as absent.
        public var capacityProviderStrategy: [CapacityProviderStrategyItem]?
        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// How many tasks, 1 to 10; absent means 1.
        public var count: Int?
        /// Whether the tasks get the `aws:ecs:` tags.
        public var enableECSManagedTags: Bool?
        /// Whether ECS Exec is on.
        public var enableExecuteCommand: Bool?
        /// The task group; absent means `family:<family>`.
        public var group: String?
        /// `EXTERNAL`, or another launch type.
        public var launchType: String?
        /// Only with network mode `awsvpc`.
        public var networkConfiguration: NetworkConfiguration?
        /// What differs from the task definition.
        public var overrides: TaskOverride?
        /// Constraints, at most 10 with those of the definition.
        public var placementConstraints: [PlacementConstraint]?
        /// Strategies, at most 5.
        public var placementStrategy: [PlacementStrategy]?
        /// Fargate only.
        public var platformVersion: String?
        /// `TASK_DEFINITION`, `SERVICE` or `NONE`.
        public var propagateTags: String?
        /// A reference that the caller chooses.
        public var referenceId: String?
        /// Who starts the tasks: up to 128 characters, a filter of ListTasks.
        public var startedBy: String?
        /// Tags of the tasks.
        public var tags: [Tag]?
        /// A family, `family:revision` or an ARN.
        public var taskDefinition: String?
        /// Makes a repeated call harmless; up to 64 characters.
        public var clientToken: String?
        /// Volumes configured at launch; an empty list counts as absent.
        public var volumeConfigurations: [TaskVolumeConfiguration]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            capacityProviderStrategy: [CapacityProviderStrategyItem]? = nil, cluster: String? = nil, count: Int? = nil,
            enableECSManagedTags: Bool? = nil, enableExecuteCommand: Bool? = nil, group: String? = nil,
            launchType: String? = nil, networkConfiguration: NetworkConfiguration? = nil,
            overrides: TaskOverride? = nil, placementConstraints: [PlacementConstraint]? = nil,
            placementStrategy: [PlacementStrategy]? = nil, platformVersion: String? = nil, propagateTags: String? = nil,
            referenceId: String? = nil, startedBy: String? = nil, tags: [Tag]? = nil, taskDefinition: String? = nil,
            clientToken: String? = nil, volumeConfigurations: [TaskVolumeConfiguration]? = nil
        ) {
            self.capacityProviderStrategy = capacityProviderStrategy
            self.cluster = cluster
            self.count = count
            self.enableECSManagedTags = enableECSManagedTags
            self.enableExecuteCommand = enableExecuteCommand
            self.group = group
            self.launchType = launchType
            self.networkConfiguration = networkConfiguration
            self.overrides = overrides
            self.placementConstraints = placementConstraints
            self.placementStrategy = placementStrategy
            self.platformVersion = platformVersion
            self.propagateTags = propagateTags
            self.referenceId = referenceId
            self.startedBy = startedBy
            self.tags = tags
            self.taskDefinition = taskDefinition
            self.clientToken = clientToken
            self.volumeConfigurations = volumeConfigurations
        }
    }

    /// The answer of RunTask.
    public struct RunTaskResponse: Codable, Sendable, Hashable {
        /// The tasks that were placed.
        public var tasks: [Task]?
        /// Why the others were not.
        public var failures: [Failure]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(tasks: [Task]? = nil, failures: [Failure]? = nil) {
            self.tasks = tasks
            self.failures = failures
        }
    }

    /// Starts one task on each of the given instances, without placement.
    public struct StartTaskRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.StartTaskResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "StartTask"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// Ids or ARNs, 1 to 10.
        public var containerInstances: [String]?
        /// Whether the tasks get the `aws:ecs:` tags.
        public var enableECSManagedTags: Bool?
        /// Whether ECS Exec is on.
        public var enableExecuteCommand: Bool?
        /// The task group; absent means `family:<family>`.
        public var group: String?
        /// Only with network mode `awsvpc`.
        public var networkConfiguration: NetworkConfiguration?
        /// What differs from the task definition.
        public var overrides: TaskOverride?
        /// `TASK_DEFINITION`, `SERVICE` or `NONE`.
        public var propagateTags: String?
        /// A reference that the caller chooses.
        public var referenceId: String?
        /// Who starts the tasks: up to 36 characters.
        public var startedBy: String?
        /// Tags of the tasks.
        public var tags: [Tag]?
        /// A family, `family:revision` or an ARN.
        public var taskDefinition: String?
        /// Volumes configured at launch; an empty list counts as absent.
        public var volumeConfigurations: [TaskVolumeConfiguration]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            cluster: String? = nil, containerInstances: [String]? = nil, enableECSManagedTags: Bool? = nil,
            enableExecuteCommand: Bool? = nil, group: String? = nil, networkConfiguration: NetworkConfiguration? = nil,
            overrides: TaskOverride? = nil, propagateTags: String? = nil, referenceId: String? = nil,
            startedBy: String? = nil, tags: [Tag]? = nil, taskDefinition: String? = nil,
            volumeConfigurations: [TaskVolumeConfiguration]? = nil
        ) {
            self.cluster = cluster
            self.containerInstances = containerInstances
            self.enableECSManagedTags = enableECSManagedTags
            self.enableExecuteCommand = enableExecuteCommand
            self.group = group
            self.networkConfiguration = networkConfiguration
            self.overrides = overrides
            self.propagateTags = propagateTags
            self.referenceId = referenceId
            self.startedBy = startedBy
            self.tags = tags
            self.taskDefinition = taskDefinition
            self.volumeConfigurations = volumeConfigurations
        }
    }

    /// The answer of StartTask.
    public struct StartTaskResponse: Codable, Sendable, Hashable {
        /// The tasks that were started.
        public var tasks: [Task]?
        /// Why the others were not.
        public var failures: [Failure]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(tasks: [Task]? = nil, failures: [Failure]? = nil) {
            self.tasks = tasks
            self.failures = failures
        }
    }

    /// Stops a task.
    public struct StopTaskRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.StopTaskResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "StopTask"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// Id or ARN.
        public var task: String?
        /// Why, for people.
        public var reason: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(cluster: String? = nil, task: String? = nil, reason: String? = nil) {
            self.cluster = cluster
            self.task = task
            self.reason = reason
        }
    }

    /// The answer of StopTask.
    public struct StopTaskResponse: Codable, Sendable, Hashable {
        /// The task, whose desired status is now `STOPPED`.
        public var task: Task?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(task: Task? = nil) {
            self.task = task
        }
    }

    /// Describes tasks.
    public struct DescribeTasksRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DescribeTasksResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DescribeTasks"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// Ids or ARNs, at most 100.
        public var tasks: [String]?
        /// `TAGS`, or nothing.
        public var include: [String]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(cluster: String? = nil, tasks: [String]? = nil, include: [String]? = nil) {
            self.cluster = cluster
            self.tasks = tasks
            self.include = include
        }
    }

    /// The answer of DescribeTasks.
    public struct DescribeTasksResponse: Codable, Sendable, Hashable {
        /// The tasks found.
        public var tasks: [Task]?
        /// The others.
        public var failures: [Failure]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(tasks: [Task]? = nil, failures: [Failure]? = nil) {
            self.tasks = tasks
            self.failures = failures
        }
    }

    /// Lists tasks. Filters narrow each other.
    public struct ListTasksRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.ListTasksResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "ListTasks"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// Only tasks there; id or ARN.
        public var containerInstance: String?
        /// Only tasks of this family.
        public var family: String?
        /// Where the page before ended.
        public var nextToken: String?
        /// The size of a page, 1 to 100; absent means 100.
        public var maxResults: Int?
        /// Only tasks started by this; then no other filter may be given.
        public var startedBy: String?
        /// Only tasks of this service.
        public var serviceName: String?
        /// `RUNNING` (what absence means), `PENDING` or `STOPPED`.
        public var desiredStatus: String?
        /// Only tasks of this launch type.
        public var launchType: String?
        /// Only tasks of this managed daemon.
        public var daemonName: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            cluster: String? = nil, containerInstance: String? = nil, family: String? = nil, nextToken: String? = nil,
            maxResults: Int? = nil, startedBy: String? = nil, serviceName: String? = nil, desiredStatus: String? = nil,
            launchType: String? = nil, daemonName: String? = nil
        ) {
            self.cluster = cluster
            self.containerInstance = containerInstance
            self.family = family
            self.nextToken = nextToken
            self.maxResults = maxResults
            self.startedBy = startedBy
            self.serviceName = serviceName
            self.desiredStatus = desiredStatus
            self.launchType = launchType
            self.daemonName = daemonName
        }
    }

    /// The answer of ListTasks.
    public struct ListTasksResponse: Codable, Sendable, Hashable {
        /// The tasks of this page.
        public var taskArns: [String]?
        /// Where the next page starts; absent on the last page.
        public var nextToken: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(taskArns: [String]? = nil, nextToken: String? = nil) {
            self.taskArns = taskArns
            self.nextToken = nextToken
        }
    }
}
