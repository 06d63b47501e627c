// SPDX-License-Identifier: Apache-2.0

import Subprocess
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Programs that tests run, where they are installed.
struct Command: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    struct Output: Sendable {
        var isSuccess: Bool
        var text: String
        var errors: String
    }

    let name: String

    static let aws = Command(name: "aws")
    static let curl = Command(name: "curl")
    static let openssl = Command(name: "openssl")

    /// Whether it is on the path, or has to be because `DRYPORT_REQUIRE` names it.
    func isWanted() async -> Bool {
        let required = ProcessInfo.processInfo.environment["DRYPORT_REQUIRE"] ?? ""
        if required.split(separator: ",").contains(where: { $0 == name }) { return true }
        return (try? await Executable.name(name).resolveExecutablePath(in: .inherit)) != nil
    }

    func run(_ arguments: [String], environment: [Environment.Key: String?] = [:]) async throws -> Output {
        let result = try await Subprocess.run(
            .name(name), arguments: Arguments(arguments), environment: .inherit.updating(environment),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return Output(
            isSuccess: result.terminationStatus.isSuccess, text: result.standardOutput,
            errors: result.standardError)
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs a test only where a program is installed, or is required by `DRYPORT_REQUIRE`.
    static func needs(_ command: Command) -> Self {
        .enabled("\(command.name) is not on the path, and DRYPORT_REQUIRE does not name it") {
            await command.isWanted()
        }
    }
}
