// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// Account settings: whose value holds, what may be set, what a restart keeps (`ecs-control-plane.md` §2.6).
@Suite struct AccountSettingTests {
    var bench = Bench()
    static let root = "arn:aws:iam::123456789012:root"
    static let user = "arn:aws:iam::123456789012:user/ops"

    private mutating func effective(_ name: String, of principal: String? = nil) throws -> String? {
        try bench.call(
            ECS.ListAccountSettingsRequest(name: name, principalArn: principal, effectiveSettings: true)
        ).settings?.first?.value
    }

    @Test mutating func theServicesOwnChoiceHoldsUntilSomethingIsSet() throws {
        #expect(try effective("containerInsights") == "disabled")
        #expect(try effective("tagResourceAuthorization") == "on")
        #expect(try effective("defaultLogDriverMode") == "non-blocking")
        #expect(try effective("taskLongArnFormat") == "enabled")
        #expect(try bench.call(ECS.ListAccountSettingsRequest()).settings == [])
    }

    @Test mutating func aPrincipalsOwnSettingBeatsTheDefaultWhichBeatsTheServices() throws {
        let put = try bench.call(ECS.PutAccountSettingDefaultRequest(name: "containerInsights", value: "enabled"))
        let expected = ECS.Setting(
            name: "containerInsights", value: "enabled", principalArn: Self.root, type: "user")
        #expect(put.setting == expected)
        #expect(try effective("containerInsights", of: Self.user) == "enabled")

        try bench.call(
            ECS.PutAccountSettingRequest(name: "containerInsights", value: "enhanced", principalArn: Self.user))
        #expect(try effective("containerInsights", of: Self.user) == "enhanced")
        #expect(try effective("containerInsights", of: "arn:aws:iam::123456789012:role/path/deploy") == "enabled")

        let removed = try bench.call(
            ECS.DeleteAccountSettingRequest(name: "containerInsights", principalArn: Self.user))
        #expect(removed.setting?.value == "enhanced")
        #expect(try effective("containerInsights", of: Self.user) == "enabled")
        try bench.call(ECS.DeleteAccountSettingRequest(name: "containerInsights"))
        #expect(try effective("containerInsights", of: Self.user) == "disabled")
        // What is not set can be removed as well.
        #expect(
            try bench.call(ECS.DeleteAccountSettingRequest(name: "containerInsights")).setting?.value == "disabled")
    }

    @Test mutating func settingsSurviveARestart() throws {
        try bench.call(ECS.PutAccountSettingRequest(name: "defaultLogDriverMode", value: "blocking"))
        try bench.call(
            ECS.PutAccountSettingRequest(
                name: "fargateTaskRetirementWaitPeriod", value: "14", principalArn: Self.user))
        let stored = bench.stored
        try bench.restart()
        #expect(bench.stored == stored)
        #expect(try bench.call(ECS.ListAccountSettingsRequest()).settings?.map(\.value) == ["blocking"])
        #expect(try effective("fargateTaskRetirementWaitPeriod", of: Self.user) == "14")
        try bench.call(ECS.DeleteAccountSettingRequest(name: "defaultLogDriverMode"))
        try bench.restart()
        #expect(try bench.call(ECS.ListAccountSettingsRequest()).settings == [])
    }

    @Test mutating func aPageHasTenSettingsAtMost() throws {
        let first = try bench.call(ECS.ListAccountSettingsRequest(effectiveSettings: true))
        #expect(first.settings?.count == 10)
        let second = try bench.call(
            ECS.ListAccountSettingsRequest(effectiveSettings: true, nextToken: first.nextToken))
        #expect(second.nextToken == nil)
        let names = ((first.settings ?? []) + (second.settings ?? [])).compactMap(\.name)
        #expect(names == names.sorted() && Set(names).count == 12)
        #expect(second.settings?.first?.principalArn == Self.root)
        let managed = try bench.call(
            ECS.ListAccountSettingsRequest(name: "guardDutyActivate", effectiveSettings: true))
        #expect(managed.settings?.first?.type == "aws_managed")
    }

    @Test mutating func settingsAreFilteredByNameAndValue() throws {
        let request = ECS.ListAccountSettingsRequest(
            name: "containerInsights", value: "enabled", effectiveSettings: true)
        #expect(try bench.call(request).settings == [])
        try bench.call(ECS.PutAccountSettingDefaultRequest(name: "containerInsights", value: "enabled"))
        #expect(try bench.call(request).settings?.count == 1)
    }

    @Test(arguments: [
        ("mystery", "enabled"), ("taskLongArnFormat", "disabled"), ("containerInsights", "on"),
        ("guardDutyActivate", "on"), ("fargateTaskRetirementWaitPeriod", "8"), ("", "on"), ("awsvpcTrunking", ""),
    ])
    mutating func whatCannotBeSetIsRefused(name: String, value: String) {
        #expect(bench.refusal(of: ECS.PutAccountSettingRequest(name: name, value: value)) == .invalidParameter)
        #expect(bench.refusal(of: ECS.PutAccountSettingDefaultRequest(name: name, value: value)) == .invalidParameter)
    }

    @Test(arguments: [
        "ops", "arn:aws:iam::999999999999:root", "arn:aws:iam::123456789012:group/g", "arn:aws:iam::123456789012:user/",
        "arn:aws:ecs:us-east-1:123456789012:cluster/default", "arn:aws:iam::123456789012:root/x",
        "arn:aws:iam::123456789012:user/a b", "arn:aws:iam::123456789012:user/" + String(repeating: "x", count: 640),
    ])
    mutating func onlyPrincipalsOfTheAccountHaveSettings(principal: String) {
        let put = ECS.PutAccountSettingRequest(name: "containerInsights", value: "enabled", principalArn: principal)
        #expect(bench.refusal(of: put) == .invalidParameter)
        #expect(bench.refusal(of: ECS.ListAccountSettingsRequest(principalArn: principal)) == .invalidParameter)
    }

    @Test mutating func wrongListingsAreRefused() {
        for request in [
            ECS.ListAccountSettingsRequest(maxResults: 11), ECS.ListAccountSettingsRequest(maxResults: 0),
            ECS.ListAccountSettingsRequest(value: "enabled"), ECS.ListAccountSettingsRequest(name: "mystery"),
            ECS.ListAccountSettingsRequest(nextToken: "mystery"),
        ] {
            #expect(bench.refusal(of: request) == .invalidParameter)
        }
        #expect(bench.refusal(of: ECS.DeleteAccountSettingRequest()) == .invalidParameter)
        #expect(bench.refusal(of: ECS.PutAccountSettingRequest(value: "on")) == .invalidParameter)
        #expect(bench.refusal(of: ECS.PutAccountSettingDefaultRequest(name: "awsvpcTrunking")) == .invalidParameter)
    }

    @Test mutating func newClustersTakeTheAccountsContainerInsights() throws {
        try bench.call(ECS.PutAccountSettingDefaultRequest(name: "containerInsights", value: "enhanced"))
        let taken = try bench.call(ECS.CreateClusterRequest(clusterName: "a")).cluster
        #expect(taken?.settings == [ECS.ClusterSetting(name: "containerInsights", value: "enhanced")])
        let own = ECS.ClusterSetting(name: "containerInsights", value: "disabled")
        #expect(try bench.call(ECS.CreateClusterRequest(clusterName: "b", settings: [own])).cluster?.settings == [own])
    }
}

/// What settings decide about tasks.
@Suite struct LogModeTests {
    private func mode(_ bench: inout Bench, options: [String: String]? = nil) throws -> String {
        var container = ContainerDefinition(name: "main", image: "busybox", memory: 64)
        container.logConfiguration = LogConfiguration(logDriver: "json-file", options: options)
        try bench.call(ECS.RegisterTaskDefinitionRequest(family: "logs", containerDefinitions: [container]))
        bench.sent = []
        _ = try bench.run("logs")
        let payload = try #require(bench.messages().payloads.first)
        return try #require(payload.tasks?.first?.containers?.first?.dockerConfig?.hostConfig)
    }

    @Test func driversDeliverAsTheAccountSaysUnlessTheDefinitionDoes() throws {
        var bench = try Bench.withInstances(1)
        #expect(try mode(&bench).contains(#""mode":"non-blocking""#))
        try bench.call(ECS.PutAccountSettingDefaultRequest(name: "defaultLogDriverMode", value: "blocking"))
        #expect(try mode(&bench).contains(#""mode":"blocking""#))
        #expect(try mode(&bench, options: ["mode": "non-blocking"]).contains(#""mode":"non-blocking""#))
        try bench.restart()
        for instance in try bench.call(ECS.ListContainerInstancesRequest()).containerInstanceArns ?? [] {
            try bench.connect(instance)
        }
        #expect(try mode(&bench).contains(#""mode":"blocking""#))
    }
}
