// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportPlacement

/// An instance with whatever a test wants it to have.
struct QueriedInstance: ClusterQuerySubjects {
    var isAgentConnected = true
    var agentVersion: String?
    var ec2InstanceID: String?
    var registeredAt: Timestamp?
    var runningTasksCount = 0
    var attributes: [String: String?] = [:]
    var groups: [String] = []

    func attribute(_ name: String) -> ClusterQuery.AttributeValue { ClusterQuery.AttributeValue(attributes[name]) }

    func hasTask(inGroup matches: (String) -> Bool) -> Bool { groups.contains(where: matches) }
}

/// A regular expression as a tree, with a matcher that tries everything: slow, and plainly right.
indirect enum NaivePattern: Sendable {
    case literal(Unicode.Scalar)
    /// `.`.
    case any
    /// A class: the members one by one.
    case members([Unicode.Scalar], isNegated: Bool)
    case start
    case end
    case wordBoundary(Bool)
    case sequence([NaivePattern])
    case choice([NaivePattern])
    case repeated(NaivePattern, Int, Int?)

    /// Whether the pattern matches from an index on such that the rest can be matched from its end.
    private func match(
        _ text: [Unicode.Scalar], _ index: Int, _ isEnough: (Int) -> Bool
    ) -> Bool {
        func isWord(_ index: Int) -> Bool {
            text.indices.contains(index)
                && "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_".unicodeScalars
                    .contains(text[index])
        }
        switch self {
        case .literal(let scalar):
            return index < text.count && text[index] == scalar && isEnough(index + 1)
        case .any:
            return index < text.count && !"\n\r".unicodeScalars.contains(text[index]) && isEnough(index + 1)
        case .members(let members, let isNegated):
            return index < text.count && members.contains(text[index]) != isNegated && isEnough(index + 1)
        case .start:
            return index == 0 && isEnough(index)
        case .end:
            return index == text.count && isEnough(index)
        case .wordBoundary(let isWanted):
            return (isWord(index - 1) != isWord(index)) == isWanted && isEnough(index)
        case .sequence(let parts):
            guard let first = parts.first else { return isEnough(index) }
            return first.match(text, index) { end in
                NaivePattern.sequence(Array(parts.dropFirst())).match(text, end, isEnough)
            }
        case .choice(let parts):
            return parts.contains { $0.match(text, index, isEnough) }
        case .repeated(let part, let least, let most):
            if least == 0, isEnough(index) { return true }
            if let most, most == 0 { return false }
            return part.match(text, index) { end in
                // A further round that reads nothing leads nowhere new.
                guard end > index || least > 0 else { return false }
                return NaivePattern.repeated(part, max(least - 1, 0), most.map { $0 - 1 }).match(text, end, isEnough)
            }
        }
    }

    func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        return match(scalars, 0) { $0 == scalars.count }
    }

    /// The pattern in Java's syntax.
    var text: String {
        switch self {
        case .literal(let scalar): return Self.escaped(scalar)
        case .any: return "."
        case .members(let members, let isNegated):
            return "[" + (isNegated ? "^" : "") + members.map(Self.escaped).joined() + "]"
        case .start: return "^"
        case .end: return "\\z"
        case .wordBoundary(let isWanted): return isWanted ? "\\b" : "\\B"
        case .sequence(let parts):
            return parts.map { part in
                if case .choice = part { return "(?:\(part.text))" }
                return part.text
            }.joined()
        case .choice(let parts): return parts.map(\.text).joined(separator: "|")
        case .repeated(let part, let least, let most):
            let bounds =
                switch (least, most) {
                case (0, nil): "*"
                case (1, nil): "+"
                case (0, 1): "?"
                case (_, nil): "{\(least),}"
                case (_, least): "{\(least)}"
                case (_, let most?): "{\(least),\(most)}"
                }
            switch part {
            case .literal, .any, .members: return part.text + bounds
            default: return "(\(part.text))" + bounds
            }
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "\r": return "\\r"
        default: return (".*+?()[]{}|^$\\-&'\"".unicodeScalars.contains(scalar) ? "\\" : "") + String(scalar)
        }
    }

    /// A small pattern over an alphabet.
    static func random(
        over alphabet: [Unicode.Scalar], size: Int, using random: inout SeededGenerator
    ) -> NaivePattern {
        guard size > 1 else {
            switch Int.random(in: 0..<12, using: &random) {
            case 0: return .any
            case 1: return .start
            case 2: return .end
            case 3: return .wordBoundary(Bool.random(using: &random))
            case 4, 5:
                let members = (0..<Int.random(in: 1...3, using: &random)).map { _ in alphabet.drawn(&random) }
                return .members(members, isNegated: Bool.random(using: &random))
            case 6: return .sequence([])
            default: return .literal(alphabet.drawn(&random))
            }
        }
        switch Int.random(in: 0..<5, using: &random) {
        case 0, 1:
            let first = Int.random(in: 1..<size, using: &random)
            return .sequence([
                .random(over: alphabet, size: first, using: &random),
                .random(over: alphabet, size: size - first, using: &random),
            ])
        case 2:
            let first = Int.random(in: 1..<size, using: &random)
            return .choice([
                .random(over: alphabet, size: first, using: &random),
                .random(over: alphabet, size: size - first, using: &random),
            ])
        default:
            let part = NaivePattern.random(over: alphabet, size: size - 1, using: &random)
            let least = Int.random(in: 0...2, using: &random)
            return .repeated(part, least, [nil, least + Int.random(in: 0...2, using: &random)].drawn(&random))
        }
    }
}

extension Array {
    /// One of the elements.
    func drawn(_ random: inout SeededGenerator) -> Element { self[Int.random(in: indices, using: &random)] }
}
