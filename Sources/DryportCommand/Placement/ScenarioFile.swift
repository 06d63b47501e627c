// SPDX-License-Identifier: Apache-2.0

import DryportPlacement

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A scenario in a file.
struct ScenarioFile {
    /// What is called so in errors.
    private let name: String
    private var scenario: PlacementScenario

    /// Reads and checks a file.
    /// - Parameter path: The path, or `-` for standard input.
    /// - Throws: `UsageError` that names the file and the place in it.
    init(path: String) throws {
        let bytes: Data
        if path == "-" {
            name = "standard input"
            bytes = try Self.standardInput()
        } else {
            name = path
            do {
                bytes = try Data(contentsOf: URL(filePath: path))
            } catch {
                throw UsageError("\(path): the file cannot be read: \(error.fileReason)")
            }
        }
        do throws(PlacementScenarioError) {
            scenario = try PlacementScenario(json: bytes)
        } catch {
            throw UsageError("\(name): \(error)")
        }
    }

    /// Finds policies by their names; strategies that are no names become policies of the scenario.
    /// - Parameters:
    ///   - names: What the command line says; nil in the result stands for each task's own strategies.
    ///   - isComparing: Whether there must be two at least.
    mutating func policies(_ names: [String], comparing isComparing: Bool) throws -> [PlacementScenario.Policy?] {
        var policies: [PlacementScenario.Policy?] = []
        for name in names {
            if name == PlacementScenario.ownPolicyName {
                policies.append(nil)
            } else if let known = scenario.policies.first(where: { $0.name == name }) {
                policies.append(known)
            } else {
                let policy = try Self.parsed(name, known: scenario.policies.map(\.name))
                scenario.policies.append(policy)
                policies.append(policy)
            }
        }
        if names.isEmpty { policies = scenario.policies.isEmpty ? [nil] : scenario.policies }
        if isComparing && policies.count == 1 && policies[0] != nil { policies.insert(nil, at: 0) }
        guard !isComparing || policies.count > 1 else {
            throw UsageError("--compare: \(name) has no policies to compare; name some with --policy")
        }
        return policies
    }

    private static func parsed(_ text: String, known: [String]) throws -> PlacementScenario.Policy {
        do throws(PlacementScenarioError) {
            return try PlacementScenario.Policy(parsing: text)
        } catch {
            let names = [PlacementScenario.ownPolicyName] + known
            throw UsageError("--policy \(text): \(error.message); nor is it one of \(names.joined(separator: ", "))")
        }
    }

    /// Does something with the scenario; what is wrong with it then is the file's fault.
    func checked<Result>(
        _ body: (PlacementScenario) throws(PlacementScenarioError) -> Result
    ) throws -> Result {
        do throws(PlacementScenarioError) {
            return try body(scenario)
        } catch {
            throw UsageError("\(name): \(error)")
        }
    }

    static func standardInput() throws -> Data {
        var data = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count > 0 {
                data.append(contentsOf: buffer[..<count])
            } else if count == 0 {
                return data
            } else if errno != EINTR {
                throw UsageError("standard input: it cannot be read: \(String(cString: strerror(errno)))")
            }
        }
    }
}
