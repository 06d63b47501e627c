// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import Foundation
import Testing

/// Terraform's AWS provider, from nothing to nothing: everything that it makes it finds again unchanged.
@Suite(.enabled(if: Engines.runsTerraform)) struct TerraformTests {
    @Test func applyPlanRollDestroy() async throws {
        try await Installation.with { installation in
            let terraform = try Terraform(installation)
            try await terraform("init")
            try await terraform("apply", "-auto-approve", "-target", "aws_ecs_cluster.main")
            try await installation.startAgent(cluster: "tf")
            try await terraform("apply", "-auto-approve")
            // 0 says: no changes.
            try await terraform("plan", "-detailed-exitcode")
            let before = try await tasks(installation)
            #expect(before.count == 4)

            let changes = ["-var", "note=two", "-var", "replicas=3"]
            try await terraform(["apply", "-auto-approve"] + changes)
            try await terraform(["plan", "-detailed-exitcode"] + changes)
            let services = try await installation.call(
                ECS.DescribeServicesRequest(cluster: "tf", services: ["replica"])
            ).services
            let service = try #require(services?.first)
            #expect(service.runningCount == 3)
            #expect(service.deployments?.map(\.rolloutState) == ["COMPLETED"])
            #expect(service.taskDefinition?.hasSuffix("app:2") == true)

            async let destroyed: Void = terraform(["destroy", "-auto-approve"] + changes)
            // A cluster with an instance is not deleted, as in AWS: the host leaves when the services are gone.
            try await leave(installation)
            try await destroyed
            let clusters = try await installation.call(ECS.DescribeClustersRequest(clusters: ["tf"])).clusters
            #expect(clusters?.map(\.status) == ["INACTIVE"])
            let names = try await installation.call(ECS.ListTaskDefinitionFamiliesRequest(status: "ACTIVE")).families
            #expect(names == [])
        }
    }

    private func tasks(_ installation: Installation) async throws -> [String] {
        try await installation.call(ECS.ListTasksRequest(cluster: "tf")).taskArns ?? []
    }

    private func leave(_ installation: Installation) async throws {
        _ = try await eventually(seconds: 300, "the services to be gone") { () -> Bool? in
            let services = try await installation.call(ECS.ListServicesRequest(cluster: "tf")).serviceArns ?? []
            guard services.isEmpty else { return nil }
            let cluster = try await installation.call(ECS.DescribeClustersRequest(clusters: ["tf"])).clusters?.first
            return cluster?.runningTasksCount == 0 ? true : nil
        }
        let instances = try await installation.call(ECS.ListContainerInstancesRequest(cluster: "tf"))
        for instance in instances.containerInstanceArns ?? [] {
            _ = try await installation.call(
                ECS.DeregisterContainerInstanceRequest(cluster: "tf", containerInstance: instance))
        }
    }
}

/// Terraform in a folder of its own, pointed at a server.
private struct Terraform {
    private let program: String
    private let directory: URL
    private let environment: [String: String]

    init(_ installation: Installation) throws {
        program = try #require(Engines.terraform, "DRYPORT_REQUIRE names terraform, and it is not on the PATH")
        directory = installation.directory.appending(path: "terraform")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let source = try #require(Bundle.module.url(forResource: "Terraform", withExtension: nil))
        try FileManager.default.copyItem(
            at: source.appending(path: "main.tf"), to: directory.appending(path: "main.tf"))
        let plugins = try #require(
            Engines.terraformPlugins, "DRYPORT_REQUIRE names terraform, and DRYPORT_TERRAFORM_PLUGINS is not set")
        let settings = directory.appending(path: "settings.tfrc")
        try Data("provider_installation { filesystem_mirror { path = \"\(plugins)\" } }\n".utf8).write(to: settings)
        environment = installation.environment.merging([
            "TF_CLI_CONFIG_FILE": settings.path(percentEncoded: false), "TF_VAR_url": installation.url,
            "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1",
        ]) { $1 }
    }

    func callAsFunction(_ arguments: String...) async throws { try await callAsFunction(arguments) }

    /// Runs a command, which must succeed.
    func callAsFunction(_ arguments: [String]) async throws {
        let folder = "-chdir=\(directory.path(percentEncoded: false))"
        let input = arguments[0] == "plan" || arguments[0] == "init" ? ["-input=false"] : []
        let process = try Executable(
            [folder, arguments[0], "-no-color"] + input + arguments.dropFirst(), program: program,
            environment: environment)
        let status = try await process.wait(seconds: 600)
        try #require(status == 0, "terraform \(arguments): \(process.output.suffix(4000)) \(process.errors)")
    }
}
