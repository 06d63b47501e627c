// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How Dryport reads and writes JSON: bodies of requests and responses, session messages, stored values.
public enum JSONCoding: Sendable {
    /// Objects and lists may be nested this deep. Deeper ones are refused before decoding, which would otherwise use
    /// stack in proportion to a stranger's input.
    public static let maximumDepth = 100

    /// Decodes a value.
    /// - Throws: `APIError` of code `serialization`, whose message names the place and what was expected there, such
    ///   as `containerDefinitions[0].cpu: expected a number`.
    /// - Complexity: O(`bytes.count`).
    public static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws(APIError) -> T {
        guard !isNestedTooDeep(bytes) else {
            throw APIError(.serialization, "the JSON is nested deeper than \(maximumDepth) levels")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw APIError(.serialization, message(for: error))
        } catch {
            throw APIError(.serialization, "the JSON cannot be read: \(error)")
        }
    }

    /// Encodes a value. Members are sorted by name, so that equal values have equal bytes in every process; absent
    /// members are left out; slashes are not escaped.
    /// - Throws: `EncodingError` if the value holds a number that JSON cannot express.
    public static func encode<T: Encodable>(_ value: T) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    /// Counts brackets outside strings. Invalid JSON may be counted wrongly, but the decoder refuses it anyway, and
    /// its own depth never exceeds the count.
    private static func isNestedTooDeep(_ bytes: [UInt8]) -> Bool {
        var depth = 0
        var isInString = false
        var isEscaped = false
        for byte in bytes {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                if depth > maximumDepth { return true }
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
        }
        return false
    }

    private static func message(for error: DecodingError) -> String {
        switch error {
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            "\(path(context.codingPath)): expected \(noun(for: type))"
        case .keyNotFound(let key, let context):
            "\(path(context.codingPath + [key])): missing"
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            "the body is not JSON: \(context.debugDescription)"
        case .dataCorrupted(let context):
            "\(path(context.codingPath)): \(context.debugDescription)"
        @unknown default:
            "the JSON does not have the expected form"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        var path = ""
        for key in keys {
            // A list's index calls itself "Index 3"; a dictionary's numeric key calls itself "3".
            if let index = key.intValue, key.stringValue != String(index) {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        return path.isEmpty ? "the body" : path
    }

    private static func noun(for type: any Any.Type) -> String {
        if type == String.self { return "a string" }
        if type == Bool.self { return "true or false" }
        if type is any Numeric.Type { return "a number" }
        if type is any AnyArray.Type || type == [Any].self { return "a list" }
        return "an object"
    }
}

/// Tells arrays from other types.
private protocol AnyArray {}
extension Array: AnyArray {}
