// SPDX-License-Identifier: Apache-2.0

/// What a random world is made of; each kind leads elsewhere in the engine.
struct WorldSize: Sendable {
    var instances = 1...10
    var requests = 1...8
    var steps = 8...32
    /// The most copies of one batch.
    var batch = 12
    /// How large tasks are, at most, as a part of an instance: 1 / this.
    var fineness = 4
    var scopes = 4
    /// Of 100 steps, how many remove or add an instance.
    var churn = 5
    /// How many different static expressions there are.
    var expressions = 6
    /// Of 100 requests, how many have constraints.
    var constrained = 55
    /// Of 100 constraints, how many are static expressions.
    var staticExpressions = 30
    /// Of 100 steps that place, how many make up a new request.
    var novelty = 4

    static let small = WorldSize()
    /// Long enough for each instance to be full, drained, and smaller than what is on it.
    static let history = WorldSize(instances: 3...24, requests: 4...16, steps: 100...240)
    /// Scopes with tasks on more than 32 instances, indexes of more than one leaf.
    static let large = WorldSize(
        instances: 90...300, requests: 10...30, steps: 60...120, batch: 100, fineness: 12, scopes: 2)
    /// Trees of more than two levels.
    static let huge = WorldSize(
        instances: 2400...2600, requests: 4...6, steps: 40...50, batch: 30, fineness: 12, scopes: 2, novelty: 0)
    /// Gaps, and their compaction.
    static let churning = WorldSize(instances: 60...90, requests: 4...10, steps: 250...300, churn: 70)
    /// More static rules than fit into a mask.
    static let rules = WorldSize(
        instances: 4...40, requests: 250...300, steps: 250...300, expressions: 200, constrained: 95,
        staticExpressions: 80, novelty: 10)
}
