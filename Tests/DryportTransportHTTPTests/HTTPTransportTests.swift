// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportMessages
import DryportTesting
import DryportTransport
import DryportWebSocket
import Logging
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import DryportTransportHTTP

private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// What HTTP adds to the conformance suite: headers, authentication, and servers that misbehave.
@Suite struct HTTPTransportTests {
    private func withTransport(
        _ port: Int, _ change: (inout HTTPTransportConfiguration) -> Void = { _ in },
        _ body: (HTTPTransport) async throws -> Void
    ) async throws {
        var configuration = HTTPTransportConfiguration(
            region: LoopbackServer.region, endpoints: .custom(url: "http://127.0.0.1:\(port)"),
            userAgent: "Dryport/9.9")
        change(&configuration)
        try await withHTTPTransport(configuration: configuration, logger: quiet, body)
    }

    private func request(_ authentication: RequestAuthentication = .anonymous) -> ServiceRequest {
        ServiceRequest(
            service: .ssm, operation: "RequestManagedInstanceRoleToken", body: Array(#"{"Fingerprint":"1"}"#.utf8),
            authentication: authentication)
    }

    private func session(_ port: Int, timeout: Duration = .seconds(30)) -> SessionRequest {
        SessionRequest(
            endpoint: "ws://127.0.0.1:\(port)/acs", parameters: [:], credentials: TransportConformance.credentials,
            timeout: timeout)
    }

    private func failure(_ body: () async throws -> Void) async -> TransportError? {
        await #expect(throws: TransportError.self) { try await body() }
    }

    // MARK: Requests

    @Test func sendsTheHeadersOfTheProtocol() async throws {
        let seen = Mutex<ReceivedRequest?>(nil)
        let server = LoopbackServer(respond: { request in
            seen.withLock { $0 = request }
            return ServiceResponse(status: 200, body: [])
        })
        try await server.run { port in
            try await withTransport(port) { _ = try await $0.send(request()) }
            let headers = try #require(seen.withLock { $0 }).head.headers
            #expect(headers["host"] == ["127.0.0.1:\(port)"])
            #expect(headers["content-type"] == ["application/x-amz-json-1.1"])
            #expect(headers["x-amz-target"] == ["AmazonSSM.RequestManagedInstanceRoleToken"])
            #expect(headers["user-agent"] == ["Dryport/9.9"])
            #expect(headers["content-length"] == ["19"])
            #expect(headers["authorization"] == [])
            #expect(headers["x-amz-date"] == [])
        }
    }

    /// `ssm-agent.md` §3.2, verified with the key's public half.
    @Test func signsWithAManagedInstancesKey() async throws {
        let key = try ManagedInstanceKey.generate()
        let server = LoopbackServer(respond: { request in
            do {
                let claim = try SignatureV4.parse(request.signable)
                try SignatureV4.verifyManagedInstance(
                    request.signable, claim: claim, publicKey: key.publicKey, at: HTTPTransport.systemClock(),
                    scope: SignatureV4.Scope(region: LoopbackServer.region, services: ["ssm"]))
                return ServiceResponse(status: 200, body: Array(claim.accessKeyID.utf8))
            } catch {
                return ServiceResponse(status: 400, body: Array("\(error)".utf8))
            }
        })
        try await server.run { port in
            try await withTransport(port) { transport in
                let id = "mi-0123456789abcdef0"
                let response = try await transport.send(request(.managedInstanceKey(id: id, key: key)))
                #expect(String(decoding: response.body, as: UTF8.self) == id)
                #expect(response.status == 200)
            }
        }
    }

    @Test func refusesLargeAnswers() async throws {
        let server = LoopbackServer(respond: { _ in
            ServiceResponse(status: 200, body: Array(repeating: 0x20, count: 100_001))
        })
        try await server.run { port in
            try await withTransport(port) {
                $0.maximumResponseSize = 100_001
            } _: { transport in
                let response = try await transport.send(request())
                #expect(response.body.count == 100_001)
            }
            try await withTransport(port) {
                $0.maximumResponseSize = 100_000
            } _: { transport in
                let error = await failure { _ = try await transport.send(request()) }
                #expect(error?.code == .protocolViolation)
            }
        }
    }

    @Test func classifiesServersThatAreNone() async throws {
        // One that says something else, and one that says nothing and hangs up.
        try await withRawServer { channel in
            try channel.pipeline.syncOperations.addHandler(Mumbler())
        } _: { port in
            try await withTransport(port) { transport in
                let error = await failure { _ = try await transport.send(request()) }
                #expect(error?.code == .protocolViolation, "\(error.map { "\($0)" } ?? "")")
                let second = await failure { try await transport.withSession(session(port)) { _ in } }
                #expect(second?.code == .protocolViolation, "\(second.map { "\($0)" } ?? "")")
            }
        }
        try await withRawServer { channel in
            try channel.pipeline.syncOperations.addHandler(Leaver())
        } _: { port in
            try await withTransport(port) { transport in
                let error = await failure { _ = try await transport.send(request()) }
                #expect(error?.code == .closed, "\(error.map { "\($0)" } ?? "")")
                let second = await failure { try await transport.withSession(session(port)) { _ in } }
                #expect(second?.code == .closed, "\(second.map { "\($0)" } ?? "")")
            }
        }
    }

    @Test func namesThatDoNotResolveAreUnreachable() async throws {
        // RFC 6761: `invalid` never resolves, and needs no network for that.
        let configuration = HTTPTransportConfiguration(
            region: LoopbackServer.region, endpoints: .custom(url: "http://host.invalid"))
        try await withHTTPTransport(configuration: configuration, logger: quiet) { transport in
            let error = await failure { _ = try await transport.send(request()) }
            #expect(error?.code == .unreachable)
            #expect(error?.message.contains("host.invalid") == true)
        }
    }

    // MARK: Sessions

    @Test func handshakesTimeOut() async throws {
        try await withRawServer { _ in
        } _: { port in
            try await withTransport(port) { transport in
                let error = await failure {
                    try await transport.withSession(session(port, timeout: .milliseconds(500))) { _ in }
                }
                #expect(error?.code == .timedOut, "\(error.map { "\($0)" } ?? "")")
            }
        }
    }

    /// Cancelled when the server has taken the connection and says nothing.
    @Test func handshakesCanBeCancelled() async throws {
        let (accepted, continuation) = AsyncStream.makeStream(of: Void.self)
        try await withRawServer { _ in
            continuation.finish()
        } _: { port in
            try await withTransport(port) { transport in
                let task = Task { try await transport.withSession(session(port)) { _ in } }
                for await _ in accepted {}
                task.cancel()
                let result = await task.result
                #expect(throws: (any Error).self) { try result.get() }
            }
        }
    }

    /// At most 1,024 bytes of a refusal are kept (`ecs-agent.md` §4.2).
    @Test(arguments: [0, 10, 1024, 1025, 200_000])
    func keepsTheBeginningOfARefusal(_ size: Int) async throws {
        let server = LoopbackServer(respond: { _ in
            ServiceResponse(status: 503, body: Array(repeating: 0x61, count: size), requestID: "r")
        })
        try await server.run { port in
            try await withTransport(port) { transport in
                let error = await failure { try await transport.withSession(session(port)) { _ in } }
                #expect(error?.code == .refused)
                #expect(error?.response?.status == 503)
                #expect(error?.response?.body.count == min(size, 1024))
                #expect(error?.response?.requestID == "r")
            }
        }
    }

    /// The request line is sorted and encoded by RFC 3986, and what is signed is exactly `host;x-amz-date` and the
    /// token (`ecs-agent.md` §4.1).
    @Test func sendsTheHandshakeOfTheProtocol() async throws {
        let seen = Mutex<ReceivedRequest?>(nil)
        let server = LoopbackServer(respond: { request in
            seen.withLock { $0 = request }
            return ServiceResponse(status: 403, body: [])
        })
        try await server.run { port in
            try await withTransport(port) { transport in
                var request = session(port)
                request.endpoint = "http://127.0.0.1:\(port)/acs/"
                request.parameters = ["seqNum": "1", "dockerVersion": "DockerVersion: 20", "agentHash": "a/b"]
                let error = await failure { try await transport.withSession(request) { _ in } }
                #expect(error?.code == .refused)
            }
            let head = try #require(seen.withLock { $0 }).head
            #expect(head.uri == "/acs/ws?agentHash=a%2Fb&dockerVersion=DockerVersion%3A%2020&seqNum=1")
            #expect(head.method == .GET)
            #expect(head.headers["host"] == ["127.0.0.1:\(port)"])
            #expect(head.headers["sec-websocket-version"] == ["13"])
            #expect(head.headers["x-amz-security-token"] == ["token/with+signs=="])
            let authorization = head.headers["authorization"].first ?? ""
            #expect(authorization.contains("/test-1/ecs/aws4_request"))
            #expect(authorization.contains("SignedHeaders=host;x-amz-date;x-amz-security-token,"))
        }
    }

    /// A message over the limit ends the session with code 1009 and says whose fault it was.
    @Test func refusesLargeMessages() async throws {
        let ended = Mutex<UInt16?>(nil)
        let server = LoopbackServer(
            respond: { _ in ServiceResponse(status: 404, body: []) }, accepts: { _ in true },
            serve: { _, connection in
                try? await connection.send(String(repeating: "a", count: 1001))
                for await _ in connection.messages {}
                ended.withLock { $0 = connection.closure?.code }
            })
        try await server.run { port in
            try await withTransport(port) {
                $0.maximumMessageSize = 1000
            } _: { transport in
                let error = await failure {
                    try await transport.withSession(session(port)) { session in
                        for try await _ in session.messages {}
                    }
                }
                #expect(error?.code == .protocolViolation)
                #expect(error?.closeCode == 1009)
            }
        }
        #expect(ended.withLock { $0 } == 1009)
    }

    // MARK: Configuration

    @Test func refusesRegionsEndpointsAndTrustRootsThatCannotBe() {
        func code(_ configuration: HTTPTransportConfiguration) -> TransportError.Code? {
            do {
                _ = try HTTPTransport(configuration: configuration, logger: quiet)
                return nil
            } catch {
                return error.code
            }
        }
        for region in ["", "us east", "us/east", "a.b", String(repeating: "a", count: 101)] {
            #expect(code(HTTPTransportConfiguration(region: region)) == .invalidEndpoint)
        }
        #expect(code(HTTPTransportConfiguration(region: "r", endpoints: .custom(url: "ftp://h"))) == .invalidEndpoint)
        #expect(code(HTTPTransportConfiguration(region: "r", additionalTrustRoots: "/nowhere.pem")) == .untrusted)
    }

    @Test(arguments: [
        ("us-east-1", "https://ecs.us-east-1.amazonaws.com"), ("cn-north-1", "https://ecs.cn-north-1.amazonaws.com.cn"),
        ("us-iso-east-1", "https://ecs.us-iso-east-1.c2s.ic.gov"),
        ("us-isob-east-1", "https://ecs.us-isob-east-1.sc2s.sgov.gov"),
        ("us-isof-south-1", "https://ecs.us-isof-south-1.csp.hci.ic.gov"),
        ("eu-isoe-west-1", "https://ecs.eu-isoe-west-1.cloud.adc-e.uk"),
        ("eusc-de-east-1", "https://ecs.eusc-de-east-1.amazonaws.eu"),
    ])
    func namesRegionalEndpoints(_ region: String, _ url: String) {
        let (actual, origin) = InternetTransport.configuration(region: region).endpoint(of: .ecs)
        #expect(actual == url)
        #expect(origin == "regional endpoint")
    }
}

/// Answers anything with something that is not HTTP.
private final class Mumbler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: "220 mail ready\r\n\r\n")), promise: nil)
    }
}

/// Hangs up when it is spoken to.
private final class Leaver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.close(promise: nil)
    }
}

@Suite struct ServiceAddressTests {
    struct Parts: Sendable {
        var url: String
        var host: String
        var port: Int
        var path: String
        var hostHeader: String
        var isSecure: Bool
    }

    @Test(arguments: [
        Parts(url: "http://h", host: "h", port: 80, path: "", hostHeader: "h", isSecure: false),
        Parts(url: "https://h/", host: "h", port: 443, path: "", hostHeader: "h", isSecure: true),
        Parts(url: "WSS://h:8443/acs/", host: "h", port: 8443, path: "/acs", hostHeader: "h:8443", isSecure: true),
        Parts(url: "https://h:443/a/b", host: "h", port: 443, path: "/a/b", hostHeader: "h", isSecure: true),
        Parts(url: "https://h:80", host: "h", port: 80, path: "", hostHeader: "h:80", isSecure: true),
        Parts(url: "ws://[::1]:7070/x", host: "::1", port: 7070, path: "/x", hostHeader: "[::1]:7070", isSecure: false),
        Parts(url: "ws://[::1]", host: "::1", port: 80, path: "", hostHeader: "[::1]", isSecure: false),
    ])
    func takesUrlsApart(_ parts: Parts) throws {
        let address = try ServiceAddress(parts.url)
        #expect(address.host == parts.host)
        #expect(address.port == parts.port)
        #expect(address.path == parts.path)
        #expect(address.hostHeader == parts.hostHeader)
        #expect(address.isSecure == parts.isSecure)
    }

    @Test(arguments: [
        "", "h", "h:80", "ftp://h", "http://", "http:///p", "http://h:0", "http://h:65536", "http://h:x", "http://h:",
        "http://u@h", "http://h/p?q", "http://h#f", "http://h/a b", "http://h/\r\nX: y", "http://[::1", "http://[::1]x",
        "http://hü",
    ])
    func refusesOtherThings(_ url: String) {
        let error = #expect(throws: TransportError.self) { try ServiceAddress(url) }
        #expect(error?.code == .invalidEndpoint)
    }
}
