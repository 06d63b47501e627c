// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// Constraints, strategies, filters and failures, as callers of the API see them (`ecs-control-plane.md` §5.4, §6).
@Suite struct PlacementTests {
    /// Instances in zones, their agents connected, in the order of the zones given.
    private func bench(zones: [String], memory: [Int] = []) throws -> (Bench, [String]) {
        var bench = Bench()
        var instances: [String] = []
        for (index, zone) in zones.enumerated() {
            let request = ECS.RegisterContainerInstanceRequest(
                totalResources: [
                    ECS.Resource(name: "CPU", type: "INTEGER", integerValue: 2048),
                    ECS.Resource(
                        name: "MEMORY", type: "INTEGER", integerValue: index < memory.count ? memory[index] : 4096),
                ],
                attributes: Bench.capabilities.map { Attribute(name: $0) } + [
                    Attribute(name: "zone", value: zone), Attribute(name: "ecs.availability-zone", value: zone),
                ])
            let arn = try #require(try bench.call(request).containerInstance?.containerInstanceArn)
            try bench.connect(arn)
            // Ties go by the time of registration.
            bench.pass(.milliseconds(1))
            instances.append(arn)
        }
        try bench.registerDefinition()
        return (bench, instances)
    }

    private func run(
        _ bench: inout Bench, count: Int = 1, constraints: [(String, String?)] = [],
        strategies: [(String, String?)] = []
    ) throws -> ECS.RunTaskResponse {
        var request = ECS.RunTaskRequest(count: count, launchType: "EXTERNAL", taskDefinition: "web")
        request.placementConstraints = constraints.map { ECS.PlacementConstraint(type: $0.0, expression: $0.1) }
        request.placementStrategy = strategies.map { ECS.PlacementStrategy(type: $0.0, field: $0.1) }
        return try bench.call(request)
    }

    @Test func memberOfBindsTheTask() throws {
        var (bench, instances) = try bench(zones: ["a", "b", "b"])
        let response = try run(&bench, count: 4, constraints: [("memberOf", "attribute:zone == b")])
        #expect(response.tasks?.count == 4)
        #expect(response.tasks?.allSatisfy { instances[1...].contains($0.containerInstanceArn ?? "") } == true)
    }

    @Test func theDefinitionsConstraintsHoldToo() throws {
        var (bench, instances) = try bench(zones: ["a", "b", "b"])
        var container = ContainerDefinition(name: "main", image: "busybox")
        container.memory = 16
        var request = ECS.RegisterTaskDefinitionRequest(
            family: "bound", containerDefinitions: [container], requiresCompatibilities: ["EXTERNAL"])
        request.placementConstraints = [
            TaskDefinitionPlacementConstraint(type: "memberOf", expression: "attribute:zone == b")
        ]
        try bench.call(request)
        var run = ECS.RunTaskRequest(count: 3, launchType: "EXTERNAL", taskDefinition: "bound")
        run.placementConstraints = [ECS.PlacementConstraint(type: "distinctInstance")]
        let response = try bench.call(run)
        #expect(Set(response.tasks?.compactMap(\.containerInstanceArn) ?? []) == Set(instances[1...]))
        #expect(
            response.failures?.map(\.reason).sorted { $0 ?? "" < $1 ?? "" } == [
                "MemberOf placement constraint unsatisfied.", "distinctInstance placement constraint unsatisfied.",
                "distinctInstance placement constraint unsatisfied.",
            ])
    }

    @Test func affinityFollowsTheTasksThatRun() throws {
        var (bench, _) = try bench(zones: ["a", "b", "c"])
        try bench.registerDefinition(family: "database")
        let home = try #require(try bench.run("database").tasks?.first?.containerInstanceArn)
        let near = try run(&bench, constraints: [("memberOf", "task:group == family:database")])
        #expect(near.tasks?.map(\.containerInstanceArn) == [home])
        let far = try run(&bench, count: 3, constraints: [("memberOf", "not(task:group == family:database)")])
        #expect(far.tasks?.contains { $0.containerInstanceArn == home } == false)
    }

    @Test func strategiesRankAndChanceBreaksTies() throws {
        var (bench, instances) = try bench(zones: ["a", "a", "b"])
        let spread = try run(&bench, count: 4, strategies: [("spread", "attribute:zone"), ("spread", "instanceId")])
        let arns = spread.tasks?.compactMap(\.containerInstanceArn) ?? []
        #expect(arns.filter { $0 == instances[2] }.count == 2)
        #expect(Set(arns).count == 3)
        // The first choice among equals differs between seeds, so it is not always the first instance.
        let firsts = try (1...20).map { seed -> String in
            var (bench, instances) = try self.bench(zones: ["a", "a", "a"])
            bench.random = SeededGenerator(seed: UInt64(seed))
            let arn = try run(&bench, strategies: [("spread", "host")]).tasks?.first?.containerInstanceArn ?? ""
            return String(instances.firstIndex(of: arn) ?? -1)
        }
        #expect(Set(firsts).count == 3)
    }

    @Test func failuresSayWhatIsMissing() throws {
        var (bench, instances) = try bench(zones: ["a", "b"], memory: [384, 128])
        let response = try run(&bench, count: 2)
        #expect(response.tasks?.isEmpty == true)
        #expect(response.failures?.count == 4)
        let failure = try #require(response.failures?.first)
        #expect(failure.arn == instances[0])
        #expect(failure.reason == "RESOURCE:MEMORY")
        let detail = try #require(failure.detail)
        #expect(detail.contains("128 MiB more memory"))
        #expect(detail.contains("0 of 2 instances fit: 2 memory"))
    }

    @Test(arguments: [
        ("memberOf", "attribute:zone ==", "column 18"), ("memberOf", nil, "memberOf with an expression"),
        ("distinctInstance", "attribute:zone == a", "distinctInstance without an expression"),
        ("nearby", nil, "memberOf"), ("memberOf", String(repeating: "a", count: 2001), "2000"),
    ])
    func badConstraintsAreRefused(type: String, expression: String?, part: String) throws {
        var (bench, _) = try bench(zones: ["a"])
        let error = #expect(throws: APIError.self) { try run(&bench, constraints: [(type, expression)]) }
        #expect(error?.code == .invalidParameter)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
        #expect(bench.stored.keys.contains { $0.contains("/task/") } == false)
    }

    @Test func aDefinitionWithABadExpressionIsNotRegistered() throws {
        var (bench, _) = try bench(zones: ["a"])
        var container = ContainerDefinition(name: "main", image: "busybox")
        container.memory = 16
        var request = ECS.RegisterTaskDefinitionRequest(family: "bad", containerDefinitions: [container])
        request.placementConstraints = [TaskDefinitionPlacementConstraint(type: "memberOf", expression: "zone == a")]
        let error = #expect(throws: APIError.self) { try bench.call(request) }
        #expect(error?.code == .client)
        #expect(error?.message.contains("column 1") == true)
    }

    @Test func filtersSelectInstances() throws {
        var (bench, instances) = try bench(zones: ["a", "b", "b"])
        func list(_ filter: String) throws -> Set<String> {
            var request = ECS.ListContainerInstancesRequest()
            request.filter = filter
            return Set(try bench.call(request).containerInstanceArns ?? [])
        }
        #expect(try list("attribute:zone == b") == Set(instances[1...]))
        #expect(try list("attribute:ecs.capability.external exists") == Set(instances))
        #expect(try list("agentConnected == true and runningTasksCount == 0") == Set(instances))
        let task = try #require(try run(&bench).tasks?.first)
        #expect(try list("task:group == family:web") == [task.containerInstanceArn ?? ""])
        try bench.report(task.taskArn ?? "", "RUNNING", container: "RUNNING")
        #expect(try list("runningTasksCount == 1") == [task.containerInstanceArn ?? ""])
        let error = #expect(throws: APIError.self) { try list("attribute:zone ~ b") }
        #expect(error?.code == .invalidParameter)
    }

    @Test func aRestartChangesNoDecision() throws {
        var (bench, _) = try bench(zones: ["a", "b", "c", "a"])
        _ = try run(&bench, count: 5, strategies: [("binpack", "memory")])
        var other = bench
        try other.restart()
        for _ in 0..<5 {
            // Without sessions, fewer identifiers of messages are drawn.
            other.random = bench.random
            let expected = try run(&bench, strategies: [("spread", "instanceId")]).tasks?.first
            let actual = try run(&other, strategies: [("spread", "instanceId")]).tasks?.first
            #expect(expected?.containerInstanceArn == actual?.containerInstanceArn)
        }
    }

    @Test func aDrainedOrDeregisteredInstanceTakesNothing() throws {
        var (bench, instances) = try bench(zones: ["a", "b"])
        var drain = ECS.UpdateContainerInstancesStateRequest()
        drain.containerInstances = [instances[0]]
        drain.status = "DRAINING"
        try bench.call(drain)
        #expect(try run(&bench, count: 2).tasks?.allSatisfy { $0.containerInstanceArn == instances[1] } == true)
        var start = ECS.StartTaskRequest()
        start.containerInstances = [instances[0]]
        start.taskDefinition = "web"
        #expect(try bench.call(start).failures?.map(\.reason) == ["INACTIVE"])
        var deregister = ECS.DeregisterContainerInstanceRequest()
        deregister.containerInstance = instances[1]
        deregister.force = true
        try bench.call(deregister)
        let failures = try run(&bench).failures
        #expect(failures?.map(\.arn) == [instances[0]])
        #expect(failures?.first?.detail?.contains("to be ACTIVE") == true)
    }
}
