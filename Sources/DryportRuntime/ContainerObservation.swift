// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// What a runtime sees of one container at one moment.
public struct ContainerObservation: Sendable, Hashable, Codable {
    /// The state of a container.
    public enum State: Sendable, Hashable, Codable {
        /// Made, not started. Can become running, or be removed.
        case created
        /// Running.
        case running
        /// Over.
        case exited(ContainerExit)
    }

    /// A port of the container as the host offers it.
    public struct NetworkBinding: Sendable, Hashable, Codable {
        /// The host's address that is bound, such as `0.0.0.0`.
        public var bindIP: String
        /// The port inside.
        public var containerPort: Int
        /// The port of the host.
        public var hostPort: Int
        /// TCP or UDP.
        public var transportProtocol: TransportProtocol

        /// Creates a binding.
        public init(bindIP: String, containerPort: Int, hostPort: Int, transportProtocol: TransportProtocol) {
            self.bindIP = bindIP
            self.containerPort = containerPort
            self.hostPort = hostPort
            self.transportProtocol = transportProtocol
        }
    }

    /// The container.
    public var handle: ContainerHandle
    /// Who it is.
    public var identity: ContainerIdentity
    /// Its state.
    public var state: State
    /// When it was started last; nil before.
    public var startedAt: Timestamp?
    /// The digest of its image (`sha256:…`), where the runtime knows one.
    public var imageDigest: String?
    /// Published ports, while running.
    public var networkBindings: [NetworkBinding]
    /// What its health check says; unknown without one.
    public var health: HealthStatus

    /// Creates an observation.
    public init(
        handle: ContainerHandle, identity: ContainerIdentity, state: State, startedAt: Timestamp? = nil,
        imageDigest: String? = nil, networkBindings: [NetworkBinding] = [], health: HealthStatus = .unknown
    ) {
        self.handle = handle
        self.identity = identity
        self.state = state
        self.startedAt = startedAt
        self.imageDigest = imageDigest
        self.networkBindings = networkBindings
        self.health = health
    }
}

/// How a container ended.
public struct ContainerExit: Sendable, Hashable, Codable {
    /// The exit code; 128 + *n* for a container ended by signal *n*. Nil if nobody could see it, which
    /// happens when a container ended while its supervisor was gone.
    public var code: Int?
    /// When it ended.
    public var finishedAt: Timestamp
    /// Whether the kernel ended it for want of memory.
    public var isOutOfMemory: Bool
    /// The engine's own words, if it has any.
    public var reason: String?

    /// Creates an exit.
    public init(code: Int?, finishedAt: Timestamp, isOutOfMemory: Bool = false, reason: String? = nil) {
        self.code = code
        self.finishedAt = finishedAt
        self.isOutOfMemory = isOutOfMemory
        self.reason = reason
    }
}

/// One thing that happened to containers of an owner.
public enum RuntimeEvent: Sendable, Hashable {
    /// Events that happen from now on will be seen; earlier ones may have been missed. Take an inventory.
    case synchronised
    /// A container's state or health is now this.
    case changed(ContainerObservation)
    /// A container does not exist any more.
    case removed(ContainerHandle)
}

/// A piece of a container's output.
public struct LogChunk: Sendable, Hashable {
    /// Which stream it was written to.
    public enum Source: String, Sendable, Hashable, Codable {
        /// Standard output.
        case standardOutput = "stdout"
        /// Standard error.
        case standardError = "stderr"
    }

    /// Which stream it was written to.
    public var source: Source
    /// The bytes as written, cut anywhere.
    public var bytes: [UInt8]

    /// Creates a chunk.
    public init(source: Source, bytes: [UInt8]) {
        self.source = source
        self.bytes = bytes
    }
}

/// An image on the host.
public struct PulledImage: Sendable, Hashable, Codable {
    /// The engine's identifier of the image.
    public var id: String
    /// The manifest digest (`sha256:…`) where known; images made on the host have none.
    public var digest: String?

    /// Creates an image.
    public init(id: String, digest: String? = nil) {
        self.id = id
        self.digest = digest
    }
}

/// How far a pull has come.
public struct PullProgress: Sendable, Hashable {
    /// What the engine says, for people.
    public var status: String
    /// Bytes so far and in all, where known.
    public var completedBytes: Int64?
    /// See ``completedBytes``.
    public var totalBytes: Int64?

    /// Creates a progress report.
    public init(status: String, completedBytes: Int64? = nil, totalBytes: Int64? = nil) {
        self.status = status
        self.completedBytes = completedBytes
        self.totalBytes = totalBytes
    }
}
