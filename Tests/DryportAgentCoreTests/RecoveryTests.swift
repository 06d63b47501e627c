// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportMessages
import DryportModel
import DryportReconciler
import Testing

/// Moments at which what is known and what is true differ.
@Suite struct RecoveryTests {
    private static let arn = Fixture.arn("aaaa")

    private static func world(prepare: (World) -> Void = { _ in }) -> World {
        let world = World()
        prepare(world)
        _ = world.backend.payload([Fixture.task("aaaa", [Fixture.container("web")])])
        world.start()
        return world
    }

    private static func isOver(_ world: World) -> Bool { world.backend.statuses(of: arn).last == "STOPPED" }

    private static func orderStop(_ world: World) {
        world.send(world.backend.payload([Fixture.task("aaaa", [], desired: "STOPPED")]))
    }

    private static func hasAsked(_ world: World, for operation: RuntimeOperation) -> Bool {
        world.runtime.operations.contains(operation)
    }

    @Test func aRunThatNobodySawIsToldInFull() {
        let world = Self.world { $0.runtime.scripts["web"] = .isOver(code: 3) }
        #expect(world.run { Self.isOver(world) })
        #expect(world.backend.statuses(of: Self.arn) == ["PENDING", "RUNNING", "STOPPED"])
        #expect(world.backend.report(of: Self.arn, "STOPPED")?.containers?.map(\.exitCode) == [3])
    }

    @Test func aStartWhoseResultWasLostIsNotForgotten() {
        let world = Self.world { $0.runtime.latencies = ["start": .seconds(1), "inventory": .seconds(5)] }
        world.run { Self.hasAsked(world, for: .start(runtimeID: "container-1")) }
        // The process ends, the container starts; the next process hears of a stop before it has looked.
        _ = world.backend.payload([Fixture.task("aaaa", [], desired: "STOPPED")])
        world.restart(isFinishing: true)
        #expect(world.runtime.running == ["web"])
        #expect(world.run { Self.isOver(world) })
        #expect(world.runtime.running.isEmpty)
        #expect(Self.hasAsked(world, for: .stop(runtimeID: "container-1", gracePeriod: .seconds(30))))
        #expect(world.backend.report(of: Self.arn, "STOPPED")?.containers?.last?.exitCode == 137)
    }

    @Test func aCreationWhoseResultWasLostIsTakenUp() {
        let world = Self.world { $0.runtime.latencies = ["create": .seconds(1)] }
        world.run { world.runtime.operations.contains { if case .create = $0 { true } else { false } } }
        world.restart(isFinishing: true)
        #expect(world.run { world.backend.statuses(of: Self.arn).last == "RUNNING" })
        #expect(world.runtime.creations.values.allSatisfy { $0 == 1 })
        #expect(world.runtime.operations.count { if case .create = $0 { true } else { false } } == 1)
    }

    @Test func aStartThatComesTooLateIsUndone() {
        let world = Self.world {
            $0.runtime.latencies = ["start": .seconds(200)]
            $0.runtime.ignoresCancellation = true
        }
        #expect(world.run { Self.isOver(world) })
        let reason = world.backend.report(of: Self.arn, "STOPPED")?.containers?.last?.reason
        #expect(reason?.hasPrefix("DockerTimeoutError: Could not transition to running") == true)
        world.run(for: .seconds(15)) { world.runtime.running == ["web"] }
        #expect(world.run(for: .seconds(10)) { !world.runtime.starts.isEmpty && world.runtime.running.isEmpty })
    }

    @Test func aSurveyLeavesAloneWhatIsBeingChanged() {
        let world = Self.world { $0.runtime.latencies = ["stop": .seconds(60)] }
        world.run(for: .seconds(290))
        let surveys = world.runtime.operations.count { $0 == .inventory(owner: FakeBackend.instance) }
        Self.orderStop(world)
        world.run(for: .seconds(45))
        #expect(world.runtime.operations.count { $0 == .inventory(owner: FakeBackend.instance) } == surveys + 1)
        #expect(world.runtime.running == ["web"], "it is still being stopped")
        #expect(!world.observations.contains { if case .strayRemoved = $0 { true } else { false } })
        #expect(world.run { Self.isOver(world) })
        #expect(world.backend.report(of: Self.arn, "STOPPED")?.containers?.last?.exitCode == 137)
    }

    @Test func whatNobodyAnswersForIsRemoved() {
        let world = Self.world()
        world.run { world.backend.statuses(of: Self.arn).last == "RUNNING" }
        world.endProcess()
        world.forget("task/aaaa")
        world.restart()
        #expect(world.run { world.runtime.containers.isEmpty })
        #expect(world.observations.contains { if case .strayRemoved = $0 { true } else { false } })
    }

    @Test func aRestartThatWasInterruptedIsFinished() {
        let world = World()
        world.runtime.scripts["web"] = .exits(code: 1, after: .seconds(70))
        var task = Fixture.task("aaaa", [Fixture.container("web")])
        task.containers?[0].restartPolicy = .init(enabled: true, restartAttemptPeriod: 60)
        _ = world.backend.payload([task])
        world.start()
        world.run { world.observations.contains { if case .containerRestarting = $0 { true } else { false } } }
        world.restart(isFinishing: false)
        world.run(for: .seconds(20))
        #expect(world.runtime.running == ["web"])
        #expect(world.status(of: Self.arn)?.containers.first?.restartCount == 1, "it is the same restart")
        #expect(world.backend.statuses(of: Self.arn) == ["PENDING", "RUNNING"])
    }
}
