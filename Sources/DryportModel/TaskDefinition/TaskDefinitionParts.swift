// SPDX-License-Identifier: Apache-2.0

/// A name with a value, such as an environment variable.
public struct KeyValuePair: Codable, Sendable, Hashable {
    /// The name.
    public var name: String?
    /// The value.
    public var value: String?

    /// Creates the value.
    public init(name: String? = nil, value: String? = nil) {
        self.name = name
        self.value = value
    }
}

/// A tag of a resource (`ecs-control-plane.md` §2.3).
public struct Tag: Codable, Sendable, Hashable {
    /// The key: 1 to 128 characters, unique in the resource.
    public var key: String?
    /// The value: up to 256 characters.
    public var value: String?

    /// Creates the value.
    public init(key: String? = nil, value: String? = nil) {
        self.key = key
        self.value = value
    }
}

/// A property of a container instance, or one that a task definition requires (`ecs-control-plane.md` §3.6, §4.3).
public struct Attribute: Codable, Sendable, Hashable {
    /// The name, such as `ecs.os-type`.
    public var name: String?
    /// The value; many attributes have none.
    public var value: String?
    /// `container-instance`, where the attribute is addressed on its own.
    public var targetType: String?
    /// The instance, by ARN or id, where the attribute is addressed on its own.
    public var targetId: String?

    /// Creates the value.
    public init(name: String? = nil, value: String? = nil, targetType: String? = nil, targetId: String? = nil) {
        self.name = name
        self.value = value
        self.targetType = targetType
        self.targetId = targetId
    }
}

/// A constraint of every task made of a definition.
public struct TaskDefinitionPlacementConstraint: Codable, Sendable, Hashable {
    /// Only `memberOf`.
    public var type: String?
    /// An expression of the cluster query language.
    public var expression: String?

    /// Creates the value.
    public init(type: String? = nil, expression: String? = nil) {
        self.type = type
        self.expression = expression
    }
}

/// App Mesh's proxy; external instances do not have it.
public struct ProxyConfiguration: Codable, Sendable, Hashable {
    /// `APPMESH`.
    public var type: String?
    /// The container that is the proxy.
    public var containerName: String?
    /// Its settings.
    public var properties: [KeyValuePair]?

    /// Creates the value.
    public init(type: String? = nil, containerName: String? = nil, properties: [KeyValuePair]? = nil) {
        self.type = type
        self.containerName = containerName
        self.properties = properties
    }
}

/// An Elastic Inference accelerator, which AWS has ended.
public struct InferenceAccelerator: Codable, Sendable, Hashable {
    /// The name containers refer to.
    public var deviceName: String?
    /// The accelerator's type.
    public var deviceType: String?

    /// Creates the value.
    public init(deviceName: String? = nil, deviceType: String? = nil) {
        self.deviceName = deviceName
        self.deviceType = deviceType
    }
}

/// Fargate's scratch disk.
public struct EphemeralStorage: Codable, Sendable, Hashable {
    /// The size in GiB, 21 to 200.
    public var sizeInGiB: Int?

    /// Creates the value.
    public init(sizeInGiB: Int? = nil) {
        self.sizeInGiB = sizeInGiB
    }
}

/// What the images are made for.
public struct RuntimePlatform: Codable, Sendable, Hashable {
    /// `X86_64` or `ARM64`.
    public var cpuArchitecture: String?
    /// `LINUX` or one of the `WINDOWS_SERVER_…` editions.
    public var operatingSystemFamily: String?

    /// Creates the value.
    public init(cpuArchitecture: String? = nil, operatingSystemFamily: String? = nil) {
        self.cpuArchitecture = cpuArchitecture
        self.operatingSystemFamily = operatingSystemFamily
    }
}

/// Where the private registry's user name and password are.
public struct RepositoryCredentials: Codable, Sendable, Hashable {
    /// A Secrets Manager secret, by ARN or, in the same region, by name.
    public var credentialsParameter: String?

    /// Creates the value.
    public init(credentialsParameter: String? = nil) {
        self.credentialsParameter = credentialsParameter
    }
}

/// A published port or range of ports (`ecs-control-plane.md` §3.3).
public struct PortMapping: Codable, Sendable, Hashable {
    /// The port inside, 1 to 65535.
    public var containerPort: Int?
    /// The port outside; 0 or absent means any free one in `bridge` mode, ``containerPort`` in `host` mode.
    public var hostPort: Int?
    /// `tcp` (what absence means) or `udp`.
    public var `protocol`: String?
    /// A name for service discovery; stored only.
    public var name: String?
    /// `http`, `http2` or `grpc`; stored only.
    public var appProtocol: String?
    /// A range `first-last` instead of ``containerPort``.
    public var containerPortRange: String?

    /// Creates the value.
    public init(
        containerPort: Int? = nil, hostPort: Int? = nil, protocol: String? = nil, name: String? = nil,
        appProtocol: String? = nil, containerPortRange: String? = nil
    ) {
        self.containerPort = containerPort
        self.hostPort = hostPort
        self.protocol = `protocol`
        self.name = name
        self.appProtocol = appProtocol
        self.containerPortRange = containerPortRange
    }
}

/// Whether and when the agent restarts a container in place (`ecs-agent.md` §10.7).
public struct ContainerRestartPolicy: Codable, Sendable, Hashable {
    /// Whether it does at all.
    public var enabled: Bool?
    /// Exit codes after which it does not, at most 50.
    public var ignoredExitCodes: [Int]?
    /// Seconds the container must have run to be restarted, 60 to 1800; absent means 300.
    public var restartAttemptPeriod: Int?

    /// Creates the value.
    public init(enabled: Bool? = nil, ignoredExitCodes: [Int]? = nil, restartAttemptPeriod: Int? = nil) {
        self.enabled = enabled
        self.ignoredExitCodes = ignoredExitCodes
        self.restartAttemptPeriod = restartAttemptPeriod
    }
}

/// A file of environment variables.
public struct EnvironmentFile: Codable, Sendable, Hashable {
    /// The S3 object's ARN; it ends in `.env`.
    public var value: String?
    /// `s3`.
    public var type: String?

    /// Creates the value.
    public init(value: String? = nil, type: String? = nil) {
        self.value = value
        self.type = type
    }
}

/// Where a volume appears in a container.
public struct MountPoint: Codable, Sendable, Hashable {
    /// The volume's name in the task definition.
    public var sourceVolume: String?
    /// The path inside the container.
    public var containerPath: String?
    /// Whether the container cannot write; absent means false.
    public var readOnly: Bool?

    /// Creates the value.
    public init(sourceVolume: String? = nil, containerPath: String? = nil, readOnly: Bool? = nil) {
        self.sourceVolume = sourceVolume
        self.containerPath = containerPath
        self.readOnly = readOnly
    }
}

/// Another container whose volumes appear too.
public struct VolumeFrom: Codable, Sendable, Hashable {
    /// That container's name.
    public var sourceContainer: String?
    /// Whether this container cannot write; absent means false.
    public var readOnly: Bool?

    /// Creates the value.
    public init(sourceContainer: String? = nil, readOnly: Bool? = nil) {
        self.sourceContainer = sourceContainer
        self.readOnly = readOnly
    }
}

/// A value that the agent fetches from a secret store when the task starts.
public struct Secret: Codable, Sendable, Hashable {
    /// The variable or log option it becomes.
    public var name: String?
    /// A Secrets Manager ARN, optionally with `:json-key:stage:version`, or an SSM parameter's ARN or name.
    public var valueFrom: String?

    /// Creates the value.
    public init(name: String? = nil, valueFrom: String? = nil) {
        self.name = name
        self.valueFrom = valueFrom
    }
}

/// What another container must have reached.
public struct ContainerDependency: Codable, Sendable, Hashable {
    /// That container's name.
    public var containerName: String?
    /// `START`, `COMPLETE`, `SUCCESS` or `HEALTHY`.
    public var condition: String?

    /// Creates the value.
    public init(containerName: String? = nil, condition: String? = nil) {
        self.containerName = containerName
        self.condition = condition
    }
}

/// A line of `/etc/hosts`.
public struct HostEntry: Codable, Sendable, Hashable {
    /// The name.
    public var hostname: String?
    /// The address.
    public var ipAddress: String?

    /// Creates the value.
    public init(hostname: String? = nil, ipAddress: String? = nil) {
        self.hostname = hostname
        self.ipAddress = ipAddress
    }
}

/// A resource limit of the container's processes.
public struct Ulimit: Codable, Sendable, Hashable {
    /// The limit's name, such as `nofile`.
    public var name: String?
    /// The limit in force.
    public var softLimit: Int?
    /// What the process may raise it to.
    public var hardLimit: Int?

    /// Creates the value.
    public init(name: String? = nil, softLimit: Int? = nil, hardLimit: Int? = nil) {
        self.name = name
        self.softLimit = softLimit
        self.hardLimit = hardLimit
    }
}

/// Where a container's output goes.
public struct LogConfiguration: Codable, Sendable, Hashable {
    /// The driver, such as `json-file`.
    public var logDriver: String?
    /// The driver's options.
    public var options: [String: String]?
    /// Options whose values come from a secret store.
    public var secretOptions: [Secret]?

    /// Creates the value.
    public init(logDriver: String? = nil, options: [String: String]? = nil, secretOptions: [Secret]? = nil) {
        self.logDriver = logDriver
        self.options = options
        self.secretOptions = secretOptions
    }
}

/// A command that tells whether the container is healthy.
public struct HealthCheck: Codable, Sendable, Hashable {
    /// The command; its first element is `CMD`, `CMD-SHELL` or `NONE`.
    public var command: [String]?
    /// Seconds between checks, 5 to 300; absent means 30.
    public var interval: Int?
    /// Seconds one check may take, 2 to 60; absent means 5.
    public var timeout: Int?
    /// Failures in a row that make it unhealthy, 1 to 10; absent means 3.
    public var retries: Int?
    /// Seconds after the start in which failures do not count, 0 to 300; absent means 0.
    public var startPeriod: Int?

    /// Creates the value.
    public init(
        command: [String]? = nil, interval: Int? = nil, timeout: Int? = nil, retries: Int? = nil,
        startPeriod: Int? = nil
    ) {
        self.command = command
        self.interval = interval
        self.timeout = timeout
        self.retries = retries
        self.startPeriod = startPeriod
    }
}

/// A kernel parameter.
public struct SystemControl: Codable, Sendable, Hashable {
    /// The parameter's name, such as `net.core.somaxconn`.
    public var namespace: String?
    /// Its value.
    public var value: String?

    /// Creates the value.
    public init(namespace: String? = nil, value: String? = nil) {
        self.namespace = namespace
        self.value = value
    }
}

/// A number of GPUs.
public struct ResourceRequirement: Codable, Sendable, Hashable {
    /// The number in decimal digits.
    public var value: String?
    /// `GPU`; the wire also knows the ended `InferenceAccelerator`.
    public var type: String?

    /// Creates the value.
    public init(value: String? = nil, type: String? = nil) {
        self.value = value
        self.type = type
    }
}

/// Makes a container the task's log router.
public struct FirelensConfiguration: Codable, Sendable, Hashable {
    /// `fluentd` or `fluentbit`.
    public var type: String?
    /// `enable-ecs-log-metadata`, `config-file-type`, `config-file-value`.
    public var options: [String: String]?

    /// Creates the value.
    public init(type: String? = nil, options: [String: String]? = nil) {
        self.type = type
        self.options = options
    }
}
