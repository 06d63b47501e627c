// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportMessages
import DryportServer
import Testing

/// Handshakes of sessions that are refused (`ecs-agent.md` §4.2).
@Suite(.timeLimit(.minutes(10))) struct HandshakeTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var status: Int
        var code: String
        var change: @Sendable (inout [String: String], inout Credentials) -> Void
    }

    static let refusals = [
        Refusal(testDescription: "unknown instance", status: 400, code: "InvalidParameterException") { parameters, _ in
            parameters["containerInstanceArn"]! += "0"
        },
        Refusal(testDescription: "unknown cluster", status: 400, code: "ClusterNotFoundException") { parameters, _ in
            parameters["clusterArn"] = "none"
        },
        Refusal(testDescription: "no instance", status: 400, code: "InvalidParameterException") { parameters, _ in
            parameters["containerInstanceArn"] = nil
        },
        Refusal(testDescription: "wrong secret", status: 400, code: "InvalidSignatureException") { _, credentials in
            credentials = Credentials(
                accessKeyID: credentials.accessKeyID, secretAccessKey: Redacted("wrong"))
        },
        Refusal(testDescription: "unknown key", status: 400, code: "UnrecognizedClientException") { _, credentials in
            credentials = Credentials(accessKeyID: "AKIANONE", secretAccessKey: credentials.secretAccessKey)
        },
    ]

    @Test(arguments: refusals)
    func refusesHandshakes(_ refusal: Refusal) async throws {
        try await withTestServer { server in
            let arn = try await server.register()
            var parameters = server.parameters(arn)
            var credentials = server.plane.administrator
            refusal.change(&parameters, &credentials)
            let request = TestRequests.handshake(
                path: "/acs/ws", parameters: parameters, by: credentials, host: server.host)
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send(request)
                let response = try #require(try await connection.response())
                #expect(response.status == refusal.status)
                #expect(response.text.hasPrefix(#"{"message":{"message":""#))
                #expect(response.text.contains(#""type":"\#(refusal.code)""#))
                #expect(response.body.count <= 1024)
            }
        }
    }

    @Test(arguments: ["/acs/ws", "/tcs/ws"])
    func refusesUnsignedHandshakes(_ path: String) async throws {
        try await withTestServer { server in
            let arn = try await server.register()
            var request = server.handshake(arn, path: path)
            request.headers.removeAll { $0.name == "Authorization" }
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send(request)
                let response = try await connection.response()
                #expect(response?.status == 400)
                #expect(response?.text.contains("MissingAuthenticationTokenException") == true)
                #expect(response?.headers["connection"] == "close")
                #expect(try await connection.isAtEnd())
            }
        }
    }

    /// A deregistered instance finds the error's name in the body (`ecs-agent.md` §4.8).
    @Test func tellsInactiveInstances() async throws {
        try await withTestServer { server in
            let arn = try await server.register()
            _ = try await server.call(ECS.DeregisterContainerInstanceRequest(containerInstance: arn, force: true))
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send(server.handshake(arn))
                let response = try await connection.response()
                #expect(response?.status == 400)
                #expect(response?.text.contains(#""type":"InactiveInstanceException""#) == true)
            }
        }
    }

    @Test(arguments: [("/acs//ws", 404), ("/acs", 404), ("/ws", 404), ("/healthz", 200)])
    func upgradesNothingElse(path: String, status: Int) async throws {
        try await withTestServer { server in
            let arn = try await server.register()
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send(server.handshake(arn, path: path))
                #expect(try await connection.response()?.status == status)
            }
        }
    }

    @Test func demandsAWholeHandshake() async throws {
        try await withTestServer { server in
            let arn = try await server.register()
            for missing in ["Sec-WebSocket-Key", "Sec-WebSocket-Version", "Upgrade"] {
                var request = server.handshake(arn)
                request.headers.removeAll { $0.name == missing }
                try await withRawConnection(to: server.address.port) { connection in
                    try await connection.send(request)
                    #expect(try await connection.response()?.status == 426)
                }
            }
        }
    }
}
