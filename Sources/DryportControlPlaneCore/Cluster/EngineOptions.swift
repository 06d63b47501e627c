// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel

/// What a container definition says that has no member of its own in a payload: two JSON texts in the words of
/// the Docker Engine API, which agents lay over what they derive themselves (`ecs-agent.md` §5.6).
struct EngineOptions: Sendable {
    private struct Config: Encodable {
        struct Healthcheck: Encodable {
            var Test: [String]
            var Interval: Int64
            var Timeout: Int64
            var Retries: Int
            var StartPeriod: Int64
        }

        var User: String?
        var WorkingDir: String?
        var Hostname: String?
        var Labels: [String: String]?
        var Healthcheck: Healthcheck?
        var Tty: Bool?
        var OpenStdin: Bool?
        var NetworkDisabled: Bool?
    }

    private struct HostConfig: Encodable {
        struct LogConfig: Encodable {
            var `Type`: String
            var Config: [String: String]
        }

        struct Limit: Encodable {
            var Name: String
            var Soft: Int
            var Hard: Int
        }

        struct Device: Encodable {
            var PathOnHost: String
            var PathInContainer: String
            var CgroupPermissions: String
        }

        var NetworkMode: String
        var LogConfig: LogConfig?
        var CapAdd: [String]?
        var CapDrop: [String]?
        var Privileged: Bool?
        var ReadonlyRootfs: Bool?
        var Ulimits: [Limit]?
        var Devices: [Device]?
        var Init: Bool?
        var ShmSize: Int64?
        var Tmpfs: [String: String]?
        var Sysctls: [String: String]?
        var Dns: [String]?
        var DnsSearch: [String]?
        var ExtraHosts: [String]?
        var SecurityOpt: [String]?
        var MemoryReservation: Int64?
        var MemorySwap: Int64?
        var MemorySwappiness: Int?
    }

    /// The text for `dockerConfig.config`.
    let config: String
    /// The text for `dockerConfig.hostConfig`.
    let hostConfig: String

    private static let mebibyte: Int64 = 1 << 20

    /// - Parameter defaultLogMode: How the log driver delivers where the definition does not say.
    init(
        _ definition: ContainerDefinition, networkMode: String, override: ECS.ContainerOverride?, defaultLogMode: String
    ) {
        self.config = Self.text(Self.config(definition))
        var host = Self.hostConfig(definition, networkMode: networkMode, override: override)
        // FireLens is the agents' own driver, and knows no mode.
        if definition.logConfiguration?.logDriver != "awsfirelens", host.LogConfig?.Config["mode"] == nil {
            host.LogConfig?.Config["mode"] = defaultLogMode
        }
        self.hostConfig = Self.text(host)
    }

    private static func text(_ value: some Encodable) -> String {
        guard let bytes = try? JSONCoding.encode(value) else {
            preconditionFailure("strings and integers can always be encoded")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func config(_ definition: ContainerDefinition) -> Config {
        Config(
            User: definition.user, WorkingDir: definition.workingDirectory, Hostname: definition.hostname,
            Labels: definition.dockerLabels,
            Healthcheck: definition.healthCheck.map { check in
                let second: Int64 = 1_000_000_000
                return Config.Healthcheck(
                    Test: check.command ?? [], Interval: Int64(check.interval ?? 30) * second,
                    Timeout: Int64(check.timeout ?? 5) * second, Retries: check.retries ?? 3,
                    StartPeriod: Int64(check.startPeriod ?? 0) * second)
            },
            Tty: definition.pseudoTerminal, OpenStdin: definition.interactive,
            NetworkDisabled: definition.disableNetworking)
    }

    private static func hostConfig(
        _ definition: ContainerDefinition, networkMode: String, override: ECS.ContainerOverride?
    ) -> HostConfig {
        // The network mode must be repeated here: an agent takes the task's own for bookkeeping only.
        var host = HostConfig(NetworkMode: networkMode)
        host.LogConfig = definition.logConfiguration.map {
            HostConfig.LogConfig(Type: $0.logDriver ?? "json-file", Config: $0.options ?? [:])
        }
        host.Privileged = definition.privileged
        host.ReadonlyRootfs = definition.readonlyRootFilesystem
        host.Ulimits = definition.ulimits?.map {
            HostConfig.Limit(Name: $0.name ?? "", Soft: $0.softLimit ?? 0, Hard: $0.hardLimit ?? 0)
        }
        host.Sysctls = definition.systemControls.flatMap { controls in
            controls.isEmpty
                ? nil : Dictionary(controls.map { ($0.namespace ?? "", $0.value ?? "") }, uniquingKeysWith: { $1 })
        }
        host.Dns = definition.dnsServers
        host.DnsSearch = definition.dnsSearchDomains
        host.ExtraHosts = definition.extraHosts?.map { "\($0.hostname ?? ""):\($0.ipAddress ?? "")" }
        host.SecurityOpt = definition.dockerSecurityOptions
        host.MemoryReservation = (override?.memoryReservation ?? definition.memoryReservation).map {
            Int64($0) * mebibyte
        }
        apply(definition.linuxParameters, memory: override?.memory ?? definition.memory, to: &host)
        return host
    }

    private static func apply(_ parameters: LinuxParameters?, memory: Int?, to host: inout HostConfig) {
        guard let parameters else { return }
        host.CapAdd = parameters.capabilities?.add
        host.CapDrop = parameters.capabilities?.drop
        host.Init = parameters.initProcessEnabled
        host.ShmSize = parameters.sharedMemorySize.map { Int64($0) * mebibyte }
        host.Devices = parameters.devices?.map { device in
            let letters = ["read": "r", "write": "w", "mknod": "m"]
            let permissions = (device.permissions ?? ["read", "write", "mknod"]).compactMap { letters[$0] }
            return HostConfig.Device(
                PathOnHost: device.hostPath ?? "", PathInContainer: device.containerPath ?? device.hostPath ?? "",
                CgroupPermissions: permissions.joined())
        }
        host.Tmpfs = parameters.tmpfs.map { mounts in
            Dictionary(
                mounts.map { mount in
                    let options = ["size=\(mount.size ?? 0)m"] + (mount.mountOptions ?? [])
                    return (mount.containerPath ?? "", options.joined(separator: ","))
                }, uniquingKeysWith: { $1 })
        }
        // Docker's number is memory and swap together.
        if let swap = parameters.maxSwap, let memory { host.MemorySwap = Int64(memory + swap) * mebibyte }
        host.MemorySwappiness = parameters.maxSwap == nil ? nil : parameters.swappiness
    }
}
