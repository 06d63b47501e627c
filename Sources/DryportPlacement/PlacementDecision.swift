// SPDX-License-Identifier: Apache-2.0

/// Where one copy of a task goes.
public enum PlacementDecision: Sendable, Hashable {
    /// To the instance with this id.
    case place(instance: String)
    /// Nowhere: why, per instance, in the order of the instances.
    case refuse([Refusal])

    /// One instance's reason.
    public struct Refusal: Sendable, Hashable {
        /// The instance's id.
        public var instance: String
        /// Why it cannot take the task.
        public var reason: PlacementRefusal

        /// Creates a refusal.
        public init(instance: String, reason: PlacementRefusal) {
            self.instance = instance
            self.reason = reason
        }
    }

    /// Decides for one copy: filters, then narrows by each strategy in turn, then draws among what is left
    /// (`ecs-control-plane.md` §6.1, §6.3).
    ///
    /// - Parameters:
    ///   - request: What the copy asks for.
    ///   - instances: All instances, in a stable order.
    ///   - random: Draws among equals.
    /// - Complexity: O(*n* · *s*) for *n* instances and *s* strategies.
    public static func decide(
        _ request: PlacementRequest, among instances: some Collection<PlacementInstance>,
        using random: inout some RandomNumberGenerator
    ) -> PlacementDecision {
        var refusals: [Refusal] = []
        var candidates: [PlacementInstance] = []
        for instance in instances {
            if let reason = instance.refusal(of: request) {
                refusals.append(Refusal(instance: instance.id, reason: reason))
            } else {
                candidates.append(instance)
            }
        }
        for strategy in request.strategies where candidates.count > 1 {
            candidates = narrow(candidates, of: instances, by: strategy, group: request.group)
        }
        guard let chosen = candidates.randomElement(using: &random) else { return .refuse(refusals) }
        return .place(instance: chosen.id)
    }

    private static func narrow(
        _ candidates: [PlacementInstance], of instances: some Collection<PlacementInstance>,
        by strategy: PlacementRequest.Strategy, group: String
    ) -> [PlacementInstance] {
        let scores: [Int]
        switch strategy {
        case .random:
            return candidates
        case .binpackCPU:
            scores = candidates.map(\.remainingCPU)
        case .binpackMemory:
            scores = candidates.map(\.remainingMemory)
        case .spread(.instance):
            scores = candidates.map { $0.groupCounts[group, default: 0] }
        case .spread(.attribute(let name)):
            // A bucket counts the tasks of all its instances, also of those that are full.
            var buckets: [String?: Int] = [:]
            for instance in instances {
                buckets[instance.attributes[name] ?? nil, default: 0] += instance.groupCounts[group, default: 0]
            }
            scores = candidates.map { buckets[$0.attributes[name] ?? nil, default: 0] }
        }
        let best = scores.min() ?? 0
        return zip(candidates, scores).filter { $0.1 == best }.map(\.0)
    }
}
