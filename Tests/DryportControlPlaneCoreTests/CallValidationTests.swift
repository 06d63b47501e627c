// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// Members of calls that are out of range (`ecs-control-plane.md` §1), where no other suite looks at them.
@Suite struct CallValidationTests {
    var bench = Bench()

    @Test mutating func onlyWhatAnOperationKnowsCanBeIncluded() throws {
        let instance = try bench.registerInstance()
        #expect(bench.refusal(of: ECS.DescribeClustersRequest(include: ["ALL"])) == .invalidParameter)
        #expect(bench.refusal(of: ECS.DescribeTasksRequest(tasks: ["x"], include: ["ALL"])) == .invalidParameter)
        #expect(
            bench.refusal(
                of: ECS.DescribeContainerInstancesRequest(containerInstances: [instance], include: ["SETTINGS"]))
                == .invalidParameter)
        try bench.registerDefinition()
        #expect(
            bench.refusal(of: ECS.DescribeTaskDefinitionRequest(taskDefinition: "web", include: ["tags"]))
                == .invalidParameter)
    }

    @Test mutating func theHealthOfHostsIsUnknown() throws {
        let instance = try bench.registerInstance()
        var request = ECS.DescribeContainerInstancesRequest(containerInstances: [instance])
        #expect(try bench.call(request).containerInstances?.first?.healthStatus == nil)
        request.include = ["CONTAINER_INSTANCE_HEALTH"]
        let health = try bench.call(request).containerInstances?.first?.healthStatus
        #expect(health?.overallStatus == "INSUFFICIENT_DATA")
    }

    @Test mutating func whatCannotBeATokenIsRefused() throws {
        let token = "arn:aws:ecs:us-east-1:123456789012:cluster/default"
        #expect(bench.refusal(of: ECS.ListClustersRequest(nextToken: token)) == .invalidParameter)
        #expect(bench.refusal(of: ECS.ListTasksRequest(nextToken: token)) == .invalidParameter)
        #expect(bench.refusal(of: ECS.ListContainerInstancesRequest(nextToken: token)) == .invalidParameter)
        #expect(bench.refusal(of: ECS.ListTaskDefinitionFamiliesRequest(nextToken: token)) == .invalidParameter)
        // A cluster that has gone since is no reason to refuse.
        #expect(try bench.call(ECS.ListClustersRequest(nextToken: "a")).clusterArns?.count == 1)
    }

    @Test mutating func tasksCannotHaveWhatExternalInstancesLack() throws {
        let instance = try bench.registerInstance()
        try bench.connect(instance)
        try bench.registerDefinition()
        var start = ECS.StartTaskRequest(containerInstances: [instance], taskDefinition: "web")
        start.networkConfiguration = ECS.NetworkConfiguration()
        #expect(bench.refusal(of: start) == .invalidParameter)
        start.networkConfiguration = nil
        start.volumeConfigurations = [ECS.TaskVolumeConfiguration(name: "v")]
        #expect(bench.refusal(of: start) == .invalidParameter)
        start.volumeConfigurations = []
        #expect(try bench.call(start).tasks?.count == 1)
        var run = ECS.RunTaskRequest(taskDefinition: "web")
        run.capacityProviderStrategy = [ECS.CapacityProviderStrategyItem(capacityProvider: "FARGATE")]
        #expect(bench.refusal(of: run) == .invalidParameter)
        run.capacityProviderStrategy = []
        run.volumeConfigurations = [ECS.TaskVolumeConfiguration(name: "v")]
        #expect(bench.refusal(of: run) == .invalidParameter)
        run.volumeConfigurations = []
        #expect(try bench.call(run).tasks?.count == 1)
    }

    @Test mutating func tasksAreListedByService() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        let service = try #require(try bench.createService(desired: 2).serviceArn)
        let alone = try #require(try bench.run().tasks?.first?.taskArn)
        for reference in ["web", service] {
            let arns = try #require(try bench.call(ECS.ListTasksRequest(serviceName: reference)).taskArns)
            #expect(arns.count == 2 && !arns.contains(alone))
        }
        #expect(bench.refusal(of: ECS.ListTasksRequest(serviceName: "other")) == .serviceNotFound)
        let both = ECS.ListTasksRequest(startedBy: "me", serviceName: "web")
        #expect(bench.refusal(of: both) == .invalidParameter)
        #expect(bench.refusal(of: ECS.ListTasksRequest(launchType: "MOON")) == .invalidParameter)
    }

    @Test mutating func aClusterWithServicesIsNotDeleted() throws {
        try bench.registerDefinition()
        try bench.createService(desired: 0)
        #expect(bench.refusal(of: ECS.DeleteClusterRequest(cluster: "default")) == .clusterContainsServices)
        try bench.call(ECS.DeleteServiceRequest(service: "web"))
        try bench.call(ECS.DeleteClusterRequest(cluster: "default"))
        try bench.call(ECS.CreateClusterRequest())
        // Nothing is left of the service of the old cluster.
        #expect(!bench.stored.keys.contains { $0.contains("service") })
        try bench.restart()
    }
}
