// SPDX-License-Identifier: Apache-2.0

/// Encodes one value.
struct JSONValueEncoder: Encoder {
    let writer: JSONWriter
    let depth: Int

    var codingPath: [any CodingKey] { writer.path(depth: depth) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        writer.update { $0.begin(.object, depth: depth) }
        return KeyedEncodingContainer(JSONObjectEncoder(writer: writer, depth: depth))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        writer.update { $0.begin(.list, depth: depth) }
        return JSONListEncoder(writer: writer, depth: depth)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

extension JSONValueEncoder: SingleValueEncodingContainer {
    @inline(__always)
    private func scalar(_ write: (inout JSONOutput) -> Void) {
        writer.update { $0.value(depth: depth, write) }
    }

    func encodeNil() { scalar { $0.null() } }
    func encode(_ value: Bool) { scalar { $0.bool(value) } }
    func encode(_ value: String) { scalar { $0.string(value) } }
    func encode<T: FixedWidthInteger & Encodable>(_ value: T) { scalar { $0.integer(value) } }

    func encode(_ value: Double) throws {
        try writer.check(value, at: nil, depth: depth)
        scalar { $0.floatingPoint(value) }
    }

    func encode(_ value: Float) throws {
        try writer.check(value, at: nil, depth: depth)
        scalar { $0.floatingPoint(value) }
    }

    func encode<T: Encodable>(_ value: T) throws { try value.encode(to: self) }
}

/// Encodes the members of an object.
struct JSONObjectEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: JSONWriter
    let depth: Int

    var codingPath: [any CodingKey] { writer.path(depth: depth) }

    @inline(__always)
    private func member(_ key: Key, _ write: (inout JSONOutput) -> Void) {
        let name = key.stringValue
        writer.update { $0.member(name, depth: depth, write) }
    }

    func encodeNil(forKey key: Key) { member(key) { $0.null() } }
    func encode(_ value: Bool, forKey key: Key) { member(key) { $0.bool(value) } }
    func encode(_ value: String, forKey key: Key) { member(key) { $0.string(value) } }
    func encode<T: FixedWidthInteger & Encodable>(_ value: T, forKey key: Key) { member(key) { $0.integer(value) } }

    func encode(_ value: Double, forKey key: Key) throws {
        try writer.check(value, at: key, depth: depth)
        member(key) { $0.floatingPoint(value) }
    }

    func encode(_ value: Float, forKey key: Key) throws {
        try writer.check(value, at: key, depth: depth)
        member(key) { $0.floatingPoint(value) }
    }

    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        // Types that would otherwise go through several existential calls for each string.
        if T.self == [String].self { return encode(strings: value as! [String], forKey: key) }
        if T.self == [String: String].self { return encode(stringsByName: value as! [String: String], forKey: key) }
        let name = key.stringValue
        writer.update { $0.pushMember(name, depth: depth) }
        try writer.encode(value, depth: depth + 1)
    }

    private func encode(strings: [String], forKey key: Key) { member(key) { $0.strings(strings) } }

    private func encode(stringsByName: [String: String], forKey key: Key) {
        let name = key.stringValue
        writer.update { text in
            text.pushMember(name, depth: depth)
            text.begin(.object, depth: depth + 1)
            // Members are put in order, whatever the order of the dictionary is.
            for (name, string) in stringsByName { text.member(name, depth: depth + 1) { $0.string(string) } }
            text.pop()
        }
    }

    func encodeIfPresent(_ value: Bool?, forKey key: Key) { if let value { encode(value, forKey: key) } }
    func encodeIfPresent(_ value: String?, forKey key: Key) { if let value { encode(value, forKey: key) } }
    func encodeIfPresent(_ value: Int?, forKey key: Key) { if let value { encode(value, forKey: key) } }

    func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws {
        try ifPresent(value) { try encode($0, forKey: key) }
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        encoder(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { encoder(key).unkeyedContainer() }
    func superEncoder() -> any Encoder { encoder(JSONKey(stringValue: "super")) }
    func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }

    private func encoder(_ key: some CodingKey) -> JSONValueEncoder {
        let name = key.stringValue
        let nested = JSONWriter.make(basePath: codingPath + [key])
        writer.update { $0.insertMember(name, nested, depth: depth) }
        return JSONValueEncoder(writer: nested, depth: 0)
    }
}

/// Encodes the elements of a list.
struct JSONListEncoder: UnkeyedEncodingContainer {
    let writer: JSONWriter
    let depth: Int

    var codingPath: [any CodingKey] { writer.path(depth: depth) }
    var count: Int { writer.update { $0.count(depth: depth) } }

    @inline(__always)
    private func element(_ write: (inout JSONOutput) -> Void) {
        writer.update { $0.element(depth: depth, write) }
    }

    func encodeNil() { element { $0.null() } }
    func encode(_ value: Bool) { element { $0.bool(value) } }
    func encode(_ value: String) { element { $0.string(value) } }
    func encode<T: FixedWidthInteger & Encodable>(_ value: T) { element { $0.integer(value) } }

    func encode(_ value: Double) throws {
        try writer.check(value, at: JSONKey(intValue: count), depth: depth)
        element { $0.floatingPoint(value) }
    }

    func encode(_ value: Float) throws {
        try writer.check(value, at: JSONKey(intValue: count), depth: depth)
        element { $0.floatingPoint(value) }
    }

    func encode<T: Encodable>(_ value: T) throws {
        writer.update { $0.pushElement(depth: depth) }
        try writer.encode(value, depth: depth + 1)
    }

    func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
        encoder().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }
    func superEncoder() -> any Encoder { encoder() }

    private func encoder() -> JSONValueEncoder {
        let nested = JSONWriter.make(basePath: codingPath + [JSONKey(intValue: count)])
        writer.update { $0.insertElement(nested, depth: depth) }
        return JSONValueEncoder(writer: nested, depth: 0)
    }
}

/// Lends what an optional holds. Copying it out, as `if let` does, would look up the type `T?` each time.
@inline(__always)
private func ifPresent<T: ~Copyable>(_ value: borrowing T?, _ body: (borrowing T) throws -> Void) rethrows {
    switch value {
    case .some(let value): try body(value)
    case .none: break
    }
}
