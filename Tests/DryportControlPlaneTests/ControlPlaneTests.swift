// SPDX-License-Identifier: Apache-2.0

import DryportControlPlane
import DryportControlPlaneCore
import DryportInMemory
import DryportMessages
import DryportModel
import DryportStore
import Logging
import Testing

/// The shell's promises: what is answered is durable, what is not durable is not answered.
@Suite(.timeLimit(.minutes(10))) struct ControlPlaneTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let me = CallContext(principal: .administrator(accessKeyID: "AKIA"), endpoint: "http://localhost")

    private func with<Result: Sendable>(
        _ store: any StateStore, _ body: (ControlPlane) async throws -> Result
    ) async throws -> Result {
        try await withControlPlane(store: store, logger: logger, body)
    }

    private func definition(_ family: String) -> ECS.RegisterTaskDefinitionRequest {
        var container = ContainerDefinition(name: "main", image: "busybox")
        container.memory = 64
        return ECS.RegisterTaskDefinitionRequest(family: family, containerDefinitions: [container])
    }

    private func families(_ plane: ControlPlane) async throws -> [String]? {
        try await plane.perform(ECS.ListTaskDefinitionFamiliesRequest(), in: me).families
    }

    private func register(_ family: String, _ plane: ControlPlane) async throws -> Int? {
        try await plane.perform(definition(family), in: me).taskDefinition?.revision
    }

    @Test func whatWasAnsweredIsThereAfterACrash() async throws {
        let store = InMemoryStore()
        try await with(store) { plane in
            _ = try await plane.perform(definition("web"), in: me)
        }
        let families = try await with(InMemoryStore(restoring: store.crash())) { plane in
            try await plane.perform(ECS.ListTaskDefinitionFamiliesRequest(), in: me).families
        }
        #expect(families == ["web"])
    }

    /// Tasks had keys without the time of their creation once. They are moved, and not there twice after a change.
    @Test func recordsWithAnOlderKeyAreMoved() async throws {
        let store = InMemoryStore()
        try await with(store) { plane in
            let context = me
            _ = try await plane.perform(definition("web"), in: context)
            _ = try await plane.perform(
                ECS.RegisterContainerInstanceRequest(
                    totalResources: [
                        ECS.Resource(name: "CPU", type: "INTEGER", integerValue: 1024),
                        ECS.Resource(name: "MEMORY", type: "INTEGER", integerValue: 1024),
                    ],
                    attributes: [
                        Attribute(name: "ecs.capability.external"),
                        Attribute(name: "com.amazonaws.ecs.capability.docker-remote-api.1.17"),
                    ]),
                in: context)
            let arns = try await plane.perform(ECS.ListContainerInstancesRequest(), in: context).containerInstanceArns
            let arn = try #require(arns?.first)
            _ = try await plane.openSession(
                AgentHandshake(cluster: nil, containerInstanceArn: arn, sendCredentials: false), as: me.principal)
            let start = ECS.StartTaskRequest(containerInstances: [arn], taskDefinition: "web")
            let failures = try await plane.perform(start, in: context).failures
            #expect(failures == [], "\(failures ?? [])")
        }
        let tasks = StoreKey.prefix("control-plane/cluster/default/task/")
        let entry = try #require(try await store.read(tasks, limit: nil).entries.first)
        let segments = entry.key.text.split(separator: "/")
        try #require(segments.count == 6)
        let old = StoreKey(segments[..<4].joined(separator: "/") + "/" + segments[5])
        try await store.commit(
            StoreBatch(mutations: [.delete(entry.key), .put(old, entry.value.bytes)]))

        try await with(store) { plane in
            let listed = try await plane.perform(ECS.ListTasksRequest(), in: me).taskArns
            #expect(listed?.count == 1)
        }
        #expect(try await store.read(tasks, limit: nil).entries.map(\.key) == [entry.key])
    }

    @Test func aReadWaitsForWhatItHasSeen() async throws {
        let store = InMemoryStore()
        try await with(store) { plane in
            // The commit of the registration is held back until the test lets it go.
            let gate = Gate()
            store.schedule(.waitBeforeApplying { await gate.wait() }, forCommit: store.commitCount + 1)
            async let registered = plane.perform(definition("web"), in: me)
            try await gate.reached()
            async let listed = plane.perform(ECS.ListTaskDefinitionFamiliesRequest(), in: me)
            #expect(store.snapshot().entries.allSatisfy { !$0.key.text.contains("/family/") })
            gate.open()
            _ = try await registered
            let families = try await listed.families
            #expect(families == ["web"])
            #expect(store.snapshot().entries.contains { $0.key.text.contains("/family/web") })
        }
    }

    @Test func aFailedCommitIsAServerExceptionAndLeavesNothing() async throws {
        let store = InMemoryStore()
        try await with(store) { plane in
            store.schedule(.failBeforeApplying, forCommit: store.commitCount + 1)
            let error = await #expect(throws: APIError.self) { try await register("lost", plane) }
            #expect(error?.code == .server)
            #expect(try await families(plane) == [])
            _ = try await plane.perform(definition("kept"), in: me)
            #expect(try await families(plane) == ["kept"])
        }
    }

    @Test func aCommitWithUnknownOutcomeIsSettledByTheStore() async throws {
        let store = InMemoryStore()
        try await with(store) { plane in
            store.schedule(.failAfterApplying, forCommit: store.commitCount + 1)
            await #expect(throws: APIError.self) { try await register("web", plane) }
            // It did happen, and memory says so again.
            let families = try await families(plane)
            #expect(families == ["web"])
            #expect(try await register("web", plane) == 2)
        }
    }

    @Test func aRefusedCallCommitsNothing() async throws {
        let store = InMemoryStore()
        try await with(store) { plane in
            let before = store.commitCount
            await #expect(throws: APIError.self) {
                try await plane.perform(ECS.RunTaskRequest(taskDefinition: "none"), in: me)
            }
            #expect(store.commitCount == before)
        }
    }

    @Test func concurrentCallsShareCommits() async throws {
        let store = InMemoryStore()
        try await with(store) { plane in
            let before = store.commitCount
            let gate = Gate()
            store.schedule(.waitBeforeApplying { await gate.wait() }, forCommit: before + 1)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await plane.perform(definition("first"), in: me) }
                try await gate.reached()
                for number in 0..<50 {
                    group.addTask { _ = try await plane.perform(definition("f\(number)"), in: me) }
                }
                // All fifty wait behind the first commit; reads do as well, so one says when they are there.
                try await Task.sleep(for: .milliseconds(100))
                gate.open()
                try await group.waitForAll()
            }
            #expect(store.commitCount - before < 51)
            #expect(try await families(plane)?.count == 51)
        }
    }

    @Test func sessionsAreClosedWhenTheControlPlaneEnds() async throws {
        let session = try await with(InMemoryStore()) { plane in
            let instance = try await plane.perform(ECS.RegisterContainerInstanceRequest(), in: me)
            let arn = try #require(instance.containerInstance?.containerInstanceArn)
            return try await plane.openSession(
                AgentHandshake(cluster: nil, containerInstanceArn: arn, sendCredentials: false), as: me.principal)
        }
        var last: AgentSession.Command?
        for await command in session.commands { last = command }
        #expect(last == .close(code: 1001, reason: "The control plane is going away"))
    }
}

/// Holds something back until it is opened, and says when something has arrived.
private final class Gate: Sendable {
    private let arrivals = AsyncStream.makeStream(of: Void.self)
    private let openings = AsyncStream.makeStream(of: Void.self)

    func wait() async {
        arrivals.continuation.yield()
        for await _ in openings.stream { return }
    }

    func reached() async throws {
        for await _ in arrivals.stream { return }
    }

    func open() { openings.continuation.yield() }
}
