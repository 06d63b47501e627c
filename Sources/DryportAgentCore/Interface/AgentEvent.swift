// SPDX-License-Identifier: Apache-2.0

public import DryportMessages

/// Something that happens to an agent. The first one is ``started(_:)``.
public enum AgentEvent: Sendable, Hashable {
    /// The shell is ready and knows its host. Comes once, first.
    case started(AgentFacts)
    /// The time of ``AgentOutput/wakeAt`` has come. May come early, late or twice.
    case wake
    /// A call of ``AgentOutput/calls`` ended. Comes once for each.
    case callFinished(AgentCall.ID, Result<AgentAnswer, AgentCallFailure>)
    /// A session is open.
    case sessionOpened(SessionID)
    /// A session brought a message.
    case sessionMessage(SessionID, ACS.ServerMessage)
    /// A session brought something that cannot be read; it is dropped (`ecs-agent.md` §4.3).
    case sessionMessageUnreadable(SessionID, String)
    /// A session is over, or did not come about. Comes once for each that was to be opened.
    case sessionEnded(SessionID, SessionEnd)
    /// The runtime told something to the watch with this id.
    case runtime(OperationID, RuntimeNotice)
    /// An operation of ``RuntimeCommand/perform(_:_:)`` ended. Comes once for each that was not cancelled.
    case operationFinished(OperationID, Result<OperationResult, OperationFailure>)
}
