// SPDX-License-Identifier: Apache-2.0

public import DryportModel
public import DryportRuntime
import Synchronization

/// The containers of ``InMemoryRuntime``, and the strings that a test pulls. It stands for the engine:
/// several runtimes on one world are one agent before and after a restart, or several agents on one host.
public final class InMemoryRuntimeWorld: Sendable {
    /// A call of ``ContainerRuntime`` that can be made to fail.
    public enum Operation: String, Sendable, Hashable, CaseIterable {
        /// `capabilities`.
        case capabilities
        /// `pull`.
        case pull
        /// `localImage`.
        case localImage
        /// `create`.
        case create
        /// `start`.
        case start
        /// `stop`.
        case stop
        /// `remove`.
        case remove
        /// `inspect`.
        case inspect
        /// `inventory`.
        case inventory
        /// `events`.
        case events
        /// `logs`.
        case logs
    }

    struct Container {
        var observation: ContainerObservation
        var spec: ContainerSpec
        var script: ScriptedContainer
        var output: [LogChunk] = []
        var mayStart: Bool
        /// Counts starts, so that the end of an earlier run does not end a later one.
        var run = 0
    }

    fileprivate struct Subscriber {
        var owner: String
        weak var buffer: RuntimeEventBuffer?
    }

    struct State {
        var containers: [ContainerHandle: Container] = [:]
        /// In the order of creation, which is the order of inventories.
        var order: [ContainerHandle] = []
        var images: [String: PulledImage] = [:]
        var lastNumber = 0
        var lastPort = 49_152
        fileprivate var subscribers: [Subscriber] = []
        fileprivate var faults: [Operation: [RuntimeError]] = [:]
        fileprivate var calls: [Operation: Int] = [:]
        fileprivate var eventsToLose = 0
        fileprivate var isConnected = true
    }

    let state = Mutex(State())
    let signals = ChangeSignals<ContainerHandle>()

    /// Creates a world without containers.
    public init() {}

    // MARK: Looking

    /// Every container, in the order of creation.
    public var containers: [ContainerObservation] {
        state.withLock { state in state.order.compactMap { state.containers[$0]?.observation } }
    }

    /// What a container was made from; nil if there is none.
    public func spec(of handle: ContainerHandle) -> ContainerSpec? {
        state.withLock { $0.containers[handle]?.spec }
    }

    /// How often an operation was called, failures included.
    public func calls(of operation: Operation) -> Int { state.withLock { $0.calls[operation] ?? 0 } }

    // MARK: Containers

    /// Ends a running container by itself.
    /// - Returns: Whether it was running.
    @discardableResult
    public func finish(
        _ handle: ContainerHandle, code: Int?, at time: Timestamp, isOutOfMemory: Bool = false, reason: String? = nil
    ) -> Bool {
        finish(
            handle, ContainerExit(code: code, finishedAt: time, isOutOfMemory: isOutOfMemory, reason: reason),
            run: nil)
    }

    /// Lets a running container write.
    public func write(_ chunk: LogChunk, to handle: ContainerHandle) {
        state.withLock { $0.containers[handle]?.output.append(chunk) }
        signals.signal(handle)
    }

    /// Changes what a container's health check says.
    public func setHealth(_ health: HealthStatus, of handle: ContainerHandle) {
        change(handle) { $0.observation.health = health }
    }

    /// Lets go on a `start` that waits because of ``ScriptedContainer/blocksStart``, now or later.
    public func releaseStart(of handle: ContainerHandle) {
        state.withLock { $0.containers[handle]?.mayStart = true }
        signals.signal(handle)
    }

    /// Takes a container away behind the agent's back, as an administrator's `docker rm -f` does.
    public func vanish(_ handle: ContainerHandle) { drop(handle) }

    /// Ends every running container with an unknown code, as a host's power failure does.
    public func reboot(at time: Timestamp) {
        let running = containers.filter { $0.state == .running }
        for container in running { finish(container.handle, code: nil, at: time) }
    }

    // MARK: Faults

    /// Makes the next calls of an operation throw.
    /// - Parameters:
    ///   - operation: Which. For `events` and `logs` the stream throws.
    ///   - count: How many calls, after those that are to fail already.
    ///   - error: What they throw.
    public func fail(_ operation: Operation, times count: Int = 1, with error: RuntimeError) {
        state.withLock { $0.faults[operation, default: []] += Array(repeating: error, count: count) }
    }

    /// Loses the next events for every subscriber; ``RuntimeEvent/synchronised`` follows the last lost one.
    public func loseEvents(_ count: Int) { state.withLock { $0.eventsToLose += count } }

    /// Breaks the connection: every call throws `unavailable`, and so do open event streams. Containers go on.
    public func disconnect() {
        let buffers = state.withLock { state in
            state.isConnected = false
            defer { state.subscribers = [] }
            return state.subscribers.compactMap(\.buffer)
        }
        for buffer in buffers { buffer.finish(throwing: Self.disconnected) }
    }

    /// Makes calls work again.
    public func reconnect() { state.withLock { $0.isConnected = true } }
}

extension InMemoryRuntimeWorld {
    private static let disconnected = RuntimeError(
        code: .unavailable, message: "the in-memory runtime was disconnected by the test")

    /// Counts a call and throws what it is to throw.
    func admit(_ operation: Operation) throws(RuntimeError) {
        let error: RuntimeError? = state.withLock { state in
            state.calls[operation, default: 0] += 1
            guard state.isConnected else { return Self.disconnected }
            guard state.faults[operation]?.isEmpty == false else { return nil }
            return state.faults[operation]?.removeFirst()
        }
        if let error { throw error }
    }

    func subscribe(owner: String) -> RuntimeEventBuffer {
        let buffer = RuntimeEventBuffer()
        state.withLock { state in
            state.subscribers.removeAll { $0.buffer == nil }
            state.subscribers.append(Subscriber(owner: owner, buffer: buffer))
        }
        return buffer
    }

    /// Changes a container and tells about it.
    /// - Returns: What it looks like then; nil if there is none.
    @discardableResult
    func change(_ handle: ContainerHandle, _ body: (inout Container) -> Void) -> ContainerObservation? {
        let result = state.withLock { state -> ContainerObservation? in
            guard var container = state.containers[handle] else { return nil }
            let before = container.observation
            body(&container)
            state.containers[handle] = container
            if container.observation != before {
                Self.publish(.changed(container.observation), owner: before.identity.owner, &state)
            }
            return container.observation
        }
        signals.signal(handle)
        return result
    }

    /// Ends a container if it runs, and if `run` is nil or the run that it is in.
    @discardableResult
    func finish(_ handle: ContainerHandle, _ exit: ContainerExit, run: Int?) -> Bool {
        var finished = false
        change(handle) { container in
            guard container.observation.state == .running, run == nil || run == container.run else { return }
            container.observation.state = .exited(exit)
            container.observation.networkBindings = []
            finished = true
        }
        return finished
    }

    /// Forgets a container and tells about it.
    func drop(_ handle: ContainerHandle) {
        state.withLock { state in
            guard let container = state.containers.removeValue(forKey: handle) else { return }
            state.order.removeAll { $0 == handle }
            Self.publish(.removed(handle), owner: container.spec.identity.owner, &state)
        }
        signals.signal(handle)
    }

    /// Called under the lock, so that subscribers see events in the order in which they happened.
    private static func publish(_ event: RuntimeEvent, owner: String, _ state: inout State) {
        var event = event
        var reachesAll = false
        if state.eventsToLose > 0 {
            state.eventsToLose -= 1
            guard state.eventsToLose == 0 else { return }
            event = .synchronised
            reachesAll = true
        }
        for subscriber in state.subscribers where reachesAll || subscriber.owner == owner {
            subscriber.buffer?.append(event)
        }
    }
}
