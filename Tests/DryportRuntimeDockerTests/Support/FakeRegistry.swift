// SPDX-License-Identifier: Apache-2.0

import Crypto

@testable import DryportRuntimeDocker

/// A registry on the loopback interface with one image, which it gives only to those who log in.
struct FakeRegistry: Sendable {
    let server: FakeServer
    /// The image's manifest digest.
    let digest: String

    /// Creates a registry for the image `test/image:1` with this file system.
    /// - Parameter authorization: The header field that a caller must send.
    static func serve(fileSystem: [UInt8], authorization: String) async throws -> FakeRegistry {
        let layer = digest(of: fileSystem)
        let config =
            Array(
                #"{"architecture":"\#(architecture)","os":"linux","config":{},"#.utf8)
            + Array(#""rootfs":{"type":"layers","diff_ids":["\#(layer)"]}}"#.utf8)
        let type = "application/vnd.docker.distribution.manifest.v2+json"
        let manifest = Array(
            """
            {"schemaVersion":2,"mediaType":"\(type)","config":{"mediaType":\
            "application/vnd.docker.container.image.v1+json",\
            "size":\(config.count),"digest":"\(digest(of: config))"},"layers":[{"mediaType":\
            "application/vnd.docker.image.rootfs.diff.tar.gzip","size":\(fileSystem.count),"digest":"\(layer)"}]}
            """.utf8)
        let manifestDigest = digest(of: manifest)
        let blobs = [layer: fileSystem, digest(of: config): config]
        let server = try await FakeServer.listenOnLoopback { request in
            guard request.headers["authorization"] == authorization else {
                return .reply(401, [], headers: ["WWW-Authenticate": "Basic realm=\"test\""])
            }
            switch request.path {
            case "/v2/": return .json("{}")
            case "/v2/test/image/manifests/1", "/v2/test/image/manifests/\(manifestDigest)":
                return .reply(200, manifest, headers: ["Content-Type": type, "Docker-Content-Digest": manifestDigest])
            default:
                guard let name = request.path.split(separator: "/").last, let blob = blobs[String(name)] else {
                    return .json(404, #"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#)
                }
                return .reply(200, blob, headers: ["Content-Type": "application/octet-stream"])
            }
        }
        return FakeRegistry(server: server, digest: manifestDigest)
    }

    private static func digest(of bytes: [UInt8]) -> String {
        let hex = SHA256.hash(data: bytes).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }
        return "sha256:" + hex.joined()
    }

    private static var architecture: String {
        #if arch(arm64)
        "arm64"
        #else
        "amd64"
        #endif
    }
}
