// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportModel
import DryportReconciler
import OrderedCollections

// The container runtimes, and how their agents reach them.
extension World {
    // MARK: Commands

    mutating func perform(_ command: RuntimeCommand, of agent: Int) {
        let life = agents[agent].life
        switch command {
        case .watch(let id, _):
            agents[agent].watch = id
            agents[agent].isWatching = false
            add(
                .watchReady(agent: agent, life: life, id),
                after: network.duration(in: .milliseconds(1) ... .milliseconds(200)))
        case .perform(let id, let operation):
            note("asks for \(operation.summary)", from: agents[agent].name)
            checkOrder(operation, of: agent)
            agents[agent].openOperations.insert(id)
            agents[agent].inFlight[id] = operation
            let latency = agents[agent].runtime.latency(of: operation, faults: faults)
            add(.operationActs(agent: agent, life: life, id, operation), after: latency)
        case .cancel(let id):
            agents[agent].openOperations.remove(id)
            // Giving a pull up ends it; anything else may be too late to be stopped.
            if case .pull? = agents[agent].inFlight[id] { agents[agent].inFlight[id] = nil }
        }
    }

    mutating func operationActed(_ agent: Int, _ life: Int, _ id: OperationID, _ operation: RuntimeOperation) {
        guard agents[agent].life == life, agents[agent].inFlight[id] != nil else { return }
        if agents[agent].runtimeHangsUntil > now {
            let patience = network.duration(in: .milliseconds(100) ... .seconds(2))
            return add(.operationActs(agent: agent, life: life, id, operation), after: patience)
        }
        agents[agent].inFlight[id] = nil
        let effect = act(operation, on: agent)
        let delay = network.duration(in: .microseconds(100) ... .milliseconds(5))
        add(.operationAnswers(agent: agent, life: life, id, effect.result), after: effect.answersAfter + delay)
    }

    /// Lets an operation act on the containers of a host.
    mutating func act(_ operation: RuntimeOperation, on agent: Int) -> ContainerHost.Effect {
        let wall = now(of: agent).wall
        let effect = agents[agent].runtime.act(operation, at: wall, faults: faults)
        if let started = effect.started {
            note(
                "starts \(started.runtimeID) (\(Self.short(started.key.taskARN))/\(started.key.containerName))",
                from: "runtime")
            checkStart(of: started)
            if options.sabotage == .startTwice, let copy = agents[agent].runtime.copy(started.runtimeID, at: wall) {
                note("starts \(copy.runtimeID) too", from: "runtime")
                checkStart(of: copy)
            }
        }
        if let notice = effect.notice { notify(notice, agent) }
        if let exit = effect.exit {
            add(
                .containerExits(agent: agent, runtimeID: exit.runtimeID, run: exit.run, code: exit.code),
                after: exit.after)
        }
        return effect
    }

    // MARK: Notices

    mutating func watchBecameReady(_ agent: Int, _ life: Int, _ id: OperationID) {
        guard agents[agent].life == life, agents[agent].watch == id else { return }
        agents[agent].isWatching = true
        guard agents[agent].runtime.isAvailable else { return endWatch(agent, ContainerHost.unavailable.message) }
        notify(.synchronised, agent)
    }

    /// Tells the watch, if there is one. Notices keep their order.
    mutating func notify(_ notice: RuntimeNotice, _ agent: Int) {
        guard agents[agent].isWatching, let watch = agents[agent].watch else { return }
        let latency = network.duration(in: .microseconds(200) ... .milliseconds(20))
        agents[agent].lastNoticeAt = max(agents[agent].lastNoticeAt, now.advanced(by: latency))
        queue.add(
            .notice(agent: agent, life: agents[agent].life, watch, notice), at: agents[agent].lastNoticeAt)
    }

    /// The watch breaks: what happens from now on is not told.
    mutating func endWatch(_ agent: Int, _ reason: String) {
        guard agents[agent].isWatching else { return }
        notify(.ended(reason: reason), agent)
        agents[agent].isWatching = false
        agents[agent].watch = nil
    }

    mutating func containerExited(_ agent: Int, _ runtimeID: String, run: Int, code: Int?) {
        let wall = now(of: agent).wall
        guard let seen = agents[agent].runtime.end(runtimeID, run: run, code: code, at: wall) else { return }
        if !isOver(seen.key, for: agent) { checker.exits[seen.key] = .some(code) }
        note("\(runtimeID) ends with \(code.map(String.init) ?? "no code")", from: "runtime")
        notify(.changed(seen), agent)
        if options.sabotage == .startAgain { _ = act(.start(runtimeID: runtimeID), on: agent) }
    }

    /// Whether the agent has given a container up already: it was not started or stopped in time, and what it does
    /// afterwards is told to nobody.
    private func isOver(_ key: ContainerKey, for agent: Int) -> Bool {
        guard let task = agents[agent].task(arn: key.taskARN) else { return true }
        return zip(task.plan.containers, task.containers).contains {
            $0.plan.containerName == key.containerName && $1.phase == .stopped
        }
    }

    mutating func runtimeReturned(_ agent: Int) {
        guard !agents[agent].runtime.isAvailable else { return }
        note("\(agents[agent].name)'s answers again", from: "runtime")
        agents[agent].runtime.isAvailable = true
    }
}

extension RuntimeOperation {
    /// A few words for the trace.
    var summary: String {
        switch self {
        case .inventory: "the inventory"
        case .pull(let image): "image \(image)"
        case .localImage(let image): "local image \(image)"
        case .create(let plan): "container \(World.short(plan.taskARN))/\(plan.containerName)"
        case .start(let id): "the start of \(id)"
        case .stop(let id, _): "the stop of \(id)"
        case .inspect(let id): "a look at \(id)"
        case .remove(let id, _): "the removal of \(id)"
        }
    }
}
