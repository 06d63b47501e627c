// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import Testing

/// Any JSON, so that two texts can be compared for what they say.
enum JSONTree: Decodable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case list([JSONTree])
    case object([String: JSONTree])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONTree].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSONTree].self))
        }
    }

    /// The member of an object, or the element of a list.
    subscript(path: String...) -> JSONTree? {
        path.reduce(self) { tree, key in
            switch tree {
            case .object(let members): members[key]
            case .list(let elements): Int(key).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
            default: nil
            }
        }
    }
}

func tree(_ text: String) throws -> JSONTree { try JSONCoding.decode(JSONTree.self, from: Array(text.utf8)) }

func decode<T: Decodable>(_ text: String, as type: T.Type = T.self) throws -> T {
    try JSONCoding.decode(type, from: Array(text.utf8))
}

func text(_ value: some Encodable) throws -> String {
    String(decoding: try JSONCoding.encode(value), as: UTF8.self)
}

/// Decodes, encodes, and expects that every member of the text came back: a member that a shape lacks or misspells
/// is lost on the way.
@discardableResult
func expectRoundTrip<T: Codable & Equatable>(
    _ original: String, as type: T.Type, sourceLocation: SourceLocation = #_sourceLocation
) throws -> T {
    let value = try decode(original, as: type)
    let encoded = try text(value)
    #expect(try tree(encoded) == tree(original), sourceLocation: sourceLocation)
    #expect(try decode(encoded, as: type) == value, sourceLocation: sourceLocation)
    return value
}
