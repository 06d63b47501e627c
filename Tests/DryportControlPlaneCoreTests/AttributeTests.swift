// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// Custom attributes of container instances (`ecs-control-plane.md` §1.5, §4.3).
@Suite struct AttributeTests {
    var bench = Bench()
    let instance: String
    let id: String

    init() throws {
        instance = try bench.registerInstance()
        id = String(try #require(instance.split(separator: "/").last))
        try bench.connect(instance)
    }

    @discardableResult
    private mutating func put(_ name: String, _ value: String? = nil, on target: String? = nil) throws -> [Attribute]? {
        try bench.call(
            ECS.PutAttributesRequest(
                attributes: [Attribute(name: name, value: value, targetId: target ?? instance)])
        ).attributes
    }

    private mutating func values(of name: String) throws -> [String?] {
        let request = ECS.ListAttributesRequest(targetType: "container-instance", attributeName: name)
        return try #require(try bench.call(request).attributes).map(\.value)
    }

    @Test mutating func attributesArePutReplacedAndDeleted() throws {
        #expect(try put("stack", "test") == [Attribute(name: "stack", value: "test", targetId: instance)])
        try put("stack", "production")
        #expect(try values(of: "stack") == ["production"])
        let short = Attribute(name: "stack", targetType: "container-instance", targetId: id)
        let deleted = try bench.call(ECS.DeleteAttributesRequest(attributes: [short])).attributes
        #expect(deleted == [Attribute(name: "stack", value: "production", targetId: instance)])
        #expect(try values(of: "stack") == [])
        #expect(try bench.call(ECS.DeleteAttributesRequest(attributes: [short])).attributes == [])
    }

    @Test mutating func attributesDecideWhereTheNextTaskGoes() throws {
        try bench.registerDefinition()
        var run = ECS.RunTaskRequest(taskDefinition: "web")
        run.placementConstraints = [ECS.PlacementConstraint(type: "memberOf", expression: "attribute:rack == r1")]
        #expect(try bench.call(run).failures?.count == 1)
        try put("rack", "r1")
        #expect(try bench.call(run).tasks?.count == 1)
        try bench.call(ECS.DeleteAttributesRequest(attributes: [Attribute(name: "rack", targetId: instance)]))
        #expect(try bench.call(run).failures?.count == 1)
    }

    @Test mutating func attributesSurviveRestartsAndRegistrations() throws {
        try put("rack", "r1")
        let stored = bench.stored
        try bench.restart()
        #expect(bench.stored == stored)
        #expect(try values(of: "rack") == ["r1"])
        var again = ECS.RegisterContainerInstanceRequest(containerInstanceArn: instance)
        again.attributes = Bench.capabilities.map { Attribute(name: $0) }
        let answer = try bench.call(again).containerInstance?.attributes
        #expect(answer?.contains(Attribute(name: "rack", value: "r1")) == true)
    }

    @Test mutating func anInstanceHasTenCustomAttributesAtMost() throws {
        let ten = (0..<10).map { Attribute(name: "a\($0)", targetId: instance) }
        try bench.call(ECS.PutAttributesRequest(attributes: ten))
        let more = ECS.PutAttributesRequest(attributes: [
            Attribute(name: "a0", value: "new", targetId: instance), Attribute(name: "b", targetId: instance),
        ])
        #expect(bench.refusal(of: more) == .attributeLimitExceeded)
        #expect(try values(of: "a0") == [nil])
        try put("a0", "new")
        #expect(try values(of: "a0") == ["new"])
    }

    @Test mutating func wrongAttributesAreRefused() {
        let target = instance
        func attribute(_ name: String?, _ value: String? = nil) -> Attribute {
            Attribute(name: name, value: value, targetId: target)
        }
        let wrong: [Attribute] = [
            attribute(nil), attribute(""), attribute("sp ace"), attribute(String(repeating: "x", count: 129)),
            attribute("ecs.os-type", "x"), attribute("com.amazonaws.ecs.capability.x"), attribute("a", ""),
            attribute("a", " b"), attribute("a", "b "), attribute("a", "b!"), Attribute(name: "a"),
            Attribute(name: "a", targetId: id), Attribute(name: "a", targetType: "task", targetId: instance),
            Attribute(
                name: "a", targetId: "arn:aws:ecs:us-east-1:123456789012:container-instance/other/\(id)"),
        ]
        for attribute in wrong {
            #expect(bench.refusal(of: ECS.PutAttributesRequest(attributes: [attribute])) == .invalidParameter)
        }
        #expect(bench.refusal(of: ECS.PutAttributesRequest(attributes: [])) == .invalidParameter)
        let eleven = (0..<11).map { attribute("a\($0)") }
        #expect(bench.refusal(of: ECS.PutAttributesRequest(attributes: eleven)) == .invalidParameter)
        #expect(
            bench.refusal(of: ECS.DeleteAttributesRequest(attributes: [attribute("a", "v")])) == .invalidParameter)
        #expect(
            bench.refusal(of: ECS.DeleteAttributesRequest(attributes: [attribute("ecs.capability.external")]))
                == .invalidParameter)
    }

    @Test mutating func unknownTargetsAndClustersAreRefused() throws {
        let unknown =
            "arn:aws:ecs:us-east-1:123456789012:container-instance/default/"
            + String(repeating: "0", count: 32)
        let put = ECS.PutAttributesRequest(attributes: [Attribute(name: "a", targetId: unknown)])
        #expect(bench.refusal(of: put) == .targetNotFound)
        try bench.call(ECS.DeregisterContainerInstanceRequest(containerInstance: instance))
        let gone = ECS.DeleteAttributesRequest(attributes: [Attribute(name: "a", targetId: instance)])
        #expect(bench.refusal(of: gone) == .targetNotFound)
        let elsewhere = ECS.ListAttributesRequest(cluster: "other", targetType: "container-instance")
        #expect(bench.refusal(of: elsewhere) == .clusterNotFound)
    }

    @Test mutating func attributesAreListedPageByPage() throws {
        let other = try bench.registerInstance()
        try put("rack", "r1")
        try put("rack", "r2", on: other)
        let count = 2 * (Bench.capabilities.count + 1)
        var rows: [Attribute] = []
        var token: String?
        repeat {
            let page = try bench.call(
                ECS.ListAttributesRequest(targetType: "container-instance", nextToken: token, maxResults: 4))
            let attributes = try #require(page.attributes)
            #expect(attributes.count <= 4)
            rows += attributes
            token = page.nextToken
        } while token != nil
        #expect(rows.count == count && Set(rows).count == count)
        let named = ECS.ListAttributesRequest(
            targetType: "container-instance", attributeName: "rack", attributeValue: "r2")
        #expect(try bench.call(named).attributes == [Attribute(name: "rack", value: "r2", targetId: other)])
        try bench.call(ECS.DeregisterContainerInstanceRequest(containerInstance: other))
        #expect(try values(of: "rack") == ["r1"])
    }

    @Test mutating func wrongListingsAreRefused() {
        for request in [
            ECS.ListAttributesRequest(), ECS.ListAttributesRequest(targetType: "task"),
            ECS.ListAttributesRequest(targetType: "container-instance", attributeValue: "x"),
            ECS.ListAttributesRequest(targetType: "container-instance", maxResults: 101),
            ECS.ListAttributesRequest(targetType: "container-instance", nextToken: "mystery"),
        ] {
            #expect(bench.refusal(of: request) == .invalidParameter)
        }
    }
}
