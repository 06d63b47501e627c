// SPDX-License-Identifier: Apache-2.0

/// How Dryport reads and writes JSON: bodies of requests and responses, session messages, stored values.
///
/// Any `Codable` type can be coded. Foundation's types have no special form: `Data`, for one, is a list of numbers.
public enum JSONCoding: Sendable {
    /// Objects and lists may be nested this deep. Deeper ones are refused, since reading them would use stack in
    /// proportion to a stranger's input.
    public static let maximumDepth = 100

    /// Decodes a value.
    ///
    /// The text must be JSON as RFC 8259 has it, in UTF-8, all of it, also where the type has no use for it. A byte
    /// order mark is skipped. Of members of one name, the first one counts. Integers may be written as `1.0` or `1e2`,
    /// but not with a fraction.
    /// - Throws: `APIError` of code `serialization`, whose message names the place and what was expected there, such
    ///   as `containerDefinitions[0].cpu: expected a number`.
    /// - Complexity: O(`bytes.count`), and O(n log n) in the members of an object.
    public static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws(APIError) -> T {
        do {
            return try JSONDocument(JSONParser.parse(bytes)).decode(type, at: 0)
        } catch JSONSyntaxError.nestedTooDeep {
            throw APIError(.serialization, "the JSON is nested deeper than \(maximumDepth) levels")
        } catch JSONSyntaxError.malformed(let problem) {
            throw APIError(.serialization, "the body is not JSON: \(problem)")
        } catch let error as DecodingError {
            throw APIError(.serialization, message(for: error))
        } catch {
            throw APIError(.serialization, "the JSON cannot be read: \(error)")
        }
    }

    /// Encodes a value. Members are sorted by name, so that equal values have equal bytes in every process; absent
    /// members are left out; slashes are not escaped.
    /// - Throws: `EncodingError` if the value holds a number that JSON cannot express.
    /// - Complexity: O(n log n) in the members of an object, else O(bytes).
    public static func encode<T: Encodable>(_ value: T) throws -> [UInt8] { try JSONWriter.encode(value) }

    private static func message(for error: DecodingError) -> String {
        switch error {
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            "\(path(context.codingPath)): expected \(noun(for: type))"
        case .keyNotFound(let key, let context):
            "\(path(context.codingPath + [key])): missing"
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
