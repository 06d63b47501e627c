// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// A task that a service might stop when it has too many.
public struct ScaleInTask: Sendable, Hashable {
    /// The task's id.
    public var id: String
    /// The instance that it is on.
    public var instance: String
    /// Whether it belongs to the primary deployment; those of older ones go first.
    public var isPrimary: Bool
    /// Whether its health check says UNHEALTHY; such go first.
    public var isUnhealthy: Bool
    /// Whether it is not RUNNING yet; such go first.
    public var isPending: Bool
    /// Whether it is protected from scale-in; such never go.
    public var isProtected: Bool

    /// Creates a task.
    public init(
        id: String, instance: String, isPrimary: Bool = true, isUnhealthy: Bool = false, isPending: Bool = false,
        isProtected: Bool = false
    ) {
        self.id = id
        self.instance = instance
        self.isPrimary = isPrimary
        self.isUnhealthy = isUnhealthy
        self.isPending = isPending
        self.isProtected = isProtected
    }
}

// Which tasks go (`ecs-control-plane.md` §6.5).
extension PlacementEngine {
    /// Selects tasks of a service to stop, one after the other, each choice seeing the earlier ones. Nothing is
    /// released: that happens when they stop.
    ///
    /// Tasks of old deployments go before those of the primary one, then unhealthy ones, then pending ones, then
    /// those whose instance is connected, since others cannot be stopped now. Then the strategies have their say:
    /// `spread` takes from the bucket with the most tasks, `binpack` takes the task whose instance has the most of
    /// the resource left without it; no strategy at all is ``PlacementStrategy/serviceDefault``. Chance decides what
    /// is still equal. A custom strategy takes from the instance that it scores worst.
    /// - Parameters:
    ///   - tasks: All tasks of the service that have not been told to stop; protected ones count for the spread.
    ///   - count: How many to select; fewer are if the rest is protected.
    ///   - request: What each of the tasks asked for.
    ///   - random: Draws among equals.
    /// - Returns: The ids of the tasks, in the order of selection.
    /// - Throws: ``PlacementError`` with code `invalidRequest`.
    /// - Complexity: O(*count* · *tasks* · *strategies*).
    public func selectForScaleIn(
        _ tasks: [ScaleInTask], count: Int, of request: PlacementRequest,
        using random: inout some RandomNumberGenerator
    ) throws(PlacementError) -> [String] {
        try request.validate()
        var selection = ScaleInSelection(tasks, request: request, tables: tables)
        var selected: [String] = []
        while selected.count < count, let index = selection.next(using: &random) { selected.append(tasks[index].id) }
        return selected
    }
}

/// The tasks that are left while some are being selected.
private struct ScaleInSelection {
    private struct Member {
        let index: Int
        let urgency: Int
        let slot: Slot?
        /// By strategy, for spreads.
        let buckets: [Int32]
    }

    private let request: PlacementRequest
    private let strategies: [PlacementStrategy]
    private let tables: InstanceTables
    private var members: [Member] = []
    /// By strategy, for spreads; protected tasks included.
    private var counts: [[Int32: Int]]
    /// How many tasks of each slot have been selected.
    private var selectedOn: [Slot: Int] = [:]

    init(_ tasks: [ScaleInTask], request: PlacementRequest, tables: InstanceTables) {
        self.request = request
        self.tables = tables
        strategies = request.strategies.isEmpty ? PlacementStrategy.serviceDefault : request.strategies
        counts = Array(repeating: [:], count: strategies.count)
        for (index, task) in tasks.enumerated() {
            let slot = tables.slots[task.instance]
            let buckets = strategies.map { Self.bucket($0, slot, tables) }
            for (strategy, bucket) in buckets.enumerated() { counts[strategy][bucket, default: 0] += 1 }
            guard !task.isProtected else { continue }
            let isReachable = slot.map { tables.records[Int($0)].isConnected } ?? false
            let urgency =
                (task.isPrimary ? 8 : 0) + (task.isUnhealthy ? 0 : 4) + (task.isPending ? 0 : 2)
                + (isReachable ? 0 : 1)
            members.append(Member(index: index, urgency: urgency, slot: slot, buckets: buckets))
        }
    }

    private static func bucket(_ strategy: PlacementStrategy, _ slot: Slot?, _ tables: InstanceTables) -> Int32 {
        guard let slot else { return -2 }
        switch strategy {
        case .spread(.instanceID): return slot
        case .spread(.attribute(let name)):
            return tables.names.id(ofName: name).flatMap { tables.records[Int(slot)].attributes.value(of: $0) } ?? -1
        case .random, .binpack, .custom: return 0
        }
    }

    /// Selects one more task; nil if none is left that may go.
    mutating func next(using random: inout some RandomNumberGenerator) -> Int? {
        guard let urgency = members.lazy.map(\.urgency).min() else { return nil }
        var candidates = members.indices.filter { members[$0].urgency == urgency }
        for (place, strategy) in strategies.enumerated() where candidates.count > 1 {
            if strategy == .random { break }
            let scores = candidates.map { score(members[$0], strategy, place) }
            let best = scores.max() ?? 0
            candidates = zip(candidates, scores).filter { $0.1 == best }.map(\.0)
        }
        guard let chosen = candidates.randomElement(using: &random) else { return nil }
        let member = members.remove(at: chosen)
        for (place, bucket) in member.buckets.enumerated() { counts[place][bucket, default: 0] -= 1 }
        if let slot = member.slot { selectedOn[slot, default: 0] += 1 }
        return member.index
    }

    /// How much a task deserves to go.
    private func score(_ member: Member, _ strategy: PlacementStrategy, _ place: Int) -> Int {
        switch strategy {
        case .random: return 0
        case .spread: return counts[place][member.buckets[place], default: 0]
        case .binpack(let field):
            guard let slot = member.slot else { return .min }
            let room = tables.rooms[Int(slot)]
            let taken = field == .cpu ? request.resources.cpu : request.resources.memory
            let left = field == .cpu ? room.cpu : room.memory
            // At most 2⁴⁰ units for each of fewer than 2²² tasks: no overflow, and a wrong order beats a trap.
            return left &+ (1 + selectedOn[slot, default: 0]) &* taken
        case .custom(let custom):
            guard let slot = member.slot else { return .min }
            return custom.ranking.score(tables.view(of: slot, for: request.scope), for: request)
        }
    }
}
