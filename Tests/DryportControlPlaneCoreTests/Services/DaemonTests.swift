// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// Services with one task on each matching instance (`ecs-control-plane.md` §7.9).
@Suite struct DaemonTests {
    @Test func eachInstanceGetsOne() throws {
        var bench = try Bench.withInstances(3)
        try bench.registerDefinition()
        try bench.createService(daemon: true)
        #expect(try bench.service().desiredCount == 3)
        #expect(Set(try bench.tasks().map(\.containerInstanceArn)).count == 3)
        try bench.addInstance()
        #expect(try bench.service().desiredCount == 4)
        #expect(Set(try bench.tasks().map(\.containerInstanceArn)).count == 4)
        try bench.converge(steps: 2)
        #expect(try bench.service().deployments?.first?.rolloutState == "COMPLETED")
        #expect(try bench.events().last == "(service web) has reached a steady state.")
    }

    @Test func itsDefaultsAreThoseOfDaemons() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        let service = try bench.createService(daemon: true)
        #expect(service.deploymentConfiguration?.minimumHealthyPercent == 0)
        #expect(service.deploymentConfiguration?.maximumPercent == 100)
        #expect(throws: APIError.self) { try bench.createService("b", daemon: true) { $0.desiredCount = 1 } }
        #expect(throws: APIError.self) {
            try bench.createService("b", daemon: true) {
                $0.placementStrategy = [ECS.PlacementStrategy(type: "random")]
            }
        }
        #expect(throws: APIError.self) { try bench.updateService(desired: 2) }
    }

    @Test func aDrainingInstanceLosesItsDaemon() throws {
        var bench = try Bench.withInstances(2)
        try bench.registerDefinition()
        try bench.createService(daemon: true)
        try bench.obey()
        let drained = try #require(try bench.tasks().first?.containerInstanceArn)
        try bench.call(ECS.UpdateContainerInstancesStateRequest(containerInstances: [drained], status: "DRAINING"))
        bench.settle()
        #expect(try bench.service().desiredCount == 1)
        #expect(try bench.tasks().map(\.containerInstanceArn).contains(drained) == false)
        try bench.call(ECS.UpdateContainerInstancesStateRequest(containerInstances: [drained], status: "ACTIVE"))
        bench.settle()
        #expect(try bench.tasks().count == 2)
    }

    @Test func attributesDecideWhereItBelongs() throws {
        var bench = try Bench.withInstances(2)
        let instances = try #require(try bench.call(ECS.ListContainerInstancesRequest()).containerInstanceArns)
        try bench.registerDefinition()
        try bench.createService(daemon: true) { request in
            request.placementConstraints = [
                ECS.PlacementConstraint(type: "memberOf", expression: "attribute:site == north")
            ]
        }
        #expect(try bench.tasks().isEmpty)
        #expect(try bench.service().desiredCount == 0)
        let site = Attribute(name: "site", value: "north", targetId: instances[0])
        try bench.call(ECS.PutAttributesRequest(attributes: [site]))
        bench.settle()
        #expect(try bench.tasks().map(\.containerInstanceArn) == [instances[0]])
        try bench.obey()
        try bench.call(ECS.DeleteAttributesRequest(attributes: [Attribute(name: "site", targetId: instances[0])]))
        bench.settle()
        #expect(try bench.tasks().isEmpty)
        let violated = bench.observations.contains { observation in
            guard case .serviceAction(_, let action) = observation else { return false }
            return action.name == "SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED" && action.instances == [instances[0]]
        }
        #expect(violated)
    }

    @Test func anUpdateReplacesOneByOneUnderTheMinimum() throws {
        var bench = try Bench.withInstances(4)
        try bench.registerDefinition()
        try bench.createService(minimum: 75, daemon: true)
        try bench.converge(steps: 2)
        try bench.registerDefinition()
        try bench.updateService(definition: "web")
        for _ in 0..<10 {
            #expect(try bench.tasks().filter { $0.lastStatus == "RUNNING" }.count >= 3)
            #expect(try bench.tasks().count <= 4)
            try bench.obey()
            bench.pass(.seconds(41))
        }
        #expect(try bench.tasks().allSatisfy { $0.taskDefinitionArn?.hasSuffix("web:2") ?? false })
        #expect(try bench.tasks().count == 4)
        #expect(try bench.service().deployments?.count == 1)
    }

    @Test func aboveAHundredPercentTheNewOneStartsBesideTheOld() throws {
        var bench = try Bench.withInstances(2)
        try bench.registerDefinition()
        try bench.createService(minimum: 100, maximum: 200, daemon: true)
        try bench.converge(steps: 2)
        try bench.registerDefinition()
        try bench.updateService(definition: "web")
        #expect(try bench.tasks().count == 4)
        for _ in 0..<4 {
            #expect(try bench.tasks().filter { $0.lastStatus == "RUNNING" }.count >= 2)
            try bench.obey()
            bench.pass(.seconds(41))
        }
        #expect(try bench.tasks().count == 2)
        #expect(try bench.tasks().allSatisfy { $0.taskDefinitionArn?.hasSuffix("web:2") ?? false })
    }

    @Test func anInstanceWithoutRoomIsServedLater() throws {
        var bench = try Bench.withInstances(1, cpu: 256)
        try bench.registerDefinition(cpu: 256)
        let task = try #require(try bench.run().tasks?.first?.taskArn)
        try bench.createService(daemon: true)
        #expect(try bench.service().desiredCount == 1)
        #expect(try bench.tasks().isEmpty)
        #expect(try bench.events().last?.contains("has insufficient CPU units available") == true)
        try bench.call(ECS.StopTaskRequest(task: task))
        bench.pass(.seconds(1))
        #expect(try bench.tasks().count == 1)
    }

    @Test func aDisconnectedInstanceKeepsItsPlace() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService(daemon: true)
        try bench.converge(steps: 2)
        let session = AgentSessionID(bench.lastSession)
        bench.take(bench.machine.closeSession(session, at: bench.now))
        bench.pass(.seconds(300))
        let service = try bench.service()
        #expect(service.desiredCount == 1 && service.runningCount == 1 && service.pendingCount == 0)
        #expect(service.deployments?.first?.rolloutState == "COMPLETED")
    }
}
