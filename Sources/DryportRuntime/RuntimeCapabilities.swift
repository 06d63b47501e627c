// SPDX-License-Identifier: Apache-2.0

/// What a runtime can do on this host. The agent turns it into the attributes that it registers
/// (`ecs-agent.md` §2.3) and refuses tasks that ask for more.
public struct RuntimeCapabilities: Sendable, Hashable, Codable {
    /// The runtime's name, such as `docker`; used in messages and in `--runtime`.
    public var name: String
    /// The engine's version, such as `20.10.24`; for plain processes, the kernel's.
    public var version: String
    /// Docker Engine API versions that the runtime answers to, such as `1.41`; empty for other runtimes.
    public var dockerAPIVersions: [String]
    /// The network modes it offers.
    public var networkModes: Set<NetworkMode>
    /// Log drivers by their names in ECS; never empty.
    public var logDrivers: [String]
    /// Whether containers have file systems of their own. If not, `image` is a name without meaning and
    /// commands run from the host's file system.
    public var hasImages: Bool
    /// Whether memory limits are enforced.
    public var enforcesMemoryLimits: Bool
    /// Whether CPU shares and limits are enforced.
    public var enforcesCPULimits: Bool
    /// Whether directories and volumes can be mounted.
    public var hasMounts: Bool
    /// Whether containers can be privileged.
    public var canRunPrivileged: Bool
    /// Whether health checks run.
    public var hasHealthChecks: Bool

    /// Creates capabilities.
    public init(
        name: String, version: String, dockerAPIVersions: [String] = [], networkModes: Set<NetworkMode>,
        logDrivers: [String], hasImages: Bool, enforcesMemoryLimits: Bool, enforcesCPULimits: Bool,
        hasMounts: Bool, canRunPrivileged: Bool, hasHealthChecks: Bool
    ) {
        self.name = name
        self.version = version
        self.dockerAPIVersions = dockerAPIVersions
        self.networkModes = networkModes
        self.logDrivers = logDrivers
        self.hasImages = hasImages
        self.enforcesMemoryLimits = enforcesMemoryLimits
        self.enforcesCPULimits = enforcesCPULimits
        self.hasMounts = hasMounts
        self.canRunPrivileged = canRunPrivileged
        self.hasHealthChecks = hasHealthChecks
    }
}
