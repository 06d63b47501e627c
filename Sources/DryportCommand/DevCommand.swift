// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DryportAgentCore
import DryportControlPlane
import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel
import DryportServer
import DryportStoreSQLite
import DryportTransportHTTP
import Logging
import ServiceLifecycle

/// `dryport dev`
struct Dev: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run control plane and agent together on this host, with real sockets.",
        discussion: """
            The agent registers itself on the first start. Credentials are written as by dryport server. SIGTERM and Ctrl-C \
            stop both; containers go on, and the next start adopts them.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var listening: ListeningOptions
    @OptionGroup var events: EventOptions

    @Option(help: "What runs containers: auto, docker, containerd or process (default: auto).")
    var runtime: String?

    func run() async throws {
        let settings = try await Settings(file: common.config)
        let logger = try commandLogger(
            "dryport.dev", level: settings.value("log-level", common.logLevel), default: .info)
        let directory = try DataDirectory(settings.value("data", common.data))
        let choice = try await RuntimeChoice(
            settings.value("runtime", runtime, default: "auto"), directory: directory, logger: logger)
        let scope = AccountScope()
        let administrator = try directory.administrator(settings)
        let plane = try await ControlPlaneHost(
            directory: directory, administrator: administrator, scope: scope,
            configuration: try listening.configuration(settings), logger: logger)
        let forwarders = try events.forwarders(settings, from: plane.controlPlane, logger: logger)
        let planeServices = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                [plane.controlPlane, plane.server], endingWith: forwarders, logger: logger))
        let outcome = await Result {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await planeServices.run() }
                let url = try await plane.server.address.url
                printNow("listening on \(url), runtime: \(choice.description)")
                let transport = try HTTPTransport(
                    configuration: HTTPTransportConfiguration(region: scope.region, endpoints: .custom(url: url)),
                    logger: logger)
                var configuration = AgentConfiguration(cluster: "default", region: scope.region)
                configuration.activation = try await activation(plane.controlPlane, administrator, url: url)
                let host = try await AgentHost(
                    directory: directory, configuration: configuration, runtime: choice.runtime, transport: transport,
                    logger: logger)
                let agentServices = ServiceGroup(configuration: .command([host.agent], logger: logger))
                let agentOutcome = await Result { try await agentServices.run() }
                // The node stays registered; what it registered with is not needed any more.
                try? await delete(configuration.activation, plane.controlPlane, administrator, url: url)
                await transport.shutdown()
                await host.store.close()
                await planeServices.triggerGracefulShutdown()
                try agentOutcome.get()
            }
        }
        await choice.close()
        await plane.store.close()
        try outcome.get()
    }

    /// An activation for the agent; it is used on the first start only.
    private func activation(
        _ controlPlane: ControlPlane, _ administrator: AccessKey, url: String
    ) async throws -> AgentConfiguration.Activation {
        let answer = try await controlPlane.perform(
            SSM.CreateActivationRequest(iamRole: "dryport-dev", registrationLimit: 1),
            in: context(administrator, url))
        return .init(id: answer.activationId ?? "", code: Redacted(answer.activationCode ?? ""))
    }

    private func delete(
        _ activation: AgentConfiguration.Activation?, _ controlPlane: ControlPlane, _ administrator: AccessKey,
        url: String
    ) async throws {
        _ = try await controlPlane.perform(
            SSM.DeleteActivationRequest(activationId: activation?.id), in: context(administrator, url))
    }

    private func context(_ administrator: AccessKey, _ url: String) -> CallContext {
        CallContext(principal: .administrator(accessKeyID: administrator.id), endpoint: url)
    }
}
