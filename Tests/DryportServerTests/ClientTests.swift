// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportMessages
import DryportServer
import DryportTransport
import DryportTransportHTTP
import Subprocess
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// AWS's own command line, unmodified.
@Suite(.needs(.aws)) struct AWSCommandLineTests {
    private func aws(
        _ server: TestServer, _ arguments: String..., secret: String? = nil
    ) async throws -> Command.Output {
        try await Command.aws.run(
            ["--endpoint-url", server.address.url, "--output", "text"] + arguments,
            environment: [
                "AWS_ACCESS_KEY_ID": server.plane.administrator.accessKeyID,
                "AWS_SECRET_ACCESS_KEY": secret ?? server.plane.administrator.secretAccessKey.exposed,
                "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
                "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_PAGER": "",
                "AWS_CA_BUNDLE": nil, "AWS_PROFILE": nil, "AWS_SESSION_TOKEN": nil,
                "HTTP_PROXY": nil, "http_proxy": nil, "NO_PROXY": "127.0.0.1",
            ])
    }

    @Test func managesClustersAndTaskDefinitions() async throws {
        try await withTestServer { server in
            let created = try await aws(
                server, "ecs", "create-cluster", "--cluster-name", "cli", "--query", "cluster.status")
            #expect(created.text == "ACTIVE\n", "\(created.errors)")
            let listed = try await aws(server, "ecs", "list-clusters", "--query", "sort(clusterArns)")
            let clusters = "arn:aws:ecs:us-east-1:123456789012:cluster/"
            #expect(listed.text == "\(clusters)cli\t\(clusters)default\n", "\(listed.errors)")
            let registered = try await aws(
                server, "ecs", "register-task-definition", "--family", "web", "--requires-compatibilities", "EXTERNAL",
                "--container-definitions", #"[{"name":"web","image":"busybox","memory":16}]"#,
                "--query", "taskDefinition.[family,revision]")
            #expect(registered.text == "web\t1\n", "\(registered.errors)")
        }
    }

    @Test func createsActivations() async throws {
        try await withTestServer { server in
            let created = try await aws(
                server, "ssm", "create-activation", "--iam-role", "ecsAnywhereRole", "--query", "ActivationId")
            let id = String(created.text.dropLast())
            #expect(UUID(uuidString: id) != nil, "\(created.errors)")
            let listed = try await aws(
                server, "ssm", "describe-activations", "--query", "ActivationList[].ActivationId")
            #expect(listed.text == created.text, "\(listed.errors)")
        }
    }

    @Test func understandsErrors() async throws {
        try await withTestServer { server in
            let missing = try await aws(server, "ecs", "list-tasks", "--cluster", "none")
            #expect(!missing.isSuccess)
            #expect(missing.errors.contains("(ClusterNotFoundException) when calling the ListTasks operation"))
            let forged = try await aws(server, "ecs", "list-clusters", secret: "wrong")
            #expect(!forged.isSuccess)
            #expect(forged.errors.contains("(InvalidSignatureException)"))
            let unknown = try await aws(server, "ssm", "list-documents")
            #expect(unknown.errors.contains("(UnknownOperationException)"), "\(unknown.errors)")
        }
    }
}

/// Runs a body with a server that speaks TLS, and the path of its certificate for `localhost`, which `openssl` makes.
private func withTLSServer(_ body: (_ server: TestServer, _ certificate: String) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let certificate = directory.appendingPathComponent("certificate.pem").path
    let key = directory.appendingPathComponent("key.pem").path
    let made = try await Command.openssl.run([
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
        "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
    ])
    try #require(made.isSuccess, "\(made.errors)")
    try await withTestServer { configuration in
        configuration.tls = .init(certificateChainPath: certificate, privateKeyPath: key)
    } _: { server in
        try await body(server, certificate)
    }
}

/// TLS with HTTP/1.1.
@Suite(.needs(.openssl)) struct TLSTests {
    @Test func servesRequestsAndSessionsOverTLS() async throws {
        try await withTLSServer { server, certificate in
            #expect(server.address.url == "https://127.0.0.1:\(server.address.port)")
            let url = "https://localhost:\(server.address.port)"
            try await withHTTPTransport(
                configuration: HTTPTransportConfiguration(
                    region: "us-east-1", endpoints: .custom(url: url), additionalTrustRoots: certificate),
                logger: TestPlane.silent
            ) { transport in
                let credentials = server.plane.administrator
                let endpoints = try await transport.perform(
                    ECS.DiscoverPollEndpointRequest(), authentication: .signatureV4(credentials))
                #expect(endpoints.telemetryEndpoint == url + "/tcs")
                let session = SessionRequest(endpoint: url + "/tcs", parameters: [:], credentials: credentials)
                try await transport.withSession(session) { session in
                    try await session.send(#"{"type":"PublishMetricsRequest","message":{}}"#)
                    let first = try await session.messages.first { _ in true }
                    #expect(first?.contains("AckPublishMetric") == true)
                }
            }
            // Plain text is not understood, and the server goes on.
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await connection.response() == nil)
            }
        }
    }

    @Test func refusesFilesThatAreNoCertificates() async throws {
        try await withTestPlane { plane in
            var configuration = DryportServer.Configuration()
            configuration.tls = .init(certificateChainPath: "/nonexistent.pem", privateKeyPath: "/nonexistent.pem")
            #expect {
                try DryportServer(
                    controlPlane: plane.controlPlane, configuration: configuration, logger: TestPlane.silent)
            } throws: { error in
                (error as? ServerError)?.code == .invalidCertificate
            }
        }
    }
}

/// HTTP/2 as curl speaks it, which signs as well.
@Suite(.needs(.curl)) struct CurlTests {
    /// Calls ListClusters and returns its body and the version of HTTP.
    private func call(_ server: TestServer, _ arguments: String..., url: String? = nil) async throws -> Command.Output {
        let credentials = server.plane.administrator
        return try await Command.curl.run(
            [
                "--silent", "--show-error", "--disable", "--noproxy", "*", "--write-out", " HTTP/%{http_version}",
                "--aws-sigv4", "aws:amz:us-east-1:ecs",
                "--user", "\(credentials.accessKeyID):\(credentials.secretAccessKey.exposed)",
                "--header", "Content-Type: application/x-amz-json-1.1",
                "--header", "X-Amz-Target: \(ECS.ListClustersRequest.target)", "--data", "{}",
            ] + arguments + [url ?? server.address.url])
    }

    private static let body = #"{"clusterArns":["arn:aws:ecs:us-east-1:123456789012:cluster/default"]}"#

    @Test func callsInPlainText() async throws {
        try await withTestServer { server in
            let second = try await call(server, "--http2-prior-knowledge")
            #expect(second.text == Self.body + " HTTP/2", "\(second.errors)")
            let first = try await call(server, "--http1.1")
            #expect(first.text == Self.body + " HTTP/1.1", "\(first.errors)")
            // An offer that the server does not take up.
            let offered = try await call(server, "--http2")
            #expect(offered.text == Self.body + " HTTP/1.1", "\(offered.errors)")
        }
    }

    /// By ALPN.
    @Test(.needs(.openssl)) func callsOverTLS() async throws {
        try await withTLSServer { server, certificate in
            let url = "https://localhost:\(server.address.port)"
            let second = try await call(server, "--cacert", certificate, url: url)
            #expect(second.text == Self.body + " HTTP/2", "\(second.errors)")
            let first = try await call(server, "--cacert", certificate, "--http1.1", url: url)
            #expect(first.text == Self.body + " HTTP/1.1", "\(first.errors)")
        }
    }

    /// The answer comes while curl still sends.
    @Test func understandsARefusalBeforeTheEnd() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try #require(FileManager.default.createFile(atPath: file, contents: Data(count: 20_000_000)))
        defer { try? FileManager.default.removeItem(atPath: file) }
        try await withTestServer { server in
            let large = try await call(server, "--http2-prior-knowledge", "--data-binary", "@\(file)")
            #expect(large.text.contains("RequestEntityTooLargeException"), "\(large.errors)")
            #expect(large.text.hasSuffix(" HTTP/2"))
        }
    }
}
