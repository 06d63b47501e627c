// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// What a step collects, and the numbers it hands out.
struct Effects {
    /// The numbers that were handed out last.
    struct Numbering: Sendable, Hashable {
        var call = 0
        var operation = 0
        var session = 0
    }

    var numbering: Numbering
    var output = AgentOutput()

    init(_ numbering: Numbering) { self.numbering = numbering }

    mutating func observe(_ observation: AgentObservation) { output.observations.append(observation) }

    mutating func perform(_ operation: RuntimeOperation) -> OperationID {
        numbering.operation += 1
        let id = OperationID(numbering.operation)
        output.commands.append(.perform(id, operation))
        return id
    }

    mutating func watch(owner: String) -> OperationID {
        numbering.operation += 1
        let id = OperationID(numbering.operation)
        output.commands.append(.watch(id, owner: owner))
        return id
    }

    mutating func cancel(_ id: OperationID) { output.commands.append(.cancel(id)) }

    mutating func call(
        _ request: AgentCall.Request, as authentication: AgentCall.Authentication, timeout: Duration = .seconds(42)
    ) -> AgentCall.ID {
        numbering.call += 1
        let id = AgentCall.ID(numbering.call)
        output.calls.append(AgentCall(id: id, request: request, authentication: authentication, timeout: timeout))
        return id
    }

    mutating func open(_ target: SessionTarget) -> SessionID {
        numbering.session += 1
        let id = SessionID(numbering.session)
        output.messages.append(.open(id, target))
        return id
    }
}
