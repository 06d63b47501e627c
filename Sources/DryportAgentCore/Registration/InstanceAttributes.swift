// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel

/// What a host says it can do (`ecs-agent.md` §2.3). Only what is true: placement trusts it.
struct InstanceAttributes {
    private static let old = "com.amazonaws.ecs.capability."
    private static let new = "ecs.capability."
    /// The API versions that have an attribute, the oldest first.
    private static let dockerVersions = [
        "1.17", "1.18", "1.19", "1.20", "1.21", "1.22", "1.23", "1.24", "1.25", "1.28", "1.29", "1.30", "1.32",
    ]

    var host: HostFacts
    var runtime: RuntimeFacts

    /// All attributes in the order in which they are sent.
    func all(custom: [(name: String, value: String)]) -> [Attribute] {
        var names = ["container-ordering", "full-sync", "container-restart-policy"].map { Self.new + $0 }
        if runtime.canRunPrivileged { names.append(Self.old + "privileged-container") }
        names += dockerAPI.map { Self.old + "docker-remote-api." + $0 }
        names += runtime.logDrivers.map { Self.old + "logging-driver." + $0 }
        // The limits of a task bound each of its containers; the sum over several containers is not bounded.
        if runtime.enforcesCPULimits && runtime.enforcesMemoryLimits {
            names += ["task-cpu-mem-limit", "increased-task-cpu-limit"].map { Self.new + $0 }
        }
        if runtime.hasHealthChecks { names.append(Self.new + "container-health-check") }
        if runtime.hasMounts { names.append(Self.new + "docker-plugin.local") }
        names.append(Self.new + "external")
        var attributes = custom.map { Attribute(name: $0.name, value: $0.value.isEmpty ? nil : $0.value) }
        attributes += names.map { Attribute(name: $0) }
        attributes += [
            Attribute(name: "ecs.os-type", value: "linux"), Attribute(name: "ecs.os-family", value: "LINUX"),
            Attribute(name: "ecs.os-type-detailed", value: host.operatingSystem ?? "LINUX"),
            Attribute(name: "ecs.cpu-architecture", value: host.architecture),
        ]
        return attributes
    }

    /// Versions stand for what came with them. A daemon's own list is completed downwards, as AWS's agent does. A
    /// runtime that is not Docker names those whose features it has: 1.19 log options, 1.21 memory reservations and
    /// volumes, 1.24 health checks.
    private var dockerAPI: [String] {
        let latest: String
        if let newest = runtime.dockerAPIVersions.compactMap(Self.minor).max() {
            latest = "1.\(newest)"
        } else if runtime.hasHealthChecks {
            latest = "1.25"
        } else if runtime.hasMounts && runtime.enforcesMemoryLimits {
            latest = "1.21"
        } else {
            latest = "1.19"
        }
        let limit = Self.minor(latest) ?? 0
        return Self.dockerVersions.filter { (Self.minor($0) ?? .max) <= limit }
    }

    private static func minor(_ version: String) -> Int? {
        let parts = version.split(separator: ".")
        guard parts.count == 2, parts[0] == "1" else { return nil }
        return Int(parts[1])
    }

    /// The first attribute that was sent and did not come back with an equal value (§2.2).
    static func firstUnechoed(sent: [Attribute], received: [Attribute]) -> String? {
        var values: [String: String] = [:]
        for attribute in received { values[attribute.name ?? ""] = attribute.value ?? "" }
        for attribute in sent where values[attribute.name ?? ""] != attribute.value ?? "" {
            return attribute.name ?? ""
        }
        return nil
    }
}
