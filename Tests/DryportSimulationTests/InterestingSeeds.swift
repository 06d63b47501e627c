// SPDX-License-Identifier: Apache-2.0

/// Seeds that once showed a mistake, of the cores or of the simulation itself. They run besides the usual ones.
/// A change of the simulation gives a seed another world, so what must stay covered has a scenario of its own too.
enum InterestingSeeds {
    static let all: [UInt64] = [
        // Role credentials were not renewed by a control plane that had not issued them.
        243, 309, 345,
        // A start that took too long was given up, and the container ran later.
        624,
        // A payload that came again ran a task a second time.
        760, 10_554,
        // "Not found" was answered before the end of a task's retention was durable.
        1768, 3197,
        // Role credentials that were lost with their session were not sent again.
        6275, 9990,
    ]
}
