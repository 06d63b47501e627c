// SPDX-License-Identifier: Apache-2.0

import Testing

/// The checks must be able to fail: each is fed with what it has to find and with what it has to let pass.
@Suite struct CheckTests {
    private func file(_ folder: String, _ text: String) -> SourceFile {
        SourceFile(path: "Sources/\(folder)/File.swift", text: text)
    }

    // MARK: Code and text

    @Test func commentsAndStringsAreNoCode() {
        let text = ##"""
            let a = "import X" // import Y
            /* import /* nested */ import Z */ let b = 1
            let c = """
                import W "quoted" \(Date() + "inner )" + f(x)) rest
                """
            let d = #"\(no) \#(yes) "# + "\"escaped" + "\\" + e
            """##
        let code = String(decoding: SourceFile(path: "x", text: text).code, as: UTF8.self)
        for kept in ["let a", "let b = 1", "Date() +", "f(x)", "yes", "+ e"] { #expect(code.contains(kept), "\(kept)") }
        for dropped in ["import", "inner", "rest", "quoted", "escaped", "(no)"] {
            #expect(!code.contains(dropped), "\(dropped)")
        }
        #expect(code.utf8.count == text.utf8.count)
        #expect(code.split(separator: "\n").count == text.split(separator: "\n").count)
    }

    // MARK: Imports

    @Test(arguments: [
        "import GRDB", "public import GRDB", "@testable import GRDB", "@_exported public import GRDB",
        "package import GRDB",
        "@preconcurrency @_spi(Private) internal import GRDB", "import struct GRDB.Row", "    import GRDB",
        "import `GRDB`",
        "let x = 1; import GRDB", "#if os(Linux)\nimport GRDB\n#endif", "/* why */ import GRDB // because",
        "@_spi(A)import GRDB", "import GRDB.Sub",
    ])
    func everyWayToImportIsSeen(text: String) {
        let breaches = ImportCheck.breaches(in: file("DryportModel", "\n" + text))
        #expect(breaches.count == 1)
        #expect(breaches.first?.offence == "import GRDB")
        #expect(breaches.first?.line == (text.hasPrefix("#if") ? 3 : 2))
        #expect(breaches.first?.description.contains("Sources/DryportModel/File.swift:") == true)
    }

    @Test(arguments: [
        "// import GRDB", "let a = \"import GRDB\"", "let important = GRDB", "/*\nimport GRDB\n*/", "func import GRDB",
    ])
    func whatIsNoImportIsNotSeen(text: String) {
        #expect(ImportCheck.imports(in: file("DryportModel", text)).isEmpty)
    }

    @Test(arguments: [
        ("DryportModel", "DryportPlacement"), ("DryportModel", "Synchronization"), ("DryportModel", "Logging"),
        ("DryportModel", "Crypto"), ("DryportModel", "Glibc"), ("DryportModel", "Dispatch"),
        ("DryportPlacement", "DryportReconciler"), ("DryportPlacement", "DryportControlPlaneCore"),
        ("DryportControlPlaneCore", "DryportAgentCore"), ("DryportControlPlaneCore", "DryportStore"),
        ("DryportStore", "DryportRuntime"), ("DryportStore", "GRDB"), ("DryportStore", "DryportInMemory"),
        ("DryportStoreSQLite", "DryportInMemory"), ("DryportStoreSQLite", "DryportTransport"),
        ("DryportRuntimeDocker", "DryportTransportHTTP"), ("DryportRuntimeProcess", "NIOCore"),
        ("DryportControlPlane", "DryportStoreSQLite"), ("DryportControlPlane", "Hummingbird"),
        ("DryportControlPlane", "DryportAgent"), ("DryportAgent", "DryportRuntimeDocker"),
        ("DryportServer", "DryportInMemory"), ("DryportServer", "DryportAgent"), ("Dryport", "DryportInMemory"),
        ("DryportTesting", "DryportControlPlane"), ("DryportSimulation", "DryportInMemory"),
        ("DryportSimulation", "Testing"), ("DryportControlPlane", "Testing"), ("dryport-cli", "DryportTesting"),
        ("DryportModel", "Foundation"), ("DryportStore", "Foundation"),
    ])
    func upwardImportsAreFound(folder: String, module: String) {
        #expect(ImportCheck.breaches(in: file(folder, "import \(module)")).count == 1)
    }

    @Test(arguments: [
        ("DryportModel", "FoundationEssentials"), ("DryportPlacement", "OrderedCollections"),
        ("DryportCredentials", "Crypto"), ("DryportAgentCore", "DryportReconciler"), ("DryportStore", "DryportModel"),
        ("DryportStore", "Synchronization"), ("DryportStoreSQLite", "GRDB"), ("DryportStoreSQLite", "Logging"),
        ("DryportTransportHTTP", "DryportWebSocket"), ("DryportInMemory", "DryportTransport"),
        ("DryportServer", "AsyncHTTPClient"), ("DryportServer", "DryportWebSocket"),
        ("DryportAgent", "ServiceLifecycle"),
        ("Dryport", "DryportAgent"), ("DryportTesting", "Testing"), ("DryportSimulation", "DryportAgentCore"),
        ("dryport-cli", "DryportStoreSQLite"), ("DryportCommand", "DryportServer"), ("dryport-cli", "ArgumentParser"),
        ("dryport-cli", "Foundation"),
    ])
    func downwardImportsPass(folder: String, module: String) {
        #expect(ImportCheck.breaches(in: file(folder, "import \(module)")).isEmpty)
    }

    @Test func foundationPassesAsASubstituteOnly() {
        let fallback = """
            #if canImport(FoundationEssentials)
            import FoundationEssentials
            #else
            import Foundation
            #endif
            """
        #expect(ImportCheck.breaches(in: file("DryportModel", fallback)).isEmpty)
        for text in [
            fallback + "\nimport Foundation", "#if canImport(FoundationEssentials)\nimport Foundation\n#endif",
            "#if os(Linux)\n#else\nimport Foundation\n#endif", "#if !canImport(Crypto)\nimport Foundation\n#endif",
        ] {
            #expect(ImportCheck.breaches(in: file("DryportModel", text)).count == 1, "\(text)")
        }
    }

    @Test func unknownTargetsAndUndeclaredDependenciesAreFound() {
        #expect(ImportCheck.breaches(in: file("DryportNew", "")).map(\.offence) == ["target DryportNew has no layer"])
        let store = file("DryportStoreSQLite", "import DryportStore\nimport GRDB")
        #expect(ImportCheck.breaches(in: store, declared: ["DryportStore"]).isEmpty)
        #expect(ImportCheck.breaches(in: store, declared: ["DryportModel"]).map(\.offence) == ["import DryportStore"])
    }

    // MARK: The manifest

    private let manifest = """
        func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
            .target(name: name, dependencies: dependencies, swiftSettings: settings)
        }
        let nio = "swift-nio"
        let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
        let metrics: Target.Dependency = .product(
            name: "Metrics", package: "swift-metrics")
        let core: [Target] = [
            library("DryportModel"),  // library("Commented", ["Out"])
            library(
                "DryportPlacement",
                ["DryportModel", .product(name: "OrderedCollections", package: collections)]),
            .executableTarget(
                name: "dryport", dependencies: [.target(name: "DryportServer"), "DryportStoreSQLite", logging, metrics],
                path: "Sources/dryport-cli", swiftSettings: settings),
            tests("DryportModelTests", ["DryportModel", "DryportStoreSQLite"]),
        ]
        let package = Package(name: "dryport", products: core.map { .library(name: $0.name, targets: [$0.name]) })
        """

    @Test func theManifestIsUnderstood() {
        let targets = ManifestCheck.targets(in: manifest)
        #expect(targets.map(\.name) == ["DryportModel", "DryportPlacement", "dryport", "DryportModelTests"])
        #expect(targets.map(\.isTest) == [false, false, false, true])
        #expect(
            targets.map(\.dependencies) == [
                [], ["DryportModel", "OrderedCollections"],
                ["DryportServer", "DryportStoreSQLite", "Logging", "Metrics"],
                ["DryportModel", "DryportStoreSQLite"],
            ])
        #expect(targets.map(\.line) == [9, 10, 13, 16])
        #expect(targets.map(\.folder) == ["DryportModel", "DryportPlacement", "dryport-cli", "DryportModelTests"])
        #expect(targets.allSatisfy { $0.problem == nil })
        #expect(ManifestCheck.breaches(in: manifest).isEmpty)
    }

    @Test(arguments: [
        #"library("DryportModel", ["DryportStore"])"#, #"library("DryportModel", [.target(name: "DryportStore")])"#,
        #"library("DryportStore", [.product(name: "GRDB", package: "GRDB.swift")])"#,
        #".target(name: "DryportServer", dependencies: ["DryportInMemory"])"#, #"library("DryportNew")"#,
        #"library("DryportStore", ["DryportModel"] + more)"#, #"library("DryportStore", shared)"#,
        #"library("DryportStore", ["DryportModel", shared])"#,
        #"library("DryportStore", [nio]); let nio = "swift-nio""#,
        #"library("DryportModel", [logging]); let logging = Target.Dependency.product(name: "Logging", package: "l")"#,
        #"tests("DryportStoreTests", shared)"#,
    ])
    func breachesOfTheManifestAreFound(text: String) {
        let breaches = ManifestCheck.breaches(in: "\n" + text)
        #expect(breaches.count == 1)
        #expect(breaches.first?.line == 2)
    }

    // MARK: The text of files

    @Test(arguments: [
        "let a = Date()", "let a = Date.now", "let c = ContinuousClock()", "let c: ContinuousClock.Instant",
        "var g = SystemRandomNumberGenerator()", "let r = Int.random(in: 0..<3)",
        "let r = Int.random(\n    in: 0..<f(3))",
        "let e = list.randomElement()", "list.shuffle()", "let l = Logger(label: \"x\")", "print(1)", "Task { work() }",
        "let t = Task {", "return Task\n{ }", "Task.detached { }", "let m = Mutex(1)", "let m: Mutex<Int>",
        "let u = UUID()", "let s = \"\\(Date())\"",
    ])
    func impureCodeIsFound(text: String) {
        let breaches = CodeCheck.purityBreaches(in: file("DryportModel", "\n" + text))
        #expect(breaches.count == 1)
        #expect(breaches.first?.line == 2)
    }

    @Test(arguments: [
        "let a = Date(timeIntervalSince1970: 0)", "let update = candidate()",
        "let r = Int.random(in: 0..<3, using: &g)",
        "let e = list.randomElement(using: &g)", "// print(1)", "let s = \"Task { print(1) }\"",
        "let f = fingerprint(1)",
        "public struct Task {", "extension Task {", "func a() -> Task {", "if x is Task {", "switch x as Task {",
        "let t = RunTask { }", "struct A: Task {", "func random(in range: Range<Int>) {}", "case Model.Task { }",
    ])
    func pureCodePasses(text: String) {
        #expect(CodeCheck.purityBreaches(in: file("DryportModel", text)).isEmpty)
    }

    @Test func theLicenceIsTheFirstLine() {
        #expect(CodeCheck.licenceBreaches(in: file("DryportModel", CodeCheck.licence + "\n\nimport X\n")).isEmpty)
        for text in [
            "", "import X\n", "\n" + CodeCheck.licence + "\n", CodeCheck.licence + "\nimport X\n", "// SPDX\n\n",
        ] {
            #expect(CodeCheck.licenceBreaches(in: file("DryportModel", text)).count == 1, "\(text)")
        }
    }

    @Test func longFilesAreFound() {
        #expect(CodeCheck.lengthBreaches(in: file("A", String(repeating: "a\n", count: 500))).isEmpty)
        #expect(CodeCheck.lengthBreaches(in: file("A", String(repeating: "a\n", count: 501))).count == 1)
        #expect(CodeCheck.lengthBreaches(in: file("A", String(repeating: "a\n", count: 500) + "a")).count == 1)
    }

    @Test(arguments: [
        "func a() {", "init(b: () -> Int = { 1 }) {", "public init?(b: Int) {",
        "func a<T>(_ b: [Int]) throws -> T where T: P {",
        "private func fund() -> [Int: String] {",
    ])
    func longFunctionsAreFound(head: String) {
        func text(_ lines: Int) -> String {
            let body = Array(repeating: "    if a { b() } else { c(\"}\") } // }", count: lines - 2)
            return "\nstruct S {\n\(head)\n\(body.joined(separator: "\n"))\n}\n}\n"
        }
        #expect(CodeCheck.functionBreaches(in: file("A", text(70))).isEmpty)
        let breaches = CodeCheck.functionBreaches(in: file("A", text(71)))
        #expect(breaches.count == 1)
        #expect(breaches.first?.line == 3)
        #expect(breaches.first?.offence.hasSuffix("has 71 lines") == true)
    }

    @Test func whatIsNoFunctionMayBeLong() {
        let lines = Array(repeating: "    case a", count: 100).joined(separator: "\n")
        for text in [
            "protocol P {\n    func a()\n}\nenum E {\n\(lines)\n}",
            "protocol P {\n    func a()\n    var b: Int { get }\n}",
            "struct S {\n    let a = S.init(1)\n    enum E {\n\(lines)\n    }\n}",
            "func a() {\n}\nenum E {\n\(lines)\n}", "func a(b: () -> Void = {}) {}\nenum E {\n\(lines)\n}",
        ] {
            #expect(CodeCheck.functionBreaches(in: file("A", text)).isEmpty, "\(text.prefix(60))")
        }
    }
}
