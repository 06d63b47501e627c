// SPDX-License-Identifier: Apache-2.0

public import DryportModel
public import DryportReconciler

/// One operation of the runtime, numbered by the machine that asked for it. Numbers mean something to that
/// machine only: a machine made anew must not be given the results of its predecessor's operations.
public struct OperationID: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The number.
    public var number: Int

    /// Creates an id.
    public init(_ number: Int) { self.number = number }

    /// The text form.
    public var description: String { "operation-\(number)" }
}

/// Something to ask of the container runtime.
public enum RuntimeCommand: Sendable, Hashable {
    /// Follow what happens to the containers of an owner, until the runtime goes away. Ends the previous watch.
    /// Every notice, and the end, come back with this id.
    case watch(OperationID, owner: String)
    /// Perform an operation; its result comes back with this id. Operations run concurrently.
    case perform(OperationID, RuntimeOperation)
    /// Give an operation up, if it still runs. Its result, if it comes nevertheless, is ignored.
    case cancel(OperationID)
}

/// An operation of the container runtime.
public enum RuntimeOperation: Sendable, Hashable {
    /// Everything that carries the owner. Answered by ``OperationResult/inventory(_:)``.
    case inventory(owner: String)
    /// Make an image available. Answered by ``OperationResult/image(digest:)``.
    case pull(image: String)
    /// Look for an image on the host only. Answered by ``OperationResult/image(digest:)`` or
    /// ``OperationResult/none``.
    case localImage(String)
    /// Make a container. Answered by ``OperationResult/created(runtimeID:)``.
    case create(ContainerPlan)
    /// Start a container. Answered by ``OperationResult/container(_:)``.
    case start(runtimeID: String)
    /// Stop a container, by force after the grace period. Answered by ``OperationResult/none``.
    case stop(runtimeID: String, gracePeriod: Duration)
    /// Look at a container. Answered by ``OperationResult/container(_:)``, or ``OperationResult/none`` if it
    /// is gone.
    case inspect(runtimeID: String)
    /// Remove a container that has ended, and these volumes. Answered by ``OperationResult/none``.
    case remove(runtimeID: String, volumes: [String])
}

/// What an operation answered.
public enum OperationResult: Sendable, Hashable {
    /// It is done, or there is nothing.
    case none
    /// The image is there; its manifest digest, where known.
    case image(digest: String?)
    /// The container exists.
    case created(runtimeID: String)
    /// The container looks like this.
    case container(RuntimeContainer)
    /// All containers.
    case inventory([RuntimeContainer])
}

/// Why an operation failed.
public struct OperationFailure: Error, Sendable, Hashable {
    /// The error's name as users read it, such as `CannotPullContainerError` (`ecs-agent.md` §6.5).
    public var name: String
    /// What happened.
    public var message: String
    /// Whether the runtime does not answer at all, so that nothing is known of what happened.
    public var isUnavailable: Bool

    /// Creates a failure.
    public init(name: String, message: String, isUnavailable: Bool = false) {
        self.name = name
        self.message = message
        self.isUnavailable = isUnavailable
    }

    /// `<name>: <message>`, as a container's reason says it.
    public var reason: String { "\(name): \(message)" }
}

/// What the runtime tells unasked.
public enum RuntimeNotice: Sendable, Hashable {
    /// Whatever happens from now on will be told; earlier things may have been missed.
    case synchronised
    /// A container looks like this now.
    case changed(RuntimeContainer)
    /// The container with this identifier is gone.
    case removed(runtimeID: String)
    /// The watch is over, because of this.
    case ended(reason: String)
}

/// A container as the runtime shows it.
public struct RuntimeContainer: Sendable, Hashable {
    /// What it does.
    public enum State: Sendable, Hashable {
        /// Made, not started.
        case created
        /// Running.
        case running
        /// Over.
        case exited(ContainerExitRecord)
    }

    /// Which container, as its labels say.
    public var key: ContainerKey
    /// The runtime's identifier.
    public var runtimeID: String
    /// What it does.
    public var state: State
    /// When it was started last, where known.
    public var startedAt: Timestamp?
    /// The digest of its image, where known.
    public var imageDigest: String?
    /// Published ports, while running.
    public var networkBindings: [NetworkBindingRecord]
    /// What its health check says; nil without one.
    public var health: HealthStatus?

    /// Creates a container.
    public init(
        key: ContainerKey, runtimeID: String, state: State, startedAt: Timestamp? = nil, imageDigest: String? = nil,
        networkBindings: [NetworkBindingRecord] = [], health: HealthStatus? = nil
    ) {
        self.key = key
        self.runtimeID = runtimeID
        self.state = state
        self.startedAt = startedAt
        self.imageDigest = imageDigest
        self.networkBindings = networkBindings
        self.health = health
    }
}
