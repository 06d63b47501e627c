// SPDX-License-Identifier: Apache-2.0

/// Why a text is not a ``ClusterQuery``.
///
/// All of them are mistakes in the text: trying again does not help. AWS answers them with
/// `InvalidParameterException`.
public struct ClusterQueryError: Error, Sendable, Hashable {
    /// The kind of mistake.
    public let code: Code
    /// Where it is: 1 for the first character. Characters are Unicode scalars. One more than the length of the text
    /// if something is missing at its end.
    public let column: Int
    /// The whole message, with the column, and with what was found there or what to write instead, such as
    /// "expected a value after \`==\` at column 23, found the end of the query".
    public let message: String

    /// Creates an error whose message is `problem`, the column and `detail`.
    init(_ code: Code, column: Int, _ problem: String, _ detail: String) {
        self.code = code
        self.column = column
        self.message = "\(problem) at column \(column)\(detail)"
    }
}

extension ClusterQueryError: CustomStringConvertible {
    /// The ``message``.
    public var description: String { message }
}

extension ClusterQueryError {
    /// A kind of mistake. More kinds may come with a later release.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case emptyQuery, queryTooLong, queryTooDeep, invalidCharacter, unterminatedQuote, unexpectedText
            case unbalancedParenthesis, expectedSubject, expectedOperator, unsupportedOperator, expectedValue
            case invalidValue, invalidPattern, unsupportedPattern, patternTooLarge
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// There is nothing but white space.
        public static let emptyQuery = Code(.emptyQuery)
        /// The text is longer than ``ClusterQuery/maximumLength``.
        public static let queryTooLong = Code(.queryTooLong)
        /// Negations and parentheses nest deeper than ``ClusterQuery/maximumDepth``.
        public static let queryTooDeep = Code(.queryTooDeep)
        /// A control character.
        public static let invalidCharacter = Code(.invalidCharacter)
        /// A quoted value has no end.
        public static let unterminatedQuote = Code(.unterminatedQuote)
        /// Something other than `and`, `or` or the end follows an expression.
        public static let unexpectedText = Code(.unexpectedText)
        /// A parenthesis is not closed, or was never opened.
        public static let unbalancedParenthesis = Code(.unbalancedParenthesis)
        /// What stands where a subject has to is none, or nothing is there.
        public static let expectedSubject = Code(.expectedSubject)
        /// What stands after a subject is no operator, or nothing is there.
        public static let expectedOperator = Code(.expectedOperator)
        /// The operator exists, but not for this subject.
        public static let unsupportedOperator = Code(.unsupportedOperator)
        /// A value or a list of values is missing.
        public static let expectedValue = Code(.expectedValue)
        /// The value is not of the subject's kind: no version, date, integer, or not `true` or `false`.
        public static let invalidValue = Code(.invalidValue)
        /// The pattern is malformed: a group or class has no end, a quantifier nothing to repeat, and the like.
        public static let invalidPattern = Code(.invalidPattern)
        /// The pattern uses a construct that cannot be matched in linear time, or that is not known here.
        public static let unsupportedPattern = Code(.unsupportedPattern)
        /// The pattern is well-formed, but too large or nested too deep.
        public static let patternTooLarge = Code(.patternTooLarge)

        /// The name of the kind, such as `expectedValue`.
        public var description: String { kind.rawValue }
    }
}
