// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// An established WebSocket connection that carries text messages, at either end (RFC 6455, no extensions).
///
/// It is made for many idle connections: a connection owns no task and no thread, only one handler in its channel's
/// pipeline and a queue. Whoever makes it also ends it, by ``close(code:reason:)`` or ``abort()``; dropping the last
/// reference does not.
///
/// What happens by itself: pings are answered; a close frame is answered with its own code; a peer that breaks the
/// protocol or a limit is told so with a close frame (1002 malformed, 1003 binary, 1007 not UTF-8, 1009 too large).
public final class WebSocketConnection: Sendable {
    /// The messages of the peer, in order.
    public let messages: Messages
    private let channel: any Channel
    private let inbox: WebSocketInbox

    private init(channel: any Channel, inbox: WebSocketInbox) {
        self.channel = channel
        self.inbox = inbox
        self.messages = Messages(channel: channel, inbox: inbox)
    }

    /// Takes over a channel that has just finished its upgrade, with a WebSocket frame encoder and decoder at the
    /// end of its pipeline, as NIO's upgraders leave it.
    ///
    /// The decoder's own limit for a frame should be ``WebSocketConfiguration/maximumMessageSize`` too, and NIO's
    /// automatic error handling must be off, since the connection answers violations itself.
    /// - Throws: The channel's error if it is closed already.
    /// - Precondition: Called on the channel's event loop, in the upgrader's pipeline closure, so that no frame is
    ///   lost between the upgrade and the call.
    public static func wrap(
        _ channel: any Channel, role: WebSocketRole, configuration: WebSocketConfiguration = WebSocketConfiguration()
    ) throws -> WebSocketConnection {
        let inbox = WebSocketInbox(limit: configuration.inboundBufferSize)
        let handler = WebSocketHandler(role: role, configuration: configuration, inbox: inbox)
        try channel.pipeline.syncOperations.addHandler(handler)
        return WebSocketConnection(channel: channel, inbox: inbox)
    }

    /// How the connection ended; nil while it is open. Set before ``messages`` ends.
    public var closure: WebSocketClosure? { inbox.closure }

    /// The peer's address, if the channel knows it.
    public var remoteAddress: SocketAddress? { channel.remoteAddress }

    /// Sends one text message. Returns when the operating system has taken it, so that a slow peer slows its sender.
    /// The wait ends early only with the connection, not with the task.
    /// - Throws: ``WebSocketClosedError`` if the connection is closed or closes before the message was taken. A part
    ///   of the message may then have reached the peer.
    public func send(_ text: String) async throws(WebSocketClosedError) {
        try await write(.text(text))
    }

    /// Sends a ping, which the peer answers unseen; the answer counts as a sign of life.
    /// - Throws: ``WebSocketClosedError`` if the connection is closed.
    public func ping() async throws(WebSocketClosedError) {
        try await write(.ping)
    }

    /// Sends a close frame, waits for the peer's at most ``WebSocketConfiguration/closeTimeout``, and closes the
    /// socket. ``messages`` ends at once; what arrives from now on is dropped.
    /// - Parameters:
    ///   - code: The close code. One that may not be sent, such as 1006, gives a frame without a code.
    ///   - reason: For people; cut to 123 bytes.
    public func close(code: UInt16 = 1000, reason: String = "") async {
        startClosing(code: code, reason: reason)
        await waitUntilClosed()
    }

    /// Starts what ``close(code:reason:)`` does and does not wait, as for a cancellation handler.
    public func startClosing(code: UInt16, reason: String) {
        channel.writeAndFlush(WebSocketCommand.close(code: code, reason: reason), promise: nil)
    }

    /// Closes the socket without a close frame; the peer sees 1006.
    public func abort() {
        inbox.finish(WebSocketClosure(code: 1006, reason: "the connection was aborted", origin: .local))
        channel.close(promise: nil)
    }

    /// Returns when the socket is closed.
    public func waitUntilClosed() async {
        // A close future never fails.
        try? await channel.closeFuture.get()
    }

    private func write(_ command: WebSocketCommand) async throws(WebSocketClosedError) {
        do {
            try await channel.writeAndFlush(command).get()
        } catch let error as WebSocketClosedError {
            throw error
        } catch {
            throw WebSocketClosedError(closure: inbox.closure, cause: error)
        }
    }
}

extension WebSocketConnection {
    /// The messages of a peer, in order. They end when the connection does, in whatever way; then
    /// ``WebSocketConnection/closure`` tells how. They also end, without touching the connection, for a task that is
    /// cancelled.
    ///
    /// Not taking messages out stops the reading from the network once
    /// ``WebSocketConfiguration/inboundBufferSize`` is reached.
    public struct Messages: AsyncSequence, Sendable {
        /// One message.
        public typealias Element = String
        /// None: how the connection ended is told by its closure.
        public typealias Failure = Never

        fileprivate let channel: any Channel
        fileprivate let inbox: WebSocketInbox

        /// Takes messages out of the connection. Several iterators share the connection's one queue.
        public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
            fileprivate let channel: any Channel
            fileprivate let inbox: WebSocketInbox

            /// The next message; nil at the end of the connection, or if the task is cancelled.
            /// - Precondition: No other task is waiting for the next message.
            public mutating func next() async -> String? {
                await inbox.next {
                    channel.triggerUserOutboundEvent(WebSocketReadResumption.resume, promise: nil)
                }
            }

            /// The next message; nil at the end of the connection, or if the task is cancelled.
            /// - Precondition: No other task is waiting for the next message.
            public mutating func next(isolation actor: isolated (any Actor)?) async -> String? {
                await inbox.next {
                    channel.triggerUserOutboundEvent(WebSocketReadResumption.resume, promise: nil)
                }
            }
        }

        /// Starts to take messages out.
        public func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(channel: channel, inbox: inbox)
        }
    }
}
