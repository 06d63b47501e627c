// SPDX-License-Identifier: Apache-2.0

public import DryportCredentials
public import DryportMessages

/// An ACS session, numbered by the machine that asked for it; see ``OperationID`` for what the numbers mean.
public struct SessionID: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The number.
    public var number: Int

    /// Creates an id.
    public init(_ number: Int) { self.number = number }

    /// The text form.
    public var description: String { "session-\(number)" }
}

/// Something to do with an ACS session.
public enum SessionCommand: Sendable, Hashable {
    /// Open a session. The shell answers ``AgentEvent/sessionOpened(_:)`` or ``AgentEvent/sessionEnded(_:_:)``.
    case open(SessionID, SessionTarget)
    /// Send a message.
    case send(SessionID, ACS.AgentMessage)
    /// Close the session. The shell answers ``AgentEvent/sessionEnded(_:_:)`` when it is over.
    case close(SessionID, code: UInt16, reason: String)
}

/// Where a session leads.
public struct SessionTarget: Sendable, Hashable {
    /// The base URL that DiscoverPollEndpoint gave.
    public var endpoint: String
    /// Query parameters (`ecs-agent.md` §4.1).
    public var parameters: [String: String]
    /// What signs the handshake.
    public var credentials: Credentials

    /// Creates a target.
    public init(endpoint: String, parameters: [String: String], credentials: Credentials) {
        self.endpoint = endpoint
        self.parameters = parameters
        self.credentials = credentials
    }
}

/// How a session ended, or failed to begin.
public enum SessionEnd: Sendable, Hashable {
    /// The peer ended it in order, or it was closed by the agent.
    case clean
    /// The peer closed it with this code; 1006 if the connection broke.
    case closed(code: UInt16)
    /// The handshake was answered with something else: its status, and the beginning of its body.
    case refused(status: Int, body: String)
    /// It could not be opened, or failed otherwise.
    case failed(String)
}
