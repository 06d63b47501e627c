// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// Changing clusters (`ecs-control-plane.md` §1.1), and how many there may be of what (§2.4).
@Suite struct ClusterUpdateTests {
    var bench = Bench()

    private static func insights(_ value: String) -> [ECS.ClusterSetting] {
        [ECS.ClusterSetting(name: "containerInsights", value: value)]
    }

    private static func exec(_ logging: String?, group: String? = nil) -> ECS.ClusterConfiguration {
        ECS.ClusterConfiguration(
            executeCommandConfiguration: ECS.ExecuteCommandConfiguration(
                logging: logging,
                logConfiguration: group.map { ECS.ExecuteCommandLogConfiguration(cloudWatchLogGroupName: $0) }))
    }

    private mutating func cluster() throws -> ECS.Cluster? {
        try bench.call(ECS.DescribeClustersRequest(include: ["SETTINGS", "CONFIGURATIONS"])).clusters?.first
    }

    @Test mutating func whatIsGivenIsReplacedAndTheRestStays() throws {
        let override = Self.exec("OVERRIDE", group: "exec")
        let answer = try bench.call(
            ECS.UpdateClusterRequest(cluster: "default", settings: Self.insights("enabled"), configuration: override))
        #expect(answer.cluster?.settings == Self.insights("enabled"))
        #expect(answer.cluster?.configuration == override)
        let none = ECS.ClusterServiceConnectDefaultsRequest(namespace: "")
        try bench.call(ECS.UpdateClusterRequest(cluster: "default", settings: [], serviceConnectDefaults: none))
        #expect(try cluster()?.configuration == override)
        #expect(try cluster()?.settings == Self.insights("enabled"))
        try bench.call(ECS.UpdateClusterRequest(cluster: "default", configuration: Self.exec(nil)))
        #expect(try cluster()?.configuration == Self.exec("DEFAULT"))
        try bench.restart()
        #expect(try cluster()?.configuration == Self.exec("DEFAULT"))
    }

    @Test mutating func settingsAreUpdatedAlone() throws {
        let request = ECS.UpdateClusterSettingsRequest(cluster: "default", settings: Self.insights("enhanced"))
        #expect(try bench.call(request).cluster?.settings == Self.insights("enhanced"))
        try bench.restart()
        #expect(try cluster()?.settings == Self.insights("enhanced"))
    }

    @Test mutating func capacityProvidersCanOnlyBeNone() throws {
        let none = ECS.PutClusterCapacityProvidersRequest(
            cluster: "default", capacityProviders: [], defaultCapacityProviderStrategy: [])
        #expect(try bench.call(none).cluster?.capacityProviders == [])
        var some = none
        some.capacityProviders = ["FARGATE"]
        #expect(bench.refusal(of: some) == .invalidParameter)
        some = none
        some.defaultCapacityProviderStrategy = nil
        #expect(bench.refusal(of: some) == .invalidParameter)
        some = none
        some.cluster = "other"
        #expect(bench.refusal(of: some) == .clusterNotFound)
    }

    @Test mutating func wrongChangesAreRefused() {
        let namespace = ECS.ClusterServiceConnectDefaultsRequest(namespace: "internal")
        #expect(
            bench.refusal(of: ECS.UpdateClusterRequest(cluster: "default", serviceConnectDefaults: namespace))
                == .namespaceNotFound)
        #expect(
            bench.refusal(of: ECS.CreateClusterRequest(clusterName: "a", serviceConnectDefaults: namespace))
                == .namespaceNotFound)
        #expect(bench.refusal(of: ECS.UpdateClusterRequest(cluster: "other")) == .clusterNotFound)
        #expect(bench.refusal(of: ECS.UpdateClusterRequest()) == .invalidParameter)
        #expect(bench.refusal(of: ECS.UpdateClusterSettingsRequest(cluster: "default")) == .invalidParameter)
        for configuration in [Self.exec("OVERRIDE"), Self.exec("SOME")] {
            #expect(
                bench.refusal(of: ECS.UpdateClusterRequest(cluster: "default", configuration: configuration))
                    == .invalidParameter)
            #expect(
                bench.refusal(of: ECS.CreateClusterRequest(clusterName: "a", configuration: configuration))
                    == .invalidParameter)
        }
        let twice = Self.insights("enabled") + Self.insights("disabled")
        for settings in [Self.insights("on"), [ECS.ClusterSetting(name: "x", value: "enabled")], twice] {
            #expect(
                bench.refusal(of: ECS.UpdateClusterSettingsRequest(cluster: "default", settings: settings))
                    == .invalidParameter)
        }
    }

    @Test mutating func anActiveClusterIsNotCreatedAgain() throws {
        try bench.call(ECS.UpdateClusterSettingsRequest(cluster: "default", settings: Self.insights("enhanced")))
        let again = try bench.call(ECS.CreateClusterRequest(settings: Self.insights("disabled"))).cluster
        #expect(again?.settings == Self.insights("enhanced"))
    }

    @Test func quotasBoundWhatThereMayBe() throws {
        var configuration = ControlPlaneConfiguration()
        configuration.quotas.clusters = 2
        configuration.quotas.containerInstancesPerCluster = 1
        configuration.quotas.revisionsPerFamily = 1
        configuration.quotas.tagsPerResource = 1
        configuration.quotas.customAttributesPerInstance = 1
        var bench = Bench(configuration: configuration)
        try bench.call(ECS.CreateClusterRequest(clusterName: "a"))
        try bench.call(ECS.CreateClusterRequest(clusterName: "a"))
        #expect(bench.refusal(of: ECS.CreateClusterRequest(clusterName: "b")) == .client)
        try bench.call(ECS.DeleteClusterRequest(cluster: "a"))
        try bench.call(ECS.CreateClusterRequest(clusterName: "b"))

        let instance = try bench.registerInstance()
        let again = ECS.RegisterContainerInstanceRequest(containerInstanceArn: instance)
        try bench.call(again)
        #expect(bench.refusal(of: ECS.RegisterContainerInstanceRequest()) == .client)
        try bench.call(ECS.DeregisterContainerInstanceRequest(containerInstance: instance))
        let custom = [Attribute(name: "a"), Attribute(name: "b"), Attribute(name: "ecs.os-type", value: "linux")]
        #expect(bench.refusal(of: ECS.RegisterContainerInstanceRequest(attributes: custom)) == .client)
        try bench.call(ECS.RegisterContainerInstanceRequest(attributes: Array(custom.dropFirst())))

        try bench.registerDefinition()
        let next = ECS.RegisterTaskDefinitionRequest(
            family: "web", containerDefinitions: [ContainerDefinition(name: "main", image: "busybox", memory: 8)])
        #expect(bench.refusal(of: next) == .limitExceeded)
        var tagged = next
        tagged.family = "tagged"
        tagged.tags = [ECS.Tag(key: "a", value: ""), ECS.Tag(key: "b", value: "")]
        #expect(bench.refusal(of: tagged) == .invalidParameter)
    }
}
