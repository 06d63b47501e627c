// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportControlPlaneCore
import DryportMessages
import DryportModel
import OrderedCollections

// The sessions of agents. See ``Connection``.
extension World {
    // MARK: The agent's side

    mutating func openSession(_ id: SessionID, _ target: SessionTarget, of agent: Int) {
        note("opens \(id)", from: agents[agent].name)
        let index = connections.count
        connections.append(Connection(agent: agent, agentLife: agents[agent].life, session: id))
        agents[agent].connections[id] = index
        guard !isUpBlocked(agent), !network.happens(faults.requestLoss) else {
            statistics.lostMessages += 1
            let end = SessionEnd.failed("the connection timed out")
            return add(
                .agentSideEnds(connection: index, end), after: network.duration(in: .seconds(1) ... .seconds(30)))
        }
        sendToPlane(.handshake(target), on: index)
    }

    mutating func closeSession(_ id: SessionID, of agent: Int) {
        guard let index = agents[agent].connections[id], !connections[index].agentIsDone else { return }
        sendToPlane(.close, on: index)
        // The answer to the close; if the connection is broken, it ends when nobody answers.
        guard !connections[index].isBroken else { return }
        add(.agentSideEnds(connection: index, .clean), after: delay() + delay())
    }

    mutating func agentHeard(_ input: AgentInput, on index: Int) {
        let connection = connections[index]
        guard !connection.isBroken, !connection.agentIsDone, connection.agentLife == agents[connection.agent].life
        else {
            return
        }
        guard !isDownBlocked(connection.agent) else { return breakConnection(index) }
        switch input {
        case .opened:
            statistics.sessions += 1
            give(.sessionOpened(connection.session), to: connection.agent)
        case .message(let message): give(.sessionMessage(connection.session, message), to: connection.agent)
        case .end(let end): agentSideEnded(index, end)
        }
    }

    mutating func agentSideEnded(_ index: Int, _ end: SessionEnd) {
        let connection = connections[index]
        guard !connection.agentIsDone, connection.agentLife == agents[connection.agent].life else { return }
        connections[index].agentIsDone = true
        agents[connection.agent].connections[connection.session] = nil
        give(.sessionEnded(connection.session, end), to: connection.agent)
    }

    // MARK: The control plane's side

    mutating func planeHeard(_ input: PlaneInput, on index: Int) {
        let connection = connections[index]
        guard !connection.isBroken else { return }
        guard !isUpBlocked(connection.agent) else { return breakConnection(index) }
        switch input {
        case .handshake(let target): shakeHands(target, on: index)
        case .message(let message):
            guard let session = liveSession(of: connection) else { return }
            let output = stepSafely { machine, now, random in
                machine.receive(message, on: session, at: now, using: &random)
            }
            enqueue(output, nil)
        case .close: planeSideEnded(index)
        }
    }

    private func liveSession(of connection: Connection) -> AgentSessionID? {
        guard plane.machine != nil, connection.planeLife == plane.life, !connection.planeIsDone else { return nil }
        return connection.planeSession
    }

    private mutating func shakeHands(_ target: SessionTarget, on index: Int) {
        let agent = connections[index].agent
        guard plane.machine != nil else { return sendToAgent(.end(.failed("connection refused")), on: index) }
        plane.lastSession += 1
        let id = AgentSessionID(plane.lastSession)
        let handshake = AgentHandshake(
            cluster: target.parameters["clusterArn"],
            containerInstanceArn: target.parameters["containerInstanceArn"] ?? "",
            sendCredentials: target.parameters["sendCredentials"] == "true",
            agentVersion: target.parameters["agentVersion"])
        do throws(APIError) {
            let principal = try principal(of: .credentials(target.credentials))
            let output = try step { (machine, now, random) throws(APIError) in
                try machine.openSession(id, handshake: handshake, as: principal, at: now, using: &random)
            }
            note("opens \(id) of \(agents[agent].name)", from: "control-plane")
            plane.sessions[id] = index
            connections[index].planeSession = id
            connections[index].planeLife = plane.life
            enqueue(output, .sessionOpened(connection: index))
        } catch {
            note("refuses a session of \(agents[agent].name): \(error)", from: "control-plane")
            sendToAgent(.end(.refused(status: error.httpStatus, body: error.description)), on: index)
        }
        // The agent's process may have ended since it sent this.
        if connections[index].agentLife != agents[agent].life { add(.planeSideEnds(connection: index), after: delay()) }
    }

    mutating func planeSideEnded(_ index: Int) {
        guard let session = liveSession(of: connections[index]) else { return }
        connections[index].planeIsDone = true
        plane.sessions[session] = nil
        note("loses \(session)", from: "control-plane")
        let output = stepSafely { machine, now, _ in machine.closeSession(session, at: now) }
        enqueue(output, nil)
    }

    // MARK: Between

    mutating func sendToPlane(_ input: PlaneInput, on index: Int) {
        guard !connections[index].isBroken else { return }
        connections[index].toPlaneAt = max(connections[index].toPlaneAt, now.advanced(by: delay()))
        queue.add(.planeHears(connection: index, input), at: connections[index].toPlaneAt)
    }

    mutating func sendToAgent(_ input: AgentInput, on index: Int) {
        guard !connections[index].isBroken else { return }
        connections[index].toAgentAt = max(connections[index].toAgentAt, now.advanced(by: delay()))
        queue.add(.agentHears(connection: index, input), at: connections[index].toAgentAt)
    }

    /// Nothing gets through any more. Each side notices by itself, later.
    /// - Parameter patience: How long a side may take to notice.
    mutating func breakConnection(_ index: Int, patience: Duration = .seconds(90)) {
        guard !connections[index].isBroken else { return }
        connections[index].isBroken = true
        statistics.brokenSessions += 1
        let (first, second) = (fate.duration(in: .zero...patience), fate.duration(in: .zero...patience))
        add(.agentSideEnds(connection: index, .closed(code: 1006)), after: first)
        add(.planeSideEnds(connection: index), after: second)
    }
}
