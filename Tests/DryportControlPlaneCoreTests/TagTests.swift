// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// Tags of ECS resources (`ecs-control-plane.md` §1.1, §2.3).
@Suite struct TagTests {
    var bench = Bench()
    static let cluster = AccountScope().cluster("default")

    private mutating func tags(of arn: String) throws -> [String: String?] {
        let tags = try bench.call(ECS.ListTagsForResourceRequest(resourceArn: arn)).tags ?? []
        return Dictionary(uniqueKeysWithValues: tags.map { ($0.key ?? "", $0.value) })
    }

    @Test mutating func tagsAreMergedAndRemoved() throws {
        let tags = [ECS.Tag(key: "a", value: "1"), ECS.Tag(key: "b", value: nil)]
        try bench.call(ECS.TagResourceRequest(resourceArn: Self.cluster, tags: tags))
        try bench.call(
            ECS.TagResourceRequest(resourceArn: Self.cluster, tags: [ECS.Tag(key: "a", value: "Straße 2+3")]))
        #expect(try self.tags(of: Self.cluster) == ["a": "Straße 2+3", "b": ""])
        try bench.call(ECS.UntagResourceRequest(resourceArn: Self.cluster, tagKeys: ["b", "c"]))
        try bench.restart()
        #expect(try self.tags(of: Self.cluster) == ["a": "Straße 2+3"])
    }

    @Test mutating func tasksHaveNoMoreTagsThanOthers() throws {
        func tags(_ prefix: String, _ count: Int) -> [ECS.Tag] { (0..<count).map { ECS.Tag(key: "\(prefix)\($0)") } }
        var bench = try Bench.withInstances(1)
        var definition = ContainerDefinition(name: "main", image: "busybox")
        definition.memory = 64
        try bench.call(
            ECS.RegisterTaskDefinitionRequest(
                family: "tagged", containerDefinitions: [definition], tags: tags("d", 30)))
        func run(_ count: Int) -> ECS.RunTaskRequest {
            ECS.RunTaskRequest(propagateTags: "TASK_DEFINITION", tags: tags("t", count), taskDefinition: "tagged")
        }
        #expect(bench.refusal(of: run(21)) == .invalidParameter)
        #expect(try bench.call(run(20)).tasks?.first?.tags?.count == 50)
        #expect(
            bench.refusal(
                of: ECS.RegisterTaskDefinitionRequest(
                    family: "tagged", containerDefinitions: [definition], tags: [ECS.Tag(key: "aws:x")])) == .client)
    }

    @Test mutating func deletedClustersHaveNoTagsAndAreForgottenInTheEnd() throws {
        for number in 0...101 {
            try bench.call(ECS.CreateClusterRequest(clusterName: "c\(number)"))
            try bench.call(ECS.DeleteClusterRequest(cluster: "c\(number)"))
        }
        let arn = AccountScope().cluster("c101")
        #expect(bench.refusal(of: ECS.ListTagsForResourceRequest(resourceArn: arn)) == .clusterNotFound)
        try bench.restart()
        let answer = try bench.call(ECS.DescribeClustersRequest(clusters: ["c0", "c1", "c2", "c101"]))
        #expect(answer.clusters?.map(\.clusterName) == ["c2", "c101"])
        #expect(answer.failures?.map(\.reason) == ["MISSING", "MISSING"])
        #expect(!bench.stored.keys.contains { $0.contains("/c0/") || $0.contains("/c1/") })
    }

    @Test mutating func everyKindOfResourceHasTags() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        let service = try #require(try bench.createService().serviceArn)
        let external = try bench.createService("sets", desired: 1) {
            $0.deploymentController = ECS.DeploymentController(type: "EXTERNAL")
            $0.taskDefinition = nil
            $0.launchType = nil
        }
        let set = try bench.call(
            ECS.CreateTaskSetRequest(service: "sets", cluster: "default", taskDefinition: "web")
        ).taskSet
        let arns = [
            Self.cluster, service, try #require(external.serviceArn), try #require(set?.taskSetArn),
            try #require(try bench.tasks().first?.taskArn), AccountScope().taskDefinition(family: "web", revision: 1),
            try #require(try bench.call(ECS.ListContainerInstancesRequest()).containerInstanceArns?.first),
        ]
        for arn in arns {
            try bench.call(ECS.TagResourceRequest(resourceArn: arn, tags: [ECS.Tag(key: "arn", value: arn)]))
        }
        try bench.restart()
        for arn in arns {
            let tags = try bench.call(ECS.ListTagsForResourceRequest(resourceArn: arn)).tags
            #expect(tags == [ECS.Tag(key: "arn", value: arn)])
        }
        try bench.call(ECS.DeleteServiceRequest(service: "web", force: true))
        try bench.converge()
        #expect(try bench.service().status == "INACTIVE")
        let tag = ECS.TagResourceRequest(resourceArn: service, tags: [ECS.Tag(key: "late", value: "")])
        #expect(bench.refusal(of: tag) == .resourceNotFound)
    }

    @Test mutating func reservedTagsAreNotCountedChangedOrRemoved() throws {
        let instance = try bench.registerInstance()
        try bench.connect(instance)
        try bench.registerDefinition()
        let run = ECS.RunTaskRequest(enableECSManagedTags: true, taskDefinition: "web")
        let task = try #require(try bench.call(run).tasks?.first?.taskArn)
        let fifty = (0..<50).map { ECS.Tag(key: "k\($0)", value: "") }
        try bench.call(ECS.TagResourceRequest(resourceArn: task, tags: fifty))
        #expect(try tags(of: task).count == 51)
        let more = ECS.TagResourceRequest(resourceArn: task, tags: [ECS.Tag(key: "one", value: "more")])
        #expect(bench.refusal(of: more) == .limitExceeded)
        let remove = ECS.UntagResourceRequest(resourceArn: task, tagKeys: ["k0", "AWS:ecs:clusterName"])
        #expect(bench.refusal(of: remove) == .invalidParameter)
        let change = ECS.TagResourceRequest(resourceArn: task, tags: [ECS.Tag(key: "aws:ecs:clusterName", value: "x")])
        #expect(bench.refusal(of: change) == .invalidParameter)
    }

    @Test(arguments: [
        [ECS.Tag(key: "", value: "")], [ECS.Tag(key: String(repeating: "k", count: 129), value: "")],
        [ECS.Tag(key: "k", value: String(repeating: "v", count: 257))], [ECS.Tag(key: "k", value: "aws:x")],
        [ECS.Tag(key: "k!", value: "")], [ECS.Tag(key: "k", value: "a\tb")],
        [ECS.Tag(key: "k", value: "1"), ECS.Tag(key: "k", value: "2")],
        (0..<51).map { ECS.Tag(key: "k\($0)", value: "") },
    ])
    mutating func wrongTagsAreRefused(tags: [ECS.Tag]) {
        let request = ECS.TagResourceRequest(resourceArn: Self.cluster, tags: tags)
        #expect(bench.refusal(of: request) == .invalidParameter)
    }

    @Test mutating func unknownResourcesAreRefused() {
        let tags = [ECS.Tag(key: "k", value: "v")]
        func code(_ arn: String?) -> [APIError.Code?] {
            [
                bench.refusal(of: ECS.TagResourceRequest(resourceArn: arn, tags: tags)),
                bench.refusal(of: ECS.UntagResourceRequest(resourceArn: arn, tagKeys: ["k"])),
                bench.refusal(of: ECS.ListTagsForResourceRequest(resourceArn: arn)),
            ]
        }
        let scope = AccountScope()
        let id = String(repeating: "0", count: 32)
        for arn in [
            scope.task(id, cluster: "default"), scope.containerInstance(id, cluster: "default"),
            scope.taskDefinition(family: "web", revision: 1), scope.service("web", cluster: "default"),
        ] {
            #expect(code(arn) == [.resourceNotFound, .resourceNotFound, .invalidParameter])
        }
        #expect(Set(code(scope.task(id, cluster: "other"))) == [.clusterNotFound])
        #expect(Set(code(scope.cluster("other"))) == [.clusterNotFound])
        for arn in [
            nil, "cluster/default", "arn:aws:ecs:us-east-1:123456789012:service/web",
            "arn:aws:ecs:eu-west-1:123456789012:cluster/default", "arn:aws:s3:::bucket",
            "arn:aws:ecs:us-east-1:123456789012:task-definition/web",
        ] {
            #expect(Set(code(arn)) == [.invalidParameter])
        }
        #expect(bench.refusal(of: ECS.TagResourceRequest(resourceArn: Self.cluster)) == .invalidParameter)
        #expect(bench.refusal(of: ECS.UntagResourceRequest(resourceArn: Self.cluster)) == .invalidParameter)
    }
}
