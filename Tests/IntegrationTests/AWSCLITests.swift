// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The whole path, driven by a client that nobody here wrote.
@Suite(.serialized, .enabled(if: Engines.runsAWS)) struct AWSCLITests {
    @Test(arguments: Engines.available)
    func aTaskFromActivationToItsExitCode(runtime: String) async throws {
        try await Installation.with { installation in
            let aws = AWS(installation)
            let activation = try await aws("ssm", "create-activation", "--iam-role", "ecsAnywhereRole")
            try installation.startAgent(
                runtime: runtime,
                activation: (
                    try #require(activation["ActivationId"] as? String),
                    try #require(activation["ActivationCode"] as? String)
                ))
            try await installation.waitForAgent()

            let list = try await aws("ecs", "list-container-instances")
            let arns = try #require(list["containerInstanceArns"] as? [String])
            #expect(arns.count == 1)
            let described = try await aws("ecs", "describe-container-instances", "--container-instances", arns[0])
            let instance = try #require((described["containerInstances"] as? [[String: Any]])?.first)
            #expect(instance["agentConnected"] as? Bool == true)
            #expect((instance["ec2InstanceId"] as? String)?.hasPrefix("mi-") == true)
            let attributes = (instance["attributes"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
            #expect(attributes.contains("ecs.capability.external"))

            let definition = """
                [{"name":"main","image":"busybox:latest","memory":64,"entryPoint":["sh","-c"],\
                "command":["echo hello; sleep 15; exit 3"]}]
                """
            let registered = try await aws(
                "ecs", "register-task-definition", "--family", "hello", "--requires-compatibilities", "EXTERNAL",
                "--container-definitions", definition)
            #expect((registered["taskDefinition"] as? [String: Any])?["revision"] as? Int == 1)
            let answer = try await aws("ecs", "run-task", "--launch-type", "EXTERNAL", "--task-definition", "hello")
            let task = try #require((answer["tasks"] as? [[String: Any]])?.first)
            let arn = try #require(task["taskArn"] as? String)
            _ = try await aws("ecs", "wait", "tasks-running", "--tasks", arn)
            _ = try await aws("ecs", "wait", "tasks-stopped", "--tasks", arn)
            let final = try await aws("ecs", "describe-tasks", "--tasks", arn)
            let stopped = try #require((final["tasks"] as? [[String: Any]])?.first)
            let container = try #require((stopped["containers"] as? [[String: Any]])?.first)
            #expect(container["exitCode"] as? Int == 3)
            #expect(stopped["stopCode"] as? String == "EssentialContainerExited")
            #expect(stopped["stoppedReason"] as? String == "Essential container in task exited")
            for time in ["createdAt", "startedAt", "stoppingAt", "stoppedAt", "executionStoppedAt"] {
                #expect(stopped[time] != nil, "\(time) is missing")
            }
        }
    }

    @Test func errorsAreAWSsOwn() async throws {
        try await Installation.with { installation in
            let aws = AWS(installation)
            let cases: [([String], String)] = [
                (["ecs", "run-task", "--task-definition", "none"], "(ClientException)"),
                (["ecs", "describe-tasks", "--cluster", "none", "--tasks", "x"], "(ClusterNotFoundException)"),
                (["ssm", "list-documents"], "(UnknownOperationException)"),
                (["ecs", "describe-task-definition", "--task-definition", "none"], "(ClientException)"),
            ]
            for (arguments, expected) in cases {
                let (status, text) = try await aws.fail(arguments)
                #expect(status != 0)
                #expect(text.contains(expected), "\(arguments): \(text)")
            }
            let wrongKey = ["AWS_ACCESS_KEY_ID": "AKIAAAAAAAAAAAAAAAAA", "AWS_SECRET_ACCESS_KEY": "x"]
            let (_, text) = try await aws.fail(["ecs", "list-clusters"], environment: wrongKey)
            #expect(text.contains("(UnrecognizedClientException)"), "\(text)")
        }
    }
}

/// The AWS CLI, pointed at a server.
struct AWS {
    private let url: String
    private let environment: [String: String]

    init(_ installation: Installation) {
        url = installation.url
        environment = installation.environment
    }

    /// Runs a command that succeeds, and reads its JSON.
    func callAsFunction(_ arguments: String...) async throws -> [String: Any] {
        let process = try start(arguments)
        let status = try await process.wait(seconds: 120)
        try #require(status == 0, "aws \(arguments): \(process.errors)")
        let text = process.output
        guard !text.isEmpty else { return [:] }
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// Runs a command that fails.
    func fail(
        _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> (status: Int32, errors: String) {
        let process = try start(arguments, environment: environment)
        let status = try await process.wait(seconds: 120)
        return (status, process.errors)
    }

    private func start(_ arguments: [String], environment extra: [String: String] = [:]) throws -> Executable {
        let program = try #require(Engines.aws, "DRYPORT_REQUIRE names aws, and aws is not on the PATH")
        return try Executable(
            ["--endpoint-url", url, "--output", "json"] + arguments, program: program,
            environment: environment.merging(extra) { $1 })
    }
}
