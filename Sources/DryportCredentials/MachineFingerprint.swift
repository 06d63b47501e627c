// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// The record by which a managed node knows its own machine (`ssm-agent.md` §2.1), in the SSM agent's JSON.
///
/// Only ``fingerprint`` ever leaves the machine. The hardware facts decide, locally, whether it is still this
/// machine's; gathering them is a shell's work.
public struct MachineFingerprint: Sendable, Hashable, Codable {
    /// A version 4 UUID in lower case; the value on the wire. Empty in a cleared record.
    public var fingerprint: String
    /// The facts as they were when the fingerprint was made, by the names of `ssm-agent.md` §2.2.
    public var hardwareHash: [String: String]
    /// How many percent of the facts must agree if the address changed: 1 to 100, or ``similarityDisabled``.
    public var similarityThreshold: Int

    /// The threshold of a new record.
    public static let defaultSimilarityThreshold = 40
    /// The threshold with which any machine is similar.
    public static let similarityDisabled = -1

    /// Creates a record.
    public init(
        fingerprint: String, hardwareHash: [String: String],
        similarityThreshold: Int = MachineFingerprint.defaultSimilarityThreshold
    ) {
        self.fingerprint = fingerprint
        self.hardwareHash = hardwareHash
        self.similarityThreshold = similarityThreshold
    }

    /// Decodes a record. Members that are missing, as in the blank record that `-clear` leaves, get the values
    /// of a cleared one.
    /// - Throws: `DecodingError` if a member has another type.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        fingerprint = try container.decodeIfPresent(String.self, forKey: .fingerprint) ?? ""
        hardwareHash = try container.decodeIfPresent([String: String].self, forKey: .hardwareHash) ?? [:]
        similarityThreshold =
            try container.decodeIfPresent(Int.self, forKey: .similarityThreshold) ?? Self.defaultSimilarityThreshold
    }

    /// Whether two sets of facts are those of one machine (`ssm-agent.md` §2.3).
    ///
    /// The hardware id decides against, then the same address decides for; otherwise the share of current facts
    /// that did not change must reach the threshold. The share is a 32-bit float, as the SSM agent computes it, so
    /// that both decide alike at every edge.
    /// - Parameter threshold: In percent, or ``similarityDisabled``.
    /// - Complexity: O(count of `current`).
    public static func similar(_ saved: [String: String], _ current: [String: String], threshold: Int) -> Bool {
        if threshold == similarityDisabled { return true }
        if saved.isEmpty || current.isEmpty { return false }
        // Linux and Windows name the hardware id differently; a record has one of them.
        for id in ["machine-id", "uuid"] where saved[id, default: ""] != current[id, default: ""] { return false }
        if saved["ipaddress-info", default: ""] == current["ipaddress-info", default: ""] { return true }
        // Only counted, so the order of the dictionary does not matter.
        let matches = current.count { saved[$0.key] == $0.value }
        return Float(matches) / Float(current.count) * 100 >= Float(threshold)
    }

    /// Decides whether a saved fingerprint is still this machine's, and makes a new one if not
    /// (`ssm-agent.md` §2.4).
    ///
    /// A shell that learns of a change gathers the facts again, three times five seconds apart, before it believes
    /// and saves it: facts may be missing early in a boot.
    /// - Parameters:
    ///   - saved: The saved record; nil, or one with an empty fingerprint, if there is none.
    ///   - current: The facts now.
    ///   - random: Draws a new fingerprint.
    /// - Returns: The record to use, and whether it is new and must be saved. An unchanged record keeps its old
    ///   facts. A new one keeps the threshold of the old.
    public static func evaluate(
        saved: MachineFingerprint?, current: [String: String], using random: inout some RandomNumberGenerator
    ) -> (record: MachineFingerprint, changed: Bool) {
        guard let saved, !saved.fingerprint.isEmpty else {
            return (MachineFingerprint(fingerprint: random.uuid(), hardwareHash: current), true)
        }
        if similar(saved.hardwareHash, current, threshold: saved.similarityThreshold) { return (saved, false) }
        let record = MachineFingerprint(
            fingerprint: random.uuid(), hardwareHash: current, similarityThreshold: saved.similarityThreshold)
        return (record, true)
    }
}
