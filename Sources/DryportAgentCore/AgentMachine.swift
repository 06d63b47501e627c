// SPDX-License-Identifier: Apache-2.0

public import DryportModel
import OrderedCollections

/// One host as a machine: what AWS's container agent and SSM agent do for an external instance, as decisions only.
///
/// It is composed of four smaller machines: registration, the ACS session, the engine of tasks, and the outbox of
/// state changes. A shell gives it events one after another, and for each performs the ``AgentOutput`` in the order of
/// its members. Same state, same event and same generator give the same output.
///
/// A restarted agent makes it from what was persisted, with ``init(configuration:restoring:)``, and goes on: what
/// was under way is found out from the runtime's inventory. It needs no backend for that; an agent that is cut off
/// recovers its tasks by itself.
public struct AgentMachine: Sendable {
    /// How it behaves.
    public let configuration: AgentConfiguration
    var registration: RegistrationMachine
    var session: SessionMachine
    var engine: TaskEngine
    var outbox: Outbox
    var manifest: ManifestMemory
    var taskCredentials = TaskCredentialsTable()
    private var numbering = Effects.Numbering()
    private var hasStarted = false

    /// Creates a machine.
    /// - Parameters:
    ///   - configuration: How it behaves.
    ///   - records: Everything that was persisted, in any order; empty on the first start.
    public init(configuration: AgentConfiguration, restoring records: [AgentRecord]) {
        var registration: RegistrationRecord?
        var tasks: [TaskRecord] = []
        var images: [String] = []
        var timeline = 0
        for record in records {
            switch record {
            case .registration(let record): registration = record
            case .manifest(let number): timeline = number
            case .pulledImages(let names): images = names
            case .task(let task): tasks.append(task)
            }
        }
        self.configuration = configuration
        self.registration = RegistrationMachine(configuration: configuration, restoring: registration)
        self.session = SessionMachine(configuration: configuration)
        self.engine = TaskEngine(configuration: configuration, restoring: tasks, pulledImages: images)
        self.outbox = Outbox(configuration: configuration)
        self.manifest = ManifestMemory(timeline: timeline)
    }

    /// Takes an event.
    /// - Parameters:
    ///   - event: What happened. The first one is ``AgentEvent/started(_:)``; anything before it is ignored.
    ///   - now: Both clocks, read together.
    ///   - random: The only source of chance.
    /// - Returns: What to do, in the order of its members.
    /// - Complexity: O(number of tasks) plus what the event concerns.
    public mutating func step(
        _ event: AgentEvent, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> AgentOutput {
        var effects = Effects(numbering)
        take(event, at: now, using: &random, &effects)
        if hasStarted, registration.terminalReason == nil {
            registration.settle(at: now, using: &random, &effects)
            enableSession(&effects)
            engine.settle(at: now, using: &random, &effects)
            session.settle(
                credentials: registration.credentials(at: now), at: now, using: &random, &effects)
            outbox.pump(
                engine.tasks, credentials: registration.isRegistered ? registration.credentials(at: now) : nil,
                at: now, &effects)
        }
        taskCredentials.retain { engine.tasks[$0] != nil }
        if let change = registration.takeChange() { effects.output.changes.append(change) }
        if let change = manifest.takeChange() { effects.output.changes.append(change) }
        effects.output.changes += engine.takeChanges()
        effects.output.wakeAt = nextWake(after: now)
        numbering = effects.numbering
        return effects.output
    }

    private mutating func take(
        _ event: AgentEvent, at now: Instant, using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        if case .started(let facts) = event {
            precondition(!hasStarted, "an agent starts once")
            hasStarted = true
            registration.start(facts, using: &random, &effects)
            engine.prepare(facts)
            // Containers of a host that was registered need nobody's permission to go on.
            if registration.terminalReason == nil, let arn = registration.record.containerInstanceARN {
                engine.open(owner: arn, &effects)
            }
            return
        }
        guard hasStarted, registration.terminalReason == nil else { return }
        switch event {
        case .started, .wake: break
        case .callFinished(let id, let result): finished(id, result, at: now, using: &random, &effects)
        case .sessionOpened(let id):
            if session.opened(id, at: now, using: &random, &effects) {
                outbox.linkRestored()
                registration.linkRestored(at: now, using: &random, &effects)
            }
        case .sessionMessage(let id, let message):
            guard session.current == id else { return }
            received(message, in: id, at: now, using: &random, &effects)
        case .sessionMessageUnreadable(let id, let reason):
            guard session.current == id else { return }
            effects.observe(.messageDropped(type: "unreadable", reason: reason))
        case .sessionEnded(let id, let end): session.ended(id, end, at: now, using: &random, &effects)
        case .runtime(let watch, let notice):
            engine.noticed(watch, notice, at: now, using: &random, &effects)
        case .operationFinished(let id, let result):
            engine.operationFinished(id, result, at: now, using: &random, &effects)
        }
    }

    private mutating func finished(
        _ id: AgentCall.ID, _ result: Result<AgentAnswer, AgentCallFailure>, at now: Instant,
        using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        if registration.finished(id, result, at: now, using: &random, &effects) { return }
        let credentials = registration.credentials(at: now)
        if session.finished(id, result, credentials: credentials, at: now, using: &random, &effects) { return }
        let status = outbox.task(of: id).flatMap { engine.tasks[$0]?.record.reports.sealed.first?.status }
        if let arn = outbox.finished(id, result, status: status, at: now, using: &random, &effects),
            engine.tasks[arn] != nil
        {
            engine.tasks[arn]?.record.reports.sealed.removeFirst()
            engine.mark(arn)
        }
    }

    private mutating func enableSession(_ effects: inout Effects) {
        guard registration.isRegistered, let arn = registration.record.containerInstanceARN,
            let facts = engine.facts
        else { return }
        engine.open(owner: arn, &effects)
        session.enable(containerInstance: arn, runtime: facts.runtime)
    }

    /// What was due and could not be done waits for something else than time.
    private func nextWake(after now: Instant) -> MonotonicTime? {
        guard hasStarted, registration.terminalReason == nil else { return nil }
        let deadlines = registration.deadlines + session.deadlines + engine.deadlines + outbox.deadlines
        return deadlines.filter { $0 > now.monotonic }.min()
    }
}
