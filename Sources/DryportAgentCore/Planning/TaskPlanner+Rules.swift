// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension TaskPlanner {
    private struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// A container's overrides; the only key that exists on this wire is `command` (§5.4).
    private struct Overrides: Decodable {
        var command: [String]?

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: AnyKey.self)
            for key in container.allKeys where key.stringValue != "command" {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container, debugDescription: "unknown key \(key.stringValue)")
            }
            command = try container.decodeIfPresent([String].self, forKey: AnyKey(stringValue: "command"))
        }
    }

    /// The command after overrides; nil keeps the image's.
    static func command(of container: ACS.Container) throws(TaskPlanningError) -> [String]? {
        var command = container.command
        if let text = container.overrides, !text.isEmpty {
            do {
                command = try JSONDecoder().decode(Overrides.self, from: Data(text.utf8)).command ?? command
            } catch {
                throw .unreadable(
                    "overrides of container \(container.name ?? "") are not an object with no key but command")
            }
        }
        return command.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// §5.5, the errors that make a task unreadable.
    static func checkReadable(_ volume: ACS.Volume) throws(TaskPlanningError) {
        switch volume.type ?? "host" {
        case "host":
            if volume.host == nil { throw .unreadable("invalid volume: empty volume configuration") }
        case "docker":
            if volume.dockerVolumeConfiguration == nil {
                throw .unreadable("invalid volume: empty volume configuration")
            }
        case "efs", "fsxWindowsFileServer": break
        case let type: throw .unreadable("invalid volume: unrecognized volume type: \(type)")
        }
    }

    /// The ports to publish, and what is wrong with them.
    static func ports(of container: ACS.Container) -> (ports: [ContainerPlan.Port], error: String?) {
        var ports: [ContainerPlan.Port] = []
        for mapping in container.portMappings ?? [] {
            let name = mapping.protocol ?? "tcp"
            guard let transport = TransportProtocol(rawValue: name.lowercased()) else {
                return ([], "transport protocol \(name) is not tcp or udp")
            }
            let (inner, outer) = (mapping.containerPort ?? 0, mapping.hostPort ?? 0)
            guard (1...65535).contains(inner), (0...65535).contains(outer) else {
                return ([], "port mapping \(outer):\(inner) is out of range")
            }
            ports.append(.init(containerPort: inner, hostPort: outer, transportProtocol: transport))
        }
        return (ports, nil)
    }

    /// §10.6.
    static func demand(of task: ACS.Task, _ containers: [TaskPlan.Container]) -> ResourceDemand {
        var demand = ResourceDemand()
        let source = task.containers ?? []
        let taskCPU = Int(((task.cpu ?? 0) * 1024).rounded())
        demand.cpu = taskCPU > 0 ? taskCPU : source.reduce(0) { $0 + max(0, $1.cpu ?? 0) }
        if let memory = task.memory, memory > 0 {
            demand.memory = memory
        } else {
            for (container, planned) in zip(source, containers) {
                demand.memory += planned.plan.memoryReservation ?? max(0, container.memory ?? 0)
            }
        }
        for (container, planned) in zip(source, containers) where planned.plan.networkMode != "none" {
            for port in ports(of: container).ports {
                let isHost = planned.plan.networkMode == "host"
                let number = port.hostPort == 0 && isHost ? port.containerPort : port.hostPort
                guard number > 0 else { continue }
                if port.transportProtocol == .tcp {
                    demand.tcpPorts.append(number)
                } else {
                    demand.udpPorts.append(number)
                }
            }
        }
        return demand
    }

    /// Dependencies must not form a circle, or nothing would ever start.
    static func checkOrder(_ containers: [TaskPlan.Container]) throws(TaskPlanningError) {
        var open = Array(containers.indices)
        while !open.isEmpty {
            let rest = open.filter { index in
                containers[index].dependencies.contains { open.contains($0.container) }
            }
            if rest.count == open.count {
                let names = rest.map { containers[$0].plan.containerName }.joined(separator: ", ")
                throw .impossible("TaskDependencyError: containers \(names) depend on each other in a circle")
            }
            open = rest
        }
    }
}

/// What a container needs of its neighbours.
struct Peers {
    var dependencies: [TaskPlan.Dependency] = []
    var links: [String] = []
    var volumesFrom: [String] = []

    init(
        _ container: ACS.Container, index: Int, names: [(name: String, engineName: String)]
    ) throws(TaskPlanningError) {
        let name = names[index].name
        for dependency in container.dependsOn ?? [] {
            guard let condition = TaskPlan.Dependency.Condition(rawValue: dependency.condition ?? ""),
                condition != .created
            else {
                throw .impossible(
                    "TaskDependencyError: container \(name) depends on \(dependency.containerName ?? "") with "
                        + "condition \(dependency.condition ?? ""), which is not START, COMPLETE, SUCCESS or HEALTHY")
            }
            let other = try Self.find(dependency.containerName ?? "", for: name, in: names)
            dependencies.append(.init(container: other, condition: condition))
        }
        for link in container.links ?? [] {
            let parts = link.split(separator: ":", maxSplits: 1).map(String.init)
            let other = try Self.find(parts.first ?? "", for: name, in: names)
            dependencies.append(.init(container: other, condition: .start))
            links.append("\(names[other].engineName):\(parts.count > 1 ? parts[1] : names[other].name)")
        }
        for source in container.volumesFrom ?? [] {
            let other = try Self.find(source.sourceContainer ?? "", for: name, in: names)
            dependencies.append(.init(container: other, condition: .created))
            volumesFrom.append(names[other].engineName + (source.readOnly == true ? ":ro" : ""))
        }
    }

    private static func find(
        _ other: String, for name: String, in names: [(name: String, engineName: String)]
    ) throws(TaskPlanningError) -> Int {
        guard let index = names.firstIndex(where: { $0.name == other }) else {
            throw .impossible("TaskDependencyError: container \(name) refers to \(other), which is not in the task")
        }
        return index
    }
}
