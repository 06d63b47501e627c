// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// How the tasks of a workload's entry fare: on the cluster as it stands, and in their turn.
public struct PlacementTaskExplanation: Codable, Sendable, Hashable {
    /// The tasks of an entry that are alike.
    public struct Kind: Codable, Sendable, Hashable {
        /// What they ask for, such as `2,048 CPU units, 8,192 MiB, 1 GPU; memberOf attribute:site == a`.
        public var request: String
        /// How many there are.
        public var taskCount: Int
        /// How many of them were placed.
        public var placedCount: Int
        /// How one fares on the cluster before anything of the workload is placed.
        public var standing: PlacementReport.Explanation
        /// How the first that was refused fared; if none was, how one more would fare after the entry.
        public var inTurn: PlacementReport.Explanation
    }

    /// The entry's name.
    public var name: String
    /// The entry's tasks by kind; at most ``PlacementReport/maximumExplanations``.
    public var kinds: [Kind]
}

extension PlacementScenario {
    /// Explains how each entry of the workload fares, those before it being placed.
    /// - Parameters:
    ///   - name: The entry; nil for all of them.
    ///   - policy: Strategies that replace those of every task; nil for the tasks' own.
    ///   - seed: What chance is drawn from.
    /// - Throws: ``PlacementScenarioError`` if the scenario is not valid, or has no such entry.
    public func explain(
        task name: String? = nil, policy: Policy? = nil, seed: UInt64 = 1
    ) throws(PlacementScenarioError) -> [PlacementTaskExplanation] {
        if let name, !workload.contains(where: { $0.name == name }) {
            let nearest = NearestName.of(name, among: workload.map(\.name)).map { "; is it '\($0)'?" } ?? ""
            throw PlacementScenarioError(.invalidValue, at: "workload", "there is no entry '\(name)'\(nearest)")
        }
        var run = try ScenarioRun(self, policy: policy, seed: seed)
        let standing = run
        var explanations: [PlacementTaskExplanation] = []
        for index in workload.indices {
            try run.placeNext(now: nil)
            guard name == nil || workload[index].name == name else { continue }
            explanations.append(try run.explanation(of: index, standing: standing))
            if name != nil { break }
        }
        return explanations
    }
}

extension PlacementTaskExplanation {
    /// The explanation for people, without a line feed at the end.
    public var text: String {
        kinds.map { kind in
            var lines = ["\(name): \(NumberText.count(kind.taskCount, "task")) of \(kind.request)"]
            lines += kind.standing.lines(title: "before the workload: ", indentation: 2, remedies: 0)
            let refused = kind.taskCount - kind.placedCount
            let turn =
                refused > 0
                ? "\(NumberText.grouped(kind.placedCount)) placed, \(NumberText.grouped(refused)) not: "
                : "all placed; for one more: "
            return (lines + kind.inTurn.lines(title: turn, indentation: 2, remedies: 5)).joined(separator: "\n")
        }
        .joined(separator: "\n")
    }
}

extension ScenarioRun {
    /// Explains the entry that was placed last.
    fileprivate func explanation(
        of entry: Int, standing: ScenarioRun
    ) throws(PlacementScenarioError) -> PlacementTaskExplanation {
        let outcome = outcomes[entry]
        var kinds: [PlacementTaskExplanation.Kind] = []
        var known: [PlacementRequest: Int] = [:]
        for index in expanded.entries[entry].requests.indices {
            let request = request(index, of: entry)
            let placed = outcome.placed[index]
            let count = placed + outcome.refused[index]
            if let place = known[request.kind] {
                kinds[place].taskCount += count
                kinds[place].placedCount += placed
            } else if kinds.count < PlacementReport.maximumExplanations {
                known[request.kind] = kinds.count
                var kind = PlacementTaskExplanation.Kind(
                    request: request.text, taskCount: count, placedCount: placed,
                    standing: try standing.explain(request), inTurn: try explain(request))
                if let refusal = outcome.refusal(of: request) { kind.inTurn = refusal.explanation }
                kinds.append(kind)
            }
        }
        return PlacementTaskExplanation(name: scenario.workload[entry].name, kinds: kinds)
    }
}

extension PlacementRequest {
    /// What it asks for, in words.
    fileprivate var text: String {
        var amounts = [
            NumberText.count(resources.cpu, "CPU unit"), "\(NumberText.grouped(resources.memory)) MiB",
        ]
        if resources.gpus > 0 { amounts.append(NumberText.count(resources.gpus, "GPU")) }
        amounts += resources.tcpPorts.map { "\($0)/tcp" } + resources.udpPorts.map { "\($0)/udp" }
        var parts = [amounts.joined(separator: ", ")]
        for name in requiredAttributes.keys.sorted() {
            parts.append(PlacementRefusal.attribute(name, value: requiredAttributes[name] ?? nil).description)
        }
        for constraint in constraints {
            switch constraint {
            case .distinctInstance: parts.append(PlacementRefusal.distinctInstance.description)
            case .memberOf(let query): parts.append(PlacementRefusal.memberOf(query).description)
            case .custom(let custom): parts.append(PlacementRefusal.custom(custom.rule.name).description)
            }
        }
        parts.append("by " + strategies.map(\.description).joined(separator: ", "))
        return parts.joined(separator: "; ")
    }
}
