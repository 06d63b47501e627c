// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOWebSocket

/// Turns frames into messages and checks them against RFC 6455: a state machine without a channel.
///
/// Text and binary messages are both given out as text, since AWS's agent accepts either on its channels
/// (`ecs-agent.md` §4.3).
struct WebSocketFrameReader {
    /// What a frame means.
    enum Event: Equatable {
        /// Nothing yet: a fragment that is not the last.
        case none
        case message(String)
        case ping(ByteBuffer)
        case pong
        /// A close frame; code 1005 stands for none.
        case close(code: UInt16, reason: String)
        /// The peer broke the protocol or a limit; the connection is to be closed with the code.
        case violation(code: UInt16, reason: String)
    }

    private enum Fragments {
        case none
        case text(ByteBuffer)
        case binary(ByteBuffer)
    }

    private let role: WebSocketRole
    private let maximumMessageSize: Int
    private var fragments: Fragments = .none

    init(role: WebSocketRole, maximumMessageSize: Int) {
        self.role = role
        self.maximumMessageSize = maximumMessageSize
    }

    /// Takes the next frame.
    /// - Complexity: O(n) in the frame's bytes, and once more O(m) in the message's when it is complete.
    mutating func receive(_ frame: WebSocketFrame) -> Event {
        guard frame.reservedBits.isEmpty else {
            return .violation(code: 1002, reason: "reserved bits are set, but no extension was agreed on")
        }
        guard (frame.maskKey != nil) == (role == .server) else {
            let reason = role == .server ? "a client must mask its frames" : "a server must not mask its frames"
            return .violation(code: 1002, reason: reason)
        }
        let data = frame.unmaskedData
        switch frame.opcode {
        case .text: return begin(.text(data), data: data, isFinal: frame.fin)
        case .binary: return begin(.binary(data), data: data, isFinal: frame.fin)
        case .continuation: return proceed(data, isFinal: frame.fin)
        case .ping: return .ping(data)
        case .pong: return .pong
        case .connectionClose: return Self.close(data)
        default: return .violation(code: 1002, reason: "opcode \(frame.opcode) is reserved")
        }
    }

    private mutating func begin(_ first: Fragments, data: ByteBuffer, isFinal: Bool) -> Event {
        guard case .none = fragments else {
            return .violation(code: 1002, reason: "a message began inside another one")
        }
        guard data.readableBytes <= maximumMessageSize else { return tooLarge() }
        guard isFinal else {
            fragments = first
            return .none
        }
        return Self.message(first)
    }

    private mutating func proceed(_ data: ByteBuffer, isFinal: Bool) -> Event {
        var data = data
        // Taken out first, so that the buffer is referenced once and grows in place.
        let current = fragments
        fragments = .none
        let whole: Fragments
        switch current {
        case .none:
            return .violation(code: 1002, reason: "a continuation without a beginning")
        case .text(var buffer):
            guard buffer.readableBytes + data.readableBytes <= maximumMessageSize else { return tooLarge() }
            buffer.writeBuffer(&data)
            whole = .text(buffer)
        case .binary(var buffer):
            guard buffer.readableBytes + data.readableBytes <= maximumMessageSize else { return tooLarge() }
            buffer.writeBuffer(&data)
            whole = .binary(buffer)
        }
        guard isFinal else {
            fragments = whole
            return .none
        }
        return Self.message(whole)
    }

    private func tooLarge() -> Event {
        .violation(code: 1009, reason: "a message may have at most \(maximumMessageSize) bytes")
    }

    private static func message(_ whole: Fragments) -> Event {
        switch whole {
        case .none:
            return .none
        case .text(let buffer):
            guard let text = String(validating: buffer.readableBytesView, as: UTF8.self) else {
                return .violation(code: 1007, reason: "a text message is not UTF-8")
            }
            return .message(text)
        case .binary(let buffer):
            guard let text = String(validating: buffer.readableBytesView, as: UTF8.self) else {
                return .violation(code: 1003, reason: "binary messages are not accepted here")
            }
            return .message(text)
        }
    }

    private static func close(_ data: ByteBuffer) -> Event {
        var data = data
        guard data.readableBytes > 0 else { return .close(code: 1005, reason: "") }
        guard let code = data.readInteger(as: UInt16.self), WebSocketClosure.isSendable(code) else {
            return .violation(code: 1002, reason: "a close frame has no valid code")
        }
        guard let reason = String(validating: data.readableBytesView, as: UTF8.self) else {
            return .violation(code: 1007, reason: "the reason of a close frame is not UTF-8")
        }
        return .close(code: code, reason: reason)
    }
}
