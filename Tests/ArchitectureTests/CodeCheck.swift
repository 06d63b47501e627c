// SPDX-License-Identifier: Apache-2.0

/// Rules on what is written in the files.
enum CodeCheck {
    static let licence = "// SPDX-License-Identifier: Apache-2.0"
    static let longestFile = 500
    static let longestFunction = 70

    // MARK: Every file

    static func licenceBreaches(in file: SourceFile) -> [Breach] {
        let lines = file.text.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.first != licence[...] || (lines.count > 1 && !lines[1].isEmpty) else { return [] }
        return [
            Breach(
                path: file.path, line: 1, offence: "the file begins with \"\(lines.first ?? "")\"",
                rule: "the first line is \"\(licence)\", the second is empty")
        ]
    }

    static func lengthBreaches(in file: SourceFile) -> [Breach] {
        guard file.lineCount > longestFile else { return [] }
        return [
            Breach(
                path: file.path, line: longestFile + 1, offence: "the file has \(file.lineCount) lines",
                rule: "a file has at most \(longestFile) lines")
        ]
    }

    /// Functions and initialisers that are too long, the declaration's line and the closing brace's included.
    static func functionBreaches(in file: SourceFile) -> [Breach] {
        let code = file.code
        return declarations(in: code).compactMap { start in
            guard let end = bodyEnd(after: start + 4, in: code) else { return nil }
            let length = 1 + code[start...end].count { $0 == .newline }
            guard length > longestFunction else { return nil }
            let head = code[start...end].prefix { $0 != UInt8(ascii: "(") && $0 != .newline }
            return Breach(
                path: file.path, line: line(of: start, in: code),
                offence: "\(String(decoding: head, as: UTF8.self)) has \(length) lines",
                rule: "a function has at most \(longestFunction) lines")
        }
    }

    // MARK: The core

    /// What the core must not use, with the remedy. A name is matched as a whole.
    private static let forbidden: [(pattern: StaticString, rule: String)] = [
        ("Date()", "time comes into the core as an argument"),
        ("Date.now", "time comes into the core as an argument"),
        ("ContinuousClock", "time comes into the core as an argument"),
        ("SuspendingClock", "time comes into the core as an argument"),
        ("SystemRandomNumberGenerator", "randomness comes into the core as a generator"),
        ("UUID()", "randomness comes into the core as a generator"),
        ("Logger(", "the core returns observations and logs nothing"),
        ("print(", "the core returns observations and prints nothing"),
        ("debugPrint(", "the core returns observations and prints nothing"),
        ("Task.detached", "the core starts no tasks"),
        ("Task.sleep", "the core waits for nothing"),
        ("Mutex(", "the core has no locks"),
        ("Mutex<", "the core has no locks"),
        ("NSLock", "the core has no locks"),
    ]

    /// What draws from the system's generator unless told otherwise.
    private static let drawing: [StaticString] = ["random(", "randomElement(", "shuffle(", "shuffled("]

    static func purityBreaches(in file: SourceFile) -> [Breach] {
        let code = file.code
        var breaches: [Breach] = []
        for (pattern, rule) in forbidden {
            for start in occurrences(of: pattern, in: code) {
                breaches.append(breach(file, start, "\(pattern)", rule))
            }
        }
        for name in drawing {
            for start in occurrences(of: name, in: code) where start > 0 && code[start - 1] == UInt8(ascii: ".") {
                let call = call(at: start + name.utf8CodeUnitCount - 1, in: code)
                guard !call.contains("using:") else { continue }
                breaches.append(
                    breach(file, start, ".\(name)", "randomness comes into the core as a generator: add using:"))
            }
        }
        for start in occurrences(of: "Task", in: code) where startsTask(at: start, in: code) {
            breaches.append(breach(file, start, "Task {", "the core starts no tasks"))
        }
        return breaches.sorted { $0.line < $1.line }
    }

    private static func breach(_ file: SourceFile, _ start: Int, _ offence: String, _ rule: String) -> Breach {
        Breach(path: file.path, line: line(of: start, in: file.code), offence: "uses \(offence)", rule: rule)
    }

    /// Whether `Task` begins a task. It is also a word of ECS, so a type may have the name; a brace after it
    /// belongs to a declaration or a statement if what stands before it says so.
    private static func startsTask(at start: Int, in code: [UInt8]) -> Bool {
        guard code[(start + 4)...].first(where: { !$0.isSpace }) == UInt8(ascii: "{") else { return false }
        let lineStart = code[..<start].lastIndex(of: .newline).map { $0 + 1 } ?? 0
        let before = code.text(lineStart..<start)
        guard let last = before.split(whereSeparator: \.isWhitespace).last else { return true }
        let typePositions: Set<Substring> = [
            "struct", "class", "enum", "actor", "protocol", "extension", "->", "is", "as", "as?", "as!", "some", "any",
            "==", "&",
        ]
        return !typePositions.contains(last) && !last.hasSuffix(":") && !last.hasSuffix(".") && !last.hasSuffix(",")
    }

    // MARK: Reading code

    /// Where a pattern stands as whole names.
    private static func occurrences(of pattern: StaticString, in code: [UInt8]) -> [Int] {
        let first = pattern.utf8Start[0]
        let count = pattern.utf8CodeUnitCount
        var found: [Int] = []
        var from = 0
        while let start = code[from...].firstIndex(of: first) {
            from = start + 1
            guard code.has(pattern, at: start), start == 0 || !code[start - 1].isNamePart else { continue }
            let end = start + count
            guard end == code.count || !pattern.utf8Start[count - 1].isNamePart || !code[end].isNamePart else {
                continue
            }
            found.append(start)
        }
        return found
    }

    /// The text between the parenthesis at a place and the one that closes it.
    private static func call(at open: Int, in code: [UInt8]) -> String {
        var depth = 0
        for index in open..<code.count {
            if code[index] == UInt8(ascii: "(") { depth += 1 }
            if code[index] == UInt8(ascii: ")") { depth -= 1 }
            if depth == 0 { return code.text(open..<index + 1) }
        }
        return ""
    }

    private static func line(of index: Int, in code: [UInt8]) -> Int {
        1 + code[..<index].count { $0 == .newline }
    }

    /// Where functions and initialisers begin, calls of the latter left out.
    private static func declarations(in code: [UInt8]) -> [Int] {
        let functions = occurrences(of: "func", in: code).filter { $0 == 0 || code[$0 - 1] != UInt8(ascii: "`") }
        let initialisers = occurrences(of: "init", in: code).filter { start in
            guard start == 0 || code[start - 1] != UInt8(ascii: "."), start + 4 < code.count else { return false }
            return "(?<!".utf8.contains(code[start + 4])
        }
        return functions + initialisers
    }

    /// Where the body of a declaration ends: the brace that closes the first one outside parentheses. nil for
    /// a requirement of a protocol, which has none before the next declaration or the end of the protocol.
    private static func bodyEnd(after start: Int, in code: [UInt8]) -> Int? {
        var parentheses = 0
        var braces = 0
        for index in start..<code.count {
            switch code[index] {
            case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"): parentheses -= 1
            // Braces in parentheses before the body are default arguments.
            case UInt8(ascii: "{") where parentheses == 0 || braces > 0: braces += 1
            case UInt8(ascii: "}") where parentheses == 0 || braces > 0:
                braces -= 1
                if braces == 0 { return index }
                if braces < 0 { return nil }
            case UInt8(ascii: "f"), UInt8(ascii: "v"):
                guard braces == 0 && parentheses == 0 && !code[index - 1].isNamePart else { continue }
                if code.has("func ", at: index) || code.has("var ", at: index) { return nil }
            default: break
            }
        }
        return nil
    }
}
