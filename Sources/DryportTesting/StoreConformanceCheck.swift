// SPDX-License-Identifier: Apache-2.0

/// One check of ``StoreConformance``.
public enum StoreConformanceCheck: String, Sendable, CaseIterable {
    /// A new store is empty and has revision 0.
    case startsEmpty
    /// A read sees every commit that returned before it, with the commit's revision.
    case readsItsOwnWrites
    /// Ranges are ordered by the keys' UTF-8 bytes, whatever Unicode thinks of them.
    case ordersKeysByBytes
    /// A range includes its lower bound, excludes its upper one, and a prefix covers just its keys.
    case readsRanges
    /// Limits cut a range, say so, and the pages together are the range.
    case pages
    /// Values and keys come back byte by byte: empty, large, with zeros.
    case keepsEveryByte
    /// Each batch with a mutation adds one to the revision; others add nothing.
    case revisionsIncreaseByOne
    /// A batch without mutations checks its comparisons and creates no revision.
    case emptyBatchChangesNothing
    /// `absent` and `unchanged` hold exactly when they should.
    case comparisonsDecide
    /// A batch with a failed comparison changes nothing, whatever else it holds.
    case conflictLeavesNothing
    /// Of many concurrent commits, only those with a failed comparison fail.
    case conflictSparesNeighbours
    /// Of several mutations of one key in a batch the last one wins.
    case laterMutationWins
    /// Readers never see some mutations of a batch without the others.
    case batchesAreNeverSeenInPart
    /// 200 concurrent commits are all there after reopening, each with a revision of its own.
    case concurrentCommitsAreDurable
    /// A counter increased by compare and swap from many tasks loses no increment.
    case countersAreExact
    /// Reopening keeps entries, their revisions and the store's revision, and goes on from there.
    case reopeningKeepsEverything
    /// A watcher sees every change once, in order, the changes of a batch together.
    case watchSeesEverythingOnce
    /// A watcher sees only the keys of its range.
    case watchSeesItsRangeOnly
    /// A watcher from an earlier revision gets all changes since, or `compacted`.
    case watchReplaysOrIsCompacted
    /// A watcher that does not read gets all changes later, or some and then `compacted`.
    case slowWatchIsCompleteOrCompacted
    /// Cancelling the task that watches ends the watch.
    case cancelledWatchEnds
    /// Random batches have the same results as in a dictionary, also after reopening.
    case agreesWithModel
    /// The changes that a watcher sees, applied in order, yield the state of the store.
    case watchReproducesTheState
}
