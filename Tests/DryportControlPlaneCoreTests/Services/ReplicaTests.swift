// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// Services with a number of copies (`ecs-control-plane.md` §7).
@Suite struct ReplicaTests {
    @Test func aServiceStartsItsTasksAndBecomesSteady() throws {
        var bench = try Bench.withInstances(2)
        try bench.registerDefinition()
        let created = try bench.createService(desired: 3)
        #expect(created.status == "ACTIVE")
        #expect(created.runningCount == 0 && created.pendingCount == 0)
        #expect(created.deployments?.map(\.status) == ["PRIMARY"])
        var service = try bench.service()
        #expect(service.pendingCount == 3)
        try bench.obey()
        service = try bench.service()
        #expect(service.runningCount == 3 && service.pendingCount == 0)
        #expect(service.deployments?.first?.rolloutState == "IN_PROGRESS")
        bench.pass(.seconds(41))
        service = try bench.service()
        let id = try #require(service.deployments?.first?.id)
        #expect(service.deployments?.first?.rolloutState == "COMPLETED")
        #expect(service.deployments?.first?.rolloutStateReason == "ECS deployment \(id) completed.")
        let messages = try bench.events()
        #expect(messages.first?.hasPrefix("(service web) has started 3 tasks: (task ") == true)
        #expect(
            messages.suffix(2) == [
                "(service web) (deployment \(id)) deployment completed.", "(service web) has reached a steady state.",
            ])
        for task in try bench.tasks() {
            #expect(task.group == "service:web")
            #expect(task.startedBy == id)
        }
    }

    @Test func tasksSpreadOverInstances() throws {
        var bench = try Bench.withInstances(3)
        try bench.registerDefinition()
        try bench.createService(desired: 6)
        let byInstance = Dictionary(grouping: try bench.tasks(), by: \.containerInstanceArn)
        #expect(byInstance.values.map(\.count).sorted() == [2, 2, 2])
    }

    @Test func aTaskThatEndsIsReplaced() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService(desired: 2)
        try bench.converge(steps: 2)
        let victim = try #require(try bench.tasks().first?.taskArn)
        try bench.report(victim, "STOPPED", container: "STOPPED", exitCode: 1)
        bench.settle()
        let tasks = try bench.tasks()
        #expect(tasks.count == 2)
        #expect(!tasks.contains { $0.taskArn == victim })
        // The deployment stays completed; the service says again when it is steady.
        #expect(try bench.service().deployments?.first?.rolloutState == "COMPLETED")
        try bench.converge(steps: 2)
        #expect(try bench.events().filter { $0.hasSuffix("has reached a steady state.") }.count == 2)
    }

    @Test func scalingInStopsPendingTasksFirst() throws {
        var bench = try Bench.withInstances(2)
        try bench.registerDefinition()
        try bench.createService(desired: 2)
        try bench.converge(steps: 2)
        try bench.updateService(desired: 4)
        try bench.updateService(desired: 2)
        let kept = try bench.tasks()
        #expect(kept.count == 2)
        #expect(kept.allSatisfy { $0.lastStatus == "RUNNING" })
        let stopped = try bench.tasks(desired: "STOPPED")
        #expect(stopped.allSatisfy { $0.stopCode == "ServiceSchedulerInitiated" })
        let deployment = try #require(try bench.service().deployments?.first?.id)
        #expect(
            stopped.allSatisfy { $0.stoppedReason == "Scaling activity initiated by (deployment \(deployment))" })
    }

    @Test func runningCountCountsUntilTheStopIsConfirmed() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService(desired: 2)
        try bench.converge(steps: 2)
        try bench.updateService(desired: 1)
        #expect(try bench.service().runningCount == 2)
        try bench.obey()
        #expect(try bench.service().runningCount == 1)
    }

    @Test func aRollingUpdateKeepsTheMinimum() throws {
        var bench = try Bench.withInstances(4)
        try bench.registerDefinition()
        try bench.createService(desired: 4, minimum: 100, maximum: 150)
        try bench.converge(steps: 2)
        let old = try #require(try bench.service().deployments?.first?.id)
        try bench.registerDefinition()
        try bench.updateService(definition: "web")
        var deployments = try #require(try bench.service().deployments)
        #expect(deployments.map(\.status) == ["PRIMARY", "ACTIVE"])
        #expect(deployments.last?.id == old)
        for _ in 0..<20 {
            let running = try bench.tasks().filter { $0.lastStatus == "RUNNING" }.count
            #expect(running >= 4)
            #expect(try bench.tasks().count <= 6)
            try bench.obey()
            bench.pass(.seconds(20))
        }
        deployments = try #require(try bench.service().deployments)
        #expect(deployments.map(\.status) == ["PRIMARY"])
        #expect(deployments.first?.rolloutState == "COMPLETED")
        #expect(try bench.tasks().allSatisfy { $0.taskDefinitionArn?.hasSuffix("web:2") ?? false })
        #expect(try bench.service().taskDefinition?.hasSuffix("web:2") == true)
    }

    @Test func withoutRoomForBothTheOldTaskGoesFirst() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition(port: 8080)
        try bench.createService(desired: 1, minimum: 0, maximum: 100)
        try bench.converge(steps: 2)
        try bench.registerDefinition(port: 8080)
        try bench.updateService(definition: "web")
        // The port is free as soon as it is decided that the old task stops (§4.5).
        let tasks = try bench.tasks()
        #expect(tasks.map(\.taskDefinitionArn).allSatisfy { $0?.hasSuffix("web:2") ?? false })
        #expect(tasks.count == 1)
        try bench.converge(steps: 2)
        #expect(try bench.service().deployments?.count == 1)
    }

    @Test func aStaticPortOnOneInstanceIsStuckAndSaysSo() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition(port: 8080)
        try bench.createService(desired: 1)
        try bench.converge(steps: 2)
        try bench.registerDefinition(port: 8080)
        try bench.updateService(definition: "web")
        let message = try #require(try bench.events().last)
        #expect(message.contains("is already using a port required by your task. For more information"))
        #expect(message.hasPrefix("(service web) was unable to place a task because no container instance met all"))
    }

    @Test func percentagesThatForbidEveryStepAreReported() throws {
        var bench = try Bench.withInstances(2)
        try bench.registerDefinition()
        try bench.createService(desired: 3, minimum: 100, maximum: 125)
        try bench.converge(steps: 2)
        try bench.registerDefinition()
        try bench.updateService(definition: "web")
        try bench.converge(steps: 3)
        #expect(
            try bench.events().last
                == "(service web) was unable to stop or start tasks during a deployment because of the service "
                + "deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.")
        #expect(try bench.events().filter { $0.contains("unable to stop or start") }.count == 1)
        #expect(try bench.service().deployments?.count == 2)
        try bench.updateService { $0.deploymentConfiguration = ECS.DeploymentConfiguration(maximumPercent: 200) }
        try bench.converge(steps: 4)
        #expect(try bench.service().deployments?.count == 1)
    }

    @Test func whatFindsNoRoomIsPlacedWhenThereIsSome() throws {
        var bench = try Bench.withInstances(1, cpu: 512)
        try bench.registerDefinition(cpu: 256)
        try bench.createService(desired: 3)
        #expect(try bench.tasks().count == 2)
        let instance = try #require(try bench.tasks().first?.containerInstanceArn)
        let id = try #require(instance.split(separator: "/").last)
        #expect(
            try bench.events().last
                == "(service web) was unable to place a task because no container instance met all of its "
                + "requirements. The closest matching (container-instance \(id)) has insufficient CPU units available. "
                + "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.")
        try bench.addInstance()
        bench.pass(.seconds(1))
        #expect(try bench.tasks().count == 3)
    }

    @Test func aClusterWithoutInstancesIsNamed() throws {
        var bench = Bench()
        try bench.registerDefinition()
        try bench.createService(desired: 1)
        #expect(try bench.events().last?.contains("Reason: No Container Instances were found in your cluster.") == true)
    }

    @Test func drainingMovesTheTasksOfServices() throws {
        var bench = try Bench.withInstances(2)
        try bench.registerDefinition()
        try bench.createService(desired: 4)
        try bench.converge(steps: 2)
        let drained = try #require(try bench.tasks().first?.containerInstanceArn)
        try bench.call(
            ECS.UpdateContainerInstancesStateRequest(containerInstances: [drained], status: "DRAINING"))
        bench.settle()
        #expect(try bench.tasks().filter { $0.containerInstanceArn == drained }.count == 2)
        for _ in 0..<6 {
            #expect(try bench.tasks().filter { $0.lastStatus == "RUNNING" }.count >= 4)
            try bench.obey()
            bench.pass(.seconds(21))
        }
        let tasks = try bench.tasks()
        #expect(tasks.count == 4)
        #expect(!tasks.contains { $0.containerInstanceArn == drained })
    }

    @Test func anUnhealthyTaskIsReplacedFirst() throws {
        var bench = try Bench.withInstances(2)
        try bench.registerDefinition(hasHealthCheck: true)
        try bench.createService(desired: 2)
        try bench.obey()
        for task in try bench.tasks() { try bench.reportHealth(task, "HEALTHY") }
        bench.settle()
        #expect(try bench.service().deployments?.first?.rolloutState == "COMPLETED")
        let ill = try #require(try bench.tasks().first)
        try bench.reportHealth(ill, "UNHEALTHY")
        bench.settle()
        #expect(try bench.tasks().count == 3)
        try bench.obey()
        let new = try #require(try bench.tasks().first { $0.healthStatus == "UNKNOWN" })
        #expect(try bench.tasks().contains { $0.taskArn == ill.taskArn })
        try bench.reportHealth(new, "HEALTHY")
        bench.settle()
        let tasks = try bench.tasks()
        #expect(tasks.count == 2)
        #expect(!tasks.contains { $0.taskArn == ill.taskArn })
        let stopped = try bench.describe(ill.taskArn!)
        #expect(stopped.stoppedReason == "Task failed container health checks")
        let id = try #require(ill.taskArn?.split(separator: "/").last)
        #expect(try bench.events().contains("(service web) (task \(id)) failed container health checks."))
    }

    @Test func theGracePeriodShieldsFromFailingChecks() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition(hasHealthCheck: true)
        try bench.createService(desired: 1) { $0.healthCheckGracePeriodSeconds = 120 }
        try bench.obey()
        let task = try #require(try bench.tasks().first)
        try bench.reportHealth(task, "UNHEALTHY")
        bench.pass(.seconds(60))
        #expect(try bench.tasks().count == 1)
        bench.pass(.seconds(61))
        #expect(try bench.tasks().count == 2)
    }

    @Test func protectedTasksAreNotScaledIn() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService(desired: 2)
        try bench.converge(steps: 2)
        let arns = try bench.tasks().compactMap(\.taskArn)
        try bench.call(
            ECS.UpdateTaskProtectionRequest(
                cluster: "default", tasks: arns, protectionEnabled: true, expiresInMinutes: 10))
        try bench.updateService(desired: 0)
        #expect(try bench.tasks().count == 2)
        #expect(try bench.events().last?.contains("The number of protected tasks are more than") == true)
        bench.pass(.seconds(601))
        #expect(try bench.tasks().isEmpty)
    }

    @Test func deletionNeedsADesiredCountOfZeroAndThenDrains() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService(desired: 2)
        try bench.converge(steps: 2)
        #expect(throws: APIError(.invalidParameter, "The service cannot be stopped while it is scaled above 0.")) {
            try bench.call(ECS.DeleteServiceRequest(service: "web"))
        }
        // As Terraform does it, without waiting in between (§1.4).
        try bench.call(ECS.UpdateServiceRequest(service: "web", desiredCount: 0))
        let deleted = try #require(try bench.call(ECS.DeleteServiceRequest(service: "web")).service)
        #expect(deleted.status == "DRAINING")
        bench.settle()
        #expect(try bench.service().status == "DRAINING")
        #expect(throws: APIError(.serviceNotActive, "Service was not ACTIVE.")) {
            try bench.call(ECS.UpdateServiceRequest(service: "web", desiredCount: 1))
        }
        #expect(throws: APIError(.invalidParameter, "Unable to Start a service that is still Draining.")) {
            try bench.createService()
        }
        try bench.obey()
        let gone = try bench.service()
        #expect(gone.status == "INACTIVE" && gone.deployments == [] && gone.runningCount == 0)
        #expect(try bench.call(ECS.ListServicesRequest()).serviceArns == [])
        try bench.createService()
        #expect(try bench.service().status == "ACTIVE")
        #expect(try bench.tasks().count == 1)
    }

    @Test func aDeletedServiceIsForgottenInTime() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService(desired: 0)
        try bench.call(ECS.DeleteServiceRequest(service: "web"))
        bench.pass(.seconds(3599))
        #expect(try bench.service().status == "INACTIVE")
        bench.pass(.seconds(2))
        let answer = try bench.call(ECS.DescribeServicesRequest(services: ["web"]))
        #expect(answer.failures?.map(\.reason) == ["MISSING"])
        #expect(!bench.stored.keys.contains { $0.contains("/service") })
    }

    @Test func creationIsIdempotent() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        let first = try bench.createService { $0.clientToken = "terraform-20261126000000000000000001" }
        let again = try bench.createService { $0.clientToken = "terraform-20261126000000000000000001" }
        #expect(first.serviceArn == again.serviceArn)
        #expect(try bench.tasks().count == 1)
        #expect(throws: APIError(.invalidParameter, "Creation of service was not idempotent.")) {
            try bench.createService(desired: 2)
        }
    }

    @Test func tagsReachTheTasks() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService { request in
            request.propagateTags = "SERVICE"
            request.enableECSManagedTags = true
            request.tags = [Tag(key: "team", value: "a")]
        }
        let tags = try #require(try bench.tasks().first?.tags)
        #expect(
            tags == [
                Tag(key: "team", value: "a"), Tag(key: "aws:ecs:clusterName", value: "default"),
                Tag(key: "aws:ecs:serviceName", value: "web"),
            ])
    }

    @Test func launchesAreBoundedByTheRate() throws {
        var configuration = ControlPlaneConfiguration()
        configuration.services.launchesPerMinute = 10
        var bench = try Bench.withInstances(4, configuration: configuration)
        try bench.registerDefinition(cpu: 1, memory: 6)
        try bench.createService(desired: 25)
        #expect(try bench.tasks().count == 10)
        bench.pass(.seconds(30))
        #expect(try bench.tasks().count == 15)
        bench.pass(.seconds(61))
        #expect(try bench.tasks().count == 25)
    }

    @Test func aSteadyServiceAsksForNothing() throws {
        var bench = try Bench.withInstances(0)
        try bench.registerDefinition()
        try bench.createService(desired: 0)
        bench.settle()
        let wakeAt = try #require(bench.wakeAt)
        // Only the repetition of its event is left.
        #expect(bench.now.monotonic.duration(to: wakeAt) > .seconds(6 * 3600 - 1))
        bench.pass(.seconds(6 * 3600))
        #expect(try bench.events().filter { $0.hasSuffix("steady state.") }.count == 2)
    }
}

extension Bench {
    mutating func reportHealth(_ task: ECS.Task, _ status: String) throws {
        let report = TCS.PublishHealthRequest(
            metadata: TCS.HealthMetadata(
                cluster: "default", containerInstance: task.containerInstanceArn, fin: true),
            tasks: [
                TCS.TaskHealth(
                    taskArn: task.taskArn,
                    containers: [TCS.ContainerHealth(containerName: "main", healthStatus: status)])
            ])
        take(try machine.receive(report, as: Self.administrator.principal, at: now))
    }
}
