// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Stops accepting while the bound of open connections is reached.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    private let maximum: Int
    private var open = 0
    private var hasPendingRead = false

    init(maximum: Int) {
        self.maximum = maximum
    }

    func read(context: ChannelHandlerContext) {
        if open < maximum { context.read() } else { hasPendingRead = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        open += 1
        Self.unwrapInboundIn(data).closeFuture.hop(to: context.eventLoop).assumeIsolated().whenComplete { _ in
            self.open -= 1
            guard self.hasPendingRead else { return }
            self.hasPendingRead = false
            context.read()
        }
        context.fireChannelRead(data)
    }
}
