// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportInMemory
import DryportModel
import DryportServer
import Testing

/// Frames that no client sends, and ends of connections.
@Suite(.timeLimit(.minutes(10))) struct HTTP2AbuseTests {
    private typealias Frames = FrameConnection

    private func health(_ server: TestServer) -> APIFront.Request {
        APIFront.Request(method: "GET", host: server.host, path: "/healthz")
    }

    private func expectService(_ server: TestServer) async throws {
        try await withFrameConnection(to: server.address.port) { frames in
            let answer = try await frames.answer(to: health(server))
            #expect(answer.status == 200)
        }
    }

    // MARK: Floods

    struct Flood: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// How often it is sent; half of that is harmless.
        var count = 300
        var frame: @Sendable (_ number: Int, _ server: TestServer) -> [UInt8]
    }

    static let floods = [
        Flood(testDescription: "requests, each reset at once") { number, server in
            let request = TestRequests.signed(
                "ListClusters", "{}", by: server.plane.administrator, host: server.host, at: TestRequests.now)
            let stream = 2 * number + 1
            return FrameConnection.bytes(of: request, stream: stream)
                + FrameConnection.frame(.reset, stream: stream, FrameConnection.number(8))
        },
        Flood(testDescription: "incomplete requests, each reset at once") { number, server in
            let stream = 2 * number + 1
            let request = TestRequests.unsigned(target: "None.None", body: [1], host: server.host)
            return FrameConnection.headers(request, stream: stream, isComplete: false)
                + FrameConnection.frame(.reset, stream: stream, FrameConnection.number(8))
        },
        Flood(testDescription: "PING") { _, _ in FrameConnection.frame(.ping, Array(repeating: 0, count: 8)) },
        Flood(testDescription: "SETTINGS") { number, _ in
            FrameConnection.frame(.settings, [0, 4] + FrameConnection.number(number))
        },
        Flood(testDescription: "PRIORITY") { _, _ in FrameConnection.frame(.priority, stream: 1, [0, 0, 0, 0, 1]) },
        Flood(testDescription: "malformed requests") { number, _ in
            FrameConnection.frame(
                .headers, flags: FrameConnection.Flag.endHeaders, stream: 2 * number + 1,
                FrameConnection.block([(":method", "GET")]))
        },
        Flood(testDescription: "empty DATA", count: 10) { number, server in
            let request = TestRequests.unsigned(target: "None.None", body: [1], host: server.host)
            let head = FrameConnection.headers(request, stream: 1, isComplete: false)
            return (number == 0 ? head : []) + FrameConnection.frame(.data, stream: 1)
        },
        Flood(testDescription: "CONTINUATION", count: 20) { number, _ in
            number == 0
                ? FrameConnection.frame(.headers, stream: 1, FrameConnection.block([("x", "y")]))
                : FrameConnection.frame(.continuation, stream: 1, FrameConnection.block([("x", "y")]))
        },
    ]

    /// A flood ends its connection: rapid resets (CVE-2023-44487) and others of their kind.
    @Test(arguments: floods) func endsFloods(_ flood: Flood) async throws {
        try await withTestServer { server in
            try await withFrameConnection(to: server.address.port) { frames in
                for number in 0..<flood.count { try? await frames.raw.send(flood.frame(number, server)) }
                let isAtEnd = try await frames.isAtEnd()
                #expect(isAtEnd)
                // What is still on its way to a closed socket takes the farewell away.
                #expect(frames.farewells.allSatisfy { $0.code == Frames.ErrorCode.enhanceYourCalm })
            }
            try await expectService(server)
        }
    }

    // MARK: Garbage

    /// Whatever follows the preface ends one connection at most.
    @Test func survivesGarbage() async throws {
        try await withTestServer { server in
            let requests = (0..<3).map {
                Frames.bytes(
                    of: TestRequests.signed(
                        "ListClusters", "{}", by: server.plane.administrator, host: server.host), stream: 2 * $0 + 1)
            }
            let whole = Frames.frame(.settings) + requests.joined() + Frames.frame(.windowUpdate, Frames.number(1))
            for seed in UInt64(0)..<300 {
                var random = SeededGenerator(seed: seed)
                var bytes = whole
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
                    case 1: bytes.removeSubrange(place..<min(bytes.count - 1, place + 3))
                    default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 20)], at: place)
                    }
                }
                try await withRawConnection(to: server.address.port) { connection in
                    // The server may have had enough before the end.
                    for part in [Frames.preface, Array(bytes.prefix(200)), Array(bytes.dropFirst(200))] {
                        try? await connection.send(part)
                    }
                }
            }
            try await expectService(server)
        }
    }

    /// Without settings, with a request of HTTP/1.1, with frames that are too large or not the client's to send.
    @Test(arguments: [
        Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8), Array(repeating: 0xFF, count: 100),
        FrameConnection.frame(.ping, Array(repeating: 0, count: 8)),
        FrameConnection.frame(.settings) + FrameConnection.frame(.data, stream: 1, [1]),
        FrameConnection.frame(.settings) + FrameConnection.frame(.push, flags: 4, stream: 1, FrameConnection.number(2)),
        FrameConnection.frame(.settings) + FrameConnection.frame(.headers, flags: 5, stream: 2, [0x82]),
        FrameConnection.frame(.settings) + FrameConnection.frame(.headers, flags: 5, stream: 1, [0xFF, 0xFF, 0xFF]),
        FrameConnection.frame(.settings) + FrameConnection.frame(.windowUpdate, FrameConnection.number(0)),
    ])
    func endsWhatIsNotHTTP2(_ bytes: [UInt8]) async throws {
        try await withTestServer { server in
            try await withRawConnection(to: server.address.port) { raw in
                try await raw.send(Frames.preface + bytes)
                var frames = FrameConnection(raw)
                let isAtEnd = try await frames.isAtEnd()
                #expect(isAtEnd)
                #expect(frames.farewells.allSatisfy { $0.code != Frames.ErrorCode.none })
            }
            try await expectService(server)
        }
    }

    // MARK: Ends

    /// Lets the next commit wait.
    private func hold(_ server: TestServer) -> (isCommitting: Gate, mayCommit: Gate) {
        let isCommitting = Gate()
        let mayCommit = Gate()
        server.plane.store.schedule(
            .waitBeforeApplying {
                isCommitting.open()
                await mayCommit.wait()
            }, forCommit: server.plane.store.commitCount + 1)
        return (isCommitting, mayCommit)
    }

    private func create(_ name: String, _ server: TestServer) -> APIFront.Request {
        TestRequests.signed(
            "CreateCluster", #"{"clusterName":"\#(name)"}"#, by: server.plane.administrator, host: server.host)
    }

    /// An idle connection ends at once. A request under way is answered, and one that comes after the farewell is
    /// not, and disturbs nobody.
    @Test func shutsDownGracefully() async throws {
        try await withTestServer {
            $0.shutdownTimeout = .seconds(60)
        } _: { server in
            let gates = hold(server)
            try await withFrameConnection(to: server.address.port) { busy in
                try await busy.settle()
                let late = try await busy.send(create("late", server))
                await gates.isCommitting.wait()
                try await withFrameConnection(to: server.address.port) { idle in
                    let answer = try await idle.answer(to: health(server))
                    #expect(answer.status == 200)
                    await server.shutDown()
                    #expect(try await idle.isAtEnd())
                    #expect(idle.farewells.map(\.lastStream) == [1])
                }
                try await busy.receive { !$0.farewells.isEmpty }
                #expect(busy.farewells.map(\.lastStream) == [late])
                let tooLate = try await busy.answer(to: create("too-late", server))
                #expect(tooLate.reset == Frames.ErrorCode.refusedStream)
                try await busy.settle()
                gates.mayCommit.open()
                let answer = try await busy.stream(late)
                #expect(answer.status == 200)
                #expect(answer.isEnded)
                #expect(try await busy.isAtEnd())
                #expect(busy.farewells.allSatisfy { $0.code == Frames.ErrorCode.none })
            }
            await server.waitUntilEnded()
        }
    }

    /// Neither a stream that never ends nor an answer that nobody reads keeps the server from ending.
    @Test func shutdownDoesNotWaitForEver() async throws {
        try await withTestServer {
            $0.shutdownTimeout = .milliseconds(50)
        } _: { server in
            try await withFrameConnection(to: server.address.port, settings: [(4, 0)]) { frames in
                try await frames.settle()
                let request = TestRequests.unsigned(target: "None.None", body: [1], host: server.host)
                try await frames.raw.send(Frames.headers(request, stream: frames.newStream(), isComplete: false))
                let unread = try await frames.send(health(server))
                try await frames.receive { $0.streams[unread]?.status == 200 }
                await server.shutDown()
                #expect(try await frames.isAtEnd())
                #expect(frames.farewells.allSatisfy { $0 == (unread, Frames.ErrorCode.none) })
            }
            await server.waitUntilEnded()
        }
    }

    /// As with HTTP/1.1, a client that closes its side has left; what it began is done nevertheless.
    @Test func aClientThatHalfClosesHasLeft() async throws {
        try await withTestServer { server in
            let gates = hold(server)
            try await withFrameConnection(to: server.address.port) { frames in
                _ = try await frames.send(create("left", server))
                await gates.isCommitting.wait()
                try await frames.raw.halfClose()
                #expect(try await frames.isAtEnd())
            }
            gates.mayCommit.open()
            try await withFrameConnection(to: server.address.port) { frames in
                let list = TestRequests.signed(
                    "ListClusters", "{}", by: server.plane.administrator, host: server.host)
                let answer = try await frames.answer(to: list)
                #expect(answer.text.contains("cluster/left"))
            }
            await server.shutDown()
            await server.waitUntilEnded()
        }
    }

    /// The answer to a stream that was reset meanwhile goes nowhere.
    @Test func aResetStreamIsNotAnswered() async throws {
        try await withTestServer { server in
            let gates = hold(server)
            try await withFrameConnection(to: server.address.port) { frames in
                let stream = try await frames.send(create("reset", server))
                await gates.isCommitting.wait()
                try await frames.send(.reset, stream: stream, Frames.number(Frames.ErrorCode.cancel))
                try await frames.settle()
                gates.mayCommit.open()
                #expect(try await frames.answer(to: create("next", server)).status == 200)
                #expect(frames.streams[stream] == nil)
            }
        }
    }
}
