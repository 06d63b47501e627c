// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// Compares what a host should run with what its runtime shows.
///
/// Used when an agent starts again, whenever a runtime says that events may have been lost, and after a
/// runtime was unavailable. Three rules guide it:
/// - What runs correctly is left alone: a wanted container that runs is adopted in place, never restarted.
/// - Nothing that happened is lost: an exit that nobody saw is reported once, with the runtime's own times.
/// - There is one container for one ``ContainerKey``: further copies are stopped and removed.
///
/// It is idempotent: after its result has been applied, reconciling again yields nothing but `keep`.
public enum Reconciler: Sendable {
    /// Sorts every container into buckets.
    /// - Parameters:
    ///   - desired: What somebody answers for; each key at most once.
    ///   - observed: What the runtime shows, all of one moment.
    /// - Returns: What to do. Every bucket is ordered as `desired` is, then containers that nobody answers
    ///   for, in the order of their keys and identifiers.
    /// - Complexity: O(*n* log *n*) comparisons in the number of containers.
    public static func reconcile(
        desired: [DesiredContainer], observed: [ObservedContainer]
    ) -> Reconciliation {
        var result = Reconciliation()
        // Only looked up, never iterated: the order of a dictionary must not reach the result.
        let copies = Dictionary(grouping: observed, by: \.key)
        var answered = Set<ContainerKey>()
        for container in desired {
            precondition(answered.insert(container.key).inserted, "\(container.key) is desired twice")
            let ranked = (copies[container.key] ?? []).sorted { precedes($0, $1, for: container) }
            // With a known identifier only that container counts: another one is a copy, however it came about.
            if let best = ranked.first, container.runtimeID == nil || container.runtimeID == best.runtimeID {
                compare(container, with: best, into: &result)
                for copy in ranked.dropFirst() { dispose(of: copy, into: &result) }
            } else {
                missing(container, into: &result)
                for copy in ranked { dispose(of: copy, into: &result) }
            }
        }
        let strays = observed.filter { !answered.contains($0.key) }
        for stray in strays.sorted(by: { ($0.key, $0.runtimeID) < ($1.key, $1.runtimeID) }) {
            dispose(of: stray, into: &result)
        }
        return result
    }

    private static func missing(_ container: DesiredContainer, into result: inout Reconciliation) {
        switch (container.knowledge, container.wish) {
        case (.finished, _), (.absent, .stop): result.keep.append(container.key)
        case (.absent, .run): result.start.append(container.key)
        case (.created, _), (.running, _): result.report.append(.vanished(container.key))
        }
    }

    private static func compare(
        _ container: DesiredContainer, with found: ObservedContainer, into result: inout Reconciliation
    ) {
        let instance = Reconciliation.Instance(key: found.key, runtimeID: found.runtimeID)
        let isNew = container.runtimeID == nil
        let mayRun = container.wish == .run && container.knowledge != .finished
        switch found.state {
        case .running:
            if container.hasDealtWith(startedAt: found.startedAt, finishedAt: nil) {
                result.keep.append(found.key)
            } else if container.knowledge == .finished {
                if isNew { result.adopt.append(instance) }
                result.stop.append(instance)
            } else {
                let isKnown = !isNew && container.knowledge == .running
                if !isKnown { result.adopt.append(instance) }
                if !mayRun { result.stop.append(instance) }
                if isKnown && mayRun { result.keep.append(found.key) }
            }
        case .created:
            let isWanted = mayRun && container.knowledge != .running
            if isNew { result.adopt.append(instance) }
            if isWanted { result.start.append(found.key) }
            if !isNew && !isWanted { result.keep.append(found.key) }
        case .exited(let finishedAt):
            if isNew { result.adopt.append(instance) }
            if container.knowledge == .finished {
                if !isNew { result.keep.append(found.key) }
            } else if container.hasDealtWith(startedAt: found.startedAt, finishedAt: finishedAt) {
                // The restart was decided, and perhaps interrupted.
                if mayRun { result.start.append(found.key) } else { result.keep.append(found.key) }
            } else {
                result.report.append(.exited(instance))
            }
        }
    }

    private static func dispose(of copy: ObservedContainer, into result: inout Reconciliation) {
        let instance = Reconciliation.Instance(key: copy.key, runtimeID: copy.runtimeID)
        if copy.state == .running { result.stop.append(instance) }
        result.forget.append(instance)
    }

    /// Which of two copies of one container to go on with: the known one, else the one that is furthest in
    /// its life, else the older, else the lower identifier.
    private static func precedes(
        _ left: ObservedContainer, _ right: ObservedContainer, for container: DesiredContainer
    ) -> Bool {
        let (leftKnown, rightKnown) = (left.runtimeID == container.runtimeID, right.runtimeID == container.runtimeID)
        if leftKnown != rightKnown { return leftKnown }
        if left.state.rank != right.state.rank { return left.state.rank > right.state.rank }
        let leftStart = left.startedAt?.millisecondsSinceEpoch ?? .max
        let rightStart = right.startedAt?.millisecondsSinceEpoch ?? .max
        return (leftStart, left.runtimeID) < (rightStart, right.runtimeID)
    }
}

extension ObservedContainer.State {
    fileprivate var rank: Int {
        switch self {
        case .created: 0
        case .exited: 1
        case .running: 2
        }
    }
}
