// SPDX-License-Identifier: Apache-2.0

import DryportModel

extension PlacementScenario {
    /// Checks everything: ranges, names, patterns, and that what runs is on instances that are there.
    /// - Throws: ``PlacementScenarioError`` for the first mistake.
    /// - Complexity: O(*instances* + *tasks*).
    public func validate() throws(PlacementScenarioError) { _ = try ExpandedScenario(self) }
}

// What the checks are made of.
extension ExpandedScenario {
    func require(
        _ holds: Bool, _ path: @autoclosure () -> String, _ problem: @autoclosure () -> String
    ) throws(PlacementScenarioError) {
        guard !holds else { return }
        throw PlacementScenarioError(.invalidValue, at: path(), problem())
    }

    func amount(
        _ value: Int, _ path: @autoclosure () -> String, most: Int = PlacementInstance.maximumResource
    ) throws(PlacementScenarioError) {
        try require((0...most).contains(value), path(), "\(value) is out of range; it must be 0 to \(most)")
    }

    /// Adds to a total.
    func count(
        _ value: Int, _ total: inout Int, _ noun: String, _ limit: Int, at path: @autoclosure () -> String
    ) throws(PlacementScenarioError) {
        try require(value >= 0, path(), "\(value) is out of range; it must not be negative")
        let (sum, overflow) = total.addingReportingOverflow(value)
        guard !overflow, sum <= limit else {
            let amount = overflow ? "more than \(Int.max)" : "\(sum)"
            throw PlacementScenarioError(
                .tooLarge, at: path(), "this makes \(amount) \(noun); a scenario has at most \(limit)")
        }
        total = sum
    }

    func check(ports: [Int], _ path: @autoclosure () -> String) throws(PlacementScenarioError) {
        if let port = ports.first(where: { !(1...65_535).contains($0) }) {
            try require(false, path(), "\(port) is not a port; it must be 1 to 65535")
        }
        try require(Set(ports).count == ports.count, path(), "a port is listed twice")
    }

    func check(_ resources: TaskResources, at path: String) throws(PlacementScenarioError) {
        try amount(resources.cpu, "\(path).cpu")
        try amount(resources.memory, "\(path).memory")
        try amount(resources.gpus, "\(path).gpus", most: Int(Int32.max))
        try check(ports: resources.tcpPorts, "\(path).tcpPorts")
        try check(ports: resources.udpPorts, "\(path).udpPorts")
    }

    func check(strategies: [PlacementStrategy], at path: String) throws(PlacementScenarioError) {
        try require(
            strategies.count <= PlacementRequest.maximumStrategies, "\(path).strategies",
            "there are \(strategies.count); at most \(PlacementRequest.maximumStrategies) are allowed")
    }

    func pattern(
        _ text: String, isLiteral: Bool, at path: @autoclosure () -> String
    ) throws(PlacementScenarioError) -> ScenarioPattern {
        isLiteral ? ScenarioPattern(literal: text) : try ScenarioPattern(text, at: path())
    }
}

extension PlacementScope {
    /// The member of a scenario that says it.
    var member: String {
        switch self {
        case .service: "service"
        case .taskGroup: "group"
        }
    }

    /// The same kind of scope with another name.
    func renamed(_ name: String) -> PlacementScope {
        switch self {
        case .service: .service(name)
        case .taskGroup: .taskGroup(name)
        }
    }

    /// Strategies, or what ECS does where there are none.
    func strategies(or own: [PlacementStrategy]) -> [PlacementStrategy] {
        guard own.isEmpty else { return own }
        switch self {
        case .service: return PlacementStrategy.serviceDefault
        case .taskGroup: return PlacementStrategy.runTaskDefault
        }
    }
}
