// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportMessages
import DryportModel

/// Something that happens at a point of virtual time.
///
/// A `life` numbers the runs of a process; what was meant for an earlier run is ignored, as a real process would
/// never see it.
enum Happening: Sendable {
    // The control plane.
    case planeStart(life: Int)
    case planeWake(life: Int, number: Int)
    case planeCommit(life: Int)

    // Calls.
    case requestArrives(Call)
    case answerArrives(Answer)

    // Sessions.
    case planeHears(connection: Int, PlaneInput)
    case agentHears(connection: Int, AgentInput)
    case planeSideEnds(connection: Int)
    case agentSideEnds(connection: Int, SessionEnd)

    // Agents.
    case agentStart(agent: Int, life: Int)
    case agentWake(agent: Int, life: Int, number: Int)

    // Container runtimes.
    case watchReady(agent: Int, life: Int, OperationID)
    case notice(agent: Int, life: Int, OperationID, RuntimeNotice)
    case operationActs(agent: Int, life: Int, OperationID, RuntimeOperation)
    case operationLingers(agent: Int, reboots: Int, RuntimeOperation)
    case operationAnswers(agent: Int, life: Int, OperationID, Result<OperationResult, OperationFailure>)
    case containerExits(agent: Int, runtimeID: String, run: Int, code: Int?)
    case runtimeReturns(agent: Int)

    // The client.
    case clientActs
    case clientPolls
    case clientRepeats(call: Int)

    // Faults.
    case fault(Fault)
    case healing
}

/// A call of the API on its way to the control plane.
struct Call: Sendable {
    /// Who calls, and what.
    enum Content: Sendable {
        case agent(Int, life: Int, AgentCall)
        case client(number: Int, ClientRequest)
    }

    var content: Content

    /// The agent whose link the call takes; nil for the client's.
    var agent: Int? { if case .agent(let agent, _, _) = content { agent } else { nil } }
}

/// An answer, or the certainty that none will come, on its way to the caller.
enum Answer: Sendable {
    case agent(Int, life: Int, AgentCall.ID, Result<AgentAnswer, AgentCallFailure>)
    /// `order` numbers the executions of calls: of two answers, the one with the higher number was made later.
    case client(number: Int, order: Int, Result<ClientAnswer, ClientFailure>)
}

/// What the control plane may hear on a connection.
enum PlaneInput: Sendable {
    case handshake(SessionTarget)
    case message(ACS.AgentMessage)
    case close
}

/// What an agent may hear on a connection.
enum AgentInput: Sendable {
    case opened
    case message(ACS.ServerMessage)
    case end(SessionEnd)
}
