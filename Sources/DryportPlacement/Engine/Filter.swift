// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// What a request demands of an instance, whoever asks: everything but ``PlacementConstraint/distinctInstance``.
///
/// Requests with equal demands share one, and with it the views of who meets them.
final class Filter: Sendable {
    struct Key: Hashable, Sendable {
        var resources: TaskResources
        var rule: Int32
        var queries: [ClusterQuery]
        /// With rules of an importer's own, which may look at all of it.
        var request: PlacementRequest?
    }

    /// The number of its shape.
    let shape: Int
    let cpu: Int
    let memory: Int
    let gpus: Int32
    /// Bits that the instance's mask must have.
    let mask: UInt64
    /// The static rule, if it has no bit in the mask; else −1.
    let unmaskedRule: Int32
    let tcpPorts: [Int]
    let udpPorts: [Int]
    /// Expressions that depend on tasks.
    let queries: [ClusterQuery]
    let customs: [CustomPlacementConstraint]
    let request: PlacementRequest
    /// Whether there is more to look at than the instance's room.
    let isComplex: Bool
    /// Whether placing a task on an instance may make it acceptable that was not before.
    let dependsOnTasks: Bool

    init(shape: Int, key: Key, customs: [CustomPlacementConstraint], request: PlacementRequest) {
        self.shape = shape
        cpu = key.resources.cpu
        memory = key.resources.memory
        gpus = Int32(clamping: key.resources.gpus)
        let isMasked = key.rule >= 0 && key.rule < StaticRules.maskedRules
        mask = InstanceTables.availableBit | (isMasked ? 1 << UInt64(key.rule) : 0)
        unmaskedRule = isMasked ? -1 : key.rule
        tcpPorts = key.resources.tcpPorts
        udpPorts = key.resources.udpPorts
        queries = key.queries
        self.customs = customs
        self.request = request
        dependsOnTasks = !queries.isEmpty || !customs.isEmpty
        isComplex = unmaskedRule >= 0 || !tcpPorts.isEmpty || !udpPorts.isEmpty || dependsOnTasks
    }

    func need(orderedBy field: PlacementStrategy.BinpackField) -> OrderedIndex.Bound {
        OrderedIndex.Bound(other: field == .cpu ? memory : cpu, mask: mask, gpus: gpus)
    }
}

extension InstanceTables {
    /// Whether an instance meets the demands.
    @inline(__always)
    func admits(_ slot: Slot, _ filter: Filter) -> Bool {
        let room = rooms[Int(slot)]
        guard
            room.cpu >= filter.cpu, room.memory >= filter.memory, room.mask & filter.mask == filter.mask,
            room.gpus >= filter.gpus
        else { return false }
        return !filter.isComplex || admitsRest(slot, filter)
    }

    private func admitsRest(_ slot: Slot, _ filter: Filter) -> Bool {
        if filter.unmaskedRule >= 0 && !rules.contains(slot, rule: filter.unmaskedRule) { return false }
        if !arePortsFree(filter.tcpPorts, filter.udpPorts, on: slot) { return false }
        if !filter.queries.isEmpty {
            let subjects = LiveSubjects(tables: self, slot: slot)
            if !filter.queries.allSatisfy({ $0.matches(subjects) }) { return false }
        }
        guard !filter.customs.isEmpty else { return true }
        let view = view(of: slot, for: filter.request.scope)
        return filter.customs.allSatisfy { $0.rule.allows(view, for: filter.request) }
    }

    /// An instance as rules of an importer's own see it.
    func view(of slot: Slot, for scope: PlacementScope) -> PlacementInstanceView {
        let room = rooms[Int(slot)]
        let record = records[Int(slot)]
        let scopeTasks = scopes.id(of: scope).map { Int(scopes.scopes[$0].counts[slot]) } ?? 0
        return PlacementInstanceView(
            id: record.id, registeredCPU: record.cpu, registeredMemory: record.memory, remainingCPU: room.cpu,
            remainingMemory: room.memory, remainingGPUs: Int(room.gpus), taskCount: Int(room.taskCount),
            scopeTaskCount: scopeTasks, attributeSet: record.attributes, names: names)
    }
}

/// An instance with its tasks, as expressions see it.
struct LiveSubjects: ClusterQuerySubjects {
    let tables: InstanceTables
    let slot: Slot
    /// For what would be if the agent were connected.
    var assumesConnected = false

    private var record: InstanceTables.Record { tables.records[Int(slot)] }

    var isAgentConnected: Bool { assumesConnected || record.isConnected }
    var agentVersion: String? { record.identity?.agentVersion }
    var ec2InstanceID: String? { record.identity?.ec2InstanceID }
    var registeredAt: Timestamp? { record.identity?.registeredAt }
    var runningTasksCount: Int {
        let counted = record.runningTasksCount
        return Int(counted < 0 ? tables.rooms[Int(slot)].taskCount : counted)
    }

    func attribute(_ name: String) -> ClusterQuery.AttributeValue {
        StaticSubjects(record: record, names: tables.names).attribute(name)
    }

    func hasTask(inGroup matches: (String) -> Bool) -> Bool { tables.scopes.hasTask(on: slot, inGroup: matches) }
}
