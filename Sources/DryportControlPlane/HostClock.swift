// SPDX-License-Identifier: Apache-2.0

public import DryportModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The clocks of the host.
public struct HostClock: Sendable {
    private let start = ContinuousClock.now

    /// Creates a clock whose monotonic time begins now.
    public init() {}

    /// Reads both clocks.
    @Sendable public func now() -> Instant {
        let milliseconds = (Date().timeIntervalSince1970 * 1000).rounded()
        return Instant(
            monotonic: MonotonicTime(sinceStart: ContinuousClock.now - start),
            wall: Timestamp(millisecondsSinceEpoch: Int64(milliseconds)))
    }
}
