// SPDX-License-Identifier: Apache-2.0

/// A point of monotonic time: it never jumps, and means something only inside one run of a process
/// (or of a simulation). Timers and backoff use it.
public struct MonotonicTime: Sendable, Hashable {
    /// Time since an arbitrary start.
    public var sinceStart: Duration

    /// Creates a point of monotonic time.
    /// - Parameter sinceStart: Time since an arbitrary start; not negative.
    public init(sinceStart: Duration) {
        self.sinceStart = sinceStart
    }

    /// The start of monotonic time.
    public static let zero = MonotonicTime(sinceStart: .zero)

    /// The point `duration` later.
    public func advanced(by duration: Duration) -> MonotonicTime {
        MonotonicTime(sinceStart: sinceStart + duration)
    }

    /// The duration from this point to a later one; negative if `other` is earlier.
    public func duration(to other: MonotonicTime) -> Duration {
        other.sinceStart - sinceStart
    }
}

extension MonotonicTime: Comparable {
    /// Whether the left one comes first.
    public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.sinceStart < right.sinceStart
    }
}

/// "Now", as every machine of the core receives it: both clocks, read together by the shell.
///
/// The two are different types because they answer different questions. Deadlines compare
/// ``monotonic``; what users and other hosts see is stamped with ``wall``.
public struct Instant: Sendable, Hashable {
    /// The monotonic clock.
    public var monotonic: MonotonicTime
    /// The wall clock.
    public var wall: Timestamp

    /// Creates an instant from the two clocks' readings.
    public init(monotonic: MonotonicTime, wall: Timestamp) {
        self.monotonic = monotonic
        self.wall = wall
    }

    /// The instant `duration` later on both clocks.
    public func advanced(by duration: Duration) -> Instant {
        Instant(monotonic: monotonic.advanced(by: duration), wall: wall.advanced(by: duration))
    }
}
