// SPDX-License-Identifier: Apache-2.0

public import DryportModel

extension ACS {
    /// A port, or a range of ports, to publish.
    public struct PortMapping: Codable, Sendable, Hashable {
        /// The port inside.
        public var containerPort: Int?
        /// The port outside; 0 means that the agent picks one.
        public var hostPort: Int?
        /// `tcp` or `udp`.
        public var `protocol`: String?
        /// A range `first-last` instead of ``containerPort``.
        public var containerPortRange: String?

        /// Creates the value.
        public init(
            containerPort: Int? = nil, hostPort: Int? = nil, protocol: String? = nil, containerPortRange: String? = nil
        ) {
            self.containerPort = containerPort
            self.hostPort = hostPort
            self.protocol = `protocol`
            self.containerPortRange = containerPortRange
        }
    }

    /// Settings in the words of Docker's Engine API, laid over those that the agent derives itself (`ecs-agent.md`
    /// §5.6).
    public struct DockerConfig: Codable, Sendable, Hashable {
        /// The API version for creating and starting the container.
        public var version: String?
        /// A string that holds the JSON of Docker's `Config`.
        public var config: String?
        /// A string that holds the JSON of Docker's `HostConfig`.
        public var hostConfig: String?

        /// Creates the value.
        public init(version: String? = nil, config: String? = nil, hostConfig: String? = nil) {
            self.version = version
            self.config = config
            self.hostConfig = hostConfig
        }
    }

    /// A value that the agent fetches when the task starts (`ecs-agent.md` §5.9).
    public struct Secret: Codable, Sendable, Hashable {
        /// The variable or log option it becomes.
        public var name: String?
        /// Where the value is.
        public var valueFrom: String?
        /// `ENVIRONMENT_VARIABLE`, `MOUNT_POINT` or `BOOTSTRAP`.
        public var type: String?
        /// `ssm` or `asm`.
        public var provider: String?
        /// The region of the store.
        public var region: String?
        /// `CONTAINER` or `LOG_DRIVER`.
        public var target: String?
        /// The file it becomes; only with `MOUNT_POINT`.
        public var containerPath: String?

        /// Creates the value.
        public init(
            name: String? = nil, valueFrom: String? = nil, type: String? = nil, provider: String? = nil,
            region: String? = nil, target: String? = nil, containerPath: String? = nil
        ) {
            self.name = name
            self.valueFrom = valueFrom
            self.type = type
            self.provider = provider
            self.region = region
            self.target = target
            self.containerPath = containerPath
        }
    }

    /// How to log in to an image's registry.
    public struct RegistryAuthentication: Codable, Sendable, Hashable {
        /// `ecr` or `asm`.
        public var type: String?
        /// With `ecr`: which registry.
        public var ecrAuthData: ECRAuthData?
        /// With `asm`: which secret.
        public var asmAuthData: ASMAuthData?

        /// Creates the value.
        public init(type: String? = nil, ecrAuthData: ECRAuthData? = nil, asmAuthData: ASMAuthData? = nil) {
            self.type = type
            self.ecrAuthData = ecrAuthData
            self.asmAuthData = asmAuthData
        }
    }

    /// An Amazon ECR registry.
    public struct ECRAuthData: Codable, Sendable, Hashable {
        /// The registry's account.
        public var registryId: String?
        /// The registry's region.
        public var region: String?
        /// Another endpoint than the usual one.
        public var endpointOverride: String?
        /// Whether to use the execution role instead of the instance's.
        public var useExecutionRole: Bool?

        /// Creates the value.
        public init(
            registryId: String? = nil, region: String? = nil, endpointOverride: String? = nil,
            useExecutionRole: Bool? = nil
        ) {
            self.registryId = registryId
            self.region = region
            self.endpointOverride = endpointOverride
            self.useExecutionRole = useExecutionRole
        }
    }

    /// A Secrets Manager secret with a user name and a password.
    public struct ASMAuthData: Codable, Sendable, Hashable {
        /// The secret.
        public var credentialsParameter: String?
        /// The secret's region.
        public var region: String?

        /// Creates the value.
        public init(credentialsParameter: String? = nil, region: String? = nil) {
            self.credentialsParameter = credentialsParameter
            self.region = region
        }
    }

    /// A device given to a container.
    public struct Association: Codable, Sendable, Hashable {
        /// The device's id.
        public var name: String?
        /// `gpu`.
        public var type: String?
        /// The container's name, as the only entry.
        public var containers: [String]?
        /// What the container may read about it.
        public var content: EncodedString?

        /// Creates the value.
        public init(
            name: String? = nil, type: String? = nil, containers: [String]? = nil, content: EncodedString? = nil
        ) {
            self.name = name
            self.type = type
            self.containers = containers
            self.content = content
        }
    }

    /// A text in an encoding.
    public struct EncodedString: Codable, Sendable, Hashable {
        /// `base64`.
        public var encoding: String?
        /// The encoded text.
        public var value: String?

        /// Creates the value.
        public init(encoding: String? = nil, value: String? = nil) {
            self.encoding = encoding
            self.value = value
        }
    }

    /// An agent that runs inside a container.
    public struct ManagedAgent: Codable, Sendable, Hashable {
        /// `ExecuteCommandAgent`.
        public var name: String?
        /// Its settings, such as `sessionLimit`.
        public var properties: [String: String]?

        /// Creates the value.
        public init(name: String? = nil, properties: [String: String]? = nil) {
            self.name = name
            self.properties = properties
        }
    }

    /// A volume of a task (`ecs-agent.md` §5.5).
    public struct Volume: Codable, Sendable, Hashable {
        /// The name that mount points refer to.
        public var name: String?
        /// `host` (what absence means), `docker` or `efs`.
        public var type: String?
        /// With `host`: must be present; one without a path is a fresh volume of the task's own.
        public var host: HostVolumeProperties?
        /// With `docker`.
        public var dockerVolumeConfiguration: DockerVolumeConfiguration?
        /// With `efs`.
        public var efsVolumeConfiguration: EFSVolumeConfiguration?
        /// With `fsxWindowsFileServer`.
        public var fsxWindowsFileServerVolumeConfiguration: FSxWindowsFileServerVolumeConfiguration?

        /// Creates the value.
        public init(
            name: String? = nil, type: String? = nil, host: HostVolumeProperties? = nil,
            dockerVolumeConfiguration: DockerVolumeConfiguration? = nil,
            efsVolumeConfiguration: EFSVolumeConfiguration? = nil,
            fsxWindowsFileServerVolumeConfiguration: FSxWindowsFileServerVolumeConfiguration? = nil
        ) {
            self.name = name
            self.type = type
            self.host = host
            self.dockerVolumeConfiguration = dockerVolumeConfiguration
            self.efsVolumeConfiguration = efsVolumeConfiguration
            self.fsxWindowsFileServerVolumeConfiguration = fsxWindowsFileServerVolumeConfiguration
        }
    }

    /// The same as in a task definition.
    public typealias HostVolumeProperties = DryportModel.HostVolumeProperties

    /// The same as in a task definition.
    public typealias DockerVolumeConfiguration = DryportModel.DockerVolumeConfiguration

    /// The same as in a task definition.
    public typealias EFSVolumeConfiguration = DryportModel.EFSVolumeConfiguration

    /// The same as in a task definition.
    public typealias FSxWindowsFileServerVolumeConfiguration = DryportModel.FSxWindowsFileServerVolumeConfiguration
}
