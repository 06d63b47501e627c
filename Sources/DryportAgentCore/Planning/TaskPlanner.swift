// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel

/// Makes plans of the tasks of a payload (`ecs-agent.md` §5).
struct TaskPlanner {
    /// The ARN of the container instance.
    var owner: String
    /// The agent's configuration.
    var configuration: AgentConfiguration
    /// What the runtime can do.
    var runtime: RuntimeFacts

    /// Reads, checks and completes a task.
    /// - Throws: ``TaskPlanningError``; all reasons for `unreadable` are looked for before any for `impossible`.
    func plan(
        _ task: ACS.Task, using random: inout some RandomNumberGenerator
    ) throws(TaskPlanningError) -> TaskPlan {
        let arn = task.arn ?? ""
        let containers = task.containers ?? []
        for container in containers { _ = try Self.command(of: container) }
        for volume in task.volumes ?? [] { try Self.checkReadable(volume) }
        guard !containers.isEmpty else {
            throw .impossible("ResourceInitializationError: task \(arn) has no containers")
        }
        try TaskSupport(runtime: runtime).check(task)

        let names = try engineNames(of: containers, in: task, using: &random)
        let volumes = try VolumePlan(task, using: &random)
        var planned: [TaskPlan.Container] = []
        for (index, container) in containers.enumerated() {
            planned.append(
                try self.container(container, at: index, in: task, engineNames: names, volumes: volumes))
        }
        try Self.checkOrder(planned)
        return TaskPlan(
            arn: arn, clusterARN: task.taskClusterArn, family: task.family ?? "", revision: task.version ?? "",
            containers: planned, demand: Self.demand(of: task, planned), volumes: volumes.taskScoped,
            credentialsIDs: [task.roleCredentials, task.executionRoleCredentials].compactMap { $0?.credentialsId })
    }

    /// The plan of a task that cannot run: enough to report it.
    func emptyPlan(_ task: ACS.Task) -> TaskPlan {
        TaskPlan(
            arn: task.arn ?? "", clusterARN: task.taskClusterArn, family: task.family ?? "",
            revision: task.version ?? "", containers: [], demand: ResourceDemand(), volumes: [], credentialsIDs: [])
    }

    private func engineNames(
        of containers: [ACS.Container], in task: ACS.Task, using random: inout some RandomNumberGenerator
    ) throws(TaskPlanningError) -> [(name: String, engineName: String)] {
        var result: [(name: String, engineName: String)] = []
        for container in containers {
            let name = container.name ?? ""
            guard !name.isEmpty, !(container.image ?? "").isEmpty else {
                throw .impossible("ResourceInitializationError: a container lacks its name or its image")
            }
            guard !result.contains(where: { $0.name == name }) else {
                throw .impossible("ResourceInitializationError: two containers are named \(name)")
            }
            let reduced = name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
            let suffix = random.hexadecimal(20)
            result.append((name, "ecs-\(task.family ?? "")-\(task.version ?? "")-\(reduced)-\(suffix)"))
        }
        return result
    }

    private func container(
        _ container: ACS.Container, at index: Int, in task: ACS.Task,
        engineNames: [(name: String, engineName: String)], volumes: VolumePlan
    ) throws(TaskPlanningError) -> TaskPlan.Container {
        let name = engineNames[index].name
        let settings = try EngineSettings(
            config: container.dockerConfig?.config, hostConfig: container.dockerConfig?.hostConfig, container: name)
        let networkMode = try networkMode(of: settings, in: task, container: name)
        let (ports, portErrors) = Self.ports(of: container)
        if let error = portErrors { throw .impossible("HostConfigError: container \(name): \(error)") }
        let memory = container.memory ?? 0
        let taskMemory = task.memory ?? 0
        let taskCPU = Int(((task.cpu ?? 0) * 1024).rounded())
        let peers = try Peers(container, index: index, names: engineNames)
        let plan = ContainerPlan(
            owner: owner, taskARN: task.arn ?? "", containerName: name, family: task.family ?? "",
            revision: task.version ?? "", cluster: configuration.clusterName,
            engineName: engineNames[index].engineName, image: container.image ?? "",
            entryPoint: container.entryPoint.flatMap { $0.isEmpty ? nil : $0 },
            command: try Self.command(of: container), environment: environment(of: container),
            workingDirectory: settings.config.WorkingDir.flatMap { $0.isEmpty ? nil : $0 },
            user: settings.config.User.flatMap { $0.isEmpty ? nil : $0 },
            cpuShares: min(max(container.cpu ?? 0, 2), 262_144),
            cpuLimit: settings.hostConfig.NanoCpus.flatMap { $0 > 0 ? Int($0 * 1024 / 1_000_000_000) : nil }
                ?? (taskCPU > 0 ? taskCPU : nil),
            memoryLimit: memory > 0 ? max(memory, 4) : (taskMemory > 0 ? taskMemory : nil),
            memoryReservation: settings.hostConfig.MemoryReservation.flatMap { $0 > 0 ? Int($0 >> 20) : nil },
            networkMode: networkMode, ports: networkMode == "bridge" ? ports : [],
            mounts: try volumes.mounts(of: container, named: name), links: peers.links,
            volumesFrom: peers.volumesFrom, labels: settings.config.Labels ?? [:],
            resourceLimits: (settings.hostConfig.Ulimits ?? []).compactMap { limit in
                limit.Name.map { .init(name: $0, soft: limit.Soft ?? -1, hard: limit.Hard ?? limit.Soft ?? -1) }
            }, engineConfig: container.dockerConfig?.config, engineHostConfig: container.dockerConfig?.hostConfig)
        return TaskPlan.Container(
            plan: plan, isEssential: container.essential ?? false, dependencies: peers.dependencies,
            startTimeout: container.startTimeout.flatMap { $0 > 0 ? .seconds($0) : nil },
            stopTimeout: container.stopTimeout.flatMap { $0 > 0 ? .seconds($0) : nil } ?? configuration.stopTimeout,
            restartPolicy: container.restartPolicy.flatMap { policy in
                guard policy.enabled == true else { return nil }
                return TaskPlan.RestartPolicy(
                    ignoredExitCodes: policy.ignoredExitCodes ?? [],
                    attemptPeriod: policy.restartAttemptPeriod.map { .seconds($0) }
                        ?? configuration.timing.restartAttemptPeriod)
            })
    }

    private func networkMode(
        of settings: EngineSettings, in task: ACS.Task, container: String
    ) throws(TaskPlanningError) -> String {
        var mode = settings.hostConfig.NetworkMode ?? task.networkMode ?? "bridge"
        if mode.isEmpty || mode == "default" { mode = "bridge" }
        guard runtime.networkModes.contains(mode) else {
            throw .impossible(
                "ResourceInitializationError: network mode \(mode) of container \(container) is not supported by "
                    + "runtime \(runtime.name), which offers \(runtime.networkModes.sorted().joined(separator: ", "))")
        }
        return mode
    }

    /// §5.10. No variable promises an endpoint that this agent does not serve.
    private func environment(of container: ACS.Container) -> [String: String] {
        var environment = container.environment ?? [:]
        if environment["AWS_REGION"] == nil && environment["AWS_DEFAULT_REGION"] == nil {
            environment["AWS_REGION"] = configuration.region
            environment["AWS_DEFAULT_REGION"] = configuration.region
        }
        return environment
    }
}
