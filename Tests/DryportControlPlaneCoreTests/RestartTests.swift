// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// What is stored is all there is: a restart at any point changes nothing that callers can see.
@Suite struct RestartTests {
    @Test func everythingIsTheSameAfterARestart() throws {
        var bench = Bench()
        let instance = try bench.registerInstance()
        try bench.registerDefinition()
        try bench.registerDefinition(port: 9000)
        for _ in 0..<11 { try bench.registerDefinition(family: "many") }
        try bench.connect(instance)
        let running = try #require(try bench.run().tasks?.first?.taskArn)
        try bench.report(running, "RUNNING", container: "RUNNING")
        let stopped = try #require(try bench.run("web:1").tasks?.first?.taskArn)
        try bench.call(ECS.StopTaskRequest(task: stopped))

        /// Everything but the instance's version, which may leap ahead: not every step of it is stored.
        var versions: [Int] = []
        func view(_ bench: inout Bench) throws -> [String] {
            var instances = try bench.call(ECS.DescribeContainerInstancesRequest(containerInstances: [instance]))
            versions.append(try #require(instances.containerInstances?[0].version))
            instances.containerInstances?[0].version = nil
            return [
                "\(try bench.call(ECS.DescribeClustersRequest(include: ["STATISTICS", "TAGS"])))",
                "\(instances)",
                "\(try bench.call(ECS.DescribeTasksRequest(tasks: [running, stopped])))",
                "\(try bench.call(ECS.ListTaskDefinitionsRequest()))",
                "\(try bench.call(ECS.DescribeTaskDefinitionRequest(taskDefinition: "many")))",
            ]
        }
        let before = try view(&bench)
        let stored = bench.stored
        try bench.restart()
        #expect(try view(&bench) == before)
        #expect(versions[0] <= versions[1])
        #expect(bench.stored == stored)
        #expect(try bench.registerDefinition(family: "many").revision == 12)
    }

    @Test func anUnknownRecordIsAnErrorWithItsKey() {
        let error = #expect(throws: RecordError.self) {
            try ControlPlaneRecord(key: "control-plane/cluster/default/mystery/1", bytes: [])
        }
        #expect(error?.key == "control-plane/cluster/default/mystery/1")
        #expect(throws: RecordError.self) {
            try ControlPlaneRecord(key: "control-plane/cluster/default/cluster", bytes: Array("{".utf8))
        }
    }
}
