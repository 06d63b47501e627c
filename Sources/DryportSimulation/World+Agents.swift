// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportControlPlaneCore
import DryportMessages
import DryportModel
import OrderedCollections

// The agents' shells.
extension World {
    // MARK: Steps

    /// Gives an event to an agent, if it is up, and performs what it wants.
    mutating func give(_ event: AgentEvent, to agent: Int) {
        guard agents[agent].machine != nil else { return }
        statistics.agentSteps += 1
        let now = now(of: agent)
        var random = agents[agent].random
        let output = agents[agent].machine!.step(event, at: now, using: &random)
        agents[agent].random = random
        perform(output, of: agent)
    }

    mutating func wakeAgent(_ agent: Int, _ life: Int, _ number: Int) {
        guard agents[agent].life == life, agents[agent].wakeNumber == number else { return }
        agents[agent].armedWake = nil
        give(.wake, to: agent)
    }

    private mutating func arm(_ wakeAt: MonotonicTime?, of agent: Int) {
        guard wakeAt != agents[agent].armedWake else { return }
        agents[agent].armedWake = wakeAt
        agents[agent].wakeNumber += 1
        guard let wakeAt else { return }
        let late = network.duration(in: .zero ... .milliseconds(2))
        queue.add(
            .agentWake(agent: agent, life: agents[agent].life, number: agents[agent].wakeNumber),
            at: max(wakeAt, now).advanced(by: late))
    }

    /// Stores, and then does the rest; or crashes on the way.
    private mutating func perform(_ output: AgentOutput, of agent: Int) {
        let crashPoint = fate.happens(faults.outputCrashes) ? Int.random(in: 0..<3, using: &fate) : nil
        if crashPoint == 0 { return crashAgent(agent, "before storing") }
        for change in output.changes { store(change, of: agent) }
        if crashPoint == 1 { return crashAgent(agent, "after storing") }
        arm(output.wakeAt, of: agent)
        var effects = output.messages.count + output.calls.count + output.commands.count
        if crashPoint == 2 { effects = Int.random(in: 0...effects, using: &fate) }
        for message in output.messages.prefix(effects) { perform(message, of: agent) }
        effects -= min(effects, output.messages.count)
        for call in output.calls.prefix(effects) {
            if options.sabotage == .leakSecret, case .registerManagedInstance(let request) = call.request {
                note("registers with \(request.activationCode ?? "")", from: agents[agent].name)
            }
            send(call, from: agent)
        }
        effects -= min(effects, output.calls.count)
        for command in output.commands.prefix(effects) { perform(command, of: agent) }
        if crashPoint == 2 { return crashAgent(agent, "amid an output") }
        for observation in output.observations {
            note("\(observation)", from: agents[agent].name)
            if case .terminal(let reason) = observation {
                agents[agent].terminalReason = reason
                checkEnd(of: agent, reason: reason)
            }
        }
    }

    private mutating func store(_ change: AgentChange, of agent: Int) {
        switch change {
        case .put(let record):
            if options.sabotage == .forgetAgentTasks, case .task = record { return }
            agents[agent].store[record.key] = record
        case .remove(let key): agents[agent].store[key] = nil
        }
    }

    private mutating func perform(_ command: SessionCommand, of agent: Int) {
        switch command {
        case .open(let id, let target): openSession(id, target, of: agent)
        case .send(let id, let message):
            note("sends \(message.type)", from: agents[agent].name)
            guard let connection = agents[agent].connections[id] else { return }
            sendToPlane(.message(message), on: connection)
        case .close(let id, let code, let reason):
            note("closes \(id) with \(code): \(reason)", from: agents[agent].name)
            closeSession(id, of: agent)
        }
    }

    // MARK: Life

    mutating func startAgent(_ agent: Int, _ life: Int) {
        guard agents[agent].machine == nil, agents[agent].life < life else { return }
        agents[agent].life = life
        var records: [AgentRecord] = []
        for key in agents[agent].store.keys.sorted() {
            let stored = agents[agent].store[key]!
            let bytes = Self.bytes(of: stored)
            if let secret = secrets.first(where: { bytes.containsText($0) }) {
                violate(.secrecy, "\(agents[agent].name) stores a secret of \(secret.utf8.count) characters in \(key)")
            }
            guard let record = try? JSONCoding.decode(AgentRecord.self, from: bytes), record == stored else {
                return violate(.storeIsReadable, "\(key) of \(agents[agent].name) is read as something else")
            }
            records.append(record)
        }
        note("starts with \(records.count) records", from: agents[agent].name)
        agents[agent].machine = AgentMachine(configuration: agents[agent].configuration, restoring: records)
        give(.started(agents[agent].facts), to: agent)
    }

    /// The agent's process ends, and its supervisor starts another. Containers go on.
    mutating func crashAgent(_ agent: Int, _ moment: String) {
        guard agents[agent].machine != nil else { return }
        note("crashes \(moment)", from: agents[agent].name)
        statistics.agentCrashes += 1
        // What was asked of the runtime may happen all the same.
        for (_, operation) in agents[agent].inFlight where fate.happens(0.5) {
            if case .start = operation { _ = act(operation, on: agent) } else { linger(operation, on: agent) }
        }
        for (_, connection) in agents[agent].connections {
            sendToPlane(.close, on: connection)
            connections[connection].agentIsDone = true
        }
        endProcess(of: agent, startsAfter: fate.duration(in: .milliseconds(100) ... .seconds(20)))
    }

    /// An operation acts although nobody waits for it any more. One that starts a container acts at once or never: no
    /// agent could tell a start that is still to come from one that never will.
    private mutating func linger(_ operation: RuntimeOperation, on agent: Int) {
        let late = fate.duration(in: .zero ... .seconds(10))
        add(.operationLingers(agent: agent, reboots: agents[agent].reboots, operation), after: late)
    }

    /// The whole host goes down and comes back.
    mutating func reboot(_ agent: Int) {
        note("goes down", from: agents[agent].name)
        statistics.reboots += 1
        agents[agent].reboots += 1
        for (_, connection) in agents[agent].connections {
            connections[connection].agentIsDone = true
            breakConnection(connection, patience: .seconds(120))
        }
        for container in agents[agent].runtime.running { checker.exits[container.key] = .some(nil) }
        agents[agent].runtime.endAll(at: now(of: agent).wall)
        endProcess(of: agent, startsAfter: fate.duration(in: .seconds(5) ... .seconds(60)))
    }

    private mutating func endProcess(of agent: Int, startsAfter down: Duration) {
        agents[agent].machine = nil
        agents[agent].life += 1
        agents[agent].openCalls = []
        agents[agent].inFlight = [:]
        agents[agent].openOperations = []
        agents[agent].watch = nil
        agents[agent].isWatching = false
        agents[agent].connections = [:]
        agents[agent].armedWake = nil
        add(.agentStart(agent: agent, life: agents[agent].life + 1), after: down)
    }
}

extension [UInt8] {
    /// Whether the bytes of a text occur.
    /// - Complexity: O(*n*) where the text's first byte is rare.
    func containsText(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard let first = wanted.first, count >= wanted.count else { return false }
        var start = startIndex
        while let hit = self[start...].firstIndex(of: first), hit + wanted.count <= count {
            if self[hit..<hit + wanted.count].elementsEqual(wanted) { return true }
            start = hit + 1
        }
        return false
    }
}
