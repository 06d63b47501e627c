// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportControlPlaneCore
import DryportModel
import OrderedCollections

extension World {
    /// Lets a fault happen, and decides when the next of its kind does.
    mutating func strike(_ fault: Fault) {
        guard !isHealing else { return }
        let agent = Int.random(in: agents.indices, using: &fate)
        switch fault {
        case .planeCrash: crashPlane("by chance")
        case .agentCrash: crashAgent(agent, "by chance")
        case .reboot: reboot(agent)
        case .sessionBreak:
            guard let connection = agents[agent].connections.values.last else { break }
            note("the session breaks", from: agents[agent].name)
            breakConnection(connection, patience: fate.happens(0.7) ? .seconds(1) : .seconds(120))
        case .partition: cutOff(agent)
        case .kill, .removal: meddle(with: agent, byRemoving: fault == .removal)
        case .outage:
            guard agents[agent].runtime.isAvailable else { break }
            note("\(agents[agent].name)'s does not answer", from: "runtime")
            statistics.outages += 1
            agents[agent].runtime.isAvailable = false
            endWatch(agent, "the runtime went away")
            add(.runtimeReturns(agent: agent), after: fate.duration(in: .milliseconds(100) ... .seconds(40)))
        case .hang:
            note("\(agents[agent].name)'s hangs", from: "runtime")
            statistics.outages += 1
            agents[agent].runtimeHangsUntil = now.advanced(by: fate.duration(in: .seconds(1) ... .seconds(300)))
        case .watchEnd: endWatch(agent, "events were lost")
        case .clockChange:
            agents[agent].skew = fate.duration(in: .zero ... .seconds(240)) - .seconds(120)
            note("has its clock set \(agents[agent].skew) ahead", from: agents[agent].name)
        case .deregistration:
            if let instance = plane.instances.filter({ $0.status != .inactive }).randomElement(using: &fate) {
                submit(
                    .deregister(instance: plane.configuration.scope.containerInstance(instance.id, cluster: "default")))
                return
            }
        }
        guard let mean = faults.meanTime(of: fault) else { return }
        add(.fault(fault), after: fate.duration(in: .milliseconds(1)...mean * 2))
    }

    /// Nothing gets through between an agent and the control plane: both ways, or one way.
    private mutating func cutOff(_ agent: Int) {
        let direction = Int.random(in: 0..<4, using: &fate)
        partition(
            agent, up: direction != 2, down: direction != 1, for: fate.duration(in: .seconds(1) ... .seconds(120)))
    }

    /// Cuts an agent off for a while.
    mutating func partition(_ agent: Int, up: Bool = true, down: Bool = true, for duration: Duration) {
        note("is cut off for \(duration)\(up ? ", up" : "")\(down ? ", down" : "")", from: agents[agent].name)
        statistics.partitions += 1
        let end = now.advanced(by: duration)
        if up { agents[agent].blockedUpUntil = max(agents[agent].blockedUpUntil, end) }
        if down { agents[agent].blockedDownUntil = max(agents[agent].blockedDownUntil, end) }
    }

    /// Somebody with a shell on the host kills or removes a container.
    private mutating func meddle(with agent: Int, byRemoving: Bool) {
        guard let victim = agents[agent].runtime.running.randomElement(using: &fate) else { return }
        statistics.meddlings += 1
        if byRemoving {
            note("somebody removes \(victim.runtimeID)", from: "runtime")
            agents[agent].runtime.lose(victim.runtimeID)
            checker.exits[victim.key] = nil
            checker.lost.insert(victim.key)
            notify(.removed(runtimeID: victim.runtimeID), agent)
        } else {
            kill(victim.runtimeID, of: agent, code: 137)
        }
    }

    /// Ends the current run of a container.
    mutating func kill(_ runtimeID: String, of agent: Int, code: Int?) {
        guard let run = agents[agent].runtime.containers[runtimeID]?.run else { return }
        containerExited(agent, runtimeID, run: run, code: code)
    }
}
