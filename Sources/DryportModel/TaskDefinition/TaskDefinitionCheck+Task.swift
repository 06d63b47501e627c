// SPDX-License-Identifier: Apache-2.0

// Rules of the task as a whole (`ecs-control-plane.md` §3.1) and of its volumes (§3.4).

extension TaskDefinitionCheck {
    mutating func task() {
        names()
        require(definition.networkMode, oneOf: ["bridge", "host", "none", "awsvpc"], "networkMode")
        require(definition.pidMode, oneOf: ["host", "task"], "pidMode")
        require(definition.ipcMode, oneOf: ["host", "task", "none"], "ipcMode")
        role(definition.taskRoleArn, "taskRoleArn")
        role(definition.executionRoleArn, "executionRoleArn")
        placementConstraints()
        compatibilities()
        if let platform = definition.runtimePlatform {
            require(platform.cpuArchitecture, oneOf: ["X86_64", "ARM64"], "runtimePlatform.cpuArchitecture")
            require(
                platform.operatingSystemFamily, oneOf: Self.operatingSystemFamilies,
                "runtimePlatform.operatingSystemFamily")
        }
        let routers = definition.containerDefinitions.filter { $0.firelensConfiguration != nil }
        if routers.count > 1 {
            add("containerDefinitions", "A task definition can have at most one container with firelensConfiguration.")
        }
    }

    private mutating func names() {
        if definition.family.isEmpty {
            add("family", "Family should not be null or empty.")
        } else if !Self.isName(definition.family) {
            add("family", "Family contains invalid characters or is longer than 255.")
        }
        let containers = definition.containerDefinitions
        if containers.isEmpty {
            add("containerDefinitions", "Container list cannot be empty.")
        } else if containers.count > 10 {
            add("containerDefinitions", "A task definition can have at most 10 containers.")
        }
        var seen: Set<String> = []
        for (index, container) in containers.enumerated() where !container.name.isEmpty {
            if !seen.insert(container.name).inserted {
                add("containerDefinitions[\(index)].name", "Container name '\(container.name)' is not unique.")
            }
        }
        if !containers.isEmpty, !containers.contains(where: { $0.essential ?? true }) {
            add("containerDefinitions", "At least one container must be marked as essential.")
        }
    }

    private mutating func role(_ role: String?, _ path: String) {
        guard let role, !role.isEmpty else { return }
        let isValid =
            if role.hasPrefix("arn:") {
                ARN(role).map { $0.service == "iam" && $0.resource.hasPrefix("role/") && $0.resource.count > 5 }
                    ?? false
            } else {
                role.utf8.allSatisfy { $0.isNameByte || "+=,.@/".utf8.contains($0) }
            }
        if !isValid { add(path, "Role is not valid") }
    }

    private mutating func placementConstraints() {
        let constraints = definition.placementConstraints ?? []
        if constraints.count > 10 {
            add("placementConstraints", "A task definition can have at most 10 placement constraints.")
        }
        for (index, constraint) in constraints.enumerated() {
            let path = "placementConstraints[\(index)]"
            if constraint.type == nil { add("\(path).type", "\(path).type should not be null or empty.") }
            require(constraint.type, oneOf: ["memberOf"], "\(path).type")
            requirePresent(constraint.expression, "\(path).expression")
        }
    }

    private mutating func compatibilities() {
        let required = definition.requiresCompatibilities ?? []
        for (index, value) in required.enumerated() {
            require(value, oneOf: LaunchType.allCases.map(\.rawValue), "requiresCompatibilities[\(index)]")
        }
        if isExternal {
            for obstacle in definition.externalObstacles() { add(obstacle.path, obstacle.message) }
        } else if definition.inferenceAccelerators?.isEmpty == false {
            add("inferenceAccelerators", "Inference accelerators are no longer supported.")
        }
        let computed = definition.computedCompatibilities()
        for value in required
        where value != LaunchType.external.rawValue && LaunchType(rawValue: value) != nil && !computed.contains(value) {
            add("requiresCompatibilities", "The task definition is not compatible with launch type \(value).")
        }
    }

    mutating func taskSizes() {
        let containers = definition.containerDefinitions
        let guide = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
        if let text = definition.cpu {
            if let cpu = TaskSize.parse(text, unit: .cpu), (128...196_608).contains(cpu) {
                let sum = containers.reduce(0) { $0.addingSaturated($1.cpu ?? 0) }
                if sum > cpu {
                    add("cpu", "The containers' cpu, \(sum) in all, must not exceed the task's cpu of \(cpu).")
                }
            } else {
                add("cpu", "Invalid 'cpu' setting for task. \(guide)")
            }
        }
        guard let text = definition.memory else { return }
        if let memory = TaskSize.parse(text, unit: .memory), memory >= Self.leastMemory {
            let sum = containers.reduce(0) { $0.addingSaturated($1.chargedMemory) }
            if sum > memory {
                add("memory", "The containers' memory, \(sum) MiB in all, must not exceed the task's \(memory) MiB.")
            }
        } else {
            add("memory", "Invalid 'memory' setting for task. \(guide)")
        }
    }

    mutating func volumes() {
        var seen: Set<String> = []
        for (index, volume) in (definition.volumes ?? []).enumerated() {
            let path = "volumes[\(index)]"
            if let name = volume.name, !name.isEmpty {
                if !Self.isName(name) { add("\(path).name", "Volume name '\(name)' is not valid.") }
                if !seen.insert(name).inserted { add("\(path).name", "Volume name '\(name)' is not unique.") }
            } else if volume.efsVolumeConfiguration != nil || volume.s3filesVolumeConfiguration != nil
                || volume.configuredAtLaunch == true
            {
                requirePresent(volume.name, "\(path).name")
            }
            self.volume(volume, path)
        }
        let launched = (definition.volumes ?? []).filter { $0.configuredAtLaunch == true }
        if launched.count > 1 {
            add("volumes", "At most one volume of a task definition can be configured at launch.")
        }
    }

    private mutating func volume(_ volume: Volume, _ path: String) {
        let kinds = [
            volume.host != nil, volume.dockerVolumeConfiguration != nil, volume.efsVolumeConfiguration != nil,
            volume.s3filesVolumeConfiguration != nil, volume.fsxWindowsFileServerVolumeConfiguration != nil,
        ]
        if kinds.count(where: { $0 }) > 1 { add(path, "Only one volume type can be specified per volume.") }
        if let docker = volume.dockerVolumeConfiguration {
            let path = "\(path).dockerVolumeConfiguration"
            require(docker.scope, oneOf: ["task", "shared"], "\(path).scope")
            if docker.autoprovision == true, docker.scope != "shared" {
                add("\(path).autoprovision", "autoprovision is only supported with scope 'shared'.")
            }
        }
        if let share = volume.fsxWindowsFileServerVolumeConfiguration {
            let path = "\(path).fsxWindowsFileServerVolumeConfiguration"
            requirePresent(share.fileSystemId, "\(path).fileSystemId")
            requirePresent(share.rootDirectory, "\(path).rootDirectory")
            requirePresent(
                share.authorizationConfig?.credentialsParameter, "\(path).authorizationConfig.credentialsParameter")
            requirePresent(share.authorizationConfig?.domain, "\(path).authorizationConfig.domain")
        }
        if let efs = volume.efsVolumeConfiguration {
            requirePresent(efs.fileSystemId, "\(path).efsVolumeConfiguration.fileSystemId")
        }
    }

    /// MiB below which Docker refuses to make a container.
    static let leastMemory = 6

    private static let operatingSystemFamilies = [
        "LINUX", "WINDOWS_SERVER_2016_FULL", "WINDOWS_SERVER_2019_FULL", "WINDOWS_SERVER_2019_CORE",
        "WINDOWS_SERVER_2004_CORE", "WINDOWS_SERVER_20H2_CORE", "WINDOWS_SERVER_2022_FULL",
        "WINDOWS_SERVER_2022_CORE", "WINDOWS_SERVER_2025_FULL", "WINDOWS_SERVER_2025_CORE",
    ]
}
