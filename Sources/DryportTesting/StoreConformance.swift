// SPDX-License-Identifier: Apache-2.0

public import DryportStore
import Testing

/// The conformance suite of ``StateStore``: every adapter passes it, in one parameterised test.
///
/// ```swift
/// @Test(.timeLimit(.minutes(5)), arguments: StoreConformanceCheck.allCases)
/// func conforms(to check: StoreConformanceCheck) async throws {
///     try await StoreConformance { try await makeFixture() }.run(check)
/// }
/// ```
///
/// Failures are recorded as issues of the running test. The time limit is for stores that lose a change, for
/// which a watcher would wait for ever.
public struct StoreConformance<Store: StateStore>: Sendable {
    /// A store for one check, and how to restart and remove it.
    public struct Fixture: Sendable {
        /// The empty store.
        public let store: Store
        /// Closes the given store and opens what it left.
        public let reopen: @Sendable (Store) async throws -> Store
        /// Removes what the store left; called once, after the check.
        public let dispose: @Sendable () async -> Void

        /// Creates a fixture.
        /// - Parameters:
        ///   - store: An empty store.
        ///   - reopen: Closes the given store and opens what it left.
        ///   - dispose: Removes what is left after the check.
        public init(
            store: Store, reopen: @escaping @Sendable (Store) async throws -> Store,
            dispose: @escaping @Sendable () async -> Void = {}
        ) {
            self.store = store
            self.reopen = reopen
            self.dispose = dispose
        }
    }

    let seed: UInt64
    private let makeFixture: @Sendable () async throws -> Fixture

    /// Creates a suite.
    /// - Parameters:
    ///   - seed: The seed of the random batches.
    ///   - makeFixture: Makes an empty store, called once for each check.
    public init(seed: UInt64 = 1, makeFixture: @escaping @Sendable () async throws -> Fixture) {
        self.seed = seed
        self.makeFixture = makeFixture
    }

    /// Runs one check on a store of its own.
    /// - Throws: What the store threw where it should not have.
    public func run(_ check: StoreConformanceCheck) async throws {
        let fixture = try await makeFixture()
        do {
            try await perform(check, on: fixture)
        } catch {
            await fixture.dispose()
            throw error
        }
        await fixture.dispose()
    }

    private func perform(_ check: StoreConformanceCheck, on fixture: Fixture) async throws {
        let store = fixture.store
        switch check {
        case .startsEmpty: try await startsEmpty(store)
        case .readsItsOwnWrites: try await readsItsOwnWrites(store)
        case .ordersKeysByBytes: try await ordersKeysByBytes(store)
        case .readsRanges: try await readsRanges(store)
        case .pages: try await pages(store)
        case .keepsEveryByte: try await keepsEveryByte(fixture)
        case .revisionsIncreaseByOne: try await revisionsIncreaseByOne(store)
        case .emptyBatchChangesNothing: try await emptyBatchChangesNothing(store)
        case .comparisonsDecide: try await comparisonsDecide(store)
        case .conflictLeavesNothing: try await conflictLeavesNothing(store)
        case .conflictSparesNeighbours: try await conflictSparesNeighbours(store)
        case .laterMutationWins: try await laterMutationWins(store)
        case .batchesAreNeverSeenInPart: try await batchesAreNeverSeenInPart(store)
        case .concurrentCommitsAreDurable: try await concurrentCommitsAreDurable(fixture)
        case .countersAreExact: try await countersAreExact(fixture)
        case .reopeningKeepsEverything: try await reopeningKeepsEverything(fixture)
        case .watchSeesEverythingOnce: try await watchSeesEverythingOnce(store)
        case .watchSeesItsRangeOnly: try await watchSeesItsRangeOnly(store)
        case .watchReplaysOrIsCompacted: try await watchReplaysOrIsCompacted(store)
        case .slowWatchIsCompleteOrCompacted: try await slowWatchIsCompleteOrCompacted(store)
        case .cancelledWatchEnds: try await cancelledWatchEnds(store)
        case .agreesWithModel: try await agreesWithModel(fixture)
        case .watchReproducesTheState: try await watchReproducesTheState(store)
        }
    }
}
