// SPDX-License-Identifier: Apache-2.0

public import DryportModel

extension ACS {
    /// A task as it travels to the agent (`ecs-agent.md` §5.3).
    public struct Task: Codable, Sendable, Hashable {
        /// The task's ARN; what follows the last slash is its id.
        public var arn: String?
        /// `RUNNING` or `STOPPED`.
        public var desiredStatus: String?
        /// The task definition's family.
        public var family: String?
        /// The task definition's revision in decimal digits.
        public var version: String?
        /// The containers.
        public var containers: [Container]?
        /// The volumes.
        public var volumes: [Volume]?
        /// Limit of the whole task in CPUs: 0.5 are 512 CPU units.
        public var cpu: Double?
        /// Limit of the whole task in MiB.
        public var memory: Int?
        /// The task role's credentials; their presence gives containers a credentials URI.
        public var roleCredentials: RoleCredentials?
        /// The execution role's credentials.
        public var executionRoleCredentials: RoleCredentials?
        /// `bridge`, `host`, `none` or `awsvpc`; containers take theirs from ``DockerConfig/hostConfig``.
        public var networkMode: String?
        /// `host` or `task`.
        public var pidMode: String?
        /// `host`, `task` or `none`.
        public var ipcMode: String?
        /// GPUs, one entry each (`ecs-agent.md` §5.7).
        public var associations: [Association]?
        /// `EXTERNAL`.
        public var launchType: String?
        /// The service that the task belongs to.
        public var serviceName: String?
        /// The task group, such as `family:web`.
        public var group: String?
        /// Whether fault injection requests from the containers are accepted.
        public var enableFaultInjection: Bool?
        /// The cluster. Stock agents ignore it, as all members that follow.
        public var taskClusterArn: String?
        /// The account of the task definition.
        public var taskDefinitionAccountId: String?
        /// Task-level overrides, a string that holds JSON.
        public var overrides: String?

        /// Creates the value.
        public init(
            arn: String? = nil, desiredStatus: String? = nil, family: String? = nil, version: String? = nil,
            containers: [Container]? = nil, volumes: [Volume]? = nil, cpu: Double? = nil, memory: Int? = nil,
            roleCredentials: RoleCredentials? = nil, executionRoleCredentials: RoleCredentials? = nil,
            networkMode: String? = nil, pidMode: String? = nil, ipcMode: String? = nil,
            associations: [Association]? = nil, launchType: String? = nil, serviceName: String? = nil,
            group: String? = nil, enableFaultInjection: Bool? = nil, taskClusterArn: String? = nil,
            taskDefinitionAccountId: String? = nil, overrides: String? = nil
        ) {
            self.arn = arn
            self.desiredStatus = desiredStatus
            self.family = family
            self.version = version
            self.containers = containers
            self.volumes = volumes
            self.cpu = cpu
            self.memory = memory
            self.roleCredentials = roleCredentials
            self.executionRoleCredentials = executionRoleCredentials
            self.networkMode = networkMode
            self.pidMode = pidMode
            self.ipcMode = ipcMode
            self.associations = associations
            self.launchType = launchType
            self.serviceName = serviceName
            self.group = group
            self.enableFaultInjection = enableFaultInjection
            self.taskClusterArn = taskClusterArn
            self.taskDefinitionAccountId = taskDefinitionAccountId
            self.overrides = overrides
        }
    }

    /// A container of a task (`ecs-agent.md` §5.4).
    public struct Container: Codable, Sendable, Hashable {
        /// The name, unique in the task.
        public var name: String?
        /// The container's ARN.
        public var containerArn: String?
        /// The image reference.
        public var image: String?
        /// CPU units.
        public var cpu: Int?
        /// Hard limit in MiB; 0 means none. The soft limit is `MemoryReservation` in ``DockerConfig/hostConfig``.
        public var memory: Int?
        /// Whether the task stops when this container does; absent means **false** here.
        public var essential: Bool?
        /// Replaces the image's entry point.
        public var entryPoint: [String]?
        /// Replaces the image's command.
        public var command: [String]?
        /// Environment variables.
        public var environment: [String: String]?
        /// Files of environment variables, weaker than ``environment``.
        public var environmentFiles: [EnvironmentFile]?
        /// Values to fetch before the container is made.
        public var secrets: [Secret]?
        /// Ports to publish; the agent picks one where the host port is 0.
        public var portMappings: [PortMapping]?
        /// Where the task's volumes appear.
        public var mountPoints: [MountPoint]?
        /// Other containers whose volumes appear too.
        public var volumesFrom: [VolumeFrom]?
        /// Links to other containers, `name:alias`.
        public var links: [String]?
        /// What other containers must have reached first.
        public var dependsOn: [ContainerDependency]?
        /// Seconds within which it must satisfy those that wait for it.
        public var startTimeout: Int?
        /// Seconds between the stop signal and the kill.
        public var stopTimeout: Int?
        /// A string that holds JSON with no key but `command`; any other makes the task invalid.
        public var overrides: String?
        /// The rest of the container's settings, in Docker's own words.
        public var dockerConfig: DockerConfig?
        /// `docker` if ``DockerConfig/config`` has a health check.
        public var healthCheckType: String?
        /// How to log in to the image's registry.
        public var registryAuthentication: RegistryAuthentication?
        /// `ExecutionRole` if the log driver needs the execution role.
        public var logsAuthStrategy: String?
        /// Makes this container the log router.
        public var firelensConfiguration: FirelensConfiguration?
        /// Agents to run inside the container; ECS Exec is one.
        public var managedAgents: [ManagedAgent]?
        /// Whether the agent restarts the container in place.
        public var restartPolicy: RestartPolicy?
        /// Active Directory credential specifications.
        public var credentialSpecs: [String]?
        /// Ignored by stock agents, which read `hostConfig`.
        public var privileged: Bool?

        /// Creates the value.
        public init(
            name: String? = nil, containerArn: String? = nil, image: String? = nil, cpu: Int? = nil, memory: Int? = nil,
            essential: Bool? = nil, entryPoint: [String]? = nil, command: [String]? = nil,
            environment: [String: String]? = nil, environmentFiles: [EnvironmentFile]? = nil, secrets: [Secret]? = nil,
            portMappings: [PortMapping]? = nil, mountPoints: [MountPoint]? = nil, volumesFrom: [VolumeFrom]? = nil,
            links: [String]? = nil, dependsOn: [ContainerDependency]? = nil, startTimeout: Int? = nil,
            stopTimeout: Int? = nil, overrides: String? = nil, dockerConfig: DockerConfig? = nil,
            healthCheckType: String? = nil, registryAuthentication: RegistryAuthentication? = nil,
            logsAuthStrategy: String? = nil, firelensConfiguration: FirelensConfiguration? = nil,
            managedAgents: [ManagedAgent]? = nil, restartPolicy: RestartPolicy? = nil, credentialSpecs: [String]? = nil,
            privileged: Bool? = nil
        ) {
            self.name = name
            self.containerArn = containerArn
            self.image = image
            self.cpu = cpu
            self.memory = memory
            self.essential = essential
            self.entryPoint = entryPoint
            self.command = command
            self.environment = environment
            self.environmentFiles = environmentFiles
            self.secrets = secrets
            self.portMappings = portMappings
            self.mountPoints = mountPoints
            self.volumesFrom = volumesFrom
            self.links = links
            self.dependsOn = dependsOn
            self.startTimeout = startTimeout
            self.stopTimeout = stopTimeout
            self.overrides = overrides
            self.dockerConfig = dockerConfig
            self.healthCheckType = healthCheckType
            self.registryAuthentication = registryAuthentication
            self.logsAuthStrategy = logsAuthStrategy
            self.firelensConfiguration = firelensConfiguration
            self.managedAgents = managedAgents
            self.restartPolicy = restartPolicy
            self.credentialSpecs = credentialSpecs
            self.privileged = privileged
        }
    }

    /// The same as in a task definition.
    public typealias EnvironmentFile = DryportModel.EnvironmentFile

    /// The same as in a task definition.
    public typealias MountPoint = DryportModel.MountPoint

    /// The same as in a task definition.
    public typealias VolumeFrom = DryportModel.VolumeFrom

    /// The same as in a task definition.
    public typealias ContainerDependency = DryportModel.ContainerDependency

    /// The same as in a task definition.
    public typealias FirelensConfiguration = DryportModel.FirelensConfiguration

    /// The same as in a task definition.
    public typealias RestartPolicy = DryportModel.ContainerRestartPolicy
}
