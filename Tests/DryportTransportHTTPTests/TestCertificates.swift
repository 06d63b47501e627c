// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import NIOSSL

/// A certificate authority and a server certificate for `localhost` (not for 127.0.0.1), made by `openssl` in a
/// temporary directory.
final class TestCertificates: Sendable {
    private static let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    private var directory: URL { Self.directory }
    var authority: String { path("ca.pem") }

    /// Where `openssl` is, if it is installed.
    static let openSSL = ["/usr/bin/openssl", "/usr/local/bin/openssl", "/opt/homebrew/bin/openssl"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// The certificates of this run of the tests, made once.
    static let shared = Task { try await TestCertificates() }

    private init() async throws {
        atexit { try? FileManager.default.removeItem(at: TestCertificates.directory) }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Data("subjectAltName=DNS:localhost\n".utf8).write(to: directory.appendingPathComponent("san.txt"))
        for name in ["ca", "server"] {
            try await run("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path("\(name).key"))
        }
        try await run(
            "req", "-x509", "-new", "-key", path("ca.key"), "-days", "2", "-subj", "/CN=Test Authority", "-out",
            path("ca.pem"))
        try await run(
            "req", "-new", "-key", path("server.key"), "-subj", "/CN=localhost", "-out", path("server.csr"))
        try await run(
            "x509", "-req", "-in", path("server.csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"),
            "-CAcreateserial", "-days", "2", "-extfile", path("san.txt"), "-out", path("server.pem"))
    }

    func serverContext() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(path("server.pem"))
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: path("server.key"), format: .pem))))
    }

    private func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    /// Waits on a thread of its own: waiting on those of the tests would stop every other test.
    private func run(_ arguments: String...) async throws {
        let executable = Self.openSSL ?? "openssl"
        let status: Int32 = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: Self.spawn(executable, arguments)) }
        }
        guard status == 0 else { throw CocoaError(.executableLoad) }
    }

    private static func spawn(_ executable: String, _ arguments: [String]) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in 0...2 {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        var argv = ([executable] + arguments).map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var process = pid_t()
        guard posix_spawn(&process, executable, &actions, nil, &argv, environ) == 0 else { return -1 }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { return -1 }
        }
        return status
    }
}
