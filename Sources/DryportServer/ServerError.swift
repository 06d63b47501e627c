// SPDX-License-Identifier: Apache-2.0

/// Why a server cannot serve.
public struct ServerError: Error, Sendable {
    /// What went wrong. More codes may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable {
            case cannotListen, invalidCertificate, invalidConfiguration, notRunning
        }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// The text form.
        public var description: String { value.rawValue }

        /// The address cannot be listened on: it is in use, not this host's, or needs a privilege.
        public static let cannotListen = Code(.cannotListen)
        /// The certificate chain or its key cannot be read, or they do not belong together.
        public static let invalidCertificate = Code(.invalidCertificate)
        /// A setting has no meaning.
        public static let invalidConfiguration = Code(.invalidConfiguration)
        /// The server has ended, or it could not begin.
        public static let notRunning = Code(.notRunning)
    }

    /// What went wrong.
    public var code: Code
    /// What happened and what can be done, in one sentence.
    public var message: String
    /// The error below, if there is one.
    public var cause: (any Error)?

    /// Creates an error.
    public init(code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension ServerError: CustomStringConvertible {
    /// The text form.
    public var description: String {
        if let cause { "\(message) (\(code)): \(cause)" } else { "\(message) (\(code))" }
    }
}
