// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
public import DryportRuntime
public import Logging
import NIOHTTP1
import Synchronization

/// Runs containers with a Docker Engine, through the Engine API on its Unix socket.
///
/// The API's version is negotiated with the engine: 1.47 at most, 1.24 at least. Containers carry their
/// identity in labels, five of them AWS's own (`ecs-agent.md` §10.1), so any later process finds and
/// adopts them. The engine never restarts or removes a container by itself: a restart policy and
/// `AutoRemove` in ``ContainerSpec/engineHostConfig`` are ignored.
///
/// A call that the engine does not answer in the time that AWS's agent grants it (`ecs-agent.md` §10.3,
/// §10.5) throws ``RuntimeError`` with code `timeout`, in addition to what ``ContainerRuntime`` says.
///
/// Close a runtime with ``close()`` before you let go of it, or use
/// ``withDockerRuntime(socketPath:logger:_:)``, which does.
public final class DockerRuntime: ContainerRuntime {
    /// Where engines listen unless they are told otherwise.
    public static let defaultSocketPath = "/var/run/docker.sock"

    private struct State {
        var version: EngineAPIVersion?
        var digests: [String: String?] = [:]
    }

    let engine: EngineClient
    let limits: EngineLimits
    let logger: Logger
    private let state = Mutex(State())

    /// Creates a runtime. Nothing is connected before the first call.
    /// - Parameters:
    ///   - socketPath: The path of the engine's socket, or the same as a URL `unix:///path`.
    ///   - logger: Where calls are traced. Names and statuses only: neither bodies nor credentials.
    public convenience init(socketPath: String = DockerRuntime.defaultSocketPath, logger: Logger) {
        self.init(socketPath: socketPath, logger: logger, limits: EngineLimits())
    }

    init(socketPath: String, logger: Logger, limits: EngineLimits) {
        self.engine = EngineClient(socketPath: socketPath, logger: logger)
        self.limits = limits
        self.logger = logger
    }

    /// Closes the connections to the engine. Calls and streams under way end with code `unavailable`, later
    /// ones throw it at once. Containers are not touched. Can be called repeatedly.
    public func close() async {
        await engine.close()
    }

    /// Checks that an engine answers on a socket, within ten seconds.
    /// - Parameters:
    ///   - socketPath: See ``init(socketPath:logger:)``.
    ///   - logger: See ``init(socketPath:logger:)``.
    /// - Throws: ``RuntimeError`` with code `unavailable` or `timeout` that says why not and what to do;
    ///   `unsupported` if the engine is too old.
    public static func check(
        socketPath: String = DockerRuntime.defaultSocketPath, logger: Logger
    ) async throws(RuntimeError) {
        let runtime = DockerRuntime(socketPath: socketPath, logger: logger)
        do {
            _ = try await runtime.negotiate()
        } catch {
            await runtime.close()
            throw error
        }
        await runtime.close()
    }

    /// What the engine can do. The API's version is negotiated anew, as the engine may be another one by now.
    /// - Throws: ``RuntimeError`` with code `unavailable` or `timeout`; `unsupported` if the engine and this
    ///   runtime have no version in common.
    public func capabilities() async throws(RuntimeError) -> RuntimeCapabilities {
        let reply = try await negotiate()
        let info = try await info()
        let networks = info.plugins?.network ?? []
        var drivers = info.plugins?.log ?? []
        for driver in ["json-file", "none"] where !drivers.contains(driver) { drivers.append(driver) }
        let modes: [(NetworkMode, String)] = [(.bridge, "bridge"), (.host, "host"), (.none, "null")]
        let maximum = EngineAPIVersion(reply.apiVersion) ?? .oldest
        let minimum = reply.minimumAPIVersion.flatMap { EngineAPIVersion($0) }
        return RuntimeCapabilities(
            name: "docker",
            version: reply.version,
            dockerAPIVersions: EngineAPIVersion.reported(minimum: minimum, maximum: maximum).map(\.description),
            networkModes: Set(modes.filter { networks.contains($0.1) }.map(\.0)),
            logDrivers: drivers.sorted(),
            hasImages: true,
            enforcesMemoryLimits: info.memoryLimit ?? false,
            enforcesCPULimits: (info.cpuShares ?? false) && (info.cpuQuota ?? false),
            hasMounts: true,
            canRunPrivileged: true,
            hasHealthChecks: true)
    }

    /// Asks the engine for its versions, and keeps the one to speak from now on.
    private func negotiate() async throws(RuntimeError) -> EngineVersionReply {
        let request = EngineRequest(.GET, "/version", transition: "connected", limit: limits.version)
        let answer = try await engine.call(request, version: nil)
        guard answer.isSuccess, let reply = answer.decoded(as: EngineVersionReply.self),
            let maximum = EngineAPIVersion(reply.apiVersion)
        else {
            throw RuntimeError(
                code: .unavailable,
                message: "what listens on socket \(engine.socketPath) is no Docker Engine: GET /version was answered "
                    + "with HTTP status \(answer.status)")
        }
        let minimum = reply.minimumAPIVersion.flatMap { EngineAPIVersion($0) }
        guard let version = EngineAPIVersion.negotiated(minimum: minimum, maximum: maximum) else {
            throw RuntimeError(
                code: .unsupported,
                message: "Docker Engine \(reply.version) speaks API versions \(minimum.map { "\($0)" } ?? "?") to "
                    + "\(maximum), this runtime \(EngineAPIVersion.oldest) to \(EngineAPIVersion.newest)")
        }
        state.withLock { $0.version = version }
        return reply
    }

    /// The version to speak.
    func version() async throws(RuntimeError) -> EngineAPIVersion {
        if let version = state.withLock({ $0.version }) { return version }
        _ = try await negotiate()
        guard let version = state.withLock({ $0.version }) else { preconditionFailure("negotiated above") }
        return version
    }

    /// Sends a call in the negotiated version.
    func call(_ request: EngineRequest) async throws(RuntimeError) -> EngineReply {
        try await engine.call(request, version: try await version())
    }

    /// Opens a stream in the negotiated version.
    func open(_ request: EngineRequest) async throws(RuntimeError) -> HTTPClientResponse {
        try await engine.open(request, version: try await version())
    }

    func info() async throws(RuntimeError) -> EngineInfo {
        let reply = try await call(EngineRequest(.GET, "/info", transition: "connected", limit: limits.inspect))
        guard reply.isSuccess, let info = reply.decoded(as: EngineInfo.self) else {
            throw RuntimeError(code: .unavailable, message: "Docker cannot describe itself: \(reply.failureText)")
        }
        return info
    }

    /// What an answer that cannot be understood is to the caller.
    func unreadable(_ reply: EngineReply, of path: String) -> RuntimeError {
        RuntimeError(
            code: .unavailable, message: "Docker's answer to \(path) (HTTP status \(reply.status)) cannot be read")
    }

    // MARK: Digests of images, remembered because each observation wants one

    /// The most images that are remembered; more than a host runs at a time.
    private static let longestDigestMemory = 512

    /// - Returns: nil if nothing is remembered, a nil digest if the image is remembered to have none.
    func rememberedDigest(_ key: String) -> String?? { state.withLock { $0.digests[key] } }

    func remember(_ digest: String?, for key: String) {
        state.withLock {
            if $0.digests.count >= Self.longestDigestMemory { $0.digests.removeAll() }
            $0.digests.updateValue(digest, forKey: key)
        }
    }

    /// A pull can give a digest to an image that had none.
    func forgetDigests() { state.withLock { $0.digests.removeAll() } }
}

/// Runs `body` with a runtime that is closed when `body` returns or throws. Containers are not touched.
/// - Parameters:
///   - socketPath: The path of the engine's socket, or the same as a URL `unix:///path`.
///   - logger: Where calls are traced.
///   - body: What to do with the runtime. It must not keep the runtime.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws.
public func withDockerRuntime<Result>(
    socketPath: String = DockerRuntime.defaultSocketPath, logger: Logger,
    _ body: (DockerRuntime) async throws -> Result
) async throws -> Result {
    let runtime = DockerRuntime(socketPath: socketPath, logger: logger)
    do {
        let result = try await body(runtime)
        await runtime.close()
        return result
    } catch {
        await runtime.close()
        throw error
    }
}
