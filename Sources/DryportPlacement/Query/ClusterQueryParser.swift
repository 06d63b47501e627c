// SPDX-License-Identifier: Apache-2.0

extension ClusterQuery {
    /// A recursive descent over the characters, after the grammar of `ecs-control-plane.md` §6.4. What a character
    /// means depends on where it stands (`g2.*` and `i-1` are values), so there is no separate pass for tokens.
    struct Parser {
        /// An expression with the condition that it compiles to.
        struct Parsed {
            var expression: Expression
            var condition: Condition
        }

        static let reservedWords = ["and", "or", "not"]

        /// The text's characters.
        let scalars: [Unicode.Scalar]
        /// The index of the next character; its column is one more.
        var position = 0
        /// How many negations and parentheses are open.
        private var depth = 0

        /// Checks the text's length and characters.
        init(_ text: String) throws(ClusterQueryError) {
            scalars = Array(text.unicodeScalars.prefix(maximumLength + 1))
            guard scalars.count <= maximumLength else {
                throw ClusterQueryError(
                    .queryTooLong, column: maximumLength + 1, "the query is too long",
                    ": it may have at most \(maximumLength) characters")
            }
            for (index, scalar) in scalars.enumerated()
            where scalar.properties.generalCategory == .control && !Self.isSpace(scalar) {
                throw ClusterQueryError(
                    .invalidCharacter, column: index + 1, "the control character \(Self.shown(scalar))",
                    " is not allowed; remove it")
            }
        }

        /// Parses the whole text.
        mutating func parse() throws(ClusterQueryError) -> Parsed {
            skipSpace()
            guard !isAtEnd else {
                throw ClusterQueryError(
                    .emptyQuery, column: position + 1, "expected an expression",
                    ", found the end of the query; leave the query out to select all instances")
            }
            let parsed = try disjunction()
            guard isAtEnd else {
                if next == ")" {
                    throw ClusterQueryError(
                        .unbalancedParenthesis, column: position + 1, "unexpected `)`",
                        ": no parenthesis is open; remove it or add a `(` before")
                }
                throw unexpectedText(or: "the end of the query")
            }
            return parsed
        }
    }
}

// MARK: Operators between expressions

extension ClusterQuery.Parser {
    /// Parses `and ( ("||" | "or") and )*` and the white space after it.
    private mutating func disjunction() throws(ClusterQueryError) -> Parsed {
        var expressions: [ClusterQuery.Expression] = []
        var conditions: [ClusterQuery.Condition] = []
        repeat {
            let part = try conjunction()
            if case .anyOf(let inner) = part.expression, case .anyOf(let innerConditions) = part.condition {
                expressions += inner
                conditions += innerConditions
            } else {
                expressions.append(part.expression)
                conditions.append(part.condition)
            }
        } while take("||", or: "or")
        guard expressions.count > 1 else { return Parsed(expression: expressions[0], condition: conditions[0]) }
        return Parsed(expression: .anyOf(expressions), condition: .anyOf(conditions))
    }

    /// Parses `unary ( ("&&" | "and") unary )*` and the white space after it.
    private mutating func conjunction() throws(ClusterQueryError) -> Parsed {
        var expressions: [ClusterQuery.Expression] = []
        var conditions: [ClusterQuery.Condition] = []
        repeat {
            let part = try unary()
            if case .allOf(let inner) = part.expression, case .allOf(let innerConditions) = part.condition {
                expressions += inner
                conditions += innerConditions
            } else {
                expressions.append(part.expression)
                conditions.append(part.condition)
            }
            skipSpace()
        } while take("&&", or: "and")
        guard expressions.count > 1 else { return Parsed(expression: expressions[0], condition: conditions[0]) }
        return Parsed(expression: .allOf(expressions), condition: .allOf(conditions))
    }

    private mutating func unary() throws(ClusterQueryError) -> Parsed {
        skipSpace()
        let isNegation = next == "!" || word(at: position) == "not"
        guard isNegation || next == "(" else { return try comparison() }
        depth += 1
        defer { depth -= 1 }
        guard depth <= ClusterQuery.maximumDepth else {
            throw ClusterQueryError(
                .queryTooDeep, column: position + 1, "the query nests too deep",
                ": at most \(ClusterQuery.maximumDepth) negations and parentheses may be open")
        }
        guard isNegation else { return try parenthesised() }
        position += next == "!" ? 1 : "not".count
        skipSpace()
        let part = next == "(" ? try parenthesised() : try unary()
        return Parsed(expression: .not(part.expression), condition: .not(part.condition))
    }

    private mutating func parenthesised() throws(ClusterQueryError) -> Parsed {
        let open = position
        position += 1
        let parsed = try disjunction()
        guard !isAtEnd else {
            throw ClusterQueryError(
                .unbalancedParenthesis, column: position + 1, "expected `)`",
                ", found the end of the query; the parenthesis at column \(open + 1) is open")
        }
        guard next == ")" else { throw unexpectedText(or: "`)`") }
        position += 1
        return parsed
    }

    /// Takes a connective in either spelling.
    private mutating func take(_ symbol: String, or keyword: String) -> Bool {
        if starts(with: symbol) {
            position += symbol.count
            return true
        }
        guard word(at: position) == keyword else { return false }
        position += keyword.count
        return true
    }

    private func unexpectedText(or end: String) -> ClusterQueryError {
        var remedy = ""
        if next == "|" { remedy = "; write `||`" }
        if next == "&" { remedy = "; write `&&`" }
        if next == "(" { remedy = "; a value with parentheses has to be in quotes" }
        if let found = word(at: position)?.lowercased(), Self.reservedWords.contains(found) {
            remedy = found == "not" ? "; write `and not`" : "; write `\(found)` in lower case"
        }
        return ClusterQueryError(
            .unexpectedText, column: position + 1, "expected `and`, `or` or \(end)", ", found \(found())\(remedy)")
    }
}

// MARK: Comparisons

extension ClusterQuery.Parser {
    private mutating func comparison() throws(ClusterQueryError) -> Parsed {
        let subject = try subject()
        let operation = try operation(of: subject)
        var values: [Value] = []
        switch operation.operand {
        case .nothing: break
        case .value, .pattern: values = [try value(of: operation, inList: false)]
        case .list: values = try list(of: operation)
        }
        let comparison = ClusterQuery.Comparison(subject, operation, values.map(\.text))
        return Parsed(
            expression: .comparison(comparison),
            condition: try ClusterQuery.Condition(comparison, columns: values.map(\.column)))
    }

    private mutating func subject() throws(ClusterQueryError) -> ClusterQuery.Subject {
        let start = position
        let name = word(at: position) ?? ""
        position += name.count
        switch name {
        case "agentConnected": return .agentConnected
        case "agentVersion": return .agentVersion
        case "ec2InstanceId": return .ec2InstanceId
        case "registeredAt": return .registeredAt
        case "runningTasksCount": return .runningTasksCount
        case "task" where next == ":" && word(at: position + 1) == "group":
            position += ":group".count
            return .taskGroup
        case "attribute" where next == ":":
            position += 1
            return .attribute(try attributeName())
        default:
            position = start
            throw ClusterQueryError(
                .expectedSubject, column: position + 1, "expected a subject",
                ", found \(found()); the subjects are agentConnected, agentVersion, ec2InstanceId, registeredAt, "
                    + "runningTasksCount, task:group and attribute:<name>")
        }
    }

    private mutating func attributeName() throws(ClusterQueryError) -> String {
        let start = position
        while let next, Self.isWordCharacter(next) || ["-", "/", "\\", "."].contains(next) { position += 1 }
        guard position > start else {
            throw ClusterQueryError(
                .expectedSubject, column: position + 1, "expected an attribute's name after `attribute:`",
                ", found \(found()); a name has letters, digits and `-`, `_`, `/`, `\\`, `.`")
        }
        return text(from: start)
    }

    private mutating func operation(
        of subject: ClusterQuery.Subject
    ) throws(ClusterQueryError) -> ClusterQuery.Operator {
        skipSpace()
        let start = position
        guard let operation = takeOperator() else {
            let remedy = next == "=" ? "; write `==` for equality" : ""
            throw ClusterQueryError(
                .expectedOperator, column: start + 1, "expected an operator after `\(subject)`",
                ", found \(found())\(remedy); it has \(Self.operators(of: subject))")
        }
        guard subject.operators.contains(operation) else {
            throw ClusterQueryError(
                .unsupportedOperator, column: start + 1,
                "`\(subject)` does not have the operator `\(text(from: start))`",
                "; it has \(Self.operators(of: subject))")
        }
        return operation
    }

    private mutating func takeOperator() -> ClusterQuery.Operator? {
        if next == "!", let word = word(at: position + 1) {
            guard let operation = ClusterQuery.Operator(rawValue: "!" + word) else { return nil }
            position += operation.rawValue.count
            return operation
        }
        if let word = word(at: position) {
            guard let operation = ClusterQuery.Operator.allCases.first(where: { $0.word == word }) else { return nil }
            position += word.count
            return operation
        }
        // The longer symbols come first, since `>` begins `>=`.
        for length in [2, 1] {
            let symbol = text(from: position, to: min(position + length, scalars.count))
            guard let operation = ClusterQuery.Operator(rawValue: symbol) else { continue }
            position += operation.rawValue.count
            return operation
        }
        return nil
    }

    private static func operators(of subject: ClusterQuery.Subject) -> String {
        subject.operators.map { "`\($0.rawValue)`" }.joined(separator: ", ")
    }
}
