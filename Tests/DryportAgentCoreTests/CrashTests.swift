// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportMessages
import DryportModel
import Testing

/// The agent crashes at every output it ever makes, at four points of performing it, and goes on from what was
/// persisted. Whatever the moment: every task is told to be RUNNING and then STOPPED, with the exit codes that
/// really were, no container exists twice or is started twice, and in the end nothing is left on the host.
@Suite struct CrashTests {
    @Test(arguments: World.CrashPoint.allCases)
    func everyOutput(point: World.CrashPoint) {
        var output = 1
        while true {
            let world = Self.play(seed: UInt64(output), crash: (output, point))
            guard world.hasCrashed else { break }
            Self.check(world, "crash \(point) at output \(output)")
            output += 1
        }
        #expect(output > 40, "the scenario has that many outputs at least, so the loop did run")
    }

    /// Crashes at random moments, several per life.
    @Test func manyCrashes() {
        for seed in UInt64(1)...60 {
            let world = Self.play(seed: seed, crash: nil) { world in
                var random = SeededGenerator(seed: seed).fork(7)
                for _ in 0..<6 {
                    let delay = Duration.milliseconds(Int.random(in: 1...4_000, using: &random))
                    world.after(delay) { [unowned world] in world.restart() }
                }
            }
            Self.check(world, "seed \(seed)")
        }
    }

    private static let stopped = Fixture.arn("aaaa")
    private static let exiting = Fixture.arn("bbbb")

    /// Two tasks: one runs until it is stopped and has a container that must succeed first, one ends by itself.
    private static func play(
        seed: UInt64, crash: (Int, World.CrashPoint)?, prepare: (World) -> Void = { _ in }
    ) -> World {
        let world = World(seed: seed)
        world.runtime.scripts = [
            "init": .exits(code: 0, after: .milliseconds(300)), "worker": .exits(code: 3, after: .milliseconds(900)),
        ]
        let first = Fixture.task(
            "aaaa",
            [Fixture.container("init", essential: false), Fixture.container("web", dependsOn: [("init", "SUCCESS")])])
        let second = Fixture.task("bbbb", [Fixture.container("worker")])
        var isStopOrdered = false
        world.backend.onReport = { [unowned backend = world.backend] report in
            guard report.task == stopped, report.status == "RUNNING", !isStopOrdered else { return [] }
            isStopOrdered = true
            return [backend.payload([Fixture.task("aaaa", [], desired: "STOPPED")])]
        }
        _ = world.backend.payload([first])
        _ = world.backend.payload([second])
        world.crash = crash
        prepare(world)
        world.start()
        world.run(for: .seconds(900)) {
            world.backend.statuses(of: stopped).last == "STOPPED"
                && world.backend.statuses(of: exiting).last == "STOPPED"
                && world.runtime.containers.isEmpty && world.machine.status.tasks.isEmpty
        }
        return world
    }

    private static func check(_ world: World, _ where: String) {
        for (task, codes) in [(stopped, ["init": 0, "web": 137]), (exiting, ["worker": 3])] {
            let statuses = world.backend.statuses(of: task).drop { $0 == "PENDING" }
            #expect(Array(statuses) == ["RUNNING", "STOPPED"], "\(`where`): \(world.backend.statuses(of: task))")
            let reports = world.backend.reports.filter { $0.task == task }
            if let end = reports.firstIndex(where: { $0.status == "STOPPED" }) {
                #expect(reports[end...].allSatisfy { $0 == reports[end] }, "\(`where`): said after the end")
            }
            let changes = reports.flatMap { $0.containers ?? [] }
            for (name, code) in codes {
                let exit = changes.first { $0.containerName == name && $0.status == "STOPPED" }
                #expect(exit?.exitCode == code, "\(`where`): exit code of \(name)")
                #expect(changes.contains { $0.containerName == name && $0.status == "RUNNING" }, "\(`where`): \(name)")
            }
        }
        #expect(world.runtime.starts.values.allSatisfy { $0 == 1 }, "\(`where`): \(world.runtime.starts)")
        #expect(world.runtime.creations.values.allSatisfy { $0 == 1 }, "\(`where`): \(world.runtime.creations)")
        #expect(world.runtime.duplicates.isEmpty, "\(`where`): two containers for one name")
        #expect(world.runtime.containers.isEmpty, "\(`where`): left on the host: \(world.runtime.running)")
        #expect(world.store.keys.filter { $0.hasPrefix("task/") }.isEmpty, "\(`where`): left in the store")
    }
}
