// SPDX-License-Identifier: Apache-2.0

public import DryportControlPlaneCore
public import DryportCredentials
public import DryportMessages
public import DryportModel
import DryportStore
import Logging
public import ServiceLifecycle
import Synchronization

/// The ECS control plane as an object in your process: no sockets, no daemon, no AWS account.
///
/// Every call runs in the same four steps. It is decided by the pure `ControlPlaneMachine` under a lock; what
/// it changes joins a queue that is committed to the store in groups; what it tells agents is sent only after
/// that commit; and only then does the caller get its answer. An answer therefore never speaks of anything
/// that a crash could undo.
///
/// ```swift
/// let controlPlane = try await ControlPlane.open(store: store, logger: logger)
/// try await withThrowingTaskGroup { group in
///     group.addTask { try await controlPlane.run() }
///     let answer = try await controlPlane.perform(ECS.ListClustersRequest(), in: context)
/// }
/// ```
///
/// Calls wait until ``run()`` runs. If the store fails, calls under way get `ServerException`, all sessions are
/// closed, and the state is loaded from the store again, so that memory never runs ahead of it for long.
public final class ControlPlane: Service, Sendable {
    /// How it behaves.
    public let configuration: ControlPlaneConfiguration
    /// The access keys that it was opened with. CreateAccessKey makes more, which are records.
    public let administrators: [AccessKey]

    let store: any StateStore
    let logger: Logger
    let now: @Sendable () -> Instant
    let issuer: SessionCredentialIssuer
    let state: Mutex<State>
    /// Those that are open. A lock of their own, since agents are told while the machine takes its next steps; it is
    /// taken after that of the state, never before.
    private let sessions = Mutex<[AgentSessionID: AgentSession]>([:])
    let signingKeys = SigningKeyCache()
    private let hub = EventHub()
    private let commitSignal = Signal()
    private let timerSignal = Signal()
    private let turnstile = Turnstile()

    init(
        machine: ControlPlaneMachine, issuer: SessionCredentialIssuer, administrators: [AccessKey],
        store: any StateStore, logger: Logger, now: @escaping @Sendable () -> Instant
    ) {
        self.configuration = machine.configuration
        self.administrators = administrators
        self.store = store
        self.logger = logger
        self.now = now
        self.issuer = issuer
        // What was restored may have something due already.
        self.state = Mutex(State(machine: machine, armedWake: now().monotonic))
    }

    // MARK: Calls

    /// Performs one call of the API.
    /// - Parameters:
    ///   - request: The call's input.
    ///   - context: Who calls, and how they reached the control plane.
    /// - Returns: The answer; what it says is durable.
    /// - Throws: The error to answer. `ServerException` means that it is unknown whether the call took place.
    public func perform<Request: ControlPlaneRequest>(
        _ request: Request, in context: CallContext
    ) async throws(APIError) -> Request.Response {
        let result: Result<(Request.Response, CommitEntry?), APIError> = await step { state, time in
            do throws(APIError) {
                let (response, output) = try state.machine.perform(
                    request, in: context, at: time, using: &state.random)
                return .success((response, self.enqueue(output, in: &state)))
            } catch {
                return .failure(error)
            }
        }
        let (response, entry) = try result.get()
        try await entry?.commit()
        return response
    }

    /// Opens the session of an agent whose handshake has been authenticated.
    /// - Throws: The error with which the handshake is to be refused.
    public func openSession(
        _ handshake: AgentHandshake, as principal: Principal
    ) async throws(APIError) -> AgentSession {
        let result: Result<(AgentSession, CommitEntry?), APIError> = await step { state, time in
            state.lastSession += 1
            let id = AgentSessionID(state.lastSession)
            do throws(APIError) {
                let output = try state.machine.openSession(
                    id, handshake: handshake, as: principal, at: time, using: &state.random)
                let session = AgentSession(id: id, controlPlane: self)
                self.sessions.withLock { $0[id] = session }
                return .success((session, self.enqueue(output, in: &state)))
            } catch {
                return .failure(error)
            }
        }
        let (session, entry) = try result.get()
        do {
            try await entry?.commit()
        } catch {
            close(session.id)
            throw error
        }
        return session
    }

    func receive(_ message: ACS.AgentMessage, on session: AgentSessionID) async throws(APIError) {
        let entry = await step { state, time in
            let output = state.machine.receive(message, on: session, at: time, using: &state.random)
            return self.enqueue(output, in: &state)
        }
        try await entry?.commit()
    }

    /// Takes a report of containers' health from a telemetry session. Returns when what it changed is durable.
    /// - Parameters:
    ///   - report: The report. It names the cluster and the instance.
    ///   - principal: Who the session's handshake was authenticated as.
    /// - Throws: The reason why nothing of it counts, or `ServerException` if it could not be stored.
    public func receive(_ report: TCS.PublishHealthRequest, as principal: Principal) async throws(APIError) {
        let result: Result<CommitEntry?, APIError> = await step { state, time in
            do throws(APIError) {
                let output = try state.machine.receive(report, as: principal, at: time)
                return .success(self.enqueue(output, in: &state))
            } catch {
                return .failure(error)
            }
        }
        try await result.get()?.commit()
    }

    /// Takes a report of an instance's own health from a telemetry session. It is kept in memory only.
    /// - Parameters:
    ///   - report: The report. It names the cluster and the instance.
    ///   - principal: Who the session's handshake was authenticated as.
    /// - Throws: The reason why nothing of it counts.
    public func receive(_ report: TCS.PublishInstanceStatusRequest, as principal: Principal) async throws(APIError) {
        let result: Result<Void, APIError> = await step { state, _ in
            Result { () throws(APIError) in try state.machine.receive(report, as: principal) }
        }
        try result.get()
    }

    /// A step of the machine, in its turn and at the time of that.
    private func step<Result: Sendable>(_ body: @Sendable (inout State, Instant) -> Result) async -> Result {
        await turnstile.pass { state.withLock { body(&$0, now()) } }
    }

    func close(_ session: AgentSessionID) {
        let time = now()
        state.withLock { state in
            let output = state.machine.closeSession(session, at: time)
            _ = enqueue(output, in: &state)
        }
        sessions.withLock { $0.removeValue(forKey: session) }?.finish()
    }

    // MARK: Events

    /// Subscribes to what happens from now on (`ecs-control-plane.md` §12).
    /// - Parameter capacity: How many events may wait for the subscriber before the oldest are dropped; at least 1.
    ///   An event takes about 5 KiB.
    public func events(capacity: Int = 4096) -> EventSubscription {
        hub.subscribe(capacity: max(1, capacity)) { [weak self] in
            guard let self else { return }
            // Asked under the lock, so that whoever comes last leaves the right answer.
            state.withLock { $0.machine.publishesEvents = self.hub.hasSubscribers }
        }
    }

    // MARK: Running

    /// Commits, sends and wakes until the task is cancelled or a graceful shutdown begins; then everything that
    /// was accepted is committed and every session is closed.
    /// - Throws: ``StoreError`` if the store failed and its content could not be loaded again.
    public func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                // Everybody waits for commits, and one costs little of the processor.
                group.addTask(priority: .high) { try await self.commitLoop() }
                group.addTask { await self.timerLoop() }
                try await group.next()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.beginShutdown()
        }
    }

    private func beginShutdown() {
        state.withLock { $0.isShuttingDown = true }
        commitSignal.raise()
        timerSignal.raise()
    }

    /// Joins the queue of what is to be committed. Called under the lock, so that the queue has the order of the
    /// machine's steps.
    /// - Returns: nil if nothing has to be waited for.
    private func enqueue(_ output: ControlPlaneOutput, in state: inout State) -> CommitEntry? {
        if let wakeAt = output.wakeAt, state.armedWake.map({ wakeAt < $0 }) ?? true {
            state.armedWake = wakeAt
            timerSignal.raise()
        }
        let events = envelopes(output.events, using: &state.random)
        if output.changes.isEmpty, state.isIdle {
            carryOut(output, events)
            return nil
        }
        // A read waits as well for what it may have seen and is not durable yet.
        let entry = CommitEntry(output: output, events: events)
        state.queue.append(entry)
        commitSignal.raise()
        return entry
    }

    private func envelopes(_ events: [ControlPlaneEvent], using random: inout SystemRandom) -> [EventEnvelope] {
        guard !events.isEmpty else { return [] }
        let time = now().wall
        return events.map {
            EventEnvelope(id: random.uuid(), time: time, scope: configuration.scope, event: $0)
        }
    }

    private func commitLoop() async throws {
        while true {
            let (entries, isShuttingDown) = state.withLock { state in
                state.isCommitting = !state.queue.isEmpty
                defer { state.queue = [] }
                return (state.queue, state.isShuttingDown)
            }
            if entries.isEmpty {
                if isShuttingDown || Task.isCancelled {
                    closeAllSessions()
                    hub.finish()
                    return
                }
                await commitSignal.wait()
                continue
            }
            do {
                try await commit(entries)
            } catch {
                logger.error("the store failed; loading the state again", metadata: ["error": "\(error)"])
                try await recover(failing: entries)
            }
        }
    }

    private func commit(_ entries: [CommitEntry]) async throws(StoreError) {
        let mutations = CommitEntry.mutations(of: entries)
        if !mutations.isEmpty { try await store.commit(StoreBatch(mutations: mutations)) }
        for entry in entries { carryOut(entry.output, entry.events) }
        state.withLock { $0.isCommitting = false }
        for entry in entries { entry.succeed() }
    }

    /// Performs what follows a commit. Called by the commit loop, or under the lock while that has nothing to do, so
    /// that everybody is told in the order of the machine's steps.
    private func carryOut(_ output: ControlPlaneOutput, _ events: [EventEnvelope]) {
        if !output.effects.isEmpty {
            sessions.withLock { sessions in
                for effect in output.effects {
                    switch effect {
                    case .send(let id, let message): sessions[id]?.deliver(.message(message))
                    case .close(let id, let code, let reason):
                        sessions.removeValue(forKey: id)?.deliver(.close(code: code, reason: reason))
                    }
                }
            }
        }
        for observation in output.observations { observation.log(to: logger) }
        hub.publish(events)
    }

    // MARK: Time

    private func timerLoop() async {
        while !Task.isCancelled {
            let (wakeAt, isShuttingDown) = state.withLock { ($0.armedWake, $0.isShuttingDown) }
            if isShuttingDown { return }
            guard let wakeAt else {
                await timerSignal.wait()
                continue
            }
            let time = now()
            let delay = time.monotonic.duration(to: wakeAt)
            if delay > .zero {
                await timerSignal.wait(atMost: delay)
                continue
            }
            await step { state, time in
                state.armedWake = nil
                let output = state.machine.wake(at: time, using: &state.random)
                _ = self.enqueue(output, in: &state)
            }
        }
    }

    // MARK: Failure of the store

    private func recover(failing entries: [CommitEntry]) async throws {
        let error = APIError(.server, "The state could not be stored. Try again.")
        for entry in entries { entry.fail(error) }
        closeAllSessions()
        let machine = try await Self.load(configuration: configuration, issuer: issuer, store: store, at: now())
        let late = state.withLock { state in
            state.machine = machine
            state.machine.publishesEvents = hub.hasSubscribers
            state.isCommitting = false
            state.armedWake = now().monotonic
            defer { state.queue = [] }
            return state.queue
        }
        for entry in late { entry.fail(error) }
        timerSignal.raise()
    }

    private func closeAllSessions() {
        let open = sessions.withLock { sessions in
            defer { sessions = [:] }
            return Array(sessions.values)
        }
        for session in open { session.deliver(.close(code: 1001, reason: "The control plane is going away")) }
    }
}

extension ControlPlane {
    /// What the lock protects.
    struct State {
        var machine: ControlPlaneMachine
        var random = SystemRandom()
        var queue: [CommitEntry] = []
        /// Whether something was taken from the queue and is not carried out yet.
        var isCommitting = false
        var isShuttingDown = false
        var lastSession: UInt64 = 0
        var armedWake: MonotonicTime?

        /// Whether everything that was decided is durable.
        var isIdle: Bool { queue.isEmpty && !isCommitting }

        init(machine: ControlPlaneMachine, armedWake: MonotonicTime) {
            self.machine = machine
            self.armedWake = armedWake
        }
    }
}
