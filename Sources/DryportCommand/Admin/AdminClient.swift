// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DryportCredentials
import DryportMessages
import DryportTransport
import DryportTransportHTTP
import Logging

/// What every subcommand of `dryport admin` needs to know.
struct AdminOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The URL of the control plane (default: http://127.0.0.1:7070).", valueName: "URL"))
    var endpoint: String?

    @Option(help: "The region that the control plane was started with (default: us-east-1).")
    var region: String?

    @Option(
        help: ArgumentHelp(
            "The directory whose file credentials holds the key to sign with (default: AWS_ACCESS_KEY_ID and "
                + "AWS_SECRET_ACCESS_KEY, else $XDG_STATE_HOME/dryport).", valueName: "DIR"))
    var data: String?

    @Option(help: "How to print: text or json.")
    var output: OutputFormat = .text

    @Option(help: "A JSON file with settings.")
    var config: String?

    @Option(help: "What to log: trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?

    /// Makes one call.
    /// - Parameter request: Makes the request out of the settings, before anything is sent.
    func call<Request: APIRequest>(_ request: (Settings) throws -> Request) async throws -> Request.Response {
        try await withClient { client, settings in try await client.call(try request(settings)) }
    }

    /// Runs a body with a client.
    func withClient<Answer: Sendable>(
        _ body: (AdminClient, Settings) async throws -> Answer
    ) async throws -> Answer {
        let settings = try await Settings(file: config)
        let logger = try commandLogger("dryport.admin", level: settings.value("log-level", logLevel), default: .error)
        let credentials = try CredentialsFile.find(
            path: settings.value("data", data).map { $0 + "/credentials" }, directory: DataDirectory.standardPath,
            option: "--data")
        let url = settings.value("endpoint", endpoint, default: "http://127.0.0.1:7070")
        let transport: HTTPTransport
        do {
            transport = try HTTPTransport(
                configuration: HTTPTransportConfiguration(
                    region: settings.value("region", region, default: "us-east-1"), endpoints: .custom(url: url)),
                logger: logger)
        } catch {
            throw UsageError(error.message)
        }
        let client = AdminClient(transport: transport, credentials: credentials, url: url)
        let outcome = await Result { try await body(client, settings) }
        await transport.shutdown()
        return try outcome.get()
    }

    /// Prints an answer: as it came, or as lines for people.
    func show(_ answer: some Encodable, lines: () -> [String]) throws {
        switch output {
        case .text: print(lines().joined(separator: "\n"))
        case .json: print(String(decoding: try JSONCoding.encode(answer), as: UTF8.self))
        }
    }
}

/// Calls a control plane as an administrator, and says in one line what is to be done if that does not work.
struct AdminClient {
    let transport: any Transport
    let credentials: Credentials
    let url: String

    func call<Request: APIRequest>(_ request: Request) async throws -> Request.Response {
        do throws(ServiceCallError) {
            return try await transport.perform(
                request, authentication: .signatureV4(credentials), timeout: .seconds(30))
        } catch {
            switch error {
            case .service(let error, _): throw explained(error, Request.operation)
            case .transport(let error) where error.code == .unreachable:
                throw CommandError(
                    "\(error.message); start dryport server, or name another control plane with --endpoint")
            case .transport(let error): throw CommandError("\(Request.operation): \(error)")
            }
        }
    }

    private func explained(_ error: APIError, _ operation: String) -> any Error {
        let id = credentials.accessKeyID
        switch error.code {
        case .unrecognizedClient, .expiredToken, .invalidSignature, .incompleteSignature, .missingAuthenticationToken:
            return UsageError(
                "\(url) does not accept the access key \(id): \(error.message) Check --region and the clock, or name the "
                    + "server's directory with --data")
        case .accessDenied:
            return UsageError(
                "the access key \(id) is not an administrator's; name the server's directory with --data")
        case .resourceNotFound: return UsageError("\(error.message) dryport admin list shows all")
        case .invalidParameter, .limitExceeded: return UsageError(error.message)
        case .throttling: return CommandError("\(url) takes no more calls for now; try again in a moment")
        case .unknownOperation:
            return UsageError(
                "\(url) does not know \(operation); --endpoint must name a dryport server of this version")
        default: return CommandError("\(operation): \(error)")
        }
    }
}
