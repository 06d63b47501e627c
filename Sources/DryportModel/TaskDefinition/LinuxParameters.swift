// SPDX-License-Identifier: Apache-2.0

/// Kernel settings of a Linux container.
public struct LinuxParameters: Codable, Sendable, Hashable {
    /// Capabilities to add to and drop from the runtime's default.
    public var capabilities: KernelCapabilities?
    /// Devices of the host that appear in the container.
    public var devices: [Device]?
    /// Whether a small init process runs first, which forwards signals and reaps processes.
    public var initProcessEnabled: Bool?
    /// Size of `/dev/shm` in MiB.
    public var sharedMemorySize: Int?
    /// File systems in memory.
    public var tmpfs: [Tmpfs]?
    /// Swap the container may use, in MiB; 0 means none, absent means the runtime's default.
    public var maxSwap: Int?
    /// How eagerly memory is swapped, 0 to 100; ignored without ``maxSwap``.
    public var swappiness: Int?

    /// Creates the value.
    public init(
        capabilities: KernelCapabilities? = nil, devices: [Device]? = nil, initProcessEnabled: Bool? = nil,
        sharedMemorySize: Int? = nil, tmpfs: [Tmpfs]? = nil, maxSwap: Int? = nil, swappiness: Int? = nil
    ) {
        self.capabilities = capabilities
        self.devices = devices
        self.initProcessEnabled = initProcessEnabled
        self.sharedMemorySize = sharedMemorySize
        self.tmpfs = tmpfs
        self.maxSwap = maxSwap
        self.swappiness = swappiness
    }
}

/// Changes to the capabilities of a container; names without `CAP_`.
public struct KernelCapabilities: Codable, Sendable, Hashable {
    /// What it gets besides the default.
    public var add: [String]?
    /// What it loses of the default.
    public var drop: [String]?

    /// Creates the value.
    public init(add: [String]? = nil, drop: [String]? = nil) {
        self.add = add
        self.drop = drop
    }
}

/// A device of the host that appears in a container.
public struct Device: Codable, Sendable, Hashable {
    /// The device's path on the host.
    public var hostPath: String?
    /// The path inside; absent means the same.
    public var containerPath: String?
    /// Of `read`, `write`, `mknod`; absent means all.
    public var permissions: [String]?

    /// Creates the value.
    public init(hostPath: String? = nil, containerPath: String? = nil, permissions: [String]? = nil) {
        self.hostPath = hostPath
        self.containerPath = containerPath
        self.permissions = permissions
    }
}

/// A file system in memory.
public struct Tmpfs: Codable, Sendable, Hashable {
    /// Where it is mounted.
    public var containerPath: String?
    /// The greatest size in MiB.
    public var size: Int?
    /// Mount options.
    public var mountOptions: [String]?

    /// Creates the value.
    public init(containerPath: String? = nil, size: Int? = nil, mountOptions: [String]? = nil) {
        self.containerPath = containerPath
        self.size = size
        self.mountOptions = mountOptions
    }
}
