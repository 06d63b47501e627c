// SPDX-License-Identifier: Apache-2.0

/// What one task takes of its instance (`ecs-control-plane.md` §4.5).
public struct TaskResources: Codable, Sendable, Hashable {
    /// CPU units, 1024 to a CPU.
    public var cpu: Int
    /// Memory in MiB.
    public var memory: Int
    /// Static TCP ports of the host, in rising order, each once.
    public var tcpPorts: [Int]
    /// Static UDP ports of the host, in rising order, each once.
    public var udpPorts: [Int]
    /// GPUs.
    public var gpus: Int

    /// Creates an amount; nothing is checked.
    public init(cpu: Int = 0, memory: Int = 0, tcpPorts: [Int] = [], udpPorts: [Int] = [], gpus: Int = 0) {
        self.cpu = cpu
        self.memory = memory
        self.tcpPorts = tcpPorts
        self.udpPorts = udpPorts
        self.gpus = gpus
    }
}

extension TaskDefinition {
    /// What a task of this definition takes of its instance. The task's own CPU and memory win over the sums of its
    /// containers; of a container's memory the reservation counts if there is one. Ports count if they are static:
    /// given in mode `bridge`, all in mode `host`. Sums stop at `Int.max`, and negative amounts count as 0.
    /// - Complexity: O(*n* log *n*) in the number of port mappings.
    public func resources() -> TaskResources {
        var resources = TaskResources()
        for container in containerDefinitions {
            resources.cpu = resources.cpu.addingSaturated(container.cpu ?? 0)
            resources.memory = resources.memory.addingSaturated(container.chargedMemory)
            for requirement in container.resourceRequirements ?? [] where requirement.type == "GPU" {
                resources.gpus = resources.gpus.addingSaturated(requirement.value.flatMap { Int($0) } ?? 0)
            }
            for mapping in container.portMappings ?? [] {
                guard let port = mapping.staticHostPort(networkMode: networkMode) else { continue }
                if mapping.protocol == "udp" {
                    resources.udpPorts.append(port)
                } else {
                    resources.tcpPorts.append(port)
                }
            }
        }
        resources.tcpPorts.sortUniquely()
        resources.udpPorts.sortUniquely()
        if let size = cpu.flatMap({ TaskSize.parse($0, unit: .cpu) }) { resources.cpu = size }
        if let size = memory.flatMap({ TaskSize.parse($0, unit: .memory) }) { resources.memory = size }
        return resources
    }
}

extension ContainerDefinition {
    /// The reservation if there is one, else the hard limit; 0 means none of either.
    var chargedMemory: Int {
        if let memoryReservation, memoryReservation > 0 { return memoryReservation }
        return memory ?? 0
    }
}

extension PortMapping {
    /// The host's port that the mapping always takes; nil if the agent picks one or if the mode publishes none.
    func staticHostPort(networkMode: String?) -> Int? {
        let hostPort = hostPort.flatMap { $0 == 0 ? nil : $0 }
        return switch networkMode {
        case nil, "bridge": hostPort
        case "host": hostPort ?? containerPort
        default: nil
        }
    }
}

extension Int {
    /// The sum with a non-negative amount, at most `Int.max`; a negative amount counts as 0. For numbers that come
    /// from outside and must not trap.
    func addingSaturated(_ amount: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(Swift.max(0, amount))
        return overflow ? .max : sum
    }
}

extension [Int] {
    fileprivate mutating func sortUniquely() {
        sort()
        var unique: [Int] = []
        for element in self where unique.last != element { unique.append(element) }
        self = unique
    }
}
