// SPDX-License-Identifier: Apache-2.0

public import DryportControlPlaneCore
public import DryportMessages

/// The control plane's end of one agent's session. The front passes messages on in both directions and does
/// nothing else.
public final class AgentSession: Sendable {
    /// What the front has to do.
    public enum Command: Sendable, Hashable {
        /// Send this message.
        case message(ACS.ServerMessage)
        /// Close the connection with this code; it is the last command.
        case close(code: UInt16, reason: String)
    }

    /// The session's number.
    public let id: AgentSessionID
    /// What to do, in order. Ends after the session is over. To be iterated once.
    ///
    /// Bounded: an agent that does not read while more than 4,096 messages gather is closed, and gets everything
    /// it has not acknowledged with its next session.
    public let commands: AsyncStream<Command>
    private let continuation: AsyncStream<Command>.Continuation
    private let controlPlane: ControlPlane

    init(id: AgentSessionID, controlPlane: ControlPlane) {
        self.id = id
        self.controlPlane = controlPlane
        (commands, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(4096))
    }

    /// Passes on a message of the agent. Returns when what it changed is durable.
    /// - Throws: `ServerException` if it could not be stored; close the connection then.
    public func receive(_ message: ACS.AgentMessage) async throws(APIError) {
        try await controlPlane.receive(message, on: id)
    }

    /// Says that the connection is over.
    public func close() {
        controlPlane.close(id)
    }

    func deliver(_ command: Command) {
        if case .dropped = continuation.yield(command) { continuation.finish() }
        if case .close = command { continuation.finish() }
    }

    func finish() { continuation.finish() }
}
