// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Configuration
import SystemPackage

/// Options of a command from all their sources: the command line, then the environment (`DRYPORT_…`), then the
/// file named by `--config`.
struct Settings {
    private let reader: ConfigReader

    /// Reads the sources.
    /// - Parameter file: The path of a JSON file, or nil for none.
    /// - Throws: `UsageError` if the file cannot be read or is not a JSON object.
    init(file: String?) async throws {
        var providers: [any ConfigProvider] = [EnvironmentVariablesProvider().prefixKeys(with: ["dryport"])]
        if let file {
            do {
                providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(file)))
            } catch {
                throw UsageError("\(file): not a readable JSON object of settings: \(error)")
            }
        }
        reader = ConfigReader(providers: providers)
    }

    /// The value of an option, nil if no source has it.
    /// - Parameters:
    ///   - name: The option's name without dashes.
    ///   - argument: What the command line says.
    func value(_ name: String, _ argument: String?) -> String? {
        argument ?? reader.string(forKey: ConfigKey([name]))
    }

    /// The value of an option, or its default.
    func value(_ name: String, _ argument: String?, default fallback: String) -> String {
        value(name, argument) ?? fallback
    }

    /// The value of a flag.
    func flag(_ name: String, _ argument: Bool) -> Bool {
        argument || reader.bool(forKey: ConfigKey([name]), default: false)
    }

    /// The values of an option that may be repeated.
    func list(_ name: String, _ arguments: [String]) -> [String] {
        arguments.isEmpty ? reader.stringArray(forKey: ConfigKey([name]), default: []) : arguments
    }
}

/// Options that every command with state has.
struct CommonOptions: ParsableArguments {
    @Option(help: "A JSON file with settings.")
    var config: String?

    @Option(help: "The directory for state (default: $XDG_STATE_HOME/dryport).")
    var data: String?

    @Option(help: "What to log: trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?
}
