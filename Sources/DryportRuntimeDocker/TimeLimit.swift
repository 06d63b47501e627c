// SPDX-License-Identifier: Apache-2.0

/// A call took longer than it may.
struct TimeLimitExceeded: Error {}

/// Runs an operation, and cancels it when it takes longer than it may.
/// - Throws: ``TimeLimitExceeded``, or what the operation throws.
func withTimeLimit<Result: Sendable>(
    _ limit: Duration, _ operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw TimeLimitExceeded()
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { preconditionFailure("the group holds two tasks") }
        return result
    }
}

extension Duration {
    /// Whole seconds, rounded up, at least 0 and at most a year: what the engine takes for a grace period.
    var engineSeconds: Int64 {
        let (seconds, attoseconds) = components
        return min(max(seconds + (attoseconds > 0 ? 1 : 0), 0), 365 * 86_400)
    }

    /// The duration as AWS's agent writes it in messages: `4m0s`.
    var engineText: String {
        let (seconds, attoseconds) = components
        guard seconds > 0 else { return "\(attoseconds / 1_000_000_000_000_000)ms" }
        let (minutes, rest) = seconds.quotientAndRemainder(dividingBy: 60)
        let (hours, minutesOfHour) = minutes.quotientAndRemainder(dividingBy: 60)
        if hours > 0 { return "\(hours)h\(minutesOfHour)m\(rest)s" }
        return minutes > 0 ? "\(minutes)m\(rest)s" : "\(rest)s"
    }
}
