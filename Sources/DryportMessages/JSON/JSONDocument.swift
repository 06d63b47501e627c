// SPDX-License-Identifier: Apache-2.0

/// A text that values are decoded from.
final class JSONDocument {
    let index: JSONIndex
    /// Where the member after the one read last begins. Values usually read their members in the text's order.
    private var cursor = (object: -1, name: 0)

    init(_ index: JSONIndex) { self.index = index }

    /// The value of a member; nil if there is none of this name.
    func member(_ name: consuming String, of object: Int) -> Int? {
        let hint = cursor.object == object ? cursor.name : object + 1
        guard let found = name.withUTF8({ index.member($0, of: object, hint: hint) }) else { return nil }
        cursor = (object, Int(index.nodes[found].link))
        return found + 1
    }

    /// Decodes a value of any type.
    func decode<T: Decodable>(_ type: T.Type, at value: Int) throws -> T {
        // Types that would otherwise go through several existential calls for each string.
        if T.self == [String].self { return try strings(at: value) as! T }
        if T.self == [String: String].self { return try stringsByName(at: value) as! T }
        // The value reads its own members meanwhile.
        let outer = cursor
        defer { cursor = outer }
        return try T(from: JSONValueDecoder(document: self, value: value))
    }

    // MARK: Values

    func isNull(_ value: Int) -> Bool { index.nodes[value].kind == .null }

    func bool(at value: Int) throws -> Bool {
        switch index.nodes[value].kind {
        case .true: return true
        case .false: return false
        default: throw mismatch(Bool.self, at: value)
        }
    }

    func string(at value: Int) throws -> String {
        let node = index.nodes[value]
        guard node.kind == .string else { throw mismatch(String.self, at: value) }
        return index.text(of: node)
    }

    /// Numbers such as `1.0` and `2e3` are integers, too.
    func integer<T: FixedWidthInteger>(_ type: T.Type = T.self, at value: Int) throws -> T {
        let node = index.nodes[value]
        guard node.kind == .integer || node.kind == .number else { throw mismatch(type, at: value) }
        let integer: T? = index.withText(of: node) { text in
            // So many digits are within 64 bits.
            guard node.kind == .integer, text.count <= 18 else { return JSONDecimal(text).integer() }
            var magnitude: Int64 = 0
            for byte in text where byte != UInt8(ascii: "-") {
                magnitude = magnitude &* 10 &+ Int64(byte &- UInt8(ascii: "0"))
            }
            return T(exactly: text[0] == UInt8(ascii: "-") ? -magnitude : magnitude)
        }
        guard let integer else {
            throw corrupted("is not a whole number between \(T.min) and \(T.max)", at: value)
        }
        return integer
    }

    /// - Throws: `DecodingError` also if the number is too large, or so small that it would become zero.
    func floatingPoint<T: BinaryFloatingPoint & LosslessStringConvertible>(
        _ type: T.Type = T.self, at value: Int
    ) throws -> T {
        let node = index.nodes[value]
        guard node.kind == .integer || node.kind == .number else { throw mismatch(type, at: value) }
        let decimal = index.withText(of: node, JSONDecimal.init)
        if let number: T = decimal.floatingPoint() { return number }
        guard let number = T(index.text(of: node)), number.isFinite, number != 0 || decimal.isZero else {
            throw corrupted("is too large or too small", at: value)
        }
        return number
    }

    private func strings(at list: Int) throws -> [String] {
        try expect(.list, [Any].self, at: list)
        let node = index.nodes[list]
        return try (0..<Int(node.start)).map { try string(at: list + 1 + $0) }
    }

    private func stringsByName(at object: Int) throws -> [String: String] {
        try expect(.object, [String: Any].self, at: object)
        var strings: [String: String] = [:]
        var name = object + 1
        while name < index.nodes[object].end {
            let node = index.nodes[name]
            strings[index.text(of: node)] = try string(at: name + 1)
            name = Int(node.link)
        }
        return strings
    }

    /// - Parameter type: What an error says was expected.
    func expect(_ kind: JSONNode.Kind, _ type: any Any.Type, at value: Int) throws {
        if index.nodes[value].kind != kind { throw mismatch(type, at: value) }
    }

    // MARK: Errors

    private func mismatch(_ type: any Any.Type, at value: Int) -> DecodingError {
        let kind = index.nodes[value].kind
        let context = DecodingError.Context(
            codingPath: index.path(to: value), debugDescription: "expected \(type), found \(kind)")
        return kind == .null ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }

    private func corrupted(_ problem: String, at value: Int) -> DecodingError {
        let text = index.text(of: index.nodes[value]).prefix(40)
        return .dataCorrupted(.init(codingPath: index.path(to: value), debugDescription: "\(text) \(problem)"))
    }
}
