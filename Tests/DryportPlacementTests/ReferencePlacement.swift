// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportPlacement

/// Placement as `ecs-control-plane.md` §6 describes it, over a plain list: every decision looks at every instance, and
/// every strategy scores every instance that is left. Slow, and plainly right.
struct ReferencePlacement {
    /// An instance, and the sums of what its tasks take.
    final class Host {
        var registered: PlacementInstance
        var runningTasksCount: Int?
        var tasks: [PlacementScope: Int] = [:]
        var usedCPU = 0
        var usedMemory = 0
        var usedTCP: [Int] = []
        var usedUDP: [Int] = []
        var usedGPUs: [String] = []

        init(_ registered: PlacementInstance) { self.registered = registered }

        var taskCount: Int { tasks.values.reduce(0, +) }

        var capacity: PlacementCapacity {
            PlacementCapacity(
                cpu: registered.cpu - usedCPU, memory: registered.memory - usedMemory,
                gpus: registered.gpus.filter { !usedGPUs.contains($0) },
                tcpPorts: Set(registered.tcpPorts + usedTCP).sorted(),
                udpPorts: Set(registered.udpPorts + usedUDP).sorted(), taskCount: taskCount)
        }

        /// What a spread over an attribute goes by: nil without the attribute; without a value, an empty one.
        func bucket(_ name: String) -> String? { registered.attributes[name].map { $0 ?? "" } }
    }

    /// In the order of adding; nil where an instance was removed.
    private(set) var hosts: [Host?] = []

    // MARK: Instances

    var ids: [String] { hosts.compactMap { $0?.registered.id } }

    func host(_ id: String) -> Host? {
        for case let host? in hosts where host.registered.id == id { return host }
        return nil
    }

    mutating func add(_ instance: PlacementInstance) { hosts.append(Host(instance)) }

    /// Leaves a gap, until more than 64 gaps are more than half of all.
    mutating func remove(_ id: String) {
        for position in hosts.indices where hosts[position]?.registered.id == id { hosts[position] = nil }
        let gaps = hosts.count { $0 == nil }
        if gaps > 64 && 2 * gaps > hosts.count { hosts.removeAll { $0 == nil } }
    }

    /// The same again, that nothing has in common with this one.
    func copy() -> ReferencePlacement {
        var copy = self
        copy.hosts = hosts.map { host in
            guard let host else { return nil }
            let twin = Host(host.registered)
            twin.runningTasksCount = host.runningTasksCount
            twin.tasks = host.tasks
            twin.usedCPU = host.usedCPU
            twin.usedMemory = host.usedMemory
            twin.usedTCP = host.usedTCP
            twin.usedUDP = host.usedUDP
            twin.usedGPUs = host.usedGPUs
            return twin
        }
        return copy
    }

    // MARK: Tasks

    func place(_ request: PlacementRequest, using random: inout SeededGenerator) -> Placement? {
        choose(request, using: &random).flatMap { hosts[$0] }.map { charge(request, to: $0) }
    }

    func charge(_ request: PlacementRequest, to host: Host) -> Placement {
        let gpus = Array(host.capacity.gpus.prefix(request.resources.gpus))
        let placement = Placement(instance: host.registered.id, gpus: gpus)
        restore(request, at: placement, on: host)
        return placement
    }

    func restore(_ request: PlacementRequest, at placement: Placement, on host: Host) {
        host.tasks[request.scope, default: 0] += 1
        host.usedCPU += request.resources.cpu
        host.usedMemory += request.resources.memory
        host.usedTCP += request.resources.tcpPorts
        host.usedUDP += request.resources.udpPorts
        host.usedGPUs += placement.gpus
    }

    func release(_ placement: Placement, of request: PlacementRequest, on host: Host) {
        host.tasks[request.scope, default: 0] -= 1
        host.usedCPU -= request.resources.cpu
        host.usedMemory -= request.resources.memory
        host.usedTCP.removeAll(where: request.resources.tcpPorts.contains)
        host.usedUDP.removeAll(where: request.resources.udpPorts.contains)
        host.usedGPUs.removeAll(where: placement.gpus.contains)
    }

    // MARK: Deciding

    /// The position of the instance that takes the next copy; nil if none can.
    func choose(_ request: PlacementRequest, using random: inout SeededGenerator) -> Int? {
        var candidates = hosts.indices.filter { hosts[$0].map { fits(request, $0) } ?? false }
        guard !candidates.isEmpty else { return nil }
        for strategy in request.strategies {
            // What follows random is ignored.
            if strategy == .random { return draw(from: candidates, seed: random.next()) }
            let score = score(by: strategy, request)
            let scores = candidates.map { hosts[$0].map(score) ?? .max }
            let best = scores.min()
            candidates = candidates.indices.filter { scores[$0] == best }.map { candidates[$0] }
        }
        return candidates[0]
    }

    /// How good instances are; the lowest score is the best.
    private func score(by strategy: PlacementStrategy, _ request: PlacementRequest) -> (Host) -> Int {
        let scope = request.scope
        switch strategy {
        case .random: return { _ in 0 }
        case .binpack(.cpu): return { $0.registered.cpu - $0.usedCPU }
        case .binpack(.memory): return { $0.registered.memory - $0.usedMemory }
        case .spread(.instanceID): return { $0.tasks[scope] ?? 0 }
        case .spread(.attribute(let name)):
            var counts: [String?: Int] = [:]
            for case let host? in hosts { counts[host.bucket(name), default: 0] += host.tasks[scope] ?? 0 }
            // Of equal counts, the bucket of those that lack the attribute is the worse.
            return { host in
                let bucket = host.bucket(name)
                return 2 * (counts[bucket] ?? 0) + (bucket == nil ? 1 : 0)
            }
        case .custom(let custom):
            let ranking = custom.ranking as? any FactsRanking
            return { ranking?.score(Facts($0, scope: scope)) ?? 0 }
        }
    }

    /// Up to 64 draws among all positions until one is a candidate; then one draw among the candidates.
    private func draw(from candidates: [Int], seed: UInt64) -> Int {
        guard candidates.count > 1 else { return candidates[0] }
        var chance = SeededGenerator(seed: seed)
        func position(below count: Int) -> Int { Int(chance.next().multipliedFullWidth(by: UInt64(count)).high) }
        for _ in 0..<64 {
            let position = position(below: hosts.count)
            if candidates.contains(position) { return position }
        }
        return candidates[position(below: candidates.count)]
    }

    // MARK: Fitting

    func fits(_ request: PlacementRequest, _ host: Host) -> Bool {
        // Most of those that do not fit fail here, which spares the rest.
        host.registered.cpu - host.usedCPU >= request.resources.cpu
            && host.registered.memory - host.usedMemory >= request.resources.memory && lacks(request, host).isEmpty
    }

    /// Everything that an instance lacks, in the order of §5.4.
    func lacks(_ request: PlacementRequest, _ host: Host) -> [PlacementLack] {
        let instance = host.registered
        let wanted = request.resources
        var lacks: [PlacementLack] = []
        if instance.status != .active { lacks.append(.active) }
        if !instance.isConnected { lacks.append(.connection) }
        for (name, value) in request.requiredAttributes.sorted(by: { $0.key < $1.key }) {
            let held = host.bucket(name)
            if held == nil || (value != nil && held != value) {
                lacks.append(.attribute(name, wanted: value, held: held))
            }
        }
        let cpu = wanted.cpu - (instance.cpu - host.usedCPU)
        if cpu > 0 { lacks.append(.cpu(cpu)) }
        let memory = wanted.memory - (instance.memory - host.usedMemory)
        if memory > 0 { lacks.append(.memory(memory)) }
        let tcp = wanted.tcpPorts.filter { instance.tcpPorts.contains($0) || host.usedTCP.contains($0) }
        let udp = wanted.udpPorts.filter { instance.udpPorts.contains($0) || host.usedUDP.contains($0) }
        if !tcp.isEmpty || !udp.isEmpty { lacks.append(.ports(tcp: tcp, udp: udp)) }
        if wanted.gpus > 0 {
            let gpus = wanted.gpus - host.capacity.gpus.count
            if gpus > 0 { lacks.append(.gpus(gpus)) }
        }
        // What is asked twice is lacking once.
        var constraints: [PlacementConstraint] = []
        for constraint in request.constraints where !constraints.contains(constraint) {
            constraints.append(constraint)
        }
        for case .memberOf(let query) in constraints where !query.matches(Subjects(host: host)) {
            lacks.append(.memberOf(query))
        }
        let siblings = host.tasks[request.scope] ?? 0
        if siblings > 0, constraints.contains(.distinctInstance) { lacks.append(.distinctInstance(siblings)) }
        for case .custom(let custom) in constraints {
            let rule = custom.rule as? any FactsRule
            if rule?.allows(Facts(host, scope: request.scope)) != true { lacks.append(.custom(custom.rule.name)) }
        }
        return lacks
    }

    /// An instance as expressions see it.
    private struct Subjects: ClusterQuerySubjects {
        let host: Host

        /// Otherwise the instance lacks that, and takes no task whatever an expression says.
        var isAgentConnected: Bool { true }
        var agentVersion: String? { host.registered.agentVersion }
        var ec2InstanceID: String? { host.registered.ec2InstanceID }
        var registeredAt: Timestamp? { host.registered.registeredAt }
        var runningTasksCount: Int { host.runningTasksCount ?? host.taskCount }

        func attribute(_ name: String) -> ClusterQuery.AttributeValue { .init(host.registered.attributes[name]) }

        func hasTask(inGroup matches: (String) -> Bool) -> Bool {
            host.tasks.contains { $0.value > 0 && matches($0.key.group) }
        }
    }
}
