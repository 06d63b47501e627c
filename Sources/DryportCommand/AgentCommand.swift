// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DryportAgent
import DryportAgentCore
import DryportCredentials
import DryportStoreSQLite
import DryportTransportHTTP
import Logging
import ServiceLifecycle

/// `dryport agent`
struct Agent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the agent: this host as an ECS Anywhere instance.",
        discussion: """
            Without --endpoint it speaks to AWS. The activation (aws ssm create-activation) is needed on the first start \
            only. SIGTERM stops the agent; containers go on, and the next start adopts them.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: "The cluster, by name or ARN (default: default).")
    var cluster: String?

    @Option(help: "The region (default: us-east-1).")
    var region: String?

    @Option(help: ArgumentHelp("The URL of a control plane, instead of AWS's.", valueName: "URL"))
    var endpoint: String?

    @Option(help: "The id of the activation to register with.")
    var activationId: String?

    @Option(help: "The code of the activation; better given as DRYPORT_ACTIVATION_CODE.")
    var activationCode: String?

    @Option(help: "What runs containers: auto, docker, containerd or process (default: auto).")
    var runtime: String?

    @Option(help: "The way to the control plane: internet or privatelink (default: internet).")
    var transport: String?

    @Option(
        name: .customLong("attribute"), help: ArgumentHelp("A custom attribute; repeatable.", valueName: "NAME=VALUE"))
    var attributes: [String] = []

    @Flag(help: "Register the host's GPUs.")
    var enableGpu = false

    func run() async throws {
        let settings = try await Settings(file: common.config)
        let logger = try commandLogger(
            "dryport.agent", level: settings.value("log-level", common.logLevel), default: .info)
        let configuration = try agentConfiguration(settings)
        let transportName = settings.value("transport", transport, default: "internet")
        guard transportName != "privatelink" else {
            throw UsageError("--transport privatelink: this version has the transport internet only")
        }
        guard transportName == "internet" else {
            throw UsageError("--transport \(transportName): not one of internet, privatelink")
        }
        guard !settings.flag("enable-gpu", enableGpu) else {
            throw UsageError("--enable-gpu: no runtime of this version can give GPUs to containers")
        }
        let directory = try DataDirectory(settings.value("data", common.data))
        let choice = try await RuntimeChoice(
            settings.value("runtime", runtime, default: "auto"), directory: directory, logger: logger)
        logger.info("runtime chosen", metadata: ["runtime": "\(choice.description)"])
        let endpoints: EndpointResolution =
            if let url = settings.value("endpoint", endpoint) { .custom(url: url) } else {
                .regional
            }
        let transport = try HTTPTransport(
            configuration: HTTPTransportConfiguration(region: configuration.region, endpoints: endpoints),
            logger: logger)
        let host = try await AgentHost(
            directory: directory, configuration: configuration, runtime: choice.runtime, transport: transport,
            logger: logger)
        let group = ServiceGroup(configuration: .command([host.agent], logger: logger))
        let outcome = await Result { try await group.run() }
        await transport.shutdown()
        await choice.close()
        await host.store.close()
        try outcome.get()
    }

    private func agentConfiguration(_ settings: Settings) throws -> AgentConfiguration {
        var configuration = AgentConfiguration(
            cluster: settings.value("cluster", cluster),
            region: settings.value("region", region, default: "us-east-1"))
        switch (settings.value("activation-id", activationId), settings.value("activation-code", activationCode)) {
        case (nil, nil): break
        case (let id?, let code?): configuration.activation = .init(id: id, code: Redacted(code))
        default: throw UsageError("--activation-id and --activation-code go together")
        }
        configuration.attributes = try settings.list("attribute", attributes).map { text in
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw UsageError("--attribute \(text): not NAME=VALUE")
            }
            return (String(text[..<equals]), String(text[text.index(after: equals)...]))
        }
        return configuration
    }
}

extension Result where Failure == any Error {
    /// The outcome of an asynchronous body.
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
