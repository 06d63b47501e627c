// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// What one pass of the service scheduler does to the tasks of a service: the arithmetic of rolling updates, of
/// draining, and of replacing unhealthy tasks (`ecs-control-plane.md` §7.3), apart from everything else.
///
/// Two promises hold at every step: a RUNNING task is stopped only while at least ``lower`` healthy ones stay, and a
/// task is started only while fewer than ``upper`` are alive. The first has one exception, which the document makes:
/// a task that fails its health check does not count as healthy, and where there is no room to replace it first, it
/// is stopped, one at a time, and only if another may be started.
struct RolloutPlan: Sendable, Hashable {
    /// A task that has not been told to stop.
    struct Member: Sendable, Hashable {
        var id: String
        /// The instance that it is on.
        var instance: String
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
    /// As many are kept as wanted, all of them healthy, and there is nothing else.
    private(set) var isComplete = false
    /// Nothing can be stopped or started, no task is on its way to change that, and yet it is not done: the
    /// percentages forbid it.
    private(set) var isBlocked = false
    /// Nothing can be stopped or started, and all tasks that are left to stop are protected.
    private(set) var isHeldByProtection = false

    /// Plans a pass.
    /// - Parameters:
    ///   - desired: How many tasks are wanted. No more than that are kept: surplus has been stopped before.
    ///   - lower: How many tasks have to stay healthy.
    ///   - upper: How many may be alive.
    ///   - members: All tasks that have not been told to stop, those to be replaced in the order in which they go.
    ///   - mayStart: Whether tasks may be started at all; not after a deployment has failed, for instance.
    init(desired: Int, lower: Int, upper: Int, members: [Member], mayStart: Bool) {
        var (kept, healthyKept) = (0, 0)
        // Members are not copied: there may be thousands.
        var replaced: [Int] = []
        for index in members.indices {
            if !members[index].isKept {
                replaced.append(index)
            } else {
                kept += 1
                if members[index].isHealthy { healthyKept += 1 }
            }
        }
        var alive = members.count
        var healthy = healthyKept + replaced.count { members[$0].isHealthy }
        let isWaiting = healthyKept < kept

        for member in replaced.lazy.map({ members[$0] }) where !member.isProtected {
            let isAllowed =
                if !member.isRunning {
                    // It contributes nothing yet.
                    true
                } else if member.isHealthy {
                    healthy > lower
                } else if member.isUnhealthy {
                    healthyKept >= desired || (mayStart && alive >= upper && !isWaiting && stops.isEmpty)
                } else {
                    healthy >= lower
                }
            guard isAllowed else { continue }
            stops.append(member.id)
            alive -= 1
            if member.isHealthy { healthy -= 1 }
        }
        let missing = max(0, desired - kept)
        if mayStart { starts = min(missing, max(0, upper - alive)) }
        isComplete = healthyKept == desired && healthyKept == members.count
        let isIdle = stops.isEmpty && starts == 0 && mayStart && !isWaiting
        guard isIdle, missing > 0 || !replaced.isEmpty else { return }
        isHeldByProtection = !replaced.isEmpty && replaced.allSatisfy { members[$0].isProtected }
        // What is not healthy yet may be in a moment, and then something may be stopped.
        isBlocked = !isHeldByProtection && replaced.allSatisfy { members[$0].isHealthy || members[$0].isUnhealthy }
    }
}
