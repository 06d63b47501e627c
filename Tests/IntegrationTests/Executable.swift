// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

/// A `dryport` process that a test started, with everything it printed.
///
/// It prints into files. The ends of a pipe would be known too late, since processes that other tests start at the same
/// moment inherit them, or too early, since a handle on a pipe may wake up for nothing.
final class Executable: Sendable {
    let identifier: Int32
    private let process: Process
    private let directory: URL
    private let ended: Mutex<Int32?>

    /// The built executable lies beside the test bundle.
    static let path: String = {
        let directory = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        return directory.appending(path: "dryport").path(percentEncoded: false)
    }()

    /// Starts a process.
    /// - Parameters:
    ///   - program: The path of the program; `dryport` itself if none is given.
    ///   - environment: Added to the test's own.
    init(_ arguments: [String], program: String = Executable.path, environment: [String: String] = [:]) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("AWS_") }
        variables.merge(environment) { $1 }
        process.environment = variables
        directory = FileManager.default.temporaryDirectory.appending(path: "dryport-output-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        process.standardOutput = try Self.file("output", in: directory)
        process.standardError = try Self.file("errors", in: directory)
        process.standardInput = FileHandle.nullDevice
        ended = Mutex(nil)
        self.process = process
        try process.run()
        identifier = process.processIdentifier
        let owner = self
        process.terminationHandler = { process in
            let status =
                process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
            owner.ended.withLock { $0 = status }
            // It holds its owner, who holds it.
            process.terminationHandler = nil
        }
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    private static func file(_ name: String, in directory: URL) throws -> FileHandle {
        let url = directory.appending(path: name)
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }

    private func text(_ name: String) -> String {
        String(decoding: (try? Data(contentsOf: directory.appending(path: name))) ?? Data(), as: UTF8.self)
    }

    /// Standard output so far.
    var output: String { text("output") }

    /// Standard error so far.
    var errors: String { text("errors") }

    /// The exit code, 128 + n after signal n; nil while it runs.
    var status: Int32? { ended.withLock { $0 } }

    /// Sends a signal.
    func signal(_ number: Int32) { kill(identifier, number) }

    /// Waits for the end.
    @discardableResult
    func wait(seconds: Double = 60) async throws -> Int32 {
        try await eventually(seconds: seconds, "the end of the process: \(errors)") { self.status }
    }

    /// Ends the process at once, as a crash would.
    func crash() async throws {
        signal(SIGKILL)
        try await wait()
    }
}

/// Waits until a condition holds; asks again and again, and gives up with an issue after a long time.
func eventually<Value>(
    seconds: Double = 60, _ what: String, _ condition: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
        if let value = try await condition() { return value }
        try await Task.sleep(for: .milliseconds(50))
    }
    throw TimeoutError(what: what)
}

struct TimeoutError: Error, CustomStringConvertible {
    let what: String
    var description: String { "waited in vain for \(what)" }
}
