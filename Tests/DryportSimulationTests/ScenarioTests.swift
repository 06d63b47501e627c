// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportControlPlaneCore
import DryportModel
import DryportReconciler
import OrderedCollections
import Testing

@testable import DryportSimulation

/// Moments that matter most, each arranged on purpose in a world without other faults.
@Suite struct ScenarioTests {
    /// A world whose agents are registered and connected.
    /// - Parameter suits: What is to hold for the sizes and times that the seed has drawn.
    private static func world(agents: Int = 1, where suits: (World) -> Bool = { _ in true }) throws -> World {
        var options = SimulationOptions()
        options.agents = agents
        options.clientActions = 0
        options.hasFaults = false
        let seed = try #require((UInt64(1)...50).first { suits(World(seed: $0, options: options)) })
        var world = World(seed: seed, options: options)
        try #require(world.run(for: .seconds(60)) { $0.disagreements().isEmpty })
        return world
    }

    /// Runs a task, and waits until it runs.
    private static func run(_ family: String, in world: inout World) throws -> String {
        let before = world.client.tasks.count
        world.runTask(family)
        try #require(world.run(for: .seconds(60)) { $0.client.tasks.count > before })
        let arn = try #require(world.client.tasks.last)
        try #require(world.run(for: .seconds(60)) { $0.plane.task(arn: arn)?.lastStatus == .running })
        return arn
    }

    private static func end(of world: inout World) {
        world.run(for: .seconds(120))
        #expect(world.disagreements().isEmpty)
        for violation in world.violations { Issue.record("\(violation)") }
    }

    /// The agent is killed while a task runs: the container goes on, the next agent takes it over as it is, and its end
    /// is told once.
    @Test func agentCrashWhileATaskRuns() throws {
        var world = try Self.world()
        let arn = try Self.run("service", in: &world)
        let container = try #require(world.agents[0].runtime.running.first?.runtimeID)
        world.crashAgent(0, "in a test")
        try #require(world.run(for: .seconds(60)) { $0.agents[0].machine?.status.isConnected == true })
        world.run(for: .seconds(30))
        #expect(world.agents[0].runtime.running.map(\.runtimeID) == [container])
        #expect(world.agents[0].machine?.status.tasks.first?.containers.first?.runtimeID == container)
        #expect(world.statistics.containerStarts == 1)
        world.kill(container, of: 0, code: 5)
        try #require(world.run(for: .seconds(60)) { $0.plane.task(arn: arn)?.lastStatus == .stopped })
        #expect(world.plane.task(arn: arn)?.containers.first?.exitCode == 5)
        Self.end(of: &world)
        #expect(world.plane.stopReports[arn] == 1)
    }

    /// The container ends while there is no agent: the next one tells it, with the exit code, once.
    @Test func exitWhileTheAgentIsDown() throws {
        var world = try Self.world()
        let arn = try Self.run("service", in: &world)
        let container = try #require(world.agents[0].runtime.running.first?.runtimeID)
        world.crashAgent(0, "in a test")
        world.kill(container, of: 0, code: 7)
        try #require(world.run(for: .seconds(60)) { $0.plane.task(arn: arn)?.lastStatus == .stopped })
        #expect(world.plane.task(arn: arn)?.containers.first?.exitCode == 7)
        Self.end(of: &world)
        #expect(world.plane.stopReports[arn] == 1)
        #expect(world.statistics.containerStarts == 1)
    }

    /// The host goes down: what ran there is not started again, and the task ends without an exit code.
    @Test func reboot() throws {
        var world = try Self.world()
        let arn = try Self.run("service", in: &world)
        world.reboot(0)
        try #require(world.run(for: .seconds(300)) { $0.plane.task(arn: arn)?.lastStatus == .stopped })
        #expect(world.plane.task(arn: arn)?.stopCode == .essentialContainerExited)
        #expect(world.plane.task(arn: arn)?.containers.first?.exitCode == nil)
        Self.end(of: &world)
        #expect(world.statistics.containerStarts == 1)
    }

    /// The control plane crashes as soon as its answer is there: the task is known, and runs once.
    @Test func planeCrashAfterTheAnswer() throws {
        var world = try Self.world()
        world.runTask("service")
        try #require(world.run(for: .seconds(60)) { !$0.client.tasks.isEmpty })
        let arn = world.client.tasks[0]
        world.crashPlane("in a test")
        #expect(world.plane.task(arn: arn) != nil)
        try #require(world.run(for: .seconds(120)) { $0.plane.task(arn: arn)?.lastStatus == .running })
        Self.end(of: &world)
        #expect(world.statistics.containerStarts == 1)
    }

    /// The control plane crashes before the call is durable: nobody was told, and the repeated call makes the task.
    @Test func planeCrashBeforeTheCommit() throws {
        var world = try Self.world()
        world.runTask("service")
        try #require(world.run(for: .seconds(60)) { !$0.plane.committing.isEmpty })
        world.crashPlane("in a test")
        #expect(world.client.tasks.isEmpty && world.plane.tasks.isEmpty)
        try #require(world.run(for: .seconds(120)) { !$0.client.tasks.isEmpty })
        Self.end(of: &world)
        #expect(world.plane.tasks.count == 1)
        #expect(world.statistics.containerStarts == 1)
    }

    /// One container ends and another goes on while the host is cut off: when the link returns, the end is told, and
    /// nothing that runs was touched.
    @Test func exitDuringAPartition() throws {
        var world = try Self.world()
        let ending = try Self.run("service", in: &world)
        let container = try #require(world.agents[0].runtime.running.first?.runtimeID)
        let lasting = try Self.run("service", in: &world)
        world.partition(0, for: .seconds(200))
        world.run(for: .seconds(10))
        world.kill(container, of: 0, code: 3)
        world.run(for: .seconds(180))
        #expect(world.plane.task(arn: ending)?.lastStatus == .running)
        #expect(world.agents[0].task(arn: ending)?.status == .stopped)
        try #require(world.run(for: .seconds(200)) { $0.plane.task(arn: ending)?.lastStatus == .stopped })
        #expect(world.plane.task(arn: ending)?.containers.first?.exitCode == 3)
        #expect(world.plane.task(arn: lasting)?.lastStatus == .running)
        Self.end(of: &world)
        #expect(world.statistics.containerStarts == 2)
        #expect(world.agents[0].runtime.running.count == 1)
    }

    /// A task that is stopped while its host is cut off stops when the link returns.
    @Test func stopDuringAPartition() throws {
        var world = try Self.world(agents: 2)
        let arn = try Self.run("service", in: &world)
        let host = try #require(world.agents.firstIndex { !$0.runtime.running.isEmpty })
        world.partition(host, for: .seconds(150))
        world.submit(.stopTask(arn))
        world.run(for: .seconds(140))
        #expect(world.plane.task(arn: arn)?.desiredStatus == .stopped)
        #expect(world.agents[host].runtime.running.count == 1)
        try #require(world.run(for: .seconds(300)) { $0.plane.task(arn: arn)?.lastStatus == .stopped })
        #expect(world.plane.task(arn: arn)?.stopCode == .userInitiated)
        Self.end(of: &world)
        #expect(world.agents[host].runtime.running.isEmpty)
    }

    /// Credentials of a task's role are renewed in time, also by a control plane that did not issue the first ones.
    @Test func credentialsAfterAPlaneCrash() throws {
        var world = try Self.world { $0.plane.configuration.taskCredentialLifetime == .seconds(300) }
        _ = try Self.run("role", in: &world)
        world.run(for: .seconds(20))
        #expect(world.disagreements().isEmpty)
        world.crashPlane("in a test")
        world.run(for: .seconds(400))
        Self.end(of: &world)
    }

    /// Credentials that were lost with the session that carried them come with the next one.
    @Test func credentialsLostWithTheirSession() throws {
        var world = try Self.world { $0.plane.configuration.taskCredentialLifetime > .seconds(300) }
        _ = try Self.run("role", in: &world)
        world.crashAgent(0, "in a test")
        let count = world.connections.count
        try #require(world.run(for: .seconds(60)) { $0.statistics.sessions == 2 && $0.connections.count > count })
        world.breakConnection(count, patience: .seconds(1))
        #expect(!world.disagreements().isEmpty)
        Self.end(of: &world)
    }

    /// The order to run a task comes again and late, after the task has ended and that was told: it does not run again,
    /// however long the host was cut off in between.
    @Test func lateOrderAfterALongPartition() throws {
        var cases = 0
        for seed in UInt64(1)...12 {
            var world = try Self.world { $0.seed >= seed }
            world.runTask("job")
            try #require(world.run(for: .seconds(60)) { $0.agents[0].store.keys.contains { $0.hasPrefix("task/") } })
            // Its acknowledgement does not get through any more.
            world.partition(0, for: .seconds(1500))
            world.run(for: .seconds(1490))
            let count = world.connections.count
            try #require(
                world.run(for: .seconds(400)) {
                    $0.connections.count > count && $0.connections.last?.planeSession != nil
                })
            // In some worlds the task's end is told before the session opens, and the order does not come again.
            guard world.plane.tasks.first?.lastStatus == .pending else { continue }
            cases += 1
            // The new session is slow, and the calls beside it are not.
            let last = world.connections.count - 1
            world.connections[last].toAgentAt = world.now.advanced(by: .seconds(500))
            try #require(world.run(for: .seconds(490)) { $0.plane.tasks.first?.lastStatus == .stopped })
            #expect(!world.connections[last].agentIsDone, "the order is still on its way")
            world.run(for: .seconds(500))
            Self.end(of: &world)
            #expect(world.statistics.containerStarts == 1, "seed \(seed)")
        }
        #expect(cases > 0)
    }
}
