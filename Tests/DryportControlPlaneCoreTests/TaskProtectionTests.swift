// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// Who may protect which tasks, and for how long (`ecs-control-plane.md` §5.8). What protection is good for is a matter
/// of services.
@Suite struct TaskProtectionTests {
    var bench: Bench
    let tasks: [String]

    init() throws {
        bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        try bench.createService(desired: 2)
        try bench.obey()
        tasks = try bench.tasks().compactMap(\.taskArn)
    }

    private func update(
        _ tasks: [String]?, _ isEnabled: Bool? = true, minutes: Int? = nil, cluster: String? = "default"
    ) -> ECS.UpdateTaskProtectionRequest {
        ECS.UpdateTaskProtectionRequest(
            cluster: cluster, tasks: tasks, protectionEnabled: isEnabled, expiresInMinutes: minutes)
    }

    private mutating func protection(of task: String) throws -> ECS.ProtectedTask? {
        try bench.call(ECS.GetTaskProtectionRequest(cluster: "default", tasks: [task])).protectedTasks?.first
    }

    @Test mutating func protectionBeginsAndEnds() throws {
        let end = bench.now.wall.advanced(by: .seconds(2 * 3600))
        let expected = ECS.ProtectedTask(taskArn: tasks[0], protectionEnabled: true, expirationDate: end)
        #expect(try bench.call(update([tasks[0]])).protectedTasks == [expected])
        #expect(try protection(of: tasks[0]) == expected)
        let other = ECS.ProtectedTask(taskArn: tasks[1], protectionEnabled: false)
        #expect(try protection(of: tasks[1]) == other)
        #expect(try bench.call(ECS.GetTaskProtectionRequest(cluster: "default")).protectedTasks == [expected])
        // What it would expire in is of no interest when it ends.
        try bench.call(update([tasks[0]], false, minutes: 0))
        #expect(try protection(of: tasks[0])?.protectionEnabled == false)
        #expect(try bench.call(ECS.GetTaskProtectionRequest(cluster: "default")).protectedTasks == [])
    }

    @Test mutating func protectionExpiresUnlessItIsProlonged() throws {
        try bench.call(update(tasks, minutes: 1))
        bench.pass(.seconds(50))
        try bench.call(update([tasks[0]], minutes: 1))
        bench.pass(.seconds(10))
        #expect(try protection(of: tasks[0])?.protectionEnabled == true)
        let expired = ECS.ProtectedTask(taskArn: tasks[1], protectionEnabled: false)
        #expect(try protection(of: tasks[1]) == expired)
    }

    @Test mutating func protectionSurvivesARestart() throws {
        try bench.call(update([tasks[0]], minutes: 2880))
        let before = try protection(of: tasks[0])
        try bench.restart()
        #expect(try protection(of: tasks[0]) == before)
        #expect(before?.protectionEnabled == true)
    }

    @Test mutating func onlyLiveTasksOfServicesAreProtected() throws {
        let alone = try #require(try bench.run().tasks?.first?.taskArn)
        try bench.call(ECS.StopTaskRequest(task: tasks[1]))
        let unknown = AccountScope().task(String(repeating: "0", count: 32), cluster: "default")
        let answer = try bench.call(update([alone, unknown, tasks[0], tasks[1]]))
        #expect(answer.protectedTasks?.map(\.taskArn) == [tasks[0]])
        #expect(answer.failures?.map(\.arn) == [alone, unknown, tasks[1]])
        #expect(answer.failures?.map(\.reason) == ["TASK_NOT_VALID", "MISSING", "TASK_NOT_VALID"])
        let seen = try bench.call(ECS.GetTaskProtectionRequest(cluster: "default", tasks: [alone, unknown]))
        #expect(seen.failures?.map(\.reason) == ["TASK_NOT_VALID", "MISSING"])
    }

    @Test mutating func aDeploymentThatIsHeldUpGetsNoMoreProtectedTasks() throws {
        try bench.call(update([tasks[0]]))
        try bench.updateService(desired: 0)
        try bench.obey()
        let answer = try bench.call(update([tasks[0]]))
        #expect(answer.failures?.map(\.reason) == ["DEPLOYMENT_BLOCKED"])
        #expect(try bench.call(update([tasks[0]], false)).failures == [])
    }

    @Test mutating func tasksSpeakForThemselvesOnly() throws {
        let own = Principal.task(arn: tasks[0])
        try bench.call(update([tasks[0]]), as: own)
        let get = ECS.GetTaskProtectionRequest(cluster: "default", tasks: [tasks[0]])
        #expect(try bench.call(get, as: own).protectedTasks?.first?.protectionEnabled == true)
        #expect(bench.refusal(of: update([tasks[1]]), as: own) == .accessDenied)
        #expect(bench.refusal(of: ECS.GetTaskProtectionRequest(cluster: "default"), as: own) == .accessDenied)
        #expect(bench.refusal(of: get, as: .managedInstance(id: "mi-1")) == .accessDenied)
    }

    @Test mutating func wrongCallsAreRefused() {
        #expect(bench.refusal(of: update(tasks, cluster: nil)) == .invalidParameter)
        #expect(bench.refusal(of: update(tasks, cluster: "other")) == .clusterNotFound)
        #expect(bench.refusal(of: update(nil)) == .invalidParameter)
        #expect(bench.refusal(of: update([])) == .invalidParameter)
        #expect(bench.refusal(of: update(tasks, nil)) == .invalidParameter)
        #expect(bench.refusal(of: update(tasks, minutes: 0)) == .invalidParameter)
        #expect(bench.refusal(of: update(tasks, minutes: 2881)) == .invalidParameter)
        #expect(bench.refusal(of: update(Array(repeating: tasks[0], count: 11))) == .invalidParameter)
        #expect(bench.refusal(of: ECS.GetTaskProtectionRequest()) == .invalidParameter)
        let many = ECS.GetTaskProtectionRequest(cluster: "default", tasks: Array(repeating: tasks[0], count: 101))
        #expect(bench.refusal(of: many) == .invalidParameter)
    }
}
