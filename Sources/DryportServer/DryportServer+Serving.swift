// SPDX-License-Identifier: Apache-2.0

import DryportControlPlane
import DryportCredentials
import DryportModel
import DryportWebSocket
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL

extension DryportServer {
    /// Sets up the pipeline of a connection: TLS, HTTP as its client speaks it, and whole requests.
    func configure(_ channel: any Channel) throws -> RequestInbox {
        registry.add(channel)
        let pipeline = channel.pipeline.syncOperations
        if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
        let inbox = RequestInbox(channel: channel)
        let deadline = channel.eventLoop.now + TimeAmount(configuration.idleTimeout)
        try pipeline.addHandler(
            ProtocolSelector(inbox: inbox, deadline: deadline) { version in
                self.handlers(version, inbox, deadline)
            })
        return inbox
    }

    private func handlers(
        _ version: ProtocolSelector.Version, _ inbox: RequestInbox, _ deadline: NIODeadline
    ) -> [any ChannelHandler] {
        switch version {
        case .http1:
            let http = HTTPHandlers(
                deadline: deadline, requestTimeout: TimeAmount(configuration.requestTimeout),
                idleTimeout: TimeAmount(configuration.idleTimeout))
            let aggregator = RequestAggregator(
                inbox: inbox, http: http, maximumBodySize: configuration.maximumBodySize)
            return http.all + [aggregator]
        case .http2:
            return HTTP2Connection.handlers(configuration, deadline: deadline) { inbox.offer(.multiplexed($0)) }
        }
    }

    /// Serves a connection until its end.
    func serve(_ inbox: RequestInbox) async {
        while let request = await inbox.next() {
            let response: APIFront.Response
            switch request {
            case .complete(let request):
                response = await front.respond(to: request)
            case .oversized:
                response = front.responseToOversizedRequest()
            case .handshake(let request, let kind):
                switch await sessions.decide(request, kind: kind) {
                case .refusal(let refusal): response = refusal
                case .agent(let session): return await serve(inbox, session)
                case .telemetry(let principal): return await serveTelemetry(inbox, principal)
                }
            case .multiplexed(let requests):
                await serve(requests)
                return inbox.channel.close(promise: nil)
            }
            inbox.reply(response)
        }
        inbox.channel.close(promise: nil)
    }

    private func serve(_ requests: AsyncStream<HTTP2Request>) async {
        await withDiscardingTaskGroup { group in
            for await request in requests {
                group.addTask {
                    if let whole = request.request {
                        request.answer(await self.front.respond(to: whole))
                    } else {
                        request.answer(self.front.responseToOversizedRequest())
                    }
                }
            }
        }
    }

    private func serve(_ inbox: RequestInbox, _ session: AgentSession) async {
        do {
            let connection = try await inbox.upgrade(socketConfiguration(.agent))
            await registry.tracking(connection) {
                await AgentSessionPump(
                    connection: connection, session: session, eventLoop: inbox.channel.eventLoop,
                    sendTimeout: TimeAmount(configuration.sendTimeout), logger: logger
                ).run()
            }
        } catch {
            logger.debug("session not begun: the connection broke", metadata: ["error": "\(error)"])
        }
        session.close()
        inbox.channel.close(promise: nil)
    }

    private func serveTelemetry(_ inbox: RequestInbox, _ principal: Principal) async {
        do {
            let connection = try await inbox.upgrade(socketConfiguration(.telemetry))
            await registry.tracking(connection) {
                await TelemetryPump(
                    connection: connection, controlPlane: sessions.controlPlane, principal: principal,
                    heartbeatInterval: configuration.telemetryHeartbeatInterval, logger: logger
                ).run()
            }
        } catch {
            logger.debug("session not begun: the connection broke", metadata: ["error": "\(error)"])
        }
        inbox.channel.close(promise: nil)
    }

    private func socketConfiguration(_ kind: SessionFront.Kind) -> WebSocketConfiguration {
        // Telemetry has a block of headers in front of its JSON (`ecs-agent.md` §7.2).
        let headers = kind == .telemetry ? 64 * 1024 : 0
        return WebSocketConfiguration(
            maximumMessageSize: configuration.maximumMessageSize + headers,
            idleTimeout: configuration.sessionIdleTimeout)
    }
}
