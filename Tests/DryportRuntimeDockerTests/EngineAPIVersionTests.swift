// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import DryportRuntimeDocker

@Suite("Versions of the Engine API")
struct EngineAPIVersionTests {
    private func version(_ text: String?) -> EngineAPIVersion? { text.flatMap { EngineAPIVersion($0) } }

    @Test(
        "the newest common one is spoken",
        arguments: [
            // (engine's minimum, engine's maximum, spoken)
            ("1.12", "1.41", "1.41"),
            ("1.24", "1.47", "1.47"),
            ("1.24", "1.49", "1.47"),
            ("1.44", "1.52", "1.47"),
            (nil, "1.24", "1.24"),
            ("1.48", "1.60", nil),
            ("1.12", "1.23", nil),
            (nil, "1.18", nil),
            ("2.0", "2.3", nil),
        ] as [(String?, String, String?)])
    func negotiation(minimum: String?, maximum: String, spoken: String?) throws {
        let maximum = try #require(version(maximum))
        #expect(EngineAPIVersion.negotiated(minimum: version(minimum), maximum: maximum) == version(spoken))
    }

    @Test(
        "those with attributes are reported",
        arguments: [
            // An engine that knows old ones reports what it knows.
            ("1.12", "1.41", "1.17 1.18 1.19 1.20 1.21 1.22 1.23 1.24 1.25 1.28 1.29 1.30 1.32"),
            ("1.18", "1.41", "1.18 1.19 1.20 1.21 1.22 1.23 1.24 1.25 1.28 1.29 1.30 1.32"),
            // One that has dropped them reports them all the same.
            ("1.24", "1.47", "1.17 1.18 1.19 1.20 1.21 1.22 1.23 1.24 1.25 1.28 1.29 1.30 1.32"),
            ("1.44", "1.52", "1.17 1.18 1.19 1.20 1.21 1.22 1.23 1.24 1.25 1.28 1.29 1.30 1.32"),
            ("1.12", "1.27", "1.17 1.18 1.19 1.20 1.21 1.22 1.23 1.24 1.25"),
            (nil, "1.24", "1.17 1.18 1.19 1.20 1.21 1.22 1.23 1.24"),
        ] as [(String?, String, String)])
    func reported(minimum: String?, maximum: String, list: String) throws {
        let reported = EngineAPIVersion.reported(minimum: version(minimum), maximum: try #require(version(maximum)))
        #expect(reported.map(\.description).joined(separator: " ") == list)
    }

    @Test("other texts are no versions", arguments: ["", "1", "1.", ".1", "1.2.3", "a.b", "1.-4"])
    func refusals(text: String) {
        #expect(EngineAPIVersion(text) == nil)
    }

    @Test("are ordered as numbers")
    func order() {
        #expect(EngineAPIVersion(1, 9) < EngineAPIVersion(1, 41))
        #expect(EngineAPIVersion(1, 41) < EngineAPIVersion(2, 0))
    }
}
