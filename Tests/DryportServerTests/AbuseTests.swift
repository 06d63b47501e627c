// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportModel
import DryportServer
import Testing

/// Bytes that no client sends.
@Suite(.timeLimit(.minutes(10))) struct AbuseTests {
    /// Damaged requests, handshakes and frames end one connection at most: the server goes on.
    @Test func survivesGarbage() async throws {
        try await withTestServer { server in
            let templates = templates(server)
            for seed in UInt64(0)..<300 {
                var random = SeededGenerator(seed: seed)
                var bytes = templates[Int(seed) % templates.count]
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
                    for half in [bytes.prefix(bytes.count / 2), bytes.suffix(bytes.count - bytes.count / 2)] {
                        try? await connection.send(Array(half))
                    }
                }
            }
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send(APIFront.Request(method: "GET", host: server.host, path: "/healthz"))
                #expect(try await connection.response()?.status == 200)
            }
        }
    }

    private func templates(_ server: TestServer) -> [[UInt8]] {
        let administrator = server.plane.administrator
        let list = TestRequests.signed("ListClusters", #"{"maxResults":10}"#, by: administrator, host: server.host)
        let handshake = TestRequests.handshake(
            path: "/tcs/ws", parameters: [:], by: administrator, host: server.host)
        let ping: [UInt8] = [0x89, 0x81, 0, 0, 0, 0, 7]
        return [
            RawConnection.bytes(of: list) + RawConnection.bytes(of: list),
            RawConnection.bytes(of: list, isChunked: true),
            RawConnection.bytes(of: handshake) + ping + [0x81, 0x82, 1, 2, 3, 4, 5, 6] + [0x88, 0x80, 0, 0, 0, 0],
        ]
    }

    /// A request is refused early, and what follows of it is malformed.
    @Test func survivesErrorsBehindARefusal() async throws {
        try await withTestServer { server in
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                // A busy machine may take longer to send it than the server is ready to read it.
                try? await connection.send("200000\r\n" + String(repeating: "a", count: 0x200000) + "\r\n")
                #expect(try await connection.response()?.status == 413)
                try? await connection.send("not a chunk\r\n")
                while try await connection.response() != nil {}
            }
            try await withRawConnection(to: server.address.port) { connection in
                try await connection.send(APIFront.Request(method: "GET", host: server.host, path: "/healthz"))
                #expect(try await connection.response()?.status == 200)
            }
        }
    }

    /// A handshake with a body is none, and a body is no frame.
    @Test func refusesHandshakesWithABody() async throws {
        try await withTestServer { server in
            try await withRawConnection(to: server.address.port) { connection in
                var request = TestRequests.handshake(
                    path: "/tcs/ws", parameters: [:], by: server.plane.administrator, host: server.host)
                request.headers.append(HTTPField(name: "Content-Length", value: "2"))
                try await connection.send(RawConnection.bytes(of: request) + Array("{}".utf8))
                #expect(try await connection.response()?.status == 426)
                #expect(try await connection.isAtEnd())
            }
        }
    }
}
