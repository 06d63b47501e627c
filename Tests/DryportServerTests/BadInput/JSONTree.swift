// SPDX-License-Identifier: Apache-2.0

/// JSON as a tree of texts, so that it can also be what no encoder writes: `01`, half a surrogate pair, a member twice.
indirect enum JSONTree: Sendable, Hashable {
    /// A member of an object.
    struct Member: Sendable, Hashable {
        /// The name as it stands between its quotes.
        var name: String
        var value: JSONTree
    }

    /// The JSON types, apart from null.
    enum Kind: Sendable, Hashable {
        case bool
        case number
        case string
        case array
        case object
    }

    /// `null`, `true` or `false`.
    case literal(String)
    case number(String)
    /// The text as it stands between the quotes, with its escapes.
    case string(String)
    case array([JSONTree])
    case object([Member])
    /// Bytes that are written as they are.
    case raw([UInt8])

    static let null = JSONTree.literal("null")

    /// The type; nil for null and for bytes.
    var kind: Kind? {
        switch self {
        case .literal("null"), .raw: nil
        case .literal: .bool
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    // MARK: Writing

    /// The text.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .literal(let text), .number(let text): bytes += text.utf8
        case .string(let text): Self.write(text, to: &bytes)
        case .raw(let raw): bytes += raw
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        bytes += text.utf8
        bytes.append(UInt8(ascii: "\""))
    }
}

// MARK: Places

extension JSONTree {
    /// A value somewhere in a tree.
    struct Node: Sendable {
        /// The positions of its ancestors and itself, each among its siblings.
        var path: [Int]
        /// The same for people, such as `tags[].key`; empty for the root.
        var place: String
        var value: JSONTree
    }

    /// Every value of the tree, the root first.
    var nodes: [Node] {
        var nodes: [Node] = []
        collect(Node(path: [], place: "", value: self), into: &nodes)
        return nodes
    }

    private func collect(_ node: Node, into nodes: inout [Node]) {
        nodes.append(node)
        switch self {
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                element.collect(
                    Node(path: node.path + [index], place: node.place + "[]", value: element), into: &nodes)
            }
        case .object(let members):
            for (index, member) in members.enumerated() {
                let place = node.place.isEmpty ? member.name : "\(node.place).\(member.name)"
                member.value.collect(Node(path: node.path + [index], place: place, value: member.value), into: &nodes)
            }
        default: break
        }
    }

    /// The tree with another value at a path of its own.
    func replacing(_ path: some Collection<Int>, by change: (JSONTree) -> JSONTree) -> JSONTree {
        guard let first = path.first else { return change(self) }
        switch self {
        case .array(var elements):
            elements[first] = elements[first].replacing(path.dropFirst(), by: change)
            return .array(elements)
        case .object(var members):
            members[first].value = members[first].value.replacing(path.dropFirst(), by: change)
            return .object(members)
        default: preconditionFailure("the path leads nowhere")
        }
    }

    /// The tree with what `$names` stand for.
    func named(_ names: [String: String]) -> JSONTree {
        switch self {
        case .string(let text) where text.hasPrefix("$"): .string(names[String(text.dropFirst())] ?? text)
        case .array(let elements): .array(elements.map { $0.named(names) })
        case .object(let members):
            .object(members.map { Member(name: $0.name, value: $0.value.named(names)) })
        default: self
        }
    }

    /// The value in so many arrays.
    func nested(_ depth: Int) -> JSONTree {
        .raw(
            Array(repeating: UInt8(ascii: "["), count: depth) + bytes
                + Array(repeating: UInt8(ascii: "]"), count: depth))
    }
}

// MARK: Reading

extension JSONTree {
    /// Reads a text of the corpus.
    /// - Precondition: It is JSON.
    init(_ text: String) {
        var reader = Reader(rest: Array(text.utf8)[...])
        self = reader.value()
        precondition(reader.skipSpace() == nil, "something follows the JSON")
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        /// - Returns: The next byte; nil at the end.
        mutating func skipSpace() -> UInt8? {
            rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
            return rest.first
        }

        mutating func take(_ byte: UInt8) -> Bool {
            guard skipSpace() == byte else { return false }
            rest.removeFirst()
            return true
        }

        mutating func value() -> JSONTree {
            switch skipSpace() {
            case UInt8(ascii: "{"): return object()
            case UInt8(ascii: "["): return array()
            case UInt8(ascii: "\""): return .string(string())
            default:
                let word = rest.prefix { !", \n]}".utf8.contains($0) }
                rest = rest.dropFirst(word.count)
                let text = String(decoding: word, as: UTF8.self)
                return ["null", "true", "false"].contains(text) ? .literal(text) : .number(text)
            }
        }

        private mutating func object() -> JSONTree {
            precondition(take(UInt8(ascii: "{")))
            var members: [Member] = []
            while !take(UInt8(ascii: "}")) {
                precondition(members.isEmpty || take(UInt8(ascii: ",")), "a comma is missing")
                _ = skipSpace()
                let name = string()
                precondition(take(UInt8(ascii: ":")), "a colon is missing after \(name)")
                members.append(Member(name: name, value: value()))
            }
            return .object(members)
        }

        private mutating func array() -> JSONTree {
            precondition(take(UInt8(ascii: "[")))
            var elements: [JSONTree] = []
            while !take(UInt8(ascii: "]")) {
                precondition(elements.isEmpty || take(UInt8(ascii: ",")), "a comma is missing")
                elements.append(value())
            }
            return .array(elements)
        }

        private mutating func string() -> String {
            precondition(take(UInt8(ascii: "\"")), "a quote is missing")
            var isEscaped = false
            let text = rest.prefix { byte in
                defer { isEscaped = !isEscaped && byte == UInt8(ascii: "\\") }
                return isEscaped || byte != UInt8(ascii: "\"")
            }
            rest = rest.dropFirst(text.count + 1)
            return String(decoding: text, as: UTF8.self)
        }
    }
}
