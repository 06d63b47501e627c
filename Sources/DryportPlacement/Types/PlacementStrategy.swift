// SPDX-License-Identifier: Apache-2.0

/// A rule that ranks the instances that fit (`ecs-control-plane.md` §6.3). Strategies are composed lexicographically:
/// the first keeps the instances that it ranks best, the next ranks among those.
public enum PlacementStrategy: Sendable, Hashable {
    /// Any, with the same chance each; what follows it has no say.
    case random
    /// The one whose bucket has the fewest tasks of the scope.
    case spread(SpreadField)
    /// The one with the least of the resource left.
    case binpack(BinpackField)
    /// A ranking of the importer's own.
    case custom(CustomPlacementStrategy)

    /// What makes a bucket of a spread.
    public enum SpreadField: Sendable, Hashable {
        /// Each instance is a bucket (`instanceId` or `host`).
        case instanceID
        /// Instances with the same value of an attribute are a bucket. Those that lack it are one more, which loses
        /// against an equal one with a value.
        case attribute(String)
    }

    /// The resource of a binpack.
    public enum BinpackField: Sendable, Hashable, CaseIterable {
        /// CPU units.
        case cpu
        /// Memory.
        case memory
    }

    /// What ECS documents for services that name no strategy: spread over availability zones, then over instances
    /// (`ecs-control-plane.md` §6.1).
    public static let serviceDefault: [PlacementStrategy] = [
        .spread(.attribute("ecs.availability-zone")), .spread(.instanceID),
    ]

    /// What RunTask does if the call names no strategy: any instance that fits (§6.1).
    public static let runTaskDefault: [PlacementStrategy] = [.random]
}

extension PlacementStrategy: CustomStringConvertible {
    /// As `type` or `type(field)`, such as `spread(attribute:zone)`.
    public var description: String {
        switch self {
        case .random: "random"
        case .spread(.instanceID): "spread(instanceId)"
        case .spread(.attribute(let name)): "spread(attribute:\(name))"
        case .binpack(.cpu): "binpack(cpu)"
        case .binpack(.memory): "binpack(memory)"
        case .custom(let custom): "custom(\(custom.ranking.name))"
        }
    }
}

extension PlacementStrategy {
    /// Reads a strategy as ECS's API spells it.
    /// - Parameters:
    ///   - type: `random`, `spread` or `binpack`.
    ///   - field: None for `random`; `instanceId`, `host` or `attribute:<name>` for `spread`; `cpu` or `memory`, in
    ///     upper case too, for `binpack`.
    /// - Throws: ``PlacementError`` with code `invalidRequest`.
    public init(type: String, field: String?) throws(PlacementError) {
        let field = field ?? ""
        let prefix = "attribute:"
        switch (type, field.lowercased()) {
        case ("random", ""): self = .random
        case ("binpack", "cpu"): self = .binpack(.cpu)
        case ("binpack", "memory"): self = .binpack(.memory)
        case ("spread", "instanceid"), ("spread", "host"): self = .spread(.instanceID)
        case ("spread", let lowered) where lowered.hasPrefix(prefix) && field.count > prefix.count:
            self = .spread(.attribute(String(field.dropFirst(prefix.count))))
        default:
            throw PlacementError(
                .invalidRequest,
                "The placement strategy type '\(type)' with field '\(field)' is not one of random; "
                    + "spread by instanceId, host or attribute:<name>; binpack by cpu or memory.")
        }
    }
}

/// A strategy that ECS does not have. Conform, and put it into a request by ``PlacementStrategy/custom(_:)``.
///
/// It must be a pure function of what it is given, and equal rankings (`Hashable`) must score equally. It is asked for
/// each instance that is still a candidate when its turn comes, so a decision with it takes time linear in those.
public protocol PlacementRanking: Sendable, Hashable {
    /// What it is called in reports, such as `cheapest`.
    var name: String { get }

    /// How good the instance is for the task; the lowest score wins.
    func score(_ instance: PlacementInstanceView, for request: PlacementRequest) -> Int
}

/// A strategy of the importer's own, type-erased.
public struct CustomPlacementStrategy: Sendable, Hashable {
    /// The ranking.
    public let ranking: any PlacementRanking
    private let identity: SendableIdentity

    /// Wraps a ranking.
    public init(_ ranking: some PlacementRanking) {
        self.ranking = ranking
        identity = SendableIdentity(ranking)
    }

    /// Whether both wrap equal rankings.
    public static func == (left: Self, right: Self) -> Bool { left.identity == right.identity }

    /// Hashes the ranking.
    public func hash(into hasher: inout Hasher) { hasher.combine(identity) }
}
