// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportServer
import NIOCore
import NIOPosix

/// A TCP connection on which tests say exactly which bytes go over it.
struct RawConnection {
    struct Response: Sendable {
        var status: Int
        var headers: [String: String]
        var body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    struct Frame: Sendable {
        var opcode: UInt8
        var payload: [UInt8]
        var text: String { String(decoding: payload, as: UTF8.self) }
        /// Of a close frame.
        var closeCode: Int? {
            opcode == 8 && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil
        }
    }

    private let channel: any Channel
    private var inbound: AsyncStream<ByteBuffer>.Iterator
    private var buffer = ByteBuffer()

    init(_ channel: any Channel, _ inbound: AsyncStream<ByteBuffer>) {
        self.channel = channel
        self.inbound = inbound.makeAsyncIterator()
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get() }

    func send(_ requests: APIFront.Request...) async throws {
        try await send(requests.flatMap { Self.bytes(of: $0) })
    }

    /// A request as HTTP/1.1, with the length of its body.
    static func bytes(of request: APIFront.Request, isChunked: Bool = false) -> [UInt8] {
        var head = "\(request.method) \(request.path)\(request.query.isEmpty ? "" : "?" + request.query) HTTP/1.1\r\n"
        head += "Host: \(request.host)\r\n"
        for field in request.headers { head += "\(field.name): \(field.value)\r\n" }
        guard isChunked else {
            if request.method == "POST" { head += "Content-Length: \(request.body.count)\r\n" }
            return Array((head + "\r\n").utf8) + request.body
        }
        var bytes = Array((head + "Transfer-Encoding: chunked\r\n\r\n").utf8)
        for byte in request.body { bytes += Array("1\r\n".utf8) + [byte] + Array("\r\n".utf8) }
        return bytes + Array("0\r\n\r\n".utf8)
    }

    /// The next answer; nil at the end of the connection.
    mutating func response(hasBody: Bool = true) async throws -> Response? {
        guard let head = try await readHead() else { return nil }
        let lines = head.split(separator: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        let length = hasBody ? headers["content-length"].flatMap { Int($0) } ?? 0 : 0
        guard try await fill(length), let body = buffer.readBytes(length: length) else { return nil }
        let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return Response(status: status, headers: headers, body: body)
    }

    /// The next bytes; nil if the connection ends before.
    mutating func bytes(_ count: Int) async throws -> [UInt8]? {
        try await fill(count) ? buffer.readBytes(length: count) : nil
    }

    /// Sends nothing any more, but goes on receiving.
    func halfClose() async throws { try await channel.close(mode: .output) }

    /// Whether the peer has closed the connection, and has said nothing before that.
    mutating func isAtEnd() async throws -> Bool { try await !fill(1) }

    /// The next frame of the server; nil at the end of the connection.
    mutating func frame() async throws -> Frame? {
        guard try await fill(2), let start = buffer.readBytes(length: 2) else { return nil }
        var length = Int(start[1])
        precondition(length < 128, "a server does not mask")
        if length > 125 {
            let size = length == 126 ? 2 : 8
            guard try await fill(size), let digits = buffer.readBytes(length: size) else { return nil }
            length = digits.reduce(0) { $0 << 8 | Int($1) }
        }
        guard try await fill(length), let payload = buffer.readBytes(length: length) else { return nil }
        return Frame(opcode: start[0] & 15, payload: payload)
    }

    /// Sends a whole message, or the beginning of one that claims to be longer.
    func sendFrame(opcode: UInt8 = 1, _ payload: [UInt8], claimedLength: Int? = nil) async throws {
        let length = claimedLength ?? payload.count
        var bytes = [0x80 | opcode]
        if length < 126 {
            bytes.append(0x80 | UInt8(length))
        } else {
            bytes.append(0x80 | 127)
            bytes += (0..<8).reversed().map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
        }
        let mask: [UInt8] = [1, 2, 3, 4]
        bytes += mask
        bytes += payload.enumerated().map { $1 ^ mask[$0 % 4] }
        try await send(bytes)
    }

    private mutating func fill(_ count: Int) async throws -> Bool {
        while buffer.readableBytes < count {
            guard var more = await inbound.next(isolation: #isolation) else { return false }
            buffer.writeBuffer(&more)
        }
        return true
    }

    private mutating func readHead() async throws -> String? {
        while true {
            let bytes = buffer.readableBytesView
            let end = Array("\r\n\r\n".utf8)
            if let index = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) {
                let head = buffer.readString(length: index - bytes.startIndex)
                buffer.moveReaderIndex(forwardBy: 4)
                return head
            }
            guard try await fill(bytes.count + 1) else { return nil }
        }
    }
}

/// Connects to a server on the loopback interface, runs a body with the connection, and closes it.
/// - Parameter reads: Whether what the server sends is read at all.
func withRawConnection<Result: Sendable>(
    to port: Int, reads: Bool = true, _ body: (inout RawConnection) async throws -> Result
) async throws -> Result {
    let (received, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .channelOption(.autoRead, value: reads)
        .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Receiver(received: continuation))
            }
        }
        .connect(host: "127.0.0.1", port: port).get()
    var connection = RawConnection(channel, received)
    let result: Swift.Result<Result, any Error>
    do {
        result = .success(try await body(&connection))
    } catch {
        result = .failure(error)
    }
    channel.close(promise: nil)
    try await channel.closeFuture.get()
    return try result.get()
}

/// Passes on what is received, until the connection ends or is reset.
private final class Receiver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let received: AsyncStream<ByteBuffer>.Continuation

    init(received: AsyncStream<ByteBuffer>.Continuation) {
        self.received = received
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { received.yield(Self.unwrapInboundIn(data)) }

    func channelInactive(context: ChannelHandlerContext) { received.finish() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
