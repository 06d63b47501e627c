// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
import DryportModel
import DryportRuntime
import DryportRuntimeProcess
import Logging
import Testing

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

extension Logger {
    /// A logger that says nothing.
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// Gives `body` a directory that is gone afterwards.
func withTemporaryDirectory(_ body: (String) async throws -> Void) async throws {
    var generator = SystemRandomNumberGenerator()
    let path = "/tmp/dryport-test-\(generator.hexadecimal(16))"
    do {
        try await body(path)
    } catch {
        removeTree(path)
        throw error
    }
    removeTree(path)
}

/// A specification that runs `command`.
func makeSpec(_ command: [String], named name: String = "main", owner: String = "me") -> ContainerSpec {
    let identity = ContainerIdentity(
        owner: owner, taskARN: "task", containerName: name, family: "family", revision: "1", cluster: "default")
    var spec = ContainerSpec(identity: identity, name: name, image: "anything")
    spec.command = command
    return spec
}

/// A specification that runs a shell script.
func makeScript(_ script: String, named name: String = "main") -> ContainerSpec {
    makeSpec(["sh", "-c", script], named: name)
}

/// Gives `body` a runtime on a directory of its own, and ends what `body` leaves running.
func withRuntime(
    _ configuration: ProcessRuntime.Configuration = .init(), _ body: (ProcessRuntime, String) async throws -> Void
) async throws {
    try await withTemporaryDirectory { directory in
        let runtime = try ProcessRuntime(stateDirectory: directory, configuration: configuration, logger: .silent)
        var failure: (any Error)?
        do { try await body(runtime, directory) } catch { failure = error }
        for observation in try await runtime.inventory(owner: "me") {
            try await runtime.stop(observation.handle, signal: nil, gracePeriod: .zero)
            try await runtime.remove(observation.handle, volumes: [])
        }
        if let failure { throw failure }
    }
}

extension ProcessRuntime {
    /// Creates and starts.
    func launch(_ spec: ContainerSpec) async throws -> ContainerHandle {
        let handle = try await create(spec)
        try await start(handle)
        return handle
    }

    /// Waits until a container has exited, by following its output to the end.
    func exit(of handle: ContainerHandle) async throws -> ContainerExit {
        for try await _ in logs(handle, follow: true) {}
        guard case .exited(let exit)? = try await inspect(handle)?.state else {
            throw RuntimeError(code: .cannotInspectContainer, message: "the output ended before the container")
        }
        return exit
    }

    /// Runs a container until it ends, and returns its standard output.
    func output(of spec: ContainerSpec) async throws -> String {
        let handle = try await launch(spec)
        let exit = try await exit(of: handle)
        let (out, error) = try await text(of: handle)
        #expect(exit.code == 0, "\(error)")
        return out
    }

    /// What a container has written so far.
    func text(of handle: ContainerHandle) async throws -> (String, String) {
        var bytes: [LogChunk.Source: [UInt8]] = [:]
        for try await chunk in logs(handle, follow: false) { bytes[chunk.source, default: []] += chunk.bytes }
        return (
            String(decoding: bytes[.standardOutput] ?? [], as: UTF8.self),
            String(decoding: bytes[.standardError] ?? [], as: UTF8.self)
        )
    }

    /// Waits for the first line of a container's standard output.
    func firstLine(of handle: ContainerHandle) async throws -> String {
        var text = ""
        for try await chunk in logs(handle, follow: true) where chunk.source == .standardOutput {
            text += String(decoding: chunk.bytes, as: UTF8.self)
            if let end = text.firstIndex(of: "\n") { return String(text[..<end]) }
        }
        return text
    }
}

/// Expects `body` to throw a ``RuntimeError``.
func expectRuntimeError(
    _ code: RuntimeError.Code, mentioning mention: String = "", sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async {
    do {
        try await body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch let error as RuntimeError {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        #expect(error.message.contains(mention), "\(error)", sourceLocation: sourceLocation)
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
    }
}

/// The text of a file; empty if it cannot be read.
func readFile(_ path: String) -> String {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return String(decoding: result, as: UTF8.self) }
        result += buffer[..<count]
    }
}

/// Replaces the text of a file.
func writeFile(_ path: String, _ text: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    #expect(write(descriptor, bytes, bytes.count) == bytes.count)
}

/// Whether a process exists and has not ended.
func isAlive(_ pid: pid_t) -> Bool {
    let status = readFile("/proc/\(pid)/stat")
    guard let end = status.lastIndex(of: ")") else { return false }
    return !status[end...].hasPrefix(") Z") && !status[end...].hasPrefix(") X")
}

/// Waits until a process has ended. Only for processes that nothing tells about.
func waitForEnd(_ pid: pid_t) async throws {
    for _ in 0..<3000 {
        guard isAlive(pid) else { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("process \(pid) goes on")
}

/// Removes a directory and what is in it.
func removeTree(_ path: String) {
    guard let directory = opendir(path) else {
        unlink(path)
        return
    }
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { removeTree("\(path)/\(name)") }
    }
    closedir(directory)
    rmdir(path)
}
#endif
