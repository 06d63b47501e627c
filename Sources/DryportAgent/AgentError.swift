// SPDX-License-Identifier: Apache-2.0

/// Why an agent ended although nobody asked it to.
public struct AgentError: Error, Sendable {
    /// What went wrong. More codes may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable { case activationRequired, refused, state, key }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// The code's name.
        public var description: String { value.rawValue }

        /// The host was never registered, and no activation was given. Make one and start again with it.
        public static let activationRequired = Code(.activationRequired)
        /// The backend refuses the host for good, or its data belong elsewhere. Do not start again before the
        /// cause is mended.
        public static let refused = Code(.refused)
        /// The store failed, so that nothing may be decided any more. Start again: the agent goes on from what is
        /// stored.
        public static let state = Code(.state)
        /// The node's private key cannot be made or read.
        public static let key = Code(.key)
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

extension AgentError: CustomStringConvertible {
    /// The message with its code and cause.
    public var description: String {
        if let cause { "\(message) (\(code)): \(cause)" } else { "\(message) (\(code))" }
    }
}
