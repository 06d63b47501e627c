// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// What one pass of the service scheduler does to the tasks of a service: the arithmetic of rolling updates, of
/// draining, and of replacing unhealthy tasks (`ecs-control-plane.md` §7.3), apart from everything else.
///
/// Two promises hold at every step: a RUNNING task is stopped only while at least ``lower`` healthy ones stay, and a
/// task is started only while fewer than ``upper`` are alive. The first has one exception, which the document makes:
/// a task that fails its health check does not count as healthy, and where there is no room to replace it first, it
/// is stopped, one at a time.
struct RolloutPlan: Sendable, Hashable {
    /// A task that has not been told to stop.
    struct Member: Sendable, Hashable {
        var id: String
        /// It may stay: it belongs to the deployment that is wanted, is not unhealthy, and its instance is not
        /// draining.
        var isKept: Bool
        /// It has been RUNNING.
        var isRunning: Bool
        /// It counts as healthy.
        var isHealthy: Bool
        /// Its health check fails.
        var isUnhealthy: Bool
        /// It is protected from scale-in and deployments.
        var isProtected: Bool
    }

    /// Tasks to stop, in order.
    private(set) var stops: [String] = []
    /// How many tasks to start.
    private(set) var starts = 0
    /// Nothing can be stopped or started, nothing is on its way to change that, and yet it is not done: the
    /// percentages forbid it.
    private(set) var isBlocked = false
    /// Protected tasks are all that is left to stop.
    private(set) var isHeldByProtection = false

    /// Plans a pass.
    /// - Parameters:
    ///   - desired: How many tasks are wanted. No more than that are kept: surplus has been stopped before.
    ///   - lower: How many tasks have to stay healthy.
    ///   - upper: How many may be alive.
    ///   - members: All tasks that have not been told to stop, those to be replaced in the order in which they go.
    ///   - mayStart: Whether tasks may be started at all; not after a deployment has failed, for instance.
    init(desired: Int, lower: Int, upper: Int, members: [Member], mayStart: Bool) {
        let kept = members.filter(\.isKept)
        let replaced = members.filter { !$0.isKept }
        var alive = members.count
        var healthy = members.count(where: \.isHealthy)
        let healthyKept = kept.count(where: \.isHealthy)
        let isWaiting = healthyKept < kept.count

        for member in replaced where !member.isProtected {
            let isAllowed =
                if !member.isRunning {
                    // It contributes nothing yet.
                    true
                } else if member.isHealthy {
                    healthy > lower
                } else if member.isUnhealthy {
                    healthyKept >= desired || (alive >= upper && !isWaiting && stops.isEmpty)
                } else {
                    healthy >= lower
                }
            guard isAllowed else { continue }
            stops.append(member.id)
            alive -= 1
            if member.isHealthy { healthy -= 1 }
        }
        let missing = max(0, desired - kept.count)
        if mayStart { starts = min(missing, max(0, upper - alive)) }
        let left = replaced.count - stops.count
        if stops.isEmpty, starts == 0, mayStart, !isWaiting, left > 0 || missing > 0 {
            isHeldByProtection = left > 0 && missing == 0 && replaced.allSatisfy(\.isProtected)
            isBlocked = !isHeldByProtection
        }
    }
}
