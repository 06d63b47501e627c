// SPDX-License-Identifier: Apache-2.0

public import AsyncHTTPClient
public import DryportModel
public import Logging
public import NIOCore

/// The transport over the public internet to AWS's own endpoints: their public names, and the system's trust.
public enum InternetTransport: Sendable {
    /// The configuration for a region's public endpoints.
    /// - Parameters:
    ///   - region: The region, such as `eu-central-1`.
    ///   - userAgent: The program and its version, such as `Dryport/0.1.0`.
    public static func configuration(region: String, userAgent: String = "Dryport") -> HTTPTransportConfiguration {
        HTTPTransportConfiguration(region: region, endpoints: .regional, userAgent: userAgent)
    }
}

/// Makes a transport to a region's public endpoints, runs `body` with it, and shuts it down.
/// - Throws: ``DryportTransport/TransportError`` with code `invalidEndpoint` if the region's name cannot be one;
///   otherwise what `body` throws.
public func withInternetTransport<Result: Sendable>(
    region: String, eventLoopGroup: any EventLoopGroup = HTTPClient.defaultEventLoopGroup, logger: Logger,
    now: @escaping @Sendable () -> Timestamp = HTTPTransport.systemClock,
    _ body: (HTTPTransport) async throws -> Result
) async throws -> Result {
    try await withHTTPTransport(
        configuration: InternetTransport.configuration(region: region), eventLoopGroup: eventLoopGroup,
        logger: logger, now: now, body)
}
