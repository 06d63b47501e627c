// SPDX-License-Identifier: Apache-2.0

import DryportWebSocket
import NIOCore
import NIOHTTP1
import NIOWebSocket

extension RequestAggregator {
    /// Answers the handshake with 101 and turns the connection into a WebSocket.
    ///
    /// What the client may have sent behind its handshake lies unread in the decoder: it comes out when the decoder
    /// is removed, which is therefore done last. No HTTP handler may see those bytes, which are no parts of requests.
    /// - Returns: Fails if the connection is closed, or the request that it waits to see answered is no handshake.
    func upgrade(_ configuration: WebSocketConfiguration) -> EventLoopFuture<WebSocketConnection> {
        guard case .responding(let head) = state, head.handshake != nil, let context else {
            return eventLoop.makeFailedFuture(ChannelError.inappropriateOperationForState)
        }
        return Self.negotiator.buildUpgradeResponse(
            channel: context.channel, upgradeRequest: head, initialResponseHeaders: [:]
        ).assumeIsolated().flatMapThrowing { headers in
            try self.upgrade(context, headers: headers, configuration)
        }.nonisolated()
    }

    private func upgrade(
        _ context: ChannelHandlerContext, headers: HTTPHeaders, _ configuration: WebSocketConfiguration
    ) throws -> WebSocketConnection {
        guard case .responding = state else { throw ChannelError.inappropriateOperationForState }
        state = .upgrading
        let channel = context.channel
        let pipeline = channel.pipeline.syncOperations
        for handler in http.others { pipeline.removeHandler(handler, promise: nil) }
        let response = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
        context.writeAndFlush(Self.wrapOutboundOut(.head(response)), promise: nil)
        pipeline.removeHandler(http.encoder, promise: nil)
        pipeline.removeHandler(self, promise: nil)
        try pipeline.addHandler(WebSocketFrameEncoder())
        try pipeline.addHandler(
            ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: configuration.maximumMessageSize)))
        let connection = try WebSocketConnection.wrap(channel, role: .server, configuration: configuration)
        pipeline.removeHandler(http.decoder, promise: nil)
        return connection
    }

    /// Computes the headers of the answer; it has no part in the rest of the upgrade.
    private static let negotiator = NIOWebSocketServerUpgrader(
        shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
        upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
}
