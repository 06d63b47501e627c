// SPDX-License-Identifier: Apache-2.0

public import DryportAgentCore
import DryportCredentials
public import DryportMessages
import DryportModel
public import DryportRuntime
public import DryportStore
public import DryportTransport
public import Logging
public import ServiceLifecycle
import Synchronization

/// An ECS Anywhere agent as an object in your process.
///
/// It registers the host, takes tasks from the backend, runs them on a container runtime, and tells what became of
/// them. It decides nothing by itself: an ``AgentMachine`` does, and this service performs what it says, persisting
/// before anything follows from it.
///
/// Ending the agent, in whichever way, leaves its containers running; the next one with the same store adopts them.
public final class Agent: Service {
    private let configuration: AgentConfiguration
    private let host: HostFacts
    private let runtime: any ContainerRuntime
    private let transport: any Transport
    private let keeper: StateKeeper
    private let logger: Logger
    private let clock: AgentClock
    private let inbox = Inbox()
    private let hub = ObservationHub()
    /// Steps are taken under the lock and performed outside of it.
    private let machine: Mutex<AgentMachine?> = Mutex(nil)
    private let hasRun = Mutex(false)

    /// Creates an agent; nothing happens before ``run()``.
    /// - Parameters:
    ///   - configuration: How it behaves.
    ///   - host: What it tells of the host.
    ///   - runtime: What runs its containers.
    ///   - transport: The way to the backend.
    ///   - store: Where it keeps its state, below the keys `agent/`. The node's private key is among it, so the store
    ///     must be readable by its owner only.
    ///   - logger: Where it says what it does.
    ///   - clock: The time.
    public init(
        configuration: AgentConfiguration, host: HostFacts = HostProbe.facts(), runtime: any ContainerRuntime,
        transport: any Transport, store: any StateStore, logger: Logger, clock: AgentClock = .system()
    ) {
        self.configuration = configuration
        self.host = host
        self.runtime = runtime
        self.transport = transport
        self.keeper = StateKeeper(store: store)
        self.logger = logger
        self.clock = clock
    }

    /// What the agent is doing; nil until it has read its state.
    public var status: AgentStatus? { machine.withLock { $0?.status } }

    /// What happens from now on. Ends with the agent. Each call makes a stream of its own; one that is not read loses
    /// its oldest elements beyond 1,024.
    public var events: AsyncStream<AgentObservation> { hub.subscribe() }

    /// Role credentials of a task, as a container with this credentials id may ask for them.
    public func roleCredentials(id: String) -> ACS.RoleCredentials? {
        machine.withLock { $0?.roleCredentials(id: id) }
    }

    /// Runs the agent until it is shut down or cancelled, which takes a moment only and leaves containers running.
    /// - Throws: ``AgentError``: `activationRequired` if the host was never registered and the configuration has no
    ///   activation; `refused` if the backend refuses the host for good; `state` if the store fails; `key` if the
    ///   node's key cannot be made or read.
    /// - Precondition: It is called once.
    public func run() async throws {
        let isFirst = hasRun.withLock { hasRun in
            defer { hasRun = true }
            return !hasRun
        }
        precondition(isFirst, "an agent runs once; make another one")
        defer { hub.finish() }
        let inbox = inbox
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await serve()
            } onGracefulShutdown: {
                inbox.close()
            }
        } onCancel: {
            inbox.close()
        }
    }

    private func serve() async throws {
        defer { inbox.close() }
        let records = try await keeper.load()
        let isRegistered = records.contains { record in
            if case .registration(let registration) = record { registration.managedInstanceID != nil } else { false }
        }
        guard isRegistered || configuration.activation != nil else {
            throw AgentError(
                code: .activationRequired,
                message: "this host is not registered: pass --activation-id and --activation-code of an activation "
                    + "(aws ssm create-activation)")
        }
        let (key, fingerprint) = try await keeper.node(hardware: HostProbe.hardware(host))
        guard let capabilities = await awaitCapabilities() else { return }
        let node = NodeIdentity(publicKey: key.publicKey.base64, fingerprint: fingerprint)
        let facts = AgentFacts(host: host, runtime: RuntimeFacts(capabilities), node: node)
        let restored = AgentMachine(configuration: configuration, restoring: records)
        machine.withLock { $0 = restored }
        inbox.post(.started(facts))
        let performer = Performer(runtime: runtime, transport: transport, key: key, inbox: inbox)
        try await drive(performer)
    }

    /// Asks the runtime what it can do, for as long as it takes. Nothing can be registered before that is known.
    /// - Returns: nil if the agent is to end.
    private func awaitCapabilities() async -> RuntimeCapabilities? {
        let inbox = inbox
        return await withTaskGroup(of: RuntimeCapabilities?.self) { group in
            group.addTask { [runtime, clock, logger, pause = configuration.timing.runtime.maximum] in
                while !Task.isCancelled {
                    do {
                        return try await runtime.capabilities()
                    } catch {
                        logger.warning("container runtime does not answer", metadata: ["error": "\(error)"])
                        try? await clock.sleep(min(pause, .seconds(2)))
                    }
                }
                return nil
            }
            group.addTask {
                // Nothing is posted yet, so this returns when the inbox is closed or the group is cancelled.
                await inbox.closed()
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    /// The loop: event, step, persist, perform.
    private func drive(_ performer: Performer) async throws {
        var lanes = Lanes()
        try await withThrowingDiscardingTaskGroup { group in
            while let item = await inbox.next() {
                defer { item.sender?.resume() }
                let output = step(item.event)
                do {
                    try await keeper.commit(output.changes)
                } catch {
                    lanes.cancelAll()
                    throw error
                }
                lanes.perform(output, performer, clock, in: &group)
                for observation in output.observations { logger.log(observation) }
                hub.publish(output.observations)
                for case .terminal(let reason) in output.observations {
                    lanes.cancelAll()
                    throw AgentError(code: .refused, message: reason)
                }
            }
            lanes.cancelAll()
            group.cancelAll()
        }
    }

    private func step(_ event: AgentEvent) -> AgentOutput {
        machine.withLock { machine in
            var random = SystemRandomNumberGenerator()
            return machine?.step(event, at: clock.now(), using: &random) ?? AgentOutput()
        }
    }
}

/// Runs an agent for as long as `body` runs, and ends it when `body` is done, leaving its containers running.
/// - Parameter body: Works with the agent. Its sequences of events end if the agent does.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws; otherwise what the agent threw, see ``Agent/run()``.
public func withAgent<Result: Sendable>(
    configuration: AgentConfiguration, host: HostFacts = HostProbe.facts(), runtime: any ContainerRuntime,
    transport: any Transport, store: any StateStore, logger: Logger, clock: AgentClock = .system(),
    _ body: (Agent) async throws -> Result
) async throws -> Result {
    let agent = Agent(
        configuration: configuration, host: host, runtime: runtime, transport: transport, store: store,
        logger: logger, clock: clock)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await agent.run() }
        let result = try await body(agent)
        group.cancelAll()
        try await group.waitForAll()
        return result
    }
}
