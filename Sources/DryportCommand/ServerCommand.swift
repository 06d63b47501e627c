// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DryportServer
import DryportStoreSQLite
import Logging
import ServiceLifecycle

/// `dryport server`
struct Server: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the control plane: the ECS API for your own machines.",
        discussion: """
            On its first start it writes DIR/credentials in the format of AWS's tools, readable by its owner only, unless \
            DRYPORT_ADMIN_ACCESS_KEY_ID and DRYPORT_ADMIN_SECRET_ACCESS_KEY are set. When it is ready it prints \
            "listening on URL". SIGTERM stops it.

            Use it with AWS's tools:
              AWS_SHARED_CREDENTIALS_FILE=DIR/credentials aws --region us-east-1 --endpoint-url URL ecs list-clusters
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var scopeOptions: ScopeOptions
    @OptionGroup var listening: ListeningOptions
    @OptionGroup var events: EventOptions
    @OptionGroup var throttling: ThrottlingOptions

    func run() async throws {
        let settings = try await Settings(file: common.config)
        let logger = try commandLogger(
            "dryport.server", level: settings.value("log-level", common.logLevel), default: .info)
        let directory = try DataDirectory(settings.value("data", common.data))
        let host = try await ControlPlaneHost(
            directory: directory, administrator: try directory.administrator(settings),
            scope: try scopeOptions.scope(settings), throttling: try throttling.configuration(settings),
            configuration: try listening.configuration(settings), logger: logger)
        let forwarders = try events.forwarders(settings, from: host.controlPlane, logger: logger)
        let group = ServiceGroup(
            configuration: .command([host.controlPlane, host.server], endingWith: forwarders, logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask { printNow("listening on \(try await host.server.address.url)") }
            try await tasks.waitForAll()
        }
        await host.store.close()
    }
}

/// Where a front listens.
struct ListeningOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where to listen (default: 127.0.0.1:7070).", valueName: "HOST:PORT"))
    var listen: String?

    @Option(help: ArgumentHelp("A PEM file with the certificate chain for TLS.", valueName: "FILE"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("A PEM file with the certificate's key.", valueName: "FILE"))
    var tlsKey: String?

    func configuration(_ settings: Settings) throws -> DryportServer.Configuration {
        let address = try ListenAddress(settings.value("listen", listen, default: "127.0.0.1:7070"))
        var configuration = DryportServer.Configuration()
        configuration.host = address.host
        configuration.port = address.port
        switch (settings.value("tls-certificate", tlsCertificate), settings.value("tls-key", tlsKey)) {
        case (nil, nil): break
        case (let certificate?, let key?):
            configuration.tls = .init(certificateChainPath: certificate, privateKeyPath: key)
        default: throw UsageError("--tls-certificate and --tls-key go together")
        }
        return configuration
    }
}
