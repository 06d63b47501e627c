// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportInMemory
import DryportMessages
import DryportModel
import DryportServer
import DryportTransport
import DryportTransportHTTP
import Testing

/// The sessions of agents and of telemetry, through sockets.
@Suite(.timeLimit(.minutes(10))) struct SessionTests {
    private func transport(_ server: TestServer) throws -> HTTPTransport {
        try HTTPTransport(
            configuration: HTTPTransportConfiguration(
                region: "us-east-1", endpoints: .custom(url: server.address.url)),
            logger: TestPlane.silent)
    }

    private func withTransport(_ server: TestServer, _ body: (HTTPTransport) async throws -> Void) async throws {
        let transport = try transport(server)
        do {
            try await body(transport)
        } catch {
            await transport.shutdown()
            throw error
        }
        await transport.shutdown()
    }

    // MARK: Agents

    /// Registration, discovery, session, heartbeat, orders and their acknowledgements, as an agent lives them.
    @Test func servesAnAgent() async throws {
        try await withTestServer(heartbeatInterval: .milliseconds(20)) { server in
            let arn = try await server.register()
            try await withTransport(server) { transport in
                let endpoints = try await transport.perform(
                    ECS.DiscoverPollEndpointRequest(containerInstance: arn, cluster: "default"),
                    authentication: .signatureV4(server.plane.administrator))
                #expect(endpoints.endpoint == server.address.url + "/acs")
                let request = SessionRequest(
                    endpoint: try #require(endpoints.endpoint), parameters: server.parameters(arn),
                    credentials: server.plane.administrator)
                try await transport.withSession(request) { session in
                    try await self.live(session, server: server, arn: arn)
                }
            }
        }
    }

    private func live(_ session: any TransportSession, server: TestServer, arn: String) async throws {
        // Neither of these is a message; the session goes on.
        try await session.send("not JSON")
        try await session.send(#"{"type":"AckRequest","message":{"messageId":7}}"#)
        var types: Set<String> = []
        var payload: ACS.PayloadMessage?
        for try await text in session.messages {
            let message = try JSONCoding.decode(ACS.ServerMessage.self, from: Array(text.utf8))
            let isFirst = types.isEmpty
            types.insert(message.type)
            switch message {
            case .heartbeat(let heartbeat):
                try await send(.heartbeatAck(ACS.HeartbeatAckRequest(messageId: heartbeat.messageId)), on: session)
            case .payload(let order):
                payload = order
                try await send(
                    .ack(ACS.AckRequest(cluster: "default", containerInstance: arn, messageId: order.messageId)),
                    on: session)
            default: break
            }
            if isFirst { try await startTask(server, on: arn) }
            if types.isSuperset(of: ["HeartbeatMessage", "PayloadMessage", "TaskManifestMessage"]) { break }
        }
        #expect(types.isSuperset(of: ["HeartbeatMessage", "PayloadMessage", "TaskManifestMessage"]))
        #expect(payload?.tasks?.first?.family == "web")
        let described = try await server.call(
            ECS.DescribeContainerInstancesRequest(cluster: "default", containerInstances: [arn]))
        let instance = try #require(described.containerInstances?.first)
        #expect(instance.agentConnected == true)
        #expect(instance.versionInfo?.agentVersion == "1.105.1")
        #expect(instance.versionInfo?.dockerVersion == "DockerVersion: 20.10.24")
    }

    private func send(_ message: ACS.AgentMessage, on session: any TransportSession) async throws {
        try await session.send(String(decoding: try JSONCoding.encode(message), as: UTF8.self))
    }

    private func startTask(_ server: TestServer, on arn: String) async throws {
        let start = TestRequests.signed(
            "StartTask", #"{"taskDefinition":"web","containerInstances":["\#(arn)"]}"#, by: server.plane.administrator)
        let started = try await server.plane.front().respond(to: start).decoded(ECS.StartTaskResponse.self)
        try #require(started.failures == [])
        #expect(started.tasks?.count == 1)
    }

    /// The upgrade is answered as RFC 6455 demands, the shutdown with a close frame of code 1001.
    @Test func closesSessionsAtShutdown() async throws {
        try await withTestServer { server in
            let arn = try await server.register()
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send(server.handshake(arn))
                let response = try await connection.response(hasBody: false)
                #expect(response?.status == 101)
                #expect(response?.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
                #expect(try await connection.frame()?.text.contains("TaskManifestMessage") == true)
                await server.shutDown()
                let close = try await connection.frame()
                #expect(close?.closeCode == 1001)
                try await connection.sendFrame(opcode: 8, [0x03, 0xE9])
                #expect(try await connection.isAtEnd())
            }
            await server.waitUntilEnded()
        }
    }

    /// A session may begin on a connection that has carried requests, and frames may follow the handshake at once.
    @Test func beginsAfterRequestsAndBeforeTheAnswer() async throws {
        try await withTestServer { server in
            let arn = try await server.register()
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send(APIFront.Request(method: "GET", host: server.host, path: "/healthz"))
                #expect(try await connection.response()?.status == 200)
                let ping: [UInt8] = [0x89, 0x81, 0, 0, 0, 0, 7]
                try await connection.send(RawConnection.bytes(of: server.handshake(arn, path: "/tcs/ws")) + ping)
                #expect(try await connection.response(hasBody: false)?.status == 101)
                let pong = try await connection.frame()
                #expect(pong?.opcode == 10)
                #expect(pong?.payload == [7])
            }
        }
    }

    /// An agent that says goodbye is answered with its own code (`ecs-agent.md` §4.7), and so is its successor served.
    @Test func answersTheFarewellOfAnAgent() async throws {
        try await withTestServer { server in
            let arn = try await server.register()
            for _ in 0..<2 {
                try await withRawConnection(to: server.address.port) { connection in
                    try await connection.send(server.handshake(arn))
                    #expect(try await connection.response(hasBody: false)?.status == 101)
                    #expect(try await connection.frame()?.text.contains("TaskManifestMessage") == true)
                    try await connection.sendFrame(opcode: 8, [0x03, 0xE8])
                    #expect(try await connection.frame()?.closeCode == 1000)
                    #expect(try await connection.isAtEnd())
                }
            }
        }
    }

    @Test func aNewerSessionTakesOver() async throws {
        try await withTestServer { server in
            let arn = try await server.register()
            try await withRawConnection(to: server.address.port) { old in
                try await old.send(server.handshake(arn))
                #expect(try await old.response(hasBody: false)?.status == 101)
                #expect(try await old.frame()?.opcode == 1)
                try await withRawConnection(to: server.address.port) { new in
                    try await new.send(server.handshake(arn))
                    #expect(try await new.response(hasBody: false)?.status == 101)
                    #expect(try await new.frame()?.opcode == 1)
                    #expect(try await old.frame()?.closeCode == 1000)
                }
            }
        }
    }

    @Test(arguments: [("/acs/ws", 1 << 20), ("/tcs/ws", (1 << 20) + 65536)])
    func boundsMessages(path: String, limit: Int) async throws {
        try await withTestServer { server in
            let arn = try await server.register()
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send(server.handshake(arn, path: path))
                #expect(try await connection.response(hasBody: false)?.status == 101)
                try await connection.sendFrame(Array(repeating: UInt8(ascii: " "), count: limit))
                try await connection.sendFrame(Array(repeating: UInt8(ascii: " "), count: limit + 1))
                var last = try await connection.frame()
                while last?.opcode == 1 { last = try await connection.frame() }
                #expect(last?.closeCode == 1009)
            }
        }
    }

    /// If what an agent says cannot be stored, its connection ends, and it will say it again on the next one.
    @Test func closesWhenTheStoreFails() async throws {
        try await withTestServer { server in
            let arn = try await server.register()
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send(server.handshake(arn))
                #expect(try await connection.response(hasBody: false)?.status == 101)
                try await startTask(server, on: arn)
                var payload: ACS.PayloadMessage?
                while payload == nil {
                    let frame = try #require(try await connection.frame())
                    try #require(frame.opcode == 1, "closed with \(frame.closeCode ?? 0)")
                    let text = frame.text
                    let message = try JSONCoding.decode(ACS.ServerMessage.self, from: Array(text.utf8))
                    if case .payload(let order) = message { payload = order }
                }
                server.plane.store.schedule(
                    .failBeforeApplying, forCommit: server.plane.store.commitCount + 1)
                let ack = ACS.AgentMessage.ack(
                    ACS.AckRequest(cluster: "default", containerInstance: arn, messageId: payload?.messageId))
                try await connection.sendFrame(try JSONCoding.encode(ack))
                var last = try await connection.frame()
                while last?.opcode == 1 { last = try await connection.frame() }
                // The control plane ends all its sessions when it loses its store; either may be first.
                #expect([1001, 1011].contains(last?.closeCode))
            }
        }
    }

    // MARK: Telemetry

    @Test func acknowledgesTelemetry() async throws {
        try await withTestServer {
            $0.telemetryHeartbeatInterval = .milliseconds(20)
        } _: { server in
            let arn = try await server.register()
            try await withTransport(server) { transport in
                let request = SessionRequest(
                    endpoint: server.address.url + "/tcs",
                    parameters: ["cluster": "default", "containerInstance": arn],
                    credentials: server.plane.administrator)
                try await transport.withSession(request) { session in
                    let types = [
                        "PublishMetricsRequest", "Nonsense", "PublishHealthRequest", "PublishInstanceStatusRequest",
                    ]
                    for type in types {
                        let frame = TCS.Frame(
                            headers: [.init(name: "Host", value: server.host)],
                            body: Array(#"{"type":"\#(type)","message":{}}"#.utf8))
                        try await session.send(String(decoding: frame.bytes, as: UTF8.self))
                    }
                    var acknowledgments: [TCS.ServerMessage] = []
                    var heartbeats = 0
                    for try await text in session.messages {
                        switch try JSONCoding.decode(TCS.ServerMessage.self, from: Array(text.utf8)) {
                        case .heartbeat(let heartbeat):
                            #expect(heartbeat.healthy == true)
                            heartbeats += 1
                        case let message: acknowledgments.append(message)
                        }
                        if acknowledgments.count == 3, heartbeats >= 2 { break }
                    }
                    #expect(
                        acknowledgments == [
                            .ackPublishMetric(.init(message: "ok")), .ackPublishHealth(.init(message: "ok")),
                            .ackPublishInstanceStatus(.init(message: "ok")),
                        ])
                }
            }
        }
    }
}
