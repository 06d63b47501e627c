// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportMessages
import DryportModel
import Testing

/// ACS: connecting, reconnecting, and what messages lead to (`ecs-agent.md` §4).
@Suite struct SessionTests {
    private static func connected(_ configure: (inout AgentConfiguration) -> Void = { _ in }) -> World {
        let world = World(configure: configure)
        world.start()
        world.run { world.machine.status.isConnected }
        return world
    }

    @Test func handshakeParameters() throws {
        let world = Self.connected()
        let target = try #require(world.backend.handshakes.first)
        #expect(target.endpoint == "https://acs.example")
        #expect(
            target.parameters == [
                "agentHash": "00000000", "agentVersion": "0.1.0", "clusterArn": "default",
                "containerInstanceArn": FakeBackend.instance, "dockerVersion": "DockerVersion: 24.0.7",
                "protocolVersion": "2", "sendCredentials": "true", "seqNum": "1",
            ])
        world.disconnect()
        world.run { world.backend.handshakes.count == 2 }
        #expect(world.backend.handshakes.last?.parameters["sendCredentials"] == "false")
    }

    @Test(arguments: [UInt16(1000), 1001, 1006, 1011])
    func reconnectsAtOnce(code: UInt16) {
        let world = Self.connected()
        world.run(for: .seconds(10))
        world.disconnect(.closed(code: code))
        let end = world.now
        #expect(world.run { world.backend.handshakes.count == 2 })
        #expect(end.monotonic.duration(to: world.now.monotonic) < .milliseconds(200))
        #expect(world.backend.calls.count { $0.request.name == "DiscoverPollEndpoint" } == 1, "the answer is kept")
    }

    @Test func othersWaitLongerEachTime() {
        let world = Self.connected()
        world.backend.refusals = Array(repeating: .refused(status: 500, body: "no"), count: 6)
        world.disconnect(.closed(code: 1008))
        #expect(world.run { world.backend.handshakes.count == 8 })
        let pauses = world.observations.compactMap { observation -> Duration? in
            if case .disconnected(_, let pause) = observation { pause } else { nil }
        }
        #expect(pauses.count == 7)
        #expect(pauses[0] >= .milliseconds(250) && pauses[0] <= .milliseconds(300))
        #expect(pauses[6] >= .milliseconds(2847))
        #expect(zip(pauses, pauses.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func aServerThatDropsConnectionsIsNotSpunAt() {
        let world = Self.connected()
        for _ in 0..<20 {
            world.disconnect(.closed(code: 1006))
            world.run { !world.machine.status.isConnected }
            world.run { world.machine.status.isConnected }
        }
        #expect(world.backend.handshakes.count == 21)
        #expect(world.now.monotonic > MonotonicTime(sinceStart: .seconds(60)), "pauses grow: \(world.now.monotonic)")
    }

    @Test func silenceClosesAndReconnects() {
        let world = Self.connected()
        #expect(world.run(for: .seconds(125)) { !world.backend.closes.isEmpty })
        #expect(world.run { world.machine.status.isConnected && world.backend.handshakes.count == 2 })
    }

    @Test func connectionsAreReplacedInTime() {
        let world = Self.connected()
        let began = world.now
        while world.backend.closes.isEmpty {
            world.run(for: .seconds(30)) { !world.backend.closes.isEmpty }
            world.send(.heartbeat(.init(messageId: "h", healthy: true)))
        }
        let lifetime = began.monotonic.duration(to: world.now.monotonic)
        #expect(lifetime >= .seconds(1800) && lifetime <= .seconds(2101))
        #expect(world.backend.closes == [1000])
        #expect(world.run(for: .seconds(1)) { world.machine.status.isConnected })
    }

    @Test func inactiveInstanceWaitsAnHour() {
        let world = Self.connected()
        let body = #"{"type":"InactiveInstanceException","message":{"message":"gone"}}"#
        world.backend.refusals = [.refused(status: 400, body: body)]
        world.disconnect()
        world.run(for: .seconds(3500))
        #expect(world.backend.handshakes.count == 2)
        #expect(world.observations.contains(.deregistered(retryIn: .seconds(3600))))
        #expect(world.run(for: .seconds(200)) { world.machine.status.isConnected })
    }

    @Test func heartbeatsAreAcknowledged() {
        let world = Self.connected()
        world.send(.heartbeat(.init(messageId: "h-1", healthy: true)))
        #expect(world.run(for: .seconds(1)) { !world.backend.messages.isEmpty })
        #expect(world.backend.messages == [.heartbeatAck(.init(messageId: "h-1"))])
    }

    @Test func payloadIsStoredBeforeItIsAcknowledged() throws {
        let world = Self.connected()
        let payload = world.backend.payload([Fixture.task("aaaa", [Fixture.container("web")])])
        world.send(payload)
        #expect(world.run(for: .seconds(5)) { world.backend.isAcknowledged(payload) })
        let acked = try #require(
            world.outputs.firstIndex { output in
                output.messages.contains { if case .send(_, .ack) = $0 { true } else { false } }
            })
        let stored = world.outputs[...acked].contains { output in
            output.changes.contains { if case .put(.task) = $0 { true } else { false } }
        }
        #expect(stored)
    }

    @Test func anUnreadableTaskSuppressesTheAcknowledgement() {
        let world = Self.connected()
        var bad = Fixture.task("bad", [Fixture.container("web")])
        bad.containers?[0].overrides = #"{"cpu":3}"#
        let payload = world.backend.payload([bad, Fixture.task("good", [Fixture.container("web")])])
        world.send(payload)
        #expect(world.run { world.backend.statuses(of: Fixture.arn("good")).last == "RUNNING" })
        #expect(!world.backend.isAcknowledged(payload))
        let report = world.backend.report(of: Fixture.arn("bad"), "STOPPED")
        #expect(report?.reason?.hasPrefix("UnrecogniedTaskError: Error loading task - ") == true)
        #expect(report?.containers == nil)
        // Once reported, it is forgotten; delivered again, it is reported again, and the good one is left alone.
        world.send(payload)
        #expect(world.run { world.backend.reports.count { $0.task == Fixture.arn("bad") } == 2 })
        #expect(world.runtime.starts.values.allSatisfy { $0 == 1 })
    }

    @Test func anUnknownStatusMakesATaskUnreadable() {
        let world = Self.connected()
        let payload = world.backend.payload([Fixture.task("aaaa", [Fixture.container("web")], desired: "PENDING")])
        world.send(payload)
        #expect(world.run { world.backend.report(of: Fixture.arn("aaaa"), "STOPPED") != nil })
        #expect(
            world.backend.report(of: Fixture.arn("aaaa"), "STOPPED")?.reason?.contains("Unrecognized TaskStatus")
                == true)
        #expect(!world.backend.isAcknowledged(payload))
    }

    @Test func whatIsNotSupportedIsRefusedClearly() throws {
        let needs: [(String, (inout ACS.Task) -> Void)] = [
            ("secrets", { $0.containers?[0].secrets = [.init(name: "S", valueFrom: "p")] }),
            ("environment files", { $0.containers?[0].environmentFiles = [.init(value: "arn", type: "s3")] }),
            ("GPU", { $0.associations = [.init(name: "GPU-1", type: "gpu")] }),
            ("FireLens", { $0.containers?[0].firelensConfiguration = .init(type: "fluentbit") }),
            ("ECS Exec", { $0.containers?[0].managedAgents = [.init(name: "ExecuteCommandAgent")] }),
            ("awsvpc", { $0.networkMode = "awsvpc" }),
            (
                "efs",
                { $0.volumes = [.init(name: "v", type: "efs", efsVolumeConfiguration: .init(fileSystemId: "fs"))] }
            ),
        ]
        for (index, (word, change)) in needs.enumerated() {
            let world = Self.connected()
            var task = Fixture.task("t\(index)", [Fixture.container("web")])
            change(&task)
            let payload = world.backend.payload([task])
            world.send(payload)
            #expect(world.run { world.backend.report(of: task.arn!, "STOPPED") != nil }, "\(word)")
            let report = try #require(world.backend.report(of: task.arn!, "STOPPED"))
            #expect(report.reason?.hasPrefix("ResourceInitializationError: ") == true, "\(word)")
            #expect(report.reason?.contains(word) == true, "\(report.reason ?? "")")
            #expect(report.containers?.map(\.status) == ["STOPPED"])
            #expect(world.backend.isAcknowledged(payload), "it was stored: \(word)")
            #expect(world.runtime.creations.isEmpty)
        }
    }

    @Test func stoppingTheUnknownIsReportedAtOnce() {
        let world = Self.connected()
        let payload = world.backend.payload([Fixture.task("aaaa", [], desired: "STOPPED")])
        world.send(payload)
        #expect(world.run { world.backend.report(of: Fixture.arn("aaaa"), "STOPPED") != nil })
        #expect(
            world.backend.report(of: Fixture.arn("aaaa"), "STOPPED")?.reason
                == "TaskStateError: Agent could not progress task's state to stopped")
        #expect(world.backend.isAcknowledged(payload))
    }

    @Test func deliveredTwiceRunsOnce() {
        let world = Self.connected()
        let task = Fixture.task("aaaa", [Fixture.container("web")])
        world.send(world.backend.payload([task]))
        world.run { world.backend.statuses(of: task.arn!).last == "RUNNING" }
        let again = world.backend.payload([task])
        world.send(again)
        #expect(world.run(for: .seconds(60)) { world.backend.isAcknowledged(again) })
        world.run(for: .seconds(60))
        #expect(world.runtime.starts.values.allSatisfy { $0 == 1 })
    }

    @Test func credentialsAreAcknowledgedAndKept() {
        let world = Self.connected()
        var task = Fixture.task("aaaa", [Fixture.container("web")])
        task.roleCredentials = .init(
            credentialsId: "c-1", accessKeyId: "ASIA1", secretAccessKey: "hidden", expiration: "E1")
        world.send(world.backend.payload([task]))
        world.run(for: .seconds(5))
        #expect(
            world.backend.messages.contains(
                .credentialsAck(.init(messageId: "m-1", credentialsId: "c-1", expiration: "E1"))))
        #expect(world.machine.roleCredentials(id: "c-1")?.accessKeyId == "ASIA1")
        let fresh = ACS.RoleCredentials(credentialsId: "c-1", accessKeyId: "ASIA2", expiration: "E2")
        for arn in [task.arn!, Fixture.arn("unknown")] {
            world.send(
                .credentials(
                    .init(
                        messageId: "cr-\(arn.suffix(4))", taskArn: arn, roleType: "TaskApplication",
                        roleCredentials: fresh)))
        }
        world.run(for: .seconds(5))
        #expect(world.machine.roleCredentials(id: "c-1")?.accessKeyId == "ASIA2")
        let acks = world.backend.messages.compactMap {
            if case .credentialsAck(let ack) = $0 { ack.messageId } else { nil }
        }
        #expect(acks == ["m-1", "cr-aaaa"], "an unknown task's credentials are not acknowledged")
        #expect(!world.store.values.contains { String(decoding: $0, as: UTF8.self).contains("hidden") })
    }

    @Test func manifestAsksBeforeItStops() {
        let world = Self.connected()
        let (kept, stray) = (Fixture.arn("kept"), Fixture.arn("stray"))
        world.send(
            world.backend.payload([
                Fixture.task("kept", [Fixture.container("web")]), Fixture.task("stray", [Fixture.container("web")]),
            ]))
        world.run {
            world.backend.statuses(of: kept).last == "RUNNING" && world.backend.statuses(of: stray).last == "RUNNING"
        }
        func manifest(_ timeline: Int, _ id: String) -> ACS.ServerMessage {
            .taskManifest(
                .init(
                    messageId: id, clusterArn: FakeBackend.cluster, containerInstanceArn: FakeBackend.instance,
                    timeline: timeline, tasks: [.init(taskArn: kept, desiredStatus: "RUNNING")]))
        }
        world.send(manifest(1, "old"))
        world.run(for: .seconds(2))
        #expect(!world.backend.messages.contains { $0.messageId == "old" }, "not beyond the payload's number")
        world.send(manifest(8, "man-1"))
        world.run(for: .seconds(2))
        #expect(
            world.backend.messages.contains(
                .taskStopVerification(
                    .init(
                        messageId: "man-1",
                        stopCandidates: [
                            .init(taskArn: stray, taskClusterArn: FakeBackend.cluster, desiredStatus: "STOPPED")
                        ]))))
        #expect(world.status(of: stray)?.desiredStatus == .running, "nobody confirmed it yet")
        let stop = [ACS.TaskIdentifier(taskArn: stray, desiredStatus: "STOPPED")]
        world.send(.taskStopVerificationAck(.init(messageId: "wrong", stopTasks: stop)))
        world.run(for: .seconds(2))
        #expect(world.status(of: stray)?.desiredStatus == .running)
        world.send(.taskStopVerificationAck(.init(messageId: "man-1", stopTasks: stop)))
        #expect(world.run { world.backend.statuses(of: stray).last == "STOPPED" })
        #expect(world.backend.statuses(of: kept).last == "RUNNING")
        // The number survives a restart.
        world.restart()
        world.run { world.machine.status.isConnected }
        world.send(manifest(8, "again"))
        world.run(for: .seconds(2))
        #expect(!world.backend.messages.contains { $0.messageId == "again" })
    }
}
