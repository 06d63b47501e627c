// SPDX-License-Identifier: Apache-2.0

public import DryportModel

extension ECS {
    /// An agent introduces its host (`ecs-agent.md` §2.1).
    public struct RegisterContainerInstanceRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.RegisterContainerInstanceResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "RegisterContainerInstance"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// EC2 only; empty from external instances.
        public var instanceIdentityDocument: String?
        /// EC2 only; empty from external instances.
        public var instanceIdentityDocumentSignature: String?
        /// `CPU`, `MEMORY`, and the reserved ports as `PORTS` and `PORTS_UDP`.
        public var totalResources: [Resource]?
        /// Versions of the agent's software; stock agents leave it out.
        public var versionInfo: VersionInfo?
        /// The ARN of an earlier registration, to renew it.
        public var containerInstanceArn: String?
        /// What the host has and can do.
        public var attributes: [Attribute]?
        /// GPUs.
        public var platformDevices: [PlatformDevice]?
        /// Tags of the instance.
        public var tags: [Tag]?
        /// The same in every attempt of one start of the agent. Not in the public service model; stock agents send it.
        public var clientToken: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            cluster: String? = nil, instanceIdentityDocument: String? = nil,
            instanceIdentityDocumentSignature: String? = nil, totalResources: [Resource]? = nil,
            versionInfo: VersionInfo? = nil, containerInstanceArn: String? = nil, attributes: [Attribute]? = nil,
            platformDevices: [PlatformDevice]? = nil, tags: [Tag]? = nil, clientToken: String? = nil
        ) {
            self.cluster = cluster
            self.instanceIdentityDocument = instanceIdentityDocument
            self.instanceIdentityDocumentSignature = instanceIdentityDocumentSignature
            self.totalResources = totalResources
            self.versionInfo = versionInfo
            self.containerInstanceArn = containerInstanceArn
            self.attributes = attributes
            self.platformDevices = platformDevices
            self.tags = tags
            self.clientToken = clientToken
        }
    }

    /// The answer of RegisterContainerInstance.
    public struct RegisterContainerInstanceResponse: Codable, Sendable, Hashable {
        /// The instance. It must repeat every attribute with an equal value.
        public var containerInstance: ContainerInstance?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(containerInstance: ContainerInstance? = nil) {
            self.containerInstance = containerInstance
        }
    }

    /// Ends a registration.
    public struct DeregisterContainerInstanceRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DeregisterContainerInstanceResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DeregisterContainerInstance"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// Id or ARN.
        public var containerInstance: String?
        /// Whether to do so although tasks run there.
        public var force: Bool?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(cluster: String? = nil, containerInstance: String? = nil, force: Bool? = nil) {
            self.cluster = cluster
            self.containerInstance = containerInstance
            self.force = force
        }
    }

    /// The answer of DeregisterContainerInstance.
    public struct DeregisterContainerInstanceResponse: Codable, Sendable, Hashable {
        /// The instance, now `INACTIVE`.
        public var containerInstance: ContainerInstance?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(containerInstance: ContainerInstance? = nil) {
            self.containerInstance = containerInstance
        }
    }

    /// Describes container instances.
    public struct DescribeContainerInstancesRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DescribeContainerInstancesResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DescribeContainerInstances"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// Ids or ARNs, at most 100.
        public var containerInstances: [String]?
        /// What to add, of `TAGS`, `CONTAINER_INSTANCE_HEALTH`.
        public var include: [String]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(cluster: String? = nil, containerInstances: [String]? = nil, include: [String]? = nil) {
            self.cluster = cluster
            self.containerInstances = containerInstances
            self.include = include
        }
    }

    /// The answer of DescribeContainerInstances.
    public struct DescribeContainerInstancesResponse: Codable, Sendable, Hashable {
        /// The instances found.
        public var containerInstances: [ContainerInstance]?
        /// The others.
        public var failures: [Failure]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(containerInstances: [ContainerInstance]? = nil, failures: [Failure]? = nil) {
            self.containerInstances = containerInstances
            self.failures = failures
        }
    }

    /// Lists container instances.
    public struct ListContainerInstancesRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.ListContainerInstancesResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "ListContainerInstances"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// An expression of the cluster query language.
        public var filter: String?
        /// Where the page before ended.
        public var nextToken: String?
        /// The size of a page, 1 to 100; absent means 100.
        public var maxResults: Int?
        /// Only instances of this status; absent means all but `INACTIVE`.
        public var status: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            cluster: String? = nil, filter: String? = nil, nextToken: String? = nil, maxResults: Int? = nil,
            status: String? = nil
        ) {
            self.cluster = cluster
            self.filter = filter
            self.nextToken = nextToken
            self.maxResults = maxResults
            self.status = status
        }
    }

    /// The answer of ListContainerInstances.
    public struct ListContainerInstancesResponse: Codable, Sendable, Hashable {
        /// The instances of this page.
        public var containerInstanceArns: [String]?
        /// Where the next page starts; absent on the last page.
        public var nextToken: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(containerInstanceArns: [String]? = nil, nextToken: String? = nil) {
            self.containerInstanceArns = containerInstanceArns
            self.nextToken = nextToken
        }
    }

    /// Starts or ends the draining of instances.
    public struct UpdateContainerInstancesStateRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.UpdateContainerInstancesStateResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "UpdateContainerInstancesState"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// Ids or ARNs, at most 10.
        public var containerInstances: [String]?
        /// `ACTIVE` or `DRAINING`.
        public var status: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(cluster: String? = nil, containerInstances: [String]? = nil, status: String? = nil) {
            self.cluster = cluster
            self.containerInstances = containerInstances
            self.status = status
        }
    }

    /// The answer of UpdateContainerInstancesState.
    public struct UpdateContainerInstancesStateResponse: Codable, Sendable, Hashable {
        /// The instances changed.
        public var containerInstances: [ContainerInstance]?
        /// The others.
        public var failures: [Failure]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(containerInstances: [ContainerInstance]? = nil, failures: [Failure]? = nil) {
            self.containerInstances = containerInstances
            self.failures = failures
        }
    }

    /// A host on which an agent runs (`ecs-control-plane.md` §4).
    public struct ContainerInstance: Codable, Sendable, Hashable {
        /// The ARN.
        public var containerInstanceArn: String?
        /// For external instances the `mi-…` id of the managed node.
        public var ec2InstanceId: String?
        /// The capacity provider, if any.
        public var capacityProviderName: String?
        /// Counts changes of the instance.
        public var version: Int?
        /// Versions of the agent's software.
        public var versionInfo: VersionInfo?
        /// What is free; of ports, those in use.
        public var remainingResources: [Resource]?
        /// What was registered.
        public var registeredResources: [Resource]?
        /// `ACTIVE`, `DRAINING`, `INACTIVE`, `REGISTERING`, `DEREGISTERING` or `REGISTRATION_FAILED`.
        public var status: String?
        /// Why it has this status.
        public var statusReason: String?
        /// Whether the agent's session is open.
        public var agentConnected: Bool?
        /// Tasks here whose last status is `RUNNING`.
        public var runningTasksCount: Int?
        /// Tasks here whose last status is `PENDING`.
        public var pendingTasksCount: Int?
        /// How far an update of the agent is.
        public var agentUpdateStatus: String?
        /// What the host has and can do.
        public var attributes: [Attribute]?
        /// When it was first registered.
        public var registeredAt: Timestamp?
        /// Attached resources.
        public var attachments: [Attachment]?
        /// Tags; only if asked for.
        public var tags: [Tag]?
        /// Health of the host; only if asked for.
        public var healthStatus: ContainerInstanceHealthStatus?

        /// Creates the value.
        public init(
            containerInstanceArn: String? = nil, ec2InstanceId: String? = nil, capacityProviderName: String? = nil,
            version: Int? = nil, versionInfo: VersionInfo? = nil, remainingResources: [Resource]? = nil,
            registeredResources: [Resource]? = nil, status: String? = nil, statusReason: String? = nil,
            agentConnected: Bool? = nil, runningTasksCount: Int? = nil, pendingTasksCount: Int? = nil,
            agentUpdateStatus: String? = nil, attributes: [Attribute]? = nil, registeredAt: Timestamp? = nil,
            attachments: [Attachment]? = nil, tags: [Tag]? = nil, healthStatus: ContainerInstanceHealthStatus? = nil
        ) {
            self.containerInstanceArn = containerInstanceArn
            self.ec2InstanceId = ec2InstanceId
            self.capacityProviderName = capacityProviderName
            self.version = version
            self.versionInfo = versionInfo
            self.remainingResources = remainingResources
            self.registeredResources = registeredResources
            self.status = status
            self.statusReason = statusReason
            self.agentConnected = agentConnected
            self.runningTasksCount = runningTasksCount
            self.pendingTasksCount = pendingTasksCount
            self.agentUpdateStatus = agentUpdateStatus
            self.attributes = attributes
            self.registeredAt = registeredAt
            self.attachments = attachments
            self.tags = tags
            self.healthStatus = healthStatus
        }
    }

    /// Health of a container instance.
    public struct ContainerInstanceHealthStatus: Codable, Sendable, Hashable {
        /// `OK`, `IMPAIRED`, `INSUFFICIENT_DATA` or `INITIALIZING`.
        public var overallStatus: String?
        /// The checks it is made of.
        public var details: [InstanceHealthCheckResult]?

        /// Creates the value.
        public init(overallStatus: String? = nil, details: [InstanceHealthCheckResult]? = nil) {
            self.overallStatus = overallStatus
            self.details = details
        }
    }

    /// One check of a container instance.
    public struct InstanceHealthCheckResult: Codable, Sendable, Hashable {
        /// `CONTAINER_RUNTIME`, for example.
        public var type: String?
        /// `OK`, `IMPAIRED`, `INSUFFICIENT_DATA` or `INITIALIZING`.
        public var status: String?
        /// Why it has this status.
        public var statusReason: String?
        /// When it was last told.
        public var lastUpdated: Timestamp?
        /// When it last changed.
        public var lastStatusChange: Timestamp?

        /// Creates the value.
        public init(
            type: String? = nil, status: String? = nil, statusReason: String? = nil, lastUpdated: Timestamp? = nil,
            lastStatusChange: Timestamp? = nil
        ) {
            self.type = type
            self.status = status
            self.statusReason = statusReason
            self.lastUpdated = lastUpdated
            self.lastStatusChange = lastStatusChange
        }
    }

    /// An amount of one resource. Which value counts depends on ``type``.
    public struct Resource: Codable, Sendable, Hashable {
        /// `CPU`, `MEMORY`, `PORTS`, `PORTS_UDP`, `GPU`, …
        public var name: String?
        /// `INTEGER`, `DOUBLE`, `LONG` or `STRINGSET`.
        public var type: String?
        /// With `DOUBLE`; else 0.
        public var doubleValue: Double?
        /// With `LONG`; else 0.
        public var longValue: Int?
        /// With `INTEGER`; else 0. CPU in CPU units, memory in MiB.
        public var integerValue: Int?
        /// With `STRINGSET`: ports in decimal digits, ids of GPUs.
        public var stringSetValue: [String]?

        /// Creates the value.
        public init(
            name: String? = nil, type: String? = nil, doubleValue: Double? = nil, longValue: Int? = nil,
            integerValue: Int? = nil, stringSetValue: [String]? = nil
        ) {
            self.name = name
            self.type = type
            self.doubleValue = doubleValue
            self.longValue = longValue
            self.integerValue = integerValue
            self.stringSetValue = stringSetValue
        }
    }

    /// Versions of the agent's software.
    public struct VersionInfo: Codable, Sendable, Hashable {
        /// The agent's version.
        public var agentVersion: String?
        /// The source revision it was built from.
        public var agentHash: String?
        /// The container runtime's version.
        public var dockerVersion: String?

        /// Creates the value.
        public init(agentVersion: String? = nil, agentHash: String? = nil, dockerVersion: String? = nil) {
            self.agentVersion = agentVersion
            self.agentHash = agentHash
            self.dockerVersion = dockerVersion
        }
    }

    /// A device of a container instance.
    public struct PlatformDevice: Codable, Sendable, Hashable {
        /// The device's id.
        public var id: String?
        /// `GPU`.
        public var type: String?

        /// Creates the value.
        public init(id: String? = nil, type: String? = nil) {
            self.id = id
            self.type = type
        }
    }
}
