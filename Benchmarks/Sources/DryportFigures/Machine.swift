// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What was measured, and on what.
struct Machine: Encodable, CustomStringConvertible {
    let processor: String
    let cores: Int
    let memory: String
    let system: String
    let fileSystem: String
    let swift: String
    let commit: String
    let date: String
    let loadAtStart: String
    var loadAtEnd: String?

    init(directory: URL) {
        processor = Self.field("model name", of: "/proc/cpuinfo") ?? "unknown"
        cores = ProcessInfo.processInfo.activeProcessorCount
        memory = Self.field("MemTotal", of: "/proc/meminfo") ?? "\(ProcessInfo.processInfo.physicalMemory >> 10) kB"
        system = "\(Self.field("PRETTY_NAME", of: "/etc/os-release") ?? ""), kernel \(Self.output(["uname", "-sr"]))"
        fileSystem = Self.fileSystem(of: directory.resolvingSymlinksInPath().path(percentEncoded: false))
        swift = Self.output(["swift", "--version"]).split(separator: "\n").first.map(String.init) ?? "unknown"
        let root = URL(filePath: #filePath).deletingLastPathComponent().path(percentEncoded: false)
        let changed = Self.output(["git", "-C", root, "status", "--porcelain", "--untracked-files=no"])
        commit = Self.output(["git", "-C", root, "rev-parse", "HEAD"]) + (changed.isEmpty ? "" : ", with changes")
        date = Date().formatted(.iso8601)
        loadAtStart = Self.load
    }

    /// The load averages of the last 1, 5 and 15 minutes.
    static var load: String {
        text("/proc/loadavg").split(separator: " ").prefix(3).joined(separator: " ")
    }

    var description: String {
        """
        processor    \(processor), \(cores) cores
        memory       \(memory)
        system       \(system)
        file system  \(fileSystem)
        compiler     \(swift)
        commit       \(commit)
        date         \(date)
        load average \(loadAtStart) (1, 5, 15 minutes)
        """
    }

    /// Runs a command to its end; what it printed, or nothing if it failed.
    private static func output(_ arguments: [String]) -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return "" }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return "" }
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    /// The value of a line such as `name: value` or `NAME="value"`.
    private static func field(_ name: String, of path: String) -> String? {
        let line = text(path).split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(maxSplits: 1) { $0 == ":" || $0 == "=" }.last?.trimmingCharacters(
            in: .init(charactersIn: " \""))
    }

    /// The type of the file system that holds a path.
    private static func fileSystem(of path: String) -> String {
        var best = (length: 0, type: "unknown")
        for line in text("/proc/self/mounts").split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 2 else { continue }
            let point = fields[1] == "/" ? "" : fields[1]
            guard path == point || path.hasPrefix("\(point)/"), point.count + 1 >= best.length else { continue }
            best = (point.count + 1, String(fields[2]))
        }
        return best.type
    }
}
