// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Prints the first figures of the project: how fast a task starts, what idle processes hold, and how many calls of
/// RunTask a second are placed and committed. Every load is bounded in count and time; nothing here is a test.
@main
struct Figures {
    static func main() async throws {
        let executable = try Build.release()
        print(Machine.description)
        print("")
        try await Starting.measure(executable: executable)
        try await Idle.measure(executable: executable)
        try await Committing.measure()
    }
}

/// The executable under measurement: `make figures` builds it beside this one, with the same settings.
enum Build {
    static func release() throws -> String {
        let path = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "dryport").path()
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw FigureError("\(path) is missing; use make figures")
        }
        return path
    }
}

struct FigureError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

enum Shell {
    /// Runs a command to its end; for short ones.
    static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}

/// What was measured on.
enum Machine {
    static var description: String {
        func first(_ path: String, _ prefix: String) -> String? {
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            let line = text.split(separator: "\n").first { $0.hasPrefix(prefix) }
            return line?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.prefix(14) ?? ""
        let kernel = (try? Shell.run(["uname", "-sr"]).output.trimmingCharacters(in: .newlines)) ?? ""
        let commit =
            (try? Shell.run(["git", "rev-parse", "--short", "HEAD"]).output.trimmingCharacters(in: .newlines)) ?? ""
        return """
            processor  \(first("/proc/cpuinfo", "model name") ?? "unknown"), \(ProcessInfo.processInfo.activeProcessorCount) cores
            memory     \(first("/proc/meminfo", "MemTotal") ?? "unknown")
            system     \(kernel), load \(load)
            commit     \(commit)
            """
    }
}

/// Figures of one thing, measured several times.
struct Samples {
    private var values: [Double] = []

    mutating func add(_ value: Double) { values.append(value) }

    private func percentile(_ share: Double) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }

    var count: Int { values.count }

    func line(_ name: String, unit: String) -> String {
        func text(_ value: Double) -> String { String(format: "%.1f", value) }
        return "\(name.padding(toLength: 52, withPad: " ", startingAt: 0))"
            + "min \(text(percentile(0)))  median \(text(percentile(0.5)))  p99 \(text(percentile(0.99)))"
            + "  max \(text(values.max() ?? 0)) \(unit)  (n = \(count))"
    }
}
