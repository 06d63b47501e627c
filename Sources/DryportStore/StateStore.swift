// SPDX-License-Identifier: Apache-2.0

/// A durable, ordered map from keys to revisioned values, changed by atomic batches.
///
/// This is the contract an embedded database and a consensus store such as etcd can both keep. An
/// implementation must hold the following.
///
/// - **Atomic.** A batch's mutations all happen, under one new revision, or none does.
/// - **Durable.** When ``commit(_:)`` returns, the batch survives a crash of the process and of the
///   machine. Several concurrent commits may share one flush to the disk (group commit), but the failure
///   of one batch's comparison must not fail its neighbours.
/// - **Ordered.** Keys order by their UTF-8 bytes. Revisions start at 1 and increase by one with each
///   batch that has at least one mutation. Batches commit in the order of their calls when one caller
///   awaits each before the next.
/// - **Isolated.** A read sees the effect of every batch whose commit returned before the read began, and
///   never a part of a batch.
///
/// The conformance suite `StoreConformance` of DryportTesting checks these.
public protocol StateStore: Sendable {
    /// Reads one key.
    /// - Returns: nil if the key does not exist.
    /// - Throws: ``StoreError`` with code `unavailable`, `corrupted` or `closed`.
    func read(_ key: StoreKey) async throws(StoreError) -> StoredValue?

    /// Reads the keys of a range in ascending order.
    /// - Parameters:
    ///   - range: The keys; the upper bound is excluded.
    ///   - limit: The largest number of entries to return, at least 1; nil for all.
    /// - Returns: The entries, all as of one revision, and that revision.
    /// - Throws: ``StoreError`` with code `unavailable`, `corrupted` or `closed`.
    func read(_ range: Range<StoreKey>, limit: Int?) async throws(StoreError) -> StorePage

    /// Applies a batch if every comparison of it holds.
    /// - Returns: The revision that the batch created, or the current one if the batch has no mutation.
    /// - Throws: ``StoreError`` with code `conflict` if a comparison failed, in which case nothing has
    ///   changed; `unavailable` if it is unknown whether the batch was applied.
    @discardableResult
    func commit(_ batch: StoreBatch) async throws(StoreError) -> StoreRevision

    /// Follows the changes of a range.
    /// - Parameters:
    ///   - range: The keys to follow.
    ///   - revision: The revision after which changes are wanted, normally that of a ``StorePage``.
    /// - Returns: Every later change in order of revision. A watcher that falls behind the store's bounded
    ///   buffer gets ``StoreError`` with code `compacted` and must read again.
    func watch(_ range: Range<StoreKey>, after revision: StoreRevision) -> AsyncThrowingStream<StoreChange, any Error>
}

/// A key of the store: non-empty text, ordered by its UTF-8 bytes.
public struct StoreKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The text.
    public let text: String

    /// Creates a key.
    /// - Precondition: `text` is not empty and has at most 1,024 UTF-8 bytes.
    public init(_ text: String) {
        precondition(!text.isEmpty && text.utf8.count <= 1024, "a key has 1 to 1,024 bytes")
        self.text = text
    }

    /// The text form.
    public var description: String { text }

    /// Whether both are the same.
    public static func == (left: StoreKey, right: StoreKey) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// Feeds what equality compares to the hasher.
    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }

    /// Whether the left one comes first.
    public static func < (left: StoreKey, right: StoreKey) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    /// The range of all keys that start with `prefix`.
    /// - Precondition: `prefix` ends with `/`, the separator of key segments.
    public static func prefix(_ prefix: String) -> Range<StoreKey> {
        precondition(prefix.utf8.last == UInt8(ascii: "/"), "a prefix ends with a slash")
        // "0" is the byte after "/".
        return StoreKey(prefix)..<StoreKey(String(prefix.dropLast()) + "0")
    }
}

/// A revision of the whole store. 0 is the empty store.
public struct StoreRevision: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// The number.
    public let number: Int64

    /// Creates a revision from its number, not negative.
    public init(_ number: Int64) { self.number = number }

    /// The text form.
    public var description: String { String(number) }

    /// Whether the left one comes first.
    public static func < (left: StoreRevision, right: StoreRevision) -> Bool { left.number < right.number }
}

/// A value as the store holds it.
public struct StoredValue: Sendable, Hashable {
    /// The bytes.
    public var bytes: [UInt8]
    /// The revision of the batch that wrote them.
    public var revision: StoreRevision

    /// Creates a value.
    public init(bytes: [UInt8], revision: StoreRevision) {
        self.bytes = bytes
        self.revision = revision
    }
}

/// The result of a range read.
public struct StorePage: Sendable, Hashable {
    /// One entry of a page.
    public struct Entry: Sendable, Hashable {
        /// The key.
        public var key: StoreKey
        /// The value.
        public var value: StoredValue

        /// Creates an entry.
        public init(key: StoreKey, value: StoredValue) {
            self.key = key
            self.value = value
        }
    }

    /// The entries in ascending order of their keys.
    public var entries: [Entry]
    /// The revision of the store that the entries are the state of.
    public var revision: StoreRevision
    /// Whether the limit cut the result short; go on after the last key.
    public var isTruncated: Bool

    /// Creates a page.
    public init(entries: [Entry], revision: StoreRevision, isTruncated: Bool) {
        self.entries = entries
        self.revision = revision
        self.isTruncated = isTruncated
    }
}

/// One change of one key.
public enum StoreMutation: Sendable, Hashable {
    /// Writes a value, replacing any.
    case put(StoreKey, [UInt8])
    /// Removes a key; nothing happens if it does not exist.
    case delete(StoreKey)

    /// The key concerned.
    public var key: StoreKey {
        switch self {
        case .put(let key, _), .delete(let key): key
        }
    }
}

/// A condition on one key, checked atomically with a batch.
public enum StoreComparison: Sendable, Hashable {
    /// The key does not exist.
    case absent(StoreKey)
    /// The key's value was written by the batch of exactly this revision.
    case unchanged(StoreKey, since: StoreRevision)
}

/// Conditions, and the mutations to apply if all of them hold.
public struct StoreBatch: Sendable, Hashable {
    /// The conditions; none means the batch always applies.
    public var comparisons: [StoreComparison]
    /// The mutations, applied in order, so that a later one of the same key wins.
    public var mutations: [StoreMutation]

    /// Creates a batch.
    public init(comparisons: [StoreComparison] = [], mutations: [StoreMutation] = []) {
        self.comparisons = comparisons
        self.mutations = mutations
    }
}

/// What a watcher sees.
public struct StoreChange: Sendable, Hashable {
    /// The change.
    public var mutation: StoreMutation
    /// The revision of the batch it belongs to. Changes of one batch share it and arrive together, in order.
    public var revision: StoreRevision

    /// Creates a change.
    public init(mutation: StoreMutation, revision: StoreRevision) {
        self.mutation = mutation
        self.revision = revision
    }
}
