// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportMessages
import DryportModel
import DryportTransport
import DryportTransportHTTP
import Foundation
import Logging

/// A release server and a release agent as two processes on the loopback interface.
final class Plane {
    let server: Process
    let agent: Process
    private let directory: URL
    private let transport: HTTPTransport
    private let credentials: Credentials

    init(executable: String, runtime: String) async throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "dryport-figures-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let port = Int.random(in: 20_000...30_000)
        let url = "http://127.0.0.1:\(port)"
        let data = directory.appending(path: "server").path()
        server = try Self.start(
            executable, ["server", "--data", data, "--listen", "127.0.0.1:\(port)", "--log-level", "error"])
        let file = directory.appending(path: "server/credentials")
        try await Self.wait("the server") { FileManager.default.fileExists(atPath: file.path()) }
        let values = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            line.split(separator: "=", maxSplits: 1).count == 2
                ? line.split(separator: "=", maxSplits: 1)[1].trimmingCharacters(in: .whitespaces) : nil
        }
        let credentials = Credentials(accessKeyID: values[0], secretAccessKey: Redacted(values[1]))
        let transport = try HTTPTransport(
            configuration: HTTPTransportConfiguration(region: "us-east-1", endpoints: .custom(url: url)),
            logger: Logger(label: "figures"))
        self.credentials = credentials
        self.transport = transport
        func call<Request: APIRequest>(_ request: Request) async throws -> Request.Response {
            try await transport.perform(request, authentication: .signatureV4(credentials), timeout: .seconds(10))
        }
        try await Self.wait("the server") { (try? await call(ECS.ListClustersRequest())) != nil }
        let activation = try await call(SSM.CreateActivationRequest(iamRole: "figures", registrationLimit: 1))
        agent = try Self.start(
            executable,
            [
                "agent", "--data", directory.appending(path: "agent").path(), "--endpoint", url, "--runtime", runtime,
                "--activation-id", activation.activationId ?? "", "--activation-code", activation.activationCode ?? "",
                "--log-level", "error",
            ])
        try await Self.wait("the agent") {
            let arns = try await call(ECS.ListContainerInstancesRequest()).containerInstanceArns ?? []
            guard !arns.isEmpty else { return false }
            let seen = try await call(ECS.DescribeContainerInstancesRequest(containerInstances: arns))
            return seen.containerInstances?.first?.agentConnected == true
        }
    }

    func call<Request: APIRequest>(_ request: Request) async throws -> Request.Response {
        try await transport.perform(request, authentication: .signatureV4(credentials), timeout: .seconds(10))
    }

    func end() async {
        for process in [agent, server] {
            process.terminate()
            process.waitUntilExit()
        }
        await transport.shutdown()
        try? FileManager.default.removeItem(at: directory)
    }

    private static func start(_ executable: String, _ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        return process
    }

    static func wait(_ what: String, _ condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw FigureError("waited in vain for \(what)")
    }
}
