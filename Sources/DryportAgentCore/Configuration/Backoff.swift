// SPDX-License-Identifier: Apache-2.0

/// Growing pauses between attempts: `initial · factorⁿ`, at most `maximum`, and up to `jitter` of that on top.
public struct Backoff: Sendable, Hashable {
    /// The pause after the first failure.
    public var initial: Duration
    /// The longest pause before jitter.
    public var maximum: Duration
    /// By how much each pause exceeds the one before, at least 1.
    public var factor: Double
    /// The share of the pause that is added at most, at random; 0 for none.
    public var jitter: Double

    /// Creates a backoff.
    /// - Precondition: `factor` is at least 1, `jitter` is not negative.
    public init(initial: Duration, maximum: Duration, factor: Double, jitter: Double) {
        precondition(factor >= 1 && jitter >= 0, "a backoff grows, and its jitter is a share")
        self.initial = initial
        self.maximum = maximum
        self.factor = factor
        self.jitter = jitter
    }

    /// The pause after a number of failures in a row.
    /// - Parameters:
    ///   - failures: How many there were, at least 1.
    ///   - random: Where the jitter comes from.
    public func delay(afterFailures failures: Int, using random: inout some RandomNumberGenerator) -> Duration {
        var delay = initial
        // The loop is bounded by the maximum, or by the exponent at which any factor above 1 has reached it.
        for _ in 1..<max(1, min(failures, 64)) where delay < maximum { delay = delay * factor }
        let base = min(delay, maximum)
        let extra = base * jitter
        guard extra > .zero else { return base }
        return base + random.duration(upTo: extra)
    }
}

extension RandomNumberGenerator {
    /// A duration between zero and `limit`, in whole microseconds.
    mutating func duration(upTo limit: Duration) -> Duration {
        let (seconds, attoseconds) = limit.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        guard microseconds > 0 else { return .zero }
        return .microseconds(Int64.random(in: 0...microseconds, using: &self))
    }
}
