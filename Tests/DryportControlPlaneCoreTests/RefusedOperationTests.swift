// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// Operations that external instances cannot have, and their answers (`ecs-control-plane.md` §1.3–§1.5, §1.7).
@Suite struct RefusedOperationTests {
    var bench = Bench()

    @Test mutating func capacityProvidersAndExpressModeAreUnsupported() {
        #expect(bench.refusal(of: ECS.CreateCapacityProviderRequest()) == .unsupportedFeature)
        #expect(bench.refusal(of: ECS.UpdateCapacityProviderRequest()) == .unsupportedFeature)
        #expect(bench.refusal(of: ECS.DeleteCapacityProviderRequest()) == .unsupportedFeature)
        #expect(bench.refusal(of: ECS.CreateExpressGatewayServiceRequest()) == .unsupportedFeature)
        #expect(bench.refusal(of: ECS.UpdateExpressGatewayServiceRequest()) == .unsupportedFeature)
        #expect(bench.refusal(of: ECS.DeleteExpressGatewayServiceRequest()) == .unsupportedFeature)
        #expect(bench.refusal(of: ECS.DescribeExpressGatewayServiceRequest()) == .unsupportedFeature)
    }

    @Test mutating func thereAreNoCapacityProviders() throws {
        let all = try bench.call(ECS.DescribeCapacityProvidersRequest())
        #expect(all.capacityProviders == [] && all.failures == [])
        let arn = "arn:aws:ecs:us-east-1:123456789012:capacity-provider/FARGATE"
        let named = try bench.call(ECS.DescribeCapacityProvidersRequest(capacityProviders: ["FARGATE", arn]))
        #expect(named.failures?.map(\.reason) == ["MISSING", "MISSING"])
        #expect(named.failures?.map(\.arn) == [arn, arn])
        #expect(bench.refusal(of: ECS.DescribeCapacityProvidersRequest(cluster: "other")) == .clusterNotFound)
        #expect(bench.refusal(of: ECS.DescribeCapacityProvidersRequest(maxResults: 11)) == .invalidParameter)
    }

    @Test mutating func managedDaemonsAreUnsupported() {
        #expect(bench.refusal(of: ECS.CreateDaemonRequest()) == .unsupportedFeature)
        #expect(bench.refusal(of: ECS.UpdateDaemonRequest()) == .unsupportedFeature)
        #expect(bench.refusal(of: ECS.DeleteDaemonRequest()) == .unsupportedFeature)
        #expect(bench.refusal(of: ECS.RegisterDaemonTaskDefinitionRequest()) == .client)
        #expect(bench.refusal(of: ECS.DeleteDaemonTaskDefinitionRequest()) == .client)
        #expect(bench.refusal(of: ECS.DescribeDaemonRequest(daemonArn: "arn:d")) == .daemonNotFound)
        #expect(bench.refusal(of: ECS.DescribeDaemonRequest()) == .invalidParameter)
        #expect(bench.refusal(of: ECS.DescribeDaemonTaskDefinitionRequest(daemonTaskDefinition: "d:1")) == .client)
        #expect(bench.refusal(of: ECS.DescribeDaemonDeploymentsRequest()) == .invalidParameter)
        #expect(bench.refusal(of: ECS.DescribeDaemonRevisionsRequest(daemonRevisionArns: [])) == .invalidParameter)
        #expect(bench.refusal(of: ECS.ListDaemonDeploymentsRequest()) == .invalidParameter)
        #expect(bench.refusal(of: ECS.ListDaemonsRequest(clusterArn: "other")) == .clusterNotFound)
    }

    @Test mutating func managedDaemonsAreNeverFound() throws {
        let deployments = ECS.DescribeDaemonDeploymentsRequest(daemonDeploymentArns: ["arn:d"])
        #expect(try bench.call(deployments).failures == [ECS.Failure(arn: "arn:d", reason: "MISSING")])
        let revisions = ECS.DescribeDaemonRevisionsRequest(daemonRevisionArns: ["arn:r"])
        #expect(try bench.call(revisions).failures == [ECS.Failure(arn: "arn:r", reason: "MISSING")])
        #expect(try bench.call(ECS.ListDaemonsRequest()).daemonSummariesList == [])
        #expect(try bench.call(ECS.ListDaemonDeploymentsRequest(daemonArn: "arn:d")).daemonDeployments == [])
        #expect(try bench.call(ECS.ListDaemonTaskDefinitionsRequest()).daemonTaskDefinitions == [])
    }

    @Test mutating func thereAreNoNamespaces() {
        #expect(bench.refusal(of: ECS.ListServicesByNamespaceRequest(namespace: "internal")) == .namespaceNotFound)
        #expect(bench.refusal(of: ECS.ListServicesByNamespaceRequest()) == .invalidParameter)
        #expect(
            bench.refusal(of: ECS.ListServicesByNamespaceRequest(namespace: "internal", maxResults: 101))
                == .invalidParameter)
    }

    @Test mutating func agentsAreNotUpdated() throws {
        let instance = try bench.registerInstance()
        let request = ECS.UpdateContainerAgentRequest(containerInstance: instance)
        #expect(bench.refusal(of: request) == .invalidParameter)
        #expect(bench.refusal(of: ECS.UpdateContainerAgentRequest()) == .invalidParameter)
        #expect(
            bench.refusal(of: ECS.UpdateContainerAgentRequest(cluster: "other", containerInstance: instance))
                == .clusterNotFound)
    }
}

/// ExecuteCommand says what is wrong, in the order in which a caller can mend it (`ecs-control-plane.md` §1.3).
@Suite struct ExecuteCommandTests {
    var bench = Bench()

    private mutating func startTask(isEnabled: Bool) throws -> String {
        let instance = try bench.registerInstance()
        try bench.connect(instance)
        let container = ContainerDefinition(name: "main", image: "busybox", memory: 8)
        try bench.call(
            ECS.RegisterTaskDefinitionRequest(
                family: "two", taskRoleArn: "role",
                containerDefinitions: [container, ContainerDefinition(name: "side", image: "busybox", memory: 8)]))
        let run = ECS.RunTaskRequest(enableExecuteCommand: isEnabled, taskDefinition: "two")
        return try #require(try bench.call(run).tasks?.first?.taskArn)
    }

    @Test mutating func nobodyIsConnectedYet() throws {
        let task = try startTask(isEnabled: true)
        var request = ECS.ExecuteCommandRequest(container: "side", command: "sh", interactive: true, task: task)
        #expect(bench.refusal(of: request) == .client)
        try bench.report(task, "RUNNING", container: "RUNNING")
        #expect(bench.refusal(of: request) == .targetNotConnected)
        request.container = nil
        #expect(bench.refusal(of: request) == .invalidParameter)
        request.container = "other"
        #expect(bench.refusal(of: request) == .invalidParameter)
        try bench.call(ECS.StopTaskRequest(task: task))
        request.container = "main"
        #expect(bench.refusal(of: request) == .client)
    }

    @Test mutating func theOnlyContainerNeedNotBeNamed() throws {
        try bench.registerDefinition(taskRole: "role")
        let instance = try bench.registerInstance()
        try bench.connect(instance)
        let run = ECS.RunTaskRequest(enableExecuteCommand: true, taskDefinition: "web")
        let task = try #require(try bench.call(run).tasks?.first?.taskArn)
        try bench.report(task, "RUNNING", container: "RUNNING")
        let request = ECS.ExecuteCommandRequest(command: "sh", interactive: true, task: task)
        #expect(bench.refusal(of: request) == .targetNotConnected)
    }

    @Test mutating func itMustHaveBeenEnabledAtTheStart() throws {
        let task = try startTask(isEnabled: false)
        try bench.report(task, "RUNNING", container: "RUNNING")
        let request = ECS.ExecuteCommandRequest(container: "main", command: "sh", interactive: true, task: task)
        #expect(bench.refusal(of: request) == .invalidParameter)
    }

    @Test mutating func wrongCallsAreRefused() throws {
        let task = try startTask(isEnabled: true)
        let good = ECS.ExecuteCommandRequest(container: "main", command: "sh", interactive: true, task: task)
        let changes: [(inout ECS.ExecuteCommandRequest) -> Void] = [
            { $0.command = nil }, { $0.command = "" }, { $0.interactive = nil }, { $0.interactive = false },
            { $0.task = nil }, { $0.task = String(repeating: "0", count: 32) },
        ]
        for change in changes {
            var request = good
            change(&request)
            #expect(bench.refusal(of: request) == .invalidParameter)
        }
        var elsewhere = good
        elsewhere.cluster = "other"
        #expect(bench.refusal(of: elsewhere) == .clusterNotFound)
    }

    @Test mutating func aTaskForCommandsNeedsARole() throws {
        try bench.registerDefinition()
        let instance = try bench.registerInstance()
        try bench.connect(instance)
        var run = ECS.RunTaskRequest(enableExecuteCommand: true, taskDefinition: "web")
        #expect(bench.refusal(of: run) == .invalidParameter)
        run.overrides = ECS.TaskOverride(taskRoleArn: "role")
        #expect(try bench.call(run).tasks?.count == 1)
    }
}
