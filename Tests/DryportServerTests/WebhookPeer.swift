// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A web server that gives every request the same status and keeps what it got.
final class WebhookPeer: Sendable {
    private let status: Int
    private let received = Mutex<[String]>([])

    init(status: Int) { self.status = status }

    /// The requests with their bodies, as they came.
    var requests: [String] { received.withLock { $0 } }

    func run(_ body: (_ url: String) async throws -> Void) async throws {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body("http://127.0.0.1:\(channel.localAddress?.port ?? 0)")
            try await channel.close()
        } catch {
            try? await channel.close()
            throw error
        }
    }

    /// Reads one request, which says its length.
    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let peer: WebhookPeer
        private var text = ""

        init(_ peer: WebhookPeer) { self.peer = peer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: Self.unwrapInboundIn(data))
            guard let head = text.range(of: "\r\n\r\n"), let length, text[head.upperBound...].utf8.count >= length
            else { return }
            let request = text
            peer.received.withLock { $0.append(request) }
            let answer = "HTTP/1.1 \(peer.status) X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
            context.close(promise: nil)
        }

        private var length: Int? {
            let line = text.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            return line.flatMap { $0.split(separator: ":").last }.flatMap { Int($0.drop { $0 == " " }) }
        }
    }
}
