// SPDX-License-Identifier: Apache-2.0

extension ECS {
    /// Makes a service, which keeps tasks running (`ecs-control-plane.md` §7).
    public struct CreateServiceRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.CreateServiceResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "CreateService"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// The name, up to 255 letters, digits, `-` and `_`.
        public var serviceName: String?
        /// A family, `family:revision` or an ARN; absent only with deployment controller `EXTERNAL`.
        public var taskDefinition: String?
        /// `ENABLED` or `DISABLED`; without effect on external instances.
        public var availabilityZoneRebalancing: String?
        /// Load balancers; external instances have none. An empty list counts as absent.
        public var loadBalancers: [LoadBalancer]?
        /// Service discovery; external instances have none. An empty list counts as absent.
        public var serviceRegistries: [ServiceRegistry]?
        /// How many tasks there should be; required with `REPLICA`, refused with `DAEMON`.
        public var desiredCount: Int?
        /// Makes a repeated call harmless; up to 36 characters.
        public var clientToken: String?
        /// `EXTERNAL` (what absence means), or another launch type.
        public var launchType: String?
        /// Which capacity providers to use; an empty list counts as absent.
        public var capacityProviderStrategy: [CapacityProviderStrategyItem]?
        /// Fargate only.
        public var platformVersion: String?
        /// The role that speaks to a load balancer; refused, as there is none.
        public var role: String?
        /// How deployments proceed.
        public var deploymentConfiguration: DeploymentConfiguration?
        /// Constraints, at most 10 with those of the definition.
        public var placementConstraints: [PlacementConstraint]?
        /// Strategies, at most 5.
        public var placementStrategy: [PlacementStrategy]?
        /// Only with network mode `awsvpc`.
        public var networkConfiguration: NetworkConfiguration?
        /// How long after the start of a task its health checks are not looked at, in seconds.
        public var healthCheckGracePeriodSeconds: Int?
        /// `REPLICA` (what absence means) or `DAEMON`.
        public var schedulingStrategy: String?
        /// What moves the service from one revision to the next; absent means `ECS`.
        public var deploymentController: DeploymentController?
        /// Tags of the service.
        public var tags: [Tag]?
        /// Whether the tasks get the `aws:ecs:` tags.
        public var enableECSManagedTags: Bool?
        /// `TASK_DEFINITION`, `SERVICE` or `NONE`: where tasks get tags from.
        public var propagateTags: String?
        /// Whether ECS Exec is on.
        public var enableExecuteCommand: Bool?
        /// Service Connect; external instances can only have it off.
        public var serviceConnectConfiguration: ServiceConnectConfiguration?
        /// Volumes configured when tasks start; an empty list counts as absent.
        public var volumeConfigurations: [ServiceVolumeConfiguration]?
        /// VPC Lattice; external instances have none. An empty list counts as absent.
        public var vpcLatticeConfigurations: [VpcLatticeConfiguration]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            cluster: String? = nil, serviceName: String? = nil, taskDefinition: String? = nil,
            availabilityZoneRebalancing: String? = nil, loadBalancers: [LoadBalancer]? = nil,
            serviceRegistries: [ServiceRegistry]? = nil, desiredCount: Int? = nil, clientToken: String? = nil,
            launchType: String? = nil, capacityProviderStrategy: [CapacityProviderStrategyItem]? = nil,
            platformVersion: String? = nil, role: String? = nil,
            deploymentConfiguration: DeploymentConfiguration? = nil, placementConstraints: [PlacementConstraint]? = nil,
            placementStrategy: [PlacementStrategy]? = nil, networkConfiguration: NetworkConfiguration? = nil,
            healthCheckGracePeriodSeconds: Int? = nil, schedulingStrategy: String? = nil,
            deploymentController: DeploymentController? = nil, tags: [Tag]? = nil, enableECSManagedTags: Bool? = nil,
            propagateTags: String? = nil, enableExecuteCommand: Bool? = nil,
            serviceConnectConfiguration: ServiceConnectConfiguration? = nil,
            volumeConfigurations: [ServiceVolumeConfiguration]? = nil,
            vpcLatticeConfigurations: [VpcLatticeConfiguration]? = nil
        ) {
            self.cluster = cluster
            self.serviceName = serviceName
            self.taskDefinition = taskDefinition
            self.availabilityZoneRebalancing = availabilityZoneRebalancing
            self.loadBalancers = loadBalancers
            self.serviceRegistries = serviceRegistries
            self.desiredCount = desiredCount
            self.clientToken = clientToken
            self.launchType = launchType
            self.capacityProviderStrategy = capacityProviderStrategy
            self.platformVersion = platformVersion
            self.role = role
            self.deploymentConfiguration = deploymentConfiguration
            self.placementConstraints = placementConstraints
            self.placementStrategy = placementStrategy
            self.networkConfiguration = networkConfiguration
            self.healthCheckGracePeriodSeconds = healthCheckGracePeriodSeconds
            self.schedulingStrategy = schedulingStrategy
            self.deploymentController = deploymentController
            self.tags = tags
            self.enableECSManagedTags = enableECSManagedTags
            self.propagateTags = propagateTags
            self.enableExecuteCommand = enableExecuteCommand
            self.serviceConnectConfiguration = serviceConnectConfiguration
            self.volumeConfigurations = volumeConfigurations
            self.vpcLatticeConfigurations = vpcLatticeConfigurations
        }
    }

    /// The answer of CreateService.
    public struct CreateServiceResponse: Codable, Sendable, Hashable {
        /// The service.
        public var service: Service?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(service: Service? = nil) {
            self.service = service
        }
    }

    /// Changes a service; what is absent stays. Some changes start a deployment (`ecs-control-plane.md` §7.6).
    public struct UpdateServiceRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.UpdateServiceResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "UpdateService"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// Name or ARN.
        public var service: String?
        /// How many tasks there should be.
        public var desiredCount: Int?
        /// A family, `family:revision` or an ARN.
        public var taskDefinition: String?
        /// Which capacity providers to use; an empty list counts as absent.
        public var capacityProviderStrategy: [CapacityProviderStrategyItem]?
        /// How deployments proceed.
        public var deploymentConfiguration: DeploymentConfiguration?
        /// `ENABLED` or `DISABLED`; without effect on external instances.
        public var availabilityZoneRebalancing: String?
        /// Only with network mode `awsvpc`.
        public var networkConfiguration: NetworkConfiguration?
        /// Constraints in place of the earlier ones; an empty list removes them.
        public var placementConstraints: [PlacementConstraint]?
        /// Strategies in place of the earlier ones; an empty list removes them.
        public var placementStrategy: [PlacementStrategy]?
        /// Fargate only.
        public var platformVersion: String?
        /// Whether to start a deployment although nothing else demands one.
        public var forceNewDeployment: Bool?
        /// How long after the start of a task its health checks are not looked at, in seconds.
        public var healthCheckGracePeriodSeconds: Int?
        /// What moves the service from one revision to the next.
        public var deploymentController: DeploymentController?
        /// Whether ECS Exec is on.
        public var enableExecuteCommand: Bool?
        /// Whether the tasks get the `aws:ecs:` tags.
        public var enableECSManagedTags: Bool?
        /// Load balancers; external instances have none.
        public var loadBalancers: [LoadBalancer]?
        /// `TASK_DEFINITION`, `SERVICE` or `NONE`: where tasks get tags from.
        public var propagateTags: String?
        /// Service discovery; external instances have none.
        public var serviceRegistries: [ServiceRegistry]?
        /// Service Connect; external instances can only have it off.
        public var serviceConnectConfiguration: ServiceConnectConfiguration?
        /// Volumes configured when tasks start.
        public var volumeConfigurations: [ServiceVolumeConfiguration]?
        /// VPC Lattice; external instances have none.
        public var vpcLatticeConfigurations: [VpcLatticeConfiguration]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            cluster: String? = nil, service: String? = nil, desiredCount: Int? = nil, taskDefinition: String? = nil,
            capacityProviderStrategy: [CapacityProviderStrategyItem]? = nil,
            deploymentConfiguration: DeploymentConfiguration? = nil, availabilityZoneRebalancing: String? = nil,
            networkConfiguration: NetworkConfiguration? = nil, placementConstraints: [PlacementConstraint]? = nil,
            placementStrategy: [PlacementStrategy]? = nil, platformVersion: String? = nil,
            forceNewDeployment: Bool? = nil, healthCheckGracePeriodSeconds: Int? = nil,
            deploymentController: DeploymentController? = nil, enableExecuteCommand: Bool? = nil,
            enableECSManagedTags: Bool? = nil, loadBalancers: [LoadBalancer]? = nil, propagateTags: String? = nil,
            serviceRegistries: [ServiceRegistry]? = nil,
            serviceConnectConfiguration: ServiceConnectConfiguration? = nil,
            volumeConfigurations: [ServiceVolumeConfiguration]? = nil,
            vpcLatticeConfigurations: [VpcLatticeConfiguration]? = nil
        ) {
            self.cluster = cluster
            self.service = service
            self.desiredCount = desiredCount
            self.taskDefinition = taskDefinition
            self.capacityProviderStrategy = capacityProviderStrategy
            self.deploymentConfiguration = deploymentConfiguration
            self.availabilityZoneRebalancing = availabilityZoneRebalancing
            self.networkConfiguration = networkConfiguration
            self.placementConstraints = placementConstraints
            self.placementStrategy = placementStrategy
            self.platformVersion = platformVersion
            self.forceNewDeployment = forceNewDeployment
            self.healthCheckGracePeriodSeconds = healthCheckGracePeriodSeconds
            self.deploymentController = deploymentController
            self.enableExecuteCommand = enableExecuteCommand
            self.enableECSManagedTags = enableECSManagedTags
            self.loadBalancers = loadBalancers
            self.propagateTags = propagateTags
            self.serviceRegistries = serviceRegistries
            self.serviceConnectConfiguration = serviceConnectConfiguration
            self.volumeConfigurations = volumeConfigurations
            self.vpcLatticeConfigurations = vpcLatticeConfigurations
        }
    }

    /// The answer of UpdateService.
    public struct UpdateServiceResponse: Codable, Sendable, Hashable {
        /// The service, changed.
        public var service: Service?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(service: Service? = nil) {
            self.service = service
        }
    }

    /// Deletes a service: it becomes `DRAINING`, and `INACTIVE` once its tasks have stopped.
    public struct DeleteServiceRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DeleteServiceResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DeleteService"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// Name or ARN.
        public var service: String?
        /// Whether to do so although it is not scaled to zero.
        public var force: Bool?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(cluster: String? = nil, service: String? = nil, force: Bool? = nil) {
            self.cluster = cluster
            self.service = service
            self.force = force
        }
    }

    /// The answer of DeleteService.
    public struct DeleteServiceResponse: Codable, Sendable, Hashable {
        /// The service, now `DRAINING`.
        public var service: Service?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(service: Service? = nil) {
            self.service = service
        }
    }

    /// Describes services, also those that are being or were deleted.
    public struct DescribeServicesRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DescribeServicesResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DescribeServices"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// Names or ARNs, 1 to 10.
        public var services: [String]?
        /// `TAGS`, or nothing.
        public var include: [String]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(cluster: String? = nil, services: [String]? = nil, include: [String]? = nil) {
            self.cluster = cluster
            self.services = services
            self.include = include
        }
    }

    /// The answer of DescribeServices.
    public struct DescribeServicesResponse: Codable, Sendable, Hashable {
        /// The services found.
        public var services: [Service]?
        /// The others.
        public var failures: [Failure]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(services: [Service]? = nil, failures: [Failure]? = nil) {
            self.services = services
            self.failures = failures
        }
    }

    /// Lists the services that are `ACTIVE`.
    public struct ListServicesRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.ListServicesResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "ListServices"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// Where the page before ended.
        public var nextToken: String?
        /// The size of a page, 1 to 100; absent means 10.
        public var maxResults: Int?
        /// Only services of this launch type.
        public var launchType: String?
        /// Only services of this strategy.
        public var schedulingStrategy: String?
        /// Only services managed like this; `CUSTOMER` is what there is.
        public var resourceManagementType: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            cluster: String? = nil, nextToken: String? = nil, maxResults: Int? = nil, launchType: String? = nil,
            schedulingStrategy: String? = nil, resourceManagementType: String? = nil
        ) {
            self.cluster = cluster
            self.nextToken = nextToken
            self.maxResults = maxResults
            self.launchType = launchType
            self.schedulingStrategy = schedulingStrategy
            self.resourceManagementType = resourceManagementType
        }
    }

    /// The answer of ListServices.
    public struct ListServicesResponse: Codable, Sendable, Hashable {
        /// The services of this page.
        public var serviceArns: [String]?
        /// Where the next page starts; absent on the last page.
        public var nextToken: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(serviceArns: [String]? = nil, nextToken: String? = nil) {
            self.serviceArns = serviceArns
            self.nextToken = nextToken
        }
    }

    /// Lists the services in a namespace of Cloud Map; there are no namespaces here.
    public struct ListServicesByNamespaceRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.ListServicesByNamespaceResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "ListServicesByNamespace"

        /// Name or ARN.
        public var namespace: String?
        /// Where the page before ended.
        public var nextToken: String?
        /// The size of a page, 1 to 100; absent means 10.
        public var maxResults: Int?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(namespace: String? = nil, nextToken: String? = nil, maxResults: Int? = nil) {
            self.namespace = namespace
            self.nextToken = nextToken
            self.maxResults = maxResults
        }
    }

    /// The answer of ListServicesByNamespace.
    public struct ListServicesByNamespaceResponse: Codable, Sendable, Hashable {
        /// The services of this page.
        public var serviceArns: [String]?
        /// Where the next page starts; absent on the last page.
        public var nextToken: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(serviceArns: [String]? = nil, nextToken: String? = nil) {
            self.serviceArns = serviceArns
            self.nextToken = nextToken
        }
    }
}
