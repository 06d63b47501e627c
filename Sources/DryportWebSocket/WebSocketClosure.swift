// SPDX-License-Identifier: Apache-2.0

/// How a WebSocket connection ended.
public struct WebSocketClosure: Sendable, Hashable {
    /// Who ended the connection.
    public enum Origin: Sendable, Hashable {
        /// This end, because ``WebSocketConnection/close(code:reason:)`` was called.
        case local
        /// This end, because the peer broke the protocol or a limit.
        case violation
        /// The peer, with a close frame.
        case peer
        /// Nobody: the connection below broke, or the peer fell silent. The code is 1006.
        case connection
    }

    /// The close code: the one sent or received; 1005 if the frame had none; 1006 if there was no frame.
    public var code: UInt16
    /// The reason in the close frame, or what broke; for people.
    public var reason: String
    /// Who ended the connection.
    public var origin: Origin

    /// Creates a closure.
    public init(code: UInt16, reason: String, origin: Origin) {
        self.code = code
        self.reason = reason
        self.origin = origin
    }

    /// Whether the end was orderly: codes 1000 (normal), 1001 (going away), and 1005 (none given).
    public var isNormal: Bool { code == 1000 || code == 1001 || code == 1005 }

    /// Whether a code may stand in a close frame (RFC 6455 §7.4 and its registry): 1004, 1005, 1006 and 1015 may
    /// not, 3000 to 4999 belong to applications.
    static func isSendable(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}

/// Thrown by an attempt to use a connection that is over.
public struct WebSocketClosedError: Error, Sendable {
    /// How the connection ended; nil if the end has been noticed by the failing write only.
    public var closure: WebSocketClosure?
    /// The error of the channel below, if there is one.
    public var cause: (any Error)?

    /// Creates the error.
    public init(closure: WebSocketClosure?, cause: (any Error)? = nil) {
        self.closure = closure
        self.cause = cause
    }
}

extension WebSocketClosedError: CustomStringConvertible {
    /// One line with the code and the reason.
    public var description: String {
        let code = closure.map { "with code \($0.code)" + ($0.reason.isEmpty ? "" : " (\($0.reason))") }
        return "the WebSocket is closed \(code ?? "")" + (cause.map { ": \($0)" } ?? "")
    }
}
