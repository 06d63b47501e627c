// SPDX-License-Identifier: Apache-2.0

import DryportWebSocket
import NIOCore
import Synchronization

/// A request as far as it was worth reading.
enum IncomingRequest: Sendable {
    case complete(APIFront.Request)
    /// It asks for a session.
    case handshake(APIFront.Request, SessionFront.Kind)
    /// The body is larger than the bound; nothing of it was kept.
    case oversized
    /// The connection speaks HTTP/2: these are its requests, of which several may be under way.
    case multiplexed(AsyncStream<HTTP2Request>)
}

/// Hands the requests of one connection to the task that answers them, one at a time: the pipeline lets the next
/// one in when the answer has been written, and the task writes one answer after the other.
final class RequestInbox: Sendable {
    private enum State {
        case empty
        case request(IncomingRequest)
        case waiting(CheckedContinuation<IncomingRequest?, Never>)
        case closed
    }

    let channel: any Channel
    private let state = Mutex(State.empty)

    init(channel: any Channel) {
        self.channel = channel
    }

    /// The next request; nil at the end of the connection.
    func next() async -> IncomingRequest? {
        await withCheckedContinuation { continuation in
            let result: IncomingRequest?? = state.withLock { state in
                switch state {
                case .empty:
                    state = .waiting(continuation)
                    return nil
                case .request(let request):
                    state = .empty
                    return request
                case .closed: return .some(nil)
                case .waiting: preconditionFailure("one task serves a connection")
                }
            }
            if let result { continuation.resume(returning: result) }
        }
    }

    /// Answers the request. The next one comes when the operating system has taken the answer.
    func reply(_ response: APIFront.Response) { channel.writeAndFlush(response, promise: nil) }

    /// Answers a handshake with 101.
    /// - Throws: The channel's error if the connection is closed.
    func upgrade(_ configuration: WebSocketConfiguration) async throws -> WebSocketConnection {
        let channel = channel
        return try await channel.eventLoop.flatSubmit {
            do {
                return try channel.pipeline.syncOperations.handler(type: RequestAggregator.self).upgrade(configuration)
            } catch {
                return channel.eventLoop.makeFailedFuture(error)
            }
        }.get()
    }

    func offer(_ request: IncomingRequest) {
        let waiting: CheckedContinuation<IncomingRequest?, Never>? = state.withLock { state in
            switch state {
            case .empty:
                state = .request(request)
                return nil
            case .waiting(let continuation):
                state = .empty
                return continuation
            case .closed: return nil
            case .request: preconditionFailure("the pipeline lets in one request at a time")
            }
        }
        waiting?.resume(returning: request)
    }

    func close() {
        let waiting: CheckedContinuation<IncomingRequest?, Never>? = state.withLock { state in
            defer { state = .closed }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        waiting?.resume(returning: nil)
    }
}
