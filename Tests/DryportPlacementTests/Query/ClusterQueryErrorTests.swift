// SPDX-License-Identifier: Apache-2.0

import DryportPlacement
import Testing

/// What is refused, where, and with which words.
@Suite struct ClusterQueryErrorTests {
    typealias Code = ClusterQueryError.Code

    private func error(_ text: String) -> ClusterQueryError? {
        do {
            let query = try ClusterQuery(parsing: text)
            Issue.record("parsed as \(query)")
            return nil
        } catch {
            return error
        }
    }

    static let messages: [(text: String, code: Code, message: String)] = [
        (
            "", .emptyQuery,
            "expected an expression at column 1, found the end of the query; leave the query out to select all instances"
        ),
        (
            "attribute:ecs.os-type == ", .expectedValue,
            "expected a value after `==` at column 26, found the end of the query"
        ),
        (
            "attribute:stack == and agentConnected == true", .expectedValue,
            "expected a value after `==` at column 20, found `and`; put the word in quotes if it is the value"
        ),
        (
            "agentVersion in [1]", .unsupportedOperator,
            "`agentVersion` does not have the operator `in` at column 14; it has `==`, `!=`, `>`, `>=`, `<`, `<=`"
        ),
        (
            "agentConnected greater_than true", .unsupportedOperator,
            "`agentConnected` does not have the operator `greater_than` at column 16; it has `==`, `!=`, `in`, `!in`, "
                + "`=~`, `!~`"
        ),
        (
            "attribute:a = b", .expectedOperator,
            "expected an operator after `attribute:a` at column 13, found `=`; write `==` for equality; it has `==`, "
                + "`!=`, `>`, `>=`, `<`, `<=`, `=~`, `!~`, `in`, `!in`, `exists`, `!exists`"
        ),
        (
            "stack == prod", .expectedSubject,
            "expected a subject at column 1, found `stack`; the subjects are agentConnected, agentVersion, "
                + "ec2InstanceId, registeredAt, runningTasksCount, task:group and attribute:<name>"
        ),
        (
            "(agentConnected == true", .unbalancedParenthesis,
            "expected `)` at column 24, found the end of the query; the parenthesis at column 1 is open"
        ),
        (
            "agentConnected == true)", .unbalancedParenthesis,
            "unexpected `)` at column 23: no parenthesis is open; remove it or add a `(` before"
        ),
        (
            "agentConnected == true AND runningTasksCount > 1", .unexpectedText,
            "expected `and`, `or` or the end of the query at column 24, found `AND`; write `and` in lower case"
        ),
        (
            "registeredAt > 2018-02-30", .invalidValue,
            "invalid value of `registeredAt` at column 16: `2018-02-30` is not a date such as `2018-06-18`, "
                + "`2018-06-18T22:28:28Z` or `2018-06-18T22:28:28+00:00`"
        ),
        (
            "attribute:a == 'b", .unterminatedQuote,
            "the value that starts at column 16 has no end; close it with '"
        ),
        (
            "attribute:a =~ '(a)\\1'", .unsupportedPattern,
            "the back-reference `\\1` at column 20 is not supported: patterns are matched in linear time"
        ),
    ]

    @Test(arguments: messages)
    func messagesSayWhereWhatAndWhatInstead(row: (text: String, code: Code, message: String)) {
        let error = error(row.text)
        #expect(error?.code == row.code)
        #expect(error?.message == row.message)
        #expect(error?.description == row.message)
    }

    @Test(arguments: [
        ("   ", Code.emptyQuery, 4), ("attribute:a", .expectedOperator, 12),
        ("attribute: exists", .expectedSubject, 11),
        ("attribute:a foo b", .expectedOperator, 13), ("attribute:a equalsb", .expectedOperator, 13),
        ("attribute:a ! exists", .expectedOperator, 13), ("attribute:a !foo", .expectedOperator, 13),
        ("attribute:a ~ b", .expectedOperator, 13), ("attribute:é exists", .expectedSubject, 11),
        ("attribute:a EXISTS", .expectedOperator, 13), ("Attribute:a exists", .expectedSubject, 1),
        ("task:groups == x", .expectedSubject, 1), ("task == x", .expectedSubject, 1),
        ("agentconnected == true", .expectedSubject, 1), ("agentConnected:a == true", .expectedOperator, 15),
        ("()", .expectedSubject, 2), ("!", .expectedSubject, 2), ("attribute:a exists and", .expectedSubject, 23),
        ("attribute:a exists or or", .expectedSubject, 23), ("attribute:a exists and not", .expectedSubject, 27),
        ("attribute:a exists b", .unexpectedText, 20), ("attribute:a exists | attribute:b exists", .unexpectedText, 20),
        ("attribute:a exists & attribute:b exists", .unexpectedText, 20),
        ("(attribute:a exists b)", .unexpectedText, 21),
        ("attribute:a exists not attribute:b exists", .unexpectedText, 20),
        ("attribute:a == b'c'", .unexpectedText, 17),
        ("attribute:a == b c", .unexpectedText, 18), ("attribute:a == b==c", .unexpectedText, 17),
        ("attribute:a == f(x)", .unexpectedText, 17), ("attribute:a == 'b''c'", .unexpectedText, 19),
        ("attribute:a == b,c", .unexpectedText, 17), ("attribute:a == [b, c]", .expectedValue, 16),
        ("attribute:a =~ (b)", .expectedValue, 16), ("attribute:a =~ b|", .unexpectedText, 17),
        ("attribute:a == <b>", .expectedValue, 16), ("attribute:a == )", .expectedValue, 16),
        ("attribute:a in b", .expectedValue, 16), ("attribute:a in (b)", .expectedValue, 16),
        ("attribute:a in []", .expectedValue, 17), ("attribute:a in [b,]", .expectedValue, 19),
        ("attribute:a in [b", .expectedValue, 18), ("attribute:a in [b c]", .expectedValue, 19),
        ("attribute:a in [[b]]", .expectedValue, 17), ("attribute:a in [b, or]", .expectedValue, 20),
        ("attribute:a == \"b", .unterminatedQuote, 16), ("attribute:a in ['b, c]", .unterminatedQuote, 17),
        ("attribute:a == b\u{00A0}and x", .unexpectedText, 17), ("attribute:a\u{0000}exists", .invalidCharacter, 12),
        ("attribute:a == '\u{0085}'", .invalidCharacter, 17), ("attribute:a == 'b\tc'", .invalidCharacter, 18),
        ("attribute:a == \"b\nc\"", .invalidCharacter, 18), ("\u{007F}", .invalidCharacter, 1),
        ("agentConnected == yes", .invalidValue, 19), ("agentConnected in [true, 'True']", .invalidValue, 27),
        ("agentVersion > 1.x", .invalidValue, 16), ("agentVersion > v1", .invalidValue, 16),
        ("agentVersion > 1.", .invalidValue, 16), ("agentVersion > -1", .invalidValue, 16),
        ("agentVersion > 99999999999999999999", .invalidValue, 16), ("agentVersion == ''", .invalidValue, 18),
        ("runningTasksCount == one", .invalidValue, 22), ("runningTasksCount == 1.0", .invalidValue, 22),
        ("runningTasksCount == +1", .invalidValue, 22),
        ("runningTasksCount == '99999999999999999999'", .invalidValue, 23),
        ("runningTasksCount exists", .unsupportedOperator, 19), ("task:group > 1", .unsupportedOperator, 12),
        ("task:group exists", .unsupportedOperator, 12), ("registeredAt =~ x", .unsupportedOperator, 14),
        ("ec2InstanceId not_exists", .unsupportedOperator, 15), ("agentVersion =~ 1.*", .unsupportedOperator, 14),
        ("attribute:a =~ 'x(?=y)'", .unsupportedPattern, 18), ("attribute:a =~ *", .invalidPattern, 16),
        ("attribute:a =~ \"x**\"", .unsupportedPattern, 19), ("agentConnected =~ '('", .invalidPattern, 20),
        ("attribute:a =~ '(a{1000}){1000}'", .patternTooLarge, 17), ("task:group !~ [a", .invalidPattern, 15),
    ])
    func positions(text: String, code: Code, column: Int) {
        let error = error(text)
        #expect(error?.code == code, "\(text)")
        #expect(error?.column == column, "\(text)")
        #expect(error?.message.contains("at column \(column)") == true, "\(text)")
    }

    @Test(arguments: [
        "2018", "2018-6-18", "2018-13-01", "2018-00-10", "2018-01-00", "2018-04-31", "2019-02-29", "1900-02-29",
        "2018-06-18T", "2018-06-18T22", "2018-06-18T22:28", "2018-06-18T24:00:00", "2018-06-18T22:60:00",
        "2018-06-18T22:28:60", "2018-06-18T22:28:28.5", "2018-06-18 22:28:28", "2018-06-18t22:28:28Z",
        "2018-06-18T22:28:28z", "2018-06-18T22:28:28+0000", "2018-06-18T22:28:28+00", "2018-06-18T22:28:28+24:00",
        "2018-06-18T22:28:28ZZ", "2018-06-18Z", "12018-06-18", "-2018-06-18", "２０１８-06-18", "yesterday", "",
    ])
    func malformedDates(text: String) {
        let error = error("registeredAt < '\(text)'")
        #expect(error?.code == .invalidValue)
        #expect(error?.column == 17)
    }

    // MARK: Limits

    @Test func lengthIsBounded() throws {
        let query = "attribute:a exists"
        let longest = query + String(repeating: " ", count: ClusterQuery.maximumLength - query.count)
        #expect(try ClusterQuery(parsing: longest).text.count == 2000)
        let error = error(longest + " ")
        #expect(error?.code == .queryTooLong)
        #expect(error?.column == 2001)
        // A character of many scalars does not slip through.
        #expect(self.error("attribute:a == e" + String(repeating: "\u{0301}", count: 5000))?.code == .queryTooLong)
    }

    @Test func depthIsBounded() throws {
        let limit = ClusterQuery.maximumDepth
        let leaf = "attribute:a exists"
        for (open, close) in [("(", ")"), ("!", ""), ("not ", ""), ("!(", ")"), ("not(", ")")] {
            func nested(_ depth: Int) -> String {
                String(repeating: open, count: depth) + leaf + String(repeating: close, count: depth)
            }
            let query = try ClusterQuery(parsing: nested(limit))
            #expect(try ClusterQuery(parsing: query.description) == query)
            #expect(query.matches(QueriedInstance()) == (open == "(" ? false : limit % 2 != 0))
            let error = error(nested(limit + 1))
            #expect(error?.code == .queryTooDeep)
            #expect(error?.column == limit * open.count + 1)
        }
        for bomb in ["(", "!", "!(", "not(", "(!", "not "] {
            #expect(error(String(repeating: bomb, count: 2000 / bomb.count))?.code == .queryTooDeep, "\(bomb)")
        }
        #expect(error(String(repeating: ")", count: 2000))?.code == .expectedSubject)
    }

    @Test func depthCountsWhatIsOpenOnly() throws {
        let text = Array(repeating: "(!runningTasksCount==1)", count: 80).joined(separator: "&&")
        #expect(try ClusterQuery(parsing: text).matches(QueriedInstance()))
    }

    @Test func hugeListsParse() throws {
        let text = "attribute:a in[" + Array(repeating: "b", count: 990).joined(separator: ",") + ",c]"
        var instance = QueriedInstance()
        instance.attributes["a"] = "c"
        let query = try ClusterQuery(parsing: text)
        #expect(query.matches(instance))
        // Printed with a space after each comma it would be too long to be parsed.
        #expect(query.description == text)
    }

    @Test func patternsAreBounded() {
        let deep = String(repeating: "(", count: 900) + String(repeating: ")", count: 900)
        #expect(error("attribute:a =~ '\(deep)'")?.code == .patternTooLarge)
        #expect(error("attribute:a =~ 'a{99999999999999999999}'")?.code == .patternTooLarge)
        #expect(error("attribute:a =~ '((((){9999}){9999}){9999}){9999}'")?.code == .patternTooLarge)
    }
}
