// SPDX-License-Identifier: Apache-2.0

public import DryportStore

extension InMemoryStore {
    /// What shall go wrong, or wait, in one commit. Faults of one commit act in the order in which they were
    /// scheduled, those before applying first.
    public enum Fault: Sendable {
        /// Throws `unavailable`; the batch has not happened.
        case failBeforeApplying
        /// Throws `unavailable`; the batch has happened, which the caller cannot know.
        case failAfterApplying
        /// Waits before the batch is checked and applied, for instance for a gate or a virtual clock. Later
        /// commits overtake it.
        case waitBeforeApplying(@Sendable () async -> Void)
        /// Waits after the batch was applied and published, before its caller learns of it.
        case waitAfterApplying(@Sendable () async -> Void)
    }

    /// Everything that a store holds, for a restart.
    public struct Snapshot: Sendable, Hashable {
        /// The entries in ascending order of their keys.
        public let entries: [StorePage.Entry]
        /// The revision of the last batch.
        public let revision: StoreRevision

        /// The empty store.
        public static let empty = Snapshot(entries: [], revision: StoreRevision(0))

        init(entries: [StorePage.Entry], revision: StoreRevision) {
            self.entries = entries
            self.revision = revision
        }
    }
}
