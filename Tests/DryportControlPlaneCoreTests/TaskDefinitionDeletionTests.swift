// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// Deleting revisions for good, and how they are listed (`ecs-control-plane.md` §1.2, §2.5).
@Suite struct TaskDefinitionDeletionTests {
    var bench = Bench()

    private mutating func status(of reference: String) throws -> String? {
        try bench.call(ECS.DescribeTaskDefinitionRequest(taskDefinition: reference)).taskDefinition?.status
    }

    private mutating func deregister(_ reference: String) throws {
        try bench.call(ECS.DeregisterTaskDefinitionRequest(taskDefinition: reference))
    }

    @discardableResult
    private mutating func delete(_ references: String...) throws -> ECS.DeleteTaskDefinitionsResponse {
        try bench.call(ECS.DeleteTaskDefinitionsRequest(taskDefinitions: references))
    }

    @Test mutating func inactiveRevisionsAreDeletedAndTheOthersAreFailures() throws {
        let first = try #require(try bench.registerDefinition().taskDefinitionArn)
        try bench.registerDefinition()
        try deregister("web:1")
        let answer = try delete(first, "web:2", "web:9", "web", "web:x")
        #expect(answer.taskDefinitions?.map(\.taskDefinitionArn) == [first])
        #expect(answer.taskDefinitions?.first?.status == "DELETE_IN_PROGRESS")
        #expect(answer.taskDefinitions?.first?.deleteRequestedAt == bench.now.wall)
        #expect(answer.failures?.map(\.arn) == ["web:2", "web:9", "web", "web:x"])
        let reasons = ["is still in ACTIVE status", "does not exist", "identifier is invalid", "identifier is invalid"]
        for (failure, reason) in zip(answer.failures ?? [], reasons) {
            #expect(failure.reason?.contains(reason) == true, "\(failure)")
        }
        #expect(try status(of: "web:1") == "DELETE_IN_PROGRESS")
        let list = ECS.ListTaskDefinitionsRequest(status: "DELETE_IN_PROGRESS")
        #expect(try bench.call(list).taskDefinitionArns == [first])
        // Again changes nothing.
        let stored = bench.stored
        #expect(try bench.call(ECS.DescribeTaskDefinitionRequest(taskDefinition: "web")).taskDefinition?.revision == 2)
        #expect(bench.stored == stored)
    }

    @Test mutating func aDeletedRevisionIsForgottenOnceNoTaskIsLeft() throws {
        let instance = try bench.registerInstance()
        try bench.connect(instance)
        try bench.registerDefinition()
        let task = try #require(try bench.run().tasks?.first?.taskArn)
        try bench.report(task, "RUNNING", container: "RUNNING")
        try deregister("web:1")
        try delete("web:1")
        bench.pass(.seconds(60))
        #expect(try status(of: "web:1") == "DELETE_IN_PROGRESS")
        try bench.restart()
        try bench.report(task, "STOPPED", container: "STOPPED", exitCode: 0)
        bench.pass(.seconds(1800))
        #expect(try status(of: "web:1") == "DELETE_IN_PROGRESS")
        bench.pass(.seconds(1801))
        let gone = ECS.DescribeTaskDefinitionRequest(taskDefinition: "web:1")
        #expect(bench.refusal(of: gone) == .client)
        #expect(!bench.stored.keys.contains { $0.contains("task-definition") })
    }

    @Test mutating func aPurgedFamilyKeepsItsCounterOnly() throws {
        try bench.registerDefinition()
        try deregister("web:1")
        try delete("web:1")
        #expect(try bench.call(ECS.ListTaskDefinitionFamiliesRequest()).families == ["web"])
        try bench.restart()
        #expect(try bench.call(ECS.ListTaskDefinitionFamiliesRequest()).families == [])
        try bench.restart()
        #expect(try bench.call(ECS.ListTaskDefinitionFamiliesRequest(status: "INACTIVE")).families == [])
        #expect(try bench.registerDefinition().revision == 2)
    }

    @Test mutating func aDeletedRevisionRunsNoTasksAndCannotBeDeregisteredBack() throws {
        let instance = try bench.registerInstance()
        try bench.connect(instance)
        try bench.registerDefinition()
        try deregister("web:1")
        try delete("web:1")
        #expect(bench.refusal(of: ECS.RunTaskRequest(taskDefinition: "web:1")) == .client)
        try deregister("web:1")
        #expect(try status(of: "web:1") == "DELETE_IN_PROGRESS")
    }

    @Test mutating func wrongReferencesAreRefused() throws {
        try bench.registerDefinition()
        func code(_ references: [String]?) -> APIError.Code? {
            bench.refusal(of: ECS.DeleteTaskDefinitionsRequest(taskDefinitions: references))
        }
        #expect(code(nil) == .invalidParameter)
        #expect(code([]) == .invalidParameter)
        #expect(code(Array(repeating: "web:1", count: 11)) == .invalidParameter)
    }

    @Test mutating func listingsGoOnWhereAPageEndedAlsoWhenItsEndIsGone() throws {
        for _ in 0..<12 { try bench.registerDefinition(family: "many") }
        let first = try bench.call(ECS.ListTaskDefinitionsRequest(maxResults: 9))
        try deregister("many:9")
        let second = try bench.call(ECS.ListTaskDefinitionsRequest(nextToken: first.nextToken, maxResults: 9))
        #expect(second.taskDefinitionArns?.compactMap { $0.split(separator: ":").last } == ["10", "11", "12"])
        #expect(second.nextToken == nil)
        let down = try bench.call(ECS.ListTaskDefinitionsRequest(sort: "DESC", maxResults: 2))
        let further = ECS.ListTaskDefinitionsRequest(sort: "DESC", nextToken: down.nextToken, maxResults: 1)
        #expect(try bench.call(further).taskDefinitionArns?.first?.hasSuffix("many:10") == true)
        for request in [
            ECS.ListTaskDefinitionsRequest(nextToken: "mystery"), ECS.ListTaskDefinitionsRequest(maxResults: 101),
            ECS.ListTaskDefinitionsRequest(status: "OLD"), ECS.ListTaskDefinitionsRequest(sort: "UP"),
        ] {
            #expect(bench.refusal(of: request) == .invalidParameter)
        }
    }
}
