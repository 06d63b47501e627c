// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// A damaged body.
struct Mutant: Sendable {
    /// What must become of it.
    enum Expectation: Sendable {
        /// It may succeed or be refused.
        case anything
        case refusal
        /// The same as of the request that it was made from.
        case noDifference
    }

    var body: [UInt8]
    var expectation: Expectation
    /// What was done, and where.
    var label: String
}

/// Damages requests, as chance has it.
struct Mutator {
    var random: SeededGenerator

    /// A mutant of a request.
    mutating func mutant(of sample: Sample) -> Mutant {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<4: return damagedBytes(of: sample)
        case 4..<7: return twiceDamaged(sample)
        default:
            let change = change(to: sample, at: sample.nodes[Int.random(in: 0..<sample.nodes.count, using: &random)])
            return Mutant(body: change.tree.bytes, expectation: change.expectation, label: change.label)
        }
    }

    /// A tree that was damaged.
    struct Change {
        var tree: JSONTree
        var expectation: Mutant.Expectation
        var label: String
    }

    /// The second damage may undo the first one, so nothing is known of what must become of both.
    private mutating func twiceDamaged(_ sample: Sample) -> Mutant {
        let first = change(to: sample, at: sample.nodes[Int.random(in: 0..<sample.nodes.count, using: &random)])
        let nodes = first.tree.nodes
        var between = sample
        between.replaceBody(first.tree)
        let second = change(to: between, at: nodes[Int.random(in: 0..<nodes.count, using: &random)])
        return Mutant(
            body: second.tree.bytes, expectation: .anything, label: "\(first.label), then \(second.label)")
    }

    // MARK: Any value

    private mutating func change(to sample: Sample, at node: JSONTree.Node) -> Change {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<22: return wrongType(sample, node)
        case 22..<25:
            return replace(
                node, of: sample, by: .null, sample.required.contains(node.place) ? .refusal : .anything, "null")
        case 25..<28: return nested(sample, node)
        default: break
        }
        switch node.value {
        case .number: return number(sample, node)
        case .string: return text(sample, node)
        case .array(let elements): return list(sample, node, elements)
        case .object(let members): return object(sample, node, members)
        case .literal, .raw: return wrongType(sample, node)
        }
    }

    func replace(
        _ node: JSONTree.Node, of sample: Sample, by value: JSONTree, _ expectation: Mutant.Expectation, _ what: String
    ) -> Change {
        Change(
            tree: sample.body.replacing(node.path) { _ in value }, expectation: expectation,
            label: "\(sample.operation) \(node.place): \(what)")
    }

    private mutating func wrongType(_ sample: Sample, _ node: JSONTree.Node) -> Change {
        let others: [JSONTree] = [
            .literal("true"), .literal("false"), .number("7"), .string("x"), .string("7"), .array([]), .object([]),
            .array([node.value]), .object([.init(name: "a", value: node.value)]),
        ].filter { $0.kind != node.value.kind }
        let other = others.randomElement(using: &random)!
        return replace(
            node, of: sample, by: other, sample.isKnown(node.place) ? .refusal : .anything,
            "another type, \(String(decoding: other.bytes.prefix(40), as: UTF8.self))")
    }

    private mutating func nested(_ sample: Sample, _ node: JSONTree.Node) -> Change {
        let depth = [2, 99, 101, 10_000].randomElement(using: &random)!
        // What is not known may be nested as deep as anything.
        let isRefused = sample.isKnown(node.place) || node.path.count + depth > 100
        return replace(
            node, of: sample, by: node.value.nested(depth), isRefused ? .refusal : .anything, "\(depth) arrays deep")
    }

    // MARK: Numbers and texts

    private mutating func number(_ sample: Sample, _ node: JSONTree.Node) -> Change {
        if case .number(let range)? = sample.limits[node.place], Bool.random(using: &random) {
            let value = Bool.random(using: &random) ? range.upperBound + 1 : range.lowerBound - 1
            return replace(node, of: sample, by: .number("\(value)"), .refusal, "\(value)")
        }
        let isKnown = sample.isKnown(node.place)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5:
            let value = BadTexts.integers.randomElement(using: &random)!
            return replace(node, of: sample, by: .number(value), .anything, value)
        case 5..<8:
            let value = BadTexts.otherNumbers.randomElement(using: &random)!
            let isRefused = isKnown && !Sample.fractions.contains(node.place)
            return replace(node, of: sample, by: .number(value), isRefused ? .refusal : .anything, value)
        default:
            let value = BadTexts.brokenNumbers.randomElement(using: &random)!
            return replace(node, of: sample, by: .number(value), .refusal, "'\(value)'")
        }
    }

    private mutating func text(_ sample: Sample, _ node: JSONTree.Node) -> Change {
        if sample.enumerated.contains(node.place), Int.random(in: 0..<3, using: &random) == 0 {
            return replace(node, of: sample, by: .string("NO_SUCH_VALUE"), .refusal, "unknown value")
        }
        if case .length(let limit)? = sample.limits[node.place], Int.random(in: 0..<3, using: &random) == 0 {
            let value = String(repeating: "a", count: limit + 1)
            return replace(node, of: sample, by: .string(value), .refusal, "\(limit + 1) characters")
        }
        if case .string(let text) = node.value, let elsewhere = elsewhere(text),
            Int.random(in: 0..<4, using: &random) == 0
        {
            // Reports about unknown tasks are acknowledged, and task sets that are not there are failures.
            let isPassed = sample.operation.hasPrefix("Submit") || node.place == "taskSets[]"
            return replace(
                node, of: sample, by: .string(elsewhere), isPassed ? .anything : .refusal, "elsewhere, \(elsewhere)")
        }
        switch Int.random(in: 0..<200, using: &random) {
        case 0..<2:
            let value = BadTexts.long.randomElement(using: &random)!
            return replace(node, of: sample, by: .string(value), .anything, "\(value.utf8.count) bytes")
        case 2..<16:
            let value = BadTexts.broken.randomElement(using: &random)!
            return replace(node, of: sample, by: .string(value), .refusal, "broken text")
        case 16..<26:
            let value = BadTexts.surrogates.randomElement(using: &random)!
            return replace(node, of: sample, by: .string(value), .anything, value)
        default:
            let value = BadTexts.valid.randomElement(using: &random)!
            return replace(node, of: sample, by: .string(value), .anything, "'\(value.prefix(80))'")
        }
    }

    /// The ARN of what has the same name in another account, region or partition; nil if it is no ARN of ECS.
    private mutating func elsewhere(_ text: String) -> String? {
        guard text.hasPrefix("arn:aws:ecs:us-east-1:123456789012:") else { return nil }
        var parts = text.split(separator: ":", maxSplits: 5)[...].map(String.init)
        let (index, other) = [(1, "aws-cn"), (2, "ssm"), (3, "eu-west-1"), (3, ""), (4, "210987654321"), (4, "")]
            .randomElement(using: &random)!
        parts[index] = other
        return parts.joined(separator: ":")
    }

    // MARK: Lists

    private mutating func list(_ sample: Sample, _ node: JSONTree.Node, _ elements: [JSONTree]) -> Change {
        func replaced(_ new: [JSONTree], _ expectation: Mutant.Expectation, _ what: String) -> Change {
            replace(node, of: sample, by: .array(new), expectation, what)
        }
        if case .count(let limit)? = sample.limits[node.place], let first = elements.first,
            Bool.random(using: &random)
        {
            return replaced((0...limit).map { first.distinct($0) }, .refusal, "\(limit + 1) elements")
        }
        guard let some = elements.randomElement(using: &random), Int.random(in: 0..<4, using: &random) > 0 else {
            return replaced([], sample.isNeeded(node.place) ? .refusal : .anything, "empty")
        }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<2:
            // As many as a body holds.
            let count = min(100_000, 1_000_000 / (some.bytes.count + 1))
            return replaced(Array(repeating: some, count: count), .anything, "\(count) elements")
        case 2..<10: return replaced((0..<1000).map { some.distinct($0) }, .anything, "1000 elements")
        case 10..<50: return replaced(elements + [some], .anything, "an element twice")
        case 50..<70: return replaced(elements + [.null], .anything, "with null")
        default: return replaced(Array(elements.dropFirst()), .anything, "without the first")
        }
    }

    // MARK: Objects

    private mutating func object(_ sample: Sample, _ node: JSONTree.Node, _ members: [JSONTree.Member]) -> Change {
        func replaced(_ new: [JSONTree.Member], _ expectation: Mutant.Expectation, _ what: String) -> Change {
            replace(node, of: sample, by: .object(new), expectation, what)
        }
        guard let index = members.indices.randomElement(using: &random) else {
            return unknownMember(sample, node, members)
        }
        let (name, place) = (members[index].name, sample.place(of: members[index], in: node))
        var changed = members
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<3:
            changed.remove(at: index)
            return replaced(changed, sample.required.contains(place) ? .refusal : .anything, "without \(name)")
        case 3..<5: return unknownMember(sample, node, members)
        case 5:
            let other = members.randomElement(using: &random)!.value
            changed.insert(.init(name: name, value: other), at: Int.random(in: 0...members.count, using: &random))
            return replaced(changed, .anything, "\(name) twice")
        case 6:
            let other = members.indices.randomElement(using: &random)!
            (changed[index].value, changed[other].value) = (changed[other].value, changed[index].value)
            return replaced(changed, .anything, "\(name) and \(changed[other].name) swapped")
        case 7:
            changed[index].name = name.first!.isUppercase ? name.lowercased() : name.uppercased()
            return replaced(changed, .anything, "\(name) in another case")
        case 8:
            changed[index].name = BadTexts.valid.randomElement(using: &random)!
            return replaced(changed, .anything, "\(name) under another name")
        default:
            changed.shuffle(using: &random)
            return replaced(changed, .noDifference, "in another order")
        }
    }

    /// Members that are not known are ignored, whatever they hold.
    private mutating func unknownMember(
        _ sample: Sample, _ node: JSONTree.Node, _ members: [JSONTree.Member]
    ) -> Change {
        let depth = [0, 0, 0, 90, 101, 10_000].randomElement(using: &random)!
        let inner: JSONTree = [.null, .number("1e308"), .string(#"\ud83d\ude00"#), .array([.object([])])]
            .randomElement(using: &random)!
        let isRefused = node.path.count + depth > 98
        let expectation: Mutant.Expectation =
            isRefused ? .refusal : Sample.maps.contains { node.place.hasSuffix($0) } ? .anything : .noDifference
        return replace(
            node, of: sample, by: .object(members + [.init(name: "unknown", value: inner.nested(depth))]), expectation,
            "with an unknown member, \(depth) arrays deep")
    }
}

extension JSONTree {
    /// A value that differs from the others of its list where those must differ: in the key of a tag, in a name.
    fileprivate func distinct(_ number: Int) -> JSONTree {
        guard case .object(var members) = self,
            let index = members.firstIndex(where: { ["key", "Key", "name"].contains($0.name) }),
            case .string(let text) = members[index].value
        else { return self }
        members[index].value = .string("\(text)\(number)")
        return .object(members)
    }
}
