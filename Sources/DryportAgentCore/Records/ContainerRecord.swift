// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// How a container ended.
public struct ContainerExitRecord: Sendable, Hashable, Codable {
    /// The exit code; nil if nobody could see it.
    public var code: Int?
    /// When it ended.
    public var finishedAt: Timestamp
    /// Whether it ended for want of memory.
    public var isOutOfMemory: Bool
    /// The engine's own words, if any.
    public var reason: String?

    /// Creates an exit.
    public init(code: Int?, finishedAt: Timestamp, isOutOfMemory: Bool = false, reason: String? = nil) {
        self.code = code
        self.finishedAt = finishedAt
        self.isOutOfMemory = isOutOfMemory
        self.reason = reason
    }
}

/// A published port as the host offers it.
public struct NetworkBindingRecord: Sendable, Hashable, Codable {
    /// The host's address.
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

/// What is known of one container of a task.
public struct ContainerRecord: Sendable, Hashable, Codable {
    /// How far it has come (`ecs-agent.md` §10.2).
    public enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
        /// Nothing was done yet. Can become `pulled`, `created` (found in the runtime) or `stopped`.
        case none
        /// Its image is there. Can become `created` or `stopped`.
        case pulled
        /// It exists and is not running, or its restart was decided. Can become `running` or `stopped`.
        case created
        /// It runs. Can become `stopped`, or `created` by a restart.
        case running
        /// It ended for good, or will never start. Never changes again.
        case stopped
    }

    /// How far it has come.
    public internal(set) var phase: Phase = .none
    /// The runtime's identifier, once it exists.
    public internal(set) var runtimeID: String?
    /// The digest of its image, where known.
    public internal(set) var imageDigest: String?
    /// When it was started last.
    public internal(set) var startedAt: Timestamp?
    /// How it ended; with a restart, how its last run ended.
    public internal(set) var exit: ContainerExitRecord?
    /// The first error on it; it stays (§6.5).
    public internal(set) var reason: String?
    /// Published ports.
    public internal(set) var networkBindings: [NetworkBindingRecord] = []
    /// What its health check says.
    public internal(set) var health: HealthStatus = .unknown
    /// How often it was restarted in place (§10.7).
    public internal(set) var restartCount = 0
    /// Whether it must end although its task goes on: a dependency cannot be met.
    public internal(set) var mustStop = false
    /// Whether it was removed from the runtime.
    public internal(set) var isRemoved = false

    init() {}
}
