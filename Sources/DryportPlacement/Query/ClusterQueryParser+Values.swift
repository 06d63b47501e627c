// SPDX-License-Identifier: Apache-2.0

// Values, lists, and the characters that they are made of.

extension ClusterQuery.Parser {
    /// A value without its quotes, and the column of its first character.
    struct Value {
        var text: String
        var column: Int
    }

    /// Parses the value of an operator, in quotes or bare.
    mutating func value(
        of operation: ClusterQuery.Operator, inList isInList: Bool
    ) throws(ClusterQueryError) -> Value {
        skipSpace()
        if let quote = next, quote == "'" || quote == "\"" { return try quoted(by: quote) }
        let start = position
        while isBare(operation, inList: isInList) { position += 1 }
        let text = text(from: start)
        guard text.isEmpty || Self.reservedWords.contains(text) else { return Value(text: text, column: start + 1) }
        position = start
        var remedy = ""
        if Self.reservedWords.contains(text) {
            remedy = "; put the word in quotes if it is the value"
        } else if next == "[" && !isInList {
            remedy = "; write `in` before a list"
        } else if next == "(" {
            remedy = "; a value with parentheses has to be in quotes"
        } else if !isAtEnd && next != "]" && next != ")" {
            remedy = "; a value with this character has to be in quotes"
        }
        let place = isInList ? "in the list" : "after `\(operation.rawValue)`"
        throw ClusterQueryError(
            .expectedValue, column: position + 1, "expected a value \(place)", ", found \(found())\(remedy)")
    }

    /// Parses `"[" value ("," value)* "]"`.
    mutating func list(of operation: ClusterQuery.Operator) throws(ClusterQueryError) -> [Value] {
        skipSpace()
        guard next == "[" else {
            throw ClusterQueryError(
                .expectedValue, column: position + 1, "expected `[` after `\(operation.rawValue)`",
                ", found \(found()); write a list as `[a, b]`")
        }
        position += 1
        var values: [Value] = []
        while true {
            values.append(try value(of: operation, inList: true))
            skipSpace()
            if next == "]" { break }
            guard next == "," else {
                throw ClusterQueryError(
                    .expectedValue, column: position + 1, "expected `,` or `]` in the list", ", found \(found())")
            }
            position += 1
        }
        position += 1
        return values
    }

    private mutating func quoted(by quote: Unicode.Scalar) throws(ClusterQueryError) -> Value {
        let open = position
        position += 1
        while let scalar = next, scalar != quote {
            // Other control characters are refused before.
            guard scalar == " " || !Self.isSpace(scalar) else {
                throw ClusterQueryError(
                    .invalidCharacter, column: position + 1, "the control character \(Self.shown(scalar))",
                    " is not allowed in a value; remove it, or end the value with \(quote) before")
            }
            position += 1
        }
        guard !isAtEnd else {
            throw ClusterQueryError(
                .unterminatedQuote, column: open + 1, "the value that starts",
                " has no end; close it with \(quote)")
        }
        position += 1
        return Value(text: text(from: open + 1, to: position - 1), column: open + 2)
    }

    /// Whether the next character is part of a bare value.
    private func isBare(_ operation: ClusterQuery.Operator, inList isInList: Bool) -> Bool {
        guard let next, !next.properties.isWhitespace else { return false }
        switch next {
        case "(", ")", "'", "\"", "!", "=", "<", ">", "&":
            return false
        case "[", "]", ",":
            return operation.operand == .pattern
        case "|":
            // `||` ends a value. One at the end is likelier half of it than an empty alternative.
            guard operation.operand == .pattern, position + 1 < scalars.count else { return false }
            let follower = scalars[position + 1]
            return follower != "|" && follower != ")" && !follower.properties.isWhitespace
        default:
            return true
        }
    }
}

// MARK: Characters

extension ClusterQuery.Parser {
    var isAtEnd: Bool { position == scalars.count }

    var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    mutating func skipSpace() {
        while let next, Self.isSpace(next) { position += 1 }
    }

    func starts(with text: String) -> Bool { scalars[position...].starts(with: text.unicodeScalars) }

    /// The text from an index to the position.
    func text(from start: Int) -> String { text(from: start, to: position) }

    func text(from start: Int, to end: Int) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[start..<end])
        return String(text)
    }

    /// The longest run of letters, digits and underscores from an index on; nil if it is empty.
    func word(at start: Int) -> String? {
        var end = start
        while end < scalars.count, Self.isWordCharacter(scalars[end]) { end += 1 }
        return end > start ? text(from: start, to: end) : nil
    }

    /// What stands at the position, for an error.
    func found() -> String {
        guard let first = next else { return "the end of the query" }
        guard !first.properties.isWhitespace else { return Self.shown(first) }
        let limit = 24
        var end = position + 1
        while end < scalars.count, end - position < limit, !scalars[end].properties.isWhitespace,
            !["(", ")"].contains(scalars[end]), first != "(", first != ")"
        {
            end += 1
        }
        return "`\(text(from: position, to: end))\(end - position == limit ? "…" : "")`"
    }

    /// White space between the parts of a query.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
    }

    static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }

    /// A character that does not print, such as `U+00A0`.
    static func shown(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
