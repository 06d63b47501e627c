// SPDX-License-Identifier: Apache-2.0

import DryportModel
public import DryportRuntime

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a container of the conformance suite does, said once as an intent and once as a command.
///
/// A runtime that starts processes runs ``command``; a runtime that only plays containers reads the intent
/// from the variable ``environmentName``, which every container of the suite carries.
public enum ConformanceProgram: Sendable, Hashable, Codable {
    /// Ends at once with this code, 0–255.
    case exit(code: Int)
    /// Prints ``readyLine`` and waits for ever; SIGTERM ends it with 143.
    case sleepForever
    /// Prints ``readyLine`` and waits for ever; the signal, such as `TERM`, ends it with this code.
    case trap(signal: String, exitCode: Int)
    /// Prints ``readyLine`` and waits for ever; SIGTERM does nothing.
    case ignoreTerm
    /// Writes the two texts, ends with 0.
    case print(stdout: String, stderr: String)
    /// Writes so many letters `x` to standard output, ends with 0.
    case printBytes(count: Int)
    /// Writes the value of a variable and a newline, ends with 0.
    case printVariable(name: String)
    /// Writes the working directory and a newline, ends with 0.
    case printWorkingDirectory
    /// Writes each element of the specification's `command` as `[element]` and a newline, ends with 0.
    case printArguments
    /// Cannot be started, for there is no such program.
    case missing

    /// The environment variable that holds the program's intent.
    public static let environmentName = "DRYPORT_CONFORMANCE_PROGRAM"

    /// The line that waiting programs write to standard output when they are ready for signals.
    public static let readyLine = "ready\n"

    /// The intent as a value of ``environmentName``.
    public var environmentValue: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // An enum of numbers and strings always encodes.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Reads the intent back.
    /// - Parameter spec: A container's specification.
    /// - Returns: nil if the container is not one of the suite's.
    public init?(_ spec: ContainerSpec) {
        guard let value = spec.environment[Self.environmentName],
            let program = try? JSONDecoder().decode(Self.self, from: Data(value.utf8))
        else { return nil }
        self = program
    }

    /// The arguments of a process that does this. They need `sh`, `sleep`, `head` and `tr`, as in any
    /// POSIX system and in the image `busybox`. ``printArguments`` is an entry point: append a command.
    public var command: [String] {
        if case .missing = self { return ["/nonexistent/dryport-conformance"] }
        return ["sh", "-c", script, "sh"]
    }

    private var script: String {
        // The shell must not sit in a foreground command when the signal comes, for it would act on the
        // signal only after that command; it does interrupt `wait`.
        let wait = "echo ready; sleep 1000000 & wait $!"
        return switch self {
        case .exit(let code): "exit \(code)"
        case .sleepForever: "trap 'exit 143' TERM; \(wait)"
        case .trap(let signal, let code): "trap 'exit \(code)' \(signal); \(wait)"
        case .ignoreTerm: "trap '' TERM; echo ready; while :; do sleep 1; done"
        case .print(let stdout, let stderr):
            "printf %s \(Self.quoted(stdout)); printf %s \(Self.quoted(stderr)) >&2"
        case .printBytes(let count): "head -c \(count) /dev/zero | tr '\\0' x"
        case .printVariable(let name): "printf '%s\\n' \"$\(name)\""
        case .printWorkingDirectory: "pwd"
        case .printArguments: "for argument; do printf '[%s]\\n' \"$argument\"; done"
        case .missing: "exit 127"
        }
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
