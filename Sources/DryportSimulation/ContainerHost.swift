// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportModel
import DryportReconciler
import OrderedCollections

/// The container runtime of one host. It outlives the agent, and keeps what the runtime port promises: identities
/// are kept, creating what exists and stopping what has ended change nothing, exits stay visible.
struct ContainerHost: Sendable {
    /// A container.
    struct Container: Sendable {
        var plan: ContainerPlan
        var seen: RuntimeContainer
        /// Counts its runs.
        var run = 0
    }

    /// A run that ends by itself, or because somebody asks it to.
    struct Exit: Sendable {
        var runtimeID: String
        var run: Int
        var code: Int?
        var after: Duration
    }

    /// What an operation does.
    struct Effect: Sendable {
        var result: Result<OperationResult, OperationFailure>
        /// How long the answer takes.
        var answersAfter: Duration = .zero
        /// What the watch tells.
        var notice: RuntimeNotice?
        /// The end of a run that follows.
        var exit: Exit?
        /// The container that began to run.
        var started: RuntimeContainer?
    }

    /// All containers, in the order in which they were made.
    private(set) var containers: OrderedDictionary<String, Container> = [:]
    /// Whether it answers.
    var isAvailable = true
    private var images: OrderedSet<String> = []
    private var lastID = 0
    private let name: String
    var random: SeededGenerator

    init(name: String, random: SeededGenerator) {
        self.name = name
        self.random = random
    }

    static let unavailable = OperationFailure(
        name: "RuntimeUnavailableError", message: "the runtime does not answer", isUnavailable: true)

    /// The containers that run.
    var running: [RuntimeContainer] { containers.values.filter { $0.seen.state == .running }.map(\.seen) }

    // MARK: Operations

    /// How long an operation takes until it acts.
    mutating func latency(of operation: RuntimeOperation, faults: FaultPlan) -> Duration {
        switch operation {
        case .pull: random.duration(in: .milliseconds(20)...faults.pullTime)
        case .start: random.duration(in: .milliseconds(2)...faults.startTime)
        default: random.duration(in: .milliseconds(1) ... .milliseconds(30))
        }
    }

    /// Lets an operation act.
    mutating func act(_ operation: RuntimeOperation, at wall: Timestamp, faults: FaultPlan) -> Effect {
        guard isAvailable else { return Effect(result: .failure(Self.unavailable)) }
        switch operation {
        case .inventory(let owner):
            return Effect(
                result: .success(.inventory(containers.values.filter { $0.plan.owner == owner }.map(\.seen))))
        case .pull(let image):
            guard image != Workload.missingImage, !random.happens(faults.pullFailures) else {
                return Self.failure("CannotPullContainerError", "no such image: \(image)")
            }
            images.append(image)
            return Effect(result: .success(.image(digest: "sha256:\(image)")))
        case .localImage(let image):
            return Effect(result: .success(images.contains(image) ? .image(digest: "sha256:\(image)") : .none))
        case .create(let plan): return create(plan, faults: faults)
        case .start(let id): return start(id, at: wall, faults: faults)
        case .stop(let id, let grace): return stop(id, grace: grace)
        case .inspect(let id):
            return Effect(result: .success(containers[id].map { .container($0.seen) } ?? .none))
        case .remove(let id, _):
            guard let container = containers[id] else { return Effect(result: .success(.none)) }
            guard container.seen.state != .running else {
                return Self.failure("CannotRemoveContainerError", "container \(id) runs")
            }
            containers.removeValue(forKey: id)
            return Effect(result: .success(.none), notice: .removed(runtimeID: id))
        }
    }

    private static func failure(_ name: String, _ message: String) -> Effect {
        Effect(result: .failure(OperationFailure(name: name, message: message)))
    }

    private mutating func create(_ plan: ContainerPlan, faults: FaultPlan) -> Effect {
        let key = ContainerKey(taskARN: plan.taskARN, containerName: plan.containerName)
        if let existing = containers.values.first(where: { $0.seen.key == key && $0.plan.owner == plan.owner }) {
            return Effect(result: .success(.created(runtimeID: existing.seen.runtimeID)))
        }
        guard !random.happens(faults.createFailures) else {
            return Self.failure("CannotCreateContainerError", "no space left on device")
        }
        let id = insert(plan, key: key)
        return Effect(result: .success(.created(runtimeID: id)), notice: .changed(containers[id]!.seen))
    }

    private mutating func insert(_ plan: ContainerPlan, key: ContainerKey) -> String {
        lastID += 1
        let id = "\(name)-container-\(lastID)"
        containers[id] = Container(
            plan: plan,
            seen: RuntimeContainer(key: key, runtimeID: id, state: .created, imageDigest: "sha256:\(plan.image)"))
        return id
    }

    private mutating func start(_ id: String, at wall: Timestamp, faults: FaultPlan) -> Effect {
        guard let container = containers[id] else {
            return Self.failure("ContainerVanishedError", "there is no container \(id)")
        }
        if container.seen.state == .running { return Effect(result: .success(.container(container.seen))) }
        guard !random.happens(faults.startFailures) else {
            return Self.failure("CannotStartContainerError", "the command cannot be executed")
        }
        let seen = run(id, at: wall)
        var effect = Effect(result: .success(.container(seen)), notice: .changed(seen), started: seen)
        if let life = Workload.life(of: container.plan.image, using: &random) {
            effect.exit = Exit(runtimeID: id, run: container.run + 1, code: life.code, after: life.duration)
        }
        return effect
    }

    private mutating func run(_ id: String, at wall: Timestamp) -> RuntimeContainer {
        var container = containers[id]!
        container.run += 1
        container.seen.state = .running
        container.seen.startedAt = wall
        container.seen.networkBindings = container.plan.ports.map {
            NetworkBindingRecord(
                bindIP: "0.0.0.0", containerPort: $0.containerPort, hostPort: $0.hostPort,
                transportProtocol: $0.transportProtocol)
        }
        containers[id] = container
        return container.seen
    }

    /// Asks a container to end; it does so within the grace period, or is killed.
    private mutating func stop(_ id: String, grace: Duration) -> Effect {
        guard let container = containers[id], container.seen.state == .running else {
            return Effect(result: .success(.none))
        }
        let isStubborn = random.happens(0.1)
        let wait = isStubborn ? grace : random.duration(in: .milliseconds(5) ... .seconds(2))
        let code = isStubborn ? 137 : (random.happens(0.5) ? 0 : 143)
        return Effect(
            result: .success(.none), answersAfter: wait + .milliseconds(1),
            exit: Exit(runtimeID: id, run: container.run, code: code, after: wait))
    }

    // MARK: What happens to containers

    /// Ends a run, if it still is the current one.
    mutating func end(_ id: String, run: Int, code: Int?, at wall: Timestamp) -> RuntimeContainer? {
        guard var container = containers[id], container.run == run, container.seen.state == .running else { return nil }
        container.seen.state = .exited(ContainerExitRecord(code: code, finishedAt: wall))
        container.seen.networkBindings = []
        containers[id] = container
        return container.seen
    }

    /// The host goes down: everything ends, and nobody sees how.
    mutating func endAll(at wall: Timestamp) {
        for id in containers.keys { _ = end(id, run: containers[id]!.run, code: nil, at: wall) }
    }

    /// Somebody removes a container by force.
    mutating func lose(_ id: String) { containers.removeValue(forKey: id) }

    /// A second copy of a container, running (``Sabotage/startTwice``).
    mutating func copy(_ id: String, at wall: Timestamp) -> RuntimeContainer? {
        guard let container = containers[id] else { return nil }
        let copy = insert(container.plan, key: container.seen.key)
        return run(copy, at: wall)
    }
}
