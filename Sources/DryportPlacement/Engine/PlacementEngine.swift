// SPDX-License-Identifier: Apache-2.0

/// Decides which container instance takes a task, exactly as ECS describes it (`ecs-control-plane.md` §6): filters,
/// then strategies composed lexicographically over *all* instances that fit, never over a sample.
///
/// ```swift
/// var engine = try PlacementEngine((0..<100).map { PlacementInstance(id: "i-\($0)", cpu: 4096, memory: 16384) })
/// var random = SeededGenerator(seed: 1)
/// let request = PlacementRequest(
///     resources: TaskResources(cpu: 256, memory: 512), scope: .service("web"), strategies: [.spread(.instanceID)])
/// let placements = try engine.place(request, count: 10, using: &random)
/// ```
///
/// It is a value: a copy is a snapshot on which a plan can be made, elsewhere and at leisure; ``charge(_:to:)``
/// then checks each placement of the plan against the engine that it is committed to.
///
/// **Ties.** What the strategies leave equal goes to the instance that was added first. Where the last strategy is
/// ``PlacementStrategy/random``, each candidate has the same chance: one number is drawn from the generator and seeds
/// a ``SeededGenerator``; that picks among all positions in the order of adding, up to 64 times, until it hits a
/// candidate, and then among the candidates in the same order. So the same engine, request and generator give the
/// same decision in every process.
///
/// **Cost.** Let *n* be the instances. A placement takes O(log *n* + *b*), *b* being the number of different values of
/// the attributes that are spread over, if the strategies are any number of spreads over attributes, then at most one
/// of spread over instances and binpack, then perhaps `random`. Strategies after that, and custom ones, are evaluated
/// for each instance that is still equal. What a request has never asked for before is indexed once, in O(*n*). A
/// refusal of what was refused before is O(*b*).
public struct PlacementEngine: Sendable {
    var tables = InstanceTables()
    var divisions: [AttributeDivision] = []
    var partitions: [Partition] = []
    var filters: [Filter.Key: Filter] = [:]
    var views: [OpenView] = []
    var levels: [ScopeLevels] = []
    var indexes: [BinpackIndex] = []
    var longSearches: [LongSearches.Key: LongSearches] = [:]
    var logs = ChangeLogs(span: 0)
    var shapes: [Shape] = []
    var specifications: [PlacementRequest: Specification] = [:]
    /// The number of decisions, as a clock for what was used when.
    var decisions = 0
    /// How much the engine has looked at since it was made.
    public internal(set) var work = PlacementWork()

    /// Creates an engine without instances.
    public init() {}

    /// Creates an engine.
    /// - Parameter instances: Its instances, in the order that decides ties.
    /// - Throws: ``PlacementError`` with code `invalidInstance`, `duplicateInstance` or `tooManyInstances`.
    /// - Complexity: O(*n*) for *n* instances.
    public init(_ instances: some Sequence<PlacementInstance>) throws(PlacementError) {
        tables.reserve(instances.underestimatedCount)
        for instance in instances { try add(instance) }
    }

    /// The number of instances.
    public var count: Int { tables.span - tables.removedCount }

    /// The ids of the instances, in the order of adding.
    public var instanceIDs: [String] { tables.records.lazy.map(\.id).filter { !$0.isEmpty } }

    /// Whether there is an instance of an id.
    public func contains(_ id: String) -> Bool { tables.slots[id] != nil }

    /// What is left of an instance.
    /// - Throws: ``PlacementError`` with code `unknownInstance`.
    public func capacity(of id: String) throws(PlacementError) -> PlacementCapacity {
        let slot = try self.slot(of: id)
        let room = tables.rooms[Int(slot)]
        let devices = tables.devices[slot]
        return PlacementCapacity(
            cpu: room.cpu, memory: room.memory, gpus: devices?.freeGPUs ?? [],
            tcpPorts: devices.map { $0.tcp.union($0.hostTCP).sorted() } ?? [],
            udpPorts: devices.map { $0.udp.union($0.hostUDP).sorted() } ?? [], taskCount: Int(room.taskCount))
    }

    /// How many tasks of a scope an instance has; 0 if there is no such instance.
    public func taskCount(of scope: PlacementScope, on id: String) -> Int {
        guard let slot = tables.slots[id], let scope = tables.scopes.id(of: scope) else { return 0 }
        return Int(tables.scopes.scopes[scope].counts[slot])
    }

    func slot(of id: String) throws(PlacementError) -> Slot {
        guard let slot = tables.slots[id] else {
            throw PlacementError(.unknownInstance, "there is no instance '\(id)'")
        }
        return slot
    }
}

/// How much an engine has looked at: figures that are the same on every machine.
public struct PlacementWork: Sendable, Hashable {
    /// Decisions about one copy of a task.
    public var decisions = 0
    /// Instances considered in these decisions.
    public var candidatesExamined = 0
    /// Changes of ordered indexes and candidate views.
    public var indexUpdates = 0

    /// Creates a count of nothing.
    public init() {}
}
