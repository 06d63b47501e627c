// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// The life of a task, action by action (`ecs-control-plane.md` §5).
@Suite struct TaskLifeTests {
    var bench = Bench()
    let instance: String

    init() throws {
        instance = try bench.registerInstance()
        try bench.registerDefinition()
    }

    @Test mutating func aTaskGoesFromPendingOverRunningToStopped() throws {
        try bench.connect(instance)
        _ = bench.messages()
        let task = try #require(try bench.run().tasks?.first)
        let arn = try #require(task.taskArn)
        #expect(task.lastStatus == "PENDING")
        #expect(task.desiredStatus == "RUNNING")
        #expect(task.cpu == "256" && task.memory == "512")
        #expect(task.group == "family:web")
        #expect(task.overrides?.containerOverrides?.map(\.name) == ["main"])
        let payload = try #require(bench.messages().payloads.first?.tasks?.first)
        #expect(payload.arn == arn)
        #expect(payload.containers?.first?.environment?["AWS_EXECUTION_ENV"] == "AWS_ECS_EXTERNAL")

        bench.pass(.seconds(1))
        try bench.report(arn, "RUNNING", container: "RUNNING")
        var seen = try bench.describe(arn)
        #expect(seen.lastStatus == "RUNNING")
        #expect(seen.startedAt == bench.now.wall)
        #expect(seen.containers?.first?.runtimeId == "r-1")

        bench.pass(.seconds(1))
        try bench.report(arn, "STOPPED", container: "STOPPED", exitCode: 3)
        seen = try bench.describe(arn)
        #expect(seen.lastStatus == "STOPPED" && seen.desiredStatus == "STOPPED")
        #expect(seen.stopCode == "EssentialContainerExited")
        #expect(seen.stoppedReason == "Essential container in task exited")
        #expect(seen.containers?.first?.exitCode == 3)
        #expect(seen.stoppedAt == bench.now.wall)
    }

    @Test mutating func statesNeverGoBack() throws {
        try bench.connect(instance)
        let arn = try #require(try bench.run().tasks?.first?.taskArn)
        try bench.report(arn, "STOPPED", container: "STOPPED", exitCode: 0)
        let stopped = try bench.describe(arn)
        try bench.report(arn, "RUNNING", container: "RUNNING")
        #expect(try bench.describe(arn) == stopped)
    }

    /// STOPPING begins when the agent has been told, or when it stops the rest by itself (§5.1).
    @Test mutating func aTaskIsStoppingWhenItsAgentKnows() throws {
        let session = try bench.connect(instance)
        let arn = try #require(try bench.run().tasks?.first?.taskArn)
        try bench.report(arn, "RUNNING", container: "RUNNING")
        #expect(try instanceCounts() == [1, 0])
        _ = bench.messages()
        try bench.call(ECS.StopTaskRequest(task: arn))
        #expect(try bench.describe(arn).lastStatus == "RUNNING")
        let version = try #require(try bench.describe(arn).version)
        let order = try #require(bench.messages().payloads.last)
        bench.receive(.ack(ACS.AckRequest(messageId: order.messageId)), on: session)
        let seen = try bench.describe(arn)
        #expect(seen.lastStatus == "STOPPING" && seen.stoppedAt == nil && seen.version == version + 1)
        #expect(try instanceCounts() == [0, 0])
        try bench.restart()
        #expect(try bench.describe(arn).lastStatus == "STOPPING")
        try bench.report(arn, "RUNNING", container: "RUNNING")
        #expect(try bench.describe(arn).lastStatus == "STOPPING")
        try bench.report(arn, "STOPPED", container: "STOPPED", exitCode: 143)
        #expect(try bench.describe(arn).lastStatus == "STOPPED")
    }

    @Test mutating func theEndOfAnEssentialContainerBeginsTheEnd() throws {
        try bench.connect(instance)
        let arn = try #require(try bench.run().tasks?.first?.taskArn)
        try bench.report(arn, "RUNNING", container: "RUNNING")
        try bench.report(arn, "RUNNING", container: "STOPPED", exitCode: 1)
        let seen = try bench.describe(arn)
        #expect(seen.lastStatus == "STOPPING" && seen.desiredStatus == "STOPPED")
        try bench.report(arn, "STOPPED")
        #expect(try bench.describe(arn).stopCode == "EssentialContainerExited")
    }

    private mutating func instanceCounts() throws -> [Int?] {
        let answer = try bench.call(ECS.DescribeContainerInstancesRequest(containerInstances: [instance]))
        return [
            answer.containerInstances?.first?.runningTasksCount, answer.containerInstances?.first?.pendingTasksCount,
        ]
    }

    /// Overrides may ask for GPUs, or for other numbers of them (§5.6).
    @Test mutating func gpusOfAnOverrideAreAssigned() throws {
        let host = try bench.registerInstance(gpus: ["a", "b"])
        try bench.connect(host)
        func run(_ value: String) throws -> ECS.RunTaskResponse {
            try bench.call(
                ECS.RunTaskRequest(
                    overrides: ECS.TaskOverride(containerOverrides: [
                        ECS.ContainerOverride(
                            name: "main", resourceRequirements: [ResourceRequirement(value: value, type: "GPU")])
                    ]), taskDefinition: "web"))
        }
        for value in ["abc", "-1", "0", "1.5"] { #expect(throws: APIError.self) { try run(value) } }
        let started = try run("2")
        let task = try #require(started.tasks?.first, "\(started.failures ?? [])")
        #expect(task.containers?.first?.gpuIds == ["a", "b"])
        let answer = try bench.call(ECS.DescribeContainerInstancesRequest(containerInstances: [host]))
        let left = answer.containerInstances?.first?.remainingResources?.first { $0.name == "GPU" }
        #expect(left?.stringSetValue == [])
    }

    @Test mutating func aTaskThatNeverRanFailedToStart() throws {
        try bench.connect(instance)
        let arn = try #require(try bench.run().tasks?.first?.taskArn)
        try bench.report(arn, "STOPPED", reason: "CannotPullContainerError: no such image")
        let seen = try bench.describe(arn)
        #expect(seen.stopCode == "TaskFailedToStart")
        #expect(seen.stoppedReason == "CannotPullContainerError: no such image")
        #expect(seen.startedAt == nil)
    }

    @Test mutating func stoppingGivesResourcesBackAtOnce() throws {
        try bench.connect(instance)
        let arn = try #require(try bench.run().tasks?.first?.taskArn)
        #expect(try remaining("CPU") == 2048 - 256)
        let answer = try bench.call(ECS.StopTaskRequest(task: arn, reason: "enough"))
        #expect(answer.task?.desiredStatus == "STOPPED")
        #expect(answer.task?.lastStatus == "PENDING")
        #expect(try remaining("CPU") == 2048)
        #expect(bench.messages().payloads.last?.tasks?.first?.desiredStatus == "STOPPED")
        try bench.report(arn, "STOPPED", container: "STOPPED", exitCode: 143)
        #expect(try remaining("CPU") == 2048)
        let seen = try bench.describe(arn)
        #expect(seen.stopCode == "UserInitiated" && seen.stoppedReason == "enough")
    }

    @Test mutating func stoppingAStoppedTaskChangesNothing() throws {
        try bench.connect(instance)
        let arn = try #require(try bench.run().tasks?.first?.taskArn)
        try bench.report(arn, "STOPPED", container: "STOPPED", exitCode: 0)
        let before = bench.stored
        let answer = try bench.call(ECS.StopTaskRequest(task: arn))
        #expect(answer.task?.stopCode == "EssentialContainerExited")
        #expect(bench.stored == before)
    }

    @Test mutating func whatDoesNotFitIsAFailurePerInstance() throws {
        try bench.connect(instance)
        let answer = try bench.run(count: 10)
        #expect(answer.tasks?.count == 8)
        #expect(answer.failures?.map(\.reason) == ["RESOURCE:CPU", "RESOURCE:CPU"])
        #expect(answer.failures?.first?.arn == instance)
    }

    @Test mutating func aStaticPortIsTakenOnce() throws {
        try bench.connect(instance)
        try bench.registerDefinition(family: "port", port: 8080)
        #expect(try bench.run("port").tasks?.count == 1)
        #expect(try bench.run("port").failures?.map(\.reason) == ["RESOURCE:PORTS"])
    }

    @Test mutating func aDisconnectedInstanceTakesNoTask() throws {
        #expect(try bench.run().failures?.map(\.reason) == ["AGENT"])
    }

    @Test mutating func anEmptyClusterIsSaidPlainly() throws {
        var empty = Bench()
        try empty.registerDefinition()
        #expect(throws: APIError(.invalidParameter, "No Container Instances were found in your cluster.")) {
            try empty.run()
        }
    }

    @Test mutating func aStoppedTaskIsForgottenAfterItsRetention() throws {
        try bench.connect(instance)
        let arn = try #require(try bench.run().tasks?.first?.taskArn)
        try bench.report(arn, "STOPPED", container: "STOPPED", exitCode: 0)
        bench.pass(.seconds(3599))
        #expect(try bench.describe(arn).lastStatus == "STOPPED")
        bench.pass(.seconds(2))
        let answer = try bench.call(ECS.DescribeTasksRequest(tasks: [arn]))
        #expect(answer.failures == [ECS.Failure(arn: arn, reason: "MISSING")])
        #expect(!bench.stored.keys.contains { $0.contains("/task/") })
    }

    @Test mutating func aClientTokenStandsForItsFirstCall() throws {
        try bench.connect(instance)
        var request = ECS.RunTaskRequest(taskDefinition: "web")
        request.clientToken = "once"
        let first = try bench.call(request)
        #expect(try bench.call(request).tasks?.map(\.taskArn) == first.tasks?.map(\.taskArn))
        try bench.restart()
        #expect(try bench.call(request).tasks?.map(\.taskArn) == first.tasks?.map(\.taskArn))
        request.count = 2
        let error = #expect(throws: APIError.self) { try bench.call(request) }
        #expect(error?.code == .conflict)
        #expect(error?.resourceIDs == first.tasks?.compactMap(\.taskArn))
    }

    @Test mutating func overridesReachThePayloadAndTheCharge() throws {
        try bench.connect(instance)
        var container = ECS.ContainerOverride(name: "main")
        container.command = ["echo", "hi"]
        container.environment = [KeyValuePair(name: "A", value: "1")]
        container.cpu = 512
        _ = bench.messages()
        try bench.call(
            ECS.RunTaskRequest(overrides: ECS.TaskOverride(containerOverrides: [container]), taskDefinition: "web"))
        let payload = try #require(bench.messages().payloads.first?.tasks?.first?.containers?.first)
        #expect(payload.command == ["echo", "hi"])
        #expect(payload.environment?["A"] == "1")
        #expect(payload.cpu == 512)
        #expect(try remaining("CPU") == 2048 - 512)
    }

    @Test mutating func anOverrideOfAnUnknownContainerChangesNothing() throws {
        try bench.connect(instance)
        let before = bench.stored
        #expect(
            throws: APIError(
                .invalidParameter, "Override for container named nobody is not a container in the TaskDefinition.")
        ) {
            try bench.call(
                ECS.RunTaskRequest(
                    overrides: ECS.TaskOverride(containerOverrides: [ECS.ContainerOverride(name: "nobody")]),
                    taskDefinition: "web"))
        }
        #expect(bench.stored == before)
    }

    private mutating func remaining(_ name: String) throws -> Int {
        let answer = try bench.call(ECS.DescribeContainerInstancesRequest(containerInstances: [instance]))
        let resources = try #require(answer.containerInstances?.first?.remainingResources)
        return try #require(resources.first { $0.name == name }?.integerValue)
    }
}
