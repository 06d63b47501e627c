// SPDX-License-Identifier: Apache-2.0

import DryportTransport
import DryportWebSocket
import NIOCore
import Synchronization

/// What came of a handshake.
enum HandshakeOutcome: Sendable {
    case connected(WebSocketConnection)
    /// The server answered something else; the future brings the answer.
    case refused(EventLoopFuture<ServiceResponse>)
}

/// One attempt to open a session, which a timeout or a cancellation may end at any moment.
///
/// NIO tries several addresses of a host at once and tells its futures nothing of tasks, so the attempt knows
/// every channel that was begun and closes them all when it is given up. The result is whatever came first.
final class HandshakeAttempt: Sendable {
    private struct State {
        var isAbandoned = false
        var channels: [(channel: any Channel, outcome: EventLoopFuture<HandshakeOutcome>)] = []
    }

    private let state = Mutex(State())
    private let promise: EventLoopPromise<HandshakeOutcome>

    init(on eventLoop: any EventLoop) {
        promise = eventLoop.makePromise()
    }

    /// Notes a channel that was begun.
    /// - Throws: `CancellationError` if the attempt was given up; the channel is to be closed.
    func begin(_ channel: any Channel, _ outcome: EventLoopFuture<HandshakeOutcome>) throws {
        try state.withLock { state in
            guard !state.isAbandoned else { throw CancellationError() }
            state.channels.append((channel, outcome))
        }
    }

    /// Takes the result of connecting: the channel that won, whose handshake counts from now on.
    func connected(_ result: Result<any Channel, any Error>) {
        switch result {
        case .failure(let error):
            promise.fail(error)
        case .success(let channel):
            let outcome = state.withLock { $0.channels.first { $0.channel === channel }?.outcome }
            guard let outcome else {
                channel.close(promise: nil)
                return promise.fail(CancellationError())
            }
            outcome.cascade(to: promise)
        }
    }

    /// Gives the attempt up: ``result()`` throws `error`, unless it has a result already, and channels are closed.
    func abandon(_ error: any Error) {
        // Fulfilling a promise twice is allowed and has no effect: the first one wins.
        promise.fail(error)
        let channels = state.withLock { state in
            state.isAbandoned = true
            defer { state.channels.removeAll() }
            return state.channels
        }
        for (channel, _) in channels { channel.close(promise: nil) }
    }

    /// Waits for the connection, or for the whole of the answer that the server gave instead.
    func result() async throws -> Result<WebSocketConnection, Refusal> {
        try await withTaskCancellationHandler {
            switch try await promise.futureResult.get() {
            case .connected(let connection): .success(connection)
            case .refused(let answer): .failure(Refusal(answer: try await answer.get()))
            }
        } onCancel: {
            abandon(CancellationError())
        }
    }
}

/// The answer of a server that does not open a session.
struct Refusal: Error {
    let answer: ServiceResponse
}
