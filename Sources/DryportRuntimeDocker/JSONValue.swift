// SPDX-License-Identifier: Apache-2.0

/// Any JSON value. The control plane may say anything in the engine's own words, so what it says must
/// travel through without a type that knows every member.
enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// The members of an object; nil for everything else.
    var members: [String: JSONValue]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// An array of strings.
    static func strings(_ values: [String]) -> JSONValue { .array(values.map(JSONValue.string)) }

    /// An object whose members are strings.
    static func strings(_ values: [String: String]) -> JSONValue { .object(values.mapValues(JSONValue.string)) }

    /// This value with another laid over it: objects are joined member by member, everything else is
    /// replaced. This is what decoding JSON into a filled structure does in AWS's agent (`ecs-agent.md`
    /// §5.6), so `null` empties lists and objects and leaves scalars as they are.
    /// - Complexity: O(*n*) in the number of members of `other`, at all depths.
    func overlaid(with other: JSONValue) -> JSONValue {
        switch (self, other) {
        case (.object(let base), .object(let changes)):
            .object(base.merging(changes) { old, new in old.overlaid(with: new) })
        case (.array, .null), (.object, .null), (.null, .null): .null
        case (_, .null): self
        default: other
        }
    }
}

extension JSONValue: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
