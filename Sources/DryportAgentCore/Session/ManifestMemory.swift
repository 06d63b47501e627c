// SPDX-License-Identifier: Apache-2.0

/// Which manifests are new (`ecs-agent.md` §4.9).
struct ManifestMemory: Sendable, Hashable {
    private var timeline: Int
    private var stored: Int
    private var highestSequenceNumber = 0
    private var awaited: String?

    init(timeline: Int) {
        self.timeline = timeline
        self.stored = timeline
    }

    /// A payload carried this number; manifests must be beyond it. Known to this process only.
    mutating func saw(sequenceNumber: Int) { highestSequenceNumber = max(highestSequenceNumber, sequenceNumber) }

    /// Takes a manifest if it is new.
    mutating func accept(timeline: Int, messageID: String) -> Bool {
        guard timeline > max(self.timeline, highestSequenceNumber) else { return false }
        self.timeline = timeline
        awaited = messageID
        return true
    }

    /// Whether the backend's verdict belongs to the last manifest.
    func isAwaited(_ messageID: String?) -> Bool { messageID != nil && messageID == awaited }

    /// The change since the last call, for the store.
    mutating func takeChange() -> AgentChange? {
        guard timeline != stored else { return nil }
        stored = timeline
        return .put(.manifest(timeline: timeline))
    }
}
