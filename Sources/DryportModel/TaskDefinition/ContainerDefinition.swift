// SPDX-License-Identifier: Apache-2.0

/// One container of a task definition (`ecs-control-plane.md` §3.2).
public struct ContainerDefinition: Codable, Sendable, Hashable {
    /// The name, unique in the task; 1 to 255 of `[A-Za-z0-9_-]`.
    public var name: String
    /// The image: a reference with tag or digest.
    public var image: String?
    /// Where the private registry's user name and password are.
    public var repositoryCredentials: RepositoryCredentials?
    /// CPU units: 1024 are one CPU. Absent and 0 mean the smallest share.
    public var cpu: Int?
    /// Hard limit in MiB: the container is killed beyond it. Absent means none.
    public var memory: Int?
    /// Soft limit in MiB, which is what placement then counts.
    public var memoryReservation: Int?
    /// Links to other containers, `name:alias`; `bridge` mode only.
    public var links: [String]?
    /// Ports to publish.
    public var portMappings: [PortMapping]?
    /// Whether the task stops when this container does; absent means true.
    public var essential: Bool?
    /// Whether the agent restarts the container in place.
    public var restartPolicy: ContainerRestartPolicy?
    /// Replaces the image's entry point.
    public var entryPoint: [String]?
    /// Replaces the image's command.
    public var command: [String]?
    /// Environment variables; they win over ``environmentFiles``.
    public var environment: [KeyValuePair]?
    /// Files of environment variables in S3, at most 10.
    public var environmentFiles: [EnvironmentFile]?
    /// Where the task's volumes appear.
    public var mountPoints: [MountPoint]?
    /// Other containers whose volumes appear here too.
    public var volumesFrom: [VolumeFrom]?
    /// Kernel settings of Linux containers.
    public var linuxParameters: LinuxParameters?
    /// Environment variables whose values come from a secret store.
    public var secrets: [Secret]?
    /// What other containers must have reached before this one starts.
    public var dependsOn: [ContainerDependency]?
    /// Seconds within which this container must satisfy those that wait for it.
    public var startTimeout: Int?
    /// Seconds between the stop signal and the kill; absent means the agent's default, 30.
    public var stopTimeout: Int?
    /// `enabled` (what absence means) or `disabled`: whether the tag is resolved to one digest per deployment.
    public var versionConsistency: String?
    /// The host name inside the container.
    public var hostname: String?
    /// The user, `user[:group]` by name or number.
    public var user: String?
    /// The directory in which the command runs.
    public var workingDirectory: String?
    /// Whether the container has no network.
    public var disableNetworking: Bool?
    /// Whether the container has the powers of the host's root.
    public var privileged: Bool?
    /// Whether the root file system is read-only.
    public var readonlyRootFilesystem: Bool?
    /// Name servers.
    public var dnsServers: [String]?
    /// Domains in which short names are looked up.
    public var dnsSearchDomains: [String]?
    /// Lines to add to `/etc/hosts`.
    public var extraHosts: [HostEntry]?
    /// SELinux, AppArmor and credential-specification options.
    public var dockerSecurityOptions: [String]?
    /// Whether standard input stays open.
    public var interactive: Bool?
    /// Whether the container gets a terminal.
    public var pseudoTerminal: Bool?
    /// Labels of the container.
    public var dockerLabels: [String: String]?
    /// Resource limits of the container's processes.
    public var ulimits: [Ulimit]?
    /// Where the output goes; absent means the runtime's default.
    public var logConfiguration: LogConfiguration?
    /// How the agent finds out whether the container is healthy.
    public var healthCheck: HealthCheck?
    /// Kernel parameters of the container's namespaces.
    public var systemControls: [SystemControl]?
    /// GPUs.
    public var resourceRequirements: [ResourceRequirement]?
    /// Makes this container the task's log router.
    public var firelensConfiguration: FirelensConfiguration?
    /// Active Directory credential specifications, at most one.
    public var credentialSpecs: [String]?

    /// Creates the value.
    public init(
        name: String, image: String? = nil, repositoryCredentials: RepositoryCredentials? = nil, cpu: Int? = nil,
        memory: Int? = nil, memoryReservation: Int? = nil, links: [String]? = nil, portMappings: [PortMapping]? = nil,
        essential: Bool? = nil, restartPolicy: ContainerRestartPolicy? = nil, entryPoint: [String]? = nil,
        command: [String]? = nil, environment: [KeyValuePair]? = nil, environmentFiles: [EnvironmentFile]? = nil,
        mountPoints: [MountPoint]? = nil, volumesFrom: [VolumeFrom]? = nil, linuxParameters: LinuxParameters? = nil,
        secrets: [Secret]? = nil, dependsOn: [ContainerDependency]? = nil, startTimeout: Int? = nil,
        stopTimeout: Int? = nil, versionConsistency: String? = nil, hostname: String? = nil, user: String? = nil,
        workingDirectory: String? = nil, disableNetworking: Bool? = nil, privileged: Bool? = nil,
        readonlyRootFilesystem: Bool? = nil, dnsServers: [String]? = nil, dnsSearchDomains: [String]? = nil,
        extraHosts: [HostEntry]? = nil, dockerSecurityOptions: [String]? = nil, interactive: Bool? = nil,
        pseudoTerminal: Bool? = nil, dockerLabels: [String: String]? = nil, ulimits: [Ulimit]? = nil,
        logConfiguration: LogConfiguration? = nil, healthCheck: HealthCheck? = nil,
        systemControls: [SystemControl]? = nil, resourceRequirements: [ResourceRequirement]? = nil,
        firelensConfiguration: FirelensConfiguration? = nil, credentialSpecs: [String]? = nil
    ) {
        self.name = name
        self.image = image
        self.repositoryCredentials = repositoryCredentials
        self.cpu = cpu
        self.memory = memory
        self.memoryReservation = memoryReservation
        self.links = links
        self.portMappings = portMappings
        self.essential = essential
        self.restartPolicy = restartPolicy
        self.entryPoint = entryPoint
        self.command = command
        self.environment = environment
        self.environmentFiles = environmentFiles
        self.mountPoints = mountPoints
        self.volumesFrom = volumesFrom
        self.linuxParameters = linuxParameters
        self.secrets = secrets
        self.dependsOn = dependsOn
        self.startTimeout = startTimeout
        self.stopTimeout = stopTimeout
        self.versionConsistency = versionConsistency
        self.hostname = hostname
        self.user = user
        self.workingDirectory = workingDirectory
        self.disableNetworking = disableNetworking
        self.privileged = privileged
        self.readonlyRootFilesystem = readonlyRootFilesystem
        self.dnsServers = dnsServers
        self.dnsSearchDomains = dnsSearchDomains
        self.extraHosts = extraHosts
        self.dockerSecurityOptions = dockerSecurityOptions
        self.interactive = interactive
        self.pseudoTerminal = pseudoTerminal
        self.dockerLabels = dockerLabels
        self.ulimits = ulimits
        self.logConfiguration = logConfiguration
        self.healthCheck = healthCheck
        self.systemControls = systemControls
        self.resourceRequirements = resourceRequirements
        self.firelensConfiguration = firelensConfiguration
        self.credentialSpecs = credentialSpecs
    }

    /// Decodes; absent members get the values that the initialiser gives them, and an absent name is empty: validation,
    /// not the decoder, complains.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try container.decodeIfPresent(String.self, forKey: .name) ?? "",
            image: try container.decodeIfPresent(String.self, forKey: .image),
            repositoryCredentials: try container.decodeIfPresent(
                RepositoryCredentials.self, forKey: .repositoryCredentials),
            cpu: try container.decodeIfPresent(Int.self, forKey: .cpu),
            memory: try container.decodeIfPresent(Int.self, forKey: .memory),
            memoryReservation: try container.decodeIfPresent(Int.self, forKey: .memoryReservation),
            links: try container.decodeIfPresent([String].self, forKey: .links),
            portMappings: try container.decodeIfPresent([PortMapping].self, forKey: .portMappings),
            essential: try container.decodeIfPresent(Bool.self, forKey: .essential),
            restartPolicy: try container.decodeIfPresent(ContainerRestartPolicy.self, forKey: .restartPolicy),
            entryPoint: try container.decodeIfPresent([String].self, forKey: .entryPoint),
            command: try container.decodeIfPresent([String].self, forKey: .command),
            environment: try container.decodeIfPresent([KeyValuePair].self, forKey: .environment),
            environmentFiles: try container.decodeIfPresent([EnvironmentFile].self, forKey: .environmentFiles),
            mountPoints: try container.decodeIfPresent([MountPoint].self, forKey: .mountPoints),
            volumesFrom: try container.decodeIfPresent([VolumeFrom].self, forKey: .volumesFrom),
            linuxParameters: try container.decodeIfPresent(LinuxParameters.self, forKey: .linuxParameters),
            secrets: try container.decodeIfPresent([Secret].self, forKey: .secrets),
            dependsOn: try container.decodeIfPresent([ContainerDependency].self, forKey: .dependsOn),
            startTimeout: try container.decodeIfPresent(Int.self, forKey: .startTimeout),
            stopTimeout: try container.decodeIfPresent(Int.self, forKey: .stopTimeout),
            versionConsistency: try container.decodeIfPresent(String.self, forKey: .versionConsistency),
            hostname: try container.decodeIfPresent(String.self, forKey: .hostname),
            user: try container.decodeIfPresent(String.self, forKey: .user),
            workingDirectory: try container.decodeIfPresent(String.self, forKey: .workingDirectory),
            disableNetworking: try container.decodeIfPresent(Bool.self, forKey: .disableNetworking),
            privileged: try container.decodeIfPresent(Bool.self, forKey: .privileged),
            readonlyRootFilesystem: try container.decodeIfPresent(Bool.self, forKey: .readonlyRootFilesystem),
            dnsServers: try container.decodeIfPresent([String].self, forKey: .dnsServers),
            dnsSearchDomains: try container.decodeIfPresent([String].self, forKey: .dnsSearchDomains),
            extraHosts: try container.decodeIfPresent([HostEntry].self, forKey: .extraHosts),
            dockerSecurityOptions: try container.decodeIfPresent([String].self, forKey: .dockerSecurityOptions),
            interactive: try container.decodeIfPresent(Bool.self, forKey: .interactive),
            pseudoTerminal: try container.decodeIfPresent(Bool.self, forKey: .pseudoTerminal),
            dockerLabels: try container.decodeIfPresent([String: String].self, forKey: .dockerLabels),
            ulimits: try container.decodeIfPresent([Ulimit].self, forKey: .ulimits),
            logConfiguration: try container.decodeIfPresent(LogConfiguration.self, forKey: .logConfiguration),
            healthCheck: try container.decodeIfPresent(HealthCheck.self, forKey: .healthCheck),
            systemControls: try container.decodeIfPresent([SystemControl].self, forKey: .systemControls),
            resourceRequirements: try container.decodeIfPresent(
                [ResourceRequirement].self, forKey: .resourceRequirements),
            firelensConfiguration: try container.decodeIfPresent(
                FirelensConfiguration.self, forKey: .firelensConfiguration),
            credentialSpecs: try container.decodeIfPresent([String].self, forKey: .credentialSpecs))
    }
}
