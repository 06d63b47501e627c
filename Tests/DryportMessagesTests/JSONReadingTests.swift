// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import Foundation
import Testing

@Suite struct JSONReadingTests {
    // MARK: Numbers

    /// How a number reads, and what Foundation makes of it where that is something else.
    struct Number: CustomTestStringConvertible, Sendable {
        var text: String
        var int64: Int64?
        var uint64: UInt64?
        var double: Double?
        /// What Foundation reads instead as an `Int64`, as a `UInt64`.
        var foundation: (int64: Int64?, uint64: UInt64?)?
        /// Whether Foundation refuses it as a `Double`.
        var isRefused = false
        var testDescription: String { text }
    }

    static let numbers: [Number] = [
        Number(text: "0", int64: 0, uint64: 0, double: 0), Number(text: "-0", int64: 0, uint64: 0, double: -0.0),
        Number(text: "-0.0", int64: 0, uint64: 0, double: -0.0), Number(text: "1.0", int64: 1, uint64: 1, double: 1),
        Number(text: "-1", int64: -1, double: -1), Number(text: "12e2", int64: 1200, uint64: 1200, double: 1200),
        Number(text: "1200e-2", int64: 12, uint64: 12, double: 12),
        Number(text: "1E+3", int64: 1000, uint64: 1000, double: 1000),
        Number(text: "0e99999999999999999999", int64: 0, uint64: 0, double: 0), Number(text: "1.5", double: 1.5),
        Number(text: "0.5e1", int64: 5, uint64: 5, double: 5), Number(text: "5e-1", double: 0.5),
        Number(text: "9223372036854775807", int64: .max, uint64: 1 << 63 - 1, double: 9.223372036854775807e18),
        Number(text: "-9223372036854775808", int64: .min, double: -9.223372036854775808e18),
        Number(text: "9223372036854775808", uint64: 1 << 63, double: 9.223372036854775808e18),
        Number(text: "-9223372036854775809", double: -9.223372036854775808e18),
        Number(text: "18446744073709551615", uint64: .max, double: 1.8446744073709552e19),
        Number(text: "18446744073709551616", double: 1.8446744073709552e19),
        Number(
            text: "9007199254740993", int64: 9_007_199_254_740_993, uint64: 9_007_199_254_740_993,
            double: 9007199254740992),
        Number(
            text: "9007199254740993.0", int64: 9_007_199_254_740_993, uint64: 9_007_199_254_740_993,
            double: 9007199254740992),
        Number(text: "1000000000000000000000e-20", int64: 10, uint64: 10, double: 10),
        Number(text: "0.000000000000000000000001e24", int64: 1, uint64: 1, double: 1),
        Number(text: "1.00000000000000000000000000", int64: 1, uint64: 1, double: 1),
        Number(text: "1e18", int64: 1_000_000_000_000_000_000, uint64: 1_000_000_000_000_000_000, double: 1e18),
        Number(text: "1e19", uint64: 10_000_000_000_000_000_000, double: 1e19), Number(text: "1e20", double: 1e20),
        Number(text: "1557207715.195", double: 1_557_207_715.195), Number(text: "0.1", double: 0.1),
        Number(text: "123456789012345678901234567890", double: 1.2345678901234568e29),
        Number(text: "3.141592653589793238462643", double: 3.141592653589793),
        Number(text: "1.7976931348623157e308", double: .greatestFiniteMagnitude), Number(text: "1.8e308"),
        Number(text: "1e400"), Number(text: "-1e99999999999999999999"),
        Number(text: "5e-324", double: .leastNonzeroMagnitude),
        Number(text: "2.4703282292062328e-324", double: .leastNonzeroMagnitude),
        // Foundation takes some zeros with an exponent for numbers that are too small for a Double.
        Number(text: "0E2", int64: 0, uint64: 0, double: 0, isRefused: true),
        // Too small for a Double. Foundation takes the Double's zero for an integer.
        Number(text: "1e-400", foundation: (0, 0)),
        // Fractions that a Double does not hold, and integers next to which it holds no fraction.
        Number(text: "1.00000000000000000001", double: 1, foundation: (1, 1)),
        Number(
            text: "9007199254740993.5", double: 9007199254740994,
            foundation: (9_007_199_254_740_993, 9_007_199_254_740_993)),
        // Foundation takes a detour by way of a Double, which is out of range.
        Number(
            text: "9223372036854775807.0", int64: .max, uint64: 1 << 63 - 1, double: 9.223372036854775807e18,
            foundation: (nil, 1 << 63 - 1)),
        Number(text: "18446744073709551615.0", uint64: .max, double: 1.8446744073709552e19, foundation: (nil, nil)),
    ]

    @Test(arguments: numbers) func numbersAreExact(number: Number) {
        let bytes = Array(number.text.utf8)
        #expect((try? JSONCoding.decode(Int64.self, from: bytes)) == number.int64)
        #expect((try? JSONCoding.decode(UInt64.self, from: bytes)) == number.uint64)
        let double = try? JSONCoding.decode(Double.self, from: bytes)
        #expect(double?.bitPattern == number.double?.bitPattern)
        let other = try? JSONDecoder().decode(Double.self, from: Data(bytes))
        #expect(other?.bitPattern == (number.isRefused ? nil : double?.bitPattern))
        let foundation = number.foundation ?? (number.int64, number.uint64)
        #expect((try? JSONDecoder().decode(Int64.self, from: Data(bytes))) == foundation.int64)
        #expect((try? JSONDecoder().decode(UInt64.self, from: Data(bytes))) == foundation.uint64)
    }

    @Test func narrowIntegersHaveTheirRange() throws {
        #expect(try decode("[127,-128]", as: [Int8].self) == [127, -128])
        #expect(throws: APIError(.serialization, "[1]: 128 is not a whole number between -128 and 127")) {
            try decode("[127,128]", as: [Int8].self)
        }
        #expect(throws: APIError(.serialization, "the body: -1 is not a whole number between 0 and 255")) {
            try decode("-1", as: UInt8.self)
        }
        #expect(throws: APIError(.serialization, "createdAt: 1e999 is too large or too small")) {
            try decode(#"{"createdAt":1e999}"#, as: ECS.Task.self)
        }
        #expect(try decode("[0.1,3.4e38,16777217]", as: [Float].self) == [0.1, 3.4e38, 16_777_216])
        #expect(throws: APIError.self) { try decode("1e39", as: Float.self) }
    }

    /// Doubles of any digits and exponents, nearest as Foundation has it.
    @Test func doublesAreTheNearest() throws {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<3000 {
            let digits = (0..<Int.random(in: 1...25, using: &random)).map { _ in Int.random(in: 0...9, using: &random) }
            let text = "[1\(digits.map(String.init).joined()).\(digits[0])e\(Int.random(in: -40...40, using: &random))]"
            let expected = try JSONDecoder().decode([Double].self, from: Data(text.utf8))
            #expect(try decode(text, as: [Double].self) == expected, "\(text)")
        }
    }

    // MARK: Strings

    @Test(arguments: [
        (#""\u0041\u00e9\u20ac\ud83d\ude00\u0000""#, "Aé€😀\0"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""""#, ""), ("\"\u{7F}\u{2028}é😀\"", "\u{7F}\u{2028}é😀"), (#""12345678é\n12345678""#, "12345678é\n12345678"),
        (#""\u00E9\u00fF""#, "éÿ"), ("\"\u{FFFF}\"", "\u{FFFF}"),
    ])
    func stringsAreRead(text: String, expected: String) throws {
        #expect(try decode(text, as: String.self) == expected)
        #expect(try decode("[\(text),\(text)]", as: [String].self) == [expected, expected])
        #expect(try decode("{\(text):\(text)}", as: [String: String].self) == [expected: expected])
    }

    /// Also where nobody reads the string.
    @Test(arguments: [
        #"\ud800"#, #"\udc00"#, #"\ud800\ud800"#, #"\ud800x"#, #"\ud800\n"#, #"\u12"#, #"\u12g4"#, #"\u+123"#, #"\x"#,
        #"\"#, #"\u"#,
        #"\ud83d\u"#, "\n", "\u{1F}", "\u{0}", #"\n\#u{1}"#,
    ])
    func badStringsAreRefused(content: String) {
        for text in ["\"\(content)\"", "{\"unread\":\"\(content)\"}", "{\"\(content)\":1}"] {
            #expect(throws: APIError.self, "\(text)") { try decode(text, as: ECS.Task.self) }
            #expect(throws: APIError.self, "\(text)") { try decode(text, as: JSONTree.self) }
        }
    }

    /// Overlong forms, surrogates, what is above U+10FFFF, and sequences without an end.
    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
            [0xE2, 0x82],
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF0, 0x9F, 0x98],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
        ] as [[UInt8]])
    func whatIsNotUTF8IsRefused(bytes: [UInt8]) {
        #expect(throws: APIError.self) { try JSONCoding.decode(String.self, from: [0x22] + bytes + [0x22]) }
        #expect(throws: APIError.self) {
            try JSONCoding.decode(String.self, from: Array("\"\\n".utf8) + bytes + [0x22])
        }
        #expect(throws: APIError.self) {
            try JSONCoding.decode([String: Int].self, from: Array("{\"a".utf8) + bytes + Array("\":1}".utf8))
        }
        #expect(throws: APIError.self) { try JSONCoding.decode(JSONTree.self, from: bytes) }
    }

    // MARK: Objects

    /// As with Foundation, whatever the order in which members are read.
    @Test func theFirstOfRepeatedNamesCounts() throws {
        #expect(
            try decode(#"{"cpu":"1","cpu":"2","memory":"3","c\u0070u":"4"}"#, as: ECS.Task.self)
                == ECS.Task(cpu: "1", memory: "3"))
        #expect(
            try decode(#"{"memory":"3","cpu":"1","memory":"4"}"#, as: ECS.Task.self) == ECS.Task(cpu: "1", memory: "3"))
        let many = (0..<200).map { #""name\#($0 % 90)":\#($0)"# }.joined(separator: ",")
        let expected = Dictionary(uniqueKeysWithValues: (0..<90).map { ("name\($0)", $0) })
        #expect(try decode("{\(many)}", as: [String: Int].self) == expected)
        #expect(try decode(#"{"a":"1","a":"2","b":"3"}"#, as: [String: String].self) == ["a": "1", "b": "3"])
    }

    /// Names that begin alike, that are short, and that are one the beginning of another.
    @Test func namesAreToldApart() throws {
        let names = [
            "", "a", "ab", "abc", "abcd", "abcde", "abcdefg", "abcdefgh", "abcdefghi", "abcdefgh\0", "a\0", "\0", "é",
            "abcdefghijklmnopq", "abcdefghijklmnopr",
        ]
        let expected = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        #expect(try decode(text(expected), as: [String: Int].self) == expected)
        #expect(try JSONDecoder().decode([String: Int].self, from: Data(text(expected).utf8)) == expected)
    }

    /// RFC 8259 §8.3: unit by unit. Foundation takes names for the same that Unicode calls equivalent.
    @Test func equivalentNamesAreDifferent() throws {
        struct Value: Decodable, Equatable {
            var é: Int?
        }
        #expect(try decode("{\"e\u{301}\":1,\"\u{E9}\":2}", as: Value.self) == Value(é: 2))
    }

    /// Fifty thousand members, a third of them repeated, in time that grows with their number: this test would take
    /// minutes if each lookup went through all of them.
    @Test func manyMembersTakeNoLonger() throws {
        let members = (0..<50_000).map { #""n\#($0 % 3 == 0 ? 0 : $0)":\#($0)"# }.joined(separator: ",")
        #expect(try decode("{\(members)}", as: [String: Int].self).count == 33_334)
    }

    // MARK: Refusals

    @Test(arguments: [
        ("", "line 1, column 1: expected a value, found the end of the text"),
        ("{\n  \"é\": 1\n  \"b\"", "line 3, column 3: expected a comma or }, found '\"'"),
        ("[1,]", "line 1, column 4: expected a value, found ']'"),
        (#"{"a":1,}"#, "line 1, column 8: expected a member's name in double quotes, found '}'"),
        ("[01]", "line 1, column 3: expected a comma or ], found '1'"),
        ("[-]", "line 1, column 3: expected a digit, found ']'"),
        ("[1.]", "line 1, column 4: expected a digit, found ']'"),
        ("[1e]", "line 1, column 4: expected a digit, found ']'"),
        ("nul", "line 1, column 1: expected a value, found 'n'"),
        ("1 2", "line 1, column 3: expected the end of the text, found '2'"),
        ("\"a", "line 1, column 3: expected a string's end, found the end of the text"),
        ("\"é\u{1}\"", "line 1, column 3: expected no control character in a string, found U+0001"),
        (#"["\ud800"]"#, "line 1, column 9: expected both halves of a surrogate pair, found '\"'"),
        (#"{"a" 1}"#, "line 1, column 6: expected a colon, found '1'"),
        ("1\0", "line 1, column 2: expected the end of the text, found U+0000"),
    ])
    func mistakesHaveAPlace(text: String, problem: String) {
        #expect(throws: APIError(.serialization, "the body is not JSON: \(problem)")) {
            try decode(text, as: JSONTree.self)
        }
    }

    /// No beginning of a text is a text, and none of them traps.
    @Test func whatIsCutOffIsRefused() throws {
        let whole = Array(#" {"a":[1.5e+3,true,"\ud83d\ude00é"],"b":null}"#.utf8)
        for count in 0..<whole.count {
            #expect(throws: APIError.self) { try JSONCoding.decode(JSONTree.self, from: Array(whole[..<count])) }
        }
        _ = try JSONCoding.decode(JSONTree.self, from: whole)
    }

    /// Bodies as large as the server takes them.
    @Test(arguments: [
        "[", "{", "]", "[]", "[],", "{\"a\":", "\"", "\\", "0", "1e", "-", "\"\\u0000\",", " ", "\u{0}", "[[],",
    ])
    func largeNonsenseIsRefused(part: String) {
        let body = String(repeating: part, count: (1 << 20) / part.utf8.count)
        #expect(throws: APIError.self) { try decode(body, as: ECS.RegisterTaskDefinitionRequest.self) }
        #expect(throws: APIError.self) { try decode("[\(body)", as: ECS.RegisterTaskDefinitionRequest.self) }
    }

    @Test func aByteOrderMarkIsSkipped() throws {
        #expect(try decode("\u{FEFF}{\"cpu\":\"1\"}", as: ECS.Task.self) == ECS.Task(cpu: "1"))
        #expect(throws: APIError.self) { try JSONCoding.decode(Int.self, from: [0xEF, 0xBB]) }
        #expect(throws: APIError.self) { try JSONCoding.decode(Int.self, from: [0x31, 0x00]) }
    }
}
