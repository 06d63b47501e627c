// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A `moto_server` process of its own, the closest emulator, with container instances and a task.
final class Moto {
    let url: String
    private let process: Process
    private let aws: String

    /// Starts it; nil if it or the AWS CLI, which prepares it, is not installed.
    init?(_ bench: Bench) async throws {
        guard let program = LoadClient.program("moto_server"), let aws = LoadClient.program("aws") else { return nil }
        let port = Int.random(in: 20_000..<30_000)
        url = "http://127.0.0.1:\(port)"
        self.aws = aws
        process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["-H", "127.0.0.1", "-p", String(port)]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        _ = try await eventually("moto to answer") { try? await self.call("ecs", "list-clusters") }
    }

    func end() {
        // It has nothing to save, and its threads outlive SIGTERM.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Registers what RunTask of launch type EC2 needs, which is the only one that moto places on instances.
    /// - Returns: The ARN of a task.
    func prepare(instances: Int, family: String) async throws -> String {
        _ = try await call("ecs", "create-cluster", "--cluster-name", "default")
        _ = try await call(
            "ecs", "register-task-definition", "--family", family, "--container-definitions",
            #"[{"name":"main","image":"busybox:latest","memory":6,"cpu":1}]"#)
        let machine = try await call(
            "ec2", "run-instances", "--image-id", "ami-12c6146b", "--query", "Instances[0].InstanceId", "--output",
            "text")
        let document = #"{"instanceId":"\#(machine)"}"#
        try await register(instances, document: document)
        return try await call(
            "ecs", "run-task", "--task-definition", family, "--launch-type", "EC2", "--query", "tasks[0].taskArn",
            "--output", "text")
    }

    private func register(_ count: Int, document: String) async throws {
        // Unsigned calls do for moto, and the AWS CLI takes most of a second for each.
        let body = try JSONCoding.encode(
            ECS.RegisterContainerInstanceRequest(cluster: "default", instanceIdentityDocument: document))
        var request = URLRequest(url: URL(string: url)!)
        request.httpMethod = "POST"
        request.httpBody = Data(body)
        request.setValue("application/x-amz-json-1.1", forHTTPHeaderField: "Content-Type")
        request.setValue(ECS.RegisterContainerInstanceRequest.target, forHTTPHeaderField: "X-Amz-Target")
        request.setValue(
            "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=0",
            forHTTPHeaderField: "Authorization")
        for _ in 0..<count {
            let (data, response) = try await URLSession.shared.data(for: request)
            guard (response as? HTTPURLResponse)?.statusCode == 200 else {
                throw FigureError("moto refused an instance: \(String(decoding: data, as: UTF8.self))")
            }
        }
    }

    private func call(_ arguments: String...) async throws -> String {
        try await run(
            aws, ["--endpoint-url", url, "--region", "us-east-1"] + arguments,
            environment: ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"]
        ).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
