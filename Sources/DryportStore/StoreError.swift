// SPDX-License-Identifier: Apache-2.0

/// The error of every store.
public struct StoreError: Error, Sendable {
    /// What went wrong. More codes may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable {
            case conflict, unavailable, corrupted, compacted, closed, invalidLocation
        }
        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// The text form.
        public var description: String { value.rawValue }

        /// A comparison of the batch did not hold; nothing was changed. Read again and decide anew.
        public static let conflict = Code(.conflict)
        /// The store could not do it now (disk full, I/O error, lock). A commit may or may not have happened:
        /// reload before going on.
        public static let unavailable = Code(.unavailable)
        /// What is stored cannot be understood. Do not retry; restore from a backup.
        public static let corrupted = Code(.corrupted)
        /// A watcher fell behind; read the range again and watch from there.
        public static let compacted = Code(.compacted)
        /// The store was closed.
        public static let closed = Code(.closed)
        /// The place of the store cannot be used: it is missing, not writable, or in use by another process.
        public static let invalidLocation = Code(.invalidLocation)
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

extension StoreError: CustomStringConvertible {
    /// The text form.
    public var description: String {
        if let cause { "\(message) (\(code)): \(cause)" } else { "\(message) (\(code))" }
    }
}
