// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DryportCredentials
import DryportMessages
import DryportModel
import Logging

/// `dryport run`
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run one task of a task definition on this host and show what happens.",
        discussion: """
            Control plane and agent live in this process; state is kept in a temporary directory. The exit code is that of \
            the essential container that ended the task; 1 if the task did not start, 124 after --timeout, 130 after \
            Ctrl-C.
            """)

    @Argument(help: ArgumentHelp("A task definition in AWS's JSON.", valueName: "FILE"))
    var file: String

    @Option(help: "What runs containers: auto, docker, containerd or process (default: auto).")
    var runtime: String?

    @Option(help: ArgumentHelp("Stop the task after this time, such as 90s, 5m or 1h.", valueName: "DURATION"))
    var timeout: String?

    @Option(help: "How to print: text or json, which is one JSON object a line.")
    var output: OutputFormat = .text

    @Option(help: "A JSON file with settings.")
    var config: String?

    @Option(help: "What to log: trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?

    func run() async throws {
        let settings = try await Settings(file: config)
        let definition = try TaskDefinitionFile(path: file).request
        let limit = try settings.value("timeout", timeout).map { try Self.duration($0, of: "--timeout") }
        let logger = try commandLogger("dryport.run", level: settings.value("log-level", logLevel), default: .error)
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let data = try DataDirectory(directory.path)
        let choice = try await RuntimeChoice(
            settings.value("runtime", runtime, default: "auto"), directory: data, logger: logger)
        let reporter = RunReporter(output: output, family: definition.family ?? "")
        let run = TaskRun(
            definition: definition, choice: choice, directory: data, limit: limit, reporter: reporter, logger: logger)
        let outcome = await Result { try await run.perform() }
        await choice.close()
        // Removes the directory before the process ends with a code of its own.
        directory.remove()
        throw ExitCode(try outcome.get())
    }

    /// Reads a duration: a number and one of ms, s, m, h; seconds if there is none.
    /// - Parameters:
    ///   - option: What it is the value of, for the error.
    ///   - minimum: The smallest number allowed; anything above zero if there is none.
    static func duration(
        _ text: String, of option: String, from minimum: Double = .leastNonzeroMagnitude
    ) throws -> Duration {
        let number = text.prefix { $0.isNumber || $0 == "." }
        guard let value = Double(number), (minimum...1e9).contains(value) else {
            throw UsageError("\(option) \(text): not a duration such as 90s, 5m or 1h")
        }
        switch text.dropFirst(number.count) {
        case "ms": return .milliseconds(value)
        case "", "s": return .seconds(value)
        case "m": return .seconds(value * 60)
        case "h": return .seconds(value * 3600)
        default: throw UsageError("\(option) \(text): not a duration such as 90s, 5m or 1h")
        }
    }
}
