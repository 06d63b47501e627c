// SPDX-License-Identifier: Apache-2.0

/// A rule that an instance must satisfy (`ecs-control-plane.md` §6.2).
public enum PlacementConstraint: Sendable, Hashable {
    /// No other task of the same scope on the instance.
    case distinctInstance
    /// The instance satisfies an expression of the cluster query language.
    case memberOf(ClusterQuery)
    /// A rule of the importer's own.
    case custom(CustomPlacementConstraint)
}

/// A constraint that ECS does not have. Conform, and put it into a request by ``PlacementConstraint/custom(_:)``.
///
/// It must be a pure function of what it is given: the engine remembers the answer for an instance until a task is
/// placed there or released, or the instance itself changes. One decision may ask it for an instance more than once
/// or not at all, and equal constraints (`Hashable`) must answer equally.
public protocol PlacementConstraintRule: Sendable, Hashable {
    /// What it is called in reasons and explanations, such as `same-rack`.
    var name: String { get }

    /// Whether the instance may take the task.
    func allows(_ instance: PlacementInstanceView, for request: PlacementRequest) -> Bool
}

/// A constraint of the importer's own, type-erased.
public struct CustomPlacementConstraint: Sendable, Hashable {
    /// The rule.
    public let rule: any PlacementConstraintRule
    private let identity: SendableIdentity

    /// Wraps a rule.
    public init(_ rule: some PlacementConstraintRule) {
        self.rule = rule
        identity = SendableIdentity(rule)
    }

    /// Whether both wrap equal rules.
    public static func == (left: Self, right: Self) -> Bool { left.identity == right.identity }

    /// Hashes the rule.
    public func hash(into hasher: inout Hasher) { hasher.combine(identity) }
}

/// Equality of values of different types.
struct SendableIdentity: @unchecked Sendable, Hashable {
    // AnyHashable is not Sendable, since it may hold what is not; this one was made of a Sendable value and is
    // never changed.
    private let value: AnyHashable

    init(_ value: some Hashable & Sendable) { self.value = AnyHashable(value) }
}
