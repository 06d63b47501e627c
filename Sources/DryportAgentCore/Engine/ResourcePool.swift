// SPDX-License-Identifier: Apache-2.0

import OrderedCollections

/// What of the host is free (`ecs-agent.md` §10.6). The agent does its own admission: the control plane may place a
/// task before another one has given back what it takes.
struct ResourcePool: Sendable, Hashable {
    /// Free CPU units.
    private(set) var cpu: Int
    /// Free MiB.
    private(set) var memory: Int
    private var tcpPorts: OrderedSet<Int>
    private var udpPorts: OrderedSet<Int>

    init(host: HostFacts, configuration: AgentConfiguration) {
        self.cpu = host.logicalCPUs * 1024
        self.memory = host.memory - configuration.reservedMemory
        self.tcpPorts = OrderedSet(configuration.reservedPorts)
        self.udpPorts = OrderedSet(configuration.reservedUDPPorts)
    }

    /// Whether the demand can be met now.
    func fits(_ demand: ResourceDemand) -> Bool {
        demand.cpu <= cpu && demand.memory <= memory
            && !demand.tcpPorts.contains(where: tcpPorts.contains)
            && !demand.udpPorts.contains(where: udpPorts.contains)
    }

    /// Takes; tasks restored from the store take what they have even if it is more than there is.
    mutating func take(_ demand: ResourceDemand) {
        cpu -= demand.cpu
        memory -= demand.memory
        tcpPorts.formUnion(demand.tcpPorts)
        udpPorts.formUnion(demand.udpPorts)
    }

    /// Gives back what was taken.
    mutating func give(_ demand: ResourceDemand) {
        cpu += demand.cpu
        memory += demand.memory
        tcpPorts.subtract(demand.tcpPorts)
        udpPorts.subtract(demand.udpPorts)
    }
}
