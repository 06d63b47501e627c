// SPDX-License-Identifier: Apache-2.0

public import DryportTransport

/// What an ``InMemoryTransport`` is connected to: a control plane, or a part of one, in the same process.
public protocol InMemoryService: Sendable {
    /// Answers one request. Called concurrently; the task is cancelled when the caller stops waiting, by which time
    /// the request may have been executed.
    func respond(to request: ServiceRequest) async -> ServiceResponse

    /// Opens a session: makes a pair with ``SessionPipe/makePair(capacity:)``, keeps the server's end and returns the
    /// client's.
    /// - Throws: ``DryportTransport/TransportError`` with code `refused` and an answer to refuse.
    func accept(_ request: SessionRequest) async throws(TransportError) -> SessionPipe
}

/// Something that goes wrong on an ``InMemoryTransport``.
public enum InMemoryFault: Sendable, Hashable {
    /// There is no connection; nothing was executed.
    case unreachable
    /// The request was executed, but its answer is lost; a session is opened and lost at once.
    case lostAnswer
    /// The request starts late by the duration.
    case delay(Duration)
    /// The service is not asked; this is the answer. A session is refused with it.
    case answer(ServiceResponse)

    /// What a fault happens to.
    public enum Target: Sendable, Hashable {
        /// Any request, but no session.
        case anyRequest
        /// Requests of one operation, such as `SubmitTaskStateChange`.
        case operation(String)
        /// The opening of a session.
        case session
    }
}
