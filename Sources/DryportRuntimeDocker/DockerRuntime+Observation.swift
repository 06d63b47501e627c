// SPDX-License-Identifier: Apache-2.0

import DryportModel
public import DryportRuntime
import NIOHTTP1

extension DockerRuntime {
    /// The most containers that are looked at together.
    private static let inspectionsAtOnce = 8

    /// What a container looks like now.
    /// - Returns: nil if it does not exist any more, or carries no identity of this product's.
    /// - Throws: ``RuntimeError`` with code `unavailable` or `timeout`; `cannotInspectContainer` if the engine
    ///   fails on this container.
    public func inspect(_ handle: ContainerHandle) async throws(RuntimeError) -> ContainerObservation? {
        guard let container = try await container(handle.id),
            let identity = ContainerLabels.identity(from: container.config.labels ?? [:])
        else { return nil }
        var digest: String?
        if let name = container.config.image, let id = container.image {
            digest = try await imageDigest(name: name, id: id)
        }
        let state = container.observedState
        return ContainerObservation(
            handle: ContainerHandle(id: container.id),
            identity: identity,
            state: state,
            startedAt: container.startedAt,
            imageDigest: digest,
            networkBindings: state == .running ? container.networkBindings : [],
            health: container.health)
    }

    /// Every container of one owner, in order of task, container name and identifier.
    public func inventory(owner: String) async throws(RuntimeError) -> [ContainerObservation] {
        let handles = try await list(labels: [(ContainerLabels.owner, owner)]).map { ContainerHandle(id: $0.id) }
        let results = await withTaskGroup(
            of: Result<ContainerObservation?, RuntimeError>.self
        ) { group in
            var waiting = handles[...]
            var results: [Result<ContainerObservation?, RuntimeError>] = []
            for handle in waiting.prefix(Self.inspectionsAtOnce) {
                group.addTask { await self.inspectionResult(of: handle) }
            }
            waiting = waiting.dropFirst(Self.inspectionsAtOnce)
            while let result = await group.next() {
                results.append(result)
                if let handle = waiting.popFirst() {
                    group.addTask { await self.inspectionResult(of: handle) }
                }
            }
            return results
        }
        var observations: [ContainerObservation] = []
        for result in results {
            // Nil is one that was removed in between.
            if let observation = try result.get() { observations.append(observation) }
        }
        return observations.sorted { left, right in
            (left.identity.taskARN, left.identity.containerName, left.handle.id)
                < (right.identity.taskARN, right.identity.containerName, right.handle.id)
        }
    }

    private func inspectionResult(of handle: ContainerHandle) async -> Result<ContainerObservation?, RuntimeError> {
        do {
            return .success(try await inspect(handle))
        } catch {
            return .failure(error)
        }
    }

    /// Containers, running or not, that carry all of some labels.
    func list(labels: [(name: String, value: String)]) async throws(RuntimeError) -> [EngineContainerSummary] {
        let request = EngineRequest(
            .GET, "/containers/json",
            query: [("all", "1"), ("filters", Self.filters(["label": labels.map { "\($0.name)=\($0.value)" }]))],
            transition: "listing", limit: limits.list)
        let reply = try await call(request)
        guard reply.isSuccess, let found = reply.decoded(as: [EngineContainerSummary].self) else {
            throw RuntimeError(code: .unavailable, message: "Docker cannot list containers: \(reply.failureText)")
        }
        return found
    }

    /// A container in the engine's words, by identifier or name; nil if there is none.
    func container(_ name: String) async throws(RuntimeError) -> EngineContainer? {
        let path = "/containers/\(EngineRequest.encoded(name))/json"
        let reply = try await call(EngineRequest(.GET, path, transition: "inspecting", limit: limits.inspect))
        guard reply.status != 404 else { return nil }
        guard reply.isSuccess else {
            throw RuntimeError(
                code: .cannotInspectContainer, message: "container \(name): \(reply.failureText)")
        }
        guard let container = reply.decoded(as: EngineContainer.self) else { throw unreadable(reply, of: path) }
        return container
    }

    /// The value of a `filters` parameter.
    static func filters(_ filters: [String: [String]]) -> String {
        let value = JSONValue.object(filters.mapValues(JSONValue.strings))
        guard let json = try? value.encoded() else { preconditionFailure("strings are always valid JSON") }
        return String(decoding: json, as: UTF8.self)
    }
}

extension EngineContainer.State {
    /// Whether there are processes. Paused ones count, and so does the moment between two runs.
    var isRunning: Bool { ["running", "paused", "restarting"].contains(status) }
}

extension EngineContainer {
    /// The state in this product's terms.
    var observedState: ContainerObservation.State {
        if state.isRunning { return .running }
        if state.status == "created" { return .created }
        // `exited`, `dead` (its removal failed) and `removing`.
        let times = [state.finishedAt, state.startedAt, created]
        let finished = times.lazy.compactMap { $0.flatMap(Timestamp.init(engineTime:)) }.first
        return .exited(
            ContainerExit(
                code: state.exitCode,
                finishedAt: finished ?? Timestamp(millisecondsSinceEpoch: 0),
                isOutOfMemory: state.isOutOfMemory ?? false,
                reason: state.error.flatMap { $0.isEmpty ? nil : $0 }))
    }

    /// When the container was started last; nil before. The engine notes a start when its runtime has
    /// returned, at which time a short container may have ended: it never started later than it ended.
    var startedAt: Timestamp? {
        guard let started = state.startedAt.flatMap(Timestamp.init(engineTime:)) else { return nil }
        guard case .exited(let exit) = observedState else { return started }
        return min(started, exit.finishedAt)
    }

    /// What the health check says. `starting` is no result yet (`ecs-agent.md` §10.9).
    var health: HealthStatus {
        switch state.health?.status {
        case "healthy": .healthy
        case "unhealthy": .unhealthy
        default: .unknown
        }
    }

    /// Published ports in order of container port. The engine binds each port for IPv4 and again for IPv6;
    /// users see the second one only where it stands alone.
    var networkBindings: [ContainerObservation.NetworkBinding] {
        var bindings: [ContainerObservation.NetworkBinding] = []
        for (key, entries) in network?.ports ?? [:] {
            let parts = key.split(separator: "/")
            guard parts.count == 2, let containerPort = Int(parts[0]),
                let transport = TransportProtocol(rawValue: String(parts[1]))
            else { continue }
            let all = (entries ?? []).compactMap { entry -> ContainerObservation.NetworkBinding? in
                guard let hostPort = entry.hostPort.flatMap({ Int($0) }) else { return nil }
                return ContainerObservation.NetworkBinding(
                    bindIP: entry.hostIP ?? "", containerPort: containerPort, hostPort: hostPort,
                    transportProtocol: transport)
            }
            let others = all.filter { $0.bindIP != "::" }
            bindings += others.isEmpty ? all : others
        }
        return bindings.sorted { left, right in
            (left.containerPort, left.transportProtocol.rawValue, left.hostPort, left.bindIP)
                < (right.containerPort, right.transportProtocol.rawValue, right.hostPort, right.bindIP)
        }
    }
}
