// SPDX-License-Identifier: Apache-2.0

extension TaskDefinition {
    /// What an instance must have to run the definition, sorted by name, each once (`ecs-control-plane.md` §3.6).
    ///
    /// Attributes have a value only where ``runtimePlatform`` asks for one. AWS's lists differ by history: this is one
    /// that stock agents satisfy.
    public func computedRequiredAttributes() -> [Attribute] {
        var required = RequiredAttributes()
        required.insertDockerAPI(17)
        if taskRoleArn?.isEmpty == false {
            required.insertLegacy(networkMode == "host" ? "task-iam-role-network-host" : "task-iam-role")
            required.insertDockerAPI(19)
        }
        if pidMode != nil || ipcMode != nil { required.insert("pid-ipc-namespace-sharing") }
        if cpu != nil || memory != nil { required.insert("task-cpu-mem-limit") }
        if let cpu = cpu.flatMap({ TaskSize.parse($0, unit: .cpu) }), cpu > 10 * 1024 {
            required.insert("increased-task-cpu-limit")
        }
        if enableFaultInjection == true { required.insert("fault-injection") }
        for volume in volumes ?? [] { required.insert(of: volume) }
        let hasExecutionRole = executionRoleArn?.isEmpty == false
        for container in containerDefinitions { required.insert(of: container, hasExecutionRole: hasExecutionRole) }
        if let architecture = runtimePlatform?.cpuArchitecture {
            required.insert(name: "ecs.cpu-architecture", value: architecture.lowercased())
        }
        if let family = runtimePlatform?.operatingSystemFamily {
            required.insert(name: "ecs.os-family", value: family)
        }
        return required.attributes.sorted { ($0.name ?? "", $0.value ?? "") < ($1.name ?? "", $1.value ?? "") }
    }
}

/// Attributes being gathered, each once.
private struct RequiredAttributes {
    private(set) var attributes: [Attribute] = []

    mutating func insert(name: String, value: String? = nil) {
        let attribute = Attribute(name: name, value: value)
        if !attributes.contains(attribute) { attributes.append(attribute) }
    }

    /// Inserts a capability of the newer family of names.
    mutating func insert(_ capability: String) { insert(name: "ecs.capability.\(capability)") }

    /// Inserts a capability of the older family of names.
    mutating func insertLegacy(_ capability: String) { insert(name: "com.amazonaws.ecs.capability.\(capability)") }

    /// Inserts the least version 1.`minor` of Docker's API.
    mutating func insertDockerAPI(_ minor: Int) { insertLegacy("docker-remote-api.1.\(minor)") }

    mutating func insert(of volume: Volume) {
        if let docker = volume.dockerVolumeConfiguration {
            // Names of attributes have no colons; agents write points for those of plugins' tags (`ecs-agent.md` §2.3).
            insert("docker-plugin.\(String((docker.driver ?? "local").map { $0 == ":" ? "." : $0 }))")
            insertDockerAPI(21)
        }
        if volume.fsxWindowsFileServerVolumeConfiguration != nil { insert("fsxWindowsFileServer") }
    }

    mutating func insert(of container: ContainerDefinition, hasExecutionRole: Bool) {
        insertImage(container, hasExecutionRole: hasExecutionRole)
        if let log = container.logConfiguration { insert(of: log, hasExecutionRole: hasExecutionRole) }
        for secret in container.secrets ?? [] { insert("secrets.\(secret.store).environment-variables") }
        if container.privileged == true { insertLegacy("privileged-container") }
        if container.healthCheck != nil {
            insert("container-health-check")
            insertDockerAPI(24)
        }
        if container.dependsOn?.isEmpty == false || container.startTimeout != nil || container.stopTimeout != nil {
            insert("container-ordering")
        }
        if container.environmentFiles?.isEmpty == false { insert("env-files.s3") }
        if container.restartPolicy?.enabled == true { insert("container-restart-policy") }
        if container.portMappings?.contains(where: { $0.containerPortRange != nil }) == true {
            insert("network.container-port-range")
        }
        if let firelens = container.firelensConfiguration { insert(of: firelens) }
        insertSecurity(container)
        insertDockerFloor(container)
    }

    private mutating func insertImage(_ container: ContainerDefinition, hasExecutionRole: Bool) {
        if container.repositoryCredentials != nil { insert("private-registry-authentication.secretsmanager") }
        guard container.hasPrivateECRImage else { return }
        insertLegacy("ecr-auth")
        insertDockerAPI(19)
        if hasExecutionRole { insert("execution-role-ecr-pull") }
    }

    private mutating func insert(of log: LogConfiguration, hasExecutionRole: Bool) {
        insertDockerAPI(18)
        if let driver = log.logDriver { insertLegacy("logging-driver.\(driver)") }
        if log.logDriver == "awslogs", hasExecutionRole { insert("execution-role-awslogs") }
        if log.options?.isEmpty == false { insertDockerAPI(19) }
        for secret in log.secretOptions ?? [] { insert("secrets.\(secret.store).bootstrap.log-driver") }
    }

    private mutating func insert(of firelens: FirelensConfiguration) {
        if let type = firelens.type { insert("firelens.\(type)") }
        switch firelens.options?["config-file-type"] {
        case "file": insert("firelens.options.config.file")
        case "s3": insert("firelens.options.config.s3")
        default: break
        }
    }

    private mutating func insertSecurity(_ container: ContainerDefinition) {
        for option in container.dockerSecurityOptions ?? [] {
            if option.hasPrefix("apparmor:") { insertLegacy("apparmor") }
            if option.hasPrefix("label:") { insertLegacy("selinux") }
            if option.hasPrefix("credentialspec:") { insert("gmsa") }
        }
        for specification in container.credentialSpecs ?? [] {
            insert(specification.hasPrefix("credentialspecdomainless:") ? "gmsa-domainless" : "gmsa")
        }
    }

    private mutating func insertDockerFloor(_ container: ContainerDefinition) {
        if container.dockerLabels?.isEmpty == false || container.ulimits?.isEmpty == false { insertDockerAPI(18) }
        if container.memoryReservation != nil { insertDockerAPI(21) }
        guard let linux = container.linuxParameters else { return }
        if linux.sharedMemorySize != nil || linux.tmpfs?.isEmpty == false { insertDockerAPI(22) }
        if linux.initProcessEnabled == true { insertDockerAPI(25) }
    }
}

extension Secret {
    /// How attribute names call the store the value is in: Secrets Manager, or else SSM's parameter store.
    fileprivate var store: String {
        valueFrom.flatMap { ARN($0) }?.service == "secretsmanager" ? "asm" : "ssm"
    }
}

extension ContainerDefinition {
    /// Whether the image is in a private ECR registry: `<account>.dkr.ecr.<region>.amazonaws.com/…`, or with IPv6 too
    /// `<account>.dkr-ecr.<region>.on.aws/…`.
    fileprivate var hasPrivateECRImage: Bool {
        guard let registry = image?.split(separator: "/", maxSplits: 1).first else { return false }
        let labels = registry.split(separator: ".")
        guard labels.count >= 5, labels[0].utf8.count == 12, labels[0].utf8.allSatisfy({ (48...57).contains($0) })
        else { return false }
        if labels[1] == "dkr" {
            return (labels[2] == "ecr" || labels[2] == "ecr-fips") && labels[4] == "amazonaws"
        }
        return (labels[1] == "dkr-ecr" || labels[1] == "dkr-ecr-fips") && labels[3...] == ["on", "aws"]
    }
}
