// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportModel
import DryportReconciler

/// Containers that do what their names' scripts say.
final class FakeRuntime {
    enum Script {
        case runs
        case exits(code: Int, after: Duration)
        /// Over before anybody can look.
        case isOver(code: Int)
    }

    struct Container {
        var plan: ContainerPlan
        var seen: RuntimeContainer
        var run = 0
    }

    /// What containers do, by name; they run if nothing is said.
    var scripts: [String: Script] = [:]
    /// Images of the host; nil if all pulls succeed.
    var localImages: Set<String>?
    /// Errors of create or start, by container name.
    var createErrors: [String: OperationFailure] = [:]
    var startErrors: [String: OperationFailure] = [:]
    var stopErrors = 0
    /// Whether nothing answers.
    var isUnavailable = false
    /// How long operations take, by their names; a moment if nothing is said.
    var latencies: [String: Duration] = [:]
    /// Whether operations that were given up happen all the same.
    var ignoresCancellation = false

    private(set) var containers: [String: Container] = [:]
    private(set) var starts: [ContainerKey: Int] = [:]
    private(set) var creations: [ContainerKey: Int] = [:]
    private(set) var removedVolumes: [String] = []
    /// Keys of which there were two containers at a time. Must stay empty.
    private(set) var duplicates: [ContainerKey] = []
    /// Everything that was asked for.
    var operations: [RuntimeOperation] = []
    private var lastID = 0

    func latency(of operation: RuntimeOperation) -> Duration? {
        let name =
            switch operation {
            case .inventory: "inventory"
            case .pull: "pull"
            case .localImage: "localImage"
            case .create: "create"
            case .start: "start"
            case .stop: "stop"
            case .inspect: "inspect"
            case .remove: "remove"
            }
        return latencies[name]
    }

    var running: [String] { containers.values.filter { $0.seen.state == .running }.map(\.plan.containerName).sorted() }

    func container(named name: String) -> Container? { containers.values.first { $0.plan.containerName == name } }

    typealias Exit = (id: String, run: Int, code: Int, after: Duration)

    func execute(
        _ operation: RuntimeOperation, at wall: Timestamp
    ) -> (Result<OperationResult, OperationFailure>, [RuntimeNotice], Exit?) {
        if isUnavailable {
            return (
                .failure(.init(name: "RuntimeUnavailableError", message: "no answer", isUnavailable: true)), [], nil
            )
        }
        switch operation {
        case .inventory:
            let all = containers.values.map(\.seen).sorted { $0.runtimeID < $1.runtimeID }
            return (.success(.inventory(all)), [], nil)
        case .pull(let image):
            guard localImages == nil else {
                return (.failure(.init(name: "CannotPullContainerError", message: "no route to \(image)")), [], nil)
            }
            return (.success(.image(digest: "sha256:\(image)")), [], nil)
        case .localImage(let image):
            guard localImages?.contains(image) ?? true else { return (.success(.none), [], nil) }
            return (.success(.image(digest: nil)), [], nil)
        case .create(let plan): return (create(plan), [], nil)
        case .start(let id): return start(id, at: wall)
        case .stop(let id, _):
            if stopErrors > 0 {
                stopErrors -= 1
                return (.failure(.init(name: "CannotStopContainerError", message: "busy")), [], nil)
            }
            guard let container = containers[id], container.seen.state == .running,
                let seen = exit(id, run: container.run, code: 137, at: wall)
            else { return (.success(.none), [], nil) }
            return (.success(.none), [.changed(seen)], nil)
        case .inspect(let id): return (.success(containers[id].map { .container($0.seen) } ?? .none), [], nil)
        case .remove(let id, let volumes):
            guard let container = containers[id] else { return (.success(.none), [], nil) }
            guard container.seen.state != .running else {
                return (.failure(.init(name: "CannotRemoveContainerError", message: "it runs")), [], nil)
            }
            containers[id] = nil
            removedVolumes += volumes
            return (.success(.none), [.removed(runtimeID: id)], nil)
        }
    }

    private func create(_ plan: ContainerPlan) -> Result<OperationResult, OperationFailure> {
        let key = ContainerKey(taskARN: plan.taskARN, containerName: plan.containerName)
        if let error = createErrors[plan.containerName] { return .failure(error) }
        if let existing = containers.values.first(where: { $0.seen.key == key }) {
            if existing.plan.engineName != plan.engineName { duplicates.append(key) }
            return .success(.created(runtimeID: existing.seen.runtimeID))
        }
        creations[key, default: 0] += 1
        lastID += 1
        let id = "container-\(lastID)"
        containers[id] = Container(plan: plan, seen: RuntimeContainer(key: key, runtimeID: id, state: .created))
        return .success(.created(runtimeID: id))
    }

    private func start(
        _ id: String, at wall: Timestamp
    ) -> (Result<OperationResult, OperationFailure>, [RuntimeNotice], Exit?) {
        guard var container = containers[id] else {
            return (.failure(.init(name: "ContainerVanishedError", message: "gone")), [], nil)
        }
        if let error = startErrors[container.plan.containerName] { return (.failure(error), [], nil) }
        guard container.seen.state != .running else { return (.success(.container(container.seen)), [], nil) }
        starts[container.seen.key, default: 0] += 1
        container.run += 1
        container.seen.state = .running
        container.seen.startedAt = wall
        container.seen.networkBindings = container.plan.ports.map {
            NetworkBindingRecord(
                bindIP: "0.0.0.0", containerPort: $0.containerPort, hostPort: $0.hostPort == 0 ? 32768 : $0.hostPort,
                transportProtocol: $0.transportProtocol)
        }
        containers[id] = container
        if case .isOver(let code) = scripts[container.plan.containerName] {
            let seen = self.exit(id, run: container.run, code: code, at: wall) ?? container.seen
            return (.success(.container(seen)), [.changed(seen)], nil)
        }
        var exit: Exit?
        if case .exits(let code, let after) = scripts[container.plan.containerName] {
            exit = (id, container.run, code, after)
        }
        return (.success(.container(container.seen)), [.changed(container.seen)], exit)
    }

    /// Ends a run, if it still is the current one.
    func exit(_ id: String, run: Int, code: Int, at wall: Timestamp) -> RuntimeContainer? {
        guard var container = containers[id], container.run == run, container.seen.state == .running else { return nil }
        container.seen.state = .exited(ContainerExitRecord(code: code, finishedAt: wall))
        container.seen.networkBindings = []
        containers[id] = container
        return container.seen
    }

    /// Somebody removes a container behind the agent's back.
    func vanish(_ name: String) {
        for (id, container) in containers where container.plan.containerName == name { containers[id] = nil }
    }
}
