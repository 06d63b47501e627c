// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// One placement of a scenario's workload, entry by entry.
struct ScenarioRun {
    /// What became of an entry.
    struct Outcome {
        /// By request of the entry.
        var placed: [Int]
        /// By request of the entry.
        var refused: [Int]
        /// Why the first task of each kind was refused.
        var refusals: [PlacementReport.Refusal] = []
        fileprivate var kinds: [PlacementRequest: Int] = [:]

        fileprivate init(requests: Int) {
            placed = Array(repeating: 0, count: requests)
            refused = placed
        }

        /// The refusals of tasks like one of a request.
        func refusal(of request: PlacementRequest) -> PlacementReport.Refusal? {
            kinds[request.kind].map { refusals[$0] }
        }
    }

    let scenario: PlacementScenario
    let policy: PlacementScenario.Policy?
    let seed: UInt64
    let expanded: ExpandedScenario
    private(set) var engine: PlacementEngine
    /// By entry, as far as they were placed.
    private(set) var outcomes: [Outcome] = []
    /// The instance of each task that was placed, by entry: the request's place and the instance's.
    private(set) var placements: [[(request: Int32, instance: Int32)]] = []
    private(set) var decisionCount = 0
    /// How long the decisions took.
    private(set) var elapsed: Duration?
    private var random: SeededGenerator

    /// Fills an engine with the cluster.
    init(
        _ scenario: PlacementScenario, policy: PlacementScenario.Policy?, seed: UInt64
    ) throws(PlacementScenarioError) {
        self.scenario = scenario
        self.policy = policy
        self.seed = seed
        expanded = try ExpandedScenario(scenario)
        if let policy { try expanded.check(strategies: policy.strategies, at: "policies") }
        random = SeededGenerator(seed: seed)
        do throws(PlacementError) {
            engine = try PlacementEngine(expanded.instances)
            for (request, placement, count) in expanded.running {
                for _ in 0..<count { try engine.restore(request, at: placement) }
            }
        } catch {
            throw PlacementScenarioError(error)
        }
    }

    /// A request of an entry with the policy's strategies.
    func request(_ index: Int, of entry: Int) -> PlacementRequest {
        var request = expanded.entries[entry].requests[index]
        if let policy { request.strategies = request.scope.strategies(or: policy.strategies) }
        return request
    }

    /// Places all entries that were not.
    /// - Parameter now: The time since some start; nil for no clock.
    mutating func placeAll(now: (() -> Duration)?) throws(PlacementScenarioError) {
        while outcomes.count < expanded.entries.count { try placeNext(now: now) }
    }

    /// Places the next entry.
    mutating func placeNext(now: (() -> Duration)?) throws(PlacementScenarioError) {
        let index = outcomes.count
        let entry = expanded.entries[index]
        let requests = entry.requests.indices.map { request($0, of: index) }
        var outcome = Outcome(requests: requests.count)
        var placed: [(request: Int32, placement: Placement)] = []
        placed.reserveCapacity(entry.count)
        var start = now?()
        for batch in entry.batches {
            let request = requests[batch.request]
            let found = try place(request, count: batch.count)
            for placement in found { placed.append((Int32(batch.request), placement)) }
            decisionCount += min(batch.count, found.count + 1)
            outcome.placed[batch.request] += found.count
            let refused = batch.count - found.count
            guard refused > 0 else { continue }
            // Explaining is not deciding.
            stop(&start, now)
            outcome.refused[batch.request] += refused
            try note(refused, of: request, in: &outcome)
            start = now?()
        }
        stop(&start, now)
        outcomes.append(outcome)
        placements.append(placed.map { ($0.request, Int32(expanded.places[$0.placement.instance] ?? 0)) })
    }

    private mutating func place(
        _ request: PlacementRequest, count: Int
    ) throws(PlacementScenarioError) -> [Placement] {
        do throws(PlacementError) {
            if count == 1 { return try engine.place(request, using: &random).map { [$0] } ?? [] }
            return try engine.place(request, count: count, using: &random)
        } catch {
            throw PlacementScenarioError(error)
        }
    }

    private mutating func stop(_ start: inout Duration?, _ now: (() -> Duration)?) {
        guard let begun = start, let now else { return }
        elapsed = (elapsed ?? .zero) + (now() - begun)
        start = nil
    }

    private func note(
        _ count: Int, of request: PlacementRequest, in outcome: inout Outcome
    ) throws(PlacementScenarioError) {
        let kind = request.kind
        if let known = outcome.kinds[kind] {
            outcome.refusals[known].count += count
        } else if outcome.refusals.count < PlacementReport.maximumExplanations {
            outcome.kinds[kind] = outcome.refusals.count
            outcome.refusals.append(.init(count: count, explanation: try explain(request)))
        }
    }

    /// How a request fares now.
    func explain(_ request: PlacementRequest) throws(PlacementScenarioError) -> PlacementReport.Explanation {
        do throws(PlacementError) {
            return PlacementReport.Explanation(try engine.explain(request))
        } catch {
            throw PlacementScenarioError(error)
        }
    }
}

extension PlacementScenarioError {
    /// What the engine says about a scenario that was checked: that it is full.
    init(_ error: PlacementError) { self.init(.tooLarge, at: "cluster.instances", error.message) }
}

extension PlacementRequest {
    /// The request without what does not matter for whether an instance fits.
    var kind: PlacementRequest {
        var kind = self
        kind.strategies = []
        if !constraints.contains(.distinctInstance) { kind.scope = .taskGroup("any") }
        return kind
    }
}
