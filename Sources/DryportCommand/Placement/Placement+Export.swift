// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DryportCredentials
import DryportMessages
import DryportPlacement
import DryportTransport
import DryportTransportHTTP
import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Placement {
    /// `dryport placement export`
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a live cluster as a scenario, to which a workload and policies can be added.",
            discussion: """
                Without --endpoint it asks AWS. The access key is taken from --credentials, else from AWS_ACCESS_KEY_ID \
                and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), else from the file that dryport server has written.

                  dryport placement export --endpoint http://127.0.0.1:7070 > cluster.json
                """)

        @Option(help: ArgumentHelp("The URL of a control plane, instead of AWS's.", valueName: "URL"))
        var endpoint: String?

        @Option(help: "The region (default: us-east-1).")
        var region: String?

        @Option(help: "The cluster, by name or ARN (default: default).")
        var cluster: String?

        @Option(
            help: ArgumentHelp(
                "A file in the format of AWS's tools; its profile default counts (default: DIR/credentials).",
                valueName: "FILE"))
        var credentials: String?

        @Option(help: "The directory where dryport server keeps its state (default: $XDG_STATE_HOME/dryport).")
        var data: String?

        @Option(help: "A JSON file with settings.")
        var config: String?

        @Option(help: "What to log: trace, debug, info, notice, warning, error or critical.")
        var logLevel: String?

        func run() async throws {
            let settings = try await Settings(file: config)
            let logger = try commandLogger(
                "dryport.placement", level: settings.value("log-level", logLevel), default: .error)
            let credentials = try CredentialsFile.find(
                path: settings.value("credentials", credentials),
                directory: settings.value("data", data, default: DataDirectory.standardPath))
            let endpoints: EndpointResolution =
                if let url = settings.value("endpoint", endpoint) { .custom(url: url) } else { .regional }
            let transport = try HTTPTransport(
                configuration: HTTPTransportConfiguration(
                    region: settings.value("region", region, default: "us-east-1"), endpoints: endpoints),
                logger: logger)
            let reader = ClusterReader(
                transport: transport, credentials: credentials,
                cluster: settings.value("cluster", cluster, default: "default"))
            let outcome = await Result { try await reader.scenario() }
            await transport.shutdown()
            print(String(decoding: try outcome.get().json(), as: UTF8.self))
        }
    }
}

/// Reads a cluster from a control plane.
struct ClusterReader {
    let transport: any Transport
    let credentials: Credentials
    let cluster: String

    /// What AWS's command line would print, in one object.
    private struct Described: Encodable {
        struct Cluster: Encodable {
            var containerInstances: [ECS.ContainerInstance]
            var tasks: [ECS.Task]
        }
        var name: String
        var cluster: Cluster
    }

    /// The cluster as a scenario with an empty workload.
    func scenario() async throws -> PlacementScenario {
        let instances = try await instances()
        let known = Set(instances.map(\.containerInstanceArn))
        // What has come to an instance that registered meanwhile is left out.
        let tasks = try await tasks().filter { known.contains($0.containerInstanceArn) }
        let described = Described(name: cluster, cluster: .init(containerInstances: instances, tasks: tasks))
        do {
            return try PlacementScenario(json: try JSONCoding.encode(described))
        } catch {
            throw CommandError("the control plane's description of \(cluster) cannot be used: \(error)")
        }
    }

    private func instances() async throws -> [ECS.ContainerInstance] {
        let arns = try await pages { token in
            let page = try await call(ECS.ListContainerInstancesRequest(cluster: cluster, nextToken: token))
            return (page.containerInstanceArns ?? [], page.nextToken)
        }
        var instances: [ECS.ContainerInstance] = []
        for batch in arns.batches {
            let request = ECS.DescribeContainerInstancesRequest(cluster: cluster, containerInstances: batch)
            instances += try await call(request).containerInstances ?? []
        }
        return instances
    }

    private func tasks() async throws -> [ECS.Task] {
        let arns = try await pages { token in
            let page = try await call(ECS.ListTasksRequest(cluster: cluster, nextToken: token))
            return (page.taskArns ?? [], page.nextToken)
        }
        var tasks: [ECS.Task] = []
        for batch in arns.batches {
            tasks += try await call(ECS.DescribeTasksRequest(cluster: cluster, tasks: batch)).tasks ?? []
        }
        return tasks
    }

    private func pages(_ page: (String?) async throws -> ([String], String?)) async throws -> [String] {
        var arns: [String] = []
        var token: String?
        repeat {
            let (found, next) = try await page(token)
            arns += found
            token = next
        } while token != nil
        return arns
    }

    private func call<Request: APIRequest>(_ request: Request) async throws -> Request.Response {
        do throws(ServiceCallError) {
            return try await transport.perform(request, authentication: .signatureV4(credentials))
        } catch {
            throw CommandError("\(Request.operation): \(error)")
        }
    }
}

extension [String] {
    /// As many as one call may describe.
    fileprivate var batches: [[String]] {
        stride(from: 0, to: count, by: 100).map { Array(self[$0..<Swift.min($0 + 100, count)]) }
    }
}

/// A file in the format of AWS's tools, of which the profile `default` counts.
enum CredentialsFile {
    /// Finds an access key: in a file that is named, in the environment, or in the server's directory.
    /// - Parameter option: The option that names a file, for the error.
    /// - Throws: `UsageError` that says where none was found.
    static func find(path: String?, directory: String, option: String = "--credentials") throws -> Credentials {
        if let path { return try read(path) }
        let environment = ProcessInfo.processInfo.environment
        if let id = environment["AWS_ACCESS_KEY_ID"], let secret = environment["AWS_SECRET_ACCESS_KEY"] {
            return credentials(id, secret, environment["AWS_SESSION_TOKEN"])
        }
        let path = directory + "/credentials"
        guard FileManager.default.fileExists(atPath: path) else {
            throw UsageError(
                "there is no access key: \(path) does not exist; use \(option), or set AWS_ACCESS_KEY_ID and "
                    + "AWS_SECRET_ACCESS_KEY")
        }
        return try read(path)
    }

    private static func read(_ path: String) throws -> Credentials {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw UsageError("\(path): the file cannot be read: \(error.fileReason)")
        }
        var values: [String: String] = [:]
        var profile = "default"
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let line = trimmed(line)
            if line.hasPrefix("["), line.hasSuffix("]") {
                profile = trimmed(line.dropFirst().dropLast())
            } else if profile == "default", let equals = line.firstIndex(of: "="), !line.hasPrefix("#") {
                values[trimmed(line[..<equals])] = trimmed(line[line.index(after: equals)...])
            }
        }
        guard let id = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] else {
            throw UsageError("\(path): the profile default has no aws_access_key_id or no aws_secret_access_key")
        }
        return credentials(id, secret, values["aws_session_token"])
    }

    private static func credentials(_ id: String, _ secret: String, _ token: String?) -> Credentials {
        Credentials(
            accessKeyID: id, secretAccessKey: Redacted(secret),
            sessionToken: token.flatMap { $0.isEmpty ? nil : Redacted($0) })
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let start = text.drop(while: \.isWhitespace)
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
