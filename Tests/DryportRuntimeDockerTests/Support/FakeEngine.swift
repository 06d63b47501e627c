// SPDX-License-Identifier: Apache-2.0

import Logging

@testable import DryportRuntimeDocker

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A path for a socket that nobody uses. Short, as the names of sockets must be.
func temporarySocketPath() -> String {
    "/tmp/dryport-test-\(String(UInt64.random(in: .min ... .max), radix: 36)).sock"
}

/// Gives `body` a runtime whose engine is played by `answer`. Versions and information are answered already.
func withFakeEngine(
    apiVersion: String = "1.41", minimumAPIVersion: String = "1.12", limits: EngineLimits = EngineLimits(),
    answer: @escaping @Sendable (FakeServer.Request) -> FakeServer.Answer,
    _ body: (DockerRuntime, FakeServer) async throws -> Void
) async throws {
    let path = temporarySocketPath()
    let server = try await FakeServer.listen(socketPath: path) { request in
        if request.path == "/version" {
            let versions = #""ApiVersion":"\#(apiVersion)","MinAPIVersion":"\#(minimumAPIVersion)""#
            return .json(#"{"Version":"20.10.24",\#(versions)}"#)
        }
        if request.path.hasSuffix("/info") {
            return .json(#"{"Plugins":{"Log":["syslog"],"Network":["bridge"]},"SystemTime":"2026-05-07T21:09:36.5Z"}"#)
        }
        return answer(request)
    }
    let runtime = DockerRuntime(socketPath: path, logger: Logger(label: "test"), limits: limits)
    do {
        try await body(runtime, server)
    } catch {
        await runtime.close()
        await server.close()
        try? FileManager.default.removeItem(atPath: path)
        throw error
    }
    await runtime.close()
    await server.close()
    try? FileManager.default.removeItem(atPath: path)
}
