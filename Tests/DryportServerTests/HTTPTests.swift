// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportInMemory
import DryportMessages
import DryportServer
import Testing

/// HTTP/1.1 through sockets, byte by byte where it matters.
@Suite(.timeLimit(.minutes(10))) struct HTTPTests {
    private func list(_ server: TestServer) -> APIFront.Request {
        TestRequests.signed("ListClusters", "{}", by: server.plane.administrator, host: server.host)
    }

    private func health(_ server: TestServer, method: String = "GET") -> APIFront.Request {
        APIFront.Request(method: method, host: server.host, path: "/healthz")
    }

    @Test func keepsConnectionsAlive() async throws {
        try await withTestServer { server in
            try await withRawConnection(to: server.address.port) { connection in
                for _ in 0..<3 {
                    try await connection.send(list(server))
                    let response = try await connection.response()
                    #expect(response?.status == 200)
                    #expect(response?.text.contains("cluster/default") == true)
                    #expect(response?.headers["connection"] == nil)
                }
            }
        }
    }

    @Test func answersPipelinedRequestsInOrder() async throws {
        try await withTestServer { server in
            try await withRawConnection(to: server.address.port) { connection in
                let unknown = TestRequests.unsigned(target: "None.None", body: [1, 2, 3], host: server.host)
                try await connection.send(list(server), unknown, health(server), list(server))
                var statuses: [Int?] = []
                for _ in 0..<4 { statuses.append(try await connection.response()?.status) }
                #expect(statuses == [200, 400, 200, 200])
            }
        }
    }

    /// As the SSM agent sends what it signs with its key (`ssm-agent.md` §3.2).
    @Test func readsChunkedBodies() async throws {
        try await withTestServer { server in
            try await withRawConnection(to: server.address.port) { connection in
                let request = TestRequests.signed(
                    "CreateCluster", #"{"clusterName":"chunked"}"#, by: server.plane.administrator, host: server.host)
                for byte in RawConnection.bytes(of: request, isChunked: true) { try await connection.send([byte]) }
                let response = try await connection.response()
                #expect(response?.status == 200)
                #expect(response?.text.contains("cluster/chunked") == true)
            }
        }
    }

    @Test func answersHEADWithoutABody() async throws {
        try await withTestServer { server in
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send(health(server, method: "HEAD"), health(server))
                let head = try await connection.response(hasBody: false)
                #expect(head?.status == 200)
                #expect(head?.headers["content-length"] == "15")
                #expect(try await connection.response()?.text == #"{"status":"ok"}"#)
            }
        }
    }

    /// Refused before the body is sent, while it is sent, and without a length; the connection ends after it.
    @Test(arguments: [0, 5_000_000, -1])
    func refusesLargeBodies(sent: Int) async throws {
        try await withTestServer { server in
            try await withRawConnection(to: server.address.port) { connection in
                let head = "POST / HTTP/1.1\r\nHost: \(server.host)\r\n"
                // A busy machine may take longer to send it than the server is ready to read it.
                if sent < 0 {
                    try await connection.send(head + "Transfer-Encoding: chunked\r\n\r\n")
                    let chunk = "10000\r\n" + String(repeating: "a", count: 65536) + "\r\n"
                    for _ in 0...16 { try? await connection.send(chunk) }
                } else {
                    try await connection.send(head + "Content-Length: 5000000\r\n\r\n")
                    try? await connection.send(Array(repeating: 97, count: sent))
                }
                let response = try await connection.response()
                #expect(response?.status == 413)
                #expect(response?.text.contains("RequestEntityTooLargeException") == true)
                #expect(response?.headers["connection"] == "close")
                if sent < 0 { try? await connection.send("0\r\n\r\n") }
                if sent != 0 { #expect(try await connection.isAtEnd()) }
            }
        }
    }

    @Test func agreesToContinue() async throws {
        try await withTestServer { server in
            try await withRawConnection(to: server.address.port) { connection in
                var request = list(server)
                request.headers.append(.init(name: "Expect", value: "100-continue"))
                let bytes = RawConnection.bytes(of: request)
                try await connection.send(Array(bytes.dropLast(2)))
                #expect(try await connection.response(hasBody: false)?.status == 100)
                try await connection.send(Array(bytes.suffix(2)))
                #expect(try await connection.response()?.status == 200)
            }
        }
    }

    @Test(arguments: ["NOT HTTP\r\n\r\n", "GET / HTTP/1.1\r\nBad Header\r\n\r\n", "\u{16}\u{03}\u{01}\u{00}"])
    func refusesWhatIsNotHTTP(_ text: String) async throws {
        try await withTestServer { server in
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send(text)
                #expect(try await connection.response()?.status == 400)
                #expect(try await connection.isAtEnd())
            }
        }
    }

    @Test func endsConnectionsWhenAsked() async throws {
        try await withTestServer { server in
            for head in ["HTTP/1.0\r\n\r\n", "HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"] {
                try await withRawConnection(to: server.address.port) { connection in
                    try await connection.send("GET /healthz " + head)
                    let response = try await connection.response()
                    #expect(response?.status == 200)
                    #expect(response?.headers["connection"] == "close")
                    #expect(try await connection.isAtEnd())
                }
            }
        }
    }

    /// Some clients offer HTTP/2 with their first request; it is answered, and the connection not used any further.
    @Test func ignoresOffersOfOtherProtocols() async throws {
        try await withTestServer { server in
            try await withRawConnection(to: server.address.port) { connection in
                var request = list(server)
                request.headers += [
                    HTTPField(name: "Connection", value: "Upgrade"), HTTPField(name: "Upgrade", value: "h2c"),
                ]
                try await connection.send(request, health(server))
                let response = try await connection.response()
                #expect(response?.status == 200)
                #expect(response?.headers["connection"] == "close")
                #expect(try await connection.isAtEnd())
            }
        }
    }

    @Test func twoHostsAreNone() async throws {
        try await withTestServer { server in
            try await withRawConnection(to: server.address.port) { connection in
                var request = list(server)
                request.headers.append(.init(name: "Host", value: "elsewhere"))
                try await connection.send(request)
                let response = try await connection.response()
                #expect(response?.status == 400)
                #expect(response?.text.contains("InvalidParameterException") == true)
            }
        }
    }

    // MARK: Bounds

    @Test func closesSilentConnections() async throws {
        try await withTestServer {
            $0.idleTimeout = .milliseconds(50)
        } _: { server in
            try await withRawConnection(to: server.address.port) { connection in
                let isClosed = try await connection.isAtEnd()
                #expect(isClosed)
            }
            // A busy machine may take longer than the timeout to send the request.
            var isAnswered = false
            while !isAnswered {
                isAnswered = try await withRawConnection(to: server.address.port) { connection in
                    try? await connection.send(health(server))
                    guard try await connection.response()?.status == 200 else { return false }
                    #expect(try await connection.isAtEnd())
                    return true
                }
            }
        }
    }

    @Test func closesOnRequestsThatDoNotEnd() async throws {
        try await withTestServer {
            $0.requestTimeout = .milliseconds(50)
        } _: { server in
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345")
                #expect(try await connection.isAtEnd())
            }
        }
    }

    /// Requests behind an answer that nobody reads do not keep a connection open. Sending fails when the server has
    /// closed it; until then both sides' buffers fill up.
    @Test(arguments: [1, 2]) func closesOnAnswersThatNobodyReads(version: Int) async throws {
        try await withTestServer {
            $0.idleTimeout = .milliseconds(500)
        } _: { server in
            for number in 0..<100 {
                let name = String(repeating: "a", count: 250) + "\(number)"
                _ = try await server.call(ECS.CreateClusterRequest(clusterName: name))
            }
            let request = list(server)
            try await withRawConnection(to: server.address.port, reads: false) { connection in
                _ = await #expect(throws: (any Error).self) {
                    if version == 1 {
                        while true { try await connection.send(request) }
                    }
                    try await FrameConnection(connection).begin(settings: [(4, Int(Int32.max))])
                    for stream in 0..<100 {
                        try await connection.send(FrameConnection.bytes(of: request, stream: 2 * stream + 1))
                    }
                    // It may not begin more, but say something.
                    let update = FrameConnection.frame(.windowUpdate, FrameConnection.number(1))
                    for _ in 0..<10_000_000 { try await connection.send(update) }
                }
            }
        }
    }

    /// The second connection is served when, and only when, the first one is over.
    @Test func boundsConnections() async throws {
        try await withTestServer {
            $0.maximumConnections = 1
        } _: { server in
            let isFirstOver = Gate()
            let isSecondConnected = Gate()
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await withRawConnection(to: server.address.port) { first in
                    try await first.send(health(server))
                    #expect(try await first.response()?.status == 200)
                    group.addTask {
                        try await withRawConnection(to: server.address.port) { second in
                            try await second.send(health(server))
                            isSecondConnected.open()
                            #expect(try await second.response()?.status == 200)
                            #expect(isFirstOver.isOpen)
                        }
                    }
                    await isSecondConnected.wait()
                    for _ in 0..<50 {
                        try await first.send(health(server))
                        #expect(try await first.response()?.status == 200)
                    }
                    isFirstOver.open()
                }
                try await group.waitForAll()
            }
        }
    }

    // MARK: Life

    @Test func cannotListenOnATakenPort() async throws {
        try await withTestServer { server in
            var configuration = DryportServer.Configuration()
            configuration.port = server.address.port
            let second = try DryportServer(
                controlPlane: server.plane.controlPlane, configuration: configuration, logger: TestPlane.silent)
            await #expect {
                try await second.run()
            } throws: { error in
                (error as? ServerError)?.code == .cannotListen
            }
            await #expect {
                try await second.address
            } throws: { error in
                (error as? ServerError)?.code == .cannotListen
            }
        }
    }

    @Test func refusesMeaninglessConfigurations() async throws {
        try await withTestPlane { plane in
            let changes: [(inout DryportServer.Configuration) -> Void] = [
                { $0.port = 65536 }, { $0.maximumConnections = 0 }, { $0.maximumBodySize = 0 },
                { $0.idleTimeout = .zero }, { $0.advertisedURL = "cp.example" },
            ]
            for change in changes {
                var configuration = DryportServer.Configuration()
                change(&configuration)
                #expect {
                    try DryportServer(
                        controlPlane: plane.controlPlane, configuration: configuration, logger: TestPlane.silent)
                } throws: { error in
                    (error as? ServerError)?.code == .invalidConfiguration
                }
            }
        }
    }

    /// An idle connection ends at once; a request under way is answered, and then its connection ends.
    @Test func shutsDownGracefully() async throws {
        try await withTestServer { server in
            let isCommitting = Gate()
            let mayCommit = Gate()
            server.plane.store.schedule(
                .waitBeforeApplying {
                    isCommitting.open()
                    await mayCommit.wait()
                }, forCommit: server.plane.store.commitCount + 1)
            try await withRawConnection(to: server.address.port) { busy in
                try await withRawConnection(to: server.address.port) { idle in
                    try await idle.send(health(server))
                    #expect(try await idle.response()?.status == 200)
                    try await busy.send(
                        TestRequests.signed(
                            "CreateCluster", #"{"clusterName":"late"}"#, by: server.plane.administrator,
                            host: server.host))
                    await isCommitting.wait()
                    await server.shutDown()
                    #expect(try await idle.isAtEnd())
                }
                mayCommit.open()
                let response = try await busy.response()
                #expect(response?.status == 200)
                #expect(response?.headers["connection"] == "close")
                #expect(try await busy.isAtEnd())
            }
            await server.waitUntilEnded()
            await #expect(throws: (any Error).self) {
                try await withRawConnection(to: server.address.port) { _ in }
            }
        }
    }

    /// A request that never ends does not keep the server from ending.
    @Test func shutdownDoesNotWaitForEver() async throws {
        try await withTestServer {
            $0.shutdownTimeout = .milliseconds(50)
        } _: { server in
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send(
                    "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n")
                #expect(try await connection.response(hasBody: false)?.status == 100)
                await server.shutDown()
                #expect(try await connection.isAtEnd())
            }
            await server.waitUntilEnded()
        }
    }
}
