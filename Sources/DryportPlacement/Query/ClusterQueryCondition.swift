// SPDX-License-Identifier: Apache-2.0

internal import DryportModel

extension ClusterQuery {
    /// A query ready to be evaluated: values are numbers, patterns are programs.
    indirect enum Condition: Sendable {
        case anyOf([Condition])
        case allOf([Condition])
        case not(Condition)
        /// What the comparison gives for `true` and for `false` is known beforehand.
        case agentConnected(ifConnected: Bool, ifNot: Bool)
        case agentVersion(Relation, Version)
        case ec2InstanceID(TextTest)
        case registeredAt(Relation, second: Int64)
        case runningTasksCount(Relation, Int)
        case taskGroup(TextTest)
        case attribute(String, TextTest)
        case attributeExists(String)

        func holds(for instance: some ClusterQuerySubjects) -> Bool {
            switch self {
            case .anyOf(let parts):
                return parts.contains { $0.holds(for: instance) }
            case .allOf(let parts):
                return parts.allSatisfy { $0.holds(for: instance) }
            case .not(let part):
                return !part.holds(for: instance)
            case .agentConnected(let ifConnected, let ifNot):
                return instance.isAgentConnected ? ifConnected : ifNot
            case .agentVersion(let relation, let version):
                guard let order = instance.agentVersion.flatMap(version.order(of:)) else { return false }
                return relation.holds(order, 0)
            case .ec2InstanceID(let test):
                return instance.ec2InstanceID.map(test.holds) ?? false
            case .registeredAt(let relation, let second):
                return instance.registeredAt.map { relation.holds($0.wholeSeconds, second) } ?? false
            case .runningTasksCount(let relation, let count):
                return relation.holds(instance.runningTasksCount, count)
            case .taskGroup(let test):
                return instance.hasTask(inGroup: test.kind.holds) != test.isNegated
            case .attribute(let name, let test):
                switch instance.attribute(name) {
                case .missing: return false
                case .nameOnly: return test.holds("")
                case .value(let value): return test.holds(value)
                }
            case .attributeExists(let name):
                return instance.attribute(name) != .missing
            }
        }
    }
}

extension ClusterQuery {
    /// How two values of an ordered type are compared.
    enum Relation: Sendable {
        case equal, notEqual, greater, greaterOrEqual, less, lessOrEqual

        func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
            switch self {
            case .equal: left == right
            case .notEqual: left != right
            case .greater: left > right
            case .greaterOrEqual: left >= right
            case .less: left < right
            case .lessOrEqual: left <= right
            }
        }
    }

    /// A comparison of a text that the instance has.
    struct TextTest: Sendable {
        enum Kind: Sendable {
            case equal(String)
            case among(Set<String>)
            case like(LinearPattern)
            case ordered(Relation, String, DecimalNumber?)

            func holds(_ text: String) -> Bool {
                switch self {
                case .equal(let value):
                    return text == value
                case .among(let values):
                    return values.contains(text)
                case .like(let pattern):
                    return pattern.matches(text)
                case .ordered(let relation, let value, let number):
                    if let number, let other = DecimalNumber(text) { return relation.holds(other, number) }
                    return relation.holds(text, value)
                }
            }
        }

        var kind: Kind
        var isNegated: Bool

        func holds(_ text: String) -> Bool { kind.holds(text) != isNegated }
    }
}

// MARK: Compiling

extension ClusterQuery.Condition {
    /// Compiles a comparison that the grammar allows.
    /// - Parameters:
    ///   - comparison: The comparison.
    ///   - columns: The column of each value, for errors.
    /// - Throws: An error if a value is not of the subject's kind.
    init(_ comparison: ClusterQuery.Comparison, columns: [Int]) throws(ClusterQueryError) {
        let operation = comparison.operation
        switch comparison.subject {
        case .agentConnected:
            if operation.operand != .pattern {
                for (value, column) in zip(comparison.values, columns) where value != "true" && value != "false" {
                    throw .invalid(value, column, comparison.subject, "`true` or `false`")
                }
            }
            let test = try ClusterQuery.TextTest(comparison, columns)
            self = .agentConnected(ifConnected: test.holds("true"), ifNot: test.holds("false"))
        case .agentVersion:
            self = .agentVersion(
                operation.relation,
                try Self.parsed(comparison, columns, "a version such as `1.14.5`", ClusterQuery.Version.init))
        case .ec2InstanceId:
            self = .ec2InstanceID(try ClusterQuery.TextTest(comparison, columns))
        case .registeredAt:
            self = .registeredAt(
                operation.relation,
                second: try Self.parsed(
                    comparison, columns,
                    "a date such as `2018-06-18`, `2018-06-18T22:28:28Z`"
                        + " or `2018-06-18T22:28:28+00:00`", ClusterQuery.seconds(ofDate:)))
        case .runningTasksCount:
            self = .runningTasksCount(
                operation.relation, try Self.parsed(comparison, columns, "an integer", ClusterQuery.integer))
        case .taskGroup:
            self = .taskGroup(try ClusterQuery.TextTest(comparison, columns))
        case .attribute(let name):
            switch operation {
            case .exists: self = .attributeExists(name)
            case .doesNotExist: self = .not(.attributeExists(name))
            default: self = .attribute(name, try ClusterQuery.TextTest(comparison, columns))
            }
        }
    }

    private static func parsed<Value>(
        _ comparison: ClusterQuery.Comparison, _ columns: [Int], _ expected: String, _ parse: (String) -> Value?
    ) throws(ClusterQueryError) -> Value {
        guard let value = parse(comparison.values[0]) else {
            throw .invalid(comparison.values[0], columns[0], comparison.subject, expected)
        }
        return value
    }
}

extension ClusterQuery.TextTest {
    fileprivate init(_ comparison: ClusterQuery.Comparison, _ columns: [Int]) throws(ClusterQueryError) {
        let operation = comparison.operation
        isNegated = [.notEqual, .isNotIn, .notMatches].contains(operation)
        switch operation {
        case .equal, .notEqual:
            kind = .equal(comparison.values[0])
        case .isIn, .isNotIn:
            kind = .among(Set(comparison.values))
        case .matches, .notMatches:
            do {
                kind = .like(try LinearPattern(comparison.values[0]))
            } catch {
                throw ClusterQueryError(
                    error.code, column: columns[0] + error.offset, error.problem, error.detail)
            }
        default:
            kind = .ordered(operation.relation, comparison.values[0], ClusterQuery.DecimalNumber(comparison.values[0]))
        }
    }
}

extension ClusterQuery.Operator {
    /// The relation of a comparison of numbers.
    fileprivate var relation: ClusterQuery.Relation {
        switch self {
        case .equal: .equal
        case .notEqual: .notEqual
        case .greaterThan: .greater
        case .greaterThanOrEqual: .greaterOrEqual
        case .lessThan: .less
        case .lessThanOrEqual: .lessOrEqual
        case .matches, .notMatches, .isIn, .isNotIn, .exists, .doesNotExist:
            preconditionFailure("`\(rawValue)` does not compare numbers, and no subject that is a number has it")
        }
    }
}

extension ClusterQueryError {
    fileprivate static func invalid(
        _ value: String, _ column: Int, _ subject: ClusterQuery.Subject, _ expected: String
    ) -> ClusterQueryError {
        ClusterQueryError(
            .invalidValue, column: column, "invalid value of `\(subject)`", ": `\(value)` is not \(expected)")
    }
}

extension Timestamp {
    /// Seconds since the epoch, rounded down.
    fileprivate var wholeSeconds: Int64 {
        let (quotient, remainder) = millisecondsSinceEpoch.quotientAndRemainder(dividingBy: 1000)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
