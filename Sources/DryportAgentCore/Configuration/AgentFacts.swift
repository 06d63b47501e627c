// SPDX-License-Identifier: Apache-2.0

/// What the shell found out about the host before the agent starts.
public struct AgentFacts: Sendable, Hashable {
    /// The host.
    public var host: HostFacts
    /// What its container runtime can do.
    public var runtime: RuntimeFacts
    /// The public half of what the node proves its identity with.
    public var node: NodeIdentity

    /// Creates facts.
    public init(host: HostFacts, runtime: RuntimeFacts, node: NodeIdentity) {
        self.host = host
        self.runtime = runtime
        self.node = node
    }
}

/// The host's size and names.
public struct HostFacts: Sendable, Hashable {
    /// Logical CPUs, at least 1; each counts 1,024 CPU units.
    public var logicalCPUs: Int
    /// Memory in MiB.
    public var memory: Int
    /// `x86_64` or `arm64`.
    public var architecture: String
    /// Such as `ubuntu_24.04`; nil if unknown.
    public var operatingSystem: String?
    /// The system's name for people, such as `Ubuntu`; nil if unknown.
    public var platformName: String?
    /// The system's version for people, such as `24.04`; nil if unknown.
    public var platformVersion: String?
    /// The host's name.
    public var hostName: String
    /// The host's address, as text; empty if it has none.
    public var address: String

    /// Creates facts.
    public init(
        logicalCPUs: Int, memory: Int, architecture: String, operatingSystem: String? = nil,
        platformName: String? = nil, platformVersion: String? = nil, hostName: String, address: String = ""
    ) {
        self.logicalCPUs = logicalCPUs
        self.memory = memory
        self.architecture = architecture
        self.operatingSystem = operatingSystem
        self.platformName = platformName
        self.platformVersion = platformVersion
        self.hostName = hostName
        self.address = address
    }
}

/// What the container runtime can do; the same members as the runtime port's capabilities, in the core's terms.
public struct RuntimeFacts: Sendable, Hashable {
    /// The runtime's name, such as `docker`.
    public var name: String
    /// The engine's version.
    public var version: String
    /// Docker Engine API versions it answers to, such as `1.41`; empty for other runtimes.
    public var dockerAPIVersions: [String]
    /// Network modes, such as `bridge`.
    public var networkModes: [String]
    /// Log drivers by their names in ECS.
    public var logDrivers: [String]
    /// Whether memory limits are enforced.
    public var enforcesMemoryLimits: Bool
    /// Whether CPU limits are enforced.
    public var enforcesCPULimits: Bool
    /// Whether directories and volumes can be mounted.
    public var hasMounts: Bool
    /// Whether containers can be privileged.
    public var canRunPrivileged: Bool
    /// Whether health checks run.
    public var hasHealthChecks: Bool

    /// Creates facts about a runtime that can do everything but privileged containers and health checks.
    public init(name: String, version: String) {
        self.name = name
        self.version = version
        self.dockerAPIVersions = []
        self.networkModes = ["bridge", "host", "none"]
        self.logDrivers = ["json-file"]
        self.enforcesMemoryLimits = true
        self.enforcesCPULimits = true
        self.hasMounts = true
        self.canRunPrivileged = false
        self.hasHealthChecks = false
    }
}

/// The public half of a managed node's identity (`ssm-agent.md` §1.3, §2). The private key stays with the shell.
public struct NodeIdentity: Sendable, Hashable {
    /// The base64 of the DER of the public key's SubjectPublicKeyInfo.
    public var publicKey: String
    /// The fingerprint, a lower-case UUID.
    public var fingerprint: String

    /// Creates an identity.
    public init(publicKey: String, fingerprint: String) {
        self.publicKey = publicKey
        self.fingerprint = fingerprint
    }
}
