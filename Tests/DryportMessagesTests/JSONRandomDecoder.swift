// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// Makes values of any `Decodable` type: it decodes from nothing but random numbers.
///
/// Optional members are absent one time in three, lists and dictionaries have up to three elements, a type that lists
/// its cases gets one of them.
struct RandomValues {
    private let source: Source

    init(seed: UInt64) { source = Source(seed: seed) }

    func next<T: Decodable>(_ type: T.Type = T.self) throws -> T { try source.value(type, depth: 0) }

    /// Characters that JSON treats specially, that need several bytes, or both.
    static let characters: [Character] = [
        "a", "b", "Z", "0", " ", "/", "\\", "\"", "\n", "\r", "\t", "\u{08}", "\u{0C}", "\u{00}", "\u{01}", "\u{1F}",
        "\u{7F}", "é", "ß", "€", "\u{2028}", "\u{FFFD}", "\u{FFFF}", "😀", "🇩🇪", "e\u{301}", "{", "[", ",", ":", "<",
    ]

    static let doubles: [Double] = [
        0, -0.0, 1, -1, 0.1, 1.5, 1e15, 1e16, 1e-4, 1e-5, 0.001, 0.0015, 123456789.125, 1_557_207_715.195, 1e21, 1e22,
        1e23, 9_007_199_254_740_992, 9_007_199_254_740_994, .leastNonzeroMagnitude, .leastNormalMagnitude,
        .greatestFiniteMagnitude, 999_999_999_999.999, 1_000_000_000_000.001, 4.35, 0.3, 2.0 / 3,
    ]
}

/// What all decoders of one value draw from.
private final class Source {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

    func string() -> String {
        let characters = RandomValues.characters
        return String((0..<[0, 1, 3, 8, 9, 20, 70][below(7)]).map { _ in characters[below(characters.count)] })
    }

    /// Names of ASCII letters are what shapes have; a few are anything.
    func name() -> String {
        below(4) == 0 ? string() : String("abcdefghij".shuffled(using: &generator).prefix(below(11)))
    }

    func double() -> Double {
        switch below(4) {
        case 0: RandomValues.doubles[below(RandomValues.doubles.count)]
        case 1: Double(Int64.random(in: -2_000_000_000_000...2_000_000_000_000, using: &generator)) / 1000
        case 2: Double(bitPattern: generator.next() & ~(1 << 62))
        default: Double(below(100_000))
        }
    }

    func integer<T: FixedWidthInteger>() -> T {
        switch below(4) {
        case 0: [T.min, T.max, 0, 1][below(4)]
        case 1: T.random(in: .min ... .max, using: &generator)
        default: T(truncatingIfNeeded: below(128))
        }
    }

    func value<T: Decodable>(_ type: T.Type, depth: Int) throws -> T {
        if let cases = T.self as? any CaseIterable.Type, let any = randomCase(of: cases) as? T { return any }
        if T.self == Timestamp.self {
            let milliseconds = Int64.random(in: -1_000_000_000_000...4_000_000_000_000, using: &generator)
            return Timestamp(millisecondsSinceEpoch: below(3) == 0 ? milliseconds / 1000 * 1000 : milliseconds) as! T
        }
        if T.self == [Int: Bool].self {
            return Dictionary((0..<below(4)).map { _ in (integer() as Int, below(2) == 0) }) { first, _ in first } as! T
        }
        return try T(from: RandomDecoder(source: self, depth: depth + 1))
    }

    private func randomCase<Cases: CaseIterable>(of type: Cases.Type) -> Any? {
        type.allCases.randomElement(using: &generator)
    }
}

private struct RandomDecoder: Decoder, SingleValueDecodingContainer {
    let source: Source
    let depth: Int

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RandomMembers(source: source, depth: depth))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer {
        RandomElements(source: source, depth: depth, count: depth > 8 ? 0 : source.below(4))
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { source.below(3) == 0 }
    func decode(_ type: Bool.Type) -> Bool { source.below(2) == 0 }
    func decode(_ type: String.Type) -> String { source.string() }
    func decode(_ type: Double.Type) -> Double { source.double() }
    func decode(_ type: Float.Type) -> Float { Float(source.below(1000)) / 8 }
    func decode<T: FixedWidthInteger & Decodable>(_ type: T.Type) -> T { source.integer() }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try source.value(type, depth: depth) }
}

private struct RandomMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let source: Source
    let depth: Int
    private var decoder: RandomDecoder { RandomDecoder(source: source, depth: depth) }

    var codingPath: [any CodingKey] { [] }

    /// The names of a dictionary.
    var allKeys: [Key] {
        Set((0..<source.below(4)).map { _ in source.name() }).sorted().compactMap(Key.init(stringValue:))
    }

    func contains(_ key: Key) -> Bool { depth <= 8 && source.below(3) != 0 }
    func decodeNil(forKey key: Key) -> Bool { false }
    func decode(_ type: Bool.Type, forKey key: Key) -> Bool { decoder.decode(type) }
    func decode(_ type: String.Type, forKey key: Key) -> String { decoder.decode(type) }
    func decode(_ type: Double.Type, forKey key: Key) -> Double { decoder.decode(type) }
    func decode(_ type: Float.Type, forKey key: Key) -> Float { decoder.decode(type) }
    func decode<T: FixedWidthInteger & Decodable>(_ type: T.Type, forKey key: Key) -> T { decoder.decode(type) }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try decoder.decode(type) }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) -> KeyedDecodingContainer<NestedKey> {
        decoder.container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer { decoder.unkeyedContainer() }
    func superDecoder() -> any Decoder { decoder }
    func superDecoder(forKey key: Key) -> any Decoder { decoder }
}

private struct RandomElements: UnkeyedDecodingContainer {
    let source: Source
    let depth: Int
    let count: Int?
    var currentIndex = 0
    private var decoder: RandomDecoder { RandomDecoder(source: source, depth: depth) }

    init(source: Source, depth: Int, count: Int) {
        self.source = source
        self.depth = depth
        self.count = count
    }

    var codingPath: [any CodingKey] { [] }
    var isAtEnd: Bool { currentIndex >= count ?? 0 }

    private mutating func element() -> RandomDecoder {
        currentIndex += 1
        return decoder
    }

    mutating func decodeNil() -> Bool { false }
    mutating func decode(_ type: Bool.Type) -> Bool { element().decode(type) }
    mutating func decode(_ type: String.Type) -> String { element().decode(type) }
    mutating func decode(_ type: Double.Type) -> Double { element().decode(type) }
    mutating func decode(_ type: Float.Type) -> Float { element().decode(type) }
    mutating func decode<T: FixedWidthInteger & Decodable>(_ type: T.Type) -> T { element().decode(type) }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try element().decode(type) }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) -> KeyedDecodingContainer<NestedKey> {
        element().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer { element().unkeyedContainer() }
    mutating func superDecoder() -> any Decoder { element() }
}
