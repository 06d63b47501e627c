// SPDX-License-Identifier: Apache-2.0

/// Why a text is refused.
enum JSONSyntaxError: Error {
    /// It is not JSON: the place, and what was expected there.
    case malformed(String)
    /// Lists and objects are nested deeper than ``JSONCoding/maximumDepth``.
    case nestedTooDeep
}

/// Reads a text once, checks all of it against RFC 8259, and indexes it.
struct JSONParser {
    let bytes: [UInt8]
    var position = 0
    var index: JSONIndex
    private var depth = 0

    /// - Complexity: O(`bytes.count`), and O(n log n) in the members of objects that have more than 32.
    static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONIndex {
        // Entries have 32 bits for a place, and the text without escapes comes after the bytes.
        guard bytes.count < 1 << 31 else { throw .malformed("it is longer than 2 GiB") }
        var parser = JSONParser(bytes: bytes)
        try parser.document()
        return parser.index
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        index = JSONIndex(bytes: bytes)
    }

    private mutating func document() throws(JSONSyntaxError) {
        // A byte order mark.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        try value(in: 0, at: 0)
        skipSpace()
        guard position == bytes.count else { throw unexpected("the end of the text") }
    }

    /// Reads a value.
    /// - Parameters:
    ///   - parent: The list or object that holds it.
    ///   - ordinal: Its index in that list.
    private mutating func value(in parent: Int, at ordinal: Int) throws(JSONSyntaxError) {
        skipSpace()
        switch byte {
        case UInt8(ascii: "\""):
            let text = try string()
            append(.string, text.lowerBound, text.upperBound, in: parent, tag: ordinal)
        case UInt8(ascii: "{"): try object(in: parent, at: ordinal)
        case UInt8(ascii: "["): try list(in: parent, at: ordinal)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let start = position
            let kind = try number()
            append(kind, start, position, in: parent, tag: ordinal)
        case UInt8(ascii: "t"): try word("true", .true, in: parent, at: ordinal)
        case UInt8(ascii: "f"): try word("false", .false, in: parent, at: ordinal)
        case UInt8(ascii: "n"): try word("null", .null, in: parent, at: ordinal)
        default: throw unexpected("a value")
        }
    }

    private mutating func object(in parent: Int, at ordinal: Int) throws(JSONSyntaxError) {
        let object = index.nodes.count
        append(.object, ordinal, 0, in: parent, tag: 0)
        try enter()
        var filter: UInt64 = 0
        var count = 0
        var mayRepeatNames = false
        if !take("}") {
            repeat {
                let name = index.nodes.count
                let bit = try self.name()
                // In large objects, nearly every bit is set.
                if filter & bit != 0, count >= 32 || isRepeated(name, in: object) { mayRepeatNames = true }
                filter |= bit
                count += 1
                guard take(":") else { throw unexpected("a colon") }
                try value(in: object, at: 0)
                index.nodes[name].link = UInt32(truncatingIfNeeded: index.nodes.count)
            } while take(",")
            guard take("}") else { throw unexpected("a comma or }") }
        }
        depth -= 1
        index.nodes[object].tag = filter
        index.nodes[object].end = UInt32(truncatingIfNeeded: index.nodes.count)
        if mayRepeatNames { forgetRepeatedNames(of: object) }
    }

    /// Reads a member's name.
    /// - Returns: Its bit in the object's filter.
    private mutating func name() throws(JSONSyntaxError) -> UInt64 {
        skipSpace()
        guard byte == UInt8(ascii: "\"") else { throw unexpected("a member's name in double quotes") }
        let text = try string()
        var node = JSONNode(
            tag: 0, start: UInt32(truncatingIfNeeded: text.lowerBound),
            end: UInt32(truncatingIfNeeded: text.upperBound),
            link: 0, kind: .name)
        node.tag = index.withText(of: node) { JSONBytes.prefix(of: $0) }
        index.nodes.append(node)
        return JSONNode.filterBit(prefix: node.tag, count: text.count)
    }

    private mutating func list(in parent: Int, at ordinal: Int) throws(JSONSyntaxError) {
        let list = index.nodes.count
        append(.list, 0, 0, in: parent, tag: ordinal)
        try enter()
        var count = 0
        if !take("]") {
            repeat {
                try value(in: list, at: count)
                count += 1
            } while take(",")
            guard take("]") else { throw unexpected("a comma or ]") }
        }
        depth -= 1
        index.nodes[list].start = UInt32(truncatingIfNeeded: count)
        index.nodes[list].end = UInt32(truncatingIfNeeded: index.nodes.count)
    }

    private mutating func enter() throws(JSONSyntaxError) {
        depth += 1
        guard depth <= JSONCoding.maximumDepth else { throw .nestedTooDeep }
        position += 1
    }

    private mutating func word(
        _ word: StaticString, _ kind: JSONNode.Kind, in parent: Int, at ordinal: Int
    ) throws(JSONSyntaxError) {
        let matches = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
        guard matches else { throw unexpected("a value") }
        append(kind, 0, 0, in: parent, tag: ordinal)
        position += word.utf8CodeUnitCount
    }

    private mutating func append(_ kind: JSONNode.Kind, _ start: Int, _ end: Int, in parent: Int, tag: Int) {
        index.nodes.append(
            JSONNode(
                tag: UInt64(truncatingIfNeeded: tag), start: UInt32(truncatingIfNeeded: start),
                end: UInt32(truncatingIfNeeded: end), link: UInt32(truncatingIfNeeded: parent), kind: kind))
    }

    // MARK: Repeated names

    private func isRepeated(_ name: Int, in object: Int) -> Bool {
        var earlier = object + 1
        while earlier < name {
            if index.nodes[earlier].tag == index.nodes[name].tag, compareNames(earlier, name) == 0 { return true }
            earlier = Int(index.nodes[earlier].link)
        }
        return false
    }

    /// Takes members whose name their object has had before out of its chain of names.
    private mutating func forgetRepeatedNames(of object: Int) {
        var names: [Int] = []
        var name = object + 1
        while name < index.nodes.count {
            names.append(name)
            name = Int(index.nodes[name].link)
        }
        // Sorting, unlike hashing, takes no longer for names that somebody chose to that end.
        names.sort { left, right in
            let order = compareNames(left, right)
            return order == 0 ? left < right : order < 0
        }
        for (earlier, later) in zip(names, names.dropFirst()) where compareNames(earlier, later) == 0 {
            index.nodes[later].kind = .repeatedName
        }
        name = object + 1
        while name < index.nodes.count {
            let next = Int(index.nodes[name].link)
            if next < index.nodes.count, index.nodes[next].kind == .repeatedName {
                index.nodes[name].link = index.nodes[next].link
            } else {
                name = next
            }
        }
    }

    /// Negative if the left one comes first, 0 if both are equal, in an order of no other meaning.
    private func compareNames(_ left: Int, _ right: Int) -> Int {
        let (left, right) = (index.nodes[left], index.nodes[right])
        if left.tag != right.tag { return left.tag < right.tag ? -1 : 1 }
        let (leftCount, rightCount) = (left.end - left.start, right.end - right.start)
        if leftCount != rightCount { return leftCount < rightCount ? -1 : 1 }
        return index.withText(of: left) { left in
            index.withText(of: right) { right in
                if left.elementsEqual(right) { return 0 }
                return left.lexicographicallyPrecedes(right) ? -1 : 1
            }
        }
    }

    // MARK: Bytes

    /// The byte here; at the end 0, which no JSON has outside of strings.
    @inline(__always)
    var byte: UInt8 { position < bytes.count ? bytes[position] : 0 }

    @inline(__always)
    private mutating func skipSpace() {
        if byte <= 0x20 { skipSpaces() }
    }

    @inline(never)
    private mutating func skipSpaces() {
        while byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Skips white space and then, if it comes next, the character.
    @inline(__always)
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard byte == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    func unexpected(_ expected: String) -> JSONSyntaxError {
        var found = "the end of the text"
        if let scalar = String(decoding: bytes[position...].prefix(4), as: UTF8.self).unicodeScalars.first {
            // Nothing that a terminal or a log would obey.
            let isControl = scalar.properties.generalCategory == .control
            let digits = String(0x10000 + scalar.value, radix: 16, uppercase: true).dropFirst()
            found = isControl ? "U+\(digits)" : "'\(scalar)'"
        }
        return .malformed("\(place): expected \(expected), found \(found)")
    }

    /// Lines and columns count from 1, columns in Unicode scalars.
    var place: String {
        let before = bytes[..<position]
        let line = before[(before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)...]
        return "line \(1 + before.count { $0 == 0x0A }), column \(1 + line.count { $0 & 0xC0 != 0x80 })"
    }
}
