// SPDX-License-Identifier: Apache-2.0

import DryportControlPlane
import DryportCredentials
import DryportWebSocket
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import NIOWebSocket

/// A connection whose kind is not known before its first request.
struct AcceptedConnection: Sendable {
    let channel: any Channel
    let kind: EventLoopFuture<ConnectionKind>
}

/// What a connection turns out to be.
enum ConnectionKind: Sendable {
    /// Requests and answers; the first request is answered with the refusal, if there is one.
    case http(RequestInbox, refusal: APIFront.Response?)
    case agent(WebSocketConnection, AgentSession)
    case telemetry(WebSocketConnection)
}

extension DryportServer {
    /// Sets up the pipeline of a connection: TLS, HTTP, and the decision about an upgrade.
    func configure(_ channel: any Channel) throws -> AcceptedConnection {
        registry.add(channel)
        let pipeline = channel.pipeline.syncOperations
        if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
        let encoder = HTTPResponseEncoder()
        let handlers: [any ChannelHandler & RemovableChannelHandler] = [
            ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes)),
            HTTPServerPipelineHandler(), NIOHTTPResponseHeadersValidator(), HTTPServerProtocolErrorHandler(),
            ConnectionGuard(
                requestTimeout: TimeAmount(configuration.requestTimeout),
                idleTimeout: TimeAmount(configuration.idleTimeout)),
        ]
        let handshake = Handshake()
        let upgrade = NIOTypedHTTPServerUpgradeHandler(
            httpEncoder: encoder, extraHTTPHandlers: handlers,
            upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(upgraders: [upgrader(handshake)]) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let inbox = RequestInbox(channel: channel)
                    let aggregator = RequestAggregator(
                        inbox: inbox, maximumBodySize: self.configuration.maximumBodySize)
                    try channel.pipeline.syncOperations.addHandler(aggregator)
                    guard case .refusal(let refusal) = handshake.decision else { return .http(inbox, refusal: nil) }
                    return .http(inbox, refusal: refusal)
                }
            })
        try pipeline.addHandler(encoder)
        try pipeline.addHandlers(handlers)
        try pipeline.addHandler(upgrade)
        return AcceptedConnection(channel: channel, kind: upgrade.upgradeResultFuture)
    }

    private func upgrader(_ handshake: Handshake) -> NIOTypedWebSocketServerUpgrader<ConnectionKind> {
        NIOTypedWebSocketServerUpgrader(
            maxFrameSize: messageLimit(.telemetry), enableAutomaticErrorHandling: false
        ) { channel, head in
            let request = APIFront.Request(head)
            guard head.method == .GET, let kind = SessionFront.Kind(path: request.path) else {
                return channel.eventLoop.makeSucceededFuture(nil)
            }
            return channel.eventLoop.makeFutureWithTask {
                let decision = await self.sessions.decide(request, kind: kind)
                handshake.decide(decision)
                guard case .refusal = decision else {
                    if case .agent(let session) = decision {
                        // Whatever becomes of the upgrade, the session does not outlive the connection.
                        channel.closeFuture.whenComplete { _ in session.close() }
                    }
                    return HTTPHeaders()
                }
                return nil
            }
        } upgradePipelineHandler: { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                switch handshake.decision {
                case .agent(let session): .agent(try self.wrap(channel, .agent), session)
                case .telemetry: .telemetry(try self.wrap(channel, .telemetry))
                case .refusal, nil: preconditionFailure("only an admitted handshake leads to an upgrade")
                }
            }
        }
    }

    private func wrap(_ channel: any Channel, _ kind: SessionFront.Kind) throws -> WebSocketConnection {
        try WebSocketConnection.wrap(
            channel, role: .server,
            configuration: WebSocketConfiguration(
                maximumMessageSize: messageLimit(kind), idleTimeout: configuration.sessionIdleTimeout))
    }

    /// Telemetry has a block of headers in front of its JSON (`ecs-agent.md` §7.2).
    private func messageLimit(_ kind: SessionFront.Kind) -> Int {
        configuration.maximumMessageSize + (kind == .telemetry ? 64 * 1024 : 0)
    }

    /// Serves a connection until its end.
    func serve(_ connection: AcceptedConnection) async {
        do {
            switch try await connection.kind.get() {
            case .http(let inbox, let refusal):
                await serve(inbox, refusal: refusal)
            case .agent(let socket, let session):
                await registry.tracking(socket) {
                    await AgentSessionPump(
                        connection: socket, session: session, eventLoop: connection.channel.eventLoop,
                        sendTimeout: TimeAmount(configuration.sendTimeout), logger: logger
                    ).run()
                }
            case .telemetry(let socket):
                await registry.tracking(socket) {
                    await TelemetryPump(
                        connection: socket, heartbeatInterval: configuration.telemetryHeartbeatInterval,
                        logger: logger
                    ).run()
                }
            }
        } catch {
            // It ended before its first request, or the upgrade failed.
            logger.trace("connection not served", metadata: ["error": "\(error)"])
        }
        connection.channel.close(promise: nil)
    }

    private func serve(_ inbox: RequestInbox, refusal: APIFront.Response?) async {
        var refusal = refusal
        while let request = await inbox.next() {
            let response: APIFront.Response
            if let refused = refusal.take() {
                response = refused
            } else {
                switch request {
                case .complete(let request): response = await front.respond(to: request)
                case .oversized: response = front.responseToOversizedRequest()
                }
            }
            guard await inbox.reply(response) else { return }
        }
    }
}

extension APIFront.Request {
    /// The request that a head, and a body read since, describe. Two `Host` headers count as none.
    init(_ head: HTTPRequestHead, body: [UInt8] = []) {
        let hosts = head.headers["host"]
        let uri = head.uri[...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            method: head.method.rawValue, host: hosts.count == 1 ? hosts[0] : "",
            path: uri.first.map(String.init) ?? "", query: uri.count > 1 ? String(uri[1]) : "",
            headers: head.headers.map { .init(name: $0.name, value: $0.value) }, body: body)
    }
}
