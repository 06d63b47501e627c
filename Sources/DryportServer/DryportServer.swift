// SPDX-License-Identifier: Apache-2.0

public import DryportControlPlane
import DryportMessages
import DryportWebSocket
public import Logging
public import NIOCore
public import NIOPosix
import NIOSSL
public import ServiceLifecycle

/// The control plane's HTTP and WebSocket front: the JSON operations of ECS and SSM, the sessions of agents (ACS)
/// and of telemetry (TCS), and `GET /healthz`.
///
/// One port serves HTTP/1.1, WebSockets and HTTP/2: over TLS as clients choose by ALPN, in plain text to clients that
/// know beforehand that they may (RFC 9113 §3.3). Everything is bounded: connections, requests of a connection,
/// sizes, times, and what waits to be sent.
///
/// ```swift
/// let server = try DryportServer(controlPlane: controlPlane, logger: logger)
/// let group = ServiceGroup(services: [controlPlane, server], logger: logger)
/// try await withThrowingTaskGroup { tasks in
///     tasks.addTask { try await group.run() }
///     print("listening on \(try await server.address)")
/// }
/// ```
///
/// A graceful shutdown stops accepting, lets requests under way finish, and closes sessions with code 1001, within
/// ``Configuration/shutdownTimeout``. Start the control plane before the server, so that it ends after it.
///
/// What telemetry reports is acknowledged and dropped: container health does not reach the control plane yet.
public final class DryportServer: Service, Sendable {
    /// Where it listens, and its limits.
    public let configuration: Configuration

    let front: APIFront
    let sessions: SessionFront
    let tls: NIOSSLContext?
    let logger: Logger
    let registry = ConnectionRegistry()
    private let eventLoopGroup: any EventLoopGroup
    private let boundAddress = Announcement<Address, ServerError>()

    /// Creates a server, which listens when it runs.
    /// - Parameters:
    ///   - controlPlane: What it serves; it has to run as well.
    ///   - configuration: Where it listens, and its limits.
    ///   - eventLoopGroup: The threads of its connections.
    ///   - logger: Takes what operators want to know; never a body, a token or a signature.
    /// - Throws: ``ServerError`` with code `invalidConfiguration` or `invalidCertificate`.
    public init(
        controlPlane: ControlPlane, configuration: Configuration = Configuration(),
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, logger: Logger
    ) throws(ServerError) {
        try configuration.check()
        HTTPHandlers.prepare
        self.configuration = configuration
        self.eventLoopGroup = eventLoopGroup
        self.logger = logger
        self.front = try APIFront(
            controlPlane: controlPlane, isSecure: configuration.tls != nil,
            advertisedURL: configuration.advertisedURL, maximumBodySize: configuration.maximumBodySize, logger: logger)
        self.sessions = SessionFront(controlPlane: controlPlane, logger: logger)
        self.tls = try configuration.tls.map { tls throws(ServerError) in try Self.context(tls) }
    }

    /// Where it listens, as soon as it does.
    /// - Throws: ``ServerError`` if it cannot listen, or has ended; `CancellationError` if the task is cancelled.
    public var address: Address {
        get async throws { try await boundAddress.value }
    }

    /// Serves until a graceful shutdown or until the task is cancelled. To be called once.
    /// - Throws: ``ServerError`` with code `cannotListen`.
    public func run() async throws {
        let (connections, accepted) = AsyncStream.makeStream(of: RequestInbox.self)
        let listener: any Channel
        do throws(ServerError) {
            listener = try await listen(accepted)
        } catch {
            boundAddress.fail(error)
            throw error
        }
        listener.closeFuture.whenComplete { _ in accepted.finish() }
        announce(listener)
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await withDiscardingTaskGroup { group in
                    for await connection in connections {
                        group.addTask { await self.serve(connection) }
                    }
                }
            } onGracefulShutdown: {
                self.logger.debug("shutting down", metadata: ["connections": "\(self.registry.count)"])
                listener.close(promise: nil)
                self.registry.beginShutdown()
                listener.eventLoop.scheduleTask(in: TimeAmount(self.configuration.shutdownTimeout)) {
                    self.registry.closeAll()
                }
            }
        } onCancel: {
            listener.close(promise: nil)
            registry.closeAll()
        }
        boundAddress.fail(ServerError(code: .notRunning, message: "the server has ended"))
    }

    // MARK: Listening

    private func listen(
        _ accepted: AsyncStream<RequestInbox>.Continuation
    ) async throws(ServerError) -> any Channel {
        let maximum = configuration.maximumConnections
        let bootstrap = ServerBootstrap(group: eventLoopGroup)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // One at a time, so that the gate's bound is exact.
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler())
                    try channel.pipeline.syncOperations.addHandler(AcceptGate(maximum: maximum))
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    accepted.yield(try self.configure(channel))
                }
            }
        do {
            return try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
        } catch {
            throw ServerError(
                code: .cannotListen,
                message: "cannot listen on \(configuration.host), port \(configuration.port); is it in use?",
                cause: error)
        }
    }

    private func announce(_ listener: any Channel) {
        let bound = listener.localAddress
        let address = Address(
            host: bound?.ipAddress ?? configuration.host, port: bound?.port ?? configuration.port,
            isSecure: tls != nil)
        logger.info("listening", metadata: ["url": "\(address.url)"])
        boundAddress.succeed(address)
    }

    private static func context(_ files: Configuration.TLS) throws(ServerError) -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificateChainPath)
            let key = try NIOSSLPrivateKey(file: files.privateKeyPath, format: .pem)
            var tls = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            tls.applicationProtocols = ["h2", "http/1.1"]
            tls.shutdownTimeout = .seconds(1)
            return try NIOSSLContext(configuration: tls)
        } catch {
            throw ServerError(
                code: .invalidCertificate,
                message: "'\(files.certificateChainPath)' and '\(files.privateKeyPath)' cannot be used for TLS; give "
                    + "PEM files of a certificate chain and of its key",
                cause: error)
        }
    }
}
