// SPDX-License-Identifier: Apache-2.0

extension PlacementScenario {
    /// Places the workload under a policy, and reports what came of it.
    /// - Parameters:
    ///   - policy: Strategies that replace those of every task; nil for the tasks' own.
    ///   - seed: What chance is drawn from.
    ///   - clock: Measures the decisions.
    /// - Throws: ``PlacementScenarioError`` if the scenario is not valid.
    /// - Complexity: That of the decisions (see ``PlacementEngine``), and O(*instances* · *r*) for each of *r*
    ///   different sets of constraints and each kind of task that is refused.
    public func run<C: Clock>(
        policy: Policy? = nil, seed: UInt64 = 1, clock: C
    ) throws(PlacementScenarioError) -> PlacementReport where C.Duration == Duration {
        let start = clock.now
        return try run(policy: policy, seed: seed) { start.duration(to: clock.now) }
    }

    /// Places the workload under a policy, and reports what came of it, without the time.
    /// - Parameters:
    ///   - policy: Strategies that replace those of every task; nil for the tasks' own.
    ///   - seed: What chance is drawn from.
    /// - Throws: ``PlacementScenarioError`` if the scenario is not valid.
    public func run(
        policy: Policy? = nil, seed: UInt64 = 1
    ) throws(PlacementScenarioError) -> PlacementReport {
        try run(policy: policy, seed: seed, now: nil)
    }

    private func run(
        policy: Policy?, seed: UInt64, now: (() -> Duration)?
    ) throws(PlacementScenarioError) -> PlacementReport {
        var run = try ScenarioRun(self, policy: policy, seed: seed)
        try run.placeAll(now: now)
        return try run.report()
    }

    /// The attributes that any strategy spreads over, of those that an instance has, in the order in which they are
    /// named.
    func spreadAttributes(_ policy: Policy?, _ expanded: ExpandedScenario) -> [String] {
        var named: [String] = []
        var strategies = policies.flatMap(\.strategies) + (policy?.strategies ?? [])
        for (index, entry) in workload.enumerated() {
            strategies += entry.strategies
            if entry.strategies.isEmpty { strategies += expanded.entries[index].requests.first?.strategies ?? [] }
        }
        for case .spread(.attribute(let name)) in strategies where !named.contains(name) { named.append(name) }
        return named.filter(expanded.hasAttribute)
    }
}

extension ExpandedScenario {
    /// Whether any instance has an attribute.
    func hasAttribute(_ name: String) -> Bool { instances.contains { $0.attributes[name] != nil } }
}
