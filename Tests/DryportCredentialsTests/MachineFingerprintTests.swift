// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Whether a machine is still itself (`ssm-agent.md` §2).
@Suite struct MachineFingerprintTests {
    static let keys = [
        "machine-id", "processor-hash", "memory-hash", "bios-hash", "system-hash", "hostname-info", "ipaddress-info",
        "macaddr-info", "disk-info",
    ]
    static let facts = Dictionary(uniqueKeysWithValues: keys.map { ($0, "old \($0)") })
    static let saved = MachineFingerprint(fingerprint: "fdc39aae-c16c-47ce-b03d-7d85e15fb89f", hardwareHash: facts)

    /// The facts with a new address, of which `matches` are as before; the hardware id is.
    static func moved(matches: Int) -> [String: String] {
        var facts = facts
        facts["ipaddress-info"] = "192.0.2.2"
        let changeable = keys.filter { $0 != "machine-id" && $0 != "ipaddress-info" }
        for key in changeable.prefix(8 - matches) { facts[key] = "new" }
        return facts
    }

    @Test(arguments: [(1, false), (2, false), (3, false), (4, true), (5, true), (8, true)])
    func fourOfNineSufficeByDefault(_ matches: Int, _ expected: Bool) {
        #expect(MachineFingerprint.similar(Self.facts, Self.moved(matches: matches), threshold: 40) == expected)
    }

    /// 4/9 is 44.44…%: the comparison is with the share itself, not with a rounded one.
    @Test(arguments: [(4, 44, true), (4, 45, false), (8, 88, true), (8, 89, false), (1, 11, true), (1, 12, false)])
    func thresholdsAreExact(_ matches: Int, _ threshold: Int, _ expected: Bool) {
        #expect(MachineFingerprint.similar(Self.facts, Self.moved(matches: matches), threshold: threshold) == expected)
    }

    /// 29 of 50 is 58% in 32 bits but 57.99…% in 64: the SSM agent's Go code computes in 32.
    @Test func theComparisonIsIn32Bits() {
        var current = ["machine-id": "m", "ipaddress-info": "new"]
        var saved = ["machine-id": "m", "ipaddress-info": "old"]
        for index in 0..<48 {
            current["k\(index)"] = "x"
            saved["k\(index)"] = index < 28 ? "x" : "y"
        }
        #expect(MachineFingerprint.similar(saved, current, threshold: 58))
        #expect(!MachineFingerprint.similar(saved, current, threshold: 59))
    }

    @Test func sameMachineAndAddressIsEnough() {
        var current = Self.facts.mapValues { _ in "" }
        current["machine-id"] = Self.facts["machine-id"]
        current["ipaddress-info"] = Self.facts["ipaddress-info"]
        #expect(MachineFingerprint.similar(Self.facts, current, threshold: 100))
    }

    @Test(arguments: ["machine-id", "uuid"]) func anotherHardwareIDNeverIs(_ id: String) {
        var current = Self.facts
        current[id] = "another"
        #expect(!MachineFingerprint.similar(Self.facts, current, threshold: 1))
        #expect(MachineFingerprint.similar(Self.facts, current, threshold: -1))
    }

    @Test func nothingIsSimilarToNothing() {
        #expect(!MachineFingerprint.similar([:], Self.facts, threshold: 1))
        #expect(!MachineFingerprint.similar(Self.facts, [:], threshold: 1))
        #expect(MachineFingerprint.similar([:], [:], threshold: MachineFingerprint.similarityDisabled))
    }

    @Test func theFirstTimeMakesARecord() {
        var random = SeededGenerator(seed: 1)
        for saved in [nil, MachineFingerprint(fingerprint: "", hardwareHash: [:], similarityThreshold: 7)] {
            let (record, changed) = MachineFingerprint.evaluate(saved: saved, current: Self.facts, using: &random)
            #expect(changed)
            let uuid = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
            #expect(record.fingerprint.wholeMatch(of: uuid) != nil)
            #expect(record.hardwareHash == Self.facts)
            #expect(record.similarityThreshold == 40)
        }
    }

    @Test func aSimilarMachineKeepsItsRecord() {
        var random = SeededGenerator(seed: 1)
        let (record, changed) = MachineFingerprint.evaluate(
            saved: Self.saved, current: Self.moved(matches: 4), using: &random)
        #expect(!changed && record == Self.saved)
        #expect(random.state == 1, "nothing is drawn that is not needed")
    }

    @Test func anotherMachineGetsAnotherRecord() {
        var random = SeededGenerator(seed: 1)
        var saved = Self.saved
        saved.similarityThreshold = 90
        let current = Self.moved(matches: 8)
        let (record, changed) = MachineFingerprint.evaluate(saved: saved, current: current, using: &random)
        #expect(changed && record.fingerprint != saved.fingerprint)
        #expect(record.hardwareHash == current && record.similarityThreshold == 90)
        // Not reversible: the old machine is now the other one.
        #expect(MachineFingerprint.evaluate(saved: record, current: Self.facts, using: &random).changed)
    }

    @Test func readsAndWritesTheAgentsRecord() throws {
        let json =
            #"{"fingerprint":"f","hardwareHash":{"machine-id":"4f1c\n","ipaddress-info":""},"#
            + #""similarityThreshold":-1}"#
        let record = try JSONDecoder().decode(MachineFingerprint.self, from: Data(json.utf8))
        #expect(
            record
                == MachineFingerprint(
                    fingerprint: "f", hardwareHash: ["machine-id": "4f1c\n", "ipaddress-info": ""],
                    similarityThreshold: -1))
        let written = try JSONEncoder().encode(record)
        #expect(try JSONDecoder().decode(MachineFingerprint.self, from: written) == record)
        let blank = try JSONDecoder().decode(MachineFingerprint.self, from: Data("{}".utf8))
        #expect(blank == MachineFingerprint(fingerprint: "", hardwareHash: [:]))
    }
}
