// SPDX-License-Identifier: Apache-2.0

import PlacementWorkloads

/// What one run took.
enum Stopwatch {
    /// Copies a second, over rounds of a thousand; what a round leaves behind is cleared away outside of the time.
    static func rate(_ run: inout PlacementRun, copies: Int, batch: Int) -> Int {
        var time = Duration.zero
        var left = copies
        while left > 0 {
            let count = min(left, 1000)
            let begin = ContinuousClock.now
            run.round(copies: count, batch: batch)
            time += ContinuousClock.now - begin
            run.recover(copies: count)
            left -= count
        }
        return Int(Double(copies) / (time / .seconds(1)))
    }

    /// The same for the placements alone: the releases before each batch are outside of the time, the clock's readings
    /// are in it.
    static func rateWithoutReleases(_ run: inout PlacementRun, copies: Int, batch: Int) -> Int {
        var time = Duration.zero
        for _ in 0..<copies / batch {
            run.makeRoom(batch)
            let begin = ContinuousClock.now
            run.step(batch)
            time += ContinuousClock.now - begin
        }
        return Int(Double(copies / batch * batch) / (time / .seconds(1)))
    }

    /// What each of many single placements takes, in nanoseconds, in rising order; the time of the clock included, the
    /// release before it not.
    static func latencies(_ run: inout PlacementRun, copies: Int) -> [Int] {
        var times: [Int] = []
        times.reserveCapacity(copies)
        while times.count < copies {
            for _ in 0..<min(1000, copies - times.count) {
                run.makeRoom(1)
                let begin = ContinuousClock.now
                run.step(1)
                times.append(Int((ContinuousClock.now - begin) / .nanoseconds(1)))
            }
            run.recover(copies: 1000)
        }
        return times.sorted()
    }
}
