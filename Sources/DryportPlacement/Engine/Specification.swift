// SPDX-License-Identifier: Apache-2.0

/// A request, prepared for being decided many times.
final class Specification: Sendable {
    /// What ranks the candidates after the leading spreads over attributes, as far as there is an index for it.
    enum Body: Sendable, Hashable {
        /// Nothing.
        case none
        /// The fewest tasks of the scope.
        case spread
        /// The least of a resource left.
        case binpack(PlacementStrategy.BinpackField)
    }

    let request: PlacementRequest
    let scope: Int
    let filter: Filter
    let isDistinct: Bool
    /// The partition by the attributes that the first strategies spread over.
    let partition: Int
    /// For each of these attributes, where its counts are among the scope's.
    let buckets: [Int]
    let body: Body
    /// The strategies after ``body``, but not what follows `random`.
    let rest: [PlacementStrategy]
    /// Whether chance decides what the strategies leave equal.
    let isRandom: Bool
    /// The view of the filter's candidates in the partition, without regard to the scope.
    let view: Int

    init(
        request: PlacementRequest, scope: Int, filter: Filter, partition: Int, buckets: [Int], order: Order, view: Int
    ) {
        self.request = request
        self.scope = scope
        self.filter = filter
        isDistinct = request.constraints.contains(.distinctInstance)
        self.partition = partition
        self.buckets = buckets
        body = order.body
        rest = order.rest
        isRandom = order.isRandom
        self.view = view
    }

    /// Whether candidates are sorted by how many tasks of the scope they have.
    var countsTasks: Bool { isDistinct || body == .spread }

    /// What an instance must have besides meeting the filter's demands.
    var wanted: BinpackIndex.Wanted { BinpackIndex.Wanted(tasks: isDistinct ? (scope, 0) : nil, other: nil) }

    /// Whether no instance can be better than the one that was chosen last, as long as that one fits.
    var staysWithChoice: Bool {
        guard case .binpack = body else { return false }
        return buckets.isEmpty && !isDistinct && !filter.dependsOnTasks
    }

    /// Strategies, taken apart.
    struct Order {
        /// The attributes that the first strategies spread over.
        var attributes: [String] = []
        var body = Body.none
        var rest: [PlacementStrategy] = []
        var isRandom = false

        init(_ strategies: [PlacementStrategy]) {
            var seen: [PlacementStrategy] = []
            // Ranking by the same again changes nothing.
            for strategy in strategies where !seen.contains(strategy) {
                seen.append(strategy)
                switch strategy {
                case .random:
                    isRandom = true
                    return
                case .spread(.attribute(let name)) where body == .none && rest.isEmpty: attributes.append(name)
                case .spread(.instanceID) where body == .none && rest.isEmpty: body = .spread
                case .binpack(let field) where body == .none && rest.isEmpty: body = .binpack(field)
                default: rest.append(strategy)
                }
            }
        }
    }
}
