// SPDX-License-Identifier: Apache-2.0

import DryportModel
public import DryportPlacement

/// The state that a cluster is in while it is measured.
public enum ClusterState: String, CaseIterable {
    /// Empty at first; every copy is placed on top of the others.
    case fresh
    /// Nine tenths of all CPU are taken. What a round has placed is released after it, which is not measured; that
    /// views and indexes follow it is.
    case full = "90 % full"
    /// Full, and then for each copy that is placed another one, chosen at random, is released. Both are measured.
    case churn
}

/// A cluster under one policy in one state, and the tasks that come.
public struct PlacementRun {
    private struct Running {
        var service: Int
        var placement: Placement
    }

    /// The cluster.
    public private(set) var engine: PlacementEngine
    private let requests: [PlacementRequest]
    private let state: ClusterState
    private var random = SeededGenerator(seed: 1)
    private var running: [Running] = []
    /// The next service; they take turns.
    private var turn = 0
    /// How many copies were placed.
    public private(set) var placed = 0
    /// How many copies were asked for.
    public private(set) var attempted = 0

    /// Creates a cluster and brings it into the state.
    /// - Parameter capabilities: How many attributes each instance has besides those of the workload.
    public init(_ policy: Policy, instances: Int, state: ClusterState, capabilities: Int = 0) {
        engine = ReferenceWorkload.engine(instances: instances, capabilities: capabilities)
        requests = policy.requests
        self.state = state
        guard state != .fresh else { return }
        fill(to: 0.9, instances: instances)
        if state == .churn { for _ in 0..<2 * instances { exchange(1) } }
        // What is measured begins with views and indexes in place, as in a scheduler that has been running.
        for _ in 0..<ReferenceWorkload.services { round(copies: 1, batch: 1) }
        placed = 0
        attempted = 0
    }

    private mutating func fill(to part: Double, instances: Int) {
        let total = (0..<instances).reduce(0) { $0 + ReferenceWorkload.instanceShapes[$1 % 4].0 }
        var left = Int(Double(total) * part)
        while left > 0 {
            let before = running.count
            for service in 0..<ReferenceWorkload.services where left > 0 {
                left -= place(service, count: 1) * requests[service].resources.cpu
            }
            if running.count == before { return }
        }
    }

    @discardableResult
    private mutating func place(_ service: Int, count: Int) -> Int {
        do {
            let placements = try engine.place(requests[service], count: count, using: &random)
            for placement in placements { running.append(Running(service: service, placement: placement)) }
            attempted += count
            placed += placements.count
            return placements.count
        } catch {
            fatalError("\(error)")
        }
    }

    private mutating func placeOne(_ service: Int) {
        do {
            attempted += 1
            guard let placement = try engine.place(requests[service], using: &random) else { return }
            running.append(Running(service: service, placement: placement))
            placed += 1
        } catch {
            fatalError("\(error)")
        }
    }

    private mutating func releaseLast() {
        guard let last = running.popLast() else { return }
        do {
            try engine.release(last.placement, of: requests[last.service])
        } catch {
            fatalError("\(error)")
        }
    }

    /// Releases copies chosen at random, then places as many of the next service.
    private mutating func exchange(_ count: Int) {
        makeRoom(count)
        step(count)
    }

    /// Releases copies chosen at random, if the state is ``ClusterState/churn``.
    public mutating func makeRoom(_ count: Int) {
        guard state == .churn else { return }
        for _ in 0..<min(count, running.count) {
            running.swapAt(Int.random(in: 0..<running.count, using: &random), running.count - 1)
            releaseLast()
        }
    }

    /// Places copies of the next service.
    public mutating func step(_ count: Int) {
        if count == 1 { placeOne(turn) } else { place(turn, count: count) }
        turn = (turn + 1) % ReferenceWorkload.services
    }

    /// What is measured: copies of tasks arriving one at a time, or in batches of one service.
    public mutating func round(copies: Int, batch: Int) {
        var left = copies
        while left > 0 {
            let count = min(batch, left)
            exchange(count)
            left -= count
        }
    }

    /// What is not measured: makes room for the next round.
    public mutating func recover(copies: Int) {
        guard state == .full else { return }
        for _ in 0..<copies { releaseLast() }
    }
}
