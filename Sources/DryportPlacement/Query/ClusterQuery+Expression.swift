// SPDX-License-Identifier: Apache-2.0

extension ClusterQuery {
    /// What a query says.
    ///
    /// In the expression of a ``ClusterQuery``, ``anyOf(_:)`` and ``allOf(_:)`` have two or more parts, none of
    /// them of the same kind, so its depth is bounded by ``ClusterQuery/maximumDepth``.
    public indirect enum Expression: Sendable, Hashable {
        /// At least one of these holds: `or`, `||`.
        case anyOf([Expression])
        /// All of these hold: `and`, `&&`.
        case allOf([Expression])
        /// This does not hold: `not`, `!`.
        case not(Expression)
        /// One subject is compared.
        case comparison(Comparison)

        /// The subjects that occur, in order of first appearance, each once.
        var subjects: [Subject] {
            var seen: Set<Subject> = []
            var subjects: [Subject] = []
            collect { if seen.insert($0).inserted { subjects.append($0) } }
            return subjects
        }

        private func collect(_ body: (Subject) -> Void) {
            switch self {
            case .anyOf(let parts), .allOf(let parts): for part in parts { part.collect(body) }
            case .not(let part): part.collect(body)
            case .comparison(let comparison): body(comparison.subject)
            }
        }
    }

    /// One subject compared with values.
    public struct Comparison: Sendable, Hashable {
        /// What is compared.
        public var subject: Subject
        /// How.
        public var operation: Operator
        /// With what, as written but without quotes: none for `exists` and `!exists`, one or more for `in` and
        /// `!in`, otherwise one.
        public var values: [String]

        /// Creates a comparison; nothing is checked.
        public init(_ subject: Subject, _ operation: Operator, _ values: [String] = []) {
            self.subject = subject
            self.operation = operation
            self.values = values
        }
    }

    /// How a subject is compared. The raw value is the symbolic spelling.
    public enum Operator: String, Sendable, Hashable, CaseIterable {
        /// `==`, `equals`.
        case equal = "=="
        /// `!=`, `not_equals`.
        case notEqual = "!="
        /// `>`, `greater_than`.
        case greaterThan = ">"
        /// `>=`, `greater_than_equal`.
        case greaterThanOrEqual = ">="
        /// `<`, `less_than`.
        case lessThan = "<"
        /// `<=`, `less_than_equal`.
        case lessThanOrEqual = "<="
        /// `=~`, `matches`.
        case matches = "=~"
        /// `!~`, `not_matches`.
        case notMatches = "!~"
        /// `in`.
        case isIn = "in"
        /// `!in`, `not_in`.
        case isNotIn = "!in"
        /// `exists`.
        case exists = "exists"
        /// `!exists`, `not_exists`.
        case doesNotExist = "!exists"

        /// The spelling as a word.
        public var word: String {
            switch self {
            case .equal: "equals"
            case .notEqual: "not_equals"
            case .greaterThan: "greater_than"
            case .greaterThanOrEqual: "greater_than_equal"
            case .lessThan: "less_than"
            case .lessThanOrEqual: "less_than_equal"
            case .matches: "matches"
            case .notMatches: "not_matches"
            case .isIn: "in"
            case .isNotIn: "not_in"
            case .exists: "exists"
            case .doesNotExist: "not_exists"
            }
        }

        /// What follows the operator.
        enum Operand { case nothing, value, pattern, list }

        var operand: Operand {
            switch self {
            case .exists, .doesNotExist: .nothing
            case .isIn, .isNotIn: .list
            case .matches, .notMatches: .pattern
            case .equal, .notEqual, .greaterThan, .greaterThanOrEqual, .lessThan, .lessThanOrEqual: .value
            }
        }
    }

    /// What a query can ask of an instance.
    public enum Subject: Sendable, Hashable {
        /// Whether the agent is connected, as `true` or `false`.
        case agentConnected
        /// The agent's version.
        case agentVersion
        /// The machine's id.
        case ec2InstanceId
        /// When the instance registered.
        case registeredAt
        /// How many of its tasks are RUNNING.
        case runningTasksCount
        /// The groups of the tasks that live on it.
        case taskGroup
        /// The attribute of this name.
        case attribute(String)

        /// The operators that the subject has, in the order of AWS's guide.
        public var operators: [Operator] {
            switch self {
            case .agentConnected, .ec2InstanceId, .taskGroup:
                [.equal, .notEqual, .isIn, .isNotIn, .matches, .notMatches]
            case .agentVersion, .registeredAt, .runningTasksCount:
                [.equal, .notEqual, .greaterThan, .greaterThanOrEqual, .lessThan, .lessThanOrEqual]
            case .attribute:
                Operator.allCases
            }
        }
    }
}

extension ClusterQuery.Subject: CustomStringConvertible {
    /// The subject as it is written in a query.
    public var description: String {
        switch self {
        case .agentConnected: "agentConnected"
        case .agentVersion: "agentVersion"
        case .ec2InstanceId: "ec2InstanceId"
        case .registeredAt: "registeredAt"
        case .runningTasksCount: "runningTasksCount"
        case .taskGroup: "task:group"
        case .attribute(let name): "attribute:\(name)"
        }
    }
}

extension ClusterQuery.Expression: CustomStringConvertible {
    /// The expression as text, with as few parentheses as its meaning allows.
    public var description: String {
        switch self {
        case .anyOf(let parts):
            return parts.map { part in
                if case .anyOf = part { return "(\(part))" }
                return part.description
            }.joined(separator: " or ")
        case .allOf(let parts):
            return parts.map { part in
                switch part {
                case .anyOf, .allOf: "(\(part))"
                case .not, .comparison: part.description
                }
            }.joined(separator: " and ")
        case .not(let part):
            return "not(\(part))"
        case .comparison(let comparison):
            return comparison.description
        }
    }
}

extension ClusterQuery.Comparison: CustomStringConvertible {
    /// The comparison as text, with values in quotes where they need them. A value with control characters or with
    /// both kinds of quotes cannot be written in the language.
    public var description: String {
        let values = values.map(Self.written)
        switch operation.operand {
        case .nothing: return "\(subject) \(operation.rawValue)"
        case .list: return "\(subject) \(operation.rawValue) [\(values.joined(separator: ", "))]"
        case .value, .pattern: return "\(subject) \(operation.rawValue) \(values.joined())"
        }
    }

    private static func written(_ value: String) -> String {
        let isPlain = value.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "*")...UInt8(ascii: "+"),
                UInt8(ascii: "-")...UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "@"):
                true
            default: false
            }
        }
        if isPlain, !value.isEmpty, !ClusterQuery.Parser.reservedWords.contains(value) { return value }
        let quote = value.unicodeScalars.contains("'") ? "\"" : "'"
        return quote + value + quote
    }
}
