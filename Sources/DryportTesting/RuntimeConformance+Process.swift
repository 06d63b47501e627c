// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportRuntime
import Testing

/// What reaches the process, and what comes out of it.
extension RuntimeConformance {
    func reportsExitCodes(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        for code in [0, 7] {
            let handle = try await scope.launch(.exit(code: code), named: "code\(code)")
            let exit = try await scope.exit(of: handle)
            #expect(exit.code == code, sourceLocation: scope.location)
            #expect(!exit.isOutOfMemory, sourceLocation: scope.location)
        }
    }

    func refusesMissingCommand(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let handle = try await scope.runtime.create(scope.spec(.missing))
        do {
            try await scope.runtime.start(handle)
            let exit = try await scope.exit(of: handle)
            #expect(exit.code == 127, sourceLocation: scope.location)
        } catch let error as RuntimeError {
            #expect(error.code == .cannotStartContainer, sourceLocation: scope.location)
            #expect(
                error.message.contains("/nonexistent/dryport-conformance"),
                "the message names the command: \(error.message)", sourceLocation: scope.location)
            let observation = try await scope.runtime.inspect(handle)
            #expect(observation?.state != .running, sourceLocation: scope.location)
        }
        try await scope.runtime.remove(handle, volumes: [])
        #expect(try await scope.runtime.inspect(handle) == nil, sourceLocation: scope.location)
    }

    func passesEnvironment(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let values = ["plain", "", "two  words", "quote ' \" \\ $HOME `x` *", "line\nbreak\ttab", "größer ✓"]
        for (number, value) in values.enumerated() {
            var spec = scope.spec(.printVariable(name: "CONFORMANCE_VALUE"), named: "value\(number)")
            spec.environment["CONFORMANCE_VALUE"] = value
            let output = try await scope.outputOfRun(spec)
            #expect(output == value + "\n", sourceLocation: scope.location)
        }
    }

    func passesWorkingDirectory(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        var spec = scope.spec(.printWorkingDirectory)
        spec.workingDirectory = "/usr"
        #expect(try await scope.outputOfRun(spec) == "/usr\n", sourceLocation: scope.location)
    }

    func passesEntryPointAndCommand(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        var spec = scope.spec(.printArguments)
        let arguments = ["one", "two words", "", "quote ' \" \\ $HOME `x` *", "line\nbreak", "-n", "größer ✓"]
        spec.entryPoint = spec.command
        spec.command = arguments
        let output = try await scope.outputOfRun(spec)
        #expect(output == arguments.map { "[\($0)]\n" }.joined(), sourceLocation: scope.location)
    }

    func returnsOutput(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let both = try await scope.launch(.print(stdout: "to out\nno newline", stderr: "to error\n"))
        _ = try await scope.exit(of: both)
        // Twice, as reading does not consume.
        for follow in [false, true] {
            let output = try await scope.output(of: both, follow: follow)
            #expect(
                String(decoding: output.stdout, as: UTF8.self) == "to out\nno newline",
                sourceLocation: scope.location)
            #expect(String(decoding: output.stderr, as: UTF8.self) == "to error\n", sourceLocation: scope.location)
        }

        let count = 300_000
        let large = try await scope.launch(.printBytes(count: count), named: "large")
        _ = try await scope.exit(of: large)
        let output = try await scope.output(of: large, follow: false)
        #expect(output.stdout.count == count, sourceLocation: scope.location)
        #expect(output.stdout.allSatisfy { $0 == UInt8(ascii: "x") }, sourceLocation: scope.location)
        #expect(output.stderr.isEmpty, sourceLocation: scope.location)
    }

    func followsOutputUntilExit(_ scope: RuntimeConformanceScope<Runtime>) async throws {
        let handle = try await scope.launch(.trap(signal: "TERM", exitCode: 0))
        try await scope.ready(handle)
        let soFar = try await scope.output(of: handle, follow: false)
        #expect(soFar.stdout == Array(ConformanceProgram.readyLine.utf8), sourceLocation: scope.location)

        async let all = scope.output(of: handle, follow: true)
        try await scope.runtime.stop(handle, signal: nil, gracePeriod: scope.fixture.patience)
        #expect(try await all.stdout == Array(ConformanceProgram.readyLine.utf8), sourceLocation: scope.location)
    }
}
