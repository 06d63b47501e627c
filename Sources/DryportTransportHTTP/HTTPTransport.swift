// SPDX-License-Identifier: Apache-2.0

public import AsyncHTTPClient
public import DryportModel
public import DryportTransport
public import Logging
public import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Requests over HTTP/1.1 and sessions over WebSocket, signed for one region.
///
/// Made with ``withHTTPTransport(configuration:eventLoopGroup:logger:now:_:)``, or by the initialiser and then
/// ended with ``shutdown()``. One transport serves any number of requests and sessions at a time.
public final class HTTPTransport: Transport {
    /// What the transport was made for.
    public let configuration: HTTPTransportConfiguration
    let httpClient: HTTPClient
    let ownsHTTPClient: Bool
    let eventLoopGroup: any EventLoopGroup
    let tlsConfiguration: TLSConfiguration
    /// For sessions; the HTTP client makes its own out of the same configuration. Made when it is needed first, since
    /// it holds the system's whole list of authorities.
    private let sessionTLS = Mutex<NIOSSLContext?>(nil)
    let logger: Logger
    let now: @Sendable () -> Timestamp
    let reports = EndpointReports()

    /// Creates a transport. Nothing is connected yet.
    /// - Parameters:
    ///   - configuration: Region, endpoints, trust and limits.
    ///   - httpClient: A client to use for requests, which stays the caller's to shut down; its own connect timeout
    ///     then applies to requests. nil makes one on `eventLoopGroup`.
    ///   - eventLoopGroup: Where connections live.
    ///   - logger: Takes notes at `debug` and `trace`; never a body, a token or a signature.
    ///   - now: The wall clock that signatures are made with.
    /// - Throws: ``TransportError`` with code `invalidEndpoint` if the region or the custom URL cannot be used, or
    ///   `untrusted` if the trust roots cannot be read.
    public init(
        configuration: HTTPTransportConfiguration, httpClient: HTTPClient? = nil,
        eventLoopGroup: any EventLoopGroup = HTTPClient.defaultEventLoopGroup, logger: Logger,
        now: @escaping @Sendable () -> Timestamp = HTTPTransport.systemClock
    ) throws(TransportError) {
        guard HTTPTransportConfiguration.isRegion(configuration.region) else {
            throw TransportError(
                code: .invalidEndpoint,
                message: "'\(configuration.region)' is no region; give one like us-east-1")
        }
        if case .custom(let url) = configuration.endpoints { _ = try ServiceAddress(url) }
        self.configuration = configuration
        self.tlsConfiguration = try Self.tls(configuration)
        self.eventLoopGroup = eventLoopGroup
        self.logger = logger
        self.now = now
        self.ownsHTTPClient = httpClient == nil
        self.httpClient = httpClient ?? Self.makeClient(configuration, tlsConfiguration, eventLoopGroup)
    }

    /// The system's wall clock.
    public static let systemClock: @Sendable () -> Timestamp = {
        Timestamp(millisecondsSinceEpoch: Int64((Date().timeIntervalSince1970 * 1000).rounded()))
    }

    /// Closes idle connections. Requests under way fail; sessions are ended by whoever runs them. Call it once, at
    /// the end.
    public func shutdown() async {
        guard ownsHTTPClient else { return }
        do {
            try await httpClient.shutdown()
        } catch {
            logger.debug("shutting down the HTTP client failed", metadata: ["error": "\(error)"])
        }
    }

    /// The last verdict on each endpoint used so far, at most 32, in the order of first use.
    public func report() async -> [EndpointReport] { reports.all }

    func sessionTLSContext() throws(TransportError) -> NIOSSLContext {
        do {
            return try sessionTLS.withLock { context in
                if let context { return context }
                var configuration = tlsConfiguration
                configuration.applicationProtocols = ["http/1.1"]
                let made = try NIOSSLContext(configuration: configuration)
                context = made
                return made
            }
        } catch {
            throw TransportError(code: .untrusted, message: "the system's trust roots cannot be used", cause: error)
        }
    }

    private static func tls(_ configuration: HTTPTransportConfiguration) throws(TransportError) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        // A peer that is gone does not answer TLS's farewell either.
        tls.shutdownTimeout = .seconds(1)
        guard let path = configuration.additionalTrustRoots else { return tls }
        do {
            tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(path))]
        } catch {
            throw TransportError(
                code: .untrusted, message: "the trust roots in '\(path)' cannot be read; give a PEM file", cause: error)
        }
        return tls
    }

    private static func makeClient(
        _ configuration: HTTPTransportConfiguration, _ tls: TLSConfiguration, _ group: any EventLoopGroup
    ) -> HTTPClient {
        var client = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        client.timeout.connect = TimeAmount(configuration.connectTimeout)
        // When to try again is the agent's decision.
        client.connectionPool.retryConnectionEstablishment = false
        client.httpVersion = .http1Only
        return HTTPClient(eventLoopGroup: group, configuration: client)
    }
}

/// Makes a transport, runs `body` with it, and shuts it down.
/// - Throws: What ``HTTPTransport/init(configuration:httpClient:eventLoopGroup:logger:now:)`` and `body` throw.
public func withHTTPTransport<Result: Sendable>(
    configuration: HTTPTransportConfiguration,
    eventLoopGroup: any EventLoopGroup = HTTPClient.defaultEventLoopGroup, logger: Logger,
    now: @escaping @Sendable () -> Timestamp = HTTPTransport.systemClock,
    _ body: (HTTPTransport) async throws -> Result
) async throws -> Result {
    let transport = try HTTPTransport(
        configuration: configuration, eventLoopGroup: eventLoopGroup, logger: logger, now: now)
    let result: Result
    do {
        result = try await body(transport)
    } catch {
        await transport.shutdown()
        throw error
    }
    await transport.shutdown()
    return result
}
