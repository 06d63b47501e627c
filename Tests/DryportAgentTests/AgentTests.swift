// SPDX-License-Identifier: Apache-2.0

import DryportAgent
import DryportAgentCore
import DryportCredentials
import DryportInMemory
import DryportMessages
import DryportModel
import DryportRuntime
import DryportStore
import DryportTransport
import Logging
import ServiceLifecycle
import Testing

/// The shell with all three ports in memory: it performs what the machine says, keeps what must be kept, and ends
/// when it is told to.
@Suite struct AgentTests {
    private static let arn = "arn:aws:ecs:us-east-1:123456789012:task/default/aaaa"
    private static let activation = AgentConfiguration.Activation(
        id: "0b8a7c6d-1e2f-4a3b-8c4d-5e6f708192a3", code: Redacted("Fp0aZ3kQ9xWm2LrT7vYc"))
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func task(_ desired: String = "RUNNING") -> ACS.Task {
        ACS.Task(
            arn: arn, desiredStatus: desired, family: "web", version: "3",
            containers: [
                ACS.Container(
                    name: "web", image: "busybox", cpu: 10, memory: 64, essential: true, environment: [:],
                    portMappings: [.init(containerPort: 80, hostPort: 0, protocol: "tcp")])
            ], networkMode: "bridge")
    }

    private static func run<Result: Sendable>(
        _ backend: StubBackend, world: InMemoryRuntimeWorld = InMemoryRuntimeWorld(),
        store: any StateStore = InMemoryStore(),
        activation: AgentConfiguration.Activation? = activation, transport: InMemoryTransport? = nil,
        configure: (inout AgentConfiguration) -> Void = { _ in }, _ body: (Agent) async throws -> Result
    ) async throws -> Result {
        var configuration = AgentConfiguration(cluster: "default", region: "us-east-1", activation: activation)
        configure(&configuration)
        return try await withAgent(
            configuration: configuration,
            host: HostFacts(logicalCPUs: 2, memory: 2048, architecture: "x86_64", hostName: "node1"),
            runtime: InMemoryRuntime(world: world), transport: transport ?? InMemoryTransport(service: backend),
            store: store, logger: logger, body)
    }

    private static func statuses(_ backend: StubBackend) -> [String] {
        backend.reports.filter { $0.task == arn }.compactMap(\.status)
    }

    @Test(.timeLimit(.minutes(10))) func aTaskFromPayloadToEnd() async throws {
        let backend = StubBackend()
        let world = InMemoryRuntimeWorld()
        try await Self.run(backend, world: world) { agent in
            await backend.until { $0.isConnected }
            try await backend.run(Self.task(), messageID: "m-1")
            await backend.until { Self.statuses($0).last == "RUNNING" }
            #expect(backend.acks.contains("AckRequest m-1"))
            let container = try #require(world.containers.first)
            #expect(container.state == .running)
            #expect(container.identity.owner == StubBackend.instance)
            #expect(agent.status?.tasks.first?.containers.first?.runtimeID == container.handle.id)
            let report = try #require(backend.reports.last)
            #expect(report.containers?.first?.networkBindings?.first?.containerPort == 80)
            try await backend.run(Self.task("STOPPED"), messageID: "m-2")
            await backend.until { Self.statuses($0).last == "STOPPED" }
        }
        #expect(Self.statuses(backend) == ["PENDING", "RUNNING", "STOPPED"])
        #expect(backend.reports.last?.containers?.first?.exitCode == 143)
    }

    @Test(.timeLimit(.minutes(10))) func anotherAgentAdoptsWhatRuns() async throws {
        let backend = StubBackend()
        let world = InMemoryRuntimeWorld()
        let store = InMemoryStore()
        try await Self.run(backend, world: world, store: store) { agent in
            let events = agent.events
            await backend.until { $0.isConnected }
            try await backend.run(Self.task(), messageID: "m-1")
            // Not only told, but also known to be told: an agent that ends in between has to tell it again.
            for await observation in events {
                if case .reported(_, .running) = observation { break }
            }
        }
        let container = try #require(world.containers.first)
        #expect(container.state == .running, "ending the agent leaves it running")
        let starts = world.calls(of: .start)
        // What the disk has after a crash of the machine.
        let survivor = InMemoryStore(restoring: store.crash())
        try await Self.run(backend, world: world, store: survivor, activation: nil) { agent in
            await backend.until { $0.registrations.count == 2 && $0.isConnected }
            #expect(agent.status?.tasks.first?.containers.first?.runtimeID == container.handle.id)
            world.finish(container.handle, code: 7, at: InMemoryRuntime.systemTime())
            await backend.until { Self.statuses($0).last == "STOPPED" }
        }
        #expect(world.calls(of: .start) == starts, "it was not started again")
        #expect(backend.registrations.last?.containerInstanceArn == StubBackend.instance)
        #expect(backend.operations.count { $0 == "RegisterManagedInstance" } == 1)
        #expect(Self.statuses(backend) == ["PENDING", "RUNNING", "STOPPED"])
        #expect(backend.reports.last?.containers?.first?.exitCode == 7)
    }

    @Test(.timeLimit(.minutes(10))) func aCutLinkLosesNothing() async throws {
        let backend = StubBackend()
        let world = InMemoryRuntimeWorld()
        let transport = InMemoryTransport(service: backend)
        try await Self.run(
            backend, world: world, transport: transport, configure: { $0.timing.reconnect.maximum = .milliseconds(300) }
        ) { agent in
            await backend.until { $0.isConnected }
            try await backend.run(Self.task(), messageID: "m-1")
            await backend.until { Self.statuses($0).last == "RUNNING" }
            transport.setPartitioned(true)
            world.finish(try #require(world.containers.first).handle, code: 5, at: InMemoryRuntime.systemTime())
            for await observation in agent.events {
                if case .reportFailed = observation { break }
            }
            transport.setPartitioned(false)
            await backend.until { Self.statuses($0).last == "STOPPED" }
        }
        #expect(Self.statuses(backend).filter { $0 == "STOPPED" }.count == 1)
    }

    @Test(.timeLimit(.minutes(10))) func rubbishIsDropped() async throws {
        let backend = StubBackend()
        try await Self.run(backend) { agent in
            await backend.until { $0.isConnected }
            try await backend.send(#"{"type":"PayloadMessage","message":{"tasks":"no"}}"#)
            try await backend.send("not even JSON")
            try await backend.send(.heartbeat(.init(messageId: "h-1", healthy: true)))
            await backend.until { $0.acks == ["HeartbeatAckRequest h-1"] }
        }
    }

    @Test(.timeLimit(.minutes(10))) func withoutActivationItSaysWhatIsMissing() async throws {
        let backend = StubBackend()
        let error = await #expect(throws: AgentError.self) {
            try await Self.agent(backend, activation: nil).run()
        }
        #expect(error?.code == .activationRequired)
        #expect(error?.message.contains("--activation-id") == true)
        #expect(error?.message.contains("--activation-code") == true)
        #expect(backend.operations.isEmpty)
    }

    @Test(.timeLimit(.minutes(10))) func aRefusalEndsIt() async throws {
        let backend = StubBackend()
        backend.fail("RegisterContainerInstance", with: APIError(.client, "no such thing"))
        let error = await #expect(throws: AgentError.self) { try await Self.agent(backend).run() }
        #expect(error?.code == .refused)
        #expect(error?.message.contains("no such thing") == true)
    }

    @Test(.timeLimit(.minutes(10))) func aFailingStoreEndsItBeforeAnythingFollows() async throws {
        let backend = StubBackend()
        let store = InMemoryStore()
        // The first commit keeps the node's key, the second the managed instance's id.
        store.schedule(.failBeforeApplying, forCommit: 2)
        let error = await #expect(throws: AgentError.self) { try await Self.agent(backend, store: store).run() }
        #expect(error?.code == .state)
        #expect(!backend.operations.contains("RequestManagedInstanceRoleToken"))
    }

    @Test(.timeLimit(.minutes(10))) func gracefulShutdownEndsItAndLeavesContainers() async throws {
        let backend = StubBackend()
        let world = InMemoryRuntimeWorld()
        let agent = Self.agent(backend, world: world)
        let group = ServiceGroup(services: [agent], logger: Self.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await backend.until { $0.isConnected }
            try await backend.run(Self.task(), messageID: "m-1")
            await backend.until { Self.statuses($0).last == "RUNNING" }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(world.containers.map(\.state) == [.running])
    }

    @Test(.timeLimit(.minutes(10))) func itWaitsForTheRuntime() async throws {
        let backend = StubBackend()
        let world = InMemoryRuntimeWorld()
        world.fail(.capabilities, times: 1, with: RuntimeError(code: .unavailable, message: "starting"))
        try await Self.run(backend, world: world, configure: { $0.timing.runtime.maximum = .milliseconds(10) }) { _ in
            await backend.until { $0.isConnected }
        }
        #expect(world.calls(of: .capabilities) == 2)
    }

    private static func agent(
        _ backend: StubBackend, world: InMemoryRuntimeWorld = InMemoryRuntimeWorld(),
        store: any StateStore = InMemoryStore(), activation: AgentConfiguration.Activation? = activation
    ) -> Agent {
        Agent(
            configuration: AgentConfiguration(cluster: "default", region: "us-east-1", activation: activation),
            host: HostFacts(logicalCPUs: 2, memory: 2048, architecture: "x86_64", hostName: "node1"),
            runtime: InMemoryRuntime(world: world), transport: InMemoryTransport(service: backend), store: store,
            logger: logger)
    }
}

@Suite struct HostProbeTests {
    @Test func findsTheHost() {
        let facts = HostProbe.facts()
        #expect(facts.logicalCPUs >= 1)
        #expect(facts.memory > 64, "MiB: \(facts.memory)")
        #expect(facts.architecture == "x86_64" || facts.architecture == "arm64")
        #expect(!facts.hostName.isEmpty)
    }
}
