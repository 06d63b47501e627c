// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportMessages
import DryportModel
import DryportTransport
import DryportTransportHTTP
import Foundation
import Logging
import Testing

/// A server and an agent as two processes with data directories of their own.
final class Installation {
    let directory: URL
    private(set) var server: Executable
    private(set) var agent: Executable?
    private(set) var url: String
    private let transport: HTTPTransport
    private let credentials: Credentials

    private init(directory: URL, server: Executable, url: String) throws {
        self.directory = directory
        self.server = server
        self.url = url
        credentials = try Self.credentials(directory.appending(path: "server/credentials"))
        transport = try HTTPTransport(
            configuration: HTTPTransportConfiguration(region: "us-east-1", endpoints: .custom(url: url)),
            logger: Logger(label: "test"))
    }

    /// Runs a body with a server, and ends whatever was started.
    /// - Parameter options: Further options of the server, which may depend on the directory of everything.
    static func with<Result>(
        options: (URL) -> [String] = { _ in [] }, _ body: (Installation) async throws -> Result
    ) async throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appending(path: "dryport-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let (server, url) = try await start(directory, listen: "127.0.0.1:0", options: options(directory))
        let installation = try Installation(directory: directory, server: server, url: url)
        do {
            let result = try await body(installation)
            await installation.tearDown()
            return result
        } catch {
            await installation.tearDown()
            throw error
        }
    }

    private static func start(
        _ directory: URL, listen: String, options: [String] = []
    ) async throws -> (Executable, String) {
        let data = directory.appending(path: "server").path(percentEncoded: false)
        let server = try Executable(["server", "--data", data, "--listen", listen, "--log-level", "debug"] + options)
        let url = try await eventually("the server: \(server.errors)") { () -> String? in
            if let status = server.status {
                throw TimeoutError(what: "a server; it ended with \(status): \(server.errors)")
            }
            let line = server.output.split(separator: "\n").first { $0.hasPrefix("listening on ") }
            return line.map { String($0.dropFirst("listening on ".count)) }
        }
        return (server, url)
    }

    private func tearDown() async {
        for process in [agent, server].compactMap({ $0 }) where process.status == nil {
            process.signal(SIGTERM)
            _ = try? await process.wait(seconds: 10)
            if process.status == nil { process.signal(SIGKILL) }
        }
        await transport.shutdown()
        try? FileManager.default.removeItem(at: directory)
    }

    private static func credentials(_ file: URL) throws -> Credentials {
        let text = try String(contentsOf: file, encoding: .utf8)
        func value(_ key: String) throws -> String {
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(key) })
            return String(try #require(line.split(separator: "=", maxSplits: 1).last)).trimmingCharacters(
                in: .whitespaces)
        }
        return Credentials(
            accessKeyID: try value("aws_access_key_id"), secretAccessKey: Redacted(try value("aws_secret_access_key")))
    }

    // MARK: Server

    /// Starts the server again at the same address.
    func restartServer() async throws {
        let address = String(url.dropFirst("http://".count))
        (server, url) = try await Self.start(directory, listen: address)
    }

    /// Calls the server.
    func call<Request: APIRequest>(_ request: Request) async throws -> Request.Response {
        try await transport.perform(request, authentication: .signatureV4(credentials), timeout: .seconds(10))
    }

    /// What AWS's tools need to know.
    var environment: [String: String] {
        [
            "AWS_SHARED_CREDENTIALS_FILE": directory.appending(path: "server/credentials").path(percentEncoded: false),
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "",
        ]
    }

    // MARK: Agent

    /// Starts the agent with a new activation.
    func startAgent(runtime: String = "process", cluster: String = "default") async throws {
        let activation = try await call(SSM.CreateActivationRequest(iamRole: "role", registrationLimit: 1))
        try startAgent(
            runtime: runtime, cluster: cluster,
            activation: (try #require(activation.activationId), try #require(activation.activationCode)))
        try await waitForAgent(cluster: cluster)
    }

    /// Starts the agent of a host that has registered before.
    func startAgain(runtime: String = "process") async throws {
        try startAgent(runtime: runtime, activation: nil)
        try await waitForAgent()
    }

    /// Starts the agent; without an activation it must have registered before.
    func startAgent(
        runtime: String, cluster: String = "default", activation: (id: String, code: String)?
    ) throws {
        let data = directory.appending(path: "agent").path(percentEncoded: false)
        var arguments = ["agent", "--data", data, "--endpoint", url, "--cluster", cluster, "--runtime", runtime]
        arguments += ["--log-level", "debug"]
        if let activation { arguments += ["--activation-id", activation.id, "--activation-code", activation.code] }
        agent = try Executable(arguments)
    }

    func waitForAgent(cluster: String = "default") async throws {
        let agent = try #require(agent)
        _ = try await eventually("the agent's connection") { () -> Bool? in
            if let status = agent.status {
                throw TimeoutError(what: "an agent; it ended with \(status): \(agent.errors)")
            }
            let list = ECS.ListContainerInstancesRequest(cluster: cluster)
            let arns = try await call(list).containerInstanceArns ?? []
            guard !arns.isEmpty else { return nil }
            let seen = try await call(
                ECS.DescribeContainerInstancesRequest(cluster: cluster, containerInstances: arns))
            return seen.containerInstances?.first?.agentConnected == true ? true : nil
        }
    }

    // MARK: Tasks

    /// Registers a definition of one container that runs a shell command.
    func register(_ script: String, family: String = "script") async throws {
        var container = ContainerDefinition(name: "main", image: "busybox:latest")
        container.memory = 64
        container.entryPoint = ["sh", "-c"]
        container.command = [script]
        _ = try await call(
            ECS.RegisterTaskDefinitionRequest(
                family: family, containerDefinitions: [container], requiresCompatibilities: ["EXTERNAL"]))
    }

    func run(_ family: String = "script") async throws -> String {
        let answer = try await call(ECS.RunTaskRequest(launchType: "EXTERNAL", taskDefinition: family))
        return try #require(answer.tasks?.first?.taskArn, "\(answer.failures ?? [])")
    }

    func describe(_ arn: String) async throws -> ECS.Task? {
        try await call(ECS.DescribeTasksRequest(tasks: [arn])).tasks?.first
    }

    func wait(_ arn: String, for status: String) async throws -> ECS.Task {
        try await eventually("task \(arn) to be \(status)") {
            let task = try await describe(arn)
            return task?.lastStatus == status ? task : nil
        }
    }
}
