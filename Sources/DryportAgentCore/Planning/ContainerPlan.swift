// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// Everything a runtime needs to make one container, in the core's terms. It has the same members as the
/// runtime port's specification, so that a shell copies it member by member.
public struct ContainerPlan: Sendable, Hashable, Codable {
    /// A file system seen inside the container.
    public struct Mount: Sendable, Hashable, Codable {
        /// Where a mount comes from.
        public enum Source: Sendable, Hashable, Codable {
            /// A directory of the host, by its absolute path.
            case hostPath(String)
            /// A volume of the engine, by name.
            case volume(String)
        }

        /// Where it comes from.
        public var source: Source
        /// The absolute path inside the container.
        public var containerPath: String
        /// Whether the container may only read.
        public var isReadOnly: Bool

        /// Creates a mount.
        public init(source: Source, containerPath: String, isReadOnly: Bool) {
            self.source = source
            self.containerPath = containerPath
            self.isReadOnly = isReadOnly
        }
    }

    /// A port made reachable through the host.
    public struct Port: Sendable, Hashable, Codable {
        /// The port inside.
        public var containerPort: Int
        /// The port of the host; 0 lets the runtime pick one.
        public var hostPort: Int
        /// TCP or UDP.
        public var transportProtocol: TransportProtocol

        /// Creates a port.
        public init(containerPort: Int, hostPort: Int, transportProtocol: TransportProtocol) {
            self.containerPort = containerPort
            self.hostPort = hostPort
            self.transportProtocol = transportProtocol
        }
    }

    /// A limit on a resource of the kernel.
    public struct ResourceLimit: Sendable, Hashable, Codable {
        /// Such as `nofile`.
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

    /// The ARN of the container instance, which owns the container.
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
    /// The engine's name for the container, unique on the host (`ecs-agent.md` §10.1).
    public var engineName: String
    /// The image as the task definition spells it.
    public var image: String
    /// Replaces the image's entry point; nil keeps it.
    public var entryPoint: [String]?
    /// Replaces the image's command; nil keeps it.
    public var command: [String]?
    /// Environment variables. Looked up and handed on, never iterated by the core.
    public var environment: [String: String]
    /// The working directory; nil keeps the image's.
    public var workingDirectory: String?
    /// The user; nil keeps the image's.
    public var user: String?
    /// CPU shares, 2–262,144.
    public var cpuShares: Int
    /// The hard CPU limit in CPU units; nil for none.
    public var cpuLimit: Int?
    /// The hard memory limit in MiB; nil for none.
    public var memoryLimit: Int?
    /// The soft memory limit in MiB; nil for none.
    public var memoryReservation: Int?
    /// `bridge`, `host` or `none`.
    public var networkMode: String
    /// Ports to publish.
    public var ports: [Port]
    /// File systems.
    public var mounts: [Mount]
    /// `engineName:alias` of linked containers.
    public var links: [String]
    /// Engine names of containers whose mounts are shared, with `:ro` for reading only.
    public var volumesFrom: [String]
    /// Labels of the user's.
    public var labels: [String: String]
    /// Kernel resource limits.
    public var resourceLimits: [ResourceLimit]
    /// The control plane's own words for a Docker-like engine: JSON of `Config`.
    public var engineConfig: String?
    /// The same of `HostConfig`.
    public var engineHostConfig: String?
}
