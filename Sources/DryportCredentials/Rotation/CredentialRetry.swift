// SPDX-License-Identifier: Apache-2.0

/// How long to wait after a failed token request: the SSM agent's table (`ssm-agent.md` §3.3).
enum CredentialRetry {
    /// - Parameter previousFailures: How many failures directly preceded this one; counted up to 16.
    /// - Returns: At least one second, at most half an hour.
    static func delay(
        code: String?, isTransport: Bool, previousFailures: Int, using random: inout some RandomNumberGenerator
    ) -> Duration {
        // A node that was deregistered, or is another machine than it was, asks rarely and spread out.
        if code == "AccessDeniedException" || code == "MachineFingerprintDoesNotMatch" {
            return .seconds(1500 + Int.random(in: 0..<300, using: &random))
        }
        let base = 1 << min(max(previousFailures, 0), 16)
        var seconds = base + Int.random(in: 0..<(base + 4) / 5, using: &random)
        if code != nil || isTransport {
            seconds += 10 + Int.random(in: 0..<10, using: &random)
        }
        if seconds > 1800 { seconds = 1800 - Int.random(in: 0..<300, using: &random) }
        return .seconds(seconds)
    }
}
