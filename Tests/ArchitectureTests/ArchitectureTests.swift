// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Holds the package to its design: who may depend on whom, and what every file looks like. The checks
/// themselves are tested in `CheckTests`.
@Suite struct ArchitectureTests {
    private let package: PackageTree

    init() throws { package = try PackageTree.loaded.get() }

    @Test func importsPointDownwardsOnly() {
        var declared: [String: Set<String>] = [:]
        for target in ManifestCheck.targets(in: package.manifest) where !target.isTest {
            declared[target.folder] = Set(target.dependencies)
        }
        report(
            package.sources.flatMap { file in
                ImportCheck.breaches(in: file, declared: declared[file.folder ?? ""])
            })
    }

    @Test func dependenciesPointDownwardsOnly() {
        #expect(!ManifestCheck.targets(in: package.manifest).isEmpty, "the manifest was not understood")
        report(ManifestCheck.breaches(in: package.manifest))
    }

    @Test func everyFolderIsATarget() {
        let targets = ManifestCheck.targets(in: package.manifest)
        let sources = Set(targets.filter { !$0.isTest }.map(\.folder))
        let tests = Set(targets.filter(\.isTest).map(\.folder))
        let sourceFolders = Set(package.sources.map { $0.folder ?? $0.path })
        for folder in sourceFolders.subtracting(sources).sorted() {
            Issue.record("Sources/\(folder) belongs to no target of the manifest")
        }
        let testFolders = Set(package.tests.map { String($0.path.split(separator: "/")[1]) })
        for folder in testFolders.subtracting(tests).sorted() {
            Issue.record("Tests/\(folder) belongs to no test target of the manifest")
        }
    }

    @Test func theCoreIsPure() {
        let files = package.sources.filter { Layers.rule(ofFolder: $0.folder ?? "")?.isCore == true }
        #expect(!files.isEmpty)
        report(files.flatMap(CodeCheck.purityBreaches))
    }

    @Test func everyFileNamesItsLicence() {
        report((package.sources + package.tests).flatMap(CodeCheck.licenceBreaches))
    }

    @Test func filesAndFunctionsAreShort() {
        report(package.sources.flatMap { CodeCheck.lengthBreaches(in: $0) + CodeCheck.functionBreaches(in: $0) })
    }

    @Test func everyLibraryHasALandingPage() {
        for target in ManifestCheck.targets(in: package.manifest) where !target.isTest {
            guard let rule = Layers.rules[target.name], rule.isLibrary else { continue }
            let page = "Sources/\(target.folder)/\(rule.target).docc/\(rule.target).md"
            let exists = package.hasFile(page)
            #expect(exists, "\(page) is missing. Rule: every library has a documentation catalog")
        }
    }

    private func report(_ breaches: [Breach]) {
        for breach in breaches { Issue.record("\(breach)") }
    }
}

/// The package on the disk.
struct PackageTree: Sendable {
    let root: URL
    let manifest: String
    /// The Swift files in `Sources`, in the order of their paths.
    let sources: [SourceFile]
    /// The Swift files in `Tests`.
    let tests: [SourceFile]

    /// Read once for all tests.
    static let loaded = Result { try load() }

    private static func load(from file: String = #filePath) throws -> PackageTree {
        let root = URL(fileURLWithPath: file).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return PackageTree(
            root: root,
            manifest: try String(contentsOf: root.appendingPathComponent("Package.swift"), encoding: .utf8),
            sources: try files(in: "Sources", of: root), tests: try files(in: "Tests", of: root))
    }

    func hasFile(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    private static func files(in folder: String, of root: URL) throws -> [SourceFile] {
        let directory = root.appendingPathComponent(folder)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: directory.path)
        // Code in documentation catalogs and fixtures is text, not a part of a target.
        return try paths.filter { $0.hasSuffix(".swift") && !$0.contains(".docc/") && !$0.contains("Fixtures/") }
            .sorted()
            .map { path in
                let text = try String(contentsOf: directory.appendingPathComponent(path), encoding: .utf8)
                return SourceFile(path: "\(folder)/\(path)", text: text)
            }
    }
}
