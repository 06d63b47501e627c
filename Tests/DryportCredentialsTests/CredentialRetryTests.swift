// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import DryportCredentials

/// The table of `ssm-agent.md` §3.3: the bounds of every row.
@Suite struct CredentialRetryTests {
    static func bounds(_ code: String?, isTransport: Bool, _ failures: Int) -> (Duration, Duration) {
        var delays: [Duration] = []
        for seed in 0..<2000 {
            var random = SeededGenerator(seed: UInt64(seed))
            delays.append(
                CredentialRetry.delay(
                    code: code, isTransport: isTransport, previousFailures: failures, using: &random))
        }
        return (delays.min() ?? .zero, delays.max() ?? .zero)
    }

    @Test(arguments: [
        (0, 1, 1), (1, 2, 2), (2, 4, 4), (3, 8, 9), (4, 16, 19), (5, 32, 38), (6, 64, 76), (10, 1024, 1228),
        (11, 1501, 1800), (16, 1501, 1800), (17, 1501, 1800), (1_000_000, 1501, 1800), (-1, 1, 1),
    ])
    func otherFailures(_ failures: Int, _ low: Int, _ high: Int) {
        let (least, most) = Self.bounds(nil, isTransport: false, failures)
        #expect(least >= .seconds(low) && most <= .seconds(high))
        #expect(most - least >= .seconds(high - low) * 0.9, "the whole range is used")
    }

    @Test(arguments: [(0, 11, 20), (1, 12, 21), (3, 18, 28), (6, 74, 95), (11, 1501, 1800), (99, 1501, 1800)])
    func servicesAndTransport(_ failures: Int, _ low: Int, _ high: Int) {
        for (code, isTransport) in [("InternalServerError", false), (nil, true), ("X", true)] as [(String?, Bool)] {
            let (least, most) = Self.bounds(code, isTransport: isTransport, failures)
            #expect(least >= .seconds(low) && most <= .seconds(high))
            #expect(most - least >= .seconds(high - low) * 0.9, "the whole range is used")
        }
    }

    @Test(arguments: [0, 5, 30]) func refusals(_ failures: Int) {
        for code in ["AccessDeniedException", "MachineFingerprintDoesNotMatch"] {
            let (least, most) = Self.bounds(code, isTransport: false, failures)
            #expect(least >= .seconds(1500) && most <= .seconds(1799))
            #expect(most - least >= .seconds(270))
        }
    }
}
