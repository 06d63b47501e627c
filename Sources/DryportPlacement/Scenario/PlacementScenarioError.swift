// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a scenario, and where.
///
/// | Code | What is wrong | What to do |
/// |---|---|---|
/// | ``Code/invalidJSON`` | the text is no JSON | mend the place that the message names |
/// | ``Code/unknownMember`` | an object has a member that it cannot have | use the name that the message proposes |
/// | ``Code/missingMember`` | an object lacks a member that it must have | add it |
/// | ``Code/wrongType`` | a member is of another type | write what the message expects |
/// | ``Code/invalidValue`` | a value is out of range, or cannot be read | mend it as the message says |
/// | ``Code/duplicate`` | two things have one name, or a member is given twice | rename or remove one of them |
/// | ``Code/tooLarge`` | there are more instances or tasks than a scenario holds | lower a `count` |
public struct PlacementScenarioError: Error, Sendable, Hashable {
    /// What kind of error it is.
    public let code: Code
    /// The place in the scenario, such as `workload[3].constraints[0].expression`; empty for the whole of it.
    public let path: String
    /// What is wrong there, and what would be right.
    public let message: String

    /// Creates an error.
    public init(_ code: Code, at path: String, _ message: String) {
        self.code = code
        self.path = path
        self.message = message
    }

    /// What kind of error it is. New codes are no breaking change.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case invalidJSON, unknownMember, missingMember, wrongType, invalidValue, duplicate, tooLarge
        }
        private let name: Name

        private init(_ name: Name) { self.name = name }

        /// The code's name.
        public var description: String { name.rawValue }

        /// The text is no JSON.
        public static let invalidJSON = Code(.invalidJSON)
        /// An object has a member that it cannot have.
        public static let unknownMember = Code(.unknownMember)
        /// An object lacks a member that it must have.
        public static let missingMember = Code(.missingMember)
        /// A member is of another type.
        public static let wrongType = Code(.wrongType)
        /// A value is out of range, or cannot be read.
        public static let invalidValue = Code(.invalidValue)
        /// Two things have one name, or a member is given twice.
        public static let duplicate = Code(.duplicate)
        /// There are more instances or tasks than a scenario holds.
        public static let tooLarge = Code(.tooLarge)
    }
}

extension PlacementScenarioError: CustomStringConvertible {
    /// The path and the message in one line.
    public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}
