// SPDX-License-Identifier: Apache-2.0

/// One entry of a ``JSONIndex``.
struct JSONNode {
    enum Kind: UInt8 {
        case null, `false`, `true`, integer, number, string, list, object
        /// A member's name. The entry of its value follows.
        case name
        /// A name that its object has had before. No link leads to it: of equal names, the first one counts.
        case repeatedName
    }

    /// Of a name, ``JSONBytes/prefix(of:)``; of an object, a bit for each name (``filterBit(prefix:count:)``); of other
    /// values, the index in the list that holds it.
    var tag: UInt64
    /// Of a string, number or name, where its text begins; of a list, how many elements it has; of an object, the
    /// index in the list that holds it.
    var start: UInt32
    /// Of a string, number or name, where its text ends; of a list or object, the entry after it.
    var end: UInt32
    /// Of a name, the next name of the object, or the object's end; of a value, the list or object that holds it.
    var link: UInt32
    var kind: Kind

    @inline(__always)
    static func filterBit(prefix: UInt64, count: Int) -> UInt64 {
        1 << (((prefix ^ UInt64(truncatingIfNeeded: count)) &* 0x9E37_79B9_7F4A_7C15) >> 58)
    }
}

/// What stands where in a JSON text: an entry for each value and each member's name, in the text's order.
///
/// Entry 0 is the whole value. The entries of an object follow it as name, value, name, value, … with the entries of
/// each value before the next name.
struct JSONIndex {
    let bytes: [UInt8]
    /// Strings that have escapes, without them. In entries, offsets from `bytes.count` on lead here.
    var unescaped: [UInt8] = []
    var nodes: [JSONNode] = []

    init(bytes: [UInt8]) {
        self.bytes = bytes
        nodes.reserveCapacity(bytes.count / 16 + 8)
    }

    /// The entry after a value and all that it holds.
    @inline(__always)
    func next(after value: Int) -> Int {
        let node = nodes[value]
        return node.kind == .list || node.kind == .object ? Int(node.end) : value + 1
    }

    /// The UTF-8 of a string or name, or the characters of a number.
    @inline(__always)
    func withText<Result>(of node: JSONNode, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if Int(node.start) < bytes.count {
            return bytes.withUnsafeBufferPointer {
                body(UnsafeBufferPointer(rebasing: $0[Int(node.start)..<Int(node.end)]))
            }
        }
        return unescaped.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[Int(node.start) - bytes.count..<Int(node.end) - bytes.count]))
        }
    }

    func text(of node: JSONNode) -> String {
        withText(of: node) { String(decoding: $0, as: UTF8.self) }
    }

    /// The entry of a member's name.
    /// - Parameter hint: A name's entry of this object, or its end: where to look first.
    /// - Complexity: O(1) if the member is at the hint, usually O(1) if there is none, else O(members).
    @inline(__always)
    func member(_ name: UnsafeBufferPointer<UInt8>, of object: Int, hint: Int) -> Int? {
        let prefix = JSONBytes.prefix(of: name)
        let end = Int(nodes[object].end)
        if hint < end, isName(hint, name, prefix) { return hint }
        guard nodes[object].tag & JSONNode.filterBit(prefix: prefix, count: name.count) != 0 else { return nil }
        var candidate = object + 1
        while candidate < end {
            if isName(candidate, name, prefix) { return candidate }
            candidate = Int(nodes[candidate].link)
        }
        return nil
    }

    @inline(__always)
    private func isName(_ candidate: Int, _ name: UnsafeBufferPointer<UInt8>, _ prefix: UInt64) -> Bool {
        let node = nodes[candidate]
        guard node.tag == prefix, node.end &- node.start == name.count else { return false }
        return name.count <= 8 || withText(of: node) { JSONBytes.isEqual($0, name) }
    }

    /// How to get to a value from the whole one.
    func path(to value: Int) -> [any CodingKey] {
        var path: [any CodingKey] = []
        var value = value
        while value != 0 {
            let node = nodes[value]
            let parent = Int(node.link)
            if nodes[parent].kind == .object {
                path.append(JSONKey(stringValue: text(of: nodes[value - 1])))
            } else {
                path.append(JSONKey(intValue: Int(node.kind == .object ? UInt64(node.start) : node.tag)))
            }
            value = parent
        }
        return path.reversed()
    }
}
