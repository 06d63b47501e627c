// SPDX-License-Identifier: Apache-2.0

extension SQLiteStore {
    /// Sizes and limits of a store. The defaults suit a control plane of one machine.
    public struct Configuration: Sendable {
        /// How long to wait for another program, such as the `sqlite3` shell, that locks the file. Not negative.
        public var busyTimeout: Duration = .seconds(5) {
            didSet { precondition(busyTimeout >= .zero, "a timeout is not negative") }
        }
        /// How many reads may run at the same time; further ones wait. At least 1.
        public var maximumReaders = 4 {
            didSet { precondition(maximumReaders > 0, "there is at least one reader") }
        }
        /// How many batches may share one flush to the disk. At least 1.
        public var maximumGroupCount = 1024 {
            didSet { precondition(maximumGroupCount > 0, "a group has at least one batch") }
        }
        /// How many bytes of keys and values may share one flush. A larger batch goes alone. At least 1.
        public var maximumGroupBytes = 8 << 20 {
            didSet { precondition(maximumGroupBytes > 0, "a group has at least one byte") }
        }
        /// How many changes a watcher may leave unread before it ends with `compacted`. At least 1.
        public var watchBuffer = 4096 {
            didSet { precondition(watchBuffer > 0, "a watcher's buffer holds at least one change") }
        }
        /// How many past changes a new watcher may ask for; earlier ones are `compacted`. Not negative.
        public var replayChanges = 16384 {
            didSet { precondition(replayChanges >= 0, "a count is not negative") }
        }
        /// How many bytes of past changes are kept in memory for new watchers. Not negative.
        public var replayBytes = 16 << 20 {
            didSet { precondition(replayBytes >= 0, "a size is not negative") }
        }
        /// How many bytes of pages the connection that commits may keep in memory. At least 64 KiB. SQLite takes them
        /// as it needs them, so a small store uses less.
        public var cacheBytes = 16 << 20 {
            didSet { precondition(cacheBytes >= 64 << 10, "the cache holds at least 64 KiB") }
        }
        /// After how many pages of 4 KiB in the write-ahead log it is copied into the database, during a commit.
        /// More means fewer, longer pauses and a larger log. At least 1.
        public var checkpointPages = 4000 {
            didSet { precondition(checkpointPages > 0, "a checkpoint needs at least one page") }
        }

        /// The defaults.
        public init() {}
    }

    /// Counts since the store was opened, for metrics and benchmarks.
    public struct Statistics: Sendable, Hashable {
        /// Batches that were committed, those without a mutation not counted.
        public var commits = 0
        /// Batches whose comparison failed.
        public var conflicts = 0
        /// Batches that failed otherwise.
        public var failures = 0
        /// Transactions that were flushed to the disk. ``commits`` per group says what grouping saves.
        public var groups = 0
        /// The most batches that shared a flush.
        public var largestGroup = 0
        /// Bytes of keys and values that were committed.
        public var bytes = 0

        init() {}
    }
}
