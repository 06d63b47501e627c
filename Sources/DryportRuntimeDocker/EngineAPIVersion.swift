// SPDX-License-Identifier: Apache-2.0

/// A version of the Docker Engine API, such as 1.41.
struct EngineAPIVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    let major: Int
    let minor: Int

    init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads `1.41`; nil for anything else than two numbers joined by a dot.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]), major >= 0, minor >= 0 else {
            return nil
        }
        self.init(major, minor)
    }

    var description: String { "\(major).\(minor)" }

    static func < (left: EngineAPIVersion, right: EngineAPIVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }

    /// The newest version that this adapter was written against.
    static let newest = EngineAPIVersion(1, 47)
    /// The oldest version that this adapter can work with: health checks came with it.
    static let oldest = EngineAPIVersion(1, 24)

    /// The version to speak with an engine: the newest one that both sides know.
    /// - Parameters:
    ///   - minimum: The oldest version that the engine answers to, if it says so.
    ///   - maximum: The newest version that the engine answers to.
    /// - Returns: nil if there is none.
    static func negotiated(minimum: EngineAPIVersion?, maximum: EngineAPIVersion) -> EngineAPIVersion? {
        let candidate = min(newest, maximum)
        return candidate >= max(minimum ?? oldest, oldest) ? candidate : nil
    }

    /// The versions that ECS has attributes for (`ecs-agent.md` §2.3). 1.26, 1.27, 1.31 and all from 1.33 are
    /// missing there, too.
    static let known: [EngineAPIVersion] =
        (17...25).map { EngineAPIVersion(1, $0) } + [28, 29, 30, 32].map { EngineAPIVersion(1, $0) }

    /// Those of ``known`` to be reported for an engine: the ones it answers to and, if it has dropped
    /// versions that were common when the attributes were invented, the older ones as well, so that task
    /// definitions which require an old version still find a place (`ecs-agent.md` §2.3).
    static func reported(minimum: EngineAPIVersion?, maximum: EngineAPIVersion) -> [EngineAPIVersion] {
        let hasDroppedOld = minimum.map { $0 >= oldest } ?? false
        return known.filter { $0 <= maximum && (hasDroppedOld || $0 >= minimum ?? $0) }
    }
}
