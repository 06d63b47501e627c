// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportTesting
import DryportTransport
import DryportTransportHTTP
import Logging
import Testing

private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// The suite over plain HTTP, with every signature verified by the server.
@Suite struct HTTPTransportConformanceTests {
    @Test(arguments: TransportConformance.Check.allCases)
    func conforms(_ check: TransportConformance.Check) async throws {
        try await TransportConformance { service, body in
            try await LoopbackServer.conformance(service).run { port in
                let url = "http://127.0.0.1:\(port)"
                try await withFixture(url: url, sessions: url + "/acs", nobody: "http://127.0.0.1:\(unusedPort)", body)
            }
        }.run(check)
    }
}

/// The suite over TLS, with an authority of the test's own. Written apart from the plain one, since making the
/// certificates takes a while and `openssl`.
@Suite(.enabled(if: TestCertificates.openSSL != nil, "openssl is not installed"))
struct HTTPTransportConformanceOverTLSTests {
    @Test(arguments: TransportConformance.Check.allCases)
    func conforms(_ check: TransportConformance.Check) async throws {
        let certificates = try await TestCertificates.shared.value
        try await TransportConformance { service, body in
            try await LoopbackServer.conformance(service, tls: certificates.serverContext()).run { port in
                try await withFixture(
                    url: "https://localhost:\(port)", sessions: "wss://localhost:\(port)/acs/",
                    nobody: "https://localhost:\(unusedPort)", trustRoots: certificates.authority, body)
            }
        }.run(check)
    }

    /// Neither requests nor sessions speak to a server whose certificate is unknown or somebody else's.
    @Test(arguments: [("localhost", false), ("127.0.0.1", true)])
    func refusesCertificates(_ host: String, isTrusted: Bool) async throws {
        let certificates = try await TestCertificates.shared.value
        let service = TransportConformanceService()
        try await LoopbackServer.conformance(service, tls: certificates.serverContext()).run { port in
            let url = "https://\(host):\(port)"
            let configuration = HTTPTransportConfiguration(
                region: LoopbackServer.region, endpoints: .custom(url: url),
                additionalTrustRoots: isTrusted ? certificates.authority : nil)
            try await withHTTPTransport(configuration: configuration, logger: quiet) { transport in
                let request = ServiceRequest(service: .ecs, operation: "Echo", body: [], authentication: .anonymous)
                let error = await #expect(throws: TransportError.self) { _ = try await transport.send(request) }
                #expect(error?.code == .untrusted, "\(error.map { "\($0)" } ?? "")")
                let session = SessionRequest(
                    endpoint: url + "/acs", parameters: [:], credentials: TransportConformance.credentials)
                let second = await #expect(throws: TransportError.self) {
                    try await transport.withSession(session) { _ in }
                }
                #expect(second?.code == .untrusted, "\(second.map { "\($0)" } ?? "")")
            }
        }
    }

    @Test func plainServersAreNoTLSServers() async throws {
        try await LoopbackServer.conformance(TransportConformanceService()).run { port in
            let url = "https://localhost:\(port)"
            let configuration = HTTPTransportConfiguration(
                region: LoopbackServer.region, endpoints: .custom(url: url))
            try await withHTTPTransport(configuration: configuration, logger: quiet) { transport in
                let request = ServiceRequest(service: .ecs, operation: "Echo", body: [], authentication: .anonymous)
                let error = await #expect(throws: TransportError.self) { _ = try await transport.send(request) }
                #expect(error?.code == .protocolViolation, "\(error.map { "\($0)" } ?? "")")
                #expect(error?.message.contains(url) == true)
            }
        }
    }
}

/// Makes the two transports of a fixture and shuts them down.
private func withFixture(
    url: String, sessions: String, nobody: String, trustRoots: String? = nil,
    _ body: @Sendable (TransportConformance.Fixture) async throws -> Void
) async throws {
    func configuration(_ url: String) -> HTTPTransportConfiguration {
        HTTPTransportConfiguration(
            region: LoopbackServer.region, endpoints: .custom(url: url), additionalTrustRoots: trustRoots)
    }
    try await withHTTPTransport(configuration: configuration(url), logger: quiet) { transport in
        try await withHTTPTransport(configuration: configuration(nobody), logger: quiet) { unreachable in
            try await body(
                TransportConformance.Fixture(
                    transport: transport, sessionEndpoint: sessions, unreachable: unreachable,
                    unreachableSessionEndpoint: nobody))
        }
    }
}
