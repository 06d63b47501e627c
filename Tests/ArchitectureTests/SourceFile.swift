// SPDX-License-Identifier: Apache-2.0

/// A file of the package, as the checks see it.
struct SourceFile: Sendable {
    /// The path below the root of the package, with slashes.
    let path: String
    let text: String
    /// The text with comments and the literal parts of strings replaced by spaces, line by line the same.
    /// Interpolations stay, since they are code. As bytes, because tests run unoptimised.
    let code: [UInt8]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        code = CodeExtractor.code(of: Array(text.utf8))
    }

    /// The name of the folder in `Sources` that the file is in.
    var folder: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }

    /// The number of lines, with a last one that has no end.
    var lineCount: Int {
        code.count { $0 == .newline } + (code.isEmpty || code.last == .newline ? 0 : 1)
    }
}

/// A rule broken at a place.
struct Breach: Sendable, Hashable, CustomStringConvertible {
    let path: String
    /// Counted from 1; 0 for the file as a whole.
    let line: Int
    /// What is there.
    let offence: String
    /// What should be.
    let rule: String

    var description: String { "\(path):\(line): \(offence). Rule: \(rule)" }
}

extension UInt8 {
    static var newline: UInt8 { 10 }

    var isSpace: Bool { self == 32 || (9...13).contains(self) }

    /// Whether it can be a part of a name; of names in other alphabets every byte is one.
    var isNamePart: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 128...255: true
        default: false
        }
    }

    var opensBracket: Bool { self == UInt8(ascii: "(") || self == UInt8(ascii: "[") || self == UInt8(ascii: "{") }

    var closesBracket: Bool { self == UInt8(ascii: ")") || self == UInt8(ascii: "]") || self == UInt8(ascii: "}") }
}

extension [UInt8] {
    /// Whether a text stands at a place.
    func has(_ text: StaticString, at start: Int) -> Bool {
        guard start >= 0, start + text.utf8CodeUnitCount <= count else { return false }
        for offset in 0..<text.utf8CodeUnitCount where self[start + offset] != text.utf8Start[offset] { return false }
        return true
    }

    /// The text of a range.
    func text(_ range: Range<Int>) -> String { String(decoding: self[range], as: UTF8.self) }
}

/// Separates code from comments and strings.
///
/// Not a parser: of a regular expression between bare slashes it believes that quotation marks begin strings,
/// which can hide the rest of that line, but not the next one.
struct CodeExtractor {
    private enum Mode {
        case code
        /// Inside an interpolation, with the number of parentheses open in it.
        case interpolation(Int)
        case string(hashes: Int, isMultiline: Bool)
    }

    private let input: [UInt8]
    private var output: [UInt8] = []
    private var index = 0
    private var modes: [Mode] = [.code]

    static func code(of text: [UInt8]) -> [UInt8] {
        var extractor = CodeExtractor(input: text)
        return extractor.run()
    }

    private init(input: [UInt8]) {
        self.input = input
        output.reserveCapacity(input.count)
    }

    private mutating func run() -> [UInt8] {
        while index < input.count {
            if case .string(let hashes, let isMultiline) = modes[modes.count - 1] {
                stepInString(hashes: hashes, isMultiline: isMultiline)
            } else {
                stepInCode()
            }
        }
        return output
    }

    /// Drops bytes, but keeps the lines as they are.
    private mutating func blank(_ count: Int) {
        let end = min(index + count, input.count)
        while index < end {
            output.append(input[index] == .newline ? .newline : 32)
            index += 1
        }
    }

    private mutating func keep(_ count: Int = 1) {
        output.append(contentsOf: input[index..<index + count])
        index += count
    }

    private func hashes(at start: Int) -> Int {
        var end = start
        while end < input.count, input[end] == UInt8(ascii: "#") { end += 1 }
        return end - start
    }

    private mutating func stepInCode() {
        switch input[index] {
        case UInt8(ascii: "/") where input.has("//", at: index):
            blank((input[index...].firstIndex(of: .newline) ?? input.count) - index)
            return
        case UInt8(ascii: "/") where input.has("/*", at: index):
            blankComment()
            return
        case UInt8(ascii: "\""), UInt8(ascii: "#"):
            let hashes = hashes(at: index)
            guard input.has("\"", at: index + hashes) else { break }
            let isMultiline = input.has("\"\"\"", at: index + hashes)
            modes.append(.string(hashes: hashes, isMultiline: isMultiline))
            keep(hashes + (isMultiline ? 3 : 1))
            return
        case UInt8(ascii: "("):
            if case .interpolation(let depth) = modes[modes.count - 1] {
                modes[modes.count - 1] = .interpolation(depth + 1)
            }
        case UInt8(ascii: ")"):
            guard case .interpolation(let depth) = modes[modes.count - 1] else { break }
            if depth == 1 { modes.removeLast() } else { modes[modes.count - 1] = .interpolation(depth - 1) }
        default: break
        }
        keep()
    }

    private mutating func stepInString(hashes count: Int, isMultiline: Bool) {
        if !isMultiline && input[index] == .newline {
            modes.removeLast()
            return keep()
        }
        let quotes = isMultiline ? 3 : 1
        if isMultiline ? input.has("\"\"\"", at: index) : input.has("\"", at: index),
            hashes(at: index + quotes) >= count
        {
            modes.removeLast()
            return keep(quotes + count)
        }
        if input.has("\\", at: index), hashes(at: index + 1) >= count {
            guard input.has("(", at: index + 1 + count) else {
                return blank(2 + count)
            }
            blank(1 + count)
            modes.append(.interpolation(1))
            return keep()
        }
        blank(1)
    }

    /// Comments nest in Swift.
    private mutating func blankComment() {
        var depth = 0
        repeat {
            if input.has("/*", at: index) {
                depth += 1
                blank(2)
            } else if input.has("*/", at: index) {
                depth -= 1
                blank(2)
            } else {
                blank(1)
            }
        } while depth > 0 && index < input.count
    }
}
