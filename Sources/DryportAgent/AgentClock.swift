// SPDX-License-Identifier: Apache-2.0

public import DryportModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The time, as an agent sees it.
public struct AgentClock: Sendable {
    /// Reads both clocks together.
    public var now: @Sendable () -> Instant
    /// Waits; throws when the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void

    /// Creates a clock.
    public init(
        now: @escaping @Sendable () -> Instant, sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The host's clocks. Its monotonic time starts with the call.
    public static func system() -> AgentClock {
        let start = ContinuousClock.now
        return AgentClock(
            now: {
                let milliseconds = Int64((Date().timeIntervalSince1970 * 1000).rounded(.down))
                return Instant(
                    monotonic: MonotonicTime(sinceStart: start.duration(to: .now)),
                    wall: Timestamp(millisecondsSinceEpoch: milliseconds))
            }, sleep: { try await Task.sleep(for: $0) })
    }
}
