// SPDX-License-Identifier: Apache-2.0

import DryportInMemory
import DryportModel
import DryportRuntime
import DryportTesting
import Testing

@Suite("InMemoryRuntime", .timeLimit(.minutes(10)))
struct InMemoryRuntimeTests {
    private static let epoch = Timestamp(millisecondsSinceEpoch: 1_700_000_000_000)

    private func spec(_ name: String = "main", owner: String = "me") -> ContainerSpec {
        let identity = ContainerIdentity(
            owner: owner, taskARN: "task", containerName: name, family: "family", revision: "1", cluster: "default")
        return ContainerSpec(identity: identity, name: name, image: "image")
    }

    @Test(arguments: RuntimeConformanceCheck.allCases)
    func conforms(_ check: RuntimeConformanceCheck) async throws {
        let world = InMemoryRuntimeWorld()
        let suite = RuntimeConformance(fixture: .init(image: "busybox")) {
            InMemoryRuntime(world: world, behaviour: ScriptedContainer.conformance)
        }
        try await suite.run(check)
        #expect(world.containers.isEmpty, "the suite cleans up")
    }

    @Test func failsAsOftenAsAsked() async throws {
        let runtime = InMemoryRuntime()
        runtime.world.fail(.create, times: 2, with: RuntimeError(code: .cannotCreateContainer, message: "full"))
        for _ in 0..<2 {
            await #expect(throws: RuntimeError.self) { try await runtime.create(spec()) }
        }
        _ = try await runtime.create(spec())
        #expect(runtime.world.calls(of: .create) == 3)
        #expect(runtime.world.containers.count == 1)
    }

    @Test func saysThatEventsWereLost() async throws {
        let runtime = InMemoryRuntime()
        let handle = try await runtime.create(spec())
        var events = runtime.events(owner: "me").makeAsyncIterator()
        #expect(try await events.next() == .synchronised)
        runtime.world.loseEvents(2)
        try await runtime.start(handle)
        runtime.world.finish(handle, code: 1, at: Self.epoch)
        #expect(try await events.next() == .synchronised)
        try await runtime.remove(handle, volumes: [])
        #expect(try await events.next() == .removed(handle))
    }

    @Test func slowSubscriberIsToldToTakeInventory() async throws {
        let runtime = InMemoryRuntime()
        let handle = try await runtime.create(spec())
        var events = runtime.events(owner: "me").makeAsyncIterator()
        for number in 0..<3000 {
            runtime.world.setHealth(number.isMultiple(of: 2) ? .healthy : .unhealthy, of: handle)
        }
        try await runtime.remove(handle, volumes: [])
        var seen: [RuntimeEvent] = []
        while seen.last != .removed(handle), let event = try await events.next() { seen.append(event) }
        #expect(seen.first == .synchronised)
        #expect(seen.count <= 1025)
    }

    @Test func disconnects() async throws {
        let runtime = InMemoryRuntime()
        let handle = try await runtime.create(spec())
        try await runtime.start(handle)
        var events = runtime.events(owner: "me").makeAsyncIterator()
        #expect(try await events.next() == .synchronised)
        runtime.world.disconnect()
        await #expect(throws: RuntimeError.self) { try await events.next() }
        do {
            _ = try await runtime.inventory(owner: "me")
            Issue.record("a disconnected runtime answered")
        } catch {
            #expect(error.code == .unavailable && error.isRetryable)
        }
        runtime.world.reconnect()
        #expect(try await runtime.inventory(owner: "me").map(\.state) == [.running])
    }

    @Test func startCanBlockAndBeCancelled() async throws {
        let runtime = InMemoryRuntime { _ in ScriptedContainer(blocksStart: true) }
        let handle = try await runtime.create(spec())
        let cancelled = Task { try await runtime.start(handle) }
        cancelled.cancel()
        await #expect(throws: RuntimeError.self) { try await cancelled.value }
        #expect(runtime.world.containers.map(\.state) == [.created])

        let blocked = Task { try await runtime.start(handle) }
        runtime.world.releaseStart(of: handle)
        #expect(try await blocked.value.state == .running)
    }

    @Test func timeComesFromTheOwner() async throws {
        let runtime = InMemoryRuntime(
            behaviour: { _ in .exits(code: 5, after: .seconds(3600)) }, now: { Self.epoch }, sleep: { _ in })
        let handle = try await runtime.create(spec())
        var events = runtime.events(owner: "me").makeAsyncIterator()
        _ = try await events.next()
        try await runtime.start(handle)
        _ = try await events.next()
        guard case .changed(let observation)? = try await events.next() else {
            Issue.record("no event of the exit")
            return
        }
        #expect(observation.startedAt == Self.epoch)
        #expect(observation.state == .exited(ContainerExit(code: 5, finishedAt: Self.epoch)))
    }

    @Test func rebootLosesCodes() async throws {
        let runtime = InMemoryRuntime()
        let running = try await runtime.create(spec("running"))
        let created = try await runtime.create(spec("created"))
        try await runtime.start(running)
        runtime.world.reboot(at: Self.epoch)
        #expect(
            try await runtime.inspect(running)?.state == .exited(ContainerExit(code: nil, finishedAt: Self.epoch)))
        #expect(try await runtime.inspect(created)?.state == .created)
    }

    @Test func picksFreePorts() async throws {
        let runtime = InMemoryRuntime()
        var ports: [Int] = []
        for name in ["one", "two"] {
            var spec = spec(name)
            spec.portMappings = [.init(containerPort: 80), .init(containerPort: 81, hostPort: 8081)]
            let handle = try await runtime.create(spec)
            let bindings = try await runtime.start(handle).networkBindings
            #expect(bindings.map(\.containerPort) == [80, 81])
            ports += bindings.map(\.hostPort)
        }
        #expect(ports[1] == 8081 && ports[3] == 8081)
        #expect(ports[0] != ports[2] && ports[0] > 0)
    }
}
