// SPDX-License-Identifier: Apache-2.0

/// Decodes one value of a document.
struct JSONValueDecoder: Decoder {
    let document: JSONDocument
    let value: Int

    var codingPath: [any CodingKey] { document.index.path(to: value) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try document.expect(.object, [String: Any].self, at: value)
        return KeyedDecodingContainer(JSONObjectDecoder(document: document, object: value))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try document.expect(.list, [Any].self, at: value)
        return JSONListDecoder(document: document, list: value)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }
}

extension JSONValueDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool { document.isNull(value) }
    func decode(_ type: Bool.Type) throws -> Bool { try document.bool(at: value) }
    func decode(_ type: String.Type) throws -> String { try document.string(at: value) }
    func decode(_ type: Double.Type) throws -> Double { try document.floatingPoint(at: value) }
    func decode(_ type: Float.Type) throws -> Float { try document.floatingPoint(at: value) }
    func decode<T: FixedWidthInteger & Decodable>(_ type: T.Type) throws -> T { try document.integer(at: value) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try document.decode(type, at: value) }
}

/// Decodes the members of an object.
struct JSONObjectDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let document: JSONDocument
    let object: Int

    var codingPath: [any CodingKey] { document.index.path(to: object) }

    var allKeys: [Key] {
        var keys: [Key] = []
        var name = object + 1
        while name < document.index.nodes[object].end {
            let node = document.index.nodes[name]
            if let key = Key(stringValue: document.index.text(of: node)) { keys.append(key) }
            name = Int(node.link)
        }
        return keys
    }

    func contains(_ key: Key) -> Bool { document.member(key.stringValue, of: object) != nil }

    private func member(_ key: some CodingKey) throws -> Int {
        guard let value = document.member(key.stringValue, of: object) else {
            throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "no such member"))
        }
        return value
    }

    /// Nil if the member is absent or null.
    private func present(_ key: Key) -> Int? {
        guard let value = document.member(key.stringValue, of: object), !document.isNull(value) else { return nil }
        return value
    }

    func decodeNil(forKey key: Key) throws -> Bool { document.isNull(try member(key)) }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try document.bool(at: member(key)) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try document.string(at: member(key)) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try document.floatingPoint(at: member(key)) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try document.floatingPoint(at: member(key)) }

    func decode<T: FixedWidthInteger & Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try document.integer(at: member(key))
    }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try document.decode(type, at: member(key))
    }

    // The standard library's own versions of these look for the member three times.

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        guard let value = present(key) else { return nil }
        return try document.bool(at: value)
    }

    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        guard let value = present(key) else { return nil }
        return try document.string(at: value)
    }

    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        guard let value = present(key) else { return nil }
        return try document.floatingPoint(at: value)
    }

    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        guard let value = present(key) else { return nil }
        return try document.integer(at: value)
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        guard let value = present(key) else { return nil }
        return try document.decode(type, at: value)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try decoder(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { try decoder(JSONKey(stringValue: "super")) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

    private func decoder(_ key: some CodingKey) throws -> JSONValueDecoder {
        JSONValueDecoder(document: document, value: try member(key))
    }
}

/// Decodes the elements of a list.
struct JSONListDecoder: UnkeyedDecodingContainer {
    private let document: JSONDocument
    // In 32 bits, so that the whole is small enough to be stored in place where a protocol's value is expected.
    private let list: UInt32
    private var next: UInt32
    private var position: UInt32 = 0

    init(document: JSONDocument, list: Int) {
        self.document = document
        self.list = UInt32(list)
        next = self.list + 1
    }

    var codingPath: [any CodingKey] { document.index.path(to: Int(list)) }
    var count: Int? { Int(document.index.nodes[Int(list)].start) }
    var isAtEnd: Bool { position >= document.index.nodes[Int(list)].start }
    var currentIndex: Int { Int(position) }

    /// The next element.
    private func element(_ type: any Any.Type) throws -> Int {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                type,
                .init(codingPath: codingPath + [JSONKey(intValue: currentIndex)], debugDescription: "the list ends"))
        }
        return Int(next)
    }

    private mutating func skip() {
        next = UInt32(document.index.next(after: Int(next)))
        position += 1
    }

    mutating func decodeNil() throws -> Bool {
        guard document.isNull(try element(Any?.self)) else { return false }
        skip()
        return true
    }

    mutating func decode(_ type: Bool.Type) throws -> Bool {
        let value = try document.bool(at: element(type))
        skip()
        return value
    }

    mutating func decode(_ type: String.Type) throws -> String {
        let value = try document.string(at: element(type))
        skip()
        return value
    }

    mutating func decode(_ type: Double.Type) throws -> Double {
        let value = try document.floatingPoint(type, at: element(type))
        skip()
        return value
    }

    mutating func decode(_ type: Float.Type) throws -> Float {
        let value = try document.floatingPoint(type, at: element(type))
        skip()
        return value
    }

    mutating func decode<T: FixedWidthInteger & Decodable>(_ type: T.Type) throws -> T {
        let value = try document.integer(type, at: element(type))
        skip()
        return value
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let value = try document.decode(type, at: element(type))
        skip()
        return value
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        let container = try decoder().container(keyedBy: type)
        skip()
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try decoder().unkeyedContainer()
        skip()
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let decoder: JSONValueDecoder = try decoder()
        skip()
        return decoder
    }

    private func decoder() throws -> JSONValueDecoder {
        JSONValueDecoder(document: document, value: try element((any Decoder).self))
    }
}
