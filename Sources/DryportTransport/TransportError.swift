// SPDX-License-Identifier: Apache-2.0

/// The error of every transport.
public struct TransportError: Error, Sendable {
    /// What went wrong. More codes may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable {
            case unreachable, timedOut, untrusted, refused, closed, invalidEndpoint, protocolViolation
        }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// The text form.
        public var description: String { value.rawValue }

        /// No connection: the name does not resolve, nobody listens, the network is down. Try again.
        public static let unreachable = Code(.unreachable)
        /// No answer in time. The request may have been executed. Try again.
        public static let timedOut = Code(.timedOut)
        /// The peer's certificate is not trusted. Do not try again before the trust is mended.
        public static let untrusted = Code(.untrusted)
        /// The handshake of a session was answered with something other than a session; see
        /// ``TransportError/response``.
        public static let refused = Code(.refused)
        /// The connection ended. Open a new one.
        public static let closed = Code(.closed)
        /// The endpoint's URL cannot be used. Correct the configuration.
        public static let invalidEndpoint = Code(.invalidEndpoint)
        /// The peer does not speak the protocol, or a message is too large.
        public static let protocolViolation = Code(.protocolViolation)
    }

    /// What went wrong.
    public var code: Code
    /// What happened, with the endpoint, in one sentence.
    public var message: String
    /// With `refused`: the server's answer.
    public var response: ServiceResponse?
    /// With `closed`: the close code of the WebSocket, 1006 if the connection broke.
    public var closeCode: UInt16?
    /// The error below, if there is one.
    public var cause: (any Error)?

    /// Creates an error.
    public init(
        code: Code, message: String, response: ServiceResponse? = nil, closeCode: UInt16? = nil,
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.response = response
        self.closeCode = closeCode
        self.cause = cause
    }
}

extension TransportError: CustomStringConvertible {
    /// The text form.
    public var description: String {
        if let cause { "\(message) (\(code)): \(cause)" } else { "\(message) (\(code))" }
    }
}
