// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import Foundation
import Testing

/// `JSONCoding` against Foundation's coders, which it replaced: the same bytes, the same values, the same verdicts.
@Suite struct JSONDifferentialTests {
    static let shapes: [any SampleShape] = [
        Shape<ECS.Task>(), Shape<TaskDefinition>(), Shape<ECS.RegisterTaskDefinitionRequest>(),
        Shape<ECS.RunTaskRequest>(), Shape<ECS.DescribeTasksResponse>(), Shape<ECS.ContainerInstance>(),
        Shape<ACS.PayloadMessage>(), Shape<TCS.PublishMetricsRequest>(), Shape<SSM.InstanceInformation>(),
        Shape<APIError>(), Shape<Oddities>(), Shape<[String: [String: [Int?]]]>(), Shape<[[Oddities.Payload]]>(),
        Shape<[Double]>(), Shape<[Int: Bool]>(),
    ]

    @Test(arguments: shapes) func valuesHaveFoundationsBytes(shape: any SampleShape) throws {
        try shape.compare(seeds: 1...200)
    }

    /// A text with a few mistakes is refused, or means the same, as with Foundation; see `isStricter(on:)`.
    @Test(arguments: 1...25 as ClosedRange<UInt64>) func damagedTextsHaveFoundationsVerdicts(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let task = try RandomValues(seed: seed).next(ECS.Task.self)
        let odd = try RandomValues(seed: seed).next(Oddities.self)
        for original in [try JSONCoding.encode(task), try JSONCoding.encode(odd), Array(Self.written.utf8)] {
            for _ in 0..<60 {
                let damaged = Self.damage(original, using: &random)
                Self.compareVerdicts(on: damaged)
            }
        }
    }

    private static func compareVerdicts(on text: [UInt8]) {
        let expected = try? JSONDecoder().decode(JSONTree.self, from: Data(text))
        let found = try? JSONCoding.decode(JSONTree.self, from: text)
        if found == nil, expected != nil, isStricter(on: text) { return }
        // Foundation takes some zeros with an exponent, such as 0E2, for numbers that are too small.
        if expected == nil, found != nil, String(decoding: text, as: UTF8.self).lowercased().contains("0e") { return }
        #expect(found == expected, "\(String(decoding: text, as: UTF8.self)) \(text)")
    }

    /// Where `JSONCoding` refuses what Foundation's decoder reads, and is right. Two more cases have tests of their
    /// own: fractions of an integer that a `Double` cannot hold, and nesting of 101 to 512 levels.
    private static func isStricter(on text: [UInt8]) -> Bool {
        hasTrailingComma(text) || isInOtherEncoding(text) || hasUnreadMistake(text)
    }

    /// Foundation's decoder looks at a value when somebody asks for it; nobody does for a name's second value.
    private static func hasUnreadMistake(_ text: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)) == nil
    }

    /// RFC 8259 §5 has no comma before a closing bracket.
    private static func hasTrailingComma(_ text: [UInt8]) -> Bool {
        var isInString = false
        var isEscaped = false
        var last: UInt8 = 0
        for byte in text {
            if isInString {
                if !isEscaped, byte == UInt8(ascii: "\"") { isInString = false }
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
            } else {
                if byte == UInt8(ascii: "\"") { isInString = true }
                if last == UInt8(ascii: ","), byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { return true }
            }
            if byte > 0x20 { last = byte }
        }
        return false
    }

    /// RFC 8259 §8.1 has UTF-8 only; Foundation takes zeros among the first bytes for UTF-16 or UTF-32.
    private static func isInOtherEncoding(_ text: [UInt8]) -> Bool { text.prefix(4).contains { $0 == 0 || $0 >= 0xFE } }

    /// One to three changes: bytes changed, left out, put in, doubled, or the rest cut off.
    private static func damage(_ original: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
        var text = original
        for _ in 0..<Int.random(in: 1...3, using: &random) where !text.isEmpty {
            let place = Int.random(in: 0..<text.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: text[place] = UInt8.random(in: 0...255, using: &random)
            case 1: text.remove(at: place)
            case 2: text.insert(contentsOf: interesting.randomElement(using: &random) ?? [], at: place)
            case 3: text.removeSubrange(place...)
            case 4: text.insert(contentsOf: text[place..<min(place + 20, text.count)], at: place)
            default: text[place] = Array(#"{}[]",:\0123456789.eE+-tfnu "#.utf8).randomElement(using: &random) ?? 0
            }
        }
        return text
    }

    private static let interesting: [[UInt8]] =
        [
            [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xFF], [0x00], [0x1F],
            [0xEF, 0xBB, 0xBF],
        ]
        + [
            #"\ud800"#, #"\udc00"#, #"\ud83d\ude00"#, #"\u0000"#, #"\u00e9"#, #"\x"#, #"\u12"#, "1e999", "-0", "01",
            "1.", ".5",
            "1e", "+1", "--1", "NaN", "null", "true", "//", "'", "\"\"", ",", ",]", ",}", "[]", "{}", "\"a\":1,", "1.0",
            "0e0",
        ].map { Array($0.utf8) }

    /// With white space, escapes, and numbers as people write them.
    private static let written = #"""
        { "a" : [ 1 , -2.5e+3 , 0 , 1E2 , true , false , null , "x\u00e9\n\/" ] ,
        	"\u0062" : { "c" : { } , "d" : [ ] , "c" : "again" } , "é" : "\ud83d\ude00 😀" , "" : -0.0 }
        """#
}

/// A type to make values of.
protocol SampleShape: Sendable, CustomTestStringConvertible {
    func compare(seeds: ClosedRange<UInt64>) throws
}

struct Shape<Value: Codable & Equatable>: SampleShape {
    var testDescription: String { "\(Value.self)" }

    func compare(seeds: ClosedRange<UInt64>) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for seed in seeds {
            let value = try RandomValues(seed: seed).next(Value.self)
            let expected = Array(try encoder.encode(value))
            let found = try JSONCoding.encode(value)
            try #require(found == expected, "seed \(seed): \(String(decoding: found, as: UTF8.self))")
            let read = try JSONDecoder().decode(Value.self, from: Data(found))
            try #require(try JSONCoding.decode(Value.self, from: found) == read, "seed \(seed)")
        }
    }
}

/// What the shapes of the wire have none of.
struct Oddities: Codable, Equatable {
    enum Payload: Codable, Equatable, CaseIterable {
        case nothing
        case number(Int)
        case named(text: String, more: [Payload])

        static var allCases: [Payload] {
            [
                .nothing, .number(-7), .named(text: "a\"b", more: []),
                .named(text: "", more: [.number(1), .nothing, .named(text: "é", more: [.nothing])]),
            ]
        }
    }

    enum Colour: String, Codable, CaseIterable { case red, green = "a/b \"c\"" }
    enum Level: Int, Codable, CaseIterable { case low = -1, high = 7 }

    struct Inner: Codable, Equatable {
        var maybe: Int??
        var list: [String?]
    }

    var zulu: Payload?
    var colour: Colour
    var level: Level?
    var float: Float
    var double: Double?
    var int8: Int8
    var int16: Int16?
    var int32: Int32
    var int64: Int64
    var uint: UInt
    var uint8: UInt8?
    var uint16: UInt16
    var uint32: UInt32
    var uint64: UInt64?
    var inner: [Inner]
    var byName: [String: Inner]
    var byNumber: [Int: Bool]
    var labels: [String: String]?
    var words: [String]
    var time: Timestamp
}
