// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel

/// Makes the message that orders an agent to run or stop one task (`ecs-agent.md` §5). One task travels per
/// message, since stock agents withhold the acknowledgement of a whole message for one bad task (§4.5).
struct PayloadBuilder {
    var scope: AccountScope
    var cluster: String
    var task: TaskRecord
    var definition: TaskDefinition
    /// How log drivers deliver where the definition does not say.
    var defaultLogMode: String
    /// The containers' engine options if they are known already, in the definition's order.
    var engineOptions: [EngineOptions]?

    func message(
        id: String, timeline: Int, credentials: ClusterMachine.IssuedCredentials, at now: Timestamp
    ) -> ACS.PayloadMessage {
        var message = ACS.PayloadMessage()
        message.messageId = id
        message.clusterArn = scope.cluster(cluster)
        message.containerInstanceArn = scope.containerInstance(task.instanceID, cluster: cluster)
        message.seqNum = timeline
        message.generatedAt = now.epochSeconds
        message.tasks = [payload(credentials)]
        return message
    }

    private func payload(_ credentials: ClusterMachine.IssuedCredentials) -> ACS.Task {
        var payload = ACS.Task()
        payload.arn = scope.task(task.id, cluster: cluster)
        payload.taskClusterArn = scope.cluster(cluster)
        payload.taskDefinitionAccountId = scope.account
        payload.family = task.family
        payload.version = String(task.revision)
        payload.desiredStatus = task.desiredStatus.rawValue
        payload.launchType = LaunchType.external.rawValue
        payload.networkMode = networkMode
        payload.group = task.group
        payload.serviceName = task.group.hasPrefix("service:") ? String(task.group.dropFirst("service:".count)) : nil
        payload.overrides = "{}"
        payload.pidMode = definition.pidMode
        payload.ipcMode = definition.ipcMode
        payload.enableFaultInjection = definition.enableFaultInjection
        // Only a limit of the task as a whole travels; without one the agent adds up the containers'.
        let cpu = (task.overrides.cpu ?? definition.cpu).flatMap { TaskSize.parse($0, unit: .cpu) }
        let memory = (task.overrides.memory ?? definition.memory).flatMap { TaskSize.parse($0, unit: .memory) }
        payload.cpu = cpu.map { Double($0) / 1024 }
        payload.memory = memory
        payload.roleCredentials = credentials.task
        payload.executionRoleCredentials = credentials.execution
        payload.volumes = (definition.volumes ?? []).map(Self.volume)
        payload.associations = task.containers.flatMap { container in
            container.gpus.map { gpu in
                var association = ACS.Association()
                association.name = gpu
                association.type = "gpu"
                association.containers = [container.name]
                return association
            }
        }
        let options = engineOptions ?? makeEngineOptions()
        payload.containers = task.containers.indices.map { index in
            container(definition.containerDefinitions[index], task.containers[index], options[index])
        }
        return payload
    }

    /// What the engine is told of each container. The same for all tasks of a definition that override no memory.
    func makeEngineOptions() -> [EngineOptions] {
        definition.containerDefinitions.map { container in
            EngineOptions(
                container, networkMode: networkMode, override: task.overrides.container(named: container.name),
                defaultLogMode: defaultLogMode)
        }
    }

    private var networkMode: String { definition.networkMode ?? "bridge" }

    private func container(
        _ definition: ContainerDefinition, _ record: ContainerRecord, _ options: EngineOptions
    ) -> ACS.Container {
        let override = task.overrides.container(named: definition.name)
        var container = ACS.Container()
        container.name = definition.name
        container.containerArn = scope.container(record.id, task: task.id, cluster: cluster)
        container.image = definition.image
        container.cpu = override?.cpu ?? definition.cpu ?? 0
        container.memory = override?.memory ?? definition.memory ?? 0
        container.essential = definition.essential ?? true
        container.entryPoint = definition.entryPoint
        container.command = override?.command ?? definition.command
        container.environment = environment(definition, override)
        container.environmentFiles = override?.environmentFiles ?? definition.environmentFiles
        container.portMappings = (definition.portMappings ?? []).map { mapping in
            var port = ACS.PortMapping()
            port.containerPort = mapping.containerPort
            port.hostPort = mapping.containerPort.map { _ in mapping.hostPort ?? 0 }
            port.containerPortRange = mapping.containerPortRange
            port.protocol = mapping.protocol ?? "tcp"
            return port
        }
        container.mountPoints = definition.mountPoints ?? []
        container.volumesFrom = definition.volumesFrom ?? []
        container.links = definition.links ?? []
        container.dependsOn = definition.dependsOn
        container.startTimeout = definition.startTimeout
        container.stopTimeout = definition.stopTimeout
        container.overrides = "{}"
        container.healthCheckType = definition.healthCheck.map { _ in "docker" }
        container.firelensConfiguration = definition.firelensConfiguration
        container.credentialSpecs = definition.credentialSpecs
        container.secrets = secrets(definition)
        if definition.logConfiguration?.logDriver == "awslogs", task.executionCredentialsID != nil {
            container.logsAuthStrategy = "ExecutionRole"
        }
        if let policy = definition.restartPolicy, policy.enabled ?? false {
            container.restartPolicy = ACS.RestartPolicy(
                enabled: true, ignoredExitCodes: policy.ignoredExitCodes ?? [],
                restartAttemptPeriod: policy.restartAttemptPeriod ?? 300)
        }
        if let parameter = definition.repositoryCredentials?.credentialsParameter {
            container.registryAuthentication = ACS.RegistryAuthentication(
                type: "asm",
                asmAuthData: ACS.ASMAuthData(credentialsParameter: parameter, region: scope.region))
        }
        container.dockerConfig = ACS.DockerConfig(
            version: "1.19", config: options.config, hostConfig: options.hostConfig)
        return container
    }

    /// The definition's variables, those of the override over them by name, and the mark by which software knows
    /// where it runs (§5.10). The agent's own `overrides` member cannot carry variables (§5.4).
    private func environment(_ definition: ContainerDefinition, _ override: ECS.ContainerOverride?) -> [String: String]
    {
        var environment = ["AWS_EXECUTION_ENV": "AWS_ECS_EXTERNAL"]
        for pair in (definition.environment ?? []) + (override?.environment ?? []) {
            if let name = pair.name { environment[name] = pair.value ?? "" }
        }
        return environment
    }

    private func secrets(_ definition: ContainerDefinition) -> [ACS.Secret]? {
        func secret(_ secret: Secret, target: String) -> ACS.Secret {
            let source = secret.valueFrom ?? ""
            return ACS.Secret(
                name: secret.name, valueFrom: source,
                type: target == "CONTAINER" ? "ENVIRONMENT_VARIABLE" : "BOOTSTRAP",
                provider: source.hasPrefix("arn:") && ARN(source)?.service == "secretsmanager" ? "asm" : "ssm",
                region: ARN(source)?.region ?? scope.region, target: target)
        }
        let all =
            (definition.secrets ?? []).map { secret($0, target: "CONTAINER") }
            + (definition.logConfiguration?.secretOptions ?? []).map { secret($0, target: "LOG_DRIVER") }
        return all.isEmpty ? nil : all
    }

    private static func volume(_ volume: Volume) -> ACS.Volume {
        var result = ACS.Volume()
        result.name = volume.name
        if let docker = volume.dockerVolumeConfiguration {
            result.type = "docker"
            result.dockerVolumeConfiguration = docker
            result.dockerVolumeConfiguration?.scope = docker.scope ?? "task"
            result.dockerVolumeConfiguration?.autoprovision = docker.autoprovision ?? false
            result.dockerVolumeConfiguration?.driver = docker.driver ?? "local"
        } else if let share = volume.fsxWindowsFileServerVolumeConfiguration {
            result.type = "fsxWindowsFileServer"
            result.fsxWindowsFileServerVolumeConfiguration = share
        } else {
            // `host` must be there even when it says nothing (§5.5).
            result.host = volume.host ?? HostVolumeProperties()
        }
        return result
    }
}
