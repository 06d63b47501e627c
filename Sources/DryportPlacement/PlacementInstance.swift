// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// An instance as placement sees it: what it has, what is taken, who it is.
public struct PlacementInstance: Sendable, Hashable {
    /// The instance's id; breaks ties.
    public var id: String
    /// Its status; only active instances take tasks.
    public var status: ContainerInstanceStatus
    /// Whether its agent is connected.
    public var isConnected: Bool
    /// Its attributes; nil for those without a value.
    public var attributes: [String: String?]
    /// CPU units that are not taken; negative if the instance came back smaller than what runs on it.
    public var remainingCPU: Int
    /// MiB that are not taken; negative in the same case.
    public var remainingMemory: Int
    /// GPUs that are not taken.
    public var remainingGPUs: [String]
    /// TCP ports that are taken or reserved.
    public var tcpPorts: Set<Int>
    /// UDP ports that are taken or reserved.
    public var udpPorts: Set<Int>
    /// How many tasks of each group it has.
    public var groupCounts: [String: Int]

    /// Creates an instance that has everything left.
    public init(
        id: String, status: ContainerInstanceStatus = .active, isConnected: Bool = true,
        attributes: [String: String?] = [:], cpu: Int, memory: Int, gpus: [String] = [], tcpPorts: Set<Int> = [],
        udpPorts: Set<Int> = []
    ) {
        self.id = id
        self.status = status
        self.isConnected = isConnected
        self.attributes = attributes
        self.remainingCPU = cpu
        self.remainingMemory = memory
        self.remainingGPUs = gpus
        self.tcpPorts = tcpPorts
        self.udpPorts = udpPorts
        self.groupCounts = [:]
    }

    /// Why the instance cannot take the task; nil if it can.
    public func refusal(of request: PlacementRequest) -> PlacementRefusal? {
        if status != .active { return .inactive }
        if !isConnected { return .agent }
        for (name, value) in request.requiredAttributes {
            guard let held = attributes[name] else { return .attribute }
            if let value, held != value { return .attribute }
        }
        if remainingCPU < request.cpu { return .cpu }
        if remainingMemory < request.memory { return .memory }
        if request.tcpPorts.contains(where: tcpPorts.contains) || request.udpPorts.contains(where: udpPorts.contains) {
            return .ports
        }
        if remainingGPUs.count < request.gpus { return .gpu }
        if request.isDistinct, groupCounts[request.group, default: 0] > 0 { return .distinctInstance }
        return nil
    }

    /// Takes what the task asks for.
    /// - Returns: The ids of the GPUs assigned, lowest first.
    /// - Precondition: ``refusal(of:)`` is nil, or the caller knows better (a restart restores what was placed).
    @discardableResult
    public mutating func charge(_ request: PlacementRequest) -> [String] {
        remainingCPU -= request.cpu
        remainingMemory -= request.memory
        tcpPorts.formUnion(request.tcpPorts)
        udpPorts.formUnion(request.udpPorts)
        groupCounts[request.group, default: 0] += 1
        let assigned = Array(remainingGPUs.sorted().prefix(request.gpus))
        remainingGPUs.removeAll(where: assigned.contains)
        return assigned
    }

    /// Gives back what a task took.
    /// - Parameters:
    ///   - request: What it asked for.
    ///   - gpus: The GPUs that it was assigned.
    public mutating func release(_ request: PlacementRequest, gpus: [String]) {
        remainingCPU += request.cpu
        remainingMemory += request.memory
        tcpPorts.subtract(request.tcpPorts)
        udpPorts.subtract(request.udpPorts)
        remainingGPUs.append(contentsOf: gpus)
        let count = groupCounts[request.group, default: 0] - 1
        precondition(count >= 0, "an instance cannot release a task that it was never charged for")
        groupCounts[request.group] = count == 0 ? nil : count
    }
}
