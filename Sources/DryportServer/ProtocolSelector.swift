// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Finds out by the first bytes of a connection which protocol its client speaks, and hands it over to that
/// protocol's handlers.
///
/// HTTP/2 begins with a preface that is no request of HTTP/1.1 (RFC 9113 §3.4). That decides over TLS as well: ALPN
/// only tells clients what they may choose.
final class ProtocolSelector: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    enum Version {
        case http1
        case http2
    }

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let inbox: RequestInbox
    private let deadline: NIODeadline
    private let makeHandlers: (Version) -> [any ChannelHandler]
    /// Empty, or the beginning of a preface.
    private var received = ByteBuffer()
    private var isHandedOver = false
    private var alarm: Alarm?

    /// - Parameters:
    ///   - inbox: Closed if the connection ends before it is handed over.
    ///   - deadline: When the connection is closed if it is undecided.
    ///   - makeHandlers: Makes the handlers of a protocol; the bytes received so far are the first that they see.
    init(inbox: RequestInbox, deadline: NIODeadline, makeHandlers: @escaping (Version) -> [any ChannelHandler]) {
        self.inbox = inbox
        self.deadline = deadline
        self.makeHandlers = makeHandlers
    }

    func handlerAdded(context: ChannelHandlerContext) {
        alarm = Alarm(on: context.eventLoop) { context.close(promise: nil) }
        alarm?.set(deadline)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        alarm?.stop()
        alarm = nil
        if !isHandedOver { inbox.close() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = Self.unwrapInboundIn(data)
        received.writeBuffer(&bytes)
        let beginning = received.readableBytesView.prefix(Self.preface.count)
        if !Self.preface.starts(with: beginning) {
            handOver(to: .http1, context)
        } else if beginning.count == Self.preface.count {
            handOver(to: .http2, context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Nothing is under way that a shutdown would have to wait for.
        if event is ChannelShouldQuiesceEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func handOver(to version: Version, _ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandlers(makeHandlers(version), position: .after(self))
        } catch {
            return context.close(promise: nil)
        }
        isHandedOver = true
        context.fireChannelRead(Self.wrapInboundOut(received))
        pipeline.removeHandler(context: context, promise: nil)
    }
}
