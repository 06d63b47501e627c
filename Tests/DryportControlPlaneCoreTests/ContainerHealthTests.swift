// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel
import Testing

/// What becomes of the health that agents report to the telemetry service (`ecs-agent.md` §7.3).
@Suite struct ContainerHealthTests {
    var bench = Bench()
    let instance: String
    let task: String

    init() throws {
        instance = try bench.registerInstance()
        try bench.registerDefinition(hasHealthCheck: true)
        try bench.connect(instance)
        task = try #require(try bench.run().tasks?.first?.taskArn)
        try bench.report(task, "RUNNING", container: "RUNNING")
    }

    private func health(
        _ status: String, container: String = "main", of instance: String? = nil
    ) -> TCS.PublishHealthRequest {
        TCS.PublishHealthRequest(
            metadata: TCS.HealthMetadata(cluster: "default", containerInstance: instance ?? self.instance, fin: true),
            tasks: [
                TCS.TaskHealth(
                    taskArn: task, containers: [TCS.ContainerHealth(containerName: container, healthStatus: status)])
            ])
    }

    private mutating func report(
        _ report: TCS.PublishHealthRequest, as principal: Principal = Bench.administrator.principal
    ) throws {
        bench.take(try bench.machine.receive(report, as: principal, at: bench.now))
    }

    @Test(arguments: ["HEALTHY", "UNHEALTHY"])
    mutating func reportedHealthIsDescribedAndSurvivesARestart(_ status: String) throws {
        try report(health(status))
        #expect(try bench.describe(task).healthStatus == status)
        try bench.restart()
        let described = try bench.describe(task)
        #expect(described.healthStatus == status)
        #expect(described.containers?.map(\.healthStatus) == [status])
    }

    /// The health of the host itself (`ecs-control-plane.md` §4.4).
    @Test mutating func hostsTellTheirOwnHealth() throws {
        func described() throws -> ECS.ContainerInstanceHealthStatus? {
            try bench.call(
                ECS.DescribeContainerInstancesRequest(
                    containerInstances: [instance], include: ["CONTAINER_INSTANCE_HEALTH"])
            ).containerInstances?.first?.healthStatus
        }
        #expect(try described() == ECS.ContainerInstanceHealthStatus(overallStatus: "INSUFFICIENT_DATA", details: []))
        let time = bench.now.wall
        func tell(_ statuses: [String]) throws {
            try bench.machine.receive(
                TCS.PublishInstanceStatusRequest(
                    metadata: TCS.InstanceStatusMetadata(cluster: "default", containerInstance: instance),
                    statuses: statuses.map {
                        TCS.InstanceStatus(
                            type: "ContainerRuntime", status: $0, lastUpdated: time, lastStatusChange: time)
                    }), as: Bench.administrator.principal)
        }
        try tell(["OK"])
        #expect(
            try described()
                == ECS.ContainerInstanceHealthStatus(
                    overallStatus: "OK",
                    details: [
                        ECS.InstanceHealthCheckResult(
                            type: "CONTAINER_RUNTIME", status: "OK", lastUpdated: time, lastStatusChange: time)
                    ]))
        try tell(["OK", "IMPAIRED"])
        #expect(try described()?.overallStatus == "IMPAIRED")
    }

    @Test mutating func onlyAChangeIsStored() throws {
        let before = try #require(try bench.describe(task).version)
        try report(health("HEALTHY"))
        let output = try bench.machine.receive(
            health("HEALTHY"), as: Bench.administrator.principal, at: bench.now)
        #expect(output.changes.isEmpty)
        #expect(try bench.describe(task).version == before + 1)
    }

    @Test mutating func unknownTasksContainersAndWordsAreIgnored() throws {
        var elsewhere = health("HEALTHY")
        elsewhere.tasks?[0].taskArn = task + "0"
        for message in [elsewhere, health("HEALTHY", container: "other"), health("SPLENDID")] {
            let output = try bench.machine.receive(message, as: Bench.administrator.principal, at: bench.now)
            #expect(output.changes.isEmpty)
        }
        #expect(try bench.describe(task).healthStatus == "UNKNOWN")
    }

    @Test mutating func aStoppedTaskKeepsItsHealth() throws {
        try report(health("HEALTHY"))
        try bench.report(task, "STOPPED", container: "STOPPED", exitCode: 0)
        try report(health("UNHEALTHY"))
        #expect(try bench.describe(task).healthStatus == "HEALTHY")
    }

    @Test mutating func anInstanceSpeaksOfItsOwnTasksOnly() throws {
        let other = try bench.registerInstance()
        try #require(other != instance)
        try report(health("UNHEALTHY", of: other))
        #expect(try bench.describe(task).healthStatus == "UNKNOWN")
        let error = #expect(throws: APIError.self) {
            try report(health("UNHEALTHY"), as: .managedInstance(id: "mi-0123456789abcdef0"))
        }
        #expect(error?.code == .accessDenied)
    }

    @Test mutating func aReportOfAnUnknownInstanceIsRefused() {
        let error = #expect(throws: APIError.self) { try report(health("HEALTHY", of: instance + "0")) }
        #expect(error?.code == .invalidParameter)
    }
}
