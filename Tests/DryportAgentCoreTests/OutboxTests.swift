// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportMessages
import DryportModel
import Testing

/// How reports are sent (`ecs-agent.md` §6.2, §6.4).
@Suite struct OutboxTests {
    private static let arn = Fixture.arn("aaaa")

    private static func world(_ count: Int = 1) -> World {
        let world = World()
        world.runtime.scripts["web"] = .exits(code: 0, after: .seconds(1))
        _ = world.backend.payload(
            (0..<count).map {
                Fixture.task(count == 1 ? "aaaa" : "t\($0)", [Fixture.container("web", cpu: 1, memory: 1)])
            })
        return world
    }

    @Test func onlyAnInvalidParameterDropsAReport() {
        let world = Self.world()
        world.backend.errors["SubmitTaskStateChange"] = [APIError(.invalidParameter, "never heard of it")]
        world.start()
        #expect(world.run { world.backend.statuses(of: Self.arn).last == "STOPPED" })
        #expect(world.backend.statuses(of: Self.arn) == ["RUNNING", "STOPPED"], "the first, PENDING, was dropped")
    }

    @Test(arguments: ["ClientException", "AccessDeniedException", "ServerException", "ThrottlingException"])
    func everythingElseIsRepeatedInOrder(code: String) {
        let world = Self.world()
        world.backend.errors["SubmitTaskStateChange"] = Array(repeating: APIError(.init(code), "no"), count: 7)
        world.start()
        #expect(world.run { world.backend.statuses(of: Self.arn).last == "STOPPED" })
        #expect(world.backend.statuses(of: Self.arn) == ["PENDING", "RUNNING", "STOPPED"])
    }

    @Test func tenTasksReportAtATime() {
        let world = Self.world(25)
        world.start()
        var flying = 0
        var most = 0
        world.run(for: .seconds(30)) {
            // Every call that was made and not yet answered.
            flying =
                world.backend.calls.count { $0.request.name == "SubmitTaskStateChange" } - world.backend.reports.count
            most = max(most, flying)
            return world.backend.reports.count { $0.status == "STOPPED" } == 25
        }
        #expect(most == 10)
        for index in 0..<25 {
            #expect(world.backend.statuses(of: Fixture.arn("t\(index)")) == ["PENDING", "RUNNING", "STOPPED"])
        }
    }

    @Test func aReturningLinkEndsThePause() {
        let world = Self.world()
        world.runtime.scripts["web"] = .runs
        world.start()
        world.run { world.backend.statuses(of: Self.arn).last == "RUNNING" }
        world.isOnline = false
        world.disconnect(.failed("cut"))
        for id in world.runtime.containers.keys { _ = world.runtime.exit(id, run: 1, code: 9, at: world.now.wall) }
        world.run(for: .seconds(3_000))
        world.isOnline = true
        #expect(world.run { world.machine.status.isConnected })
        #expect(world.run(for: .seconds(1)) { world.backend.statuses(of: Self.arn).last == "STOPPED" })
    }

    @Test func nothingIsSentBeforeItIsStored() {
        let world = Self.world()
        world.start()
        world.run { world.machine.status.tasks.isEmpty && !world.backend.reports.isEmpty }
        var sealed: Set<String> = []
        for output in world.outputs {
            for case .put(.task(let record)) in output.changes {
                for report in record.reports.sealed { sealed.insert("\(report.status.rawValue)") }
            }
            for call in output.calls {
                guard case .submitTaskStateChange(let request) = call.request else { continue }
                #expect(sealed.contains(request.status ?? ""))
            }
        }
    }

    @Test func sameSeedSameOutputs() {
        func outputs() -> [AgentOutput] {
            let world = Self.world(3)
            world.start()
            world.run(for: .seconds(100))
            return world.outputs
        }
        #expect(outputs() == outputs())
    }
}
