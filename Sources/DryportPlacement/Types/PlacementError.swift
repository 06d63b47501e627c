// SPDX-License-Identifier: Apache-2.0

/// Why an engine did not do what it was asked. Nothing has changed.
///
/// | Code | What is wrong | What to do |
/// |---|---|---|
/// | ``Code/invalidInstance`` | a member of an instance is out of range | mend the member that the message names |
/// | ``Code/duplicateInstance`` | an instance of that id is there | use another id, or update the instance |
/// | ``Code/unknownInstance`` | no instance has that id | add it first |
/// | ``Code/invalidRequest`` | a member of a request is out of range | mend the member that the message names |
/// | ``Code/refused`` | the named instance cannot take the task | choose another; the message says what it lacks |
/// | ``Code/notCharged`` | the task is not charged to the instance | release each task once, as it was placed |
/// | ``Code/tooManyInstances`` | the engine is full | use one engine for each cluster |
public struct PlacementError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of error it is. New codes are no breaking change.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case invalidInstance, duplicateInstance, unknownInstance, invalidRequest, refused, notCharged
            case tooManyInstances
        }
        private let name: Name

        private init(_ name: Name) { self.name = name }

        /// The code's name.
        public var description: String { name.rawValue }

        /// A member of an instance is out of range.
        public static let invalidInstance = Code(.invalidInstance)
        /// An instance of that id is there.
        public static let duplicateInstance = Code(.duplicateInstance)
        /// No instance has that id.
        public static let unknownInstance = Code(.unknownInstance)
        /// A member of a request is out of range.
        public static let invalidRequest = Code(.invalidRequest)
        /// The named instance cannot take the task.
        public static let refused = Code(.refused)
        /// The task is not charged to the instance.
        public static let notCharged = Code(.notCharged)
        /// The engine is full.
        public static let tooManyInstances = Code(.tooManyInstances)
    }

    /// What kind of error it is.
    public let code: Code
    /// What is wrong, where, and what would be right.
    public let message: String

    /// Creates an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
