// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// Who a container is, in ECS's terms. It is stored with the container, so an agent that restarts can tell
/// what it finds.
public struct ContainerIdentity: Sendable, Hashable, Codable {
    /// Which agent the container belongs to: the ARN of its container instance. Two agents on one host,
    /// with different data directories, never touch each other's containers.
    public var owner: String
    /// The task's ARN.
    public var taskARN: String
    /// The container's name in the task definition.
    public var containerName: String
    /// The task definition's family.
    public var family: String
    /// The task definition's revision, as text.
    public var revision: String
    /// The cluster as the agent was configured with it.
    public var cluster: String

    /// Creates an identity.
    public init(
        owner: String, taskARN: String, containerName: String, family: String, revision: String, cluster: String
    ) {
        self.owner = owner
        self.taskARN = taskARN
        self.containerName = containerName
        self.family = family
        self.revision = revision
        self.cluster = cluster
    }
}

/// Everything a runtime needs to make a container.
public struct ContainerSpec: Sendable, Hashable, Codable {
    /// A file system seen inside the container.
    public struct Mount: Sendable, Hashable, Codable {
        /// Where a mount comes from.
        public enum Source: Sendable, Hashable, Codable {
            /// A directory of the host, by its absolute path.
            case hostPath(String)
            /// A volume of the engine, by name; created if it does not exist.
            case volume(String)
        }

        /// Where it comes from.
        public var source: Source
        /// The absolute path inside the container.
        public var containerPath: String
        /// Whether the container may only read.
        public var isReadOnly: Bool

        /// Creates a mount.
        public init(source: Source, containerPath: String, isReadOnly: Bool = false) {
            self.source = source
            self.containerPath = containerPath
            self.isReadOnly = isReadOnly
        }
    }

    /// A port of the container made reachable through the host.
    public struct PortMapping: Sendable, Hashable, Codable {
        /// The port inside, 1–65,535.
        public var containerPort: Int
        /// The port of the host, 1–65,535; 0 lets the runtime pick a free one.
        public var hostPort: Int
        /// TCP or UDP.
        public var transportProtocol: TransportProtocol

        /// Creates a mapping.
        public init(containerPort: Int, hostPort: Int = 0, transportProtocol: TransportProtocol = .tcp) {
            self.containerPort = containerPort
            self.hostPort = hostPort
            self.transportProtocol = transportProtocol
        }
    }

    /// A limit on a resource of the kernel, as in setrlimit(2).
    public struct ResourceLimit: Sendable, Hashable, Codable {
        /// The limit's name in ECS: `nofile`, `nproc`, ….
        public var name: String
        /// The soft limit; -1 is unlimited.
        public var soft: Int64
        /// The hard limit; -1 is unlimited.
        public var hard: Int64

        /// Creates a limit.
        public init(name: String, soft: Int64, hard: Int64) {
            self.name = name
            self.soft = soft
            self.hard = hard
        }
    }

    /// Who the container is.
    public var identity: ContainerIdentity
    /// The name the engine shall show, where it shows names. Unique on the host.
    public var name: String
    /// The image, as the task definition spells it.
    public var image: String
    /// Replaces the image's entry point; nil keeps it.
    public var entryPoint: [String]?
    /// Replaces the image's command; nil keeps it.
    public var command: [String]?
    /// Environment variables.
    public var environment: [String: String]
    /// The working directory; nil keeps the image's.
    public var workingDirectory: String?
    /// The user, as `user`, `uid`, `user:group` or `uid:gid`; nil keeps the image's.
    public var user: String?
    /// Relative CPU shares, 2–262,144; 1,024 is one CPU's worth.
    public var cpuShares: Int
    /// The hard CPU limit in CPU units (1,024 is one CPU); nil for none.
    public var cpuLimit: Int?
    /// The hard memory limit in MiB; nil for none.
    public var memoryLimit: Int?
    /// The soft memory limit in MiB; nil for none.
    public var memoryReservation: Int?
    /// How the container is connected.
    public var networkMode: NetworkMode
    /// Ports to publish; only with ``NetworkMode/bridge``.
    public var portMappings: [PortMapping]
    /// File systems.
    public var mounts: [Mount]
    /// Names of containers of the same task, as `engineName:alias`, reachable by alias.
    public var links: [String]
    /// Engine names of containers whose mounts are shared, with `:ro` for reading only.
    public var volumesFrom: [String]
    /// Labels of the user's.
    public var labels: [String: String]
    /// Kernel resource limits.
    public var resourceLimits: [ResourceLimit]
    /// What the control plane wants said to a Docker-compatible engine in its own words: JSON objects in the
    /// form of the Engine API's `Config` and `HostConfig`. Docker-like runtimes lay them over what they
    /// derive from the members above (`ecs-agent.md` §5.6); others ignore them, as the members above already
    /// hold what can be expressed without an engine.
    public var engineConfig: String?
    /// See ``engineConfig``.
    public var engineHostConfig: String?

    /// Creates a specification with nothing but what is required.
    /// - Parameters:
    ///   - identity: Who the container is.
    ///   - name: The engine's name for it, unique on the host.
    ///   - image: The image.
    public init(identity: ContainerIdentity, name: String, image: String) {
        self.identity = identity
        self.name = name
        self.image = image
        self.environment = [:]
        self.cpuShares = 2
        self.networkMode = .bridge
        self.portMappings = []
        self.mounts = []
        self.links = []
        self.volumesFrom = []
        self.labels = [:]
        self.resourceLimits = []
    }
}

/// How a container is connected to the network.
public enum NetworkMode: String, Sendable, Hashable, Codable, CaseIterable {
    /// Its own address behind the host's bridge; ports are published.
    case bridge
    /// The host's own network.
    case host
    /// No network but loopback.
    case none
}

/// A container as its runtime knows it. Serialisable: keep it, and any later process can go on with it.
public struct ContainerHandle: Sendable, Hashable, Codable {
    /// The runtime's own identifier, which ECS shows as `runtimeId`; at most 255 characters.
    public var id: String

    /// Creates a handle.
    public init(id: String) { self.id = id }
}

/// User name and password for a registry.
public struct RegistryCredentials: Sendable, Hashable {
    /// The user name.
    public var username: String
    /// The password; never printed.
    public var password: String

    /// Creates credentials.
    public init(username: String, password: String) {
        self.username = username
        self.password = password
    }
}

extension RegistryCredentials: CustomStringConvertible, CustomReflectable {
    /// The text form.
    public var description: String { "RegistryCredentials(username: \(username), password: redacted)" }
    /// Shows no secret.
    public var customMirror: Mirror { Mirror(self, children: ["username": username]) }
}
