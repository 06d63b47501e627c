// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportInMemory
import DryportMessages
import DryportModel
import DryportServer
import Testing

/// HTTP/2 in plain text, frame by frame.
@Suite(.timeLimit(.minutes(10))) struct HTTP2Tests {
    private typealias Frames = FrameConnection

    private func list(_ server: TestServer) -> APIFront.Request {
        TestRequests.signed("ListClusters", "{}", by: server.plane.administrator, host: server.host)
    }

    private func create(_ name: String, _ server: TestServer) -> APIFront.Request {
        TestRequests.signed(
            "CreateCluster", #"{"clusterName":"\#(name)"}"#, by: server.plane.administrator, host: server.host)
    }

    private func health(_ server: TestServer, method: String = "GET") -> APIFront.Request {
        APIFront.Request(method: method, host: server.host, path: "/healthz")
    }

    /// A request with a body of blanks, which no signature covers.
    private func upload(_ size: Int, _ server: TestServer) -> APIFront.Request {
        TestRequests.unsigned(
            target: "None.None", body: Array(repeating: UInt8(ascii: " "), count: size), host: server.host)
    }

    // MARK: Requests

    /// The signature covers the host, which comes as `:authority`.
    @Test func answersSignedRequests() async throws {
        try await withTestServer { server in
            try await withFrameConnection(to: server.address.port) { frames in
                for _ in 0..<3 {
                    let answer = try await frames.answer(to: list(server))
                    #expect(answer.status == 200)
                    #expect(answer.isEnded)
                    #expect(answer.text.contains("cluster/default"))
                    #expect(answer.headers["content-length"] == String(answer.body.count))
                    #expect(answer.headers["content-type"] == "application/x-amz-json-1.1")
                    #expect(answer.names.allSatisfy { $0 == $0.lowercased() })
                }
                var forged = list(server)
                forged.body = Array("{ }".utf8)
                let refusal = try await frames.answer(to: forged)
                #expect(refusal.status == 400)
                #expect(refusal.headers["x-amzn-errortype"] == "InvalidSignatureException")
            }
        }
    }

    /// As many as there are, all begun before the first answer is read, each answered on its own stream.
    @Test func answersAHundredStreamsAtOnce() async throws {
        try await withTestServer { server in
            try await withFrameConnection(to: server.address.port) { frames in
                var bytes: [UInt8] = []
                var names: [Int: String] = [:]
                for number in 0..<100 {
                    let stream = frames.newStream()
                    names[stream] = "cluster-\(number)"
                    bytes += FrameConnection.bytes(of: create("cluster-\(number)", server), stream: stream)
                }
                try await frames.raw.send(bytes)
                for (stream, name) in names {
                    let answer = try await frames.stream(stream)
                    #expect(answer.status == 200)
                    #expect(answer.text.contains(#"cluster/\#(name)""#))
                }
                #expect(frames.farewells.isEmpty)
            }
        }
    }

    @Test func answersHEADWithoutABody() async throws {
        try await withTestServer { server in
            try await withFrameConnection(to: server.address.port) { frames in
                let head = try await frames.answer(to: health(server, method: "HEAD"))
                #expect(head.status == 200)
                #expect(head.headers["content-length"] == "15")
                #expect(head.isEnded && head.body.isEmpty)
                #expect(try await frames.answer(to: health(server)).text == #"{"status":"ok"}"#)
            }
        }
    }

    /// By `:authority`, by `Host`, by both; and not if they differ or are missing.
    @Test(arguments: [(true, 0, 200), (false, 1, 200), (true, 1, 200), (true, 2, 400), (false, 0, 400)])
    func findsTheHost(hasAuthority: Bool, hosts: Int, status: Int) async throws {
        try await withTestServer { server in
            try await withFrameConnection(to: server.address.port) { frames in
                var request = list(server)
                request.headers += [server.host, "elsewhere"].prefix(hosts).map { HTTPField(name: "Host", value: $0) }
                if !hasAuthority { request.host = "" }
                let answer = try await frames.answer(to: request)
                #expect(answer.status == status)
                if status == 400 { #expect(answer.text.contains("InvalidParameterException")) }
            }
        }
    }

    /// Sessions need HTTP/1.1, and headers about the connection do not exist here.
    @Test(arguments: ["/acs/ws", "/tcs/ws"]) func upgradesNothing(_ path: String) async throws {
        try await withTestServer { server in
            try await withFrameConnection(to: server.address.port) { frames in
                let answer = try await frames.answer(
                    to: APIFront.Request(method: "GET", host: server.host, path: path))
                #expect(answer.status == 426)
                #expect(answer.headers["sec-websocket-version"] == "13")
                #expect(answer.headers["upgrade"] == nil)
                #expect(answer.headers["connection"] == nil)
            }
        }
    }

    @Test func agreesToContinueAndIgnoresTrailers() async throws {
        try await withTestServer { server in
            try await withFrameConnection(to: server.address.port) { frames in
                var request = list(server)
                request.headers.append(HTTPField(name: "Expect", value: "100-continue"))
                let stream = frames.newStream()
                try await frames.raw.send(Frames.headers(request, stream: stream, isComplete: false))
                try await frames.receive { $0.streams[stream]?.interimStatuses == ["100"] }
                try await frames.send(body: request.body, isLast: false, stream: stream)
                try await frames.send(
                    .headers, flags: Frames.Flag.endHeaders | Frames.Flag.endStream, stream: stream,
                    Frames.block([("x-checksum", "1")]))
                #expect(try await frames.stream(stream).status == 200)
            }
        }
    }

    /// Malformed requests end their stream, and no more.
    @Test(arguments: [
        [(":method", "GET"), (":scheme", "http")],
        [(":method", "GET"), (":scheme", "http"), (":path", "/healthz"), ("Upper", "case")],
        [(":method", "GET"), (":scheme", "http"), (":path", "/healthz"), ("connection", "close")],
        [(":method", "GET"), (":scheme", "http"), (":path", "/healthz"), ("a", "b\r\nc: d")],
        [(":scheme", "http"), (":path", "/healthz"), (":method", "GET"), (":method", "GET")],
    ])
    func refusesMalformedRequests(_ fields: [(String, String)]) async throws {
        try await withTestServer { server in
            try await withFrameConnection(to: server.address.port) { frames in
                let stream = frames.newStream()
                try await frames.send(
                    .headers, flags: Frames.Flag.endHeaders | Frames.Flag.endStream, stream: stream,
                    Frames.block(fields))
                #expect(try await frames.stream(stream).reset == Frames.ErrorCode.protocol)
                #expect(try await frames.answer(to: health(server)).status == 200)
            }
        }
    }

    // MARK: One port

    /// The preface may come in pieces, and other connections speak HTTP/1.1 meanwhile.
    @Test func servesBothVersionsOnOnePort() async throws {
        try await withTestServer { server in
            try await withRawConnection(to: server.address.port) { raw in
                for byte in FrameConnection.preface { try await raw.send([byte]) }
                try await withRawConnection(to: server.address.port) { first in
                    try await first.send(list(server), health(server))
                    #expect(try await first.response()?.status == 200)
                    #expect(try await first.response()?.text == #"{"status":"ok"}"#)
                }
                try await raw.send(FrameConnection.frame(.settings))
                var frames = FrameConnection(raw)
                #expect(try await frames.answer(to: list(server)).status == 200)
            }
        }
    }

    /// What begins like a preface need not be one.
    @Test(arguments: [
        ("PUT / HTTP/1.1\r\nHost: a\r\n\r\n", 405), ("PRI * HTTP/2.0\r\n\r\nGET", 400),
        ("PRIX / HTTP/1.1\r\n\r\n", 400),
    ])
    func tellsPrefacesFromRequests(_ text: String, status: Int) async throws {
        try await withTestServer { server in
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send(text)
                #expect(try await connection.response()?.status == status)
            }
        }
    }

    // MARK: Bounds

    /// By its announced length, by what comes, and again and again: the connection goes on.
    @Test func refusesLargeBodies() async throws {
        try await withTestServer {
            $0.maximumBodySize = 10_000
        } _: { server in
            try await withFrameConnection(to: server.address.port) { frames in
                for isAnnounced in Array(repeating: true, count: 5) + Array(repeating: false, count: 20) {
                    var request = upload(30_000, server)
                    if isAnnounced { request.headers.append(HTTPField(name: "Content-Length", value: "30000")) }
                    let answer = try await frames.answer(to: request)
                    #expect(answer.status == 413)
                    #expect(answer.isEnded)
                    #expect(answer.text.contains("RequestEntityTooLargeException"))
                    #expect(answer.reset == nil || answer.reset == Frames.ErrorCode.none)
                }
                #expect(try await frames.answer(to: upload(10_000, server)).status == 400)
                #expect(try await frames.answer(to: list(server)).status == 200)
            }
        }
    }

    /// A body as large as the bound is larger than the windows of HTTP/2.
    @Test func acceptsTheLargestBody() async throws {
        try await withTestServer { server in
            try await withFrameConnection(to: server.address.port) { frames in
                let padding = String(repeating: " ", count: (1 << 20) - 2)
                let large = TestRequests.signed(
                    "ListClusters", padding + "{}", by: server.plane.administrator, host: server.host)
                let answer = try await frames.answer(to: large)
                #expect(answer.status == 200)
            }
        }
    }

    /// Bodies of all streams together are bounded, and what is refused may be sent again.
    @Test func boundsWhatAConnectionHolds() async throws {
        try await withTestServer {
            $0.maximumBodySize = 1000
        } _: { server in
            try await withFrameConnection(to: server.address.port) { frames in
                var open: [Int] = []
                for _ in 0..<16 {
                    open.append(frames.newStream())
                    let request = upload(1000, server)
                    try await frames.raw.send(Frames.headers(request, stream: open.last!, isComplete: false))
                    try await frames.send(body: request.body, isLast: false, stream: open.last!)
                }
                #expect(try await frames.answer(to: upload(1, server)).reset == Frames.ErrorCode.refusedStream)
                #expect(try await frames.answer(to: health(server)).status == 200)
                for stream in open {
                    try await frames.send(.data, flags: Frames.Flag.endStream, stream: stream)
                    #expect(try await frames.stream(stream).status == 400)
                }
                #expect(try await frames.answer(to: upload(1000, server)).status == 400)
            }
        }
    }

    /// The bound is told; a client that does not care about it loses the connection, and nobody else anything.
    @Test func boundsStreams() async throws {
        try await withTestServer {
            $0.maximumConcurrentStreams = 4
        } _: { server in
            try await withFrameConnection(to: server.address.port) { frames in
                try await frames.settle()
                #expect(frames.settings[3] == 4)
                for _ in 0..<5 {
                    try await frames.raw.send(
                        Frames.headers(upload(1, server), stream: frames.newStream(), isComplete: false))
                }
                #expect(try await frames.isAtEnd())
                #expect(frames.farewells.allSatisfy { $0.code == Frames.ErrorCode.protocol })
            }
            try await withFrameConnection(to: server.address.port) { frames in
                for _ in 0..<20 {
                    let answer = try await frames.answer(to: health(server))
                    #expect(answer.status == 200)
                }
            }
        }
    }

    @Test(arguments: [1, 2]) func boundsHeaders(version: Int) async throws {
        try await withTestServer { server in
            var request = health(server)
            request.headers = (0..<40).map { HTTPField(name: "x-\($0)", value: String(repeating: "a", count: 1000)) }
            if version == 1 {
                try await withRawConnection(to: server.address.port) { connection in
                    try? await connection.send(request)
                    let response = try await connection.response()
                    #expect(response?.status == 400)
                    #expect(try await connection.isAtEnd())
                }
            } else {
                try await withFrameConnection(to: server.address.port) { frames in
                    _ = try? await frames.send(request)
                    let isAtEnd = try await frames.isAtEnd()
                    #expect(isAtEnd)
                    #expect(frames.streams.isEmpty)
                }
            }
            request.headers.removeLast(15)
            try await withFrameConnection(to: server.address.port) { frames in
                let bytes = Frames.headers(request, stream: frames.newStream(), isComplete: true)
                // Two frames of one block. The bound is in force when the client has acknowledged it.
                try await frames.settle()
                let block = bytes[9...]
                try await frames.send(
                    .headers, flags: Frames.Flag.endStream, stream: 1, Array(block.prefix(16_000)))
                try await frames.send(
                    .continuation, flags: Frames.Flag.endHeaders, stream: 1, Array(block.dropFirst(16_000)))
                #expect(try await frames.stream(1).status == 200)
            }
        }
    }

    /// A client that reads headers only: its answers wait for its windows, each at most one, and then for the timeout.
    @Test func waitsForSlowReaders() async throws {
        try await withTestServer {
            $0.maximumConcurrentStreams = 8
        } _: { server in
            try await withFrameConnection(to: server.address.port, settings: [(4, 0)]) { frames in
                try await frames.settle()
                var open: [Int] = []
                for _ in 0..<8 { open.append(try await frames.send(health(server))) }
                try await frames.receive { frames in open.allSatisfy { frames.streams[$0]?.status == 200 } }
                try await frames.settle()
                #expect(open.allSatisfy { frames.streams[$0]?.body.isEmpty == true })
                try await frames.send(.windowUpdate, stream: open[0], Frames.number(4))
                try await frames.receive { $0.streams[open[0]]?.body.count == 4 }
                try await frames.settle()
                #expect(frames.streams[open[0]]?.text == #"{"st"#)
                try await frames.send(.windowUpdate, stream: open[0], Frames.number(100))
                #expect(try await frames.stream(open[0]).text == #"{"status":"ok"}"#)
                // Its place is free again.
                try await frames.send(.windowUpdate, stream: try await frames.send(health(server)), Frames.number(100))
                #expect(try await frames.stream(open[7] + 2).isEnded)
                _ = try await frames.send(health(server))
                _ = try await frames.send(health(server))
                #expect(try await frames.isAtEnd())
            }
        }
    }

    // MARK: Timeouts

    @Test func resetsAnswersThatNobodyReads() async throws {
        try await withTestServer {
            $0.idleTimeout = .milliseconds(100)
        } _: { server in
            // A busy machine may take longer than the timeout to send the request.
            var isAnswered = false
            while !isAnswered {
                isAnswered = try await withRawConnection(to: server.address.port) { raw in
                    var frames = FrameConnection(raw)
                    try? await frames.begin(settings: [(4, 0)])
                    guard let stream = try? await frames.send(health(server)) else { return false }
                    let answer = try await frames.stream(stream)
                    guard answer.status == 200 else { return false }
                    #expect(answer.reset == Frames.ErrorCode.cancel)
                    #expect(try await frames.isAtEnd())
                    return true
                }
            }
        }
    }

    /// Without a stream there is nothing to wait for.
    @Test func closesSilentConnections() async throws {
        try await withTestServer {
            $0.idleTimeout = .milliseconds(50)
        } _: { server in
            try await withRawConnection(to: server.address.port) { connection in
                try? await connection.send(Array(FrameConnection.preface.prefix(20)))
                let isAtEnd = try await connection.isAtEnd()
                #expect(isAtEnd)
            }
            // A busy machine may take longer than the timeout to send the preface.
            var farewells: [Int] = []
            while farewells.isEmpty {
                farewells = try await withRawConnection(to: server.address.port) { raw in
                    var frames = FrameConnection(raw)
                    try? await frames.begin()
                    let isAtEnd = try await frames.isAtEnd()
                    #expect(isAtEnd)
                    return frames.farewells.map(\.code)
                }
            }
            #expect(farewells == [Frames.ErrorCode.none])
        }
    }

    @Test func resetsRequestsThatDoNotEnd() async throws {
        try await withTestServer {
            $0.requestTimeout = .milliseconds(50)
        } _: { server in
            try await withFrameConnection(to: server.address.port) { frames in
                let stream = frames.newStream()
                try await frames.raw.send(Frames.headers(upload(1, server), stream: stream, isComplete: false))
                #expect(try await frames.stream(stream).reset == Frames.ErrorCode.cancel)
                #expect(try await frames.answer(to: health(server)).status == 200)
            }
        }
    }
}
