// SPDX-License-Identifier: Apache-2.0

import DryportMessages

/// How much there may be of everything (`ecs-control-plane.md` §2.4), with AWS's numbers. They bound what one caller
/// can make the control plane keep; who needs more raises them.
///
/// Limits of a single call, such as ten tasks per RunTask, and those that AWS's shapes imply, such as ten containers or
/// 64 KiB per task definition, cannot be changed and are not here.
public struct Quotas: Sendable, Hashable {
    /// Clusters that are not deleted, in the account.
    public var clusters = 10_000
    /// Container instances that are not deregistered, in one cluster.
    public var containerInstancesPerCluster = 5_000
    /// Services that are not deleted, in one cluster.
    public var servicesPerCluster = 5_000
    /// What the desired count of one service can be at most.
    public var tasksPerService = 5_000
    /// Task sets of one service.
    public var taskSetsPerService = 5
    /// Revisions ever registered in one family.
    public var revisionsPerFamily = 1_000_000
    /// Tags of one resource, without the reserved ones.
    public var tagsPerResource = 50
    /// Attributes of one container instance whose names are not reserved.
    public var customAttributesPerInstance = 10
    /// Access keys of administrators, ended ones included, which give way to new ones. A number of ours.
    public var accessKeys = 100

    /// Creates AWS's quotas.
    public init() {}

    /// Refuses one more where there are `count` already.
    /// - Parameters:
    ///   - what: What it would be one more of, in the plural, such as `clusters`.
    ///   - code: The code of the error: `LimitExceededException` where the operation has it.
    static func check(
        _ count: Int, below limit: Int, _ what: String, code: APIError.Code = .client
    ) throws(APIError) {
        guard count < limit else {
            throw APIError(code, "There are \(count) \(what) already, and at most \(limit) are allowed.")
        }
    }
}
