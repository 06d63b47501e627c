// SPDX-License-Identifier: Apache-2.0

// Classes and escapes.

extension LinearPattern.Parser {
    mutating func characterClass() throws(LinearPattern.Problem) -> LinearPattern.ScalarSet {
        let open = position
        position += 1
        let isNegated = take("^")
        let first = position
        var set = LinearPattern.ScalarSet([])
        while !peeks("]") || position == first {
            guard !isAtEnd else {
                throw problem(
                    .invalidPattern, at: open, "unclosed `[` in the pattern", "; write `\\[` for the character")
            }
            if peeks("]") {
                throw problem(
                    .unsupportedPattern, at: position, "the `]` at the beginning of a class",
                    " is not supported; write `\\]` for the character")
            }
            set = set.union(try item())
        }
        position += 1
        return isNegated ? set.inverted : set
    }

    /// Parses a character, a range or a named class.
    private mutating func item() throws(LinearPattern.Problem) -> LinearPattern.ScalarSet {
        let start = position
        switch try member() {
        case .set(let set):
            return set
        case .assertion:
            throw problem(.invalidPattern, at: start, "an assertion in a class", " has no meaning; remove it")
        case .scalar(let lower):
            var upper = lower
            // Before the end of the class, a hyphen is a character.
            if peeks("-"), position + 1 < tokens.count, !peeks("]", after: 1) {
                position += 1
                guard case .scalar(let end) = try member(), end >= lower else {
                    throw problem(
                        .invalidPattern, at: start, "malformed range in a class",
                        ": it ends with a character no lower than its first; write `\\-` for the hyphen")
                }
                upper = end
            }
            let set = LinearPattern.ScalarSet([lower.value...upper.value])
            return foldsCase ? set.foldingCase : set
        }
    }

    private mutating func member() throws(LinearPattern.Problem) -> Escape {
        if peeks("[") {
            throw problem(
                .unsupportedPattern, at: position, "a class in a class",
                " is not supported; write `\\[` for the character")
        }
        if peeks("&"), peeks("&", after: 1) {
            throw problem(
                .unsupportedPattern, at: position, "the intersection `&&`",
                " is not supported; write `\\&` for the character")
        }
        if peeks("\\") { return try escape() }
        position += 1
        return .scalar(tokens[position - 1].scalar)
    }

    mutating func escape() throws(LinearPattern.Problem) -> Escape {
        let start = position
        position += 1
        guard let scalar = peek else {
            throw problem(.invalidPattern, at: start, "nothing follows `\\`", "; write `\\\\` for the character")
        }
        position += 1
        switch scalar {
        case "d": return .set(.digit)
        case "D": return .set(.digit.inverted)
        case "w": return .set(.word)
        case "W": return .set(.word.inverted)
        case "s": return .set(.space)
        case "S": return .set(.space.inverted)
        case "t": return .scalar("\t")
        case "n": return .scalar("\n")
        case "r": return .scalar("\r")
        case "f": return .scalar("\u{0C}")
        case "x": return .scalar(try hexadecimal(2, from: start))
        case "u": return .scalar(try hexadecimal(4, from: start))
        case "p": return .set(try property(from: start))
        case "P": return .set(try property(from: start).inverted)
        case "A": return .assertion(.start)
        case "z": return .assertion(.end)
        case "Z": return .assertion(.finalEnd)
        case "b": return .assertion(.wordBoundary)
        case "B": return .assertion(.noWordBoundary)
        case "1"..."9", "k":
            throw problem(
                .unsupportedPattern, at: start, "the back-reference `\\\(scalar)`",
                " is not supported: patterns are matched in linear time")
        case "0", "a"..."z", "A"..."Z":
            throw problem(
                .unsupportedPattern, at: start, "the escape `\\\(scalar)`",
                " is not supported; write a character by its number as `\\xhh` or `\\uhhhh`")
        default: return .scalar(scalar)
        }
    }

    private mutating func hexadecimal(
        _ digits: Int, from start: Int
    ) throws(LinearPattern.Problem) -> Unicode.Scalar {
        var text = ""
        while text.utf8.count < digits, let digit = peek, digit.properties.isASCIIHexDigit {
            text.unicodeScalars.append(digit)
            position += 1
        }
        guard text.utf8.count == digits, let scalar = UInt32(text, radix: 16).flatMap(Unicode.Scalar.init) else {
            throw problem(
                .invalidPattern, at: start, "malformed number of a character",
                ": it is `\\xhh` or `\\uhhhh` with hexadecimal digits, and no half of a surrogate pair")
        }
        return scalar
    }

    private mutating func property(from start: Int) throws(LinearPattern.Problem) -> LinearPattern.ScalarSet {
        var name = ""
        if take("{") {
            while let scalar = peek, scalar != "}" {
                name.unicodeScalars.append(scalar)
                position += 1
            }
        }
        guard take("}"), let set = LinearPattern.ScalarSet.posix(name) else {
            throw problem(
                .unsupportedPattern, at: start, "the class `\\p`",
                " is not supported with this name; the names are {Lower}, {Upper}, {Alpha}, {Digit}, {Alnum}, {Punct}, "
                    + "{Graph}, {Print}, {Blank}, {Space}, {Cntrl}, {XDigit}, {ASCII}")
        }
        return foldsCase ? set.foldingCase : set
    }
}
