// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

/// A `dryport` process that a test started, with everything it printed.
final class Executable: Sendable {
    private struct State {
        var output = Data()
        var errors = Data()
        var status: Int32?
        /// How many of the two have not been read to their end.
        var openPipes = 2
    }

    let identifier: Int32
    private let process: Process
    private let state: Mutex<State>

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
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        let state = Mutex(State())
        self.state = state
        self.process = process
        try process.run()
        identifier = process.processIdentifier
        let owner = self
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            owner.state.withLock {
                $0.output.append(data)
                if data.isEmpty { $0.openPipes -= 1 }
            }
        }
        errors.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            owner.state.withLock {
                $0.errors.append(data)
                if data.isEmpty { $0.openPipes -= 1 }
            }
        }
        process.terminationHandler = { process in
            let status =
                process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
            owner.state.withLock { $0.status = status }
        }
    }

    /// Standard output so far.
    var output: String { state.withLock { String(decoding: $0.output, as: UTF8.self) } }

    /// Standard error so far.
    var errors: String { state.withLock { String(decoding: $0.errors, as: UTF8.self) } }

    /// The exit code, 128 + n after signal n; nil while it runs.
    var status: Int32? { state.withLock { $0.status } }

    /// Sends a signal.
    func signal(_ number: Int32) { kill(identifier, number) }

    /// Waits for the end, and for what was printed before it.
    @discardableResult
    func wait(seconds: Double = 60) async throws -> Int32 {
        let status = try await eventually(seconds: seconds, "the end of the process: \(errors)") { self.status }
        // The end is known before the last output is read. A process that it left behind may hold the pipes open.
        _ = try? await eventually(seconds: 5, "the rest of the output") {
            self.state.withLock { $0.openPipes == 0 } ? true : nil
        }
        return status
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
