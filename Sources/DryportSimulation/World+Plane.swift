// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel

// The control plane's shell.
extension World {
    // MARK: Steps

    /// Lets the machine perform a call. The control plane is up.
    mutating func perform<Request: ControlPlaneRequest>(
        _ request: Request, as principal: Principal
    ) throws(APIError) -> (Request.Response, ControlPlaneOutput) {
        let context = CallContext(principal: principal, endpoint: "http://control-plane")
        return try step { (machine, now, random) throws(APIError) in
            try machine.perform(request, in: context, at: now, using: &random)
        }
    }

    /// Lets the machine take a step. The control plane is up.
    mutating func step<Result>(
        _ body: (inout ControlPlaneMachine, Instant, inout SeededGenerator) throws(APIError) -> Result
    ) throws(APIError) -> Result {
        statistics.planeSteps += 1
        let now = planeNow
        var random = plane.random
        defer { plane.random = random }
        return try body(&plane.machine!, now, &random)
    }

    /// What never throws.
    mutating func stepSafely(
        _ body: (inout ControlPlaneMachine, Instant, inout SeededGenerator) -> ControlPlaneOutput
    ) -> ControlPlaneOutput {
        statistics.planeSteps += 1
        let now = planeNow
        var random = plane.random
        defer { plane.random = random }
        return body(&plane.machine!, now, &random)
    }

    mutating func wakePlane(_ life: Int, _ number: Int) {
        guard plane.life == life, plane.wakeNumber == number, plane.machine != nil else { return }
        plane.armedWake = nil
        let output = stepSafely { machine, now, random in machine.wake(at: now, using: &random) }
        enqueue(output, nil)
    }

    private mutating func arm(_ wakeAt: MonotonicTime?) {
        guard wakeAt != plane.armedWake else { return }
        plane.armedWake = wakeAt
        plane.wakeNumber += 1
        guard let wakeAt else { return }
        let late = network.duration(in: .zero ... .milliseconds(2))
        queue.add(.planeWake(life: plane.life, number: plane.wakeNumber), at: max(wakeAt, now).advanced(by: late))
    }

    // MARK: Commits

    /// Takes the output of a step: what follows from it waits until its changes, and those before, are durable.
    mutating func enqueue(_ output: ControlPlaneOutput, _ reply: PlaneHost.Reply?) {
        arm(output.wakeAt)
        var entry = PlaneHost.Entry(output: output, reply: reply)
        if options.sabotage == .answerBeforeCommit {
            carryOut(entry)
            entry.output.effects = []
            entry.output.observations = []
            entry.reply = nil
        }
        guard !output.changes.isEmpty || !plane.committing.isEmpty else { return carryOut(entry) }
        plane.pending.append(entry)
        if plane.committing.isEmpty { beginCommit() }
    }

    private mutating func beginCommit() {
        swap(&plane.committing, &plane.pending)
        let delay = network.duration(in: .microseconds(200)...faults.commitDelay)
        add(.planeCommit(life: plane.life), after: delay)
    }

    mutating func commit(_ life: Int) {
        guard plane.life == life, plane.machine != nil else { return }
        let crashPoint = fate.happens(faults.commitCrashes) ? Int.random(in: 0..<3, using: &fate) : nil
        if crashPoint == 0 { return crashPlane("before a commit") }
        let entries = plane.committing
        store(entries)
        if crashPoint == 1 { return crashPlane("after a commit") }
        let last = crashPoint == 2 ? Int.random(in: 0..<entries.count, using: &fate) : entries.count
        for index in 0..<last { carryOut(entries[index]) }
        if crashPoint == 2 { return crashPlane("amid what follows a commit") }
        plane.committing = []
        if !plane.pending.isEmpty { beginCommit() }
    }

    private mutating func store(_ entries: [PlaneHost.Entry]) {
        for change in entries.flatMap(\.output.changes) {
            switch change {
            case .put(let original):
                guard let record = sabotaged(original) else { continue }
                check(record, replacing: plane.store[record.key])
                plane.store[record.key] = record
            case .delete(let key):
                if let old = plane.store[key] { check(deletionOf: old) }
                plane.store[key] = nil
            }
        }
        checkCharges()
    }

    /// What the store really keeps of a record; nil for nothing.
    private func sabotaged(_ record: ControlPlaneRecord) -> ControlPlaneRecord? {
        guard let sabotage = options.sabotage, case .task(var task, let cluster) = record else { return record }
        switch sabotage {
        case .dropCommittedTask: return "0123".contains(task.id.first ?? "f") ? nil : record
        case .storeOlderTask where task.lastStatus == .stopped:
            task.lastStatus = .pending
            return .task(task, cluster: cluster)
        default: return record
        }
    }

    private mutating func carryOut(_ entry: PlaneHost.Entry) {
        for observation in entry.output.observations { note("\(observation)", from: "control-plane") }
        if let reply = entry.reply {
            switch reply {
            case .answer(let call, let answer): respond(to: call, with: answer)
            case .sessionOpened(let connection): sendToAgent(.opened, on: connection)
            }
        }
        for effect in entry.output.effects {
            switch effect {
            case .send(let id, let message):
                guard let connection = plane.sessions[id] else { continue }
                note("sends \(message.type) to \(agents[connections[connection].agent].name)", from: "control-plane")
                sendToAgent(.message(message), on: connection)
            case .close(let id, let code, let reason):
                guard let connection = plane.sessions.removeValue(forKey: id) else { continue }
                note("closes \(id): \(reason)", from: "control-plane")
                sendToAgent(.end(.closed(code: code)), on: connection)
                connections[connection].planeIsDone = true
            }
        }
    }

    // MARK: Life

    /// The process ends. Nothing survives but the store.
    mutating func crashPlane(_ moment: String) {
        guard plane.machine != nil else { return }
        note("crashes \(moment)", from: "control-plane")
        statistics.planeCrashes += 1
        plane.machine = nil
        plane.committing = []
        plane.pending = []
        plane.sessions = [:]
        plane.armedWake = nil
        // A process that ends closes its connections; a machine that goes down does not.
        let isSilent = fate.happens(0.2)
        for index in connections.indices {
            let connection = connections[index]
            guard connection.planeLife == plane.life, !connection.planeIsDone else { continue }
            connections[index].planeIsDone = true
            if isSilent { breakConnection(index) } else { sendToAgent(.end(.closed(code: 1006)), on: index) }
        }
        plane.life += 1
        let down = fate.duration(in: .milliseconds(100) ... .seconds(20))
        add(.planeStart(life: plane.life), after: down)
    }

    mutating func startPlane(_ life: Int) {
        guard plane.life == life, plane.machine == nil else { return }
        var records: [ControlPlaneRecord] = []
        do {
            for key in plane.store.keys.sorted() {
                let record = try ControlPlaneRecord(key: key, bytes: plane.store[key]!.encoded())
                if record != plane.store[key] { violate(.storeIsReadable, "\(key) is read as something else") }
                records.append(record)
            }
            plane.machine = try ControlPlaneMachine(
                configuration: plane.configuration, issuer: plane.issuer, restoring: records, at: planeNow)
        } catch {
            return violate(.storeIsReadable, "\(error)")
        }
        note("starts with \(records.count) records", from: "control-plane")
        let output = stepSafely { machine, now, random in machine.wake(at: now, using: &random) }
        enqueue(output, nil)
    }

    /// What every world begins with: a cluster, task definitions, an activation for all hosts.
    mutating func prepareControlPlane() -> AgentConfiguration.Activation {
        let administrator = Principal.administrator(accessKeyID: "AKIASIMULATION")
        var outputs = [stepSafely { machine, now, _ in machine.createDefaultCluster(at: now) }]
        do throws(APIError) {
            for definition in Workload.definitions { outputs.append(try perform(definition, as: administrator).1) }
            let (activation, output) = try perform(
                SSM.CreateActivationRequest(iamRole: "node", registrationLimit: 1000), as: administrator)
            outputs.append(output)
            store(outputs.map { PlaneHost.Entry(output: $0, reply: nil) })
            guard let id = activation.activationId, let code = activation.activationCode else {
                preconditionFailure("an activation has an id and a code")
            }
            secrets.append(code)
            return AgentConfiguration.Activation(id: id, code: Redacted(code))
        } catch {
            preconditionFailure("the control plane refused what every world begins with: \(error)")
        }
    }
}
