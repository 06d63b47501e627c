// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// Longer and longer pauses for a service whose tasks do not start (`ecs-control-plane.md` §7.5): tasks that stop
/// without ever having been RUNNING lengthen the pause; one that runs, or a new deployment, ends it.
struct StartBackoff: Sendable {
    private var failures = 0
    private var isSettled = true
    private var pauses = 0
    /// No task is started before this; nil for no pause.
    private(set) var until: MonotonicTime?

    mutating func noteFailure() {
        failures += 1
        isSettled = false
    }

    mutating func reset() { self = StartBackoff() }

    /// Begins the next pause if tasks have failed since the last one was over.
    /// - Returns: Whether a pause has begun.
    mutating func settle(at now: MonotonicTime, _ configuration: ServiceConfiguration) -> Bool {
        // What fails during a pause was started before it.
        if isPausing(at: now) { isSettled = true }
        guard !isSettled, failures >= configuration.toleratedStartFailures else { return false }
        isSettled = true
        // Doubling stops far below what a Duration can hold.
        let factor = 1 << min(pauses, 20)
        pauses += 1
        let pause = min(configuration.firstStartPause * factor, configuration.longestStartPause)
        until = now.advanced(by: pause)
        return true
    }

    func isPausing(at now: MonotonicTime) -> Bool { until.map { now < $0 } ?? false }
}

/// How many tasks a service may still launch (`ecs-control-plane.md` §2.4): a bucket that holds one minute's worth
/// and fills evenly.
struct LaunchBudget: Sendable {
    private var spent: Duration = .zero
    private var updatedAt: MonotonicTime = .zero

    /// How many launches are possible now, at most `wanted`.
    mutating func available(_ wanted: Int, at now: MonotonicTime, perMinute: Int) -> Int {
        let interval = Duration.seconds(60) / perMinute
        spent = max(.zero, spent - updatedAt.duration(to: now))
        updatedAt = now
        let free = (Duration.seconds(60) - spent) / interval
        return min(wanted, max(0, Int(free)))
    }

    mutating func spend(_ launches: Int, perMinute: Int) { spent += Duration.seconds(60) / perMinute * launches }

    /// When the next launch is possible, if none is now.
    func nextLaunch(perMinute: Int) -> MonotonicTime {
        updatedAt.advanced(by: max(.zero, spent + Duration.seconds(60) / perMinute - .seconds(60)))
    }
}
