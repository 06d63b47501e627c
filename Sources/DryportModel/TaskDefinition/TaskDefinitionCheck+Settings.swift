// SPDX-License-Identifier: Apache-2.0

// Rules of a container's own settings (`ecs-control-plane.md` §3.2).

extension TaskDefinitionCheck {
    mutating func settings(_ container: ContainerDefinition, at place: MemberPlace) {
        if let check = container.healthCheck { healthCheck(check, at: place.healthCheck) }
        if let policy = container.restartPolicy { restartPolicy(policy, at: place.restartPolicy) }
        if let log = container.logConfiguration { logConfiguration(log, at: place.logConfiguration) }
        if let linux = container.linuxParameters { linuxParameters(linux, at: place.linuxParameters) }
        require(container.versionConsistency, oneOf: ["enabled", "disabled"], at: place.versionConsistency)
        environmentFiles(container.environmentFiles ?? [], at: place.environmentFiles)
        ulimits(container.ulimits ?? [], at: place.ulimits)
        systemControls(container.systemControls ?? [], at: place.systemControls)
        security(container, at: place)
        network(container, at: place)
        if let firelens = container.firelensConfiguration {
            let place = place.firelensConfiguration
            if let type = requirePresent(firelens.type, at: place.type) {
                require(type, oneOf: ["fluentd", "fluentbit"], at: place.type)
            }
            require(
                firelens.options?["config-file-type"], oneOf: ["s3", "file"], at: place.options["config-file-type"])
        }
        if let credentials = container.repositoryCredentials {
            requirePresent(credentials.credentialsParameter, at: place.repositoryCredentials.credentialsParameter)
        }
    }

    private mutating func healthCheck(_ check: HealthCheck, at place: MemberPlace) {
        if let first = requirePresent(check.command?.first, at: place.command) {
            require(first, oneOf: ["CMD", "CMD-SHELL", "NONE"], at: place.command[0])
        }
        require(check.interval, in: 5...300, at: place.interval)
        require(check.timeout, in: 2...60, at: place.timeout)
        require(check.retries, in: 1...10, at: place.retries)
        require(check.startPeriod, in: 0...300, at: place.startPeriod)
    }

    private mutating func restartPolicy(_ policy: ContainerRestartPolicy, at place: MemberPlace) {
        if policy.enabled == nil { add(.required, at: place.enabled, "'\(place.enabled.member)' must be specified.") }
        require(policy.ignoredExitCodes?.count ?? 0, atMost: 50, "exit codes", at: place.ignoredExitCodes)
        require(policy.restartAttemptPeriod, in: 60...1800, at: place.restartAttemptPeriod)
    }

    private mutating func logConfiguration(_ log: LogConfiguration, at place: MemberPlace) {
        guard let driver = requirePresent(log.logDriver, at: place.logDriver) else { return }
        require(driver, oneOf: Self.logDrivers, at: place.logDriver)
        let options = log.options ?? [:]
        require(options["mode"], oneOf: ["blocking", "non-blocking"], at: place.options.mode)
        let names = Set(options.keys).union((log.secretOptions ?? []).compactMap(\.name))
        let required =
            switch driver {
            case "awslogs": ["awslogs-group", "awslogs-region"]
            case "splunk": ["splunk-url", "splunk-token"]
            default: [String]()
            }
        let missing = required.filter { !names.contains($0) }
        if !missing.isEmpty {
            let list = missing.joined(separator: ", ")
            add(.logOptions, at: place.options, "Log driver \(driver) requires options: \(list).")
        }
        if driver == "awslogs", names.isSuperset(of: ["awslogs-datetime-format", "awslogs-multiline-pattern"]) {
            let problem = "Options awslogs-datetime-format and awslogs-multiline-pattern exclude each other."
            add(.exclusive, at: place.options, problem)
        }
    }

    private mutating func linuxParameters(_ linux: LinuxParameters, at place: MemberPlace) {
        for (names, place) in [
            (linux.capabilities?.add, place.capabilities.add), (linux.capabilities?.drop, place.capabilities.drop),
        ] {
            for (index, name) in (names ?? []).enumerated() where !Self.capabilities.contains(name) {
                let problem = "'\(place[index].member)' is \(Self.quoted(name)), not a capability without 'CAP_'."
                add(.value, at: place[index], problem)
            }
        }
        for (index, device) in (linux.devices ?? []).enumerated() {
            let place = place.devices[index]
            requirePresent(device.hostPath, at: place.hostPath)
            for (index, permission) in (device.permissions ?? []).enumerated() {
                require(permission, oneOf: ["read", "write", "mknod"], at: place.permissions[index])
            }
        }
        for (index, mount) in (linux.tmpfs ?? []).enumerated() {
            let place = place.tmpfs[index]
            requirePresent(mount.containerPath, at: place.containerPath)
            require(mount.size ?? 0, in: 1...Self.largest, at: place.size)
            for (index, option) in (mount.mountOptions ?? []).enumerated()
            where !Self.mountOptions.contains(String(option.prefix { $0 != "=" })) {
                let place = place.mountOptions[index]
                add(.value, at: place, "'\(place.member)' is \(Self.quoted(option)), not a mount option.")
            }
        }
        require(linux.sharedMemorySize, in: 0...Self.largest, at: place.sharedMemorySize)
        require(linux.maxSwap, in: 0...Self.largest, at: place.maxSwap)
        require(linux.swappiness, in: 0...100, at: place.swappiness)
    }

    private mutating func environmentFiles(_ files: [EnvironmentFile], at place: MemberPlace) {
        require(files.count, atMost: 10, "files", at: place)
        for (index, file) in files.enumerated() {
            let place = place[index]
            if let type = requirePresent(file.type, at: place.type) { require(type, oneOf: ["s3"], at: place.type) }
            guard let name = requirePresent(file.value, at: place.value), !name.hasSuffix(".env") else { continue }
            add(.format, at: place.value, "'\(place.value.member)' is \(Self.quoted(name)), but must end in '.env'.")
        }
    }

    private mutating func ulimits(_ ulimits: [Ulimit], at place: MemberPlace) {
        for (index, ulimit) in ulimits.enumerated() {
            let place = place[index]
            if let name = requirePresent(ulimit.name, at: place.name) {
                require(name, oneOf: Self.ulimitNames, at: place.name)
            }
            for (limit, place) in [(ulimit.softLimit, place.softLimit), (ulimit.hardLimit, place.hardLimit)]
            where limit == nil {
                add(.required, at: place, "'\(place.member)' must be specified.")
            }
            // -1 is Docker's "unlimited".
            guard let soft = ulimit.softLimit, let hard = ulimit.hardLimit, hard != -1 else { continue }
            if soft == -1 || soft > hard {
                let problem = "'\(place.softLimit.member)' is \(soft), but must be at most the hard limit, \(hard)."
                add(.ulimit, at: place.softLimit, problem)
            }
        }
    }

    private mutating func systemControls(_ controls: [SystemControl], at place: MemberPlace) {
        for (index, control) in controls.enumerated() {
            let place = place[index].namespace
            guard let name = requirePresent(control.namespace, at: place) else { continue }
            let isNetwork = name.hasPrefix("net.")
            if !isNetwork, !Self.ipcControls.contains(name), !name.hasPrefix("fs.mqueue.") {
                let values = "of the network ('net.…') or of IPC ('kernel.msg…', 'kernel.sem', 'fs.mqueue.…')"
                add(.value, at: place, "'\(place.member)' is \(Self.quoted(name)), not a parameter \(values).")
            } else if isNetwork, definition.networkMode == "host" {
                add(.networkMode, at: place, "'\(place.member)' \(name) is not supported when networkMode=host.")
            } else if !isNetwork, definition.ipcMode == "host" {
                add(.ipcMode, at: place, "'\(place.member)' \(name) is not supported when ipcMode=host.")
            }
        }
    }

    private mutating func security(_ container: ContainerDefinition, at place: MemberPlace) {
        let options = container.dockerSecurityOptions ?? []
        let prefixes = ["no-new-privileges", "apparmor:", "label:", "credentialspec:"]
        for (index, option) in options.enumerated() where !prefixes.contains(where: { option.hasPrefix($0) }) {
            let place = place.dockerSecurityOptions[index]
            let forms = "no-new-privileges, apparmor:PROFILE, label:VALUE or credentialspec:PATH"
            add(.value, at: place, "'\(place.member)' is \(Self.quoted(option)), but must be \(forms).")
        }
        let specifications = container.credentialSpecs ?? []
        let specificationsPlace = place.credentialSpecs
        require(specifications.count, atMost: 1, "elements", at: specificationsPlace)
        for (index, text) in specifications.enumerated()
        where !text.hasPrefix("credentialspec:") && !text.hasPrefix("credentialspecdomainless:") {
            let place = specificationsPlace[index]
            let forms = "credentialspec:ARN or credentialspecdomainless:ARN"
            add(.format, at: place, "'\(place.member)' is \(Self.quoted(text)), but must be \(forms).")
        }
        if !specifications.isEmpty, options.contains(where: { $0.hasPrefix("credentialspec:") }) {
            let problem = "'credentialSpecs' and credentialspec in 'dockerSecurityOptions' exclude each other."
            add(.exclusive, at: specificationsPlace, problem)
        }
        if let user = container.user, !user.isEmpty {
            let parts = user.split(separator: ":", omittingEmptySubsequences: false)
            if parts.count > 2 || parts.contains(where: \.isEmpty) {
                let problem = "'user' is \(Self.quoted(user)), but must be a user or 'user:group', by name or number."
                add(.format, at: place.user, problem)
            }
        }
    }

    private mutating func network(_ container: ContainerDefinition, at place: MemberPlace) {
        for (index, domain) in (container.dnsSearchDomains ?? []).enumerated() where !Self.isDomain(domain) {
            let place = place.dnsSearchDomains[index]
            add(.format, at: place, "'\(place.member)' is \(Self.quoted(domain)), not the name of a domain.")
        }
        for (index, host) in (container.extraHosts ?? []).enumerated() {
            requirePresent(host.hostname, at: place.extraHosts[index].hostname)
            requirePresent(host.ipAddress, at: place.extraHosts[index].ipAddress)
        }
    }

    /// Whether the text is 1 to 254 letters, digits, hyphens and points, the last one a letter or digit.
    private static func isDomain(_ text: String) -> Bool {
        func isLetterOrDigit(_ byte: UInt8) -> Bool { byte.isNameByte && !"-_".utf8.contains(byte) }
        guard let last = text.utf8.last, isLetterOrDigit(last), text.utf8.count <= 254 else { return false }
        return text.utf8.allSatisfy { isLetterOrDigit($0) || "-.".utf8.contains($0) }
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
    private static let capabilities: Set = [
        "ALL", "AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "CHOWN",
        "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE",
        "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST",
        "NET_RAW", "PERFMON", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYSLOG", "SYS_ADMIN", "SYS_BOOT",
        "SYS_CHROOT", "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME",
        "SYS_TTY_CONFIG", "WAKE_ALARM",
    ]

    private static let mountOptions: Set = [
        "defaults", "ro", "rw", "suid", "nosuid", "dev", "nodev", "exec", "noexec", "sync", "async", "dirsync",
        "remount", "mand", "nomand", "atime", "noatime", "diratime", "nodiratime", "bind", "rbind", "unbindable",
        "runbindable", "private", "rprivate", "shared", "rshared", "slave", "rslave", "relatime", "norelatime",
        "strictatime", "nostrictatime", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol",
    ]
}
