// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// Deployments that fail, are rolled back, stopped and remembered (`ecs-control-plane.md` §7.5–§7.7).
@Suite struct DeploymentTests {
    /// A service that runs revision 1 and is asked for a revision 2 that does not start.
    private func failing(
        desired: Int = 2, rollback: Bool, minimum: Int = 100, maximum: Int = 200
    ) throws -> (bench: Bench, old: String) {
        var bench = try Bench.withInstances(4)
        try bench.registerDefinition()
        try bench.createService(desired: desired, minimum: minimum, maximum: maximum, breaker: (true, rollback))
        try bench.converge(steps: 2)
        let old = try #require(try bench.service().deployments?.first?.id)
        try bench.registerDefinition()
        try bench.updateService(definition: "web")
        return (bench, old)
    }

    @Test(arguments: [(1, 3), (2, 3), (6, 3), (7, 4), (25, 13), (401, 200)])
    func theBreakerTripsAtTheDocumentedCount(desired: Int, threshold: Int) throws {
        var configuration = ControlPlaneConfiguration()
        configuration.services.launchesPerMinute = 100_000
        configuration.services.toleratedStartFailures = 10_000
        var bench = try Bench.withInstances(1, cpu: 1 << 30, memory: 1 << 30, configuration: configuration)
        try bench.registerDefinition()
        try bench.createService(desired: desired, breaker: (true, false))
        for count in 1...threshold {
            let task = try #require(
                try bench.call(ECS.ListTasksRequest(maxResults: 1, serviceName: "web")).taskArns?.first)
            try bench.report(task, "STOPPED", reason: "CannotPullContainerError: no")
            bench.settle()
            let deployment = try #require(try bench.service().deployments?.first)
            #expect(deployment.rolloutState == (count < threshold ? "IN_PROGRESS" : "FAILED"), "\(count)")
            #expect(deployment.failedTasks == count)
        }
        #expect(
            try bench.service().deployments?.first?.rolloutStateReason
                == "ECS deployment circuit breaker: tasks failed to start.")
        let arns = try bench.call(ECS.ListServiceDeploymentsRequest(service: "web")).serviceDeployments
        #expect(arns?.map(\.status) == ["STOPPED"])
    }

    @Test func aFailedDeploymentStartsNoMoreTasks() throws {
        var (bench, old) = try failing(rollback: false)
        try bench.failStarts()
        try bench.failStarts()
        let deployments = try #require(try bench.service().deployments)
        #expect(deployments.map(\.rolloutState) == ["FAILED", "COMPLETED"])
        #expect(try bench.tasks().allSatisfy { $0.startedBy == old })
        bench.pass(.seconds(7200))
        #expect(try bench.tasks().count == 2)
        let id = try #require(deployments.first?.id)
        #expect(
            try bench.events().contains("(service web) (deployment \(id)) deployment failed: tasks failed to start."))
    }

    @Test func aRollbackReturnsToTheDeploymentThatIsStillThere() throws {
        var (bench, old) = try failing(rollback: true)
        let survivors = Set(try bench.tasks().filter { $0.startedBy == old }.compactMap(\.taskArn))
        try bench.failStarts()
        try bench.failStarts()
        let service = try bench.service()
        #expect(service.deployments?.first?.id == old)
        #expect(service.taskDefinition?.hasSuffix("web:1") == true)
        #expect(try bench.events().contains("(service web) rolling back to deployment \(old)."))
        try bench.converge(steps: 2)
        // Nothing that ran was touched.
        #expect(Set(try bench.tasks().compactMap(\.taskArn)) == survivors)
        #expect(try bench.service().deployments?.map(\.rolloutState) == ["COMPLETED"])
        let arn = try #require(
            try bench.call(ECS.ListServiceDeploymentsRequest(service: "web")).serviceDeployments?.first?
                .serviceDeploymentArn)
        let story = try #require(
            try bench.call(ECS.DescribeServiceDeploymentsRequest(serviceDeploymentArns: [arn])).serviceDeployments?
                .first)
        #expect(story.status == "ROLLBACK_SUCCESSFUL")
        #expect(story.rollback?.reason == "ECS deployment circuit breaker: rolling back to deploymentId \(old).")
        #expect(story.deploymentCircuitBreaker?.status == "TRIGGERED")
        #expect(story.deploymentCircuitBreaker?.threshold == 3)
        #expect(story.finishedAt != nil)
    }

    @Test func aRollbackStartsAnewWhatIsGone() throws {
        var (bench, old) = try failing(rollback: true, minimum: 0, maximum: 100)
        try bench.confirmStops()
        try bench.failStarts()
        while try bench.service().taskDefinition?.hasSuffix("web:1") != true {
            bench.pass(.seconds(30))
            try bench.failStarts()
        }
        try bench.converge(steps: 4)
        let service = try bench.service()
        #expect(service.taskDefinition?.hasSuffix("web:1") == true)
        #expect(service.deployments?.count == 1)
        #expect(service.deployments?.first?.id != old)
        #expect(service.deployments?.first?.rolloutState == "COMPLETED")
        #expect(service.runningCount == 2)
    }

    /// What ran before may not start either any more. Then nothing is left to return to, and it has an end (§7.7).
    @Test func aRollbackMayFailToo() throws {
        var (bench, _) = try failing(rollback: true, minimum: 0, maximum: 100)
        try bench.confirmStops()
        func status() throws -> String? {
            try bench.call(ECS.ListServiceDeploymentsRequest(service: "web")).serviceDeployments?.first?.status
        }
        var seen: [String] = []
        for _ in 0..<100 where seen.last != "ROLLBACK_FAILED" {
            try bench.failStarts()
            bench.pass(.seconds(300))
            if let status = try status(), seen.last != status { seen.append(status) }
        }
        #expect(seen == ["IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_FAILED"])
        #expect(try bench.service().deployments?.first?.rolloutState == "FAILED")
        bench.pass(.seconds(7200))
        #expect(try bench.tasks().isEmpty)
    }

    @Test func theFirstDeploymentHasNothingToReturnTo() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService(desired: 1, breaker: (true, true))
        for _ in 0..<3 { try bench.failStarts() }
        #expect(try bench.service().deployments?.map(\.rolloutState) == ["FAILED"])
        #expect(try bench.tasks().isEmpty)
        // Another definition gives it another chance.
        try bench.registerDefinition()
        try bench.updateService(definition: "web")
        #expect(try bench.tasks().count == 1)
    }

    @Test func aTaskThatRunsEndsTheCount() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService(desired: 1, breaker: (true, true))
        try bench.failStarts()
        try bench.failStarts()
        #expect(try bench.service().deployments?.first?.failedTasks == 2)
        try bench.obey()
        #expect(try bench.service().deployments?.first?.failedTasks == 0)
        // From now on only health checks count, so tasks that end do not trip it.
        for _ in 0..<5 {
            for task in try bench.tasks() {
                try bench.report(task.taskArn!, "STOPPED", container: "STOPPED", exitCode: 1)
            }
            bench.settle()
            try bench.obey()
        }
        #expect(try bench.service().deployments?.first?.rolloutState == "IN_PROGRESS")
    }

    @Test func startsPauseLongerAndLonger() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService(desired: 1)
        for _ in 0..<3 {
            #expect(try bench.tasks().count == 1)
            try bench.failStarts()
        }
        #expect(try bench.tasks().isEmpty)
        #expect(
            try bench.events().last == "(service web) is unable to consistently start tasks successfully. For more "
                + "information, see the Troubleshooting section of the Amazon ECS Developer Guide.")
        for minutes in [1, 2, 4, 8, 16, 27, 27] {
            bench.pass(.seconds(minutes * 60 - 1))
            #expect(try bench.tasks().isEmpty, "\(minutes)")
            bench.pass(.seconds(1))
            #expect(try bench.tasks().count == 1, "\(minutes)")
            try bench.failStarts()
        }
        // A new definition starts at once.
        try bench.registerDefinition()
        try bench.updateService(definition: "web")
        #expect(try bench.tasks().count == 1)
    }

    @Test func aNewerDeploymentTakesTheOldersPlace() throws {
        var (bench, _) = try failing(rollback: true)
        try bench.registerDefinition()
        try bench.updateService(definition: "web")
        let stories = try #require(
            try bench.call(ECS.ListServiceDeploymentsRequest(service: "web")).serviceDeployments)
        #expect(stories.map(\.status) == ["IN_PROGRESS", "STOPPED", "SUCCESSFUL"])
        try bench.converge(steps: 4)
        #expect(try bench.service().deployments?.count == 1)
        #expect(try bench.service().taskDefinition?.hasSuffix("web:3") == true)
    }

    @Test func stoppingRollsBackOrAborts() throws {
        var (bench, old) = try failing(rollback: false)
        let arn = try #require(try bench.service().currentServiceDeployment)
        try bench.call(ECS.StopServiceDeploymentRequest(serviceDeploymentArn: arn))
        bench.settle()
        #expect(try bench.service().deployments?.first?.id == old)
        try bench.converge(steps: 2)
        #expect(throws: APIError.self) { try bench.call(ECS.StopServiceDeploymentRequest(serviceDeploymentArn: arn)) }

        try bench.updateService(definition: "web:2")
        let second = try #require(try bench.service().currentServiceDeployment)
        #expect(second != arn)
        try bench.call(ECS.StopServiceDeploymentRequest(serviceDeploymentArn: second, stopType: "ABORT"))
        try bench.converge(steps: 2)
        let status = try bench.call(ECS.DescribeServiceDeploymentsRequest(serviceDeploymentArns: [second]))
            .serviceDeployments?.first?.status
        #expect(status == "STOPPED")
        #expect(try bench.service().deployments?.first?.rolloutState == "FAILED")
    }

    @Test func revisionsAreDescribed() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService(desired: 1)
        let arn = try #require(try bench.service().currentServiceRevisions?.first?.arn)
        let answer = try bench.call(ECS.DescribeServiceRevisionsRequest(serviceRevisionArns: [arn, arn + "1"]))
        #expect(answer.serviceRevisions?.first?.containerImages?.map(\.image) == ["busybox"])
        #expect(answer.serviceRevisions?.first?.taskDefinition?.hasSuffix("web:1") == true)
        #expect(answer.failures?.map(\.reason) == ["MISSING"])
    }

    @Test func forcingADeploymentReplacesEveryTask() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService(desired: 2)
        try bench.converge(steps: 2)
        let before = Set(try bench.tasks().compactMap(\.taskArn))
        try bench.updateService { $0.forceNewDeployment = true }
        try bench.converge(steps: 4)
        #expect(before.isDisjoint(with: try bench.tasks().compactMap(\.taskArn)))
        #expect(try bench.service().runningCount == 2)
        // What is no deployment begins none.
        let id = try bench.service().deployments?.first?.id
        try bench.updateService(desired: 3) { $0.enableECSManagedTags = true }
        #expect(try bench.service().deployments?.first?.id == id)
    }

    @Test func aRestartInTheMiddleStartsNothingTwice() throws {
        var (bench, _) = try failing(desired: 4, rollback: true)
        let before = Set(try bench.tasks().compactMap(\.taskArn))
        try bench.restart()
        bench.settle()
        #expect(Set(try bench.tasks().compactMap(\.taskArn)) == before)
        for instance in try bench.call(ECS.ListContainerInstancesRequest()).containerInstanceArns ?? [] {
            try bench.connect(instance)
        }
        bench.settle()
        #expect(Set(try bench.tasks().compactMap(\.taskArn)) == before)
        try bench.converge(steps: 6)
        let service = try bench.service()
        #expect(service.deployments?.count == 1 && service.runningCount == 4)
        #expect(service.deployments?.first?.rolloutState == "COMPLETED")
        let numbers = try bench.events()
        #expect(numbers.count == Set(numbers).count + numbers.filter { $0.hasSuffix("steady state.") }.count - 1)
    }
}
