// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1

/// Closes an HTTP/1.1 connection that takes too long to say something, or to finish what it says, or that is broken:
/// malformed requests have been answered when their error comes by, TLS and the socket have nobody to answer to.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let requestTimeout: TimeAmount
    private let idleTimeout: TimeAmount
    /// When the connection is to be closed; nil while it is the server's turn.
    private var deadline: NIODeadline?
    /// Whether a request is to be answered.
    private var isRequested = false
    /// Whether the client has not taken the last answer yet. What it asks for meanwhile gives it no more time.
    private var isUnread = false
    /// nil before it is in a pipeline, and after.
    private var alarm: Alarm?

    /// - Parameter deadline: When the headers of the first request must have come.
    init(deadline: NIODeadline, requestTimeout: TimeAmount, idleTimeout: TimeAmount) {
        self.deadline = deadline
        self.requestTimeout = requestTimeout
        self.idleTimeout = idleTimeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        alarm = Alarm(on: context.eventLoop) { self.ring(context) }
        if let deadline { alarm?.set(deadline) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head: if !isUnread { move(to: context.eventLoop.now + requestTimeout) }
        case .body: break
        case .end:
            isRequested = true
            if !isUnread { deadline = nil }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = Self.unwrapOutboundIn(data) {
            move(to: context.eventLoop.now + idleTimeout)
            isRequested = false
            isUnread = promise != nil
            promise?.futureResult.assumeIsolated().whenComplete { _ in self.wasTaken() }
        }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func wasTaken() {
        isUnread = false
        if isRequested { deadline = nil }
    }

    private func move(to deadline: NIODeadline) {
        self.deadline = deadline
        alarm?.set(deadline)
    }

    private func ring(_ context: ChannelHandlerContext) {
        guard let deadline else { return }
        if deadline <= context.eventLoop.now {
            context.close(promise: nil)
        } else {
            alarm?.set(deadline)
        }
    }

    private func stop() {
        alarm?.stop()
        alarm = nil
        deadline = nil
    }
}
