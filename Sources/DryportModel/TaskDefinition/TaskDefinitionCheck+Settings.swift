// SPDX-License-Identifier: Apache-2.0

// Rules of a container's own settings (`ecs-control-plane.md` §3.2).

extension TaskDefinitionCheck {
    mutating func settings(_ container: ContainerDefinition, _ path: String) {
        if let check = container.healthCheck { healthCheck(check, "\(path).healthCheck") }
        if let policy = container.restartPolicy { restartPolicy(policy, "\(path).restartPolicy") }
        if let log = container.logConfiguration { logConfiguration(log, "\(path).logConfiguration") }
        if let linux = container.linuxParameters { linuxParameters(linux, "\(path).linuxParameters") }
        require(container.versionConsistency, oneOf: ["enabled", "disabled"], "\(path).versionConsistency")
        environmentFiles(container.environmentFiles ?? [], "\(path).environmentFiles")
        ulimits(container.ulimits ?? [], "\(path).ulimits")
        systemControls(container.systemControls ?? [], "\(path).systemControls")
        security(container, path)
        if let firelens = container.firelensConfiguration {
            if firelens.type == nil { add("\(path).firelensConfiguration.type", "A type must be specified.") }
            require(firelens.type, oneOf: ["fluentd", "fluentbit"], "\(path).firelensConfiguration.type")
            require(
                firelens.options?["config-file-type"], oneOf: ["s3", "file"],
                "\(path).firelensConfiguration.options.config-file-type")
        }
        if let credentials = container.repositoryCredentials {
            requirePresent(
                credentials.credentialsParameter, "\(path).repositoryCredentials.credentialsParameter")
        }
    }

    private mutating func healthCheck(_ check: HealthCheck, _ path: String) {
        if let first = check.command?.first {
            require(first, oneOf: ["CMD", "CMD-SHELL", "NONE"], "\(path).command[0]")
        } else {
            add("\(path).command", "A health check command must be specified.")
        }
        require(check.interval, in: 5...300, "\(path).interval")
        require(check.timeout, in: 2...60, "\(path).timeout")
        require(check.retries, in: 1...10, "\(path).retries")
        require(check.startPeriod, in: 0...300, "\(path).startPeriod")
    }

    private mutating func restartPolicy(_ policy: ContainerRestartPolicy, _ path: String) {
        if policy.enabled == nil { add("\(path).enabled", "restartPolicy.enabled must be specified.") }
        if (policy.ignoredExitCodes ?? []).count > 50 {
            add("\(path).ignoredExitCodes", "At most 50 exit codes can be ignored.")
        }
        require(policy.restartAttemptPeriod, in: 60...1800, "\(path).restartAttemptPeriod")
    }

    private mutating func logConfiguration(_ log: LogConfiguration, _ path: String) {
        guard let driver = log.logDriver else {
            add("\(path).logDriver", "A log driver must be specified.")
            return
        }
        require(driver, oneOf: Self.logDrivers, "\(path).logDriver")
        let options = log.options ?? [:]
        require(options["mode"], oneOf: ["blocking", "non-blocking"], "\(path).options.mode")
        func has(_ name: String) -> Bool {
            options[name] != nil || (log.secretOptions ?? []).contains { $0.name == name }
        }
        let required =
            switch driver {
            case "awslogs": ["awslogs-group", "awslogs-region"]
            case "splunk": ["splunk-url", "splunk-token"]
            default: [String]()
            }
        let missing = required.filter { !has($0) }
        if !missing.isEmpty {
            add("\(path).options", "Log driver \(driver) requires options: \(missing.joined(separator: ", ")).")
        }
        if driver == "awslogs", has("awslogs-datetime-format"), has("awslogs-multiline-pattern") {
            add("\(path).options", "awslogs-datetime-format and awslogs-multiline-pattern exclude each other.")
        }
    }

    private mutating func linuxParameters(_ linux: LinuxParameters, _ path: String) {
        for (index, name) in (linux.capabilities?.add ?? []).enumerated() {
            require(name, oneOf: Self.capabilities, "\(path).capabilities.add[\(index)]")
        }
        for (index, name) in (linux.capabilities?.drop ?? []).enumerated() {
            require(name, oneOf: Self.capabilities, "\(path).capabilities.drop[\(index)]")
        }
        for (index, device) in (linux.devices ?? []).enumerated() {
            let path = "\(path).devices[\(index)]"
            requirePresent(device.hostPath, "\(path).hostPath")
            for (index, permission) in (device.permissions ?? []).enumerated() {
                require(permission, oneOf: ["read", "write", "mknod"], "\(path).permissions[\(index)]")
            }
        }
        for (index, mount) in (linux.tmpfs ?? []).enumerated() {
            let path = "\(path).tmpfs[\(index)]"
            requirePresent(mount.containerPath, "\(path).containerPath")
            require(mount.size ?? 0, in: 1...Self.largest, "\(path).size")
            for (index, option) in (mount.mountOptions ?? []).enumerated() {
                let name = option.split(separator: "=", maxSplits: 1).first.map { String($0) } ?? ""
                if !Self.mountOptions.contains(name) {
                    add("\(path).mountOptions[\(index)]", "Mount option '\(option)' is not valid.")
                }
            }
        }
        require(linux.sharedMemorySize, in: 0...Self.largest, "\(path).sharedMemorySize")
        require(linux.maxSwap, in: 0...Self.largest, "\(path).maxSwap")
        require(linux.swappiness, in: 0...100, "\(path).swappiness")
    }

    private mutating func environmentFiles(_ files: [EnvironmentFile], _ path: String) {
        if files.count > 10 { add(path, "A container can have at most 10 environment files.") }
        for (index, file) in files.enumerated() {
            if file.type != "s3" { add("\(path)[\(index)].type", "'\(file.type ?? "")' is not valid. Use s3.") }
            if file.value?.hasSuffix(".env") != true {
                add("\(path)[\(index)].value", "An environment file's name must end in .env.")
            }
        }
    }

    private mutating func ulimits(_ ulimits: [Ulimit], _ path: String) {
        for (index, ulimit) in ulimits.enumerated() {
            let path = "\(path)[\(index)]"
            if ulimit.name == nil { add("\(path).name", "\(path).name should not be null.") }
            require(ulimit.name, oneOf: Self.ulimitNames, "\(path).name")
            guard let soft = ulimit.softLimit, let hard = ulimit.hardLimit else {
                add(path, "Both softLimit and hardLimit must be specified.")
                continue
            }
            // -1 is Docker's "unlimited".
            if hard != -1, soft == -1 || soft > hard {
                add("\(path).softLimit", "softLimit must not be greater than hardLimit.")
            }
        }
    }

    private mutating func systemControls(_ controls: [SystemControl], _ path: String) {
        for (index, control) in controls.enumerated() {
            let path = "\(path)[\(index)].namespace"
            let name = control.namespace ?? ""
            let isNetwork = name.hasPrefix("net.")
            if !isNetwork, !Self.ipcControls.contains(name), !name.hasPrefix("fs.mqueue.") {
                add(path, "System control '\(name)' is not valid.")
            } else if isNetwork, definition.networkMode == "host" {
                add(path, "System control '\(name)' is not supported when networkMode=host.")
            } else if !isNetwork, definition.ipcMode == "host" {
                add(path, "System control '\(name)' is not supported when ipcMode=host.")
            }
        }
    }

    private mutating func security(_ container: ContainerDefinition, _ path: String) {
        let options = container.dockerSecurityOptions ?? []
        let prefixes = ["apparmor:", "label:", "credentialspec:"]
        for (index, option) in options.enumerated()
        where option != "no-new-privileges" && !prefixes.contains(where: { option.hasPrefix($0) }) {
            add("\(path).dockerSecurityOptions[\(index)]", "Security option '\(option)' is not valid.")
        }
        let specifications = container.credentialSpecs ?? []
        if specifications.count > 1 { add("\(path).credentialSpecs", "Only one credential spec is supported.") }
        for (index, text) in specifications.enumerated()
        where !text.hasPrefix("credentialspec:") && !text.hasPrefix("credentialspecdomainless:") {
            add("\(path).credentialSpecs[\(index)]", "Credential spec '\(text)' is not valid.")
        }
        if !specifications.isEmpty, options.contains(where: { $0.hasPrefix("credentialspec:") }) {
            add(
                "\(path).credentialSpecs",
                "Specify credential specs in credentialSpecs or dockerSecurityOptions, not both.")
        }
    }

    private static let logDrivers = [
        "json-file", "syslog", "journald", "gelf", "fluentd", "awslogs", "splunk", "awsfirelens",
    ]

    private static let ulimitNames = [
        "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
        "rttime", "sigpending", "stack",
    ]

    private static let ipcControls = [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax",
        "kernel.shmmni", "kernel.shm_rmid_forced",
    ]

    /// All that Linux has, without `CAP_`, and `ALL`.
    private static let capabilities = [
        "ALL", "AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "CHOWN",
        "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE",
        "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST",
        "NET_RAW", "PERFMON", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYSLOG", "SYS_ADMIN", "SYS_BOOT",
        "SYS_CHROOT", "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME",
        "SYS_TTY_CONFIG", "WAKE_ALARM",
    ]

    private static let mountOptions = [
        "defaults", "ro", "rw", "suid", "nosuid", "dev", "nodev", "exec", "noexec", "sync", "async", "dirsync",
        "remount", "mand", "nomand", "atime", "noatime", "diratime", "nodiratime", "bind", "rbind", "unbindable",
        "runbindable", "private", "rprivate", "shared", "rshared", "slave", "rslave", "relatime", "norelatime",
        "strictatime", "nostrictatime", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol",
    ]
}
