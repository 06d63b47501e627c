// SPDX-License-Identifier: Apache-2.0

import DryportWebSocket
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import NIOWebSocket

/// A frame as it stands on the wire.
struct RawFrame: Equatable {
    var opcode: UInt8
    var isFinal = true
    var isMasked: Bool
    var payload: [UInt8]

    var closeCode: UInt16? {
        guard opcode == 8, payload.count >= 2 else { return nil }
        return UInt16(payload[0]) << 8 | UInt16(payload[1])
    }

    var text: String { String(decoding: payload, as: UTF8.self) }
}

/// Writes frames byte by byte, so that the tests do not trust the encoder that the connection uses.
enum Wire {
    static let mask: [UInt8] = [0x12, 0x34, 0x56, 0x78]

    static func frame(_ first: UInt8, _ payload: [UInt8] = [], masked: Bool = true) -> [UInt8] {
        var bytes = [first]
        let flag: UInt8 = masked ? 0x80 : 0
        switch payload.count {
        case ..<126: bytes.append(flag | UInt8(payload.count))
        case ..<65536: bytes += [flag | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [flag | 127] + (0..<8).map { UInt8(payload.count >> (56 - 8 * $0) & 0xFF) }
        }
        guard masked else { return bytes + payload }
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    static func text(_ text: String) -> [UInt8] { frame(0x81, Array(text.utf8)) }
    static func close(_ code: UInt16, _ reason: String = "") -> [UInt8] {
        frame(0x88, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }

    static func parse(_ bytes: [UInt8]) -> [RawFrame] {
        var frames: [RawFrame] = []
        var rest = bytes[...]
        while rest.count >= 2 {
            let first = rest.removeFirst()
            let second = rest.removeFirst()
            var length = Int(second & 0x7F)
            if length >= 126 {
                let digits = length == 126 ? 2 : 8
                length = rest.prefix(digits).reduce(0) { $0 << 8 | Int($1) }
                rest.removeFirst(digits)
            }
            let key = second & 0x80 != 0 ? Array(rest.prefix(4)) : []
            rest.removeFirst(key.count)
            let payload = rest.prefix(length).enumerated().map { key.isEmpty ? $1 : $1 ^ key[$0 % 4] }
            rest.removeFirst(length)
            frames.append(
                RawFrame(
                    opcode: first & 0x0F, isFinal: first & 0x80 != 0, isMasked: !key.isEmpty, payload: payload))
        }
        return frames
    }
}

/// Counts the reads that get through to the network.
final class ReadCounter: ChannelOutboundHandler, Sendable {
    typealias OutboundIn = Never
    private let count = NIOLockedValueBox(0)
    var value: Int { count.withLockedValue { $0 } }

    func read(context: ChannelHandlerContext) {
        count.withLockedValue { $0 += 1 }
        context.read()
    }
}

/// A connection on a channel in memory, with time that only passes when told.
struct WebSocketFixture {
    let channel: NIOAsyncTestingChannel
    let connection: WebSocketConnection
    let reads: ReadCounter

    init(role: WebSocketRole, _ configuration: WebSocketConfiguration = WebSocketConfiguration()) async throws {
        let channel = NIOAsyncTestingChannel()
        let reads = ReadCounter()
        try await channel.connect(to: SocketAddress(unixDomainSocketPath: "/test")).get()
        connection = try await channel.testingEventLoop.executeInContext {
            try channel.pipeline.syncOperations.addHandlers([
                reads, WebSocketFrameEncoder(),
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: configuration.maximumMessageSize)),
            ])
            return try WebSocketConnection.wrap(channel, role: role, configuration: configuration)
        }
        self.channel = channel
        self.reads = reads
    }

    func receive(_ bytes: [UInt8]) async throws {
        try await channel.writeInbound(ByteBuffer(bytes: bytes))
    }

    /// What was sent since the last call.
    func sent() async throws -> [RawFrame] {
        await channel.testingEventLoop.run()
        var bytes: [UInt8] = []
        while let buffer = try await channel.readOutbound(as: ByteBuffer.self) {
            bytes += Array(buffer.readableBytesView)
        }
        return Wire.parse(bytes)
    }

    func nextMessage() async -> String? {
        var iterator = connection.messages.makeAsyncIterator()
        return await iterator.next()
    }
}
