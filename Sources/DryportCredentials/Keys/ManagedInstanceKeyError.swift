// SPDX-License-Identifier: Apache-2.0

/// Why a managed node's key could not be read, made or used. Messages contain nothing of a key.
public struct ManagedInstanceKeyError: Error, Sendable, Hashable {
    /// Which failure it is.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Wrapped: String, Sendable, Hashable {
            case invalidEncoding, unsupportedSize, generationFailed, signingFailed
        }

        private let wrapped: Wrapped

        private init(_ wrapped: Wrapped) { self.wrapped = wrapped }

        /// The text form.
        public var description: String { wrapped.rawValue }

        /// The text is not base64 of the expected DER structure. Do not retry: the key is damaged or of another kind.
        public static let invalidEncoding = Code(.invalidEncoding)
        /// The modulus has fewer than 2048 or more than 8192 bits. Do not retry: make another key.
        public static let unsupportedSize = Code(.unsupportedSize)
        /// No key could be made; the system has no randomness or no memory.
        public static let generationFailed = Code(.generationFailed)
        /// The key cannot sign.
        public static let signingFailed = Code(.signingFailed)
    }

    /// Which failure it is.
    public var code: Code
    /// What is wrong, and what helps.
    public var message: String

    /// Creates an error.
    public init(code: Code, message: String) {
        self.code = code
        self.message = message
    }
}

extension ManagedInstanceKeyError: CustomStringConvertible {
    /// The text form.
    public var description: String { "\(code): \(message)" }
}
