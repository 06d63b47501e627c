// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// Task sets of services with the deployment controller EXTERNAL (`ecs-control-plane.md` §7.8).
@Suite struct TaskSetTests {
    private func bench(desired: Int = 3) throws -> Bench {
        var bench = try Bench.withInstances(2)
        try bench.registerDefinition()
        try bench.createService(desired: desired) { request in
            request.taskDefinition = nil
            request.deploymentController = ECS.DeploymentController(type: "EXTERNAL")
        }
        return bench
    }

    private func create(
        _ bench: inout Bench, scale: Double? = nil, token: String? = nil, externalID: String? = nil
    ) throws -> ECS.TaskSet {
        let request = ECS.CreateTaskSetRequest(
            service: "web", cluster: "default", externalId: externalID, taskDefinition: "web", launchType: "EXTERNAL",
            scale: scale.map { ECS.Scale(value: $0, unit: "PERCENT") }, clientToken: token)
        let set = try #require(try bench.call(request).taskSet)
        bench.settle()
        return set
    }

    private func sets(_ bench: inout Bench, _ ids: [String]? = nil) throws -> ECS.DescribeTaskSetsResponse {
        try bench.call(ECS.DescribeTaskSetsRequest(cluster: "default", service: "web", taskSets: ids))
    }

    @Test func aTaskSetStartsItsShareRoundedUp() throws {
        var bench = try bench()
        let set = try create(&bench, scale: 40, externalID: "blue")
        #expect(set.computedDesiredCount == 2)
        #expect(set.status == "ACTIVE" && set.stabilityStatus == "STABILIZING" && set.externalId == "blue")
        #expect(try bench.tasks().count == 2)
        #expect(try bench.tasks().allSatisfy { $0.startedBy == set.id })
        try bench.converge(steps: 2)
        let stable = try #require(try sets(&bench).taskSets?.first)
        #expect(stable.stabilityStatus == "STEADY_STATE" && stable.runningCount == 2)
        let service = try bench.service()
        #expect(service.deploymentController?.type == "EXTERNAL")
        #expect(service.taskSets?.count == 1 && service.deployments == [])
        #expect(service.runningCount == 2 && service.taskDefinition == nil)
    }

    @Test func thePrimaryOneIsMirrored() throws {
        var bench = try bench()
        let blue = try create(&bench)
        let green = try create(&bench)
        for set in [blue, green] {
            try bench.call(
                ECS.UpdateServicePrimaryTaskSetRequest(cluster: "default", service: "web", primaryTaskSet: set.id))
        }
        let statuses = try #require(try sets(&bench).taskSets).map(\.status)
        #expect(statuses == ["ACTIVE", "PRIMARY"])
        #expect(try bench.service().taskDefinition?.hasSuffix("web:1") == true)
    }

    @Test func scalingMovesTasksFromOneToTheOther() throws {
        var bench = try bench(desired: 4)
        let blue = try create(&bench)
        let green = try create(&bench, scale: 0)
        try bench.converge(steps: 2)
        for (set, share) in [(green, 50.0), (blue, 50.0)] {
            try bench.call(
                ECS.UpdateTaskSetRequest(
                    cluster: "default", service: "web", taskSet: set.taskSetArn,
                    scale: ECS.Scale(value: share, unit: "PERCENT")))
        }
        bench.settle()
        let tasks = try bench.tasks()
        #expect(tasks.filter { $0.startedBy == green.id }.count == 2)
        #expect(tasks.filter { $0.startedBy == blue.id }.count == 2)
    }

    @Test func deletionNeedsScaleZeroOrForceAndDrains() throws {
        var bench = try bench()
        let set = try create(&bench)
        try bench.converge(steps: 2)
        #expect(throws: APIError.self) {
            try bench.call(ECS.DeleteTaskSetRequest(cluster: "default", service: "web", taskSet: set.id))
        }
        let deleted = try bench.call(
            ECS.DeleteTaskSetRequest(cluster: "default", service: "web", taskSet: set.id, force: true)
        ).taskSet
        #expect(deleted?.status == "DRAINING")
        bench.settle()
        #expect(try bench.tasks().isEmpty)
        #expect(try sets(&bench).taskSets?.count == 1)
        try bench.confirmStops()
        let id = try #require(set.id)
        #expect(try sets(&bench, [id]).failures?.map(\.reason) == ["MISSING"])
    }

    @Test func tokensLimitsAndControllersAreChecked() throws {
        var bench = try bench()
        let first = try create(&bench, token: "t-1")
        #expect(try create(&bench, token: "t-1").id == first.id)
        #expect(throws: APIError.self) { try create(&bench, scale: 1, token: "t-1") }
        #expect(throws: APIError.self) { try create(&bench, scale: 101) }
        for _ in 0..<4 { _ = try create(&bench, scale: 0) }
        let error = #expect(throws: APIError.self) { try create(&bench, scale: 0) }
        #expect(error?.code == .limitExceeded)
        try bench.createService("rolling")
        let request = ECS.CreateTaskSetRequest(service: "rolling", cluster: "default", taskDefinition: "web")
        #expect(throws: APIError.self) { try bench.call(request) }
        #expect(throws: APIError.self) { try bench.updateService { $0.taskDefinition = "web" } }
        let unknown = ECS.UpdateServicePrimaryTaskSetRequest(
            cluster: "default", service: "web", primaryTaskSet: "ecs-svc/1")
        #expect(throws: APIError(.taskSetNotFound, "The specified task set was not found.")) { try bench.call(unknown) }
    }

    @Test func taskSetsSurviveARestart() throws {
        var bench = try bench()
        let set = try create(&bench)
        try bench.restart()
        bench.settle()
        #expect(try sets(&bench).taskSets?.map(\.id) == [set.id])
        #expect(try bench.tasks().count == 3)
    }
}
