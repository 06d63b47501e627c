// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportCredentials
import DryportMessages
import DryportModel
import DryportReconciler

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A small deterministic world around one agent: a container runtime, a backend, a store, virtual time. One seed
/// decides every latency. The agent may crash at any point; the world goes on without it.
final class World {
    /// Where a crash hits the performing of an output.
    enum CrashPoint: CaseIterable { case beforePersisting, afterPersisting, beforeCommands, afterPerforming }

    private enum Happening {
        case agent(AgentEvent, incarnation: Int)
        case answer(AgentCall, incarnation: Int)
        case operation(OperationID, RuntimeOperation, incarnation: Int)
        case exit(runtimeID: String, run: Int, code: Int)
        case action(() -> Void)
    }

    private(set) var configuration: AgentConfiguration
    private(set) var machine: AgentMachine
    private(set) var now = Instant(monotonic: .zero, wall: Timestamp(millisecondsSinceEpoch: 1_800_000_000_000))
    private var random: SeededGenerator
    private var lastArrival = MonotonicTime.zero
    private var queue: [(at: MonotonicTime, number: Int, happening: Happening)] = []
    private var number = 0
    private var incarnation = 0
    private var cancelled: Set<OperationID> = []
    private var wakeAt: MonotonicTime?

    /// What is persisted, by key.
    private(set) var store: [String: [UInt8]] = [:]
    /// Every output of every incarnation.
    private(set) var outputs: [AgentOutput] = []
    let runtime = FakeRuntime()
    let backend = FakeBackend()
    private var watch: OperationID?
    private var session: SessionID?

    /// Where to crash, once: at the output with this number.
    var crash: (output: Int, point: CrashPoint)?
    /// Whether the planned crash has happened.
    private(set) var hasCrashed = false
    /// Whether the backend can be reached.
    var isOnline = true

    init(seed: UInt64 = 1, configure: (inout AgentConfiguration) -> Void = { _ in }) {
        var configuration = AgentConfiguration(
            cluster: "default", region: "us-east-1",
            activation: .init(id: "0b8a7c6d-1e2f-4a3b-8c4d-5e6f708192a3", code: Redacted("Fp0aZ3kQ9xWm2LrT7vYc")))
        configuration.timing.cleanup = .seconds(60)
        configuration.timing.recall = .zero
        configure(&configuration)
        self.configuration = configuration
        self.random = SeededGenerator(seed: seed)
        self.machine = AgentMachine(configuration: configuration, restoring: [])
    }

    static let facts: AgentFacts = {
        var runtime = RuntimeFacts(name: "docker", version: "24.0.7")
        runtime.dockerAPIVersions = ["1.24", "1.43"]
        runtime.hasHealthChecks = true
        return AgentFacts(
            host: HostFacts(logicalCPUs: 2, memory: 4096, architecture: "x86_64", hostName: "node1"),
            runtime: runtime, node: NodeIdentity(publicKey: "MIIB", fingerprint: "fdc39aae-c16c-47ce-b03d-7d85e15fb89f")
        )
    }()

    // MARK: Running

    func start() { give(.started(Self.facts)) }

    /// Runs until the condition holds or the time is over.
    /// - Returns: Whether it holds.
    @discardableResult
    func run(for duration: Duration = .seconds(600), until condition: () -> Bool = { false }) -> Bool {
        let end = now.monotonic.advanced(by: duration)
        while !condition() {
            guard let next = nextTime(), next <= end else {
                advance(to: end)
                return condition()
            }
            advance(to: next)
            happen()
        }
        return true
    }

    /// The agent's process ends and a new one begins with what is persisted.
    func restart(isFinishing: Bool? = nil, configure: (inout AgentConfiguration) -> Void = { _ in }) {
        endProcess(isFinishing: isFinishing)
        configure(&configuration)
        let records = store.sorted { $0.key < $1.key }.map { entry in
            Self.must { try JSONDecoder().decode(AgentRecord.self, from: Data(entry.value)) }
        }
        machine = AgentMachine(configuration: configuration, restoring: records)
        start()
    }

    /// Records are always readable and writable.
    private static func must<Value>(_ body: () throws -> Value) -> Value {
        do { return try body() } catch { fatalError("a record does not survive the store: \(error)") }
    }

    /// The agent's process ends.
    /// - Parameter isFinishing: Whether what the runtime was doing for the process still happens; if nothing is
    ///   said, half of it does.
    func endProcess(isFinishing: Bool? = nil) {
        for entry in queue {
            if case .operation(_, let operation, incarnation) = entry.happening,
                isFinishing ?? Bool.random(using: &random)
            {
                _ = execute(operation)
            }
        }
        incarnation += 1
        watch = nil
        session = nil
        backend.session = nil
        wakeAt = nil
        cancelled = []
    }

    /// A record is lost.
    func forget(_ key: String) { store[key] = nil }

    func disconnect(_ end: SessionEnd = .closed(code: 1006)) {
        guard let session else { return }
        self.session = nil
        backend.session = nil
        later(.agent(.sessionEnded(session, end), incarnation: incarnation))
    }

    /// Sends a message of the backend to the agent. Messages of a session arrive in the order in which they were sent.
    func send(_ message: ACS.ServerMessage) {
        guard let session else { return }
        let latency = Duration.milliseconds(Int.random(in: 1...40, using: &random))
        lastArrival = max(lastArrival, now.monotonic.advanced(by: latency))
        later(
            .agent(.sessionMessage(session, message), incarnation: incarnation),
            now.monotonic.duration(to: lastArrival))
    }

    func after(_ duration: Duration, _ action: @escaping () -> Void) { later(.action(action), duration) }

    func give(_ event: AgentEvent) { perform(machine.step(event, at: now, using: &random)) }

    private func nextTime() -> MonotonicTime? { (queue.map(\.at) + [wakeAt].compactMap { $0 }).min() }

    private func advance(to time: MonotonicTime) {
        let step = now.monotonic.duration(to: time)
        if step > .zero { now = now.advanced(by: step) }
    }

    private func happen() {
        let due = queue.indices.filter { queue[$0].at <= now.monotonic }
        guard let first = due.min(by: { (queue[$0].at, queue[$0].number) < (queue[$1].at, queue[$1].number) }) else {
            wakeAt = nil
            return give(.wake)
        }
        switch queue.remove(at: first).happening {
        case .agent(let event, incarnation): give(event)
        case .answer(let call, incarnation):
            give(.callFinished(call.id, isOnline ? backend.answer(call, at: now) : .failure(.unanswered("offline"))))
            afterCall()
        case .operation(let id, let operation, incarnation):
            if cancelled.contains(id) {
                if runtime.ignoresCancellation { _ = execute(operation) }
            } else {
                give(.operationFinished(id, execute(operation)))
            }
        case .exit(let id, let run, let code):
            if let seen = runtime.exit(id, run: run, code: code, at: now.wall) { notify(.changed(seen)) }
        case .action(let action): action()
        case .agent, .answer, .operation: break
        }
    }

    /// Things that the backend does because of what it was told.
    private func afterCall() {
        for message in backend.takeOutgoing() { send(message) }
    }

    private func later(_ happening: Happening, _ delay: Duration? = nil) {
        number += 1
        let latency = delay ?? .milliseconds(Int.random(in: 1...40, using: &random))
        queue.append((now.monotonic.advanced(by: latency), number, happening))
    }

    // MARK: Performing

    private func perform(_ output: AgentOutput) {
        outputs.append(output)
        let isHit = crash.map { $0.output == outputs.count } ?? false
        if isHit { hasCrashed = true }
        if isHit, crash?.point == .beforePersisting { return restart() }
        for change in output.changes {
            switch change {
            case .put(let record): store[record.key] = Array(Self.must { try JSONEncoder().encode(record) })
            case .remove(let key): store[key] = nil
            }
        }
        wakeAt = output.wakeAt
        if isHit, crash?.point == .afterPersisting { return restart() }
        for message in output.messages { perform(message) }
        for call in output.calls {
            backend.calls.append(call)
            later(.answer(call, incarnation: incarnation))
        }
        if isHit, crash?.point == .beforeCommands { return restart() }
        for command in output.commands {
            switch command {
            case .watch(let id, _):
                watch = id
                later(.agent(.runtime(id, .synchronised), incarnation: incarnation))
            case .perform(let id, let operation):
                runtime.operations.append(operation)
                later(.operation(id, operation, incarnation: incarnation), runtime.latency(of: operation))
            case .cancel(let id): cancelled.insert(id)
            }
        }
        if isHit { restart() }
    }

    private func perform(_ command: SessionCommand) {
        switch command {
        case .open(let id, let target):
            backend.handshakes.append(target)
            let incarnation = self.incarnation
            guard isOnline else {
                return later(.agent(.sessionEnded(id, .failed("offline")), incarnation: incarnation))
            }
            if let end = backend.takeRefusal() {
                return later(.agent(.sessionEnded(id, end), incarnation: incarnation))
            }
            later(
                .action { [unowned self] in
                    guard incarnation == self.incarnation else { return }
                    session = id
                    backend.session = id
                    give(.sessionOpened(id))
                    for message in backend.unacknowledged { send(message) }
                })
        case .send(let id, let message):
            guard id == session, isOnline else { return }
            backend.received(message)
        case .close(let id, let code, _):
            backend.closes.append(code)
            guard id == session else { return }
            session = nil
            later(.agent(.sessionEnded(id, .clean), incarnation: incarnation))
        }
    }

    private func execute(_ operation: RuntimeOperation) -> Result<OperationResult, OperationFailure> {
        let (result, notices, exit) = runtime.execute(operation, at: now.wall)
        for notice in notices { notify(notice) }
        if let exit { later(.exit(runtimeID: exit.id, run: exit.run, code: exit.code), exit.after) }
        return result
    }

    private func notify(_ notice: RuntimeNotice) {
        guard let watch else { return }
        // One latency for all, so that notices keep their order.
        later(.agent(.runtime(watch, notice), incarnation: incarnation), .milliseconds(7))
    }

    // MARK: Looking

    var observations: [AgentObservation] { outputs.flatMap(\.observations) }

    func status(of task: String) -> AgentStatus.Task? { machine.status.tasks.first { $0.arn == task } }
}
