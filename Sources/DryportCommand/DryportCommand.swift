// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The executable `dryport`: wiring and arguments, nothing else. Every command is a thin layer over the library's
/// public API, so that whatever it does can be done from Swift as well.
@main
struct DryportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dryport",
        abstract: "Amazon ECS Anywhere on your own machines: control plane, agent, and both at once.",
        discussion: """
            Every option can also be given as an environment variable, DRYPORT_ and the option's name \
            (--account-id is DRYPORT_ACCOUNT_ID), or as a key of a JSON file named by --config \
            ({"account-id": "123456789012"}). The command line wins over the environment, which wins over the file.
            """,
        version: version,
        subcommands: [
            Run.self, Dev.self, Server.self, Agent.self, Admin.self, Placement.self, Validate.self, Version.self,
        ])

    /// The version of this build.
    static let version = "0.1.0"

    /// Parses, runs, and ends with one line for whatever goes wrong: 64 for what the user can mend, 1 for the rest.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as UsageError {
            end(error, code: 64)
        } catch let error as ExitCode {
            exit(withError: error)
        } catch let error where exitCode(for: error) != .failure {
            // Help, the version, and arguments that cannot be parsed.
            exit(withError: error)
        } catch {
            end(error, code: 1)
        }
    }

    private static func end(_ error: any Error, code: Int32) -> Never {
        printError("dryport: \(error)")
        exit(withError: ExitCode(code))
    }
}

/// `dryport version`
struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the version.")

    @Option(help: "How to print: text or json.")
    var output: OutputFormat = .text

    func run() {
        switch output {
        case .text: print("dryport \(DryportCommand.version)")
        case .json: print(#"{"name":"dryport","version":"\#(DryportCommand.version)"}"#)
        }
    }
}

/// How a command prints.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}
