// SPDX-License-Identifier: Apache-2.0

import DryportRuntime
import NIOHTTP1
import Testing

@testable import DryportRuntimeDocker

@Suite("Image references")
struct ImageReferenceTests {
    @Test(
        "are taken apart",
        arguments: [
            // (name, repository, what to pull, registry)
            ("busybox", "busybox", "latest", "https://index.docker.io/v1/"),
            ("busybox:1.36", "busybox", "1.36", "https://index.docker.io/v1/"),
            ("user/app", "user/app", "latest", "https://index.docker.io/v1/"),
            ("docker.io/library/busybox", "docker.io/library/busybox", "latest", "https://index.docker.io/v1/"),
            ("localhost/app:2", "localhost/app", "2", "localhost"),
            ("127.0.0.1:5000/app", "127.0.0.1:5000/app", "latest", "127.0.0.1:5000"),
            ("127.0.0.1:5000/a/b:t", "127.0.0.1:5000/a/b", "t", "127.0.0.1:5000"),
            ("r.example/app@sha256:12", "r.example/app", "sha256:12", "r.example"),
            ("r.example/app:t@sha256:12", "r.example/app", "sha256:12", "r.example"),
        ])
    func parts(name: String, repository: String, pullTag: String, registry: String) {
        let reference = ImageReference(name)
        #expect(reference.repository == repository)
        #expect(reference.pullTag == pullTag)
        #expect(reference.registry == registry)
    }

    @Test("find their digest among an image's digests")
    func digests() {
        let digests = ["other@sha256:1", "busybox@sha256:2", "r.example:5000/busybox@sha256:3"]
        #expect(ImageReference("busybox:1").digest(among: digests) == "sha256:2")
        #expect(ImageReference("docker.io/library/busybox").digest(among: digests) == "sha256:2")
        #expect(ImageReference("r.example:5000/busybox:9").digest(among: digests) == "sha256:3")
        #expect(ImageReference("unknown").digest(among: digests) == "sha256:1")
        #expect(ImageReference("busybox@sha256:9").digest(among: digests) == "sha256:9")
        #expect(ImageReference("busybox").digest(among: []) == nil)
    }

    @Test("logins are base64url, with padding")
    func authentication() throws {
        let credentials = RegistryCredentials(username: "AWS", password: "p>?~ÿ/secret")
        let header = try DockerRuntime.registryAuthentication(credentials, registry: "r.example")
        #expect(
            header
                == "eyJwYXNzd29yZCI6InA-P37Dvy9zZWNyZXQi"
                + "LCJzZXJ2ZXJhZGRyZXNzIjoici5leGFtcGxlIiwidXNlcm5hbWUiOiJBV1MifQ=="
        )
    }

    @Test("paths and parameters are encoded")
    func encoding() {
        #expect(EngineRequest.encoded("a b/ü{\"x\":1}~") == "a%20b%2F%C3%BC%7B%22x%22%3A1%7D~")
        #expect(EngineRequest.encoded("r:1/a@sha256:b c", allowing: "/:@") == "r:1/a@sha256:b%20c")
        var request = EngineRequest(.GET, "/x", transition: "", limit: .zero)
        #expect(request.target(version: nil) == "/x")
        request.query = [("a", "1&2"), ("b", "")]
        #expect(request.target(version: EngineAPIVersion(1, 41)) == "/v1.41/x?a=1%262&b=")
    }
}
