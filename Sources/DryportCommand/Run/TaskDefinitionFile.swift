// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DryportMessages
import DryportModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A task definition in a file, in the JSON of RegisterTaskDefinition.
struct TaskDefinitionFile {
    /// What to register.
    let request: ECS.RegisterTaskDefinitionRequest

    /// Reads and checks a file.
    /// - Throws: `UsageError` that names the file and, for each mistake, the place in it.
    init(path: String) throws {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw UsageError("\(path): the file cannot be read: \(error.fileReason)")
        }
        do throws(APIError) {
            request = try JSONCoding.decode(ECS.RegisterTaskDefinitionRequest.self, from: Array(bytes))
        } catch {
            throw UsageError("\(path): \(error.message)")
        }
        let violations = request.taskDefinition.violations()
        guard violations.isEmpty else {
            throw UsageError(violations.map { "\(path): \($0.path): \($0.message)" }.joined(separator: "\n"))
        }
    }
}

/// A directory for the time of one run.
struct TemporaryDirectory {
    let path: String

    init() throws {
        var random = SystemRandomNumberGenerator()
        path = FileManager.default.temporaryDirectory.path(percentEncoded: false) + "dryport-\(random.hexadecimal(12))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    /// Removes the directory and everything in it; nothing happens if it is gone.
    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
