// SPDX-License-Identifier: Apache-2.0

public import DryportModel

extension ECS {
    /// A task: one run of a task definition (`ecs-control-plane.md` §5).
    public struct Task: Codable, Sendable, Hashable {
        /// Attached resources.
        public var attachments: [Attachment]?
        /// Attributes of the task, such as `ecs.cpu-architecture`.
        public var attributes: [Attribute]?
        /// The zone of its instance.
        public var availabilityZone: String?
        /// The capacity provider, if any.
        public var capacityProviderName: String?
        /// The cluster.
        public var clusterArn: String?
        /// `CONNECTED` or `DISCONNECTED`.
        public var connectivity: String?
        /// When it last became connected.
        public var connectivityAt: Timestamp?
        /// The instance it was placed on.
        public var containerInstanceArn: String?
        /// The containers.
        public var containers: [Container]?
        /// CPU units of the task in decimal digits.
        public var cpu: String?
        /// When it was made.
        public var createdAt: Timestamp?
        /// `RUNNING` or `STOPPED`.
        public var desiredStatus: String?
        /// Whether ECS Exec is on.
        public var enableExecuteCommand: Bool?
        /// When the agent began to stop it.
        public var executionStoppedAt: Timestamp?
        /// The task group, such as `family:web` or `service:web`.
        public var group: String?
        /// `HEALTHY`, `UNHEALTHY` or `UNKNOWN`, over the essential containers.
        public var healthStatus: String?
        /// Elastic Inference; none.
        public var inferenceAccelerators: [InferenceAccelerator]?
        /// Where in its life it was last seen.
        public var lastStatus: String?
        /// `EXTERNAL`.
        public var launchType: String?
        /// Memory of the task, MiB in decimal digits.
        public var memory: String?
        /// What differs from the task definition.
        public var overrides: TaskOverride?
        /// Fargate only.
        public var platformVersion: String?
        /// Fargate only.
        public var platformFamily: String?
        /// When pulling images began.
        public var pullStartedAt: Timestamp?
        /// When pulling images ended.
        public var pullStoppedAt: Timestamp?
        /// When it became `RUNNING`.
        public var startedAt: Timestamp?
        /// Who started it.
        public var startedBy: String?
        /// Why it stopped, in one word.
        public var stopCode: String?
        /// When it became `STOPPED`.
        public var stoppedAt: Timestamp?
        /// Why it stopped, for people.
        public var stoppedReason: String?
        /// When its desired status became `STOPPED`.
        public var stoppingAt: Timestamp?
        /// Tags; only if asked for.
        public var tags: [Tag]?
        /// The ARN.
        public var taskArn: String?
        /// The revision it runs.
        public var taskDefinitionArn: String?
        /// Counts changes of the task.
        public var version: Int?
        /// Fargate only.
        public var ephemeralStorage: EphemeralStorage?
        /// Fargate only.
        public var fargateEphemeralStorage: TaskEphemeralStorage?

        /// Creates the value.
        public init(
            attachments: [Attachment]? = nil, attributes: [Attribute]? = nil, availabilityZone: String? = nil,
            capacityProviderName: String? = nil, clusterArn: String? = nil, connectivity: String? = nil,
            connectivityAt: Timestamp? = nil, containerInstanceArn: String? = nil, containers: [Container]? = nil,
            cpu: String? = nil, createdAt: Timestamp? = nil, desiredStatus: String? = nil,
            enableExecuteCommand: Bool? = nil, executionStoppedAt: Timestamp? = nil, group: String? = nil,
            healthStatus: String? = nil, inferenceAccelerators: [InferenceAccelerator]? = nil,
            lastStatus: String? = nil, launchType: String? = nil, memory: String? = nil, overrides: TaskOverride? = nil,
            platformVersion: String? = nil, platformFamily: String? = nil, pullStartedAt: Timestamp? = nil,
            pullStoppedAt: Timestamp? = nil, startedAt: Timestamp? = nil, startedBy: String? = nil,
            stopCode: String? = nil, stoppedAt: Timestamp? = nil, stoppedReason: String? = nil,
            stoppingAt: Timestamp? = nil, tags: [Tag]? = nil, taskArn: String? = nil, taskDefinitionArn: String? = nil,
            version: Int? = nil, ephemeralStorage: EphemeralStorage? = nil,
            fargateEphemeralStorage: TaskEphemeralStorage? = nil
        ) {
            self.attachments = attachments
            self.attributes = attributes
            self.availabilityZone = availabilityZone
            self.capacityProviderName = capacityProviderName
            self.clusterArn = clusterArn
            self.connectivity = connectivity
            self.connectivityAt = connectivityAt
            self.containerInstanceArn = containerInstanceArn
            self.containers = containers
            self.cpu = cpu
            self.createdAt = createdAt
            self.desiredStatus = desiredStatus
            self.enableExecuteCommand = enableExecuteCommand
            self.executionStoppedAt = executionStoppedAt
            self.group = group
            self.healthStatus = healthStatus
            self.inferenceAccelerators = inferenceAccelerators
            self.lastStatus = lastStatus
            self.launchType = launchType
            self.memory = memory
            self.overrides = overrides
            self.platformVersion = platformVersion
            self.platformFamily = platformFamily
            self.pullStartedAt = pullStartedAt
            self.pullStoppedAt = pullStoppedAt
            self.startedAt = startedAt
            self.startedBy = startedBy
            self.stopCode = stopCode
            self.stoppedAt = stoppedAt
            self.stoppedReason = stoppedReason
            self.stoppingAt = stoppingAt
            self.tags = tags
            self.taskArn = taskArn
            self.taskDefinitionArn = taskDefinitionArn
            self.version = version
            self.ephemeralStorage = ephemeralStorage
            self.fargateEphemeralStorage = fargateEphemeralStorage
        }
    }

    /// A container of a task.
    public struct Container: Codable, Sendable, Hashable {
        /// The ARN.
        public var containerArn: String?
        /// The task.
        public var taskArn: String?
        /// The name in the task definition.
        public var name: String?
        /// The image reference.
        public var image: String?
        /// The image's digest, once it is known.
        public var imageDigest: String?
        /// The container runtime's id.
        public var runtimeId: String?
        /// `PENDING`, `RUNNING` or `STOPPED`.
        public var lastStatus: String?
        /// What the container ended with; absent if it never ran.
        public var exitCode: Int?
        /// What went wrong, if anything did.
        public var reason: String?
        /// The ports it got.
        public var networkBindings: [NetworkBinding]?
        /// Network interfaces; only with mode `awsvpc`.
        public var networkInterfaces: [NetworkInterface]?
        /// `HEALTHY`, `UNHEALTHY` or `UNKNOWN`.
        public var healthStatus: String?
        /// Agents that run inside; ECS Exec is one.
        public var managedAgents: [ManagedAgent]?
        /// CPU units in decimal digits.
        public var cpu: String?
        /// Hard memory limit, MiB in decimal digits.
        public var memory: String?
        /// Soft memory limit, MiB in decimal digits.
        public var memoryReservation: String?
        /// The GPUs it was given.
        public var gpuIds: [String]?

        /// Creates the value.
        public init(
            containerArn: String? = nil, taskArn: String? = nil, name: String? = nil, image: String? = nil,
            imageDigest: String? = nil, runtimeId: String? = nil, lastStatus: String? = nil, exitCode: Int? = nil,
            reason: String? = nil, networkBindings: [NetworkBinding]? = nil,
            networkInterfaces: [NetworkInterface]? = nil, healthStatus: String? = nil,
            managedAgents: [ManagedAgent]? = nil, cpu: String? = nil, memory: String? = nil,
            memoryReservation: String? = nil, gpuIds: [String]? = nil
        ) {
            self.containerArn = containerArn
            self.taskArn = taskArn
            self.name = name
            self.image = image
            self.imageDigest = imageDigest
            self.runtimeId = runtimeId
            self.lastStatus = lastStatus
            self.exitCode = exitCode
            self.reason = reason
            self.networkBindings = networkBindings
            self.networkInterfaces = networkInterfaces
            self.healthStatus = healthStatus
            self.managedAgents = managedAgents
            self.cpu = cpu
            self.memory = memory
            self.memoryReservation = memoryReservation
            self.gpuIds = gpuIds
        }
    }

    /// A published port, or range of ports, of a container.
    public struct NetworkBinding: Codable, Sendable, Hashable {
        /// The host's address it is bound to.
        public var bindIP: String?
        /// The port inside.
        public var containerPort: Int?
        /// The port outside.
        public var hostPort: Int?
        /// `tcp` or `udp`.
        public var `protocol`: String?
        /// Ports inside, `first-last`.
        public var containerPortRange: String?
        /// Ports outside, `first-last`.
        public var hostPortRange: String?

        /// Creates the value.
        public init(
            bindIP: String? = nil, containerPort: Int? = nil, hostPort: Int? = nil, protocol: String? = nil,
            containerPortRange: String? = nil, hostPortRange: String? = nil
        ) {
            self.bindIP = bindIP
            self.containerPort = containerPort
            self.hostPort = hostPort
            self.protocol = `protocol`
            self.containerPortRange = containerPortRange
            self.hostPortRange = hostPortRange
        }
    }

    /// A network interface of a container.
    public struct NetworkInterface: Codable, Sendable, Hashable {
        /// The attachment it belongs to.
        public var attachmentId: String?
        /// The IPv4 address.
        public var privateIpv4Address: String?
        /// The IPv6 address.
        public var ipv6Address: String?

        /// Creates the value.
        public init(attachmentId: String? = nil, privateIpv4Address: String? = nil, ipv6Address: String? = nil) {
            self.attachmentId = attachmentId
            self.privateIpv4Address = privateIpv4Address
            self.ipv6Address = ipv6Address
        }
    }

    /// An agent that runs inside a container.
    public struct ManagedAgent: Codable, Sendable, Hashable {
        /// When it last started.
        public var lastStartedAt: Timestamp?
        /// `ExecuteCommandAgent`.
        public var name: String?
        /// Why it has this status.
        public var reason: String?
        /// `PENDING`, `RUNNING` or `STOPPED`.
        public var lastStatus: String?

        /// Creates the value.
        public init(
            lastStartedAt: Timestamp? = nil, name: String? = nil, reason: String? = nil, lastStatus: String? = nil
        ) {
            self.lastStartedAt = lastStartedAt
            self.name = name
            self.reason = reason
            self.lastStatus = lastStatus
        }
    }

    /// A resource attached to a task, an instance or a cluster.
    public struct Attachment: Codable, Sendable, Hashable {
        /// The attachment's id.
        public var id: String?
        /// The kind of resource.
        public var type: String?
        /// How far the attachment is.
        public var status: String?
        /// What it consists of.
        public var details: [KeyValuePair]?

        /// Creates the value.
        public init(id: String? = nil, type: String? = nil, status: String? = nil, details: [KeyValuePair]? = nil) {
            self.id = id
            self.type = type
            self.status = status
            self.details = details
        }
    }

    /// Fargate's scratch disk, as told.
    public struct TaskEphemeralStorage: Codable, Sendable, Hashable {
        /// The size in GiB.
        public var sizeInGiB: Int?
        /// The key.
        public var kmsKeyId: String?

        /// Creates the value.
        public init(sizeInGiB: Int? = nil, kmsKeyId: String? = nil) {
            self.sizeInGiB = sizeInGiB
            self.kmsKeyId = kmsKeyId
        }
    }

    /// What of one run differs from the task definition (`ecs-control-plane.md` §5.6).
    public struct TaskOverride: Codable, Sendable, Hashable {
        /// What differs in containers.
        public var containerOverrides: [ContainerOverride]?
        /// CPU of the whole task.
        public var cpu: String?
        /// Elastic Inference; none.
        public var inferenceAcceleratorOverrides: [InferenceAcceleratorOverride]?
        /// The execution role.
        public var executionRoleArn: String?
        /// Memory of the whole task.
        public var memory: String?
        /// The task role.
        public var taskRoleArn: String?
        /// Fargate only.
        public var ephemeralStorage: EphemeralStorage?

        /// Creates the value.
        public init(
            containerOverrides: [ContainerOverride]? = nil, cpu: String? = nil,
            inferenceAcceleratorOverrides: [InferenceAcceleratorOverride]? = nil, executionRoleArn: String? = nil,
            memory: String? = nil, taskRoleArn: String? = nil, ephemeralStorage: EphemeralStorage? = nil
        ) {
            self.containerOverrides = containerOverrides
            self.cpu = cpu
            self.inferenceAcceleratorOverrides = inferenceAcceleratorOverrides
            self.executionRoleArn = executionRoleArn
            self.memory = memory
            self.taskRoleArn = taskRoleArn
            self.ephemeralStorage = ephemeralStorage
        }
    }

    /// What of one run differs in one container.
    public struct ContainerOverride: Codable, Sendable, Hashable {
        /// The container's name; required.
        public var name: String?
        /// Replaces the command.
        public var command: [String]?
        /// Adds or replaces environment variables.
        public var environment: [KeyValuePair]?
        /// Replaces the files of environment variables.
        public var environmentFiles: [EnvironmentFile]?
        /// CPU units.
        public var cpu: Int?
        /// Hard memory limit in MiB.
        public var memory: Int?
        /// Soft memory limit in MiB.
        public var memoryReservation: Int?
        /// GPUs.
        public var resourceRequirements: [ResourceRequirement]?

        /// Creates the value.
        public init(
            name: String? = nil, command: [String]? = nil, environment: [KeyValuePair]? = nil,
            environmentFiles: [EnvironmentFile]? = nil, cpu: Int? = nil, memory: Int? = nil,
            memoryReservation: Int? = nil, resourceRequirements: [ResourceRequirement]? = nil
        ) {
            self.name = name
            self.command = command
            self.environment = environment
            self.environmentFiles = environmentFiles
            self.cpu = cpu
            self.memory = memory
            self.memoryReservation = memoryReservation
            self.resourceRequirements = resourceRequirements
        }
    }

    /// Another type of Elastic Inference accelerator.
    public struct InferenceAcceleratorOverride: Codable, Sendable, Hashable {
        /// The accelerator's name.
        public var deviceName: String?
        /// The type.
        public var deviceType: String?

        /// Creates the value.
        public init(deviceName: String? = nil, deviceType: String? = nil) {
            self.deviceName = deviceName
            self.deviceType = deviceType
        }
    }
}
