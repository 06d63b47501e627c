// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportMessages
import DryportModel
import DryportTransport
import DryportTransportHTTP
import Foundation
import Logging

/// A release server and a release agent as two processes on the loopback interface.
final class Installation {
    let server: Process
    private(set) var agent: Process
    /// The ARN of the agent's container instance.
    private(set) var instance = ""
    private let transport: HTTPTransport
    private let credentials: Credentials

    /// Starts both; returns when the agent is connected.
    static func with<Result>(
        _ bench: Bench, runtime: String, _ body: (Installation) async throws -> Result
    ) async throws -> Result {
        let installation = try await Installation(bench, runtime: runtime)
        do {
            try await installation.connect(bench, runtime: runtime)
            let result = try await body(installation)
            await installation.end()
            return result
        } catch {
            await installation.end()
            throw error
        }
    }

    private let directory: URL
    private let url: String

    private init(_ bench: Bench, runtime: String) async throws {
        directory = try bench.subdirectory()
        let data = directory.appending(path: "server")
        let output = directory.appending(path: "server.out")
        server = try Self.start(
            bench.executable, ["server", "--data", data.path(percentEncoded: false), "--listen", "127.0.0.1:0"],
            output: output)
        agent = Process()
        let process = server
        url = try await eventually("the server to listen") {
            guard process.isRunning else { throw FigureError("the server ended") }
            let lines = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
            return lines.first { $0.hasPrefix("listening on ") }.map { String($0.dropFirst("listening on ".count)) }
        }
        let text = try String(contentsOf: data.appending(path: "credentials"), encoding: .utf8)
        func value(_ key: String) -> String {
            let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
            return line?.split(separator: "=", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces) ?? ""
        }
        credentials = Credentials(
            accessKeyID: value("aws_access_key_id"), secretAccessKey: Redacted(value("aws_secret_access_key")))
        transport = try HTTPTransport(
            configuration: HTTPTransportConfiguration(region: "us-east-1", endpoints: .custom(url: url)),
            logger: Logger(label: "figures") { _ in SwiftLogNoOpLogHandler() })
    }

    private func connect(_ bench: Bench, runtime: String) async throws {
        let activation = try await call(SSM.CreateActivationRequest(iamRole: "figures", registrationLimit: 1))
        agent = try Self.start(
            bench.executable,
            [
                "agent", "--data", directory.appending(path: "agent").path(percentEncoded: false), "--endpoint", url,
                "--cluster", "default", "--runtime", runtime, "--activation-id", activation.activationId ?? "",
                "--activation-code", activation.activationCode ?? "",
            ], output: directory.appending(path: "agent.out"))
        instance = try await eventually("the agent to connect") {
            guard self.agent.isRunning else { throw FigureError("the agent ended") }
            let arns = try await self.call(ECS.ListContainerInstancesRequest()).containerInstanceArns ?? []
            guard let arn = arns.first else { return nil }
            let seen = try await self.call(ECS.DescribeContainerInstancesRequest(containerInstances: [arn]))
            return seen.containerInstances?.first?.agentConnected == true ? arn : nil
        }
    }

    /// Calls the server.
    func call<Request: APIRequest>(_ request: Request) async throws -> Request.Response {
        try await transport.perform(request, authentication: .signatureV4(credentials), timeout: .seconds(10))
    }

    private func end() async {
        for process in [agent, server] where process.isRunning {
            process.terminate()
            process.waitUntilExit()
        }
        await transport.shutdown()
    }

    private static func start(_ executable: String, _ arguments: [String], output: URL) throws -> Process {
        guard FileManager.default.createFile(atPath: output.path(percentEncoded: false), contents: nil) else {
            throw FigureError("\(output.path(percentEncoded: false)) cannot be written")
        }
        let process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments + ["--log-level", "error"]
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("DRYPORT_") }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        return process
    }
}

/// Asks again and again until there is a value; gives up after a minute.
func eventually<Value>(
    _ what: String, every pause: Duration = .milliseconds(20), _ condition: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end {
        if let value = try await condition() { return value }
        try await Task.sleep(for: pause)
    }
    throw FigureError("waited in vain for \(what)")
}
