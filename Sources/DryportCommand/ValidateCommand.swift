// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DryportMessages

/// `dryport validate`
struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check task definitions without registering them.",
        discussion: """
            A file holds what aws ecs register-task-definition takes with --cli-input-json, or what \
            aws ecs describe-task-definition prints, of which the members that AWS computes are ignored. A definition \
            without requiresCompatibilities is taken to be for launch type EXTERNAL, which is what Dryport runs.

            Members that the API does not have are warnings: a control plane ignores them, so that a mistyped one \
            does nothing.

            The exit code is 0 if every definition is valid, 1 if one is not, and 64 if a file could not be read.
            """)

    @Argument(help: ArgumentHelp("Task definitions; - for standard input.", valueName: "FILE"))
    var files: [String]

    @Flag(help: "Take warnings for violations.")
    var strict = false

    @Option(help: "How to print: text or json.")
    var output: OutputFormat = .text

    func run() throws {
        let reports = files.map { ValidationReport(path: $0, isStrict: strict) }
        switch output {
        case .text: for report in reports { report.printText() }
        case .json: print(String(decoding: try JSONCoding.encode(reports), as: UTF8.self))
        }
        if reports.contains(where: \.isUnreadable) { throw ExitCode(64) }
        if reports.contains(where: { !$0.valid }) { throw ExitCode(1) }
    }
}

extension ValidationReport {
    /// Prints a line for each finding, or one that says that there is none. What kept the file from being read goes to
    /// standard error, as with every command.
    fileprivate func printText() {
        if isUnreadable {
            for violation in violations { printError("dryport: \(file): \(violation.message)".inOneLine) }
            return
        }
        for violation in violations { print("\(file): \(violation)".inOneLine) }
        for warning in warnings { print("\(file): warning: \(warning)".inOneLine) }
        guard valid else { return }
        let launchTypes = compatibilities.isEmpty ? "none" : compatibilities.joined(separator: ", ")
        print("\(file): ok (family: \(family ?? ""), compatibilities: \(launchTypes))".inOneLine)
    }
}

extension String {
    /// The text without control characters: names in it come from the file.
    fileprivate var inOneLine: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
    }
}
