// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportCredentials
import DryportInMemory
import DryportMessages
import DryportModel
import DryportServer
import Testing

/// Messages on sessions that no agent should send: they end nothing, and change nothing.
@Suite(.serialized, .timeLimit(.minutes(10))) struct BadMessageTests {
    private static let count = 1500

    /// Messages of agents that are about nothing that there is (`ecs-agent.md` §4).
    private static let agentMessages = [
        #"{"type":"AckRequest","message":{"cluster":"default","containerInstance":"$arn","messageId":"none"}}"#,
        #"""
        {"type":"NackRequest","message":{"cluster":"default","containerInstance":"$arn","messageId":"none",
        "reason":"because"}}
        """#,
        #"{"type":"HeartbeatAckRequest","message":{"messageId":"none"}}"#,
        #"""
        {"type":"IAMRoleCredentialsAckRequest","message":{"messageId":"none","expiration":"2027-01-15T08:00:00Z",
        "credentialsId":"none"}}
        """#,
        #"""
        {"type":"TaskStopVerificationMessage","message":{"messageId":"none","stopCandidates":[{"taskArn":"$task",
        "taskClusterArn":"default","desiredStatus":"STOPPED"}]}}
        """#,
        #"{"type":"UnknownMessage","message":{"a":[1,2.5,null,true,{"b":"c"}]}}"#,
        #"{"ServerException":"short form of an error"}"#,
    ]

    /// Reports that are about no container that there is (`ecs-agent.md` §7).
    private static let telemetryMessages = [
        #"""
        {"type":"PublishHealthRequest","message":{"metadata":{"cluster":"default","containerInstance":"$arn",
        "messageId":"m","fin":true},"timestamp":1800000000,"tasks":[{"taskArn":"$task","clusterArn":"default",
        "taskDefinitionFamily":"web","taskDefinitionVersion":"1","containers":[{"containerName":"none",
        "containerArn":"c","healthStatus":"UNHEALTHY","statusSince":1800000000}]}]}}
        """#,
        #"""
        {"type":"PublishMetricsRequest","message":{"metadata":{"cluster":"default","containerInstance":"$arn",
        "idle":false,"messageId":"m","fin":true},"timestamp":1800000000,"taskMetrics":[{"taskArn":"$task",
        "containerMetrics":[{"containerName":"web","cpuStatsSet":{"max":1.5,"min":0,"sampleCount":1,"sum":1.5}}]}]}}
        """#,
        #"""
        {"type":"PublishInstanceStatusRequest","message":{"metadata":{"cluster":"default","containerInstance":"$arn",
        "requestId":"r"},"timestamp":1800000000,"statuses":[{"type":"CONTAINER_RUNTIME","status":"OK",
        "lastUpdated":1800000000,"lastStatusChange":1800000000}]}}
        """#,
        #"{"type":"Nonsense","message":{}}"#,
    ]

    @Test func messagesOfAgents() async throws {
        try await withAgent { server, connection, agent in
            let before = server.plane.store.snapshot()
            for message in messages(Self.agentMessages, of: agent, seed: 1) {
                try await connection.sendFrame(message)
            }
            // The only message that is answered; all others have been read before it.
            let last = ACS.AgentMessage.taskStopVerification(
                ACS.TaskStopVerificationMessage(
                    messageId: agent.manifest, stopCandidates: [ACS.TaskIdentifier(taskArn: "stray")]))
            try await connection.sendFrame(try JSONCoding.encode(last))
            let answer = try #require(try await connection.frame())
            #expect(answer.text.contains("TaskStopVerificationAck"), "\(answer.closeCode ?? 0)")
            #expect(server.plane.store.snapshot() == before)
        }
    }

    @Test func messagesOfTelemetry() async throws {
        try await withAgent { server, _, agent in
            let messages = messages(Self.telemetryMessages, of: agent, seed: 2)
            let before = server.plane.store.snapshot()
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send(server.handshake(agent.instance, path: "/tcs/ws"))
                #expect(try await connection.response(hasBody: false)?.status == 101)
                for message in messages { try await connection.sendFrame(message) }
                try await connection.sendFrame(Array(#"{"type":"PublishMetricsRequest","message":{}}"#.utf8))
                // What says what it is has an answer, and the connection stays open.
                for _ in 0...acknowledgedCount(messages) {
                    let answer = try #require(try await connection.frame())
                    try #require(answer.opcode == 1, "closed with \(answer.closeCode ?? 0)")
                }
            }
            #expect(server.plane.store.snapshot() == before)
        }
    }

    /// Damaged messages about what there is may count or not; whatever they say, the control plane goes on.
    @Test func messagesAboutWhatThereIs() throws {
        let world = try PreparedWorld()
        let records = try world.records()
        var random = SeededGenerator(seed: 3)
        var rested = try ControlPlaneMachine(
            configuration: world.configuration, issuer: world.issuer, restoring: records, at: world.now)
        let (instance, node) = (world.names["instanceArn"] ?? "", world.names["node"] ?? "")
        let opened = try rested.openSession(
            AgentSessionID(1),
            handshake: AgentHandshake(cluster: "default", containerInstanceArn: instance, sendCredentials: true),
            as: .managedInstance(id: node), at: world.now, using: &random)
        let ids = opened.effects.compactMap { effect in
            if case .send(_, let message) = effect { return message.messageId }
            return nil
        }
        #expect(ids.count > 3)
        var names = ["arn": instance, "task": world.names["taskArn"] ?? ""]
        for number in 0..<4 * Self.count {
            names["id"] = ids.randomElement(using: &random)
            var mutator = Mutator(random: SeededGenerator(seed: random.next()))
            let template = (Self.answers + Self.telemetryMessages).randomElement(using: &random)!
            let body = mutator.mutant(of: Sample("Message", template).named(names)).body
            var machine = rested
            machine.publishesEvents = true
            let output: ControlPlaneOutput
            if let message = try? JSONCoding.decode(ACS.AgentMessage.self, from: body), !isTelemetry(message) {
                output = machine.receive(message, on: AgentSessionID(1), at: world.now, using: &random)
            } else if case .publishHealth(let report)? = try? JSONCoding.decode(TCS.AgentMessage.self, from: body),
                let taken = try? machine.receive(report, as: .managedInstance(id: node), at: world.now)
            {
                output = taken
            } else {
                continue
            }
            for case .put(let record) in output.changes { _ = record.encoded() }
            for case .send(_, let message) in output.effects { _ = try JSONCoding.encode(message) }
            if number % 16 == 0 { _ = machine.wake(at: world.now.advanced(by: .seconds(3600)), using: &random) }
        }
    }

    /// Messages of agents about what the control plane has sent.
    private static let answers =
        ["AckRequest", "NackRequest", "HeartbeatAckRequest", "IAMRoleCredentialsAckRequest"]
        .map { #"{"type":"\#($0)","message":{"cluster":"default","containerInstance":"$arn","messageId":"$id"}}"# }
        + [
            #"""
            {"type":"TaskStopVerificationMessage","message":{"messageId":"$id","stopCandidates":[{"taskArn":"$task",
            "taskClusterArn":"default","desiredStatus":"STOPPED"},{"taskArn":"stray"}]}}
            """#,
            #"""
            {"type":"PublishHealthRequest","message":{"metadata":{"cluster":"default","containerInstance":"$arn"},
            "tasks":[{"taskArn":"$task","containers":[{"containerName":"main","healthStatus":"UNHEALTHY"}]}]}}
            """#,
        ]

    private func isTelemetry(_ message: ACS.AgentMessage) -> Bool { message.type.hasPrefix("Publish") }

    // MARK: Parts

    /// What messages can be about.
    private struct Agent {
        var instance: String
        var task: String
        /// The id of the manifest that the agent may answer.
        var manifest: String
    }

    /// Runs a body with the session of an agent that has got a task.
    private func withAgent(
        _ body: (TestServer, inout RawConnection, Agent) async throws -> Void
    ) async throws {
        // Nothing but answers may come while a busy machine takes its time.
        try await withTestServer(heartbeatInterval: .seconds(3600)) { configuration in
            configuration.telemetryHeartbeatInterval = .seconds(3600)
        } _: { server in
            let instance = try await server.register()
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send(server.handshake(instance))
                #expect(try await connection.response(hasBody: false)?.status == 101)
                let manifest = try await next(on: &connection)
                guard case .taskManifest(let message) = manifest else {
                    Issue.record("\(manifest.type) is not what a session begins with")
                    return
                }
                let started = try await server.call(
                    ECS.StartTaskRequest(containerInstances: [instance], taskDefinition: "web"))
                let payload = try await next(on: &connection)
                #expect(payload.type == "PayloadMessage")
                let agent = Agent(
                    instance: instance, task: try #require(started.tasks?.first?.taskArn),
                    manifest: try #require(message.messageId))
                try await body(server, &connection, agent)
            }
        }
    }

    private func next(on connection: inout RawConnection) async throws -> ACS.ServerMessage {
        let frame = try #require(try await connection.frame())
        return try JSONCoding.decode(ACS.ServerMessage.self, from: frame.payload)
    }

    /// Damaged messages: in part JSON, in part in the frame of §7.2, or no JSON at all.
    private func messages(_ templates: [String], of agent: Agent, seed: UInt64) -> [[UInt8]] {
        let samples = templates.map {
            Sample("Message", $0).named(["arn": agent.instance, "task": agent.task])
        }
        let head = Array("Host: a\r\nx-amz-target: b\r\n\r\n".utf8)
        return (0..<Self.count).map { number in
            var mutator = Mutator(random: SeededGenerator(seed: seed).fork(UInt64(number)))
            let body = mutator.mutant(of: samples[number % samples.count]).body
            // WebSocket refuses text that is not UTF-8; that is tested elsewhere.
            let text = Array(String(decoding: body, as: UTF8.self).utf8)
            let size = text.count > 1 << 19 ? 1 << 19 : text.count
            switch Int.random(in: 0..<8, using: &mutator.random) {
            case 0: return head + text.prefix(size)
            case 1:
                let length = Int.random(in: 0..<head.count, using: &mutator.random)
                return Array(head.prefix(length) + text.prefix(size))
            default: return Array(text.prefix(size))
            }
        }
    }

    /// How many of the messages say what they are, and are acknowledged for that.
    private func acknowledgedCount(_ messages: [[UInt8]]) -> Int {
        let types = ["PublishMetricsRequest", "PublishHealthRequest", "PublishInstanceStatusRequest"]
        return messages.count { message in
            let body = TCS.Frame(parsing: message).body
            return types.contains((try? JSONCoding.decode(Typed.self, from: body))?.type ?? "")
        }
    }

    private struct Typed: Decodable {
        var type: String?
    }
}
