// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// What the engine knows of its instances, by slot.
struct InstanceTables: Sendable {
    /// What a decision looks at for every instance that it considers: 32 bytes.
    struct Room: Sendable {
        var cpu: Int
        var memory: Int
        /// The bit ``availableBit`` if the instance takes tasks, and a bit for each of the first static rules that it
        /// satisfies.
        var mask: UInt64
        var gpus: Int32
        var taskCount: Int32
    }

    /// What is looked at rarely.
    struct Record: Sendable {
        var id: String
        var attributes: AttributeSet
        var identity: Identity?
        var cpu: Int
        var memory: Int
        /// What the control plane counts, if it tells; else negative, and the tasks that are charged count.
        var runningTasksCount: Int32
        var status: ContainerInstanceStatus
        var isConnected: Bool

        /// Of an instance that was removed.
        static let none = Record(
            id: "", attributes: AttributeSet(pairs: []), identity: nil, cpu: 0, memory: 0, runningTasksCount: -1,
            status: .inactive, isConnected: false)
    }

    /// What only expressions ask for, apart, since many instances have nothing of it.
    final class Identity: Sendable {
        let agentVersion: String?
        let ec2InstanceID: String?
        let registeredAt: Timestamp?

        /// - Returns: nil if there is nothing to keep.
        init?(_ instance: PlacementInstance) {
            guard instance.agentVersion != nil || instance.ec2InstanceID != nil || instance.registeredAt != nil else {
                return nil
            }
            agentVersion = instance.agentVersion
            ec2InstanceID = instance.ec2InstanceID
            registeredAt = instance.registeredAt
        }
    }

    static let availableBit: UInt64 = 1 << 63
    /// Slots must fit into a key of an index.
    static let maximumSlots = 1 << 24

    var rooms: [Room] = []
    var records: [Record] = []
    var devices: [Slot: Devices] = [:]
    var slots: [String: Slot] = [:]
    /// Slots whose instance was removed.
    var removedCount = 0
    var names = AttributeNames()
    /// Rules that depend on nothing but the instance itself.
    var rules = StaticRules()
    var scopes = ScopeTable()

    /// The number of slots, removed instances included.
    var span: Int { rooms.count }

    /// Makes room for exactly so many instances.
    mutating func reserve(_ count: Int) {
        rooms.reserveCapacity(count)
        records.reserveCapacity(count)
        slots.reserveCapacity(count)
    }

    func isRemoved(_ slot: Slot) -> Bool { records[Int(slot)].id.isEmpty }

    /// What a slot has besides the resource that an index orders by.
    @inline(__always)
    func bound(of slot: Slot, orderedBy field: PlacementStrategy.BinpackField) -> OrderedIndex.Bound {
        let room = rooms[Int(slot)]
        return OrderedIndex.Bound(
            other: field == .cpu ? room.memory : room.cpu, mask: room.mask, gpus: room.gpus)
    }

    /// Brings the mask of a slot up to date with its record.
    mutating func refreshMask(of slot: Slot) {
        let record = records[Int(slot)]
        rules.evaluate(record, at: slot, names: names)
        rooms[Int(slot)].mask =
            rules.mask(of: slot) | (record.status == .active && record.isConnected ? Self.availableBit : 0)
        if record.id.isEmpty { rooms[Int(slot)].mask = 0 }
    }
}

/// An instance without its tasks, as expressions see it that do not ask for them.
struct StaticSubjects: ClusterQuerySubjects {
    let record: InstanceTables.Record
    let names: AttributeNames

    var isAgentConnected: Bool { record.isConnected }
    var agentVersion: String? { record.identity?.agentVersion }
    var ec2InstanceID: String? { record.identity?.ec2InstanceID }
    var registeredAt: Timestamp? { record.identity?.registeredAt }
    var runningTasksCount: Int { 0 }

    func attribute(_ name: String) -> ClusterQuery.AttributeValue {
        guard let name = names.id(ofName: name), let value = record.attributes.value(of: name) else { return .missing }
        return .value(names.value(value))
    }

    func hasTask(inGroup matches: (String) -> Bool) -> Bool { false }
}

extension ClusterQuery {
    /// Whether the answer changes with the tasks of an instance.
    var dependsOnTasks: Bool {
        subjects.contains { subject in
            switch subject {
            case .runningTasksCount, .taskGroup: true
            default: false
            }
        }
    }
}
