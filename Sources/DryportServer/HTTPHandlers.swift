// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1
import NIOWebSocket

/// The handlers that make a connection speak HTTP/1.1, which an upgrade takes away again.
struct HTTPHandlers {
    /// The largest headers of a request, in bytes; for HTTP/2 as well.
    static let maximumHeaderSize = 32 * 1024

    let encoder = HTTPResponseEncoder()
    let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    /// What stands between the decoder and the requests.
    let others: [any RemovableChannelHandler]

    /// - Parameter deadline: When the headers of the first request must have come.
    init(deadline: NIODeadline, requestTimeout: TimeAmount, idleTimeout: TimeAmount) {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = Self.maximumHeaderSize
        limits.maxHeaderListSize = Self.maximumHeaderSize
        decoder = ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits))
        others = [
            HTTPServerPipelineHandler(), NIOHTTPResponseHeadersValidator(), HTTPServerProtocolErrorHandler(),
            ConnectionGuard(deadline: deadline, requestTimeout: requestTimeout, idleTimeout: idleTimeout),
        ]
    }

    /// Makes one of each handler, once in a process.
    ///
    /// The first connections come on several threads at the same time, and Swift's runtime (seen with 6.3) crashes at
    /// times when several threads are the first to need a generic type such as the decoder's. So one thread is.
    static let prepare: Void = {
        _ = HTTPHandlers(deadline: .distantFuture, requestTimeout: .zero, idleTimeout: .zero)
        _ = HTTP2Connection.handlers(DryportServer.Configuration(), deadline: .distantFuture) { _ in }
        _ = ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 1))
    }()

    /// All of them, in the order of the pipeline.
    var all: [any ChannelHandler] { [encoder, decoder] + others }
}

extension HTTPRequestHead {
    /// Whether the client would speak another protocol after this request. The decoder stops behind such a request,
    /// so that the connection cannot carry another one.
    var asksForUpgrade: Bool { headers.contains(name: "upgrade") || method == .CONNECT }

    /// The session that the request is the handshake of (RFC 6455 §4.2.1, `ecs-agent.md` §4.1).
    var handshake: SessionFront.Kind? {
        guard method == .GET, version == .http1_1, headers[canonicalForm: "sec-websocket-version"] == ["13"],
            headers["sec-websocket-key"].count == 1,
            headers[canonicalForm: "upgrade"].contains(where: { $0.lowercased() == "websocket" }),
            headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "upgrade" })
        else { return nil }
        return SessionFront.Kind(path: String(uri.prefix { $0 != "?" }))
    }
}
