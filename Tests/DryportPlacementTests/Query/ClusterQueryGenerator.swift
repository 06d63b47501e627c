// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportPlacement

/// Draws expressions and instances that have something to do with each other, and evaluates expressions in the plainest
/// way, from the text of their values.
struct ClusterQueryGenerator {
    typealias Expression = ClusterQuery.Expression

    var random: SeededGenerator
    /// The patterns drawn so far, by their text.
    private(set) var patterns: [String: NaivePattern] = [:]

    /// Dates in each form, and the seconds that `date -d … +%s` prints for them.
    static let dates: [String: Int64] = [
        "2018-06-18": 1_529_280_000, "2018-06-18T22:28:28+00:00": 1_529_360_908,
        "2018-06-18T22:28:28Z": 1_529_360_908, "2018-06-18T22:28:28": 1_529_360_908,
        "2018-06-19T00:28:28+02:00": 1_529_360_908, "2018-06-18T16:58:28-05:30": 1_529_360_908,
        "2000-02-29": 951_782_400, "1969-12-31T23:59:59Z": -1, "1970-01-01": 0, "0000-01-01": -62_167_219_200,
        "9999-12-31T23:59:59Z": 253_402_300_799,
    ]
    private static let texts = [
        "prod", "Prod", "t2.small", "a b", "", "1", "01", "10", "-2.5", "2.50", "web/é", "or", "not", "a'b", "a\"b",
        "&&",
        "[x]", "service:web",
    ]
    private static let names = ["stack", "ecs.os-type", "a/b", "c\\d", "exists", "x"]
    private static let versions = ["1.9.0", "1.14.5", "1.14", "1.14.0", "2", "0.0.1"]

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    // MARK: Drawing

    mutating func instance() -> QueriedInstance {
        func maybe<Value>(_ values: [Value], _ random: inout SeededGenerator) -> Value? {
            Int.random(in: 0..<4, using: &random) == 0 ? nil : values.drawn(&random)
        }
        var instance = QueriedInstance()
        instance.isAgentConnected = Bool.random(using: &random)
        instance.agentVersion = maybe(Self.versions + ["1.14.5-dev", "v1", "1..2"], &random)
        instance.ec2InstanceID = maybe(Self.texts, &random)
        instance.registeredAt = maybe([-1, 0, 1_529_280_000, 1_529_360_908, 951_782_400], &random).map {
            Timestamp(millisecondsSinceEpoch: $0 * 1000 + Int64.random(in: 0...999, using: &random))
        }
        instance.runningTasksCount = Int.random(in: 0...3, using: &random)
        for name in Self.names where Bool.random(using: &random) {
            instance.attributes.updateValue(maybe(Self.texts, &random), forKey: name)
        }
        instance.groups = (0..<Int.random(in: 0...2, using: &random)).map { _ in Self.texts.drawn(&random) }
        return instance
    }

    mutating func expression(size: Int) -> Expression {
        guard size > 1 else { return .comparison(comparison()) }
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return .not(expression(size: size - 1))
        case 1: return .allOf(parts(size).flatMap { if case .allOf(let inner) = $0 { inner } else { [$0] } })
        default: return .anyOf(parts(size).flatMap { if case .anyOf(let inner) = $0 { inner } else { [$0] } })
        }
    }

    private mutating func parts(_ size: Int) -> [Expression] {
        let count = Int.random(in: 2...3, using: &random)
        return (0..<count).map { _ in expression(size: max(1, size / count)) }
    }

    mutating func comparison() -> ClusterQuery.Comparison {
        let subjects: [ClusterQuery.Subject] = [
            .agentConnected, .agentVersion, .ec2InstanceId, .registeredAt, .runningTasksCount, .taskGroup,
            .attribute(Self.names.drawn(&random)), .attribute(Self.names.drawn(&random)),
        ]
        let subject = subjects.drawn(&random)
        let operation = subject.operators.drawn(&random)
        var values: [String] = []
        switch operation {
        case .exists, .doesNotExist:
            break
        case .matches, .notMatches:
            let alphabet = Array("12prod. ".unicodeScalars)
            let pattern = NaivePattern.random(
                over: alphabet, size: Int.random(in: 1...6, using: &random), using: &random)
            patterns[pattern.text] = pattern
            values = [pattern.text]
        case .isIn, .isNotIn:
            values = (0..<Int.random(in: 1...3, using: &random)).map { _ in value(of: subject) }
        default:
            values = [value(of: subject)]
        }
        return ClusterQuery.Comparison(subject, operation, values)
    }

    private mutating func value(of subject: ClusterQuery.Subject) -> String {
        switch subject {
        case .agentConnected: return ["true", "false"].drawn(&random)
        case .agentVersion: return Self.versions.drawn(&random)
        case .registeredAt: return Self.dates.keys.sorted().drawn(&random)
        case .runningTasksCount: return ["0", "1", "2", "-1", "007"].drawn(&random)
        case .ec2InstanceId, .taskGroup, .attribute: return Self.texts.drawn(&random)
        }
    }

    /// The expression in spellings, quotes, white space and parentheses drawn at random.
    mutating func spelled(_ expression: Expression) -> String {
        let bare = text(of: expression)
        guard Int.random(in: 0..<6, using: &random) == 0 else { return bare }
        return "(" + space() + bare + space() + ")"
    }

    private mutating func space(atLeast least: Int = 0) -> String {
        (0..<Int.random(in: least...(least + 1), using: &random)).map { _ in [" ", "\t", "\n"].drawn(&random) }.joined()
    }

    private mutating func text(of expression: Expression) -> String {
        switch expression {
        case .anyOf(let parts): return joined(parts, "||", "or")
        case .allOf(let parts): return joined(parts, "&&", "and")
        case .not(let part):
            switch part {
            case .anyOf, .allOf: return ["!", "not", "! ", "not "].drawn(&random) + "(\(spelled(part)))"
            case .not, .comparison: return ["!", "not "].drawn(&random) + spelled(part)
            }
        case .comparison(let comparison):
            let operation = comparison.operation
            let values = comparison.values.map { value in
                if value.contains("'") { return "\"\(value)\"" }
                if value.contains("\"") { return "'\(value)'" }
                let isPlain = value.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) || $0 == 46 }
                let isWord = ["", "or", "not", "and"].contains(value)
                return ((isPlain && !isWord ? [value] : []) + ["'\(value)'", "\"\(value)\""]).drawn(&random)
            }
            var text = "\(comparison.subject)"
            if operation.rawValue.first?.isLetter == false && Bool.random(using: &random) {
                text += space() + operation.rawValue + space()
            } else {
                text += space(atLeast: 1) + operation.word + space(atLeast: 1)
            }
            guard operation == .isIn || operation == .isNotIn else { return text + values.joined() }
            return text + "[" + space() + values.joined(separator: space() + "," + space()) + space() + "]"
        }
    }

    private mutating func joined(_ parts: [Expression], _ symbol: String, _ word: String) -> String {
        var texts: [String] = []
        for part in parts {
            switch part {
            case .anyOf, .allOf: texts.append("(\(spelled(part)))")
            case .not, .comparison: texts.append(spelled(part))
            }
        }
        let separator = Bool.random(using: &random) ? " \(word) " : space() + symbol + space()
        return texts.joined(separator: separator)
    }

    // MARK: Evaluating

    func naively(_ expression: Expression, _ instance: QueriedInstance) -> Bool {
        switch expression {
        case .anyOf(let parts): return !parts.filter { naively($0, instance) }.isEmpty
        case .allOf(let parts): return parts.filter { naively($0, instance) }.count == parts.count
        case .not(let part): return !naively(part, instance)
        case .comparison(let comparison): return naively(comparison, instance)
        }
    }

    private func naively(_ comparison: ClusterQuery.Comparison, _ instance: QueriedInstance) -> Bool {
        let operation = comparison.operation
        let values = comparison.values
        switch comparison.subject {
        case .agentConnected:
            return naively(operation, instance.isAgentConnected ? "true" : "false", values)
        case .agentVersion:
            guard let text = instance.agentVersion, let own = numbers(text), let other = numbers(values[0]) else {
                return false
            }
            return compare(operation, order(own, other))
        case .ec2InstanceId:
            return instance.ec2InstanceID.map { naively(operation, $0, values) } ?? false
        case .registeredAt:
            guard let time = instance.registeredAt, let date = Self.dates[values[0]] else { return false }
            return compare(operation, time.secondsSinceEpoch.rounded(.down) - Double(date))
        case .runningTasksCount:
            return compare(operation, Double(instance.runningTasksCount) - (Double(values[0]) ?? .nan))
        case .taskGroup:
            switch operation {
            case .notEqual: return instance.groups.allSatisfy { naively(.notEqual, $0, values) }
            case .isNotIn: return instance.groups.allSatisfy { naively(.isNotIn, $0, values) }
            case .notMatches: return instance.groups.allSatisfy { naively(.notMatches, $0, values) }
            default: return instance.groups.contains { naively(operation, $0, values) }
            }
        case .attribute(let name):
            if operation == .doesNotExist { return !instance.attributes.keys.contains(name) }
            guard let held = instance.attributes[name] else { return false }
            return operation == .exists ? true : naively(operation, held ?? "", values)
        }
    }

    private func naively(_ operation: ClusterQuery.Operator, _ text: String, _ values: [String]) -> Bool {
        switch operation {
        case .equal, .isIn: return values.contains(text)
        case .notEqual, .isNotIn: return !values.contains(text)
        case .matches: return patterns[values[0]]?.matches(text) == true
        case .notMatches: return patterns[values[0]]?.matches(text) == false
        default:
            if let left = Double(text), let right = Double(values[0]) { return compare(operation, left - right) }
            return compare(operation, text < values[0] ? -1 : text > values[0] ? 1 : 0)
        }
    }

    private func compare(_ operation: ClusterQuery.Operator, _ difference: Double) -> Bool {
        switch operation {
        case .equal: return difference == 0
        case .notEqual: return difference != 0
        case .greaterThan: return difference > 0
        case .greaterThanOrEqual: return difference >= 0
        case .lessThan: return difference < 0
        case .lessThanOrEqual: return difference <= 0
        default: return false
        }
    }

    private func numbers(_ version: String) -> [Int]? {
        let parts = version.split(separator: "-")[0].split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        return numbers.count == parts.count ? numbers : nil
    }

    private func order(_ left: [Int], _ right: [Int]) -> Double {
        for index in 0..<max(left.count, right.count) {
            let difference = (index < left.count ? left[index] : 0) - (index < right.count ? right[index] : 0)
            if difference != 0 { return Double(difference) }
        }
        return 0
    }
}
