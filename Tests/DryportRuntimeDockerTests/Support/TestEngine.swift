// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import DryportModel
import DryportRuntime
import Logging
import NIOCore
import NIOHTTP1
import Testing

@testable import DryportRuntimeDocker

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The real engine of this host.
enum TestEngine {
    struct Missing: Error, CustomStringConvertible { var description: String }

    /// The image of all tests, made from the host's static busybox if it is not there.
    static let image = "dryport-test/busybox:latest"

    static let logger = Logger(label: "test")

    static let socketPath: String = {
        let host = ProcessInfo.processInfo.environment["DOCKER_HOST"] ?? ""
        return host.hasPrefix("unix://") ? host : DockerRuntime.defaultSocketPath
    }()

    /// Whether tests with an engine run: where one answers, and where it is required, to fail if none does.
    static let isWanted = Task<Bool, Never> {
        let required = ProcessInfo.processInfo.environment["DRYPORT_REQUIRE"] ?? ""
        if required.split(separator: ",").contains("docker") { return true }
        do {
            try await DockerRuntime.check(socketPath: socketPath, logger: logger)
            return true
        } catch {
            return false
        }
    }

    /// Runs a body with a runtime on the engine, and an owner whose containers are removed afterwards.
    static func with(_ body: (DockerRuntime, String) async throws -> Void) async throws {
        try await prepared.value
        let owner = "arn:aws:ecs:us-east-1:123456789012:container-instance/test/\(unique())"
        try await withDockerRuntime(socketPath: socketPath, logger: logger) { runtime in
            do {
                try await body(runtime, owner)
            } catch {
                try? await removeAll(runtime, owner)
                throw error
            }
            try await removeAll(runtime, owner)
        }
    }

    static func unique() -> String { String(UInt64.random(in: .min ... .max), radix: 36) }

    /// The specification of a container that runs a line of shell.
    static func spec(_ owner: String, _ script: String, named name: String = "main") -> ContainerSpec {
        let identity = ContainerIdentity(
            owner: owner, taskARN: owner + "/task", containerName: name, family: "family", revision: "1",
            cluster: "test")
        var spec = ContainerSpec(identity: identity, name: "ecs-family-1-\(name)-\(unique())", image: image)
        spec.command = ["sh", "-c", script]
        return spec
    }

    /// Everything that a container wrote, as text.
    static func output(of handle: ContainerHandle, _ runtime: DockerRuntime) async throws -> String {
        var bytes: [UInt8] = []
        for try await chunk in runtime.logs(handle, follow: true) { bytes += chunk.bytes }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func removeAll(_ runtime: DockerRuntime, _ owner: String) async throws {
        for container in try await runtime.inventory(owner: owner) {
            try await runtime.stop(container.handle, signal: nil, gracePeriod: .zero)
            try await runtime.remove(container.handle, volumes: [])
        }
    }

    // MARK: The image

    private static let prepared = Task<Void, any Error> {
        try await withDockerRuntime(socketPath: socketPath, logger: logger) { runtime in
            guard try await runtime.localImage(image) == nil else { return }
            try await importImage(into: runtime)
        }
    }

    /// The file system of the image, as an archive.
    static func fileSystem() throws -> [UInt8] {
        guard let busybox = FileManager.default.contents(atPath: "/bin/busybox") else {
            throw Missing(description: "/bin/busybox: install the package busybox-static to make \(image)")
        }
        var tar = TarWriter()
        for name in ["bin", "dev", "etc", "proc", "root", "sys", "usr", "var"] { tar.directory(name) }
        tar.directory("tmp", mode: 0o1777)
        tar.file("bin/busybox", Array(busybox), mode: 0o755)
        for name in [
            "cat", "echo", "false", "head", "hostname", "id", "kill", "ls", "printf", "pwd", "sh", "sleep", "tail",
            "test",
            "tr", "true", "wc", "wget", "nc", "httpd",
        ] { tar.symbolicLink("bin/\(name)", to: "busybox") }
        tar.file("etc/passwd", Array("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n".utf8))
        tar.file("etc/group", Array("root:x:0:\nnogroup:x:65534:\n".utf8))
        tar.finish()
        return tar.bytes
    }

    private static func importImage(into runtime: DockerRuntime) async throws {
        let target = "/images/create?fromSrc=-&repo=dryport-test/busybox&tag=latest"
        let host = EngineRequest.encoded(runtime.engine.socketPath)
        var request = HTTPClientRequest(url: "http+unix://\(host)/v\(try await runtime.version())\(target)")
        request.method = .POST
        request.headers.add(name: "Host", value: "docker")
        request.headers.add(name: "Content-Type", value: "application/x-tar")
        request.body = .bytes(ByteBuffer(bytes: try fileSystem()))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
        guard response.status == .ok, try await runtime.localImage(image) != nil else {
            throw Missing(description: "\(image) could not be made: \(text)")
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs a test only where an engine answers, or is required by `DRYPORT_REQUIRE=docker`.
    static var needsDocker: Self {
        .enabled("no Docker Engine answers at \(TestEngine.socketPath), and DRYPORT_REQUIRE does not name docker") {
            await TestEngine.isWanted.value
        }
    }
}
