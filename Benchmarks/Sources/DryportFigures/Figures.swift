// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// Prints the project's figures: how fast a task starts, what idle processes hold, and how many calls of RunTask a
/// second are placed and committed. Every load is bounded in count and in time. Nothing here is a test.
@main
struct Figures: AsyncParsableCommand {
    enum Part: String, ExpressibleByArgument, CaseIterable {
        case start
        case idle
        case commit
        case serve
        case load
    }

    enum Output: String, ExpressibleByArgument {
        case text
        case json
    }

    static let configuration = CommandConfiguration(
        commandName: "dryport-figures", abstract: "Measure Dryport on this machine.",
        discussion: "Documentation/Benchmarks.md says what each figure includes. Give the machine to it alone.")

    @Option(help: "What to measure: start, idle, commit, serve, load; repeatable (default: all).")
    var part: [Part] = []

    @Option(help: "How many tasks to start for each figure of a start, 1–1000.")
    var runs = 30

    @Option(help: "For how many seconds to watch idle processes, after 10 seconds of rest.")
    var idleSeconds = 30

    @Option(help: "The most seconds for one load of calls, 1–50.")
    var loadSeconds = 10

    @Option(help: "text or json.")
    var output = Output.text

    @Option(help: "The directory on whose disk to measure (default: that of this program).")
    var directory: String?

    func validate() throws {
        guard (1...1000).contains(runs) else { throw ValidationError("--runs \(runs): not 1–1000") }
        guard idleSeconds >= 1 else { throw ValidationError("--idle-seconds \(idleSeconds): not positive") }
        // Agents that do not answer heartbeats, as here, are disconnected after a minute.
        guard (1...50).contains(loadSeconds) else { throw ValidationError("--load-seconds \(loadSeconds): not 1–50") }
    }

    func run() async throws {
        let bench = try Bench(directory: directory, runs: runs)
        defer { bench.remove() }
        var report = Report(machine: Machine(directory: bench.directory), isPrinting: output == .text)
        report.printHead()
        let parts = Set(part.isEmpty ? Part.allCases : part)
        if parts.contains(.start) { try await Starting(bench: bench).measure(into: &report) }
        if parts.contains(.idle) { try await Idle(bench: bench, seconds: idleSeconds).measure(into: &report) }
        if parts.contains(.commit) { try await Committing(bench: bench, seconds: loadSeconds).measure(into: &report) }
        if parts.contains(.serve) { try await Serving(bench: bench, seconds: loadSeconds).measure(into: &report) }
        if parts.contains(.load) { try await Loading(bench: bench).measure(into: &report) }
        report.machine.loadAtEnd = Machine.load
        report.printTail()
    }
}

/// Where and how often things are measured.
struct Bench {
    /// A directory of this run's own.
    let directory: URL
    let runs: Int
    /// The release build of `dryport`, which the build of this program put beside it.
    let executable: String

    init(directory: String?, runs: Int) throws {
        let program = URL(filePath: Bundle.main.executablePath ?? CommandLine.arguments[0]).deletingLastPathComponent()
        executable = program.appending(path: "dryport").path(percentEncoded: false)
        guard FileManager.default.isExecutableFile(atPath: executable) else {
            throw FigureError("\(executable) is missing: run this by `make figures`, which builds it too")
        }
        #if DEBUG
        FileHandle.standardError.write(Data("warning: a debug build; add -c release for figures that count\n".utf8))
        #endif
        self.runs = runs
        let place = directory.map { URL(filePath: $0) } ?? program
        self.directory = place.appending(path: "figures-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
    }

    /// A new empty directory.
    func subdirectory() throws -> URL {
        let url = directory.appending(path: UUID().uuidString.prefix(8))
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    func remove() { try? FileManager.default.removeItem(at: directory) }
}

struct FigureError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
