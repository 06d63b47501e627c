// SPDX-License-Identifier: Apache-2.0

import DryportRuntime
import NIOHTTP1
import Synchronization
import Testing

@testable import DryportRuntimeDocker

@Suite("Pulls")
struct DockerPullTests {
    @Test("of a real engine log in, tell their progress and learn the digest", .needsDocker)
    func realPull() async throws {
        var tar = TarWriter()
        tar.file("hello", Array("hello \(TestEngine.unique())\n".utf8))
        tar.finish()
        // user:secret
        let registry = try await FakeRegistry.serve(fileSystem: tar.bytes, authorization: "Basic dXNlcjpzZWNyZXQ=")
        try await TestEngine.with { runtime, owner in
            let image = "127.0.0.1:\(registry.server.port)/test/image:1"
            let refusal = await #expect(throws: RuntimeError.self) {
                try await runtime.pull(image, credentials: nil) { _ in }
            }
            #expect(refusal?.code == .cannotPullContainer)
            #expect(refusal?.message.contains(image) == true)

            let credentials = RegistryCredentials(username: "user", password: "secret")
            let reports = Mutex<[PullProgress]>([])
            let pulled = try await runtime.pull(image, credentials: credentials) { progress in
                reports.withLock { $0.append(progress) }
            }
            #expect(pulled.digest == registry.digest)
            #expect(try await runtime.localImage(image) == pulled)
            #expect(reports.withLock { $0 }.contains { $0.status.contains("Pull complete") })

            var spec = TestEngine.spec(owner, "true")
            spec.image = image
            let handle = try await runtime.create(spec)
            #expect(try await runtime.inspect(handle)?.imageDigest == registry.digest)
            try await runtime.remove(handle, volumes: [])

            let missing = "127.0.0.1:\(registry.server.port)/test/image:2"
            let unknown = await #expect(throws: RuntimeError.self) {
                try await runtime.pull(missing, credentials: credentials) { _ in }
            }
            #expect(unknown?.code == .cannotPullContainer)
            #expect(unknown?.message.contains("manifest unknown") == true, "\(String(describing: unknown))")
            let path = "/images/\(EngineRequest.encoded(image, allowing: "/:"))"
            _ = try await runtime.call(EngineRequest(.DELETE, path, transition: "", limit: .seconds(30)))
        }
        await registry.server.close()
    }

    private static let image = #"{"Id":"sha256:1","RepoDigests":["r.example/a@sha256:2"]}"#

    @Test("ask for one tag, and report in order")
    func progress() async throws {
        let lines = [
            #"{"status":"Pulling from a","id":"latest"}"# + "\r\n" + #"{"status":"Downlo"#,
            #"ading","progressDetail":{"current":3,"total":9},"id":"x"}"# + "\r\n{\"aux\":1}\r\n{\"status\":\"Done\"}",
        ]
        try await withFakeEngine { request in
            request.path == "/v1.41/images/create" ? .stream(lines, .ends) : .json(Self.image)
        } _: { runtime, server in
            let reports = Mutex<[PullProgress]>([])
            let pulled = try await runtime.pull("r.example/a", credentials: nil) { progress in
                reports.withLock { $0.append(progress) }
            }
            #expect(pulled == PulledImage(id: "sha256:1", digest: "sha256:2"))
            #expect(
                reports.withLock { $0 } == [
                    PullProgress(status: "latest: Pulling from a"),
                    PullProgress(status: "x: Downloading", completedBytes: 3, totalBytes: 9),
                    PullProgress(status: "Done"),
                ])
            let request = server.requests.first { $0.path.hasSuffix("/images/create") }
            #expect(request?.query == "fromImage=r.example%2Fa&tag=latest")
            #expect(request?.headers["x-registry-auth"] == nil)
        }
    }

    @Test(
        "that fail say why in the engine's words",
        arguments: [
            FakeServer.Answer.json(404, #"{"message":"pull access denied for a"}"#),
            .stream(
                [#"{"status":"x"}"# + "\n", #"{"error":"pull access denied for a","errorDetail":{}}"# + "\n"], .ends),
            .stream([#"{"errorDetail":{"message":"pull access denied for a"}}"#], .ends),
        ])
    func failure(answer: FakeServer.Answer) async throws {
        try await withFakeEngine { _ in
            answer
        } _: { runtime, _ in
            let error = await #expect(throws: RuntimeError.self) {
                try await runtime.pull("r.example/a:1", credentials: nil) { _ in }
            }
            #expect(error?.code == .cannotPullContainer)
            #expect(error?.message == "r.example/a:1: pull access denied for a")
        }
    }

    @Test("that make no progress are given up")
    func inactivity() async throws {
        var limits = EngineLimits()
        limits.pullInactivity = .milliseconds(50)
        try await withFakeEngine(limits: limits) { _ in
            .stream([#"{"status":"x"}"# + "\n"], .staysOpen)
        } _: { runtime, _ in
            let error = await #expect(throws: RuntimeError.self) {
                try await runtime.pull("a", credentials: nil) { _ in }
            }
            #expect(error?.code == .cannotPullContainer)
            #expect(error?.message.contains("no progress") == true)
        }
    }

    @Test("that break off are the engine's absence, not the image's")
    func breakOff() async throws {
        try await withFakeEngine { _ in
            .stream([#"{"status":"x"}"# + "\n"], .breaksOff)
        } _: { runtime, _ in
            let error = await #expect(throws: RuntimeError.self) {
                try await runtime.pull("a", credentials: nil) { _ in }
            }
            #expect(error?.code == .unavailable)
        }
    }
}
