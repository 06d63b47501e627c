// SPDX-License-Identifier: Apache-2.0

public import DryportRuntime
import Logging
import NIOHTTP1

extension DockerRuntime {
    /// Makes a container. What the members of the specification say comes first, then ``ContainerSpec/engineConfig``
    /// and ``ContainerSpec/engineHostConfig`` are laid over it (`ecs-agent.md` §5.6), then the identity's labels.
    /// - Throws: ``RuntimeError`` with code `cannotCreateContainer` in the engine's words, `engineConfiguration`
    ///   or `hostConfiguration` if the JSON of that name is not an object, `unavailable` or `timeout`.
    public func create(_ spec: ContainerSpec) async throws(RuntimeError) -> ContainerHandle {
        let body = try CreateBody.make(for: spec)
        if let existing = try await find(spec.identity) { return existing }
        let request = EngineRequest(
            .POST, "/containers/create", query: [("name", spec.name)], body: body,
            transition: "created", limit: limits.create)
        let reply = try await call(request)
        if reply.isSuccess {
            guard let created = reply.decoded(as: EngineCreated.self) else {
                throw unreadable(reply, of: request.path)
            }
            for warning in created.warnings ?? [] {
                logger.debug(
                    "Engine warned about a container",
                    metadata: ["container.id": "\(created.id)", "engine.warning": "\(warning)"])
            }
            return ContainerHandle(id: created.id)
        }
        let named = "container \(spec.identity.containerName)"
        switch reply.status {
        case 404:
            throw RuntimeError(
                code: .cannotCreateContainer, message: "\(named), image \(spec.image): \(reply.failureText)")
        case 409:
            // Somebody was faster: this product in another process, or another program with the same name.
            if let holder = try await container(spec.name), let labels = holder.config.labels,
                ContainerLabels.identity(from: labels) == spec.identity
            {
                return ContainerHandle(id: holder.id)
            }
            fallthrough
        default:
            throw RuntimeError(code: .cannotCreateContainer, message: "\(named): \(reply.failureText)")
        }
    }

    /// Starts a container; one that runs already is left alone.
    /// - Returns: What the container looks like now; it may have exited already.
    /// - Throws: ``RuntimeError`` with code `cannotStartContainer` in the engine's words, `containerVanished`,
    ///   `unavailable` or `timeout`.
    @discardableResult
    public func start(_ handle: ContainerHandle) async throws(RuntimeError) -> ContainerObservation {
        let path = Self.path(handle)
        let reply = try await call(
            EngineRequest(.POST, "\(path)/start", transition: "started", limit: limits.start))
        // 304 is a container that runs already.
        let observation = try await inspect(handle)
        guard let observation else {
            throw RuntimeError(
                code: .containerVanished, message: "container \(handle.id) does not exist any more")
        }
        guard reply.isSuccess else {
            throw RuntimeError(
                code: .cannotStartContainer,
                message: "container \(observation.identity.containerName): \(reply.failureText)")
        }
        return observation
    }

    /// Asks a container to end, and ends it by force when the grace period is over. Returns when it ended.
    /// Success also means that it did not run, or is gone.
    /// - Parameters:
    ///   - handle: The container.
    ///   - signal: The signal to ask with; nil for the one that the container or its image names, else SIGTERM.
    ///   - gracePeriod: Rounded up to whole seconds; at most a year. Zero kills at once.
    /// - Throws: ``RuntimeError`` with code `cannotStopContainer`, `unavailable` or `timeout`.
    public func stop(
        _ handle: ContainerHandle, signal: String?, gracePeriod: Duration
    ) async throws(RuntimeError) {
        let seconds = gracePeriod.engineSeconds
        guard seconds > 0 else { return try await kill(handle) }
        guard let signal else { return try await stop(handle, seconds: seconds, signal: nil) }
        // The parameter for the signal came with 1.42; engines before it ignore it.
        if try await version() >= EngineAPIVersion(1, 42) {
            return try await stop(handle, seconds: seconds, signal: signal)
        }
        try await send(signal, to: handle)
        guard try await hasEnded(handle, within: .seconds(seconds)) else { return try await kill(handle) }
    }

    /// Removes a container that does not run, its anonymous volumes, and the named volumes given. What is gone
    /// already counts as removed.
    /// - Throws: ``RuntimeError`` with code `cannotRemoveContainer` if the container runs or a volume is in use;
    ///   `unavailable` or `timeout`.
    public func remove(_ handle: ContainerHandle, volumes: [String]) async throws(RuntimeError) {
        let request = EngineRequest(
            .DELETE, Self.path(handle), query: [("v", "1")], transition: "removed", limit: limits.remove)
        let reply = try await call(request)
        if !reply.isSuccess, reply.status != 404 {
            // Another removal may be under way; its end is as good as ours.
            guard reply.status == 409, try await isBeingRemoved(handle) else {
                throw RuntimeError(
                    code: .cannotRemoveContainer, message: "container \(handle.id): \(reply.failureText)")
            }
        }
        for volume in volumes {
            let path = "/volumes/\(EngineRequest.encoded(volume))"
            let reply = try await call(
                EngineRequest(.DELETE, path, transition: "removed", limit: limits.remove))
            guard reply.isSuccess || reply.status == 404 else {
                throw RuntimeError(
                    code: .cannotRemoveContainer, message: "volume \(volume): \(reply.failureText)")
            }
        }
    }

    // MARK: Steps

    static func path(_ handle: ContainerHandle) -> String { "/containers/\(EngineRequest.encoded(handle.id))" }

    /// The container of an identity, if there is one.
    private func find(_ identity: ContainerIdentity) async throws(RuntimeError) -> ContainerHandle? {
        let matches = try await list(labels: [
            (ContainerLabels.owner, identity.owner), (ContainerLabels.taskARN, identity.taskARN),
            (ContainerLabels.containerName, identity.containerName),
        ])
        let usable = matches.filter { $0.state != "removing" && $0.state != "dead" }
        return usable.map(\.id).min().map(ContainerHandle.init)
    }

    private func stop(
        _ handle: ContainerHandle, seconds: Int64, signal: String?
    ) async throws(RuntimeError) {
        var query = [(name: "t", value: String(seconds))]
        if let signal { query.append(("signal", signal)) }
        let request = EngineRequest(
            .POST, "\(Self.path(handle))/stop", query: query, transition: "stopped",
            limit: .seconds(seconds) + limits.stop)
        let reply = try await call(request)
        // 304 is a container that does not run; 404 is one that is gone, hence does not run either.
        guard reply.isSuccess || reply.status == 404 else {
            throw RuntimeError(code: .cannotStopContainer, message: "container \(handle.id): \(reply.failureText)")
        }
    }

    /// Ends a container by force, and waits until it has ended.
    private func kill(_ handle: ContainerHandle) async throws(RuntimeError) {
        try await send("SIGKILL", to: handle)
        guard try await hasEnded(handle, within: limits.stop) else {
            throw RuntimeError(
                code: .cannotStopContainer,
                message: "container \(handle.id): it has not ended \(limits.stop.engineText) after SIGKILL")
        }
    }

    /// Sends a signal to a container; one that does not run has nobody to hear it, which is fine.
    private func send(_ signal: String, to handle: ContainerHandle) async throws(RuntimeError) {
        let reply = try await call(
            EngineRequest(
                .POST, "\(Self.path(handle))/kill", query: [("signal", signal)], transition: "stopped",
                limit: limits.stop))
        guard !reply.isSuccess, reply.status != 404 else { return }
        // The status for "does not run" is 409 or 500, depending on the engine: look instead.
        guard let container = try await container(handle.id), container.state.isRunning else { return }
        throw RuntimeError(code: .cannotStopContainer, message: "container \(handle.id): \(reply.failureText)")
    }

    /// Waits for a container's end.
    /// - Returns: false if it has not ended in time.
    private func hasEnded(_ handle: ContainerHandle, within limit: Duration) async throws(RuntimeError) -> Bool {
        let request = EngineRequest(.POST, "\(Self.path(handle))/wait", transition: "stopped", limit: limit)
        do throws(RuntimeError) {
            let reply = try await call(request)
            guard reply.isSuccess || reply.status == 404 else {
                throw RuntimeError(
                    code: .cannotStopContainer, message: "container \(handle.id): \(reply.failureText)")
            }
            return true
        } catch {
            guard error.code == .timeout else { throw error }
            return false
        }
    }

    /// Waits for the end of a removal that somebody else has begun.
    /// - Returns: false if there is none: the container is still there.
    private func isBeingRemoved(_ handle: ContainerHandle) async throws(RuntimeError) -> Bool {
        guard let container = try await container(handle.id) else { return true }
        guard container.state.status == "removing" else { return false }
        _ = try await call(
            EngineRequest(
                .POST, "\(Self.path(handle))/wait", query: [("condition", "removed")], transition: "removed",
                limit: limits.remove))
        return true
    }
}
