// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportPlacement
import Testing

/// Clusters as AWS's API describes them.
@Suite struct ScenarioAWSTests {
    private func resources(_ cpu: Int, _ memory: Int, ports: String, gpus: String) -> String {
        """
        [{"name": "CPU", "type": "INTEGER", "doubleValue": 0.0, "longValue": 0, "integerValue": \(cpu)},
         {"name": "MEMORY", "type": "INTEGER", "doubleValue": 0.0, "longValue": 0, "integerValue": \(memory)},
         {"name": "PORTS", "type": "STRINGSET", "doubleValue": 0.0, "integerValue": 0, "stringSetValue": [\(ports)]},
         {"name": "PORTS_UDP", "type": "STRINGSET", "integerValue": 0, "stringSetValue": []},
         {"name": "GPU", "type": "STRINGSET", "integerValue": 0, "stringSetValue": [\(gpus)]},
         {"name": "NEURON", "type": "INTEGER", "integerValue": 3}]
        """
    }

    private let arn = "arn:aws:ecs:eu-north-1:123456789012:container-instance/edge/"

    private func cluster(tasks: String) -> String {
        """
        {"containerInstances": [
          {"containerInstanceArn": "\(arn)0a1b", "ec2InstanceId": "mi-77", "capacityProviderName": "x",
           "versionInfo": {"agentVersion": "1.89.0", "agentHash": "f", "dockerVersion": "25"},
           "registeredResources": \(resources(4096, 8000, ports: "\"22\"", gpus: "\"g0\", \"g1\", \"g2\"")),
           "remainingResources": \(resources(3000, 7000, ports: "\"22\", \"8080\", \"9000\"", gpus: "\"g1\"")),
           "status": "ACTIVE", "agentConnected": true, "runningTasksCount": 2, "attachments": [],
           "registeredAt": 1764583800.5,
           "attributes": [{"name": "ecs.capability.external"}, {"name": "site", "value": "oslo"}]},
          {"containerInstanceArn": "\(arn)0a1c",
           "registeredResources": \(resources(1024, 2048, ports: "", gpus: "")),
           "remainingResources": \(resources(-200, 2048, ports: "", gpus: "")),
           "status": "DRAINING", "agentConnected": false, "attributes": []}],
         "tasks": [\(tasks)], "failures": []}
        """
    }

    private let tasks = """
        {"taskArn": "t1", "containerInstanceArn": "arn:aws:ecs:eu-north-1:123456789012:container-instance/edge/0a1b",
         "group": "service:web", "lastStatus": "RUNNING", "desiredStatus": "RUNNING", "cpu": "512", "memory": null,
         "containers": [{"name": "a", "cpu": "0", "memory": "300", "memoryReservation": "200", "gpuIds": ["g2"],
           "networkBindings": [{"containerPort": 80, "hostPort": 8080, "protocol": "tcp"},
                               {"containerPort": 81, "hostPort": 49153, "protocol": "tcp"}]},
          {"name": "b", "cpu": "10", "memory": "100"}]},
        {"taskArn": "t2", "containerInstanceArn": "arn:aws:ecs:eu-north-1:123456789012:container-instance/edge/0a1b",
         "group": "family:batch", "lastStatus": "RUNNING", "desiredStatus": "STOPPED", "cpu": "9999"},
        {"taskArn": "t3", "group": "service:fargate", "lastStatus": "RUNNING", "desiredStatus": "RUNNING"},
        {"taskArn": "t4", "containerInstanceArn": "arn:aws:ecs:eu-north-1:123456789012:container-instance/edge/0a1c",
         "group": "family:big", "lastStatus": "RUNNING", "desiredStatus": "RUNNING", "cpu": "5000"}
        """

    @Test func whatIsTakenIsTaken() throws {
        let json = #"{"cluster": \#(cluster(tasks: tasks)), "workload": []}"#
        let scenario = try PlacementScenario(json: json.utf8)
        let first = scenario.cluster.instances[0]
        #expect(first.id == "0a1b")
        #expect(first.shapes == [.init(cpu: 4096, memory: 8000, gpus: ["g0", "g1", "g2"])])
        #expect(first.attributes == ["ecs.capability.external": [nil], "site": ["oslo"]])
        #expect(first.agentVersion == "1.89.0" && first.ec2InstanceID == "mi-77")
        #expect(first.registeredAt == Timestamp(millisecondsSinceEpoch: 1_764_583_800_500))
        // 1,096 CPU units and 1,000 MiB are taken, of which the task says 512 and 300; g0 and two ports are nobody's.
        #expect(first.reserved == .init(cpu: 584, memory: 700, gpus: ["g0"]))
        #expect(first.tcpPorts == [22, 9000])
        #expect(
            scenario.cluster.tasks == [
                .init(
                    instance: "0a1b",
                    resources: TaskResources(cpu: 512, memory: 300, tcpPorts: [8080], gpus: 1), gpuIDs: ["g2"],
                    scope: .service("web")),
                .init(instance: "0a1c", resources: TaskResources(cpu: 1224), scope: .taskGroup("family:big")),
            ])
        let second = scenario.cluster.instances[1]
        #expect(second.status == .draining && !second.agentConnected)
        #expect(second.reserved == .init(cpu: 0, memory: 0))

        let report = try scenario.run()
        #expect(report.instances.map(\.cpuTaken) == [1096, 1224])
        #expect(report.instances.map(\.memoryTaken) == [1000, 0])
        #expect(report.instances.map(\.gpusTaken) == [2, 0])
        #expect(report.instances.map(\.taskCount) == [1, 1])
        #expect(report.cpu.mean == 1096.0 / 4096)
    }

    @Test func withoutTasksNothingIsGivenBack() throws {
        let json = #"{"cluster": \#(cluster(tasks: "")), "workload": [{"name": "t", "cpu": 3001, "memory": 1}]}"#
        let report = try PlacementScenario(json: json.utf8).run()
        #expect(report.instances[0].cpuTaken == 1096)
        #expect(report.placedCount == 0)
        #expect(report.workload[0].refusals[0].explanation.remedies.first?.text == "0a1b needs 1 more CPU unit")
    }

    @Test func withoutWhatIsLeftTasksTakeWhatTheySay() throws {
        let text = cluster(tasks: tasks).replacing("remainingResources", with: "forgottenResources")
        let report = try PlacementScenario(json: #"{"cluster": \#(text)}"#.utf8).run()
        #expect(report.instances.map(\.cpuTaken) == [512, 5000])
        #expect(report.instances.map(\.memoryTaken) == [300, 0])
        #expect(report.instances.map(\.gpusTaken) == [1, 0])
    }

    @Test func portsThatAreTakenStayTaken() throws {
        for (port, placed) in [(22, 0), (9000, 0), (8080, 0), (49153, 1)] {
            let workload = #"[{"name": "t", "tcpPorts": [\#(port)]}]"#
            let json = #"{"cluster": \#(cluster(tasks: tasks)), "workload": \#(workload)}"#
            #expect(try PlacementScenario(json: json.utf8).run().placedCount == placed, "port \(port)")
        }
    }

    @Test func tasksOfUnknownInstancesAreMistakes() throws {
        let task = #"{"taskArn": "t", "containerInstanceArn": "x/gone", "group": "g", "lastStatus": "RUNNING"}"#
        let error = #expect(throws: PlacementScenarioError.self) {
            try PlacementScenario(json: #"{"cluster": \#(cluster(tasks: task))}"#.utf8)
        }
        #expect(
            error?.description
                == "cluster.tasks[0].containerInstanceArn: there is no instance 'gone' in containerInstances")
    }

    @Test func whatIsWrittenReadsTheSame() throws {
        let scenario = try PlacementScenario(json: #"{"cluster": \#(cluster(tasks: tasks))}"#.utf8)
        #expect(try PlacementScenario(json: scenario.json()) == scenario)
    }
}
