// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Any JSON, so that two texts can be compared for what they say.
enum JSONTree: Decodable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case list([JSONTree])
    case object([String: JSONTree])

    init(_ text: String) throws { self = try JSONDecoder().decode(JSONTree.self, from: Data(text.utf8)) }

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

    /// Whether there is a member at a path such as `volumes[3].host.sourcePath`; each list is taken to have the first
    /// element's members.
    func hasMember(at path: String) -> Bool {
        var tree = self
        for step in path.split(separator: ".").flatMap({ $0.split(separator: "[") }) {
            switch tree {
            case .object(let members):
                guard let member = members[String(step)] else { return false }
                tree = member
            case .list(let elements):
                guard step.hasSuffix("]"), let element = elements.first else { return false }
                tree = element
            default: return false
            }
        }
        return true
    }
}
