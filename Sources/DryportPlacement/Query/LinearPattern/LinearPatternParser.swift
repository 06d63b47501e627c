// SPDX-License-Identifier: Apache-2.0

extension LinearPattern {
    /// Parses a pattern by recursive descent.
    struct Parser {
        /// A character, and whether `\Q…\E` makes it a literal one.
        struct Token {
            var scalar: Unicode.Scalar
            var isQuoted: Bool
            var offset: Int
        }

        /// What a backslash stands for.
        enum Escape {
            case scalar(Unicode.Scalar)
            case set(ScalarSet)
            case assertion(Assertion)
        }

        let tokens: [Token]
        private let length: Int
        var position = 0
        private var depth = 0
        /// Whether `(?i)` is in force.
        private(set) var foldsCase = false

        init(_ text: String) {
            let scalars = Array(text.unicodeScalars)
            var tokens: [Token] = []
            var isQuoting = false
            var index = 0
            while index < scalars.count {
                let scalar = scalars[index]
                let follower = index + 1 < scalars.count ? scalars[index + 1] : nil
                if scalar == "\\", follower == (isQuoting ? "E" : "Q") {
                    isQuoting.toggle()
                    index += 2
                    continue
                }
                tokens.append(Token(scalar: scalar, isQuoted: isQuoting, offset: index))
                index += 1
                // What is escaped does not begin another escape.
                if scalar == "\\", !isQuoting, let follower {
                    tokens.append(Token(scalar: follower, isQuoted: false, offset: index))
                    index += 1
                }
            }
            self.tokens = tokens
            length = scalars.count
        }

        mutating func parse() throws(Problem) -> Node {
            let node = try choice()
            guard isAtEnd else { throw malformed("unmatched `)` in the pattern", "; write `\\)` for the character") }
            return node
        }
    }
}

// MARK: Structure

extension LinearPattern.Parser {
    private mutating func choice() throws(LinearPattern.Problem) -> LinearPattern.Node {
        var parts = [try sequence()]
        while take("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence() throws(LinearPattern.Problem) -> LinearPattern.Node {
        var parts: [LinearPattern.Node] = []
        while !isAtEnd, !peeks("|"), !peeks(")") {
            guard let atom = try atom() else { continue }
            parts.append(try quantified(atom))
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    /// Parses what a quantifier may follow; nil for a flag, which is no part of the pattern.
    private mutating func atom() throws(LinearPattern.Problem) -> LinearPattern.Node? {
        let token = tokens[position]
        guard !token.isQuoted else {
            position += 1
            return literal(token.scalar)
        }
        switch token.scalar {
        case "(":
            return try group()
        case "[":
            return .set(try characterClass())
        case ".":
            position += 1
            return .set(.anyButLineTerminator)
        case "^":
            position += 1
            return .assertion(.start)
        case "$":
            position += 1
            return .assertion(.finalEnd)
        case "\\":
            switch try escape() {
            case .scalar(let scalar): return literal(scalar)
            case .set(let set): return .set(set)
            case .assertion(let assertion): return .assertion(assertion)
            }
        case "*", "+", "?", "{":
            throw malformed(
                "nothing to repeat before `\(token.scalar)`", "; write `\\\(token.scalar)` for the character")
        default:
            position += 1
            return literal(token.scalar)
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> LinearPattern.Node {
        guard foldsCase else { return .scalar(scalar) }
        let set = LinearPattern.ScalarSet([scalar.value...scalar.value])
        return set.foldingCase == set ? .scalar(scalar) : .set(set.foldingCase)
    }

    private mutating func group() throws(LinearPattern.Problem) -> LinearPattern.Node? {
        let open = position
        position += 1
        let outerFoldsCase = foldsCase
        if take("?") {
            if take("i") {
                foldsCase = true
                if take(")") { return nil }
            }
            guard take(":") else { throw unsupportedGroup(at: open) }
        }
        depth += 1
        defer { depth -= 1 }
        guard depth <= LinearPattern.maximumDepth else {
            throw problem(
                .patternTooLarge, at: open, "the pattern nests too deep",
                ": at most \(LinearPattern.maximumDepth) groups may be open")
        }
        let node = try choice()
        guard take(")") else {
            throw problem(.invalidPattern, at: open, "unclosed `(` in the pattern", "; write `\\(` for the character")
        }
        foldsCase = outerFoldsCase
        // As a sequence, an assertion may be repeated.
        if case .assertion = node { return .sequence([node]) }
        return node
    }

    private func unsupportedGroup(at open: Int) -> LinearPattern.Problem {
        let head = String(String.UnicodeScalarView(tokens[open...].prefix(4).map(\.scalar)))
        let construct =
            if head.hasPrefix("(?=") || head.hasPrefix("(?!") {
                "the look-ahead `\(head.prefix(3))`"
            } else if head.hasPrefix("(?<=") || head.hasPrefix("(?<!") {
                "the look-behind `\(head)`"
            } else if head.hasPrefix("(?>") {
                "the atomic group `(?>`"
            } else if head.hasPrefix("(?<") {
                "the named group `(?<`"
            } else {
                "the group `\(head)`"
            }
        return problem(
            .unsupportedPattern, at: open, construct,
            " is not supported: groups are `(…)`, `(?:…)`, `(?i:…)` and `(?i)`")
    }

    private mutating func quantified(_ node: LinearPattern.Node) throws(LinearPattern.Problem) -> LinearPattern.Node {
        let start = position
        var (least, most): (Int, Int?)
        if take("*") {
            (least, most) = (0, nil)
        } else if take("+") {
            (least, most) = (1, nil)
        } else if take("?") {
            (least, most) = (0, 1)
        } else if peeks("{") {
            (least, most) = try bounds()
        } else {
            return node
        }
        if case .assertion = node {
            throw problem(
                .unsupportedPattern, at: start, "the repeated assertion",
                " is not supported; remove the quantifier, which changes nothing or makes the assertion void")
        }
        if peeks("+") {
            throw problem(
                .unsupportedPattern, at: position, "the possessive quantifier `…+`",
                " is not supported: matching never backtracks, so leave out the `+`")
        }
        // Lazy or not, the same texts match as a whole.
        _ = take("?")
        for quantifier: Unicode.Scalar in ["*", "+", "?", "{"] where peeks(quantifier) {
            throw problem(
                .unsupportedPattern, at: position, "the quantifier that follows a quantifier",
                " is not supported; put the repeated part into a group `(?:…)`")
        }
        return .repeated(node, least, most)
    }

    /// Parses `{m}`, `{m,}` or `{m,n}`.
    private mutating func bounds() throws(LinearPattern.Problem) -> (Int, Int?) {
        let open = position
        position += 1
        let least = try count()
        var most = least
        if take(",") { most = peeks("}") ? nil : try count() }
        guard let least, take("}"), (most ?? least) >= least else {
            throw problem(
                .invalidPattern, at: open, "malformed repetition",
                ": it is `{m}`, `{m,}` or `{m,n}` with m ≤ n; write `\\{` for the character")
        }
        return (least, most)
    }

    /// Parses a number; nil if there are no digits.
    private mutating func count() throws(LinearPattern.Problem) -> Int? {
        let start = position
        var count: Int?
        while let digit = peek, ("0"..."9").contains(digit) {
            position += 1
            let value = (count ?? 0) * 10 + Int(digit.value - ("0" as Unicode.Scalar).value)
            guard value <= LinearPattern.maximumProgramLength else {
                throw problem(
                    .patternTooLarge, at: start, "the repetition is too large",
                    ": the pattern may expand to at most \(LinearPattern.maximumProgramLength) steps")
            }
            count = value
        }
        return count
    }
}

// MARK: Tokens

extension LinearPattern.Parser {
    var isAtEnd: Bool { position == tokens.count }

    /// The next character, unless it is quoted.
    var peek: Unicode.Scalar? {
        position < tokens.count && !tokens[position].isQuoted ? tokens[position].scalar : nil
    }

    /// Whether this character comes next, or so many tokens after, and is not quoted.
    func peeks(_ scalar: Unicode.Scalar, after count: Int = 0) -> Bool {
        let index = position + count
        return index < tokens.count && !tokens[index].isQuoted && tokens[index].scalar == scalar
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peeks(scalar) else { return false }
        position += 1
        return true
    }

    func malformed(_ text: String, _ detail: String) -> LinearPattern.Problem {
        problem(.invalidPattern, at: position, text, detail)
    }

    func problem(
        _ code: ClusterQueryError.Code, at index: Int, _ text: String, _ detail: String
    ) -> LinearPattern.Problem {
        LinearPattern.Problem(code, offset: index < tokens.count ? tokens[index].offset : length, text, detail)
    }
}
