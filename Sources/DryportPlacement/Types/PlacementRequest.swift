// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// What one copy of a task asks of an instance.
public struct PlacementRequest: Sendable, Hashable {
    /// The most constraints that a request has.
    public static let maximumConstraints = 10
    /// The most strategies that a request has.
    public static let maximumStrategies = 5

    /// What the copy takes: 0 to ``PlacementInstance/maximumResource`` of CPU and memory, ports 1–65,535, each once.
    public var resources: TaskResources
    /// Attributes that the instance must have: the name, and the value where one is given.
    public var requiredAttributes: [String: String?]
    /// Whose tasks are counted for `spread` and `distinctInstance`.
    public var scope: PlacementScope
    /// Rules that the instance must satisfy, all of them; at most ``maximumConstraints``.
    public var constraints: [PlacementConstraint]
    /// How to choose among the instances that fit, in order of precedence; at most ``maximumStrategies``. What they
    /// leave equal is decided by the order in which the instances were added: the first wins.
    public var strategies: [PlacementStrategy]

    /// Creates a request; it is checked where it is used.
    public init(
        resources: TaskResources = TaskResources(), requiredAttributes: [String: String?] = [:],
        scope: PlacementScope, constraints: [PlacementConstraint] = [], strategies: [PlacementStrategy] = []
    ) {
        self.resources = resources
        self.requiredAttributes = requiredAttributes
        self.scope = scope
        self.constraints = constraints
        self.strategies = strategies
    }

    /// Hashes all that callers choose freely; required attributes, which come with a task definition, are left to `==`,
    /// except for their number.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(resources)
        hasher.combine(scope)
        hasher.combine(constraints)
        hasher.combine(strategies)
        hasher.combine(requiredAttributes.count)
    }
}

extension PlacementRequest {
    /// - Throws: ``PlacementError`` with code `invalidRequest` that names the member.
    func validate() throws(PlacementError) {
        func require(_ holds: Bool, _ problem: @autoclosure () -> String) throws(PlacementError) {
            guard !holds else { return }
            throw PlacementError(.invalidRequest, "the request of \(scope.group): \(problem())")
        }
        let maximum = PlacementInstance.maximumResource
        try require((0...maximum).contains(resources.cpu), "cpu is \(resources.cpu); it must be 0 to \(maximum)")
        try require(
            (0...maximum).contains(resources.memory), "memory is \(resources.memory); it must be 0 to \(maximum)")
        try require(
            (0...Int(Int32.max)).contains(resources.gpus), "gpus is \(resources.gpus); it must not be negative")
        for ports in [resources.tcpPorts, resources.udpPorts] {
            if let port = ports.first(where: { !(1...65_535).contains($0) }) {
                try require(false, "\(port) is not a port; it must be 1 to 65535")
            }
            try require(Set(ports).count == ports.count, "a port is listed twice")
        }
        try require(!scope.name.isEmpty, "the name of the service or group is empty")
        try require(requiredAttributes[""] == nil, "a required attribute has an empty name")
        try require(!strategies.contains(.spread(.attribute(""))), "a strategy spreads over an empty name")
        try require(
            constraints.count <= Self.maximumConstraints,
            "it has \(constraints.count) placement constraints; at most \(Self.maximumConstraints) are allowed")
        try require(
            strategies.count <= Self.maximumStrategies,
            "it has \(strategies.count) placement strategies; at most \(Self.maximumStrategies) are allowed")
    }
}

/// Whose tasks `spread` and `distinctInstance` count: those of the same service, or those of the same task group
/// (`ecs-control-plane.md` §6.3). Two scopes never count each other's tasks, whatever their names.
public enum PlacementScope: Sendable, Hashable {
    /// The tasks of a service.
    case service(String)
    /// Standalone tasks of a group, such as `family:web`.
    case taskGroup(String)

    /// The service's name, or the group.
    var name: String {
        switch self {
        case .service(let name), .taskGroup(let name): name
        }
    }

    /// The task's group, as `task:group` in the query language sees it: `service:<name>` for a service's.
    public var group: String {
        switch self {
        case .service(let name): "service:\(name)"
        case .taskGroup(let name): name
        }
    }
}
