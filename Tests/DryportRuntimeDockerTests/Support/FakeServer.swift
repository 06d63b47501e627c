// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server that answers as a test says. On a Unix socket it plays an engine, on TCP a registry.
final class FakeServer: Sendable {
    struct Request: Sendable {
        var method: String
        var path: String
        /// The parameters as they were sent, encoded.
        var query: String
        var headers: [String: String]
        var body: [UInt8]
    }

    enum Answer: Sendable {
        /// A complete answer.
        case reply(Int, [UInt8], headers: [String: String])
        /// An answer with status 200 that begins with these pieces and then goes on, ends, or breaks off.
        case stream([String], Ending)
        /// Nothing at all.
        case silence

        static func json(_ text: String) -> Answer { .json(200, text) }

        static func json(_ status: Int, _ text: String) -> Answer {
            .reply(status, Array(text.utf8), headers: ["Content-Type": "application/json"])
        }
    }

    enum Ending: Sendable {
        case staysOpen
        case ends
        case breaksOff
    }

    private struct State {
        var requests: [Request] = []
        var listener: (any Channel)?
        var connections: [ObjectIdentifier: any Channel] = [:]
    }

    private let state = Mutex(State())
    private let answer: @Sendable (Request) -> Answer

    private init(answer: @escaping @Sendable (Request) -> Answer) { self.answer = answer }

    /// Everything asked so far.
    var requests: [Request] { state.withLock { $0.requests } }

    /// The port, of a server on TCP.
    var port: Int { state.withLock { $0.listener?.localAddress?.port } ?? 0 }

    static func listen(
        socketPath: String, answer: @escaping @Sendable (Request) -> Answer
    ) async throws -> FakeServer {
        let server = FakeServer(answer: answer)
        let listener = try await server.bootstrap().bind(unixDomainSocketPath: socketPath).get()
        server.state.withLock { $0.listener = listener }
        return server
    }

    static func listenOnLoopback(answer: @escaping @Sendable (Request) -> Answer) async throws -> FakeServer {
        let server = FakeServer(answer: answer)
        let listener = try await server.bootstrap().bind(host: "127.0.0.1", port: 0).get()
        server.state.withLock { $0.listener = listener }
        return server
    }

    /// Closes the socket and every connection, as a process that ends does. The socket's file stays.
    func close() async {
        let channels = state.withLock { state in
            defer { state.connections = [:] }
            return [state.listener].compactMap { $0 } + Array(state.connections.values)
        }
        for channel in channels { try? await channel.close() }
    }

    private func bootstrap() -> ServerBootstrap {
        ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                self.state.withLock { $0.connections[ObjectIdentifier(channel)] = channel }
                channel.closeFuture.whenComplete { _ in
                    self.state.withLock { $0.connections[ObjectIdentifier(channel)] = nil }
                }
                return channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(Handler(server: self))
                }
            }
    }

    fileprivate func handle(_ request: Request) -> Answer {
        state.withLock { $0.requests.append(request) }
        return answer(request)
    }
}

/// One connection of a ``FakeServer``.
private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let server: FakeServer
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(server: FakeServer) { self.server = server }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let buffer):
            body += Array(buffer.readableBytesView)
        case .end:
            guard let head else { return }
            let parts = head.uri.split(separator: "?", maxSplits: 1)
            let request = FakeServer.Request(
                method: head.method.rawValue, path: parts.first.map(String.init) ?? "",
                query: parts.count > 1 ? String(parts[1]) : "",
                headers: Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first },
                body: body)
            write(server.handle(request), context: context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func write(_ answer: FakeServer.Answer, context: ChannelHandlerContext) {
        switch answer {
        case .silence: break
        case .reply(let status, let bytes, let fields):
            var headers = HTTPHeaders(fields.map { ($0.key, $0.value) })
            headers.replaceOrAdd(name: "Content-Length", value: String(bytes.count))
            let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .stream(let pieces, let ending):
            let headers: HTTPHeaders = ["Transfer-Encoding": "chunked"]
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
            for piece in pieces {
                context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: piece)))), promise: nil)
            }
            switch ending {
            case .staysOpen: break
            case .ends: context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            case .breaksOff: context.close(promise: nil)
            }
        }
    }
}
