// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportRuntime

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The body of `POST /containers/create` for a specification (`ecs-agent.md` §5.6, §10.1).
enum CreateBody {
    /// Kernels and engines refuse less; AWS's agent raises smaller limits to this (`ecs-agent.md` §10.1).
    static let smallestMemory: Int64 = 4 << 20
    static let cpuShares = 2...262_144

    /// What the overlay may not say. The agent alone decides on restarts, and an exited container must stay
    /// until it is removed, for its exit code is reported from it.
    private static let forbiddenInHostConfig: Set<String> = ["restartpolicy", "autoremove"]
    /// What is no member of `Config`, although it stands beside its members in the request.
    private static let forbiddenInConfig: Set<String> = ["hostconfig", "networkingconfig"]

    /// Builds the body.
    /// - Throws: ``RuntimeError`` with code `engineConfiguration` or `hostConfiguration` if the overlay of
    ///   that name is not a JSON object.
    static func make(for spec: ContainerSpec) throws(RuntimeError) -> JSONValue {
        var config = overlay(
            try parse(spec.engineConfig, named: "dockerConfig.config", code: .engineConfiguration),
            over: config(for: spec), without: forbiddenInConfig)
        let hostConfig = overlay(
            try parse(spec.engineHostConfig, named: "dockerConfig.hostConfig", code: .hostConfiguration),
            over: hostConfig(for: spec), without: forbiddenInHostConfig)

        var labels: [String: JSONValue] = [:]
        if let merged = config["Labels"], merged != .null {
            guard let members = merged.members else {
                throw RuntimeError(
                    code: .engineConfiguration, message: "dockerConfig.config: Labels must be a JSON object")
            }
            labels = members
        }
        // Last, so that nothing which a user can write says who the container is.
        for (name, value) in ContainerLabels.labels(for: spec.identity) { labels[name] = .string(value) }
        config["Labels"] = .object(labels)
        config["HostConfig"] = .object(hostConfig)
        return .object(config)
    }

    private static func config(for spec: ContainerSpec) -> [String: JSONValue] {
        var config: [String: JSONValue] = [
            "Image": .string(spec.image),
            "Env": .strings(spec.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }),
            "Labels": .strings(spec.labels),
        ]
        config["Entrypoint"] = spec.entryPoint.map(JSONValue.strings)
        config["Cmd"] = spec.command.map(JSONValue.strings)
        config["WorkingDir"] = spec.workingDirectory.map(JSONValue.string)
        config["User"] = spec.user.map(JSONValue.string)
        if spec.networkMode == .bridge, !spec.portMappings.isEmpty {
            config["ExposedPorts"] = .object(
                Dictionary(spec.portMappings.map { ($0.engineKey, .object([:])) }) { first, _ in first })
        }
        return config
    }

    private static func hostConfig(for spec: ContainerSpec) -> [String: JSONValue] {
        let shares = min(max(spec.cpuShares, cpuShares.lowerBound), cpuShares.upperBound)
        var host: [String: JSONValue] = [
            "CpuShares": .integer(Int64(shares)),
            "NetworkMode": .string(spec.networkMode.rawValue),
        ]
        if !spec.mounts.isEmpty { host["Binds"] = .strings(spec.mounts.map(\.engineBind)) }
        if !spec.links.isEmpty { host["Links"] = .strings(spec.links) }
        if !spec.volumesFrom.isEmpty { host["VolumesFrom"] = .strings(spec.volumesFrom) }
        host["Memory"] = spec.memoryLimit.map { .integer(bytes(mebibytes: $0)) }
        host["MemoryReservation"] = spec.memoryReservation.map { .integer(bytes(mebibytes: $0)) }
        // 1,024 CPU units are one CPU, which is 10⁹ here.
        host["NanoCpus"] = spec.cpuLimit.map { .integer(product(Int64($0), 1_953_125) / 2) }
        if spec.networkMode == .bridge, !spec.portMappings.isEmpty {
            var bindings: [String: JSONValue] = [:]
            for mapping in spec.portMappings {
                var entries: [JSONValue] = []
                if case .array(let earlier) = bindings[mapping.engineKey] { entries = earlier }
                entries.append(.object(["HostPort": .string(String(mapping.hostPort))]))
                bindings[mapping.engineKey] = .array(entries)
            }
            host["PortBindings"] = .object(bindings)
        }
        if !spec.resourceLimits.isEmpty {
            host["Ulimits"] = .array(
                spec.resourceLimits.map {
                    .object(["Name": .string($0.name), "Soft": .integer($0.soft), "Hard": .integer($0.hard)])
                })
        }
        return host
    }

    private static func bytes(mebibytes: Int) -> Int64 { max(product(Int64(mebibytes), 1 << 20), smallestMemory) }

    private static func product(_ left: Int64, _ right: Int64) -> Int64 {
        let (value, overflow) = left.multipliedReportingOverflow(by: right)
        return overflow ? (left < 0 ? .min : .max) : value
    }

    private static func parse(
        _ text: String?, named name: String, code: RuntimeError.Code
    ) throws(RuntimeError) -> [String: JSONValue] {
        guard let text, !text.isEmpty else { return [:] }
        do {
            switch try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) {
            case .object(let members): return members
            case .null: return [:]
            default: throw RuntimeError(code: code, message: "\(name) is not a JSON object")
            }
        } catch let error as RuntimeError {
            throw error
        } catch {
            // The text itself stays out of the message: it may hold secret options of a log driver.
            throw RuntimeError(code: code, message: "\(name) is not valid JSON", cause: error)
        }
    }

    /// Lays members over others. Names are compared without regard to ASCII case, because the engine reads
    /// them so: two spellings of one member in a request would contradict each other.
    private static func overlay(
        _ changes: [String: JSONValue], over base: [String: JSONValue], without forbidden: Set<String>
    ) -> [String: JSONValue] {
        var result = base
        var spelling: [String: String] = [:]
        for name in base.keys { spelling[name.lowercased()] = name }
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
            let folded = name.lowercased()
            guard !forbidden.contains(folded) else { continue }
            let target = spelling[folded] ?? (folded == "labels" ? "Labels" : name)
            spelling[folded] = target
            result[target] = result[target]?.overlaid(with: value) ?? value
        }
        return result
    }
}

extension ContainerSpec.PortMapping {
    /// The port as the engine writes it: `80/tcp`.
    var engineKey: String { "\(containerPort)/\(transportProtocol.rawValue)" }
}

extension ContainerSpec.Mount {
    /// The mount as the engine writes it: `source:/path` or `source:/path:ro`.
    var engineBind: String {
        let from =
            switch source {
            case .hostPath(let path): path
            case .volume(let name): name
            }
        return "\(from):\(containerPath)\(isReadOnly ? ":ro" : "")"
    }
}
