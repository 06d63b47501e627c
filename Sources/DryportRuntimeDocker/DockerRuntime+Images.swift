// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
public import DryportRuntime
import NIOCore
import NIOHTTP1
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension DockerRuntime {
    /// Pulls an image. The pull is given up when the engine says nothing for a minute (five until its first
    /// word), or after two hours in all (`ecs-agent.md` §10.3).
    /// - Throws: ``RuntimeError`` with code `cannotPullContainer` in the engine's words, `unavailable` or `timeout`.
    public func pull(
        _ image: String, credentials: RegistryCredentials?, progress: @Sendable (PullProgress) -> Void
    ) async throws(RuntimeError) -> PulledImage {
        let reference = ImageReference(image)
        var request = EngineRequest(
            .POST, "/images/create",
            query: [("fromImage", reference.repository), ("tag", reference.pullTag)],
            transition: "pulled", limit: limits.pullStart)
        if let credentials {
            request.headers.append(
                (
                    "X-Registry-Auth", try Self.registryAuthentication(credentials, registry: reference.registry)
                ))
        }
        do {
            try await withoutActuallyEscaping(progress) { progress in
                try await follow(pull: request, of: image, progress: progress)
            }
        } catch {
            throw engine.failure(error, of: request)
        }
        forgetDigests()
        guard let pulled = try await localImage(image) else {
            throw RuntimeError(
                code: .cannotPullContainer, message: "\(image): the engine pulled it, but does not have it")
        }
        return pulled
    }

    /// Looks for an image on the host.
    /// - Returns: nil if it is not there, or no image can have this name.
    /// - Throws: ``RuntimeError`` with code `unavailable` or `timeout`.
    public func localImage(_ image: String) async throws(RuntimeError) -> PulledImage? {
        let path = "/images/\(EngineRequest.encoded(image, allowing: "/:@"))/json"
        let reply = try await call(EngineRequest(.GET, path, transition: "inspecting", limit: limits.inspect))
        // 400 is a name that no image can have.
        if reply.status == 404 || reply.status == 400 { return nil }
        guard reply.isSuccess, let found = reply.decoded(as: EngineImage.self) else {
            throw unreadable(reply, of: path)
        }
        let digest = ImageReference(image).digest(among: found.repositoryDigests ?? [])
        return PulledImage(id: found.id, digest: digest)
    }

    /// The digest of a container's image.
    /// - Parameters:
    ///   - name: The image's name as the container was made with it.
    ///   - id: The engine's identifier of the image.
    func imageDigest(name: String, id: String) async throws(RuntimeError) -> String? {
        let reference = ImageReference(name)
        if let digest = reference.digest { return digest }
        let key = "\(id) \(reference.repository)"
        if let remembered = rememberedDigest(key) { return remembered }
        let path = "/images/\(EngineRequest.encoded(id, allowing: ":"))/json"
        let reply = try await call(EngineRequest(.GET, path, transition: "inspecting", limit: limits.inspect))
        // Nil if the image was removed by force while its container lives on.
        let digest = reply.decoded(as: EngineImage.self).flatMap { reference.digest(among: $0.repositoryDigests ?? []) }
        if reply.isSuccess { remember(digest, for: key) }
        return digest
    }

    /// Reads the answer to a pull until it ends.
    private func follow(
        pull request: EngineRequest, of image: String, progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws {
        let clock = ContinuousClock()
        let limit = limits.pull
        let end = clock.now + limit
        let deadline = Deadline(min(clock.now + limits.pullStart, end))
        let inactivity = limits.pullInactivity
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let response = try await self.open(request)
                guard response.status.code < 400 else {
                    let refusal = try await self.engine.refusal(response, of: request)
                    throw RuntimeError(code: .cannotPullContainer, message: "\(image): \(refusal.failureText)")
                }
                var splitter = LineSplitter()
                for try await buffer in response.body {
                    deadline.move(to: min(clock.now + inactivity, end))
                    for line in try splitter.lines(in: Array(buffer.readableBytesView)) {
                        try Self.report(line, of: image, to: progress)
                    }
                }
                if let line = splitter.finish() { try Self.report(line, of: image, to: progress) }
            }
            group.addTask {
                // The first word moves the deadline nearer, so do not sleep over it.
                while clock.now < deadline.time {
                    try await Task.sleep(until: min(deadline.time, clock.now + inactivity), clock: clock)
                }
                throw RuntimeError(
                    code: .cannotPullContainer,
                    message: clock.now < end
                        ? "\(image): the pull was given up, for it made no progress any more"
                        : "\(image): the pull was given up, for it took longer than \(limit.engineText)")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private static func report(
        _ line: [UInt8], of image: String, to progress: @Sendable (PullProgress) -> Void
    ) throws(RuntimeError) {
        // A line in a form that does not exist today tells nothing that is needed here.
        guard let line = try? JSONDecoder().decode(EnginePullLine.self, from: Data(line)) else { return }
        if let failure = line.errorDetail?.message ?? line.error {
            throw RuntimeError(code: .cannotPullContainer, message: "\(image): \(failure)")
        }
        guard let status = line.status else { return }
        progress(
            PullProgress(
                status: line.id.map { "\($0): \(status)" } ?? status,
                completedBytes: line.progressDetail?.current,
                totalBytes: line.progressDetail?.total))
    }

    /// The header field with which the engine logs in at a registry.
    static func registryAuthentication(
        _ credentials: RegistryCredentials, registry: String
    ) throws(RuntimeError) -> String {
        let value = JSONValue.strings([
            "username": credentials.username, "password": credentials.password, "serveraddress": registry,
        ])
        guard let json = try? value.encoded() else {
            throw RuntimeError(code: .cannotPullContainer, message: "the registry's credentials cannot be encoded")
        }
        let encoded = Data(json).base64EncodedString()
        return String(encoded.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
    }
}

/// A deadline that moves as long as there are signs of life.
private final class Deadline: Sendable {
    private let value: Mutex<ContinuousClock.Instant>

    init(_ time: ContinuousClock.Instant) { value = Mutex(time) }

    var time: ContinuousClock.Instant { value.withLock { $0 } }

    func move(to time: ContinuousClock.Instant) { value.withLock { $0 = time } }
}
