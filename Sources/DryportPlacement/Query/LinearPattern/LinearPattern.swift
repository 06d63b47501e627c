// SPDX-License-Identifier: Apache-2.0

/// A regular expression in a part of Java's syntax (`java.util.regex.Pattern`), matched against whole texts in time
/// linear in the text's length.
///
/// **Syntax.** Literal characters; `.`; classes such as `[a-z_]` and `[^0-9]`; `\d \D \w \W \s \S`;
/// `\t \n \r \f \xhh \uhhhh`; `\p{Alpha}` and `\P{Alpha}` for the POSIX classes `Lower Upper Alpha Digit Alnum Punct
/// Graph Print Blank Space Cntrl XDigit ASCII`; a backslash before a character that is no letter or digit; `\Q…\E`;
/// `^ $ \A \z \Z \b \B`; groups `(…)` and `(?:…)`; `|`; `* + ? {m} {m,} {m,n}`, also lazy, which makes no difference
/// for a match of the whole text; `(?i)` for the rest of a group and `(?i:…)`. Each means what it means to Java, with
/// no flag set: classes and `(?i)` know ASCII only, `.` matches no line terminator. `\b` goes by `\w`, as in Java
/// since 19. Everything else that Java has is refused: look-around, back-references and possessive quantifiers
/// cannot be matched in linear time in general; the others are rare.
///
/// **Linear time.** The pattern is compiled to at most ``maximumProgramLength`` instructions in Thompson's manner
/// (K. Thompson, "Regular Expression Search Algorithm", CACM 11(6), 1968; see also
/// https://swtch.com/~rsc/regexp/regexp2.html). The matcher reads each character of the text once, and keeps the set of
/// instructions at which some way to match stands. An instruction enters the set for a position at most once, marked by
/// the position's number, so a position costs at most two steps for each instruction (entering the set, reading the
/// character): at most 2 · *m* · (*n* + 1) steps for *m* instructions and *n* characters. There is no backtracking.
struct LinearPattern: Sendable {
    /// How many instructions a program has at most. Without counted repetition, a pattern that fits into a query
    /// always stays below; the bound stops patterns such as `(a{1000}){1000}`.
    static let maximumProgramLength = 10_000

    /// How deep groups nest at most; the parser and the compiler recurse.
    static let maximumDepth = 50

    /// The instructions; the first is the entry.
    let program: [Instruction]
    /// The sets that instructions refer to.
    let sets: [ScalarSet]
    private let shortcut: Shortcut?

    /// A pattern simple enough to need no program.
    private enum Shortcut: Sendable {
        /// The text is this one.
        case literal(String)
        /// The text begins with this one and goes on without a line terminator: `literal.*`.
        case prefix(String)
    }

    /// Compiles a pattern.
    /// - Throws: What is wrong, with the offset.
    init(_ text: String) throws(Problem) {
        var parser = Parser(text)
        let node = try parser.parse()
        guard node.size <= Self.maximumProgramLength else {
            throw Problem(
                .patternTooLarge, offset: 0, "the pattern",
                " is too large: it may expand to at most \(Self.maximumProgramLength) steps; use smaller repetitions")
        }
        var compiler = Compiler()
        compiler.emit(node)
        program = compiler.program + [.match]
        sets = compiler.sets
        shortcut = Self.shortcut(for: node)
    }

    /// Whether the whole text matches.
    func matches(_ text: String) -> Bool {
        switch shortcut {
        case .literal(let literal):
            return text.utf8.elementsEqual(literal.utf8)
        case .prefix(let prefix):
            guard text.utf8.starts(with: prefix.utf8) else { return false }
            return !text.unicodeScalars.dropFirst(prefix.unicodeScalars.count).contains { $0.isLineTerminator }
        case nil:
            return run(on: text).isMatch
        }
    }

    private static func shortcut(for node: Node) -> Shortcut? {
        var parts = [node]
        if case .sequence(let inner) = node { parts = inner }
        // At the ends of a match of the whole text these always hold.
        if case .assertion(.start) = parts.first { parts.removeFirst() }
        if let last = parts.last, case .assertion(let assertion) = last, assertion == .end || assertion == .finalEnd {
            parts.removeLast()
        }
        var isPrefix = false
        if case .repeated(.set(.anyButLineTerminator), 0, nil) = parts.last {
            isPrefix = true
            parts.removeLast()
        }
        var literal = String.UnicodeScalarView()
        for part in parts {
            guard case .scalar(let scalar) = part else { return nil }
            literal.append(scalar)
        }
        return isPrefix ? .prefix(String(literal)) : .literal(String(literal))
    }
}

extension LinearPattern {
    /// Why a text is not a pattern.
    struct Problem: Error, Hashable {
        var code: ClusterQueryError.Code
        /// The index of the character in the pattern, 0 for the first.
        var offset: Int
        /// What is wrong; the place follows.
        var problem: String
        /// What follows the place.
        var detail: String

        init(_ code: ClusterQueryError.Code, offset: Int, _ problem: String, _ detail: String) {
            self.code = code
            self.offset = offset
            self.problem = problem
            self.detail = detail
        }
    }

    /// One step of a program. Unless said otherwise, the next instruction follows.
    enum Instruction: Sendable, Hashable {
        /// Reads this character.
        case scalar(Unicode.Scalar)
        /// Reads a character of the set with this number.
        case set(Int)
        /// Goes on if this holds here.
        case assertion(Assertion)
        /// Goes on at both places.
        case split(Int, Int)
        /// Goes on there.
        case jump(Int)
        /// The pattern ends.
        case match
    }

    /// A condition on a position.
    enum Assertion: Sendable, Hashable {
        /// `^`, `\A`.
        case start
        /// `\z`.
        case end
        /// `$`, `\Z`: the end, or before a line terminator that ends the text.
        case finalEnd
        /// `\b`.
        case wordBoundary
        /// `\B`.
        case noWordBoundary
    }

    /// A parsed pattern.
    indirect enum Node: Sendable {
        case scalar(Unicode.Scalar)
        case set(ScalarSet)
        case assertion(Assertion)
        /// One after the other; empty for the empty text.
        case sequence([Node])
        case choice([Node])
        /// At least and at most so many times; nil for no bound.
        case repeated(Node, Int, Int?)

        /// No less than the number of instructions and no less than the work to emit them, cut off above
        /// ``LinearPattern/maximumProgramLength``. Repetition counts are bounded by the parser, so nothing overflows.
        var size: Int {
            let size: Int
            switch self {
            case .scalar, .set, .assertion: size = 1
            case .sequence(let parts): size = parts.reduce(1) { $0 + $1.size }
            case .choice(let parts): size = parts.reduce(1) { $0 + $1.size + 2 }
            case .repeated(let part, let least, let most): size = max(most ?? least, 1) * (part.size + 1) + 1
            }
            return min(size, LinearPattern.maximumProgramLength + 1)
        }
    }
}
