// SPDX-License-Identifier: Apache-2.0

public import DryportModel

extension ECS {
    /// A service: a number of tasks that are kept running (`ecs-control-plane.md` §7.2).
    public struct Service: Codable, Sendable, Hashable {
        /// The ARN.
        public var serviceArn: String?
        /// The name.
        public var serviceName: String?
        /// The cluster.
        public var clusterArn: String?
        /// Load balancers; empty.
        public var loadBalancers: [LoadBalancer]?
        /// Service discovery; empty.
        public var serviceRegistries: [ServiceRegistry]?
        /// `ACTIVE`, `DRAINING` or `INACTIVE`.
        public var status: String?
        /// How many tasks there should be.
        public var desiredCount: Int?
        /// Tasks whose last status is `RUNNING`.
        public var runningCount: Int?
        /// Tasks whose last status is `PENDING`.
        public var pendingCount: Int?
        /// `EXTERNAL`.
        public var launchType: String?
        /// Capacity providers; none.
        public var capacityProviderStrategy: [CapacityProviderStrategyItem]?
        /// Fargate only.
        public var platformVersion: String?
        /// Fargate only.
        public var platformFamily: String?
        /// The ARN of the revision that new tasks run.
        public var taskDefinition: String?
        /// How deployments proceed.
        public var deploymentConfiguration: DeploymentConfiguration?
        /// The task sets; only with deployment controller `EXTERNAL`.
        public var taskSets: [TaskSet]?
        /// The deployments that still have or want tasks, the newest first.
        public var deployments: [Deployment]?
        /// The role that speaks to load balancers; absent.
        public var roleArn: String?
        /// What happened, at most 100, the newest first.
        public var events: [ServiceEvent]?
        /// When it was made.
        public var createdAt: Timestamp?
        /// The ARN of the deployment that is going on.
        public var currentServiceDeployment: String?
        /// The revisions that tasks run.
        public var currentServiceRevisions: [ServiceCurrentRevisionSummary]?
        /// Constraints.
        public var placementConstraints: [PlacementConstraint]?
        /// Strategies, in order.
        public var placementStrategy: [PlacementStrategy]?
        /// Only with network mode `awsvpc`.
        public var networkConfiguration: NetworkConfiguration?
        /// How long after the start of a task its health checks are not looked at, in seconds.
        public var healthCheckGracePeriodSeconds: Int?
        /// `REPLICA` or `DAEMON`.
        public var schedulingStrategy: String?
        /// What moves the service from one revision to the next; absent means `ECS`.
        public var deploymentController: DeploymentController?
        /// Tags; only if asked for.
        public var tags: [Tag]?
        /// Who made it.
        public var createdBy: String?
        /// Whether the tasks get the `aws:ecs:` tags.
        public var enableECSManagedTags: Bool?
        /// `TASK_DEFINITION`, `SERVICE` or `NONE`: where tasks get tags from.
        public var propagateTags: String?
        /// Whether ECS Exec is on.
        public var enableExecuteCommand: Bool?
        /// `ENABLED` or `DISABLED`; without effect on external instances.
        public var availabilityZoneRebalancing: String?
        /// `CUSTOMER`.
        public var resourceManagementType: String?

        /// Creates the value.
        public init(
            serviceArn: String? = nil, serviceName: String? = nil, clusterArn: String? = nil,
            loadBalancers: [LoadBalancer]? = nil, serviceRegistries: [ServiceRegistry]? = nil, status: String? = nil,
            desiredCount: Int? = nil, runningCount: Int? = nil, pendingCount: Int? = nil, launchType: String? = nil,
            capacityProviderStrategy: [CapacityProviderStrategyItem]? = nil, platformVersion: String? = nil,
            platformFamily: String? = nil, taskDefinition: String? = nil,
            deploymentConfiguration: DeploymentConfiguration? = nil, taskSets: [TaskSet]? = nil,
            deployments: [Deployment]? = nil, roleArn: String? = nil, events: [ServiceEvent]? = nil,
            createdAt: Timestamp? = nil, currentServiceDeployment: String? = nil,
            currentServiceRevisions: [ServiceCurrentRevisionSummary]? = nil,
            placementConstraints: [PlacementConstraint]? = nil, placementStrategy: [PlacementStrategy]? = nil,
            networkConfiguration: NetworkConfiguration? = nil, healthCheckGracePeriodSeconds: Int? = nil,
            schedulingStrategy: String? = nil, deploymentController: DeploymentController? = nil, tags: [Tag]? = nil,
            createdBy: String? = nil, enableECSManagedTags: Bool? = nil, propagateTags: String? = nil,
            enableExecuteCommand: Bool? = nil, availabilityZoneRebalancing: String? = nil,
            resourceManagementType: String? = nil
        ) {
            self.serviceArn = serviceArn
            self.serviceName = serviceName
            self.clusterArn = clusterArn
            self.loadBalancers = loadBalancers
            self.serviceRegistries = serviceRegistries
            self.status = status
            self.desiredCount = desiredCount
            self.runningCount = runningCount
            self.pendingCount = pendingCount
            self.launchType = launchType
            self.capacityProviderStrategy = capacityProviderStrategy
            self.platformVersion = platformVersion
            self.platformFamily = platformFamily
            self.taskDefinition = taskDefinition
            self.deploymentConfiguration = deploymentConfiguration
            self.taskSets = taskSets
            self.deployments = deployments
            self.roleArn = roleArn
            self.events = events
            self.createdAt = createdAt
            self.currentServiceDeployment = currentServiceDeployment
            self.currentServiceRevisions = currentServiceRevisions
            self.placementConstraints = placementConstraints
            self.placementStrategy = placementStrategy
            self.networkConfiguration = networkConfiguration
            self.healthCheckGracePeriodSeconds = healthCheckGracePeriodSeconds
            self.schedulingStrategy = schedulingStrategy
            self.deploymentController = deploymentController
            self.tags = tags
            self.createdBy = createdBy
            self.enableECSManagedTags = enableECSManagedTags
            self.propagateTags = propagateTags
            self.enableExecuteCommand = enableExecuteCommand
            self.availabilityZoneRebalancing = availabilityZoneRebalancing
            self.resourceManagementType = resourceManagementType
        }
    }

    /// One attempt to bring a service to a revision, with the tasks that belong to it (`ecs-control-plane.md` §7.6).
    public struct Deployment: Codable, Sendable, Hashable {
        /// `ecs-svc/` and a number; the tasks carry it as `startedBy`.
        public var id: String?
        /// `PRIMARY` is the newest, `ACTIVE` is older and still has tasks.
        public var status: String?
        /// The revision's ARN.
        public var taskDefinition: String?
        /// How many tasks the deployment is to have now.
        public var desiredCount: Int?
        /// Tasks whose last status is `PENDING`.
        public var pendingCount: Int?
        /// Tasks whose last status is `RUNNING`.
        public var runningCount: Int?
        /// Tasks that failed to start, without one that ran between them.
        public var failedTasks: Int?
        /// When it was made.
        public var createdAt: Timestamp?
        /// When it last changed.
        public var updatedAt: Timestamp?
        /// Capacity providers; none.
        public var capacityProviderStrategy: [CapacityProviderStrategyItem]?
        /// `EXTERNAL`.
        public var launchType: String?
        /// Fargate only.
        public var platformVersion: String?
        /// Fargate only.
        public var platformFamily: String?
        /// Only with network mode `awsvpc`.
        public var networkConfiguration: NetworkConfiguration?
        /// `IN_PROGRESS`, `COMPLETED` or `FAILED`; only with deployment controller `ECS`.
        public var rolloutState: String?
        /// Why, for people.
        public var rolloutStateReason: String?
        /// Service Connect, if it was given.
        public var serviceConnectConfiguration: ServiceConnectConfiguration?
        /// Volumes configured when tasks start; none.
        public var volumeConfigurations: [ServiceVolumeConfiguration]?
        /// VPC Lattice; none.
        public var vpcLatticeConfigurations: [VpcLatticeConfiguration]?

        /// Creates the value.
        public init(
            id: String? = nil, status: String? = nil, taskDefinition: String? = nil, desiredCount: Int? = nil,
            pendingCount: Int? = nil, runningCount: Int? = nil, failedTasks: Int? = nil, createdAt: Timestamp? = nil,
            updatedAt: Timestamp? = nil, capacityProviderStrategy: [CapacityProviderStrategyItem]? = nil,
            launchType: String? = nil, platformVersion: String? = nil, platformFamily: String? = nil,
            networkConfiguration: NetworkConfiguration? = nil, rolloutState: String? = nil,
            rolloutStateReason: String? = nil, serviceConnectConfiguration: ServiceConnectConfiguration? = nil,
            volumeConfigurations: [ServiceVolumeConfiguration]? = nil,
            vpcLatticeConfigurations: [VpcLatticeConfiguration]? = nil
        ) {
            self.id = id
            self.status = status
            self.taskDefinition = taskDefinition
            self.desiredCount = desiredCount
            self.pendingCount = pendingCount
            self.runningCount = runningCount
            self.failedTasks = failedTasks
            self.createdAt = createdAt
            self.updatedAt = updatedAt
            self.capacityProviderStrategy = capacityProviderStrategy
            self.launchType = launchType
            self.platformVersion = platformVersion
            self.platformFamily = platformFamily
            self.networkConfiguration = networkConfiguration
            self.rolloutState = rolloutState
            self.rolloutStateReason = rolloutStateReason
            self.serviceConnectConfiguration = serviceConnectConfiguration
            self.volumeConfigurations = volumeConfigurations
            self.vpcLatticeConfigurations = vpcLatticeConfigurations
        }
    }

    /// Something that happened to a service.
    public struct ServiceEvent: Codable, Sendable, Hashable {
        /// A UUID.
        public var id: String?
        /// When it happened.
        public var createdAt: Timestamp?
        /// What happened, as one of the fixed texts of §7.4.
        public var message: String?

        /// Creates the value.
        public init(id: String? = nil, createdAt: Timestamp? = nil, message: String? = nil) {
            self.id = id
            self.createdAt = createdAt
            self.message = message
        }
    }
}
