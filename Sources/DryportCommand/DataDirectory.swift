// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DryportCredentials

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The directory in which a command keeps its state. Only its owner can read it.
struct DataDirectory {
    /// Its absolute path.
    let path: String

    /// Opens a directory, creating it if it does not exist.
    /// - Parameter path: The path, or nil for `$XDG_STATE_HOME/dryport`.
    init(_ path: String?) throws {
        let manager = FileManager.default
        let chosen = path ?? Self.standardPath
        self.path = chosen.hasPrefix("/") ? chosen : manager.currentDirectoryPath + "/" + chosen
        do {
            try manager.createDirectory(
                atPath: self.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw UsageError("--data \(self.path): the directory cannot be created: \(error.fileReason)")
        }
    }

    /// Where state is kept if no directory is named.
    static var standardPath: String {
        let environment = ProcessInfo.processInfo.environment
        if let state = environment["XDG_STATE_HOME"], !state.isEmpty { return state + "/dryport" }
        return (environment["HOME"] ?? "/var/lib") + "/.local/state/dryport"
    }

    /// The control plane's database.
    var controlPlaneDatabase: String { path + "/control-plane.sqlite" }

    /// The agent's database.
    var agentDatabase: String { path + "/agent.sqlite" }

    /// Where the process runtime keeps containers.
    var containers: String { path + "/containers" }

    /// The administrator's credentials, in the format that AWS's tools read.
    var credentials: String { path + "/credentials" }

    /// The administrator's access key: from the environment if it is given there, else from the file, which is
    /// written on the first start.
    func administrator(_ settings: Settings) throws -> AccessKey {
        if let id = settings.value("admin-access-key-id", nil),
            let secret = settings.value("admin-secret-access-key", nil)
        {
            return AccessKey(id: id, secret: Redacted(secret))
        }
        if FileManager.default.fileExists(atPath: credentials) { return try readAdministrator() }
        var random = SystemRandomNumberGenerator()
        let key = AccessKey.generate(using: &random)
        let text = """
            [default]
            aws_access_key_id = \(key.id)
            aws_secret_access_key = \(key.secret.exposed)

            """
        guard
            FileManager.default.createFile(
                atPath: credentials, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw UsageError("\(credentials): the file cannot be written") }
        return key
    }

    private func readAdministrator() throws -> AccessKey {
        guard let bytes = FileManager.default.contents(atPath: credentials) else {
            throw UsageError("\(credentials): the file cannot be read")
        }
        var values: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            values[Self.trimmed(parts[0])] = Self.trimmed(parts[1])
        }
        guard let id = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] else {
            throw UsageError(
                "\(credentials): aws_access_key_id or aws_secret_access_key is missing; remove the file to have a new one written"
            )
        }
        return AccessKey(id: id, secret: Redacted(secret))
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop(while: \.isWhitespace)
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
