// SPDX-License-Identifier: Apache-2.0

public import DryportModel
public import DryportRuntime
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A container runtime that only plays: containers do what a script says, at once and without processes.
/// For tests of whatever is built on ``ContainerRuntime``, and the proof that the port can be implemented
/// without an engine.
public struct InMemoryRuntime: ContainerRuntime {
    /// Where the containers are.
    public let world: InMemoryRuntimeWorld
    private let reported: RuntimeCapabilities
    private let now: @Sendable () -> Timestamp
    private let sleep: @Sendable (Duration) async throws -> Void
    private let behaviour: @Sendable (ContainerSpec) -> ScriptedContainer

    /// Creates a runtime.
    /// - Parameters:
    ///   - world: Where containers are made and found. Share one to have a second runtime adopt.
    ///   - capabilities: What the runtime says of itself.
    ///   - behaviour: How a container that is created will behave.
    ///   - now: The wall clock.
    ///   - sleep: Waits, for grace periods and for containers that end after a time.
    public init(
        world: InMemoryRuntimeWorld = InMemoryRuntimeWorld(),
        capabilities: RuntimeCapabilities = InMemoryRuntime.defaultCapabilities,
        behaviour: @escaping @Sendable (ContainerSpec) -> ScriptedContainer = { _ in .runs },
        now: @escaping @Sendable () -> Timestamp = InMemoryRuntime.systemTime,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.world = world
        self.reported = capabilities
        self.now = now
        self.sleep = sleep
        self.behaviour = behaviour
    }

    /// The host's wall clock.
    public static let systemTime: @Sendable () -> Timestamp = {
        Timestamp(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1000))
    }

    /// The capabilities of an engine that can do everything.
    public static let defaultCapabilities = RuntimeCapabilities(
        name: "memory", version: "1", networkModes: Set(NetworkMode.allCases), logDrivers: ["json-file"],
        hasImages: true, enforcesMemoryLimits: true, enforcesCPULimits: true, hasMounts: true,
        canRunPrivileged: true, hasHealthChecks: true)

    /// What the runtime can do.
    public func capabilities() async throws(RuntimeError) -> RuntimeCapabilities {
        try world.admit(.capabilities)
        return reported
    }

    /// Always succeeds, unless the world says otherwise. The digest is made from the name.
    public func pull(
        _ image: String, credentials: RegistryCredentials?, progress: @Sendable (PullProgress) -> Void
    ) async throws(RuntimeError) -> PulledImage {
        try world.admit(.pull)
        progress(PullProgress(status: "Pulling \(image)"))
        let pulled = PulledImage(id: image, digest: Self.digest(of: image))
        world.state.withLock { $0.images[image] = pulled }
        return pulled
    }

    /// Looks for an image on the host; see ``ContainerRuntime``.
    public func localImage(_ image: String) async throws(RuntimeError) -> PulledImage? {
        try world.admit(.localImage)
        return world.state.withLock { $0.images[image] }
    }

    /// Makes a container; see ``ContainerRuntime``.
    public func create(_ spec: ContainerSpec) async throws(RuntimeError) -> ContainerHandle {
        try world.admit(.create)
        let script = behaviour(spec)
        if let error = script.createError { throw error }
        return world.state.withLock { state in
            if let existing = state.order.first(where: { state.containers[$0]?.spec.identity == spec.identity }) {
                return existing
            }
            state.lastNumber += 1
            let digits = String(state.lastNumber, radix: 16)
            let handle = ContainerHandle(id: String(repeating: "0", count: 32 - digits.count) + digits)
            let observation = ContainerObservation(
                handle: handle, identity: spec.identity, state: .created,
                imageDigest: state.images[spec.image]?.digest)
            state.order.append(handle)
            state.containers[handle] = .init(
                observation: observation, spec: spec, script: script, mayStart: !script.blocksStart)
            return handle
        }
    }

    /// Starts a container; see ``ContainerRuntime``.
    @discardableResult
    public func start(_ handle: ContainerHandle) async throws(RuntimeError) -> ContainerObservation {
        try world.admit(.start)
        for await _ in world.signals.changes(of: handle) {
            guard let mayStart = world.state.withLock({ $0.containers[handle]?.mayStart }) else {
                throw Self.vanished(handle)
            }
            if mayStart { return try begin(handle) }
        }
        // Only cancellation ends the loop above; the container is as it was.
        throw RuntimeError(code: .unavailable, message: "starting container \(handle.id) was cancelled")
    }

    private func begin(_ handle: ContainerHandle) throws(RuntimeError) -> ContainerObservation {
        let time = now()
        var begun: (script: ScriptedContainer, run: Int)?
        var failure: RuntimeError?
        let ports = world.state.withLock { state in
            let mappings = state.containers[handle]?.spec.portMappings ?? []
            defer { state.lastPort += mappings.count { $0.hostPort == 0 } }
            return state.lastPort + 1
        }
        let observation = world.change(handle) { container in
            guard container.observation.state != .running else { return }
            if let error = container.script.startError {
                failure = error
                return
            }
            container.run += 1
            container.observation.state = .running
            container.observation.startedAt = time
            container.observation.networkBindings = Self.bindings(container.spec, firstFreePort: ports)
            container.output += container.script.output
            begun = (container.script, container.run)
        }
        if let failure { throw failure }
        guard let observation else { throw Self.vanished(handle) }
        guard let (script, run) = begun, case .exits(let code, let duration) = script.course else {
            return observation
        }
        let world = world
        let now = now
        let finish: @Sendable () -> Void = {
            let exit = ContainerExit(code: code, finishedAt: now(), isOutOfMemory: script.isOutOfMemory)
            world.finish(handle, exit, run: run)
        }
        if duration == .zero {
            finish()
        } else {
            // The container's own life, which no call of the runtime may bound: it outlives agents.
            Task { [sleep] in
                try await sleep(duration)
                finish()
            }
        }
        return world.state.withLock { $0.containers[handle]?.observation } ?? observation
    }

    /// Ends a container; see ``ContainerRuntime``.
    public func stop(
        _ handle: ContainerHandle, signal: String?, gracePeriod: Duration
    ) async throws(RuntimeError) {
        try world.admit(.stop)
        let name = signal ?? "TERM"
        guard let number = SignalName.number(name) else {
            throw RuntimeError(code: .cannotStopContainer, message: "there is no signal named '\(name)'")
        }
        guard let container = world.state.withLock({ $0.containers[handle] }),
            container.observation.state == .running
        else { return }
        let killed: @Sendable () -> ContainerExit = { [now] in ContainerExit(code: 137, finishedAt: now()) }
        guard gracePeriod > .zero, number != 9 else {
            world.finish(handle, killed(), run: nil)
            return
        }
        let reactions = container.script.reactions
        let reaction = reactions.first { SignalName.number($0.key) == number }?.value
        switch reaction ?? .exits(code: 128 + Int(number)) {
        case .exits(let code):
            world.finish(handle, ContainerExit(code: code, finishedAt: now()), run: nil)
        case .ignores:
            await waitForExit(handle, atMost: gracePeriod)
            guard !Task.isCancelled else { return }
            world.finish(handle, killed(), run: nil)
        }
    }

    private func waitForExit(_ handle: ContainerHandle, atMost duration: Duration) async {
        await withTaskGroup { group in
            group.addTask { [world] in
                for await _ in world.signals.changes(of: handle) {
                    let state = world.state.withLock { $0.containers[handle]?.observation.state }
                    if state != .running { return }
                }
            }
            group.addTask { [sleep] in try? await sleep(duration) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Removes a container; see ``ContainerRuntime``.
    public func remove(_ handle: ContainerHandle, volumes: [String]) async throws(RuntimeError) {
        try world.admit(.remove)
        guard world.state.withLock({ $0.containers[handle]?.observation.state }) != .running else {
            throw RuntimeError(
                code: .cannotRemoveContainer, message: "container \(handle.id) is running; stop it first")
        }
        world.drop(handle)
    }

    /// Looks at a container; see ``ContainerRuntime``.
    public func inspect(_ handle: ContainerHandle) async throws(RuntimeError) -> ContainerObservation? {
        try world.admit(.inspect)
        return world.state.withLock { $0.containers[handle]?.observation }
    }

    /// Lists containers; see ``ContainerRuntime``.
    public func inventory(owner: String) async throws(RuntimeError) -> [ContainerObservation] {
        try world.admit(.inventory)
        return world.containers.filter { $0.identity.owner == owner }
    }

    /// Follows events; see ``ContainerRuntime``.
    public func events(owner: String) -> AsyncThrowingStream<RuntimeEvent, any Error> {
        do {
            try world.admit(.events)
        } catch {
            return AsyncThrowingStream { $0.finish(throwing: error) }
        }
        return world.subscribe(owner: owner).stream()
    }

    /// Reads output; see ``ContainerRuntime``.
    public func logs(_ handle: ContainerHandle, follow: Bool) -> AsyncThrowingStream<LogChunk, any Error> {
        do {
            try world.admit(.logs)
            guard world.spec(of: handle) != nil else { throw Self.vanished(handle) }
        } catch {
            return AsyncThrowingStream { $0.finish(throwing: error) }
        }
        let position = Mutex(0)
        return AsyncThrowingStream(unfolding: { [world] in
            for await _ in world.signals.changes(of: handle) {
                let index = position.withLock { $0 }
                let (chunk, isOver) = world.state.withLock { state -> (LogChunk?, Bool) in
                    guard let container = state.containers[handle] else { return (nil, true) }
                    if index < container.output.count { return (container.output[index], false) }
                    if case .exited = container.observation.state { return (nil, true) }
                    return (nil, !follow)
                }
                if let chunk {
                    position.withLock { $0 += 1 }
                    return chunk
                }
                if isOver { return nil }
            }
            return nil
        })
    }

    private static func bindings(
        _ spec: ContainerSpec, firstFreePort: Int
    ) -> [ContainerObservation.NetworkBinding] {
        guard spec.networkMode == .bridge else { return [] }
        var free = firstFreePort
        return spec.portMappings.map { mapping in
            defer { if mapping.hostPort == 0 { free += 1 } }
            return .init(
                bindIP: "0.0.0.0", containerPort: mapping.containerPort,
                hostPort: mapping.hostPort == 0 ? free : mapping.hostPort,
                transportProtocol: mapping.transportProtocol)
        }
    }

    /// Looks like a digest and depends on the name only (FNV-1a, four times with different starts).
    private static func digest(of image: String) -> String {
        let words = (0..<4).map { round -> String in
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325 &+ UInt64(round)
            for byte in image.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            let digits = String(hash, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return "sha256:" + words.joined()
    }

    private static func vanished(_ handle: ContainerHandle) -> RuntimeError {
        RuntimeError(code: .containerVanished, message: "there is no container \(handle.id)")
    }
}
