// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportTesting
import DryportTransport
import DryportWebSocket
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

@testable import DryportTransportHTTP

/// One HTTP request as it came over the wire.
struct ReceivedRequest: Sendable {
    var head: HTTPRequestHead
    var body: [UInt8]

    /// What a signature of it covers.
    var signable: SignableRequest {
        let parts = head.uri.split(separator: "?", maxSplits: 1)
        return SignableRequest(
            method: head.method.rawValue, host: head.headers.first(name: "host") ?? "", path: String(parts[0]),
            query: parts.count > 1 ? QueryItem.parse(parts[1]) : [],
            headers: head.headers.map { HTTPField(name: $0.name, value: $0.value) },
            bodySHA256: SignableRequest.sha256Hex(body))
    }

    /// Verifies the suite's signature.
    func verify() throws(SignatureError) {
        let signable = signable
        let claim = try SignatureV4.parse(signable)
        guard claim.accessKeyID == TransportConformance.credentials.accessKeyID,
            claim.sessionToken == TransportConformance.credentials.sessionToken
        else { throw .unrecognizedClient }
        try SignatureV4.verify(
            signable, claim: claim, secret: TransportConformance.credentials.secretAccessKey,
            at: HTTPTransport.systemClock(), scope: SignatureV4.Scope(region: LoopbackServer.region, services: ["ecs"]))
    }
}

/// A small HTTP and WebSocket server on a loopback port.
struct LoopbackServer: Sendable {
    static let region = "test-1"

    /// Answers requests that are no sessions.
    var respond: @Sendable (ReceivedRequest) async -> ServiceResponse
    /// Says which handshakes are let through; the others are answered by `respond`.
    var accepts: @Sendable (ReceivedRequest) -> Bool = { _ in false }
    var serve: @Sendable (ReceivedRequest, WebSocketConnection) async -> Void = { _, _ in }
    var tls: NIOSSLContext?

    /// The server of the conformance suite, which verifies every signature.
    static func conformance(_ service: TransportConformanceService, tls: NIOSSLContext? = nil) -> LoopbackServer {
        @Sendable func parameters(_ request: ReceivedRequest) -> [String: String] {
            Dictionary(request.signable.query.map { ($0.name, $0.value) }) { $1 }
        }
        return LoopbackServer(
            respond: { request in
                do {
                    try request.verify()
                } catch {
                    return ServiceResponse(status: 400, body: Array("\(error)".utf8))
                }
                if request.head.method == .GET {
                    return service.refusal(of: parameters(request)) ?? ServiceResponse(status: 404, body: [])
                }
                let target = request.head.headers.first(name: "x-amz-target") ?? ""
                guard target.hasPrefix("AmazonEC2ContainerServiceV20141113."), request.head.uri == "/" else {
                    return ServiceResponse(status: 404, body: [])
                }
                return await service.respond(
                    operation: String(target.split(separator: ".")[1]), body: request.body)
            },
            accepts: { request in
                guard request.head.uri.hasPrefix("/acs/ws?"), (try? request.verify()) != nil else { return false }
                return service.refusal(of: parameters(request)) == nil
            },
            serve: { request, connection in
                await service.serve(parameters(request), WebSocketPeer(connection: connection))
            }, tls: tls)
    }

    private typealias HTTPChannel =
        NIOAsyncChannel<HTTPServerRequestPart, HTTPPart<HTTPResponseHead, ByteBuffer>>

    private enum Accepted: Sendable {
        /// With a request that asked for an upgrade and was refused it: NIO does not hand that on.
        case http(HTTPChannel, refused: ReceivedRequest?)
        case session(ReceivedRequest, WebSocketConnection)
        case failed
    }

    /// Runs the server, calls `body` with its port, and ends it.
    func run(_ body: @Sendable (Int) async throws -> Void) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try self.configure(channel) }
            }
        let port = server.channel.localAddress?.port ?? 0
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.executeThenClose { inbound in
                    await withDiscardingTaskGroup { connections in
                        do {
                            for try await upgrade in inbound {
                                connections.addTask { await handle((try? await upgrade.get()) ?? .failed) }
                            }
                        } catch {
                            // The end of the test.
                        }
                        connections.cancelAll()
                    }
                }
            }
            try await body(port)
            group.cancelAll()
        }
    }

    private func configure(_ channel: any Channel) throws -> EventLoopFuture<Accepted> {
        if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
        let refused = NIOLoopBoundBox<ReceivedRequest?>(nil, eventLoop: channel.eventLoop)
        let upgrader = NIOTypedWebSocketServerUpgrader<Accepted>(
            maxFrameSize: 4 * 1024 * 1024, enableAutomaticErrorHandling: false,
            shouldUpgrade: { channel, head in
                let request = ReceivedRequest(head: head, body: [])
                let isAccepted = accepts(request)
                if !isAccepted { refused.value = request }
                return channel.eventLoop.makeSucceededFuture(isAccepted ? HTTPHeaders() : nil)
            },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture {
                    .session(
                        ReceivedRequest(head: head, body: []), try WebSocketConnection.wrap(channel, role: .server))
                }
            })
        let upgraded = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
            configuration: NIOUpgradableHTTPServerPipelineConfiguration(
                upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(upgraders: [upgrader]) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(ResponsePartHandler())
                        let wrapped = try HTTPChannel(wrappingChannelSynchronously: channel)
                        return .http(wrapped, refused: refused.value)
                    }
                }))
        try channel.pipeline.syncOperations.addHandler(RefusedUpgradeHandler())
        return upgraded
    }

    private func handle(_ accepted: Accepted) async {
        switch accepted {
        case .failed:
            break
        case .session(let request, let connection):
            await serve(request, connection)
            await connection.close()
        case .http(let channel, let refused):
            try? await channel.executeThenClose { inbound, outbound in
                if let refused { return try await answer(refused, outbound) }
                var request: ReceivedRequest?
                for try await part in inbound {
                    switch part {
                    case .head(let head): request = ReceivedRequest(head: head, body: [])
                    case .body(let bytes): request?.body += bytes.readableBytesView
                    case .end:
                        guard let received = request else { return }
                        try await answer(received, outbound)
                    }
                }
            }
        }
    }

    private func answer(
        _ request: ReceivedRequest,
        _ outbound: NIOAsyncChannelOutboundWriter<HTTPPart<HTTPResponseHead, ByteBuffer>>
    ) async throws {
        let response = await respond(request)
        var headers = HTTPHeaders([("Content-Length", "\(response.body.count)")])
        if let id = response.requestID { headers.add(name: "x-amzn-RequestId", value: id) }
        let status = HTTPResponseStatus(statusCode: response.status)
        try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)))
        try await outbound.write(.body(ByteBuffer(bytes: response.body)))
        try await outbound.write(.end(nil))
    }
}

/// Keeps NIO's note that an upgrade was refused from closing the channel, so that the refusal can be answered.
private final class RefusedUpgradeHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is NIOWebSocketUpgradeError { return }
        context.fireErrorCaught(error)
    }
}

/// Takes parts of a response that can be sent between threads, which NIO's own cannot.
private final class ResponsePartHandler: ChannelOutboundHandler {
    typealias OutboundIn = HTTPPart<HTTPResponseHead, ByteBuffer>
    typealias OutboundOut = HTTPServerResponsePart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part: HTTPServerResponsePart =
            switch Self.unwrapOutboundIn(data) {
            case .head(let head): .head(head)
            case .body(let buffer): .body(.byteBuffer(buffer))
            case .end(let trailers): .end(trailers)
            }
        context.write(Self.wrapOutboundOut(part), promise: promise)
    }
}

/// The server's end of a session, for the conformance suite.
struct WebSocketPeer: TransportConformancePeer {
    let connection: WebSocketConnection

    func send(_ text: String) async throws { try await connection.send(text) }
    func close(code: UInt16, reason: String) async { await connection.close(code: code, reason: reason) }
    func abort() async { connection.abort() }
    var closeCode: UInt16? { connection.closure?.code }
    var messages: AsyncThrowingStream<String, any Error> {
        HTTPTransportSession(connection: connection, url: "the client").messages
    }
}

/// A port where nobody listens. One that the system gave and took back may be given to another test meanwhile; `tcpmux`
/// is below those that it gives, and no system has run it for decades.
let unusedPort = 1

/// Runs a server that treats each connection as `handler` does and knows no protocol.
func withRawServer(
    _ configure: @escaping @Sendable (any Channel) throws -> Void, _ body: (Int) async throws -> Void
) async throws {
    let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture { try configure(channel) }
        }
        .bind(host: "127.0.0.1", port: 0).get()
    do {
        try await body(channel.localAddress?.port ?? 0)
    } catch {
        try await channel.close()
        throw error
    }
    try await channel.close()
}
