// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportModel
import DryportReconciler
import DryportRuntime
import DryportTransport

// The core knows no port, so its terms are copied into the ports' and back, member by member.

extension ContainerSpec {
    init(_ plan: ContainerPlan) {
        self.init(
            identity: ContainerIdentity(
                owner: plan.owner, taskARN: plan.taskARN, containerName: plan.containerName, family: plan.family,
                revision: plan.revision, cluster: plan.cluster),
            name: plan.engineName, image: plan.image)
        entryPoint = plan.entryPoint
        command = plan.command
        environment = plan.environment
        workingDirectory = plan.workingDirectory
        user = plan.user
        cpuShares = plan.cpuShares
        cpuLimit = plan.cpuLimit
        memoryLimit = plan.memoryLimit
        memoryReservation = plan.memoryReservation
        networkMode = NetworkMode(rawValue: plan.networkMode) ?? .bridge
        portMappings = plan.ports.map {
            PortMapping(
                containerPort: $0.containerPort, hostPort: $0.hostPort, transportProtocol: $0.transportProtocol)
        }
        mounts = plan.mounts.map { mount in
            let source: Mount.Source =
                switch mount.source {
                case .hostPath(let path): .hostPath(path)
                case .volume(let name): .volume(name)
                }
            return Mount(source: source, containerPath: mount.containerPath, isReadOnly: mount.isReadOnly)
        }
        links = plan.links
        volumesFrom = plan.volumesFrom
        labels = plan.labels
        resourceLimits = plan.resourceLimits.map { ResourceLimit(name: $0.name, soft: $0.soft, hard: $0.hard) }
        engineConfig = plan.engineConfig
        engineHostConfig = plan.engineHostConfig
    }
}

extension RuntimeContainer {
    init(_ seen: ContainerObservation) {
        let state: State =
            switch seen.state {
            case .created: .created
            case .running: .running
            case .exited(let exit):
                .exited(
                    ContainerExitRecord(
                        code: exit.code, finishedAt: exit.finishedAt, isOutOfMemory: exit.isOutOfMemory,
                        reason: exit.reason))
            }
        self.init(
            key: ContainerKey(taskARN: seen.identity.taskARN, containerName: seen.identity.containerName),
            runtimeID: seen.handle.id, state: state, startedAt: seen.startedAt, imageDigest: seen.imageDigest,
            networkBindings: seen.networkBindings.map {
                NetworkBindingRecord(
                    bindIP: $0.bindIP, containerPort: $0.containerPort, hostPort: $0.hostPort,
                    transportProtocol: $0.transportProtocol)
            }, health: seen.health)
    }
}

extension RuntimeNotice {
    init(_ event: RuntimeEvent) {
        switch event {
        case .synchronised: self = .synchronised
        case .changed(let seen): self = .changed(RuntimeContainer(seen))
        case .removed(let handle): self = .removed(runtimeID: handle.id)
        }
    }
}

extension OperationFailure {
    init(_ error: RuntimeError) {
        self.init(name: error.code.name, message: error.message, isUnavailable: error.code == .unavailable)
    }
}

extension RuntimeFacts {
    init(_ capabilities: RuntimeCapabilities) {
        self.init(name: capabilities.name, version: capabilities.version)
        dockerAPIVersions = capabilities.dockerAPIVersions
        networkModes = NetworkMode.allCases.filter(capabilities.networkModes.contains).map(\.rawValue)
        logDrivers = capabilities.logDrivers
        enforcesMemoryLimits = capabilities.enforcesMemoryLimits
        enforcesCPULimits = capabilities.enforcesCPULimits
        hasMounts = capabilities.hasMounts
        canRunPrivileged = capabilities.canRunPrivileged
        hasHealthChecks = capabilities.hasHealthChecks
    }
}

extension AgentCallFailure {
    init(_ error: ServiceCallError) {
        switch error {
        case .service(let error, _): self = .service(error)
        case .transport(let error) where error.code == .protocolViolation: self = .unreadable(error.description)
        case .transport(let error): self = .unanswered(error.description)
        }
    }
}

extension SessionEnd {
    init(_ error: any Error) {
        guard let error = error as? TransportError else {
            self = .failed("\(error)")
            return
        }
        switch error.code {
        case .closed: self = .closed(code: error.closeCode ?? 1006)
        case .refused:
            // `ecs-agent.md` §4.2: no more than 1,024 bytes of it count.
            let body = String(decoding: (error.response?.body ?? []).prefix(1024), as: UTF8.self)
            self = .refused(status: error.response?.status ?? 0, body: body)
        default: self = .failed(error.description)
        }
    }
}
