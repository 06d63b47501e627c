// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// Services whose instances are cut off (`ecs-control-plane.md` §8.2).
@Suite struct LostTaskTests {
    /// Two instances, one task on each, and the second instance cut off.
    private func cutOff(
        tag: String? = nil, configuration: ControlPlaneConfiguration = ControlPlaneConfiguration()
    ) throws -> (bench: Bench, lost: ECS.Task) {
        var bench = try Bench.withInstances(2, configuration: configuration)
        try bench.registerDefinition()
        try bench.createService(desired: 2) { request in
            request.tags = tag.map { [Tag(key: "dryport:reschedule-after", value: $0)] }
        }
        try bench.converge(steps: 2)
        let instances = try #require(try bench.call(ECS.ListContainerInstancesRequest()).containerInstanceArns)
        // Sessions were opened in the order of registration.
        let last = try #require(
            try bench.call(ECS.DescribeContainerInstancesRequest(containerInstances: instances)).containerInstances?
                .last { $0.agentConnected ?? false }?.containerInstanceArn)
        let lost = try #require(try bench.tasks().first { $0.containerInstanceArn == last })
        for number in 1...bench.lastSession {
            bench.take(bench.machine.closeSession(AgentSessionID(number), at: bench.now))
        }
        for instance in instances where instance != last { try bench.connect(instance) }
        return (bench, lost)
    }

    @Test func byDefaultTheyAreLeftAlone() throws {
        var (bench, lost) = try cutOff()
        bench.pass(.seconds(7 * 24 * 3600))
        let service = try bench.service()
        #expect(service.runningCount == 2 && service.desiredCount == 2)
        #expect(try bench.describe(lost.taskArn!).lastStatus == "RUNNING")
        #expect(try bench.describe(lost.taskArn!).connectivity == "DISCONNECTED")
    }

    @Test func scalingInPrefersConnectedInstances() throws {
        var (bench, lost) = try cutOff()
        bench.pass(.seconds(120))
        try bench.updateService(desired: 1)
        #expect(try bench.tasks().map(\.taskArn) == [lost.taskArn])
    }

    @Test(arguments: ["300s", "5m"])
    func aServiceMayHaveThemRescheduled(after tag: String) throws {
        var (bench, lost) = try cutOff(tag: tag)
        // The grace time of disconnection comes first.
        bench.pass(.seconds(60 + 299))
        #expect(try bench.describe(lost.taskArn!).lastStatus == "RUNNING")
        bench.pass(.seconds(2))
        let task = try bench.describe(lost.taskArn!)
        #expect(task.lastStatus == "STOPPED")
        #expect(task.stoppedReason?.hasSuffix("has been disconnected for more than 300 s") == true)
        let tasks = try bench.tasks()
        #expect(tasks.count == 2)
        #expect(!tasks.contains { $0.containerInstanceArn == lost.containerInstanceArn })
        #expect(try bench.events().contains { $0.contains("has given up (task ") })
        // When the agent returns, the manifest does not name the task, so the copy on the host goes.
        bench.sent = []
        try bench.connect(lost.containerInstanceArn!)
        let manifest = try #require(bench.messages().manifests.first)
        #expect(manifest.tasks?.isEmpty == true)
    }

    @Test func aReturnInTimeChangesNothing() throws {
        var (bench, lost) = try cutOff(tag: "5m")
        bench.pass(.seconds(200))
        try bench.connect(lost.containerInstanceArn!)
        bench.pass(.seconds(1000))
        #expect(try bench.describe(lost.taskArn!).lastStatus == "RUNNING")
        #expect(try bench.tasks().count == 2)
    }

    @Test func theTagOverridesTheControlPlane() throws {
        var configuration = ControlPlaneConfiguration()
        configuration.services.rescheduleAfter = .seconds(100)
        var (bench, lost) = try cutOff(tag: "never", configuration: configuration)
        bench.pass(.seconds(3600))
        #expect(try bench.describe(lost.taskArn!).lastStatus == "RUNNING")
        (bench, lost) = try cutOff(configuration: configuration)
        bench.pass(.seconds(161))
        #expect(try bench.describe(lost.taskArn!).lastStatus == "STOPPED")
    }

    @Test func deletionDoesNotWaitForWhoIsCutOff() throws {
        var (bench, lost) = try cutOff()
        bench.pass(.seconds(120))
        let reachable = try #require(try bench.tasks().first { $0.taskArn != lost.taskArn }?.taskArn)
        try bench.call(ECS.DeleteServiceRequest(service: "web", force: true))
        bench.settle()
        #expect(try bench.service().status == "DRAINING")
        try bench.report(reachable, "STOPPED", container: "STOPPED", exitCode: 0)
        bench.settle()
        #expect(try bench.service().status == "INACTIVE")
    }

    @Test func forcedDeregistrationReplaces() throws {
        var (bench, lost) = try cutOff()
        bench.pass(.seconds(120))
        try bench.call(
            ECS.DeregisterContainerInstanceRequest(containerInstance: lost.containerInstanceArn, force: true))
        bench.settle()
        #expect(try bench.tasks().count == 2)
        #expect(try bench.describe(lost.taskArn!).lastStatus == "STOPPED")
    }
}
