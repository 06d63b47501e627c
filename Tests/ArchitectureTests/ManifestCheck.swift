// SPDX-License-Identifier: Apache-2.0

/// A target as the manifest declares it.
struct ManifestTarget: Sendable, Hashable {
    let name: String
    let isTest: Bool
    /// The folder in `Sources` or `Tests`.
    let folder: String
    /// Names of targets and products.
    let dependencies: [String]
    /// Counted from 1.
    let line: Int
    /// Why the declaration could not be understood completely, if so.
    let problem: String?
}

/// The dependency rule, applied to the manifest.
///
/// The text is read instead of `swift package dump-package`, which would build the manifest inside a test. It
/// must therefore be written plainly: a name as a literal, dependencies as one array literal of literals and of
/// constants such as `let logging = Target.Dependency.product(name: "Logging", …)`. What is not understood is a
/// breach, so that nothing passes unseen.
enum ManifestCheck {
    private static let calls: [(StaticString, isTest: Bool)] = [
        ("library(", false), ("executable(", false), ("tests(", true), (".target(", false),
        (".executableTarget(", false), (".testTarget(", true),
    ]

    /// The targets that a manifest declares, in order.
    static func targets(in manifest: String) -> [ManifestTarget] {
        let text = Array(manifest.utf8)
        let code = CodeExtractor.code(of: text)
        precondition(code.count == text.count, "extracting code keeps positions")
        let constants = constants(text, code)
        var targets: [(Int, ManifestTarget)] = []
        for (call, isTest) in calls {
            for start in starts(of: call, in: code) {
                let open = start + call.utf8CodeUnitCount - 1
                guard let close = closing(of: open, in: code) else { continue }
                guard let target = read(text, code, open + 1..<close, isTest: isTest, constants) else { continue }
                targets.append((start, target))
            }
        }
        return targets.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// What is wrong with a manifest.
    static func breaches(in manifest: String) -> [Breach] {
        targets(in: manifest).flatMap { target -> [Breach] in
            func breach(_ offence: String, _ rule: String) -> Breach {
                Breach(path: "Package.swift", line: target.line, offence: offence, rule: rule)
            }
            if let problem = target.problem {
                return [breach("\(target.name): \(problem)", "the manifest names dependencies in one array literal")]
            }
            // Tests may use everything; they are no part of what is published.
            guard !target.isTest else { return [] }
            guard let rule = Layers.rules[target.name] else {
                return [
                    breach(
                        "target \(target.name) has no layer",
                        "every target is in the table in Tests/ArchitectureTests/Layers.swift")
                ]
            }
            return target.dependencies.filter { !rule.allowed.contains($0) }.map { dependency in
                breach(
                    "\(target.name) depends on \(dependency)",
                    "\(target.name) (\(rule.layer)) may depend on \(rule.allowed.sorted().joined(separator: ", "))")
            }
        }
    }

    // MARK: Reading

    /// Where a call begins, with its whole name and not in a declaration.
    private static func starts(of call: StaticString, in code: [UInt8]) -> [Int] {
        code.indices.filter { start in
            guard code.has(call, at: start) else { return false }
            guard start > 0, code[start] != UInt8(ascii: ".") else { return true }
            return !code[start - 1].isNamePart && code[start - 1] != UInt8(ascii: ".")
                && !code.has("func ", at: start - 5)
        }
    }

    /// The end of the bracket that opens at a place.
    private static func closing(of open: Int, in code: [UInt8]) -> Int? {
        var depth = 0
        for index in open..<code.count {
            if code[index].opensBracket { depth += 1 }
            if code[index].closesBracket {
                depth -= 1
                if depth == 0 { return index }
            }
        }
        return nil
    }

    /// Reads the arguments of a call; nil if it is not a declaration, such as a `.target(name:)` among
    /// dependencies or a call in a helper function with a name that is no literal.
    private static func read(
        _ text: [UInt8], _ code: [UInt8], _ range: Range<Int>, isTest: Bool, _ constants: [String: String]
    ) -> ManifestTarget? {
        let arguments = split(code, range)
        guard let first = arguments.first, let name = literal(text, first) else { return nil }
        let isDependency = arguments.count == 1 && code.has(".target(", at: range.lowerBound - 8)
        guard !isDependency else { return nil }
        let line = 1 + text[..<range.lowerBound].count { $0 == .newline }
        var dependencies: [String] = []
        var folder = name
        var problem: String?
        for argument in arguments.dropFirst() {
            let label = label(code, argument)
            let body = (label == nil ? argument.lowerBound : afterColon(code, argument))..<argument.upperBound
            if label == "path", let path = literal(text, body), let last = path.split(separator: "/").last {
                folder = String(last)
            }
            guard label == nil || label == "dependencies" else { continue }
            guard let open = body.first(where: { !code[$0].isSpace }), code[open] == UInt8(ascii: "["),
                let close = closing(of: open, in: code),
                code[close + 1..<body.upperBound].allSatisfy(\.isSpace)
            else {
                problem = "dependencies are not an array literal"
                continue
            }
            for element in split(code, open + 1..<close) {
                guard let dependency = literal(text, element) ?? constants[word(code, element)] else {
                    problem = "a dependency is neither a literal nor a known constant"
                    continue
                }
                dependencies.append(dependency)
            }
        }
        return ManifestTarget(
            name: name, isTest: isTest, folder: folder, dependencies: dependencies, line: line, problem: problem)
    }

    /// The parts between commas that are in no further bracket, without empty ones.
    private static func split(_ code: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var depth = 0
        var start = range.lowerBound
        for index in range {
            if code[index].opensBracket { depth += 1 }
            if code[index].closesBracket { depth -= 1 }
            if code[index] == UInt8(ascii: ","), depth == 0 {
                parts.append(start..<index)
                start = index + 1
            }
        }
        parts.append(start..<range.upperBound)
        return parts.filter { part in !code[part].allSatisfy(\.isSpace) }
    }

    /// The first string literal of `"X"`, `name: "X"`, `.product(name: "X", …)`, `.target(name: "X", …)`.
    private static func literal(_ text: [UInt8], _ range: Range<Int>) -> String? {
        var rest = Substring(text.text(range)).drop(while: \.isWhitespace)
        for call in ["Target.Dependency.product(", ".product(", ".target(", ".byName("] where rest.hasPrefix(call) {
            rest = rest.dropFirst(call.count).drop(while: \.isWhitespace)
        }
        if rest.hasPrefix("name:") { rest = rest.dropFirst(5).drop(while: \.isWhitespace) }
        guard rest.first == "\"" else { return nil }
        let name = rest.dropFirst().prefix { $0 != "\"" }
        return name.isEmpty ? nil : String(name)
    }

    /// The dependencies that have a name: `let logging = Target.Dependency.product(name: "Logging", …)`, or with
    /// the type after the name.
    private static func constants(_ text: [UInt8], _ code: [UInt8]) -> [String: String] {
        var constants: [String: String] = [:]
        for start in code.indices where code.has("let ", at: start) && (start == 0 || !code[start - 1].isNamePart) {
            guard let equals = code[start...].firstIndex(of: UInt8(ascii: "=")) else { continue }
            let declared = code.text(start + 4..<equals).split { $0.isWhitespace || $0 == ":" }
            // A string alone may be anything, such as the name of a package.
            let value = code[(equals + 1)...].drop(while: \.isSpace).startIndex
            let isDependency =
                declared.dropFirst().first == "Target.Dependency" || code.has("Target.Dependency.", at: value)
            guard isDependency, let name = declared.first else { continue }
            constants[String(name)] = literal(text, value..<code.count)
        }
        return constants
    }

    private static func word(_ code: [UInt8], _ range: Range<Int>) -> String {
        code.text(range).filter { !$0.isWhitespace }
    }

    private static func label(_ code: [UInt8], _ range: Range<Int>) -> String? {
        let name = code[range].drop(while: \.isSpace).prefix(while: \.isNamePart)
        guard !name.isEmpty, name.endIndex < range.upperBound, code[name.endIndex] == UInt8(ascii: ":") else {
            return nil
        }
        return String(decoding: name, as: UTF8.self)
    }

    private static func afterColon(_ code: [UInt8], _ range: Range<Int>) -> Int {
        (code[range].firstIndex(of: UInt8(ascii: ":")) ?? range.lowerBound) + 1
    }
}
