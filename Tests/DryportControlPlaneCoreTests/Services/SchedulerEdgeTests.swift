// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import OrderedCollections
import Testing

@testable import DryportControlPlaneCore

/// Where the service scheduler is easily wrong.
@Suite struct SchedulerEdgeTests {
    // MARK: Lives of services

    @Test func aServiceIsNotForgottenForThePredecessorOfItsName() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService(desired: 0)
        try bench.call(ECS.DeleteServiceRequest(service: "web"))
        bench.settle()
        #expect(try bench.service().status == "INACTIVE")
        try bench.createService(desired: 1)
        bench.pass(.seconds(2 * 3600))
        #expect(try bench.service().status == "ACTIVE")
        #expect(try bench.tasks().count == 1)
    }

    @Test func aDeletedServiceIsForgottenAfterARestartToo() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService(desired: 0)
        try bench.call(ECS.DeleteServiceRequest(service: "web"))
        bench.pass(.seconds(1800))
        try bench.restart()
        bench.pass(.seconds(1799))
        #expect(try bench.service().status == "INACTIVE")
        bench.pass(.seconds(2))
        #expect(try bench.call(ECS.DescribeServicesRequest(services: ["web"])).failures?.count == 1)
        #expect(!bench.stored.keys.contains { $0.contains("/service") })
    }

    @Test func theHistoryOfAServiceHasABound() throws {
        var bench = Bench()
        try bench.registerDefinition()
        try bench.createService(desired: 0)
        let first = try #require(try bench.service().currentServiceDeployment)
        for number in 1...ServiceDeploymentRecord.capacity {
            try bench.call(ECS.UpdateServiceRequest(service: "web", forceNewDeployment: true))
            if number.isMultiple(of: 20) { bench.settle() }
        }
        func count(_ kind: String) -> Int { bench.stored.keys.count { $0.contains("/\(kind)/") } }
        #expect(count("service-deployment") == ServiceDeploymentRecord.capacity)
        // Those that were replaced are named as well.
        #expect((0...21).contains(count("service-revision") - ServiceDeploymentRecord.capacity))
        let answer = try bench.call(ECS.DescribeServiceDeploymentsRequest(serviceDeploymentArns: [first]))
        #expect(answer.failures?.map(\.reason) == ["MISSING"])
    }

    // MARK: Failing starts

    /// An agent may not get to say RUNNING before it says that all is over (§7.5).
    @Test func aTaskThatEndsBeforeItRunsHasFailedToStart() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService(desired: 1)
        for count in 1...3 {
            let task = try #require(try bench.tasks().first?.taskArn)
            try bench.report(task, "STOPPED", container: "STOPPED", exitCode: 1)
            bench.settle()
            #expect(try bench.describe(task).stopCode == "EssentialContainerExited")
            #expect(try bench.service().deployments?.first?.failedTasks == count)
        }
        #expect(try bench.tasks().isEmpty)
        #expect(try bench.events().last?.contains("is unable to consistently start tasks successfully.") == true)
    }

    /// Only the circuit breaker is a matter of the controller ECS; the pauses are for everybody.
    @Test func theTasksOfTaskSetsPauseAsWell() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService(desired: 1) { request in
            request.taskDefinition = nil
            request.deploymentController = ECS.DeploymentController(type: "EXTERNAL")
        }
        try bench.call(ECS.CreateTaskSetRequest(service: "web", cluster: "default", taskDefinition: "web"))
        bench.settle()
        for _ in 0..<3 {
            #expect(try bench.tasks().count == 1)
            try bench.failStarts()
        }
        #expect(try bench.tasks().isEmpty)
        bench.pass(.seconds(59))
        #expect(try bench.tasks().isEmpty)
        bench.pass(.seconds(1))
        #expect(try bench.tasks().count == 1)
    }

    /// What fails while starts pause was started before; the pause gets no longer for it.
    @Test func whatFailsDuringAPauseIsNotHeldAgainstTheNextTry() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService(desired: 6)
        let tasks = try bench.tasks().compactMap(\.taskArn)
        for task in tasks.prefix(3) {
            try bench.report(task, "STOPPED", reason: "CannotPullContainerError: no such image")
        }
        bench.settle()
        #expect(try bench.tasks().count == 3)
        for task in tasks.suffix(3) {
            bench.pass(.seconds(5))
            try bench.report(task, "STOPPED", reason: "CannotPullContainerError: no such image")
            bench.settle()
        }
        bench.pass(.seconds(44))
        #expect(try bench.tasks().isEmpty)
        bench.pass(.seconds(1))
        #expect(try bench.tasks().count == 6)
    }

    // MARK: Scaling in

    @Test func whatFailsItsChecksGoesFirstEvenInTheGracePeriod() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition(hasHealthCheck: true)
        try bench.createService(desired: 4) { $0.healthCheckGracePeriodSeconds = 600 }
        try bench.obey()
        let tasks = try bench.tasks()
        try bench.reportHealth(tasks[0], "UNHEALTHY")
        try bench.updateService(desired: 3)
        #expect(try bench.describe(tasks[0].taskArn!).desiredStatus == "STOPPED")
        #expect(try bench.tasks().count == 3)
    }

    @Test func whatIsNotHealthyYetGoesBeforeWhatIs() throws {
        var bench = try Bench.withInstances(2)
        try bench.registerDefinition()
        try bench.createService(desired: 3)
        try bench.converge(steps: 2)
        let healthy = Set(try bench.tasks().compactMap(\.taskArn))
        try bench.updateService(desired: 6)
        try bench.obey()
        try bench.updateService(desired: 3)
        #expect(Set(try bench.tasks().compactMap(\.taskArn)) == healthy)
        try bench.updateService(desired: 1)
        #expect(healthy.isSuperset(of: try bench.tasks().compactMap(\.taskArn)))
        #expect(try bench.tasks().count == 1)
    }

    // MARK: What stands in the way

    @Test func protectedTasksThatHoldUpADeploymentAreNamed() throws {
        var bench = try Bench.withInstances(2)
        try bench.registerDefinition()
        try bench.createService(desired: 2)
        try bench.converge(steps: 2)
        let old = try #require(try bench.service().deployments?.first?.id)
        func protect(_ task: String?) throws -> String? {
            try bench.call(
                ECS.UpdateTaskProtectionRequest(
                    cluster: "default", tasks: [task].compactMap(\.self), protectionEnabled: true,
                    expiresInMinutes: 20)
            ).failures?.first?.reason
        }
        let task = try bench.tasks().first?.taskArn
        #expect(try protect(task) == nil)
        try bench.registerDefinition()
        try bench.updateService(definition: "web")
        try bench.converge(steps: 4)
        #expect(try bench.tasks().count == 3)
        #expect(
            try bench.events().last
                == "(service web) was unable to reach steady state because task set (\(old)) was unable to scale in. "
                + "Reason: The number of protected tasks are more than the desired count of tasks.")
        #expect(try protect(task) == "DEPLOYMENT_BLOCKED")
        bench.pass(.seconds(1200))
        try bench.converge(steps: 2)
        #expect(try bench.service().deployments?.map(\.rolloutState) == ["COMPLETED"])
        #expect(try protect(try bench.tasks().first?.taskArn) == nil)
    }

    /// Protection is against scaling in and deployments only (§5.8).
    @Test func protectionKeepsNothingThatIsIll() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition(hasHealthCheck: true)
        try bench.createService(desired: 1, minimum: 0, maximum: 100)
        try bench.obey()
        let task = try #require(try bench.tasks().first)
        try bench.call(
            ECS.UpdateTaskProtectionRequest(
                cluster: "default", tasks: [task.taskArn!], protectionEnabled: true, expiresInMinutes: 60))
        try bench.reportHealth(task, "UNHEALTHY")
        bench.settle()
        #expect(try bench.describe(task.taskArn!).desiredStatus == "STOPPED")
        #expect(try bench.tasks().count == 1)
    }

    /// Tasks that count as healthy in a moment are no reason to complain of the percentages.
    @Test func whatIsAboutToBeHealthyIsWaitedFor() throws {
        var bench = try Bench.withInstances(2)
        try bench.registerDefinition()
        try bench.createService(desired: 4, minimum: 50, maximum: 100)
        try bench.obey()
        try bench.registerDefinition()
        try bench.updateService(definition: "web")
        #expect(try bench.service().runningCount == 4)
        try bench.converge(steps: 4)
        #expect(try bench.service().deployments?.map(\.rolloutState) == ["COMPLETED"])
        #expect(try !bench.events().contains { $0.contains("unable to stop or start") })
    }

    /// Finding out why a task finds no room costs a look at every instance.
    @Test func theReasonOfAShortageIsSoughtOnceAMinute() throws {
        var bench = try Bench.withInstances(1, cpu: 512)
        try bench.registerDefinition(cpu: 256)
        try bench.createService(desired: 3)
        let state = { (bench: Bench) in bench.machine.clusters["default"]?.services["web"]?.explainedAt }
        let first = state(bench)
        #expect(first == bench.now.monotonic)
        bench.pass(.seconds(100))
        try bench.obey()
        bench.pass(.seconds(1))
        let second = state(bench)
        #expect(second != first)
        for _ in 0..<3 {
            let task = try #require(try bench.tasks().first?.taskArn)
            try bench.report(task, "STOPPED", container: "STOPPED", exitCode: 1)
            bench.pass(.seconds(1))
        }
        #expect(state(bench) == second)
        try bench.addInstance()
        bench.pass(.seconds(1))
        #expect(state(bench) == nil)
    }

    // MARK: Daemons

    @Test func anUpdateOfADaemonGoesOnWithoutAHostThatIsAway() throws {
        var bench = try Bench.withInstances(4)
        try bench.registerDefinition(port: 80)
        try bench.createService(minimum: 75, daemon: true)
        try bench.converge(steps: 2)
        let away = AgentSessionID(1)
        bench.take(bench.machine.closeSession(away, at: bench.now))
        bench.pass(.seconds(61))
        let lost = try #require(try bench.tasks().first { $0.connectivity == "DISCONNECTED" })
        try bench.registerDefinition(port: 80)
        try bench.updateService(definition: "web")
        for _ in 0..<8 {
            for task in try bench.tasks() where task.lastStatus == "PENDING" {
                try bench.report(task.taskArn!, "RUNNING", container: "RUNNING")
            }
            try bench.confirmStops()
            bench.pass(.seconds(41))
        }
        let tasks = try bench.tasks()
        #expect(tasks.count == 4)
        #expect(tasks.filter { $0.taskDefinitionArn?.hasSuffix("web:2") ?? false }.count == 3)
        #expect(tasks.contains { $0.taskArn == lost.taskArn })
        try bench.connect(lost.containerInstanceArn!)
        try bench.converge(steps: 3)
        #expect(try bench.tasks().allSatisfy { $0.taskDefinitionArn?.hasSuffix("web:2") ?? false })
        #expect(try bench.service().deployments?.map(\.rolloutState) == ["COMPLETED"])
    }

    /// What daemons take is reserved ahead of the rest (§7.9).
    @Test func daemonsComeFirst() throws {
        var bench = try Bench.withInstances(1, cpu: 256)
        try bench.registerDefinition(cpu: 256)
        try bench.call(ECS.CreateServiceRequest(serviceName: "web", taskDefinition: "web", desiredCount: 1))
        try bench.call(
            ECS.CreateServiceRequest(serviceName: "daemon", taskDefinition: "web", schedulingStrategy: "DAEMON"))
        bench.settle()
        #expect(try bench.tasks().isEmpty)
        #expect(try bench.tasks(of: "daemon").count == 1)
    }

    // MARK: What is said

    /// A cause that has become another one is told, even if nothing else happens (§7.4).
    @Test func aNewCauseIsTold() throws {
        var bench = Bench()
        try bench.registerDefinition(cpu: 512)
        try bench.createService(desired: 1)
        bench.settle()
        #expect(try bench.events().last?.contains("No Container Instances were found in your cluster.") == true)
        bench.pass(.seconds(2))
        let small = try bench.registerInstance(cpu: 256)
        try bench.connect(small)
        bench.settle()
        bench.pass(.seconds(90))
        #expect(try bench.events().last?.contains("has insufficient CPU units available") == true)
        let count = try bench.events().count
        bench.pass(.seconds(6 * 3600))
        bench.settle()
        #expect(try bench.events().count == count + 1)
    }

    /// A host that is away and has no daemon yet is no silent end (§7.9).
    @Test func aDaemonOnAHostThatIsAwaySaysSo() throws {
        var bench = Bench()
        try bench.registerDefinition()
        _ = try bench.registerInstance()
        try bench.call(
            ECS.CreateServiceRequest(serviceName: "web", taskDefinition: "web", schedulingStrategy: "DAEMON"))
        bench.settle()
        bench.pass(.seconds(90))
        #expect(try bench.service().desiredCount == 1)
        #expect(try bench.events().contains { $0.contains("encountered error \"AGENT\"") })
    }

    /// A service is gone when its tasks are about to be (§7.2).
    @Test func whatIsStoppingDoesNotHoldADeletedServiceUp() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService(desired: 1)
        try bench.converge(steps: 2)
        let task = try #require(try bench.tasks().first?.taskArn)
        _ = bench.messages()
        try bench.call(ECS.DeleteServiceRequest(service: "web", force: true))
        bench.settle()
        #expect(try bench.service().status == "DRAINING")
        let order = try #require(bench.messages().payloads.last)
        bench.receive(.ack(ACS.AckRequest(messageId: order.messageId)), on: AgentSessionID(bench.lastSession))
        bench.settle()
        #expect(try bench.describe(task).lastStatus == "STOPPING")
        #expect(try bench.service().status == "INACTIVE")
        try bench.createService(desired: 1)
        try bench.restart()
        try bench.report(task, "STOPPED", container: "STOPPED", exitCode: 0)
        #expect(try bench.service().status == "ACTIVE")
    }

    @Test func executeCommandNeedsARole() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        let create = ECS.CreateServiceRequest(
            serviceName: "web", taskDefinition: "web", desiredCount: 1, enableExecuteCommand: true)
        #expect(bench.refusal(of: create) == .invalidParameter)
        try bench.createService(desired: 1)
        let update = ECS.UpdateServiceRequest(service: "web", enableExecuteCommand: true)
        #expect(bench.refusal(of: update) == .invalidParameter)
    }

    /// The tag is often set when the loss is seen.
    @Test func aLimitThatComesAfterTheLossCounts() throws {
        var bench = try Bench.withInstances(2)
        try bench.registerDefinition()
        let service = try #require(try bench.createService(desired: 1).serviceArn)
        try bench.converge(steps: 2)
        let task = try #require(try bench.tasks().first)
        let arns = try #require(try bench.call(ECS.ListContainerInstancesRequest()).containerInstanceArns)
        for session in 1...bench.lastSession {
            bench.take(bench.machine.closeSession(AgentSessionID(session), at: bench.now))
        }
        for arn in arns where arn != task.containerInstanceArn { try bench.connect(arn) }
        bench.pass(.seconds(600))
        #expect(try bench.tasks().first?.taskArn == task.taskArn)
        try bench.call(
            ECS.TagResourceRequest(
                resourceArn: service, tags: [ECS.Tag(key: "dryport:reschedule-after", value: "5m")]))
        bench.pass(.seconds(1))
        bench.settle()
        #expect(try bench.describe(task.taskArn!).lastStatus == "STOPPED")
        #expect(try bench.tasks().count == 1)
    }

    // MARK: Many at once

    /// Nobody waits until every service has been looked at.
    @Test func servicesAreLookedAtAFewAtATime() throws {
        var bench = Bench()
        try bench.registerDefinition()
        for name in ["a", "b", "c"] {
            try bench.call(
                ECS.CreateServiceRequest(serviceName: name, taskDefinition: "web", desiredCount: 2000))
        }
        for turn in 1...3 {
            #expect(bench.wakeAt == bench.now.monotonic)
            bench.take(bench.machine.wake(at: bench.now, using: &bench.random))
            let looked = try ["a", "b", "c"].filter { try bench.service($0).events?.isEmpty == false }
            #expect(looked == Array(["a", "b", "c"].prefix(turn)))
        }
        #expect(bench.wakeAt.map { bench.now.monotonic < $0 } ?? true)
    }

    /// Many reports of a service with many tasks make one pass.
    @Test func aServiceWithManyTasksRestsBetweenPasses() throws {
        var configuration = ControlPlaneConfiguration()
        configuration.services.launchesPerMinute = 100_000
        configuration.services.toleratedStartFailures = 100
        var bench = try Bench.withInstances(1, cpu: 1 << 20, memory: 1 << 20, configuration: configuration)
        try bench.registerDefinition(cpu: 1, memory: 6)
        try bench.createService(desired: 501)
        #expect(try bench.service().pendingCount == 501)
        bench.pass(.seconds(1))
        func kill() throws {
            let arns = try bench.call(ECS.ListTasksRequest(maxResults: 1, serviceName: "web")).taskArns
            try bench.report(try #require(arns?.first), "STOPPED", reason: "CannotPullContainerError: no")
            bench.settle()
        }
        try kill()
        #expect(try bench.service().pendingCount == 501)
        try kill()
        try kill()
        #expect(try bench.service().pendingCount == 499)
        bench.pass(.milliseconds(11))
        #expect(try bench.service().pendingCount == 501)
    }
}
