// SPDX-License-Identifier: Apache-2.0

/// Seeds that once showed a mistake, of the cores or of the simulation. They run besides the usual ones.
enum InterestingSeeds {
    static let all: [UInt64] = []
}
