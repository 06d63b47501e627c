// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DryportRuntime
import DryportRuntimeDocker
import DryportRuntimeProcess
import Logging

/// `--runtime`
enum RuntimeName: String, ExpressibleByArgument, CaseIterable {
    case auto
    case docker
    case containerd
    case process
}

/// The runtime that a command uses, and why.
struct RuntimeChoice {
    /// Docker or plain processes.
    let runtime: any ContainerRuntime
    /// What to tell the user, such as `docker at /var/run/docker.sock`.
    let description: String
    private let docker: DockerRuntime?

    /// Chooses a runtime.
    /// - Parameters:
    ///   - name: What the user wants; `auto` takes Docker if its socket answers, else plain processes.
    ///   - directory: Where the process runtime keeps containers.
    /// - Throws: `UsageError` if the user wants something that is not there.
    init(_ name: String, directory: DataDirectory, logger: Logger) async throws {
        guard let wanted = RuntimeName(rawValue: name) else {
            let known = RuntimeName.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("--runtime \(name): not one of \(known)")
        }
        guard wanted != .containerd else {
            throw UsageError("--runtime containerd: this version has no runtime for containerd; use docker or process")
        }
        var reason = ""
        if wanted != .process {
            let docker = DockerRuntime(logger: logger)
            do {
                let capabilities = try await docker.capabilities()
                self.runtime = docker
                self.docker = docker
                self.description = "docker \(capabilities.version)"
                return
            } catch {
                await docker.close()
                guard wanted == .auto else { throw UsageError("--runtime docker: \(error.message)") }
                reason = ", as Docker does not answer"
            }
        }
        self.runtime = try ProcessRuntime(stateDirectory: directory.containers, logger: logger)
        self.docker = nil
        self.description = "plain processes\(reason)"
    }

    /// Lets go of the engine; containers go on.
    func close() async { await docker?.close() }
}
