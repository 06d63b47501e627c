// SPDX-License-Identifier: Apache-2.0

/// Checks that a text is JSON (RFC 8259) before it is decoded, to say where it is not: the decoder does not know, and
/// of a member that is given twice it would take one without a word.
package struct JSONSyntax {
    /// How deep lists and objects nest at most; a scenario has no use for more than ten.
    static let maximumDepth = 64

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    /// - Throws: ``PlacementScenarioError`` with code `invalidJSON` or `duplicate`, with line and column.
    package static func check(_ bytes: [UInt8]) throws(PlacementScenarioError) {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw PlacementScenarioError(.invalidJSON, at: "", "the text is not UTF-8")
        }
        var syntax = JSONSyntax(bytes: bytes)
        try syntax.document()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func document() throws(PlacementScenarioError) {
        // A byte order mark.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        try value()
        skipSpace()
        guard position == bytes.count else { throw unexpected("the end of the text") }
    }

    private mutating func value() throws(PlacementScenarioError) {
        skipSpace()
        switch peek {
        case "{": try object()
        case "[": try list()
        case "\"": try string()
        case "-", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9": try number()
        default:
            for word in ["true", "false", "null"] where take(word: word) { return }
            throw unexpected("a value")
        }
    }

    private mutating func object() throws(PlacementScenarioError) {
        try enter()
        skipSpace()
        if !take("}") {
            var names: Set<ArraySlice<UInt8>> = []
            repeat {
                skipSpace()
                let start = position
                guard peek == "\"" else { throw unexpected("a member's name in double quotes") }
                try string()
                let name = bytes[start..<position]
                guard names.insert(name).inserted else {
                    let text = String(decoding: name, as: UTF8.self)
                    throw PlacementScenarioError(.duplicate, at: "", "\(place(of: start)): \(text) is given twice")
                }
                skipSpace()
                guard take(":") else { throw unexpected("a colon") }
                try value()
                skipSpace()
            } while take(",")
            guard take("}") else { throw unexpected("a comma or }") }
        }
        depth -= 1
    }

    private mutating func list() throws(PlacementScenarioError) {
        try enter()
        skipSpace()
        if !take("]") {
            repeat {
                try value()
                skipSpace()
            } while take(",")
            guard take("]") else { throw unexpected("a comma or ]") }
        }
        depth -= 1
    }

    private mutating func enter() throws(PlacementScenarioError) {
        depth += 1
        guard depth <= Self.maximumDepth else {
            throw PlacementScenarioError(
                .invalidJSON, at: "", "\(place(of: position)): nested deeper than \(Self.maximumDepth) levels")
        }
        position += 1
    }

    private mutating func string() throws(PlacementScenarioError) {
        let start = position
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"):
                position += 1
                if take("u") {
                    for _ in 0..<4 {
                        guard let digit = peek, digit.properties.isASCIIHexDigit else {
                            throw unexpected("four hexadecimal digits")
                        }
                        position += 1
                    }
                } else {
                    guard let escaped = peek, "\"\\/bfnrt".unicodeScalars.contains(escaped) else {
                        throw unexpected("one of \" \\ / b f n r t u after a backslash")
                    }
                    position += 1
                }
            case ..<0x20: throw unexpected("no control character in a string")
            default: position += 1
            }
        }
        throw PlacementScenarioError(.invalidJSON, at: "", "\(place(of: start)): the string has no end")
    }

    private mutating func number() throws(PlacementScenarioError) {
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
    }

    private mutating func digits() throws(PlacementScenarioError) {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        guard position > start else { throw unexpected("a digit") }
    }

    // MARK: Bytes

    /// The byte here, if it is ASCII.
    private var peek: Unicode.Scalar? {
        position < bytes.count && bytes[position] < 0x80 ? Unicode.Scalar(bytes[position]) : nil
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == character else { return false }
        position += 1
        return true
    }

    private mutating func take(word: String) -> Bool {
        guard bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func skipSpace() {
        while let next = peek, next == " " || next == "\n" || next == "\t" || next == "\r" { position += 1 }
    }

    private func unexpected(_ expected: String) -> PlacementScenarioError {
        let rest = String(decoding: bytes[position...].prefix(16), as: UTF8.self)
        let found = rest.first.map { $0.isNewline ? "the end of the line" : "'\($0)'" } ?? "the end of the text"
        return PlacementScenarioError(
            .invalidJSON, at: "", "\(place(of: position)): expected \(expected), found \(found)")
    }

    /// Lines and columns count from 1, columns in characters.
    private func place(of position: Int) -> String {
        let before = bytes[..<position]
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let line = 1 + before.count { $0 == 0x0A }
        return "line \(line), column \(1 + String(decoding: before[start...], as: UTF8.self).count)"
    }
}
