// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import Foundation
import Testing

/// Containers as types use them that write `encode(to:)` and `init(from:)` themselves.
@Suite struct JSONContainerTests {
    struct Name: CodingKey, ExpressibleByStringLiteral {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
        init(stringLiteral value: String) { stringValue = value }
    }

    /// Encodes what a closure does.
    struct Encoding: Encodable {
        var body: (any Encoder) throws -> Void
        init(_ body: @escaping (any Encoder) throws -> Void) { self.body = body }
        func encode(to encoder: any Encoder) throws { try body(encoder) }
    }

    private func foundation(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    // MARK: Encoding

    /// Nested containers are filled in turns, and some not at all.
    @Test func nestedContainersMayBeFilledInAnyOrder() throws {
        let value = Encoding { encoder in
            var object = encoder.container(keyedBy: Name.self)
            var second = object.nestedContainer(keyedBy: Name.self, forKey: "z")
            var list = object.nestedUnkeyedContainer(forKey: "a")
            try object.encode("m", forKey: "m")
            try second.encode(2, forKey: "y")
            try list.encode(1)
            var inner = list.nestedContainer(keyedBy: Name.self)
            var rest = list.nestedUnkeyedContainer()
            try list.encode("last")
            try second.encode(1, forKey: "x")
            try inner.encode(Encoding { try [1, 2].encode(to: $0) }, forKey: "in\"ner")
            try rest.encodeNil()
            _ = object.nestedContainer(keyedBy: Name.self, forKey: "empty")
            try Encoding {
                var value = $0.singleValueContainer(); try value.encode(3)
            }.encode(to: object.superEncoder(forKey: "b"))
            try Encoding { _ in }.encode(to: object.superEncoder())
            try Encoding { try "s".encode(to: $0) }.encode(to: list.superEncoder())
            #expect(list.count == 5)
        }
        let expected =
            #"{"a":[1,{"in\"ner":[1,2]},[null],"last","s"],"b":3,"empty":{},"m":"m","super":{},"z":{"x":1,"y":2}}"#
        #expect(try text([value, value]) == "[\(expected),\(expected)]")
        #expect(try foundation(value) == expected)
    }

    class Base: Encodable {
        var id = 1
        private enum CodingKeys: CodingKey { case id }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(id, forKey: .id)
        }
    }

    final class Derived: Base {
        var extra = ["a": 1.5]
        private enum CodingKeys: CodingKey { case extra }
        override func encode(to encoder: any Encoder) throws {
            try super.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(extra, forKey: .extra)
        }
    }

    @Test func oneEncoderMayBeAskedTwice() throws {
        #expect(try text([Derived()]) == #"[{"extra":{"a":1.5},"id":1}]"#)
        #expect(try foundation([Derived()]) == #"[{"extra":{"a":1.5},"id":1}]"#)
    }

    /// What failed, and whose error was caught, leaves nothing behind. Foundation's encoder traps here.
    @Test func failedValuesLeaveNothing() throws {
        let failing = Encoding { encoder in
            var object = encoder.container(keyedBy: Name.self)
            try object.encode("lost", forKey: "b")
            var nested = object.nestedContainer(keyedBy: Name.self, forKey: "a")
            try nested.encode("lost", forKey: "c")
            try object.encode(["x": Double.nan], forKey: "d")
        }
        let value = Encoding { encoder in
            var object = encoder.container(keyedBy: Name.self)
            try? object.encode(failing, forKey: "k")
            try object.encode(1, forKey: "z")
            try? object.encode(failing, forKey: "y")
            try? object.encode(Float.infinity, forKey: "w")
            var list = object.nestedUnkeyedContainer(forKey: "list")
            try? list.encode(failing)
            try list.encode(true)
            try? list.encode(failing)
            try? list.encode(-Double.infinity)
            try list.encode([1])
            #expect(list.count == 2)
        }
        #expect(try text(value) == #"{"list":[true,[1]],"z":1}"#)
    }

    /// Order is that of UTF-8, of names without their escapes; the last member of a name counts.
    @Test func membersAreSorted() throws {
        let names = [
            "containers", "containerArn", "container", "b", "a", "", "a!", "a\n", "a\"", "a\u{1}", "\u{7F}", "é", "z",
            "a\0", "ab",
            "abcdefgh", "abcdefghi", "abcdefg", "😀", "\u{FFFF}", "b", "containers", "a\n",
        ]
        let value = Encoding { encoder in
            var object = encoder.container(keyedBy: Name.self)
            for (index, name) in names.enumerated() { try object.encode(index, forKey: Name(stringValue: name)) }
        }
        #expect(try text(value) == foundation(value))
        let many = Dictionary(uniqueKeysWithValues: (0..<500).map { ("name \($0 * 7919 % 500)", $0) })
        #expect(try text(many) == foundation(many))
    }

    @Test func longTextsAreWritten() throws {
        let long = String(repeating: "0123456789\"\\\u{1}é😀", count: 20_000)
        let value = ["b": [long, "x"], "a": [long]]
        #expect(try text(value) == foundation(value))
        #expect(try decode(text(value), as: [String: [String]].self) == value)
    }

    @Test func wholeValuesMayBeAnything() throws {
        #expect(try text("a/\u{8}\u{C}\u{1F}") == #""a/\b\f\u001f""#)
        #expect(try text([1, nil, 3] as [Int?]) == "[1,null,3]")
        #expect(try text(["a"]) == #"["a"]"#)
        #expect(try text(-128 as Int8) == "-128")
        #expect(try text([Double]()) == "[]")
        #expect(try text([String: Int]()) == "{}")
        #expect(try text(Int?.none) == "null")
        #expect(throws: EncodingError.self) { try JSONCoding.encode(Encoding { _ in }) }
    }

    /// The error names the place.
    @Test func numbersThatJSONLacksAreRefused() throws {
        func path(of value: some Encodable) throws -> [String] {
            let error = try #require(throws: EncodingError.self) { try JSONCoding.encode(value) }
            guard case .invalidValue(_, let context) = error else { return [] }
            return context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
        }
        #expect(try path(of: Double.nan) == [])
        #expect(try path(of: ["a": [0, .infinity]]) == ["a", "1"])
        #expect(try path(of: [["a\n": -Float.infinity]]) == ["0", "a\n"])
        let nested = Encoding { encoder in
            var object = encoder.container(keyedBy: Name.self)
            try object.encode(1, forKey: "a")
            var list = object.nestedUnkeyedContainer(forKey: "b")
            try list.encode(1)
            var inner = list.nestedContainer(keyedBy: Name.self)
            try inner.encode(["c": Double.nan], forKey: "d")
        }
        #expect(try path(of: [nested]) == ["0", "b", "1", "d", "c"])
    }

    // MARK: Decoding

    /// Decodes by a closure.
    struct Reader: Decodable {
        @TaskLocal static var body: @Sendable (any Decoder) throws -> Void = { _ in }
        init(from decoder: any Decoder) throws { try Self.body(decoder) }
    }

    private func read(_ text: String, _ body: @escaping @Sendable (any Decoder) throws -> Void) throws {
        _ = try Reader.$body.withValue(body) { try decode(text, as: Reader.self) }
    }

    @Test func containersAreRead() throws {
        try read(#"{"list":[1,null,{"a":true},[2.5],"s",null],"object":{"x":-1,"y":null},"super":7}"#) { decoder in
            let object = try decoder.container(keyedBy: Name.self)
            #expect(object.allKeys.map(\.stringValue) == ["list", "object", "super"])
            #expect(object.contains("list") && !object.contains("none"))
            var list = try object.nestedUnkeyedContainer(forKey: "list")
            #expect(list.count == 6 && list.currentIndex == 0)
            #expect(try !list.decodeNil() && list.decode(UInt8.self) == 1)
            #expect(try list.decodeNil() && list.currentIndex == 2)
            let inner = try list.nestedContainer(keyedBy: Name.self)
            var innermost = try list.nestedUnkeyedContainer()
            // Both containers are still good after others were read.
            #expect(try innermost.decode(Float.self) == 2.5 && innermost.isAtEnd)
            #expect(try inner.decode(Bool.self, forKey: "a"))
            #expect(inner.codingPath.map(\.stringValue) == ["list", "Index 2"])
            let element = try list.superDecoder()
            #expect(try String(from: element) == "s" && element.codingPath.map(\.intValue) == [nil, 4])
            #expect(try list.decodeIfPresent(Int.self) == nil && list.isAtEnd)
            let members = try object.nestedContainer(keyedBy: Name.self, forKey: "object")
            #expect(try members.decode(Int64.self, forKey: "x") == -1 && members.decodeNil(forKey: "y"))
            #expect(try members.decodeIfPresent(Int64.self, forKey: "y") == nil)
            #expect(try Int(from: object.superDecoder()) == 7)
            #expect(try Int?(from: members.superDecoder(forKey: "y")) == nil)
        }
    }

    @Test(arguments: [
        (#"{"a":[1]}"#, "a[1]: expected a number"), (#"{"a":{}}"#, "a: expected a list"), ("{}", "a: missing"),
        (#"{"a":null}"#, "a: expected a list"),
    ])
    func missingElementsHaveAPlace(text: String, message: String) {
        #expect(throws: APIError(.serialization, message)) {
            try read(text) { decoder in
                var list = try decoder.container(keyedBy: Name.self).nestedUnkeyedContainer(forKey: "a")
                while true { _ = try list.decode(Int.self) }
            }
        }
    }

    /// An element that could not be read can be read as something else.
    @Test func aFailedElementIsStillThere() throws {
        try read("[[1],2]") { decoder in
            var list = try decoder.unkeyedContainer()
            #expect(throws: DecodingError.self) { try list.decode(String.self) }
            #expect(throws: DecodingError.self) { try list.decode([String].self) }
            #expect(try list.decode([Int].self) == [1] && list.decode(Int.self) == 2)
            #expect(throws: DecodingError.self) { try list.decodeNil() }
        }
    }
}
