// SPDX-License-Identifier: Apache-2.0

import DryportModel
import Testing

@testable import DryportPlacement

@Suite struct LinearPatternTests {
    /// Each row: a pattern, texts that match, texts that do not; `¦` stands between texts. Checked against
    /// `java.util.regex` of OpenJDK 17.
    @Test(arguments: [
        ("", "", "a"),
        ("abc", "abc", "ab¦abcd¦ABC"),
        ("g2.*", "g2.¦g2¦g2.2xlarge", "g1¦xg2¦g2\n¦g2\u{2028}x"),
        (".*", "¦a¦é", "\n¦a\r"),
        ("^t2\\.micro$", "t2.micro", "t2xmicro¦t2.micro\n"),
        ("a|b|", "a¦b¦", "ab¦c"),
        ("(?:ab|c)+", "ab¦c¦abcab", "¦a¦ba"),
        ("(a)(b)?", "a¦ab", "b"),
        ("()", "", "a"),
        ("a*", "¦aaa", "b"),
        ("a+?", "a¦aa", ""),
        ("a??b", "b¦ab", "aab"),
        ("a{2}", "aa", "a¦aaa"),
        ("a{2,}", "aa¦aaaa", "a"),
        ("a{1,3}?", "a¦aaa", "¦aaaa"),
        ("a{0}b", "b", "ab"),
        ("(ab){2}", "abab", "ab"),
        ("[abc]", "a¦c", "d¦¦ab"),
        ("[a-c-]", "b¦-", "d"),
        ("[^a-c]", "d¦\n¦é", "a¦¦dd"),
        ("[-a]", "-¦a", "b"),
        ("[\\w-]+", "a-b_1", "a b"),
        ("[a\\]\\[^]", "a¦]¦[¦^", "\\"),
        ("[\\d\\s]", "1¦ ¦\t", "a"),
        ("[.*+?(){}|$]", ".¦|¦$", "a"),
        ("[&a]", "&¦a", "b"),
        ("[^\\D]", "7", "a"),
        ("[\\x41-C]", "A¦B¦C", "D"),
        ("\\d\\D\\w\\W\\s\\S", "1a_- x", "11a- x"),
        ("\\t\\n\\r\\f\\\\", "\t\n\r\u{0C}\\", "tnrf\\"),
        ("\\x41\\u00e9", "Aé", "Ae"),
        ("\\.\\-\\/\\ \\é", ".-/ é", "x-/ é"),
        ("\\Qa.*\\E.*", "a.*¦a.*b", "axx"),
        ("\\Qa.", "a.", "ab"),
        ("\\Qab\\E*", "a¦abb", "abab"),
        ("[\\Q]-\\Ea]", "]¦-¦a", "b"),
        ("\\p{Lower}\\p{Upper}\\p{Digit}", "aA1", "AA1"),
        ("\\p{Alpha}\\p{Alnum}\\p{Punct}", "a1_¦zZ~", "11_¦a1 "),
        ("\\P{Alpha}[\\p{XDigit}]", "1f¦-A", "af¦1g"),
        ("\\p{Graph}\\p{Print}\\p{Blank}\\p{Space}\\p{Cntrl}\\p{ASCII}", "! \t\n\u{7F}a", "  \t\n\u{7F}a"),
        ("(?i)aB[c-d]é", "ABCé¦abdé", "abcÉ"),
        ("a(?i)b|c", "ab¦aB¦C", "AB"),
        ("(?i:a)b", "Ab", "AB"),
        ("((?i)a)b", "Ab", "aB"),
        ("(?i)[^a]", "b", "A¦a"),
        ("(?i)\\x61\\Qb\\E", "AB", "AC"),
        ("(?i)\\p{Lower}", "A", "1"),
        ("(?i)[Z-a]", "z¦A¦_", "b"),
        ("\\Aa\\z", "a", "a\n"),
        ("a$\\n", "a\n", "a"),
        ("a\\Z\\r\\n", "a\r\n", "a\n"),
        ("a\\b.*", "a¦a-b", "ab"),
        ("a\\B.*", "ab", "a¦a b"),
        ("\\B", "", "a"),
        ("(^a|b)+", "ab¦bb", "aa¦ba"),
        ("]}-,:=!<>#~ ", "]}-,:=!<>#~ ", ""),
        ("(|a)+", "¦a¦aaa", "b"),
        ("(a?)*b", "b¦aab", "a"),
        ("🚢.", "🚢🚢", "🚢"),
        ("(a*){2,3}", "¦aaaa", "b"),
    ])
    func matchesAsJavaDoes(text: String, matching: String, failing: String) throws {
        let pattern = try LinearPattern(text)
        for (inputs, expected) in [(matching, true), (failing, false)] {
            for input in inputs.split(separator: "¦", omittingEmptySubsequences: false).map(String.init) {
                #expect(pattern.matches(input) == expected, "\(text) on \(input.debugDescription)")
                #expect(pattern.run(on: input).isMatch == expected, "\(text) on \(input.debugDescription)")
            }
        }
    }

    @Test(arguments: [
        ("a\\r$\\n", "a\r\n"), ("a\\r\\Z\\n", "a\r\n"), ("\\b", ""), ("a^b", "ab"), ("a$b", "ab"), ("[^\\s\\S]", "a"),
    ])
    func matchesNever(text: String, input: String) throws {
        #expect(try !LinearPattern(text).matches(input))
    }

    @Test(arguments: [
        ("a(?=b)", 1, "the look-ahead `(?=`"),
        ("a(?!b)", 1, "the look-ahead `(?!`"),
        ("(?<=a)b", 0, "the look-behind `(?<=`"),
        ("(?<!a)b", 0, "the look-behind `(?<!`"),
        ("(?>a)", 0, "the atomic group `(?>`"),
        ("(?<n>a)", 0, "the named group `(?<`"),
        ("(?s)a", 0, "the group `(?s)`"),
        ("(?im:a)", 0, "the group `(?im`"),
        ("(?-i)a", 0, "the group `(?-i`"),
        ("(a)\\1", 3, "the back-reference `\\1`"),
        ("\\k<n>", 0, "the back-reference `\\k`"),
        ("a*+", 2, "the possessive quantifier"),
        ("a{2}+", 4, "the possessive quantifier"),
        ("a**", 2, "the quantifier that follows"),
        ("a{0,1000}{0,1000}", 9, "the quantifier that follows"),
        ("a*??", 3, "the quantifier that follows"),
        ("a|^*", 3, "the repeated assertion"),
        ("\\b?", 2, "the repeated assertion"),
        ("\\e", 0, "the escape `\\e`"),
        ("x\\0101", 1, "the escape `\\0`"),
        ("\\h", 0, "the escape `\\h`"),
        ("\\R", 0, "the escape `\\R`"),
        ("\\G", 0, "the escape `\\G`"),
        ("\\cA", 0, "the escape `\\c`"),
        ("\\E", 0, "the escape `\\E`"),
        ("[a[b]]", 2, "a class in a class"),
        ("[a-[b]]", 3, "a class in a class"),
        ("[a&&b]", 2, "the intersection `&&`"),
        ("[]a]", 1, "the `]` at the beginning"),
        ("[^]", 2, "the `]` at the beginning"),
        ("\\p{L}", 0, "the class `\\p`"),
        ("\\pL", 0, "the class `\\p`"),
        ("\\p{IsAlphabetic}", 0, "the class `\\p`"),
        ("\\P{", 0, "the class `\\p`"),
    ])
    func unsupportedConstructsAreNamed(text: String, offset: Int, problem: String) {
        expectProblem(text, .unsupportedPattern, offset, problem)
    }

    @Test(arguments: [
        ("*a", 0, "nothing to repeat before `*`"),
        ("a|+", 2, "nothing to repeat before `+`"),
        ("(?i)*", 4, "nothing to repeat before `*`"),
        ("(", 0, "unclosed `(`"),
        ("a(b|(c)", 1, "unclosed `(`"),
        ("a)", 1, "unmatched `)`"),
        ("[a", 0, "unclosed `[`"),
        ("x[", 1, "unclosed `[`"),
        ("[^", 0, "unclosed `[`"),
        ("[a-", 0, "unclosed `[`"),
        ("a\\", 1, "nothing follows `\\`"),
        ("{", 0, "nothing to repeat before `{`"),
        ("a{", 1, "malformed repetition"),
        ("a{,2}", 1, "malformed repetition"),
        ("a{2,1}", 1, "malformed repetition"),
        ("a{x}", 1, "malformed repetition"),
        ("a{1,x}", 1, "malformed repetition"),
        ("[b-a]", 1, "malformed range"),
        ("[a-\\d]", 1, "malformed range"),
        ("[\\b]", 1, "an assertion in a class"),
        ("\\x4", 0, "malformed number"),
        ("\\u00g0", 0, "malformed number"),
        ("\\ud83d", 0, "malformed number"),
        ("\\x", 0, "malformed number"),
    ])
    func malformedPatternsAreRefused(text: String, offset: Int, problem: String) {
        expectProblem(text, .invalidPattern, offset, problem)
    }

    @Test(arguments: [
        ("(a{1000}){1000}", 0, "the pattern"),
        ("(((a{100}){100}){100}){100}", 0, "the pattern"),
        ("(((){10000}){10000}){10000}", 0, "the pattern"),
        ("(a{0,1000}){0,1000}", 0, "the pattern"),
        ("a{10001}", 2, "the repetition"),
        ("a{1,99999999999999999999999}", 4, "the repetition"),
        (String(repeating: "(", count: 51) + String(repeating: ")", count: 51), 50, "the pattern nests too deep"),
    ])
    func largePatternsAreRefused(text: String, offset: Int, problem: String) {
        expectProblem(text, .patternTooLarge, offset, problem)
    }

    private func expectProblem(_ text: String, _ code: ClusterQueryError.Code, _ offset: Int, _ problem: String) {
        do {
            let pattern = try LinearPattern(text)
            Issue.record("\(text) compiled to \(pattern.program)")
        } catch {
            #expect(error.code == code, "\(text)")
            #expect(error.offset == offset, "\(text)")
            #expect(error.problem.hasPrefix(problem), "\(text): \(error.problem)")
        }
    }

    @Test func largestPatternsCompile() throws {
        let limit = LinearPattern.maximumProgramLength
        let pattern = try LinearPattern("a{4990}")
        #expect(pattern.matches(String(repeating: "a", count: 4990)))
        for text in ["a{4999}", "(a?){2000}", "(a|b){1000}", String(repeating: "|", count: 1980), "a?(b?){0,1000}"] {
            #expect(try LinearPattern(text).program.count <= limit, "\(text)")
        }
        let nested = String(repeating: "(", count: 50) + "a" + String(repeating: ")*", count: 50)
        #expect(try LinearPattern(nested).matches("aaa"))
    }

    // MARK: Linear time

    /// Patterns on which backtracking takes time exponential or worse in the text's length.
    @Test(arguments: [
        "(a+)+$", "(a+)+b", "(a|a)*b", "(a|aa)+$", "(a*)*b", "(a?){40}a{40}", "(.*a){12}", "(.*)*x", "((a*)*)*b",
        "(a|b|ab)*c",
        "(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y", "(?:a{0,60}){0,60}", "((a{0,9}){0,9}){0,9}b", "(^a|\\ba|a\\B)*b",
        "(|a)+b",
        "(?i)(A|a)*[^a]", "(a+a+)+[b-z]",
    ])
    func stepsAreLinearInTheText(text: String) throws {
        let pattern = try LinearPattern(text)
        let size = pattern.program.count
        var steps: [Int] = []
        for count in [100, 200] {
            for suffix in ["", "!"] {
                let run = pattern.run(on: String(repeating: "a", count: count) + suffix)
                #expect(run.steps <= 2 * size * (count + suffix.count + 1), "\(run.steps) steps")
                if suffix.isEmpty { steps.append(run.steps) }
            }
        }
        // Until all instructions are in the set, which takes at most `size` characters, a character may be cheaper.
        #expect(steps[1] <= 2 * steps[0] + 2 * size * size, "\(steps)")
    }

    @Test func theMatcherStopsWhenNothingCanMatch() throws {
        let run = try LinearPattern("(ab)+").run(on: "x" + String(repeating: "ab", count: 1000))
        #expect(run.steps < 10)
    }

    // MARK: Against a naive matcher

    @Test(arguments: [11, 12] as [UInt64])
    func agreesWithANaiveMatcher(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("ab-\n".unicodeScalars)
        var matches = 0
        for round in 0..<2000 {
            let naive = NaivePattern.random(over: alphabet, size: Int.random(in: 1...7, using: &random), using: &random)
            let pattern = try LinearPattern(naive.text)
            for _ in 0..<4 {
                var text = String.UnicodeScalarView()
                for _ in 0..<Int.random(in: 0...5, using: &random) { text.append(alphabet.drawn(&random)) }
                let input = String(text)
                let expected = naive.matches(input)
                #expect(pattern.matches(input) == expected, "seed \(seed), round \(round): \(naive.text) on \(input)")
                #expect(pattern.run(on: input).isMatch == expected, "\(naive.text) on \(input.debugDescription)")
                matches += expected ? 1 : 0
            }
        }
        #expect(matches > 800, "\(matches)")
    }
}
