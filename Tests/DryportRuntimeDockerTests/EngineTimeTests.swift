// SPDX-License-Identifier: Apache-2.0

import DryportModel
import Testing

@testable import DryportRuntimeDocker

@Suite("Times of the engine")
struct EngineTimeTests {
    @Test(
        "are read to the millisecond",
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.001999999Z", 1),
            ("2000-02-29T23:59:59.9Z", 951_868_799_900),
            ("2000-03-01T00:00:00Z", 951_868_800_000),
            ("2024-02-29T12:34:56.123456789Z", 1_709_210_096_123),
            ("2024-12-31T23:59:60Z", 1_735_689_600_000),
            ("2026-05-07T21:09:36.000000000+00:00", 1_778_188_176_000),
            ("2026-05-07T21:09:36+02:00", 1_778_180_976_000),
            ("2026-05-07T21:09:36.12-05:30", 1_778_207_976_120),
            ("1969-12-31T23:59:59.25Z", -750),
        ] as [(String, Int64)])
    func reads(text: String, milliseconds: Int64) {
        #expect(Timestamp(engineTime: text)?.millisecondsSinceEpoch == milliseconds)
    }

    @Test(
        "that are none, or say never, are nil",
        arguments: [
            "0001-01-01T00:00:00Z", "", "2024", "2024-13-01T00:00:00Z", "2023-02-29T00:00:00Z", "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z", "2024-01-01T00:00:61Z", "2024-01-01 00:00:00Z", "2024-01-01T00:00:00",
            "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00.1234567890Z", "2024-01-01T00:00:00Zx",
            "2024-01-01T00:00:00+2", "2024-00-01T00:00:00Z", "2024-01-00T00:00:00Z", "２024-01-01T00:00:00Z",
        ])
    func refuses(text: String) {
        #expect(Timestamp(engineTime: text) == nil)
    }

    @Test("go back to the engine as seconds and nanoseconds")
    func writes() {
        #expect(Timestamp(millisecondsSinceEpoch: 1_709_210_096_007).engineSeconds == "1709210096.007000000")
        #expect(Timestamp(millisecondsSinceEpoch: 1000).engineSeconds == "1.000000000")
    }

    @Test("grace periods are whole seconds, rounded up")
    func gracePeriods() {
        #expect(Duration.zero.engineSeconds == 0)
        #expect(Duration.milliseconds(-1500).engineSeconds == 0)
        #expect(Duration.milliseconds(1).engineSeconds == 1)
        #expect(Duration.seconds(30).engineSeconds == 30)
        #expect(Duration.milliseconds(30_001).engineSeconds == 31)
        #expect(Duration.seconds(Int64.max).engineSeconds == 31_536_000)
    }

    @Test("durations are written as AWS's agent writes them")
    func durations() {
        #expect(Duration.seconds(240).engineText == "4m0s")
        #expect(Duration.seconds(30).engineText == "30s")
        #expect(Duration.seconds(7200).engineText == "2h0m0s")
        #expect(Duration.milliseconds(50).engineText == "50ms")
    }
}
