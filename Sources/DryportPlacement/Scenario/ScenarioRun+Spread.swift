// SPDX-License-Identifier: Apache-2.0

import DryportModel

// How evenly tasks are spread.
extension ScenarioRun {
    /// The tasks of a scope.
    private struct Group {
        let scope: PlacementScope
        /// Tasks by instance's place.
        var counts: [Int32: Int] = [:]
        /// The rules of its tasks.
        var rules: [PlacementRequest] = []
    }

    /// The instances by their values of an attribute.
    private struct Division {
        let field: String
        /// The bucket of each instance.
        let buckets: [Int32]
        let count: Int
    }

    /// The instances that some tasks may be on.
    private struct Eligible {
        let places: [Bool]
        let count: Int
        /// By division, whether a bucket has any of them.
        let buckets: [[Bool]]

        init(_ places: [Bool], _ divisions: [Division]) {
            self.places = places
            count = places.count(where: { $0 })
            buckets = divisions.map { division in
                var present = Array(repeating: false, count: division.count)
                for (place, isEligible) in places.enumerated() where isEligible {
                    present[Int(division.buckets[place])] = true
                }
                return present
            }
        }
    }

    func spread(_ attributes: [String]) throws(PlacementScenarioError) -> [PlacementReport.Spread] {
        let divisions = attributes.map(division)
        var known: [[PlacementRequest]: Eligible] = [:]
        var spreads: [PlacementReport.Spread] = []
        for group in groups() {
            let eligible: Eligible
            if let found = known[group.rules] {
                eligible = found
            } else {
                eligible = Eligible(try self.eligible(for: group.rules), divisions)
                known[group.rules] = eligible
            }
            var buckets = [perInstance(group, eligible)]
            for (index, division) in divisions.enumerated() {
                buckets.append(by(division, group, eligible, present: eligible.buckets[index]))
            }
            spreads.append(
                PlacementReport.Spread(
                    group: group.scope.group, taskCount: group.counts.values.reduce(0, +), buckets: buckets))
        }
        return spreads
    }

    /// The scopes of the workload, with the tasks that ran before.
    private func groups() -> [Group] {
        var groups: [Group] = []
        var known: [PlacementScope: Int] = [:]
        for (index, entry) in expanded.entries.enumerated() {
            var places: [Int] = []
            for request in entry.requests {
                var place = known[request.scope] ?? -1
                if place < 0, groups.count < PlacementReport.maximumSpreads {
                    place = groups.count
                    known[request.scope] = place
                    groups.append(Group(scope: request.scope))
                }
                places.append(place)
                guard place >= 0 else { continue }
                let rule = request.rule
                if !groups[place].rules.contains(rule) { groups[place].rules.append(rule) }
            }
            for (request, instance) in placements[index] where places[Int(request)] >= 0 {
                groups[places[Int(request)]].counts[instance, default: 0] += 1
            }
        }
        for (request, placement, count) in expanded.running {
            guard let place = known[request.scope], let instance = expanded.places[placement.instance] else { continue }
            groups[place].counts[Int32(instance), default: 0] += count
        }
        return groups
    }

    /// Whether each instance may have tasks of any of some rules.
    private func eligible(for rules: [PlacementRequest]) throws(PlacementScenarioError) -> [Bool] {
        var isEligible = Array(repeating: false, count: expanded.instances.count)
        for rule in rules {
            var satisfies = Array(repeating: true, count: expanded.instances.count)
            do throws(PlacementError) {
                for refusal in try engine.refusals(of: rule) {
                    // What overfull instances lack is not a rule of the task's.
                    let lacks = refusal.lacks.filter { $0.rule != .cpu && $0.rule != .memory }
                    if !lacks.isEmpty, let place = expanded.places[refusal.instance] { satisfies[place] = false }
                }
            } catch {
                throw PlacementScenarioError(error)
            }
            for place in satisfies.indices where satisfies[place] { isEligible[place] = true }
        }
        return isEligible
    }

    private func division(_ attribute: String) -> Division {
        var known: [String?: Int32] = [:]
        let buckets = expanded.instances.map { instance -> Int32 in
            // An attribute without a value is there, and compares as the empty text.
            let value = instance.attributes[attribute].map { $0 ?? "" }
            if let bucket = known[value] { return bucket }
            known[value] = Int32(known.count)
            return Int32(known.count - 1)
        }
        return Division(field: "attribute:\(attribute)", buckets: buckets, count: known.count)
    }

    private func perInstance(_ group: Group, _ eligible: Eligible) -> PlacementReport.Spread.Buckets {
        let counts = group.counts.filter { eligible.places[Int($0.key)] }.values
        let least = counts.count < eligible.count ? 0 : counts.min() ?? 0
        return PlacementReport.Spread.Buckets(
            field: "instanceId", count: eligible.count, least: least, most: counts.max() ?? 0)
    }

    private func by(
        _ division: Division, _ group: Group, _ eligible: Eligible, present: [Bool]
    ) -> PlacementReport.Spread.Buckets {
        var counts = Array(repeating: 0, count: division.count)
        for (place, count) in group.counts where eligible.places[Int(place)] {
            counts[Int(division.buckets[Int(place)])] += count
        }
        let used = zip(counts, present).filter(\.1).map(\.0)
        return PlacementReport.Spread.Buckets(
            field: division.field, count: used.count, least: used.min() ?? 0, most: used.max() ?? 0)
    }
}

extension PlacementRequest {
    /// What the request asks of an instance whatever is on it.
    fileprivate var rule: PlacementRequest {
        PlacementRequest(
            requiredAttributes: requiredAttributes, scope: .taskGroup("any"),
            constraints: constraints.filter {
                if case .memberOf(let query) = $0 { !query.dependsOnTasks } else { false }
            })
    }
}
