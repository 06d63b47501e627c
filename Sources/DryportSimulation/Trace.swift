// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// What happened, one line an event, and a digest of all of it.
///
/// The digest is FNV-1a with 64 bits (RFC 9923) over the bytes of all lines: it depends on nothing but them,
/// so two processes that saw the same have the same digest.
struct Trace: Sendable {
    /// How many lines a violation shows.
    static let tailLength = 200

    private(set) var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    private(set) var count = 0
    /// All lines, if they are kept.
    private(set) var lines: [String] = []
    private let keepsAll: Bool
    private var ring: [String] = []

    init(keepsAll: Bool) { self.keepsAll = keepsAll }

    /// Adds a line.
    mutating func add(_ text: String, from place: String, at time: MonotonicTime) {
        let line = "\(Self.text(of: time)) \(place) \(text)"
        count += 1
        mix(line.utf8)
        mix(CollectionOfOne(10))
        if keepsAll {
            lines.append(line)
        } else if ring.count < Self.tailLength {
            ring.append(line)
        } else {
            ring[(count - 1) % Self.tailLength] = line
        }
    }

    /// Adds bytes to the digest that are in no line.
    mutating func mix(_ bytes: some Sequence<UInt8>) {
        var digest = digest
        for byte in bytes { digest = (digest ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        self.digest = digest
    }

    /// The last lines.
    var tail: [String] {
        guard !keepsAll else { return lines.suffix(Self.tailLength) }
        guard ring.count == Self.tailLength else { return ring }
        let start = count % Self.tailLength
        return Array(ring[start...] + ring[..<start])
    }

    /// Seconds with six digits of fraction.
    static func text(of time: MonotonicTime) -> String {
        let (seconds, attoseconds) = time.sinceStart.components
        let fraction = String(attoseconds / 1_000_000_000_000)
        return "\(seconds).\(String(repeating: "0", count: max(0, 6 - fraction.count)))\(fraction)"
    }
}
