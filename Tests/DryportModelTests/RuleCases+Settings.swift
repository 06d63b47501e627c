// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// A health check's numbers.
private struct Check: Sendable {
    var interval: Int?
    var timeout: Int?
    var retries: Int?
    var startPeriod: Int?
}

private func has(_ check: Check) -> HealthCheck {
    HealthCheck(
        command: ["CMD", "true"], interval: check.interval, timeout: check.timeout, retries: check.retries,
        startPeriod: check.startPeriod)
}

extension RuleCase {
    private static let web = "containerDefinitions[0]"

    /// Rules of health checks, restarts and logs.
    static let operation: [RuleCase] = [
        .init(.required, "\(web).healthCheck.command", keeps: [["CMD"]], breaks: [nil, [], [""]]) {
            $0.web.healthCheck = .init(command: $1)
        },
        .init(.value, "\(web).healthCheck.command[0]", keeps: ["CMD", "CMD-SHELL", "NONE"], breaks: ["curl"]) {
            $0.web.healthCheck = .init(command: [$1, "true"])
        },
        .init(
            .range, "\(web).healthCheck.interval",
            "Invalid setting for container 'web'. 'healthCheck.interval' is 4, but must be 5 to 300.",
            keeps: [nil, 5, 300], breaks: [4]
        ) { $0.web.healthCheck = has(.init(interval: $1)) },
        .init(.range, "\(web).healthCheck.interval", keeps: [300], breaks: [301]) {
            $0.web.healthCheck = has(.init(interval: $1))
        },
        .init(.range, "\(web).healthCheck.timeout", keeps: [nil, 2, 60], breaks: [1, 61]) {
            $0.web.healthCheck = has(.init(timeout: $1))
        },
        .init(.range, "\(web).healthCheck.retries", keeps: [nil, 1, 10], breaks: [0, 11]) {
            $0.web.healthCheck = has(.init(retries: $1))
        },
        .init(.range, "\(web).healthCheck.startPeriod", keeps: [nil, 0, 300], breaks: [-1, 301]) {
            $0.web.healthCheck = has(.init(startPeriod: $1))
        },
        .init(.required, "\(web).restartPolicy.enabled", keeps: [true, false], breaks: [nil]) {
            $0.web.restartPolicy = .init(enabled: $1)
        },
        .init(.range, "\(web).restartPolicy.restartAttemptPeriod", keeps: [nil, 60, 1800], breaks: [59, 1801]) {
            $0.web.restartPolicy = .init(enabled: true, restartAttemptPeriod: $1)
        },
        .init(.count, "\(web).restartPolicy.ignoredExitCodes", keeps: [0, 50], breaks: [51]) {
            $0.web.restartPolicy = .init(enabled: true, ignoredExitCodes: Array(0..<$1))
        },
        .init(.required, "\(web).logConfiguration.logDriver", keeps: ["json-file"], breaks: [nil, ""]) {
            $0.web.logConfiguration = .init(logDriver: $1)
        },
        .init(
            .value, "\(web).logConfiguration.logDriver",
            keeps: ["json-file", "syslog", "journald", "gelf", "fluentd", "awsfirelens"],
            breaks: ["none", "paper"]
        ) { $0.web.logConfiguration = .init(logDriver: $1) },
        .init(
            .value, "\(web).logConfiguration.options.mode", keeps: ["blocking", "non-blocking"], breaks: ["polite"]
        ) { $0.web.logConfiguration = .init(logDriver: "json-file", options: ["mode": $1]) },
        .init(
            .logOptions, "\(web).logConfiguration.options",
            "Invalid setting for container 'web'. Log driver awslogs requires options: awslogs-region.",
            keeps: [["awslogs-group": "g", "awslogs-region": "r"]], breaks: [["awslogs-group": "g"]]
        ) { $0.web.logConfiguration = .init(logDriver: "awslogs", options: $1) },
        .init(.logOptions, "\(web).logConfiguration.options", keeps: ["splunk-token"], breaks: ["splunk-index"]) {
            $0.executionRoleArn = "exec"
            $0.web.logConfiguration = .init(
                logDriver: "splunk", options: ["splunk-url": "u"], secretOptions: [.init(name: $1, valueFrom: "p")])
        },
        .init(
            .exclusive, "\(web).logConfiguration.options", keeps: ["awslogs-create-group"],
            breaks: ["awslogs-multiline-pattern"]
        ) {
            let options = ["awslogs-group": "g", "awslogs-region": "r", "awslogs-datetime-format": "f", $1: "x"]
            $0.web.logConfiguration = .init(logDriver: "awslogs", options: options)
        },
        .init(.required, "\(web).firelensConfiguration.type", keeps: ["fluentd"], breaks: [nil]) {
            $0.web.firelensConfiguration = .init(type: $1)
        },
        .init(.value, "\(web).firelensConfiguration.type", keeps: ["fluentd", "fluentbit"], breaks: ["rsyslog"]) {
            $0.web.firelensConfiguration = .init(type: $1)
        },
        .init(
            .value, "\(web).firelensConfiguration.options.config-file-type", keeps: ["s3", "file"], breaks: ["http"]
        ) { $0.web.firelensConfiguration = .init(type: "fluentbit", options: ["config-file-type": $1]) },
        .init(.count, "containerDefinitions", keeps: [nil], breaks: [FirelensConfiguration(type: "fluentd")]) {
            $0.web.firelensConfiguration = .init(type: "fluentd")
            $0.side.firelensConfiguration = $1
        },
        .init(.value, "\(web).versionConsistency", keeps: ["enabled", "disabled", nil], breaks: ["on"]) {
            $0.web.versionConsistency = $1
        },
    ]

    /// Rules of what the kernel and the host do for a container.
    static let system: [RuleCase] = [
        .init(.value, "\(web).ulimits[0].name", keeps: ["nofile", "core", "stack"], breaks: ["files"]) {
            $0.web.ulimits = [.init(name: $1, softLimit: 1, hardLimit: 1)]
        },
        .init(.required, "\(web).ulimits[0].name", keeps: ["nofile"], breaks: [nil]) {
            $0.web.ulimits = [.init(name: $1, softLimit: 1, hardLimit: 1)]
        },
        .init(.required, "\(web).ulimits[0].hardLimit", keeps: [2], breaks: [nil]) {
            $0.web.ulimits = [.init(name: "nofile", softLimit: 2, hardLimit: $1)]
        },
        .init(.required, "\(web).ulimits[0].softLimit", keeps: [2], breaks: [nil]) {
            $0.web.ulimits = [.init(name: "nofile", softLimit: $1, hardLimit: 2)]
        },
        .init(
            .ulimit, "\(web).ulimits[0].softLimit", keeps: [(1, 1), (-1, -1), (5, -1)], breaks: [(2, 1), (-1, 9)]
        ) { $0.web.ulimits = [.init(name: "memlock", softLimit: $1.0, hardLimit: $1.1)] },
        .init(
            .value, "\(web).linuxParameters.capabilities.add[0]", keeps: ["NET_RAW", "SYSLOG", "ALL"],
            breaks: ["CAP_NET_RAW", "net_raw"]
        ) { $0.web.linuxParameters = .init(capabilities: .init(add: [$1], drop: ["ALL"])) },
        .init(.value, "\(web).linuxParameters.capabilities.drop[0]", keeps: ["ALL"], breaks: ["EVERYTHING"]) {
            $0.web.linuxParameters = .init(capabilities: .init(drop: [$1]))
        },
        .init(.required, "\(web).linuxParameters.devices[0].hostPath", keeps: ["/dev/kvm"], breaks: [nil, ""]) {
            $0.web.linuxParameters = .init(devices: [.init(hostPath: $1)])
        },
        .init(.value, "\(web).linuxParameters.devices[0].permissions[1]", keeps: ["write", "mknod"], breaks: ["run"]) {
            $0.web.linuxParameters = .init(devices: [.init(hostPath: "/dev/kvm", permissions: ["read", $1])])
        },
        .init(.required, "\(web).linuxParameters.tmpfs[0].containerPath", keeps: ["/t"], breaks: [nil]) {
            $0.web.linuxParameters = .init(tmpfs: [.init(containerPath: $1, size: 1)])
        },
        .init(.range, "\(web).linuxParameters.tmpfs[0].size", keeps: [1], breaks: [nil, 0]) {
            $0.web.linuxParameters = .init(tmpfs: [.init(containerPath: "/t", size: $1)])
        },
        .init(
            .value, "\(web).linuxParameters.tmpfs[0].mountOptions[0]", keeps: ["noexec", "mode=1777"], breaks: ["fast"]
        ) { $0.web.linuxParameters = .init(tmpfs: [.init(containerPath: "/t", size: 1, mountOptions: [$1])]) },
        .init(.range, "\(web).linuxParameters.sharedMemorySize", keeps: [0, 64], breaks: [-1]) {
            $0.web.linuxParameters = .init(sharedMemorySize: $1)
        },
        .init(.range, "\(web).linuxParameters.maxSwap", keeps: [0, 64], breaks: [-1]) {
            $0.web.linuxParameters = .init(maxSwap: $1)
        },
        .init(.range, "\(web).linuxParameters.swappiness", keeps: [0, 100], breaks: [-1, 101]) {
            $0.web.linuxParameters = .init(swappiness: $1)
        },
        .init(.required, "\(web).systemControls[0].namespace", keeps: ["net.core.somaxconn"], breaks: [nil, ""]) {
            $0.web.systemControls = [.init(namespace: $1, value: "1")]
        },
        .init(
            .value, "\(web).systemControls[0].namespace",
            keeps: ["net.core.somaxconn", "kernel.shm_rmid_forced", "fs.mqueue.msg_max"],
            breaks: ["vm.swappiness", "kernel.shm"]
        ) { $0.web.systemControls = [.init(namespace: $1, value: "1")] },
        .init(.networkMode, "\(web).systemControls[0].namespace", keeps: ["bridge"], breaks: ["host"]) {
            $0.networkMode = $1
            $0.web.systemControls = [.init(namespace: "net.core.somaxconn", value: "1")]
        },
        .init(.ipcMode, "\(web).systemControls[0].namespace", keeps: ["task", nil], breaks: ["host"]) {
            $0.ipcMode = $1
            $0.web.systemControls = [.init(namespace: "fs.mqueue.msg_max", value: "1")]
        },
        .init(
            .value, "\(web).dockerSecurityOptions[0]",
            keeps: ["no-new-privileges", "apparmor:p", "label:type:t", "credentialspec:file://c.json"],
            breaks: ["seccomp:x"]
        ) { $0.web.dockerSecurityOptions = [$1] },
        .init(.count, "\(web).credentialSpecs", keeps: [0, 1], breaks: [2]) {
            $0.web.credentialSpecs = Array(repeating: "credentialspec:a", count: $1)
        },
        .init(
            .format, "\(web).credentialSpecs[0]", keeps: ["credentialspec:a", "credentialspecdomainless:a"],
            breaks: ["arn:aws:s3:::b/c"]
        ) { $0.web.credentialSpecs = [$1] },
        .init(.exclusive, "\(web).credentialSpecs", keeps: ["apparmor:p"], breaks: ["credentialspec:b"]) {
            $0.web.dockerSecurityOptions = [$1]
            $0.web.credentialSpecs = ["credentialspec:a"]
        },
        .init(
            .format, "\(web).user", keeps: ["app", "1000:1000", "app:100", ""], breaks: ["a:", ":b", "a:b:c"]
        ) { $0.web.user = $1 },
        .init(
            .format, "\(web).dnsSearchDomains[0]", keeps: ["site.example", "a", text(254)],
            breaks: ["", "site.", "a_b", text(255)]
        ) { $0.web.dnsSearchDomains = [$1] },
        .init(.required, "\(web).extraHosts[0].hostname", keeps: ["h"], breaks: [nil, ""]) {
            $0.web.extraHosts = [.init(hostname: $1, ipAddress: "10.0.0.1")]
        },
        .init(.required, "\(web).extraHosts[0].ipAddress", keeps: ["::1"], breaks: [nil, ""]) {
            $0.web.extraHosts = [.init(hostname: "h", ipAddress: $1)]
        },
        .init(.count, "\(web).environmentFiles", keeps: [10], breaks: [11]) {
            $0.web.environmentFiles = Array(repeating: .init(value: "arn:aws:s3:::b/a.env", type: "s3"), count: $1)
        },
        .init(.format, "\(web).environmentFiles[0].value", keeps: ["arn:aws:s3:::b/a.env"], breaks: ["a.txt"]) {
            $0.web.environmentFiles = [.init(value: $1, type: "s3")]
        },
        .init(.required, "\(web).environmentFiles[0].value", keeps: ["a.env"], breaks: [nil]) {
            $0.web.environmentFiles = [.init(value: $1, type: "s3")]
        },
        .init(.value, "\(web).environmentFiles[0].type", keeps: ["s3"], breaks: ["http"]) {
            $0.web.environmentFiles = [.init(value: "a.env", type: $1)]
        },
        .init(.required, "\(web).environmentFiles[0].type", keeps: ["s3"], breaks: [nil]) {
            $0.web.environmentFiles = [.init(value: "a.env", type: $1)]
        },
    ]
}
