// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// What the control plane says to agents, and when (`ecs-agent.md` §4, §11).
@Suite struct AgentSessionTests {
    var bench = Bench()
    let instance: String

    init() throws {
        instance = try bench.registerInstance()
        try bench.registerDefinition()
    }

    @Test mutating func anUnacknowledgedOrderIsRepeatedInTheNextSession() throws {
        let first = try bench.connect(instance)
        let arn = try #require(try bench.run().tasks?.first?.taskArn)
        _ = bench.messages()
        bench.take(bench.machine.closeSession(first, at: bench.now))
        let second = try bench.connect(instance)
        let payload = try #require(bench.messages().payloads.first)
        #expect(payload.tasks?.first?.arn == arn)
        bench.receive(.ack(ACS.AckRequest(messageId: payload.messageId)), on: second)
        try bench.connect(instance)
        #expect(bench.messages().payloads.isEmpty)
    }

    @Test mutating func anOrderSurvivesARestartOfTheControlPlane() throws {
        try bench.connect(instance)
        let arn = try #require(try bench.run().tasks?.first?.taskArn)
        try bench.restart()
        try bench.connect(instance)
        #expect(bench.messages().payloads.map { $0.tasks?.first?.arn } == [arn])
        #expect(try bench.describe(arn).lastStatus == "PENDING")
    }

    @Test mutating func aStopOrderIsDeliveredWhenTheAgentComesBack() throws {
        let session = try bench.connect(instance)
        let arn = try #require(try bench.run().tasks?.first?.taskArn)
        let payload = try #require(bench.messages().payloads.first)
        bench.receive(.ack(ACS.AckRequest(messageId: payload.messageId)), on: session)
        bench.take(bench.machine.closeSession(session, at: bench.now))
        try bench.call(ECS.StopTaskRequest(task: arn))
        #expect(bench.messages().isEmpty)
        try bench.connect(instance)
        #expect(bench.messages().payloads.map { $0.tasks?.first?.desiredStatus } == ["STOPPED"])
    }

    @Test mutating func aBlipDoesNotDisconnectAndALongAbsenceDoes() throws {
        let session = try bench.connect(instance)
        bench.take(bench.machine.closeSession(session, at: bench.now))
        bench.pass(.seconds(59))
        #expect(try isConnected())
        bench.pass(.seconds(2))
        #expect(try !isConnected())
        try bench.connect(instance)
        #expect(try isConnected())
    }

    @Test mutating func heartbeatsWithoutAnswerEndTheSession() throws {
        let session = try bench.connect(instance)
        _ = bench.messages()
        bench.pass(.seconds(65))
        #expect(bench.messages().count == 2)
        bench.pass(.seconds(30))
        #expect(bench.sent == [.close(session, code: 1001, reason: "No answer to heartbeats")])
    }

    @Test mutating func answeredHeartbeatsKeepTheSession() throws {
        let session = try bench.connect(instance)
        for _ in 0..<10 {
            bench.pass(.seconds(30))
            bench.receive(.heartbeatAck(ACS.HeartbeatAckRequest()), on: session)
        }
        #expect(!bench.sent.contains { if case .close = $0 { true } else { false } })
    }

    @Test mutating func aNewSessionTakesOverFromTheOld() throws {
        let first = try bench.connect(instance)
        try bench.connect(instance)
        #expect(bench.sent.contains(.close(first, code: 1000, reason: "A newer session took over")))
        bench.take(bench.machine.closeSession(first, at: bench.now))
        bench.pass(.seconds(20))
        #expect(try isConnected())
    }

    @Test mutating func timelinesGrowAcrossRestarts() throws {
        try bench.connect(instance)
        _ = try bench.run()
        let before = bench.messages()
        let highest = max(
            before.payloads.compactMap(\.seqNum).max() ?? 0, before.manifests.compactMap(\.timeline).max() ?? 0)
        try bench.restart()
        try bench.connect(instance)
        let timeline = try #require(bench.messages().manifests.first?.timeline)
        #expect(timeline > highest)
    }

    @Test mutating func straysAreStoppedAndLiveTasksAreNot() throws {
        let session = try bench.connect(instance)
        let manifest = try #require(bench.messages().manifests.first)
        let live = try #require(try bench.run().tasks?.first?.taskArn)
        let stray = live.dropLast(4) + "ffff"
        let candidates = [String(stray), live].map {
            ACS.TaskIdentifier(taskArn: $0, taskClusterArn: nil, desiredStatus: "STOPPED")
        }
        _ = bench.messages()
        bench.receive(
            .taskStopVerification(
                ACS.TaskStopVerificationMessage(messageId: manifest.messageId, stopCandidates: candidates)),
            on: session)
        guard case .taskStopVerificationAck(let ack)? = bench.messages().first else {
            Issue.record("no verification was answered")
            return
        }
        #expect(ack.messageId == manifest.messageId)
        #expect(ack.stopTasks?.map(\.taskArn) == [String(stray)])
    }

    @Test mutating func credentialsTravelWithTheTaskAndAreRefreshedAtHalfTheirLife() throws {
        try bench.registerDefinition(family: "role", taskRole: "app")
        let session = try bench.connect(instance)
        _ = bench.messages()
        _ = try bench.run("role")
        let payload = try #require(bench.messages().payloads.first)
        let first = try #require(payload.tasks?.first?.roleCredentials)
        #expect(first.roleArn == "arn:aws:iam::123456789012:role/app")
        bench.receive(.ack(ACS.AckRequest(messageId: payload.messageId)), on: session)
        var refreshed: [ACS.IAMRoleCredentialsMessage] = []
        for _ in 0..<400 {
            bench.pass(.seconds(30))
            bench.receive(.heartbeatAck(ACS.HeartbeatAckRequest()), on: session)
            refreshed += bench.messages().credentials
        }
        #expect(refreshed.count == 1)
        #expect(refreshed.first?.roleCredentials?.credentialsId == first.credentialsId)
        #expect(refreshed.first?.roleCredentials?.accessKeyId != first.accessKeyId)
        #expect(refreshed.first?.roleType == "TaskApplication")
        try bench.connect(instance, sendCredentials: true)
        #expect(bench.messages().credentials.map { $0.roleCredentials?.credentialsId } == [first.credentialsId])
    }

    @Test mutating func aDeregisteredInstanceIsRefused() throws {
        try bench.connect(instance)
        try bench.call(ECS.DeregisterContainerInstanceRequest(containerInstance: instance, force: true))
        let error = #expect(throws: APIError.self) { try bench.connect(instance) }
        #expect(error?.code == .inactiveInstance)
    }

    private mutating func isConnected() throws -> Bool {
        let answer = try bench.call(ECS.DescribeContainerInstancesRequest(containerInstances: [instance]))
        return answer.containerInstances?.first?.agentConnected == true
    }
}
