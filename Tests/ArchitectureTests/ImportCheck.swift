// SPDX-License-Identifier: Apache-2.0

/// An import declaration.
struct ImportDeclaration: Sendable, Hashable {
    let module: String
    /// Counted from 1.
    let line: Int
    /// Whether it is compiled only where FoundationEssentials is missing.
    let isFallback: Bool
}

/// The dependency rule, applied to the imports of sources.
enum ImportCheck {
    /// Every import of a file, with whatever access level, attributes and kind.
    static func imports(in file: SourceFile) -> [ImportDeclaration] {
        var found: [ImportDeclaration] = []
        // For each open `#if`: whether it asks for FoundationEssentials, and whether we are in its `#else`.
        var conditions: [(asksForEssentials: Bool, isElse: Bool)] = []
        let lines = file.code.split(separator: .newline, omittingEmptySubsequences: false)
        for (index, bytes) in lines.enumerated() {
            // Few lines are worth a closer look.
            guard bytes.contains(UInt8(ascii: "#")) || mentionsImport(bytes) else { continue }
            let line = String(decoding: bytes, as: UTF8.self)
            let words = line.split(whereSeparator: \.isWhitespace)
            switch words.first {
            case "#if":
                conditions.append((words.dropFirst().joined() == "canImport(FoundationEssentials)", false))
            case "#else":
                if !conditions.isEmpty { conditions[conditions.count - 1].isElse = true }
            case "#elseif":
                if !conditions.isEmpty { conditions[conditions.count - 1] = (false, false) }
            case "#endif":
                _ = conditions.popLast()
            default:
                let isFallback = conditions.contains { $0.asksForEssentials && $0.isElse }
                for statement in line.split(separator: ";") {
                    guard let module = module(importedBy: statement) else { continue }
                    found.append(ImportDeclaration(module: module, line: index + 1, isFallback: isFallback))
                }
            }
        }
        return found
    }

    /// What is wrong with the imports of a file in `Sources`.
    /// - Parameter declared: The dependencies in the manifest, if they shall be compared: an import of a target
    ///   that the manifest does not name compiles by accident only.
    static func breaches(in file: SourceFile, declared: Set<String>? = nil) -> [Breach] {
        guard let folder = file.folder else { return [] }
        guard let rule = Layers.rule(ofFolder: folder) else {
            return [
                Breach(
                    path: file.path, line: 0, offence: "target \(folder) has no layer",
                    rule: "every target is in the table in Tests/ArchitectureTests/Layers.swift")
            ]
        }
        return imports(in: file).compactMap { declaration in
            let module = declaration.module
            func breach(_ rule: String) -> Breach {
                Breach(path: file.path, line: declaration.line, offence: "import \(module)", rule: rule)
            }
            if module == "Foundation" {
                guard !rule.allowsFoundation && !declaration.isFallback else { return nil }
                return breach(
                    "\(rule.target) (\(rule.layer)) imports FoundationEssentials, and Foundation only in the #else of "
                        + "#if canImport(FoundationEssentials)")
            }
            guard rule.allowed.contains(module) else {
                return breach(
                    "\(rule.target) (\(rule.layer)) may import \(rule.allowed.sorted().joined(separator: ", "))")
            }
            if let declared, Layers.rules[module] != nil, !declared.contains(module) {
                return breach("the manifest names every target that \(rule.target) imports")
            }
            return nil
        }
    }

    private static func mentionsImport(_ line: ArraySlice<UInt8>) -> Bool {
        line.indices.contains { line[$0] == UInt8(ascii: "i") && line[$0...].starts(with: "import".utf8) }
    }

    /// `@attribute(...) access import kind Module.Name`, each but `import Module` optional.
    private static func module(importedBy statement: Substring) -> String? {
        var rest = statement.drop(while: \.isWhitespace)
        while rest.first == "@" {
            rest = rest.dropFirst().drop { $0.isLetter || $0.isNumber || $0 == "_" }
            if rest.first == "(" { rest = rest.drop { $0 != ")" }.dropFirst() }
            rest = rest.drop(while: \.isWhitespace)
        }
        var words = rest.split(whereSeparator: \.isWhitespace)
        let levels: Set<Substring> = ["public", "package", "internal", "fileprivate", "private", "open"]
        if let first = words.first, levels.contains(first) { words.removeFirst() }
        guard words.first == "import", words.count > 1 else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor"]
        let path = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
        return path.split(separator: ".").first.map { $0.filter { $0 != "`" } }
    }
}
