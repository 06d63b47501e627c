// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportMessages
import DryportModel
import DryportReconciler
import Testing

/// The life of tasks and containers (`ecs-agent.md` §10), and what is told of it (§6).
@Suite struct EngineTests {
    private static let arn = Fixture.arn("aaaa")

    private static func world(
        _ tasks: [ACS.Task], configure: (inout AgentConfiguration) -> Void = { _ in },
        prepare: (World) -> Void = { _ in }
    ) -> World {
        let world = World(configure: configure)
        prepare(world)
        for task in tasks { _ = world.backend.payload([task]) }
        world.start()
        return world
    }

    private static func isOver(_ world: World, _ arn: String = arn) -> Bool {
        world.backend.statuses(of: arn).last == "STOPPED"
    }

    private static func change(_ world: World, _ name: String, _ status: String) -> ECS.ContainerStateChange? {
        world.backend.reports.flatMap { $0.containers ?? [] }.first { $0.containerName == name && $0.status == status }
    }

    private static func key(_ name: String) -> ContainerKey { ContainerKey(taskARN: arn, containerName: name) }

    @Test func aShortLifeIsToldInFull() {
        let world = Self.world([Fixture.task("aaaa", [Fixture.container("web")])]) { _ in
        } prepare: {
            $0.runtime.scripts["web"] = .exits(code: 3, after: .zero)
        }
        #expect(world.run { Self.isOver(world) })
        #expect(world.backend.statuses(of: Self.arn) == ["PENDING", "RUNNING", "STOPPED"])
        let end = world.backend.report(of: Self.arn, "STOPPED")
        #expect(end?.containers?.map(\.exitCode) == [3])
        #expect(end?.reason == "")
        #expect(end?.pullStartedAt != nil && end?.pullStoppedAt != nil && end?.executionStoppedAt != nil)
        #expect(Self.change(world, "web", "RUNNING")?.runtimeId == "container-1")
        #expect(Self.change(world, "web", "RUNNING")?.imageDigest == "sha256:busybox")
    }

    @Test func portsAndEnvironmentReachTheContainer() throws {
        var container = Fixture.container("web")
        container.portMappings = [.init(containerPort: 80, hostPort: 0, protocol: "tcp")]
        container.dockerConfig?.config = #"{"User":"app","WorkingDir":"/srv","Labels":{"a":"b"}}"#
        container.dockerConfig?.hostConfig =
            #"{"NetworkMode":"bridge","MemoryReservation":33554432,"Ulimits":[{"Name":"nofile","Soft":10,"Hard":20}]}"#
        var task = Fixture.task("aaaa", [container])
        task.volumes = [.init(name: "scratch", host: .init()), .init(name: "src", host: .init(sourcePath: "/srv/www"))]
        task.containers?[0].mountPoints = [
            .init(sourceVolume: "scratch", containerPath: "/e", readOnly: true),
            .init(sourceVolume: "src", containerPath: "/s"),
        ]
        let world = Self.world([task])
        #expect(world.run { world.backend.statuses(of: Self.arn).last == "RUNNING" })
        let binding = Self.change(world, "web", "RUNNING")?.networkBindings?.first
        #expect(binding == ECS.NetworkBinding(bindIP: "0.0.0.0", containerPort: 80, hostPort: 32768, protocol: "tcp"))
        let plan = try #require(world.runtime.container(named: "web")?.plan)
        #expect(plan.environment == ["FOO": "bar", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"])
        #expect(plan.user == "app" && plan.workingDirectory == "/srv" && plan.labels == ["a": "b"])
        #expect(plan.memoryReservation == 32 && plan.memoryLimit == 64)
        #expect(plan.resourceLimits == [.init(name: "nofile", soft: 10, hard: 20)])
        #expect(plan.owner == FakeBackend.instance)
        let prefix = "ecs-web-3-web-"
        #expect(plan.engineName.hasPrefix(prefix) && plan.engineName.count == prefix.count + 20)
        guard case .volume(let volume) = plan.mounts[0].source else {
            Issue.record("a volume without a path is the engine's")
            return
        }
        #expect(plan.mounts[0].isReadOnly && plan.mounts[1].source == .hostPath("/srv/www"))
        world.send(world.backend.payload([Fixture.task("aaaa", [], desired: "STOPPED")]))
        #expect(world.run { world.machine.status.tasks.isEmpty })
        #expect(world.runtime.removedVolumes == [volume], "it goes with the task")
    }

    @Test func aHostWithoutARegistryUsesItsImages() {
        let world = Self.world([Fixture.task("aaaa", [Fixture.container("web")])]) { _ in
        } prepare: {
            $0.runtime.localImages = ["busybox"]
        }
        let began = world.now
        #expect(world.run { world.backend.statuses(of: Self.arn).last == "RUNNING" })
        #expect(began.monotonic.duration(to: world.now.monotonic) < .seconds(2), "no retries first")
        #expect(Self.change(world, "web", "RUNNING")?.reason == "CannotPullContainerError: no route to busybox")
    }

    @Test func withoutAnyImageTheTaskFailsAfterFiveTries() {
        let world = Self.world([Fixture.task("aaaa", [Fixture.container("web")])]) { _ in
        } prepare: {
            $0.runtime.localImages = []
        }
        #expect(world.run { Self.isOver(world) })
        #expect(world.backend.statuses(of: Self.arn) == ["STOPPED"])
        #expect(world.runtime.operations.count { if case .pull = $0 { true } else { false } } == 5)
        let change = Self.change(world, "web", "STOPPED")
        #expect(change?.reason == "CannotPullContainerError: no route to busybox")
        #expect(change?.exitCode == nil && change?.runtimeId == nil)
    }

    @Test func preferCachedDoesNotPull() {
        let world = Self.world([Fixture.task("aaaa", [Fixture.container("web")])]) {
            $0.imagePullBehavior = .preferCached
        } prepare: {
            $0.runtime.localImages = ["busybox"]
        }
        #expect(world.run { world.backend.statuses(of: Self.arn).last == "RUNNING" })
        #expect(!world.runtime.operations.contains(.pull(image: "busybox")))
        #expect(Self.change(world, "web", "RUNNING")?.reason == nil)
    }

    @Test func alwaysDoesNotUseWhatTheHostHas() {
        let world = Self.world([Fixture.task("aaaa", [Fixture.container("web")])]) {
            $0.imagePullBehavior = .always
        } prepare: {
            $0.runtime.localImages = ["busybox"]
        }
        #expect(world.run { Self.isOver(world) })
        #expect(world.runtime.creations.isEmpty)
    }

    @Test func successOrdersContainers() {
        let task = Fixture.task(
            "aaaa",
            [Fixture.container("web", dependsOn: [("init", "SUCCESS")]), Fixture.container("init", essential: false)])
        let world = Self.world([task]) { _ in
        } prepare: {
            $0.runtime.scripts["init"] = .exits(code: 0, after: .seconds(5))
        }
        #expect(world.run { world.backend.statuses(of: Self.arn).last == "RUNNING" })
        let created = world.runtime.operations.compactMap { operation -> String? in
            if case .create(let plan) = operation { plan.containerName } else { nil }
        }
        #expect(created == ["init", "web"])
        #expect(Self.change(world, "init", "STOPPED")?.exitCode == 0)
    }

    @Test(arguments: ["SUCCESS", "HEALTHY"])
    func whatCanNeverBeMetEndsTheTask(condition: String) {
        let task = Fixture.task(
            "aaaa",
            [Fixture.container("web", dependsOn: [("init", condition)]), Fixture.container("init", essential: false)])
        let world = Self.world([task]) { _ in
        } prepare: {
            $0.runtime.scripts["init"] = .exits(code: 4, after: .seconds(1))
        }
        #expect(world.run { Self.isOver(world) })
        let change = Self.change(world, "web", "STOPPED")
        #expect(change?.exitCode == 143)
        #expect(change?.reason?.hasPrefix("TaskDependencyError: ") == true)
        #expect(world.runtime.creations[Self.key("web")] == nil)
    }

    @Test func startTimeoutBoundsTheWait() {
        var task = Fixture.task(
            "aaaa",
            [Fixture.container("web", dependsOn: [("db", "HEALTHY")]), Fixture.container("db", essential: false)])
        task.containers?[1].startTimeout = 20
        let world = Self.world([task])
        let began = world.now
        #expect(world.run { Self.isOver(world) })
        let passed = began.monotonic.duration(to: world.now.monotonic)
        #expect(passed > .seconds(20) && passed < .seconds(25), "\(passed)")
        #expect(Self.change(world, "web", "STOPPED")?.reason?.contains("startTimeout") == true)
    }

    @Test func stopGoesBackwardsThroughDependencies() {
        let task = Fixture.task(
            "aaaa", [Fixture.container("db"), Fixture.container("web", dependsOn: [("db", "START")])])
        let world = Self.world([task])
        world.run { world.backend.statuses(of: Self.arn).last == "RUNNING" }
        world.send(world.backend.payload([Fixture.task("aaaa", [], desired: "STOPPED")]))
        #expect(world.run { Self.isOver(world) })
        let stops = world.runtime.operations.compactMap { operation -> String? in
            if case .stop(let id, let grace) = operation { "\(id) \(grace)" } else { nil }
        }
        #expect(stops == ["container-2 30.0 seconds", "container-1 30.0 seconds"])
    }

    @Test func anEssentialExitStopsTheOthers() {
        let task = Fixture.task("aaaa", [Fixture.container("web"), Fixture.container("side", essential: false)])
        let world = Self.world([task]) { _ in
        } prepare: {
            $0.runtime.scripts["web"] = .exits(code: 1, after: .seconds(3))
        }
        #expect(world.run { Self.isOver(world) })
        #expect(Self.change(world, "side", "STOPPED")?.exitCode == 137)
        #expect(Self.change(world, "web", "STOPPED")?.exitCode == 1)
    }

    @Test func aNonEssentialExitIsToldALittleLater() {
        let task = Fixture.task("aaaa", [Fixture.container("web"), Fixture.container("side", essential: false)])
        let world = Self.world([task]) { _ in
        } prepare: {
            $0.runtime.scripts["side"] = .exits(code: 0, after: .seconds(3))
        }
        #expect(world.run(for: .seconds(40)) { Self.change(world, "side", "STOPPED") != nil })
        #expect(world.backend.reports.last?.status == "RUNNING")
        #expect(world.status(of: Self.arn)?.desiredStatus == .running)
    }

    @Test func restartsInPlaceAndSaysNothing() {
        var task = Fixture.task("aaaa", [Fixture.container("web")])
        task.containers?[0].restartPolicy = .init(enabled: true, ignoredExitCodes: [3], restartAttemptPeriod: 60)
        let world = Self.world([task]) { _ in
        } prepare: {
            $0.runtime.scripts["web"] = .exits(code: 1, after: .seconds(70))
        }
        world.run(for: .seconds(100))
        #expect(world.runtime.starts[Self.key("web")] == 2)
        #expect(world.runtime.creations[Self.key("web")] == 1, "the same container")
        #expect(world.status(of: Self.arn)?.containers.first?.restartCount == 1)
        #expect(world.backend.reports.count { $0.status == "RUNNING" } == 1)
        // Too short a run is final.
        world.runtime.scripts["web"] = .exits(code: 1, after: .seconds(10))
        #expect(world.run { Self.isOver(world) })
        #expect(world.runtime.starts[Self.key("web")] == 3)
    }

    @Test func ignoredExitCodesAreFinal() {
        var task = Fixture.task("aaaa", [Fixture.container("web")])
        task.containers?[0].restartPolicy = .init(enabled: true, ignoredExitCodes: [3], restartAttemptPeriod: 60)
        let world = Self.world([task]) { _ in
        } prepare: {
            $0.runtime.scripts["web"] = .exits(code: 3, after: .seconds(70))
        }
        #expect(world.run { Self.isOver(world) })
        #expect(world.runtime.starts[Self.key("web")] == 1)
    }

    @Test func tasksWaitInOneQueue() {
        let big = Fixture.task("big", [Fixture.container("big", cpu: 1500)])
        let next = Fixture.task("next", [Fixture.container("next", cpu: 1000)])
        let small = Fixture.task("small", [Fixture.container("small", cpu: 10)])
        let world = Self.world([big, next, small]) { _ in
        } prepare: {
            $0.runtime.scripts["big"] = .exits(code: 0, after: .seconds(60))
        }
        world.run(for: .seconds(30))
        #expect(world.runtime.running == ["big"], "the head waits, and those behind it wait with it")
        #expect(world.status(of: next.arn!)?.isQueued == true && world.status(of: small.arn!)?.isQueued == true)
        #expect(world.run { world.runtime.running == ["next", "small"] })
    }

    @Test func aFixedPortIsTakenOnce() {
        func task(_ id: String) -> ACS.Task {
            var container = Fixture.container(id)
            container.portMappings = [.init(containerPort: 80, hostPort: 8080, protocol: "tcp")]
            return Fixture.task(id, [container])
        }
        let world = Self.world([task("one"), task("two")])
        world.run(for: .seconds(30))
        #expect(world.runtime.running == ["one"])
        // The old one's stop and the new one's start may come in one payload.
        world.send(world.backend.payload([Fixture.task("one", [], desired: "STOPPED")]))
        #expect(world.run { world.runtime.running == ["two"] })
    }

    @Test func aQueuedTaskIsStoppedAtOnce() {
        let world = Self.world([
            Fixture.task("big", [Fixture.container("big", cpu: 2000)]),
            Fixture.task("aaaa", [Fixture.container("web", cpu: 1000)]),
        ])
        world.run(for: .seconds(10))
        world.send(world.backend.payload([Fixture.task("aaaa", [], desired: "STOPPED")]))
        #expect(world.run(for: .seconds(5)) { Self.isOver(world) })
        #expect(world.runtime.creations[Self.key("web")] == nil)
    }

    @Test func aStopInterruptsAPull() {
        let world = Self.world([Fixture.task("aaaa", [Fixture.container("web")])]) { _ in
        } prepare: {
            $0.runtime.latencies["pull"] = .seconds(3000)
        }
        world.run(for: .seconds(30))
        world.send(world.backend.payload([Fixture.task("aaaa", [], desired: "STOPPED")]))
        #expect(world.run(for: .seconds(5)) { Self.isOver(world) })
        #expect(world.outputs.contains { $0.commands.contains { if case .cancel = $0 { true } else { false } } })
    }

    @Test func aFailedStartIsTold() {
        let world = Self.world([Fixture.task("aaaa", [Fixture.container("web")])]) { _ in
        } prepare: {
            $0.runtime.startErrors["web"] = .init(name: "CannotStartContainerError", message: "no such file")
        }
        #expect(world.run { Self.isOver(world) })
        #expect(world.backend.statuses(of: Self.arn) == ["PENDING", "STOPPED"])
        #expect(Self.change(world, "web", "STOPPED")?.reason == "CannotStartContainerError: no such file")
    }

    @Test func aStubbornStopIsRepeated() {
        let world = Self.world([Fixture.task("aaaa", [Fixture.container("web")])])
        world.run { world.backend.statuses(of: Self.arn).last == "RUNNING" }
        world.runtime.stopErrors = 2
        world.send(world.backend.payload([Fixture.task("aaaa", [], desired: "STOPPED")]))
        #expect(world.run { Self.isOver(world) })
        #expect(Self.change(world, "web", "STOPPED")?.exitCode == 137)
    }

    @Test func containersStayForAWhileAfterTheEnd() {
        let world = Self.world([Fixture.task("aaaa", [Fixture.container("web")])]) {
            $0.timing.cleanup = .seconds(3 * 3600)
        } prepare: {
            $0.runtime.scripts["web"] = .exits(code: 0, after: .seconds(1))
        }
        world.run(for: .seconds(10_000))
        #expect(world.runtime.containers.count == 1)
        world.run(for: .seconds(1_000))
        #expect(world.runtime.containers.isEmpty && world.machine.status.tasks.isEmpty)
    }

    @Test func aLateOrderDoesNotRunATaskAgain() {
        let world = Self.world([Fixture.task("aaaa", [Fixture.container("web")])]) {
            $0.timing.cleanup = .zero
            $0.timing.recall = .seconds(600)
        } prepare: {
            $0.runtime.scripts["web"] = .exits(code: 0, after: .seconds(1))
        }
        #expect(world.run { Self.isOver(world) && world.runtime.containers.isEmpty })
        // The order was sent a second time before its end was known, and arrives after everything is over.
        world.send(world.backend.payload([Fixture.task("aaaa", [Fixture.container("web")])]))
        world.restart()
        world.send(world.backend.payload([Fixture.task("aaaa", [Fixture.container("web")])]))
        world.run(for: .seconds(300))
        #expect(world.runtime.starts[Self.key("web")] == 1)
        world.run(for: .seconds(600))
        #expect(world.machine.status.tasks.isEmpty)
    }

    @Test func nothingIsRemovedBeforeTheEndWasTold() {
        let world = Self.world([Fixture.task("aaaa", [Fixture.container("web")])])
        world.run { world.backend.statuses(of: Self.arn).last == "RUNNING" }
        world.isOnline = false
        world.disconnect(.failed("cut"))
        for id in world.runtime.containers.keys { _ = world.runtime.exit(id, run: 1, code: 9, at: world.now.wall) }
        let ended = world.now.wall
        world.run(for: .seconds(2_000))
        #expect(world.runtime.containers.count == 1)
        #expect(world.status(of: Self.arn)?.lastStatus == .stopped)
        world.isOnline = true
        #expect(world.run { Self.isOver(world) })
        #expect(world.backend.report(of: Self.arn, "STOPPED")?.executionStoppedAt == ended, "with its own time")
    }

    @Test func offlineTasksGoOn() {
        var task = Fixture.task("aaaa", [Fixture.container("web")])
        task.containers?[0].restartPolicy = .init(enabled: true, restartAttemptPeriod: 60)
        let world = Self.world([task]) { _ in
        } prepare: {
            $0.runtime.scripts["web"] = .exits(code: 1, after: .seconds(100))
        }
        world.run { world.backend.statuses(of: Self.arn).last == "RUNNING" }
        world.isOnline = false
        world.disconnect(.failed("cut"))
        // Not even an agent that restarts without any backend leaves its tasks alone.
        world.restart()
        world.run(for: .seconds(1_000))
        #expect((world.runtime.starts[Self.key("web")] ?? 0) >= 8)
        #expect(world.runtime.creations[Self.key("web")] == 1)
        #expect(!world.machine.status.isRegistered)
    }

    @Test func anExitDuringTheAgentsAbsenceIsToldOnce() {
        let world = Self.world([Fixture.task("aaaa", [Fixture.container("web")])]) { _ in
        } prepare: {
            $0.runtime.scripts["web"] = .exits(code: 42, after: .seconds(100))
        }
        world.run { world.backend.statuses(of: Self.arn).last == "RUNNING" }
        world.endProcess()
        world.run(for: .seconds(500))
        world.restart()
        #expect(world.run { Self.isOver(world) })
        let report = world.backend.report(of: Self.arn, "STOPPED")
        #expect(report?.containers?.map(\.exitCode) == [42])
        let seconds = report?.executionStoppedAt.map { world.now.wall.secondsSinceEpoch - $0.secondsSinceEpoch } ?? 0
        #expect(seconds > 300, "the time of the exit, not of its discovery")
        #expect(world.backend.reports.count { $0.status == "STOPPED" } == 1)
    }

    @Test func whatRunsIsAdoptedUntouched() {
        let world = Self.world([Fixture.task("aaaa", [Fixture.container("web")])])
        world.run { world.backend.statuses(of: Self.arn).last == "RUNNING" }
        let before = world.runtime.operations.count
        let reports = world.backend.reports.count
        world.restart()
        world.run(for: .seconds(60)) { world.machine.status.isConnected && world.machine.status.isRuntimeReady }
        world.run(for: .seconds(30))
        #expect(world.runtime.operations[before...].allSatisfy { $0 == .inventory(owner: FakeBackend.instance) })
        #expect(world.status(of: Self.arn)?.containers.first?.runtimeID == "container-1")
        #expect(world.backend.reports.count == reports, "nothing changed, so nothing is told")
    }

    @Test func whatVanishedIsTold() {
        let world = Self.world([Fixture.task("aaaa", [Fixture.container("web")])])
        world.run { world.backend.statuses(of: Self.arn).last == "RUNNING" }
        world.endProcess()
        world.runtime.vanish("web")
        world.restart()
        #expect(world.run { Self.isOver(world) })
        #expect(Self.change(world, "web", "STOPPED")?.reason?.hasPrefix("ContainerVanishedError") == true)
    }

    @Test func anUnavailableRuntimeIsWaitedFor() {
        let world = Self.world([Fixture.task("aaaa", [Fixture.container("web")])]) { _ in
        } prepare: {
            $0.runtime.isUnavailable = true
        }
        world.run(for: .seconds(120))
        #expect(world.machine.status.isConnected && !world.machine.status.isRuntimeReady)
        #expect(world.status(of: Self.arn)?.lastStatus == .pending)
        world.runtime.isUnavailable = false
        #expect(world.run(for: .seconds(60)) { world.backend.statuses(of: Self.arn).last == "RUNNING" })
    }
}
