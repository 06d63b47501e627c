// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// Whether what a container waits for has happened (`ecs-agent.md` §10.4).
enum DependencyVerdict: Hashable {
    /// It may go on.
    case met
    /// Not yet; if a time limit applies, it ends then.
    case blocked(until: MonotonicTime?)
    /// It never will, because of this.
    case impossible(String)

    /// Looks at all dependencies of a container.
    static func of(_ index: Int, in record: TaskRecord, at now: Instant) -> DependencyVerdict {
        var isBlocked = false
        var until: MonotonicTime?
        for dependency in record.plan.containers[index].dependencies {
            switch verdict(on: dependency, in: record, at: now) {
            case .met: continue
            case .impossible(let reason): return .impossible(reason)
            case .blocked(let end):
                isBlocked = true
                if let end { until = min(until ?? end, end) }
            }
        }
        return isBlocked ? .blocked(until: until) : .met
    }

    private static func verdict(
        on dependency: TaskPlan.Dependency, in record: TaskRecord, at now: Instant
    ) -> DependencyVerdict {
        let other = record.containers[dependency.container]
        let name = record.plan.containers[dependency.container].plan.containerName
        let hasRun = other.startedAt != nil
        let isOver = other.phase == .stopped
        let isMet =
            switch dependency.condition {
            case .created: other.runtimeID != nil
            case .start: hasRun
            case .complete: isOver && hasRun
            case .success: isOver && other.exit?.code == 0
            case .healthy: !isOver && other.health == .healthy
            }
        if isMet { return .met }
        if isOver {
            let end = other.exit?.code.map { "ended with exit code \($0)" } ?? "ended without an exit code"
            return .impossible(
                "container \(name) \(hasRun ? end : "never started"), so its condition "
                    + "\(dependency.condition.rawValue) can never be met")
        }
        let isTimed = dependency.condition != .created && dependency.condition != .start
        guard isTimed, let startedAt = other.startedAt,
            let limit = record.plan.containers[dependency.container].startTimeout
        else { return .blocked(until: nil) }
        let rest = now.wall.duration(to: startedAt.advanced(by: limit))
        guard rest > .zero else {
            return .impossible(
                "container \(name) did not meet condition \(dependency.condition.rawValue) within its "
                    + "startTimeout of \(limit)")
        }
        return .blocked(until: now.monotonic.advanced(by: rest))
    }
}
