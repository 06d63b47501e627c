// SPDX-License-Identifier: Apache-2.0

/// A point of wall-clock time, in whole milliseconds since 1970-01-01T00:00:00Z.
///
/// AWS's JSON protocols carry timestamps as a number of seconds with a fraction of at most three
/// digits (`ecs-control-plane.md` §0), which is exactly what this type encodes to and decodes from.
/// Wall time may jump; measure durations and arm timers with ``MonotonicTime`` instead.
public struct Timestamp: Sendable, Hashable {
    /// Milliseconds since the Unix epoch. Negative before 1970.
    public var millisecondsSinceEpoch: Int64

    /// Creates a point in time.
    /// - Parameter millisecondsSinceEpoch: Milliseconds since the Unix epoch.
    public init(millisecondsSinceEpoch: Int64) {
        self.millisecondsSinceEpoch = millisecondsSinceEpoch
    }

    /// Creates a point in time from seconds, rounded to the nearest millisecond.
    /// - Parameter secondsSinceEpoch: Seconds since the Unix epoch; must be finite and within ±10¹⁵ ms.
    /// - Returns: nil if the value is not finite or is out of range.
    public init?(secondsSinceEpoch: Double) {
        let milliseconds = (secondsSinceEpoch * 1000).rounded()
        guard milliseconds.isFinite, abs(milliseconds) < 1e15 else { return nil }
        self.millisecondsSinceEpoch = Int64(milliseconds)
    }

    /// Seconds since the Unix epoch, with the fraction.
    public var secondsSinceEpoch: Double { Double(millisecondsSinceEpoch) / 1000 }

    /// The point `duration` later, truncated to milliseconds.
    public func advanced(by duration: Duration) -> Timestamp {
        Timestamp(millisecondsSinceEpoch: millisecondsSinceEpoch + duration.wholeMilliseconds)
    }

    /// The duration from this point to a later one; negative if `other` is earlier.
    public func duration(to other: Timestamp) -> Duration {
        .milliseconds(other.millisecondsSinceEpoch - millisecondsSinceEpoch)
    }
}

extension Timestamp: Comparable {
    /// Whether the left one comes first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.millisecondsSinceEpoch < right.millisecondsSinceEpoch
    }
}

extension Timestamp: Codable {
    /// Decodes a JSON number of seconds since the epoch.
    /// - Throws: `DecodingError.dataCorrupted` if the number is not a representable point in time.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let seconds = try container.decode(Double.self)
        guard let value = Timestamp(secondsSinceEpoch: seconds) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(seconds) is not a time in seconds since the epoch")
        }
        self = value
    }

    /// Encodes a JSON number of seconds since the epoch.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if millisecondsSinceEpoch % 1000 == 0 {
            try container.encode(millisecondsSinceEpoch / 1000)
        } else {
            try container.encode(secondsSinceEpoch)
        }
    }
}

extension Duration {
    /// The duration in whole milliseconds, truncated toward zero and clamped to `Int64`.
    public var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }
}
