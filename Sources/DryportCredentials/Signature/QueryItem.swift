// SPDX-License-Identifier: Apache-2.0

/// One decoded parameter of a request's query.
public struct QueryItem: Sendable, Hashable {
    /// The decoded name.
    public var name: String
    /// The decoded value; empty if the parameter has none.
    public var value: String

    /// Creates a parameter from decoded text.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// Parses the query of a request line, without its `?`.
    ///
    /// `+` is a space, as form encoding has it and as the ECS agent's WebSocket handshake relies on
    /// (`ecs-agent.md` §4.1). Empty parts are skipped; a `%` that is not followed by two hexadecimal digits stands
    /// for itself; bytes that are not UTF-8 become U+FFFD, so that a signature over them does not verify.
    /// - Complexity: O(length).
    public static func parse(_ rawQuery: Substring) -> [QueryItem] {
        rawQuery.utf8.split(separator: UInt8(ascii: "&")).map { part in
            let pieces = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return QueryItem(name: decode(pieces[0]), value: pieces.count > 1 ? decode(pieces[1]) : "")
        }
    }

    /// The query of a request line, without a `?`: encoded by RFC 3986 and sorted by encoded name, then value.
    ///
    /// This is both a form to send and the form that SigV4 signs.
    public static func encode(_ items: [QueryItem]) -> String {
        var bytes: [UInt8] = []
        appendCanonical(items, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    static func appendCanonical(_ items: [QueryItem], to output: inout [UInt8]) {
        guard !items.isEmpty else { return }
        var pairs = items.map { (name: encoded($0.name), value: encoded($0.value)) }
        if pairs.count > 1 {
            pairs.sort { left, right in
                left.name == right.name
                    ? left.value.lexicographicallyPrecedes(right.value)
                    : left.name.lexicographicallyPrecedes(right.name)
            }
        }
        for (index, pair) in pairs.enumerated() {
            if index > 0 { output.append(UInt8(ascii: "&")) }
            output += pair.name
            output.append(UInt8(ascii: "="))
            output += pair.value
        }
    }

    private static func encoded(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        ASCII.appendPercentEncoded(text.utf8, keepingSlash: false, to: &bytes)
        return bytes
    }

    private static func decode(_ raw: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(raw.count)
        var index = raw.startIndex
        while index < raw.endIndex {
            let byte = raw[index]
            raw.formIndex(after: &index)
            if byte == UInt8(ascii: "%"),
                let second = raw.index(index, offsetBy: 1, limitedBy: raw.endIndex), second < raw.endIndex,
                let high = ASCII.nibble(raw[index]), let low = ASCII.nibble(raw[second])
            {
                bytes.append(high << 4 | low)
                index = raw.index(after: second)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? ASCII.space : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
