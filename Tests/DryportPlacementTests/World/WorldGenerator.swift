// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportPlacement

/// Draws instances and requests.
struct WorldGenerator {
    let size: WorldSize
    var random: SeededGenerator

    /// Of 100, how often something is the case.
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func one<Element>(of elements: [Element]) -> Element { elements.drawn(&random) }

    // MARK: Instances

    mutating func instance(_ id: String) -> PlacementInstance {
        var instance = PlacementInstance(
            id: id, attributes: attributes(), cpu: one(of: [512, 1000, 1024, 2048, 2048, 4096]),
            memory: one(of: [512, 1000, 1024, 2048, 2048, 4096]))
        if chance(4) { instance.cpu = one(of: [0, 1, PlacementInstance.maximumResource]) }
        if chance(4) { instance.memory = one(of: [0, 1, PlacementInstance.maximumResource]) }
        if chance(8) { instance.status = one(of: ContainerInstanceStatus.allCases) }
        if chance(6) { instance.isConnected = false }
        if chance(30) { instance.gpus = (0..<number(1...4)).map { "\(id)/gpu\(9 - $0)" } }
        if chance(15) { instance.tcpPorts = chance(50) ? [22] : [22, 80] }
        if chance(10) { instance.udpPorts = [53] }
        if chance(50) { instance.agentVersion = one(of: ["1.14.5", "1.105.1", "1.9.0"]) }
        if chance(50) { instance.ec2InstanceID = one(of: ["mi-1", "mi-2", "mi-3"]) }
        if chance(30) {
            instance.registeredAt = Timestamp(millisecondsSinceEpoch: Int64(number(0...4)) * 50_000_000_000)
        }
        return instance
    }

    mutating func attributes() -> [String: String?] {
        var attributes: [String: String?] = [:]
        if chance(80) { attributes["ecs.availability-zone"] = one(of: ["x", "y", "z"]) }
        if chance(70) { attributes["rack"] = one(of: ["r0", "r1", "r2", "r3", nil]) }
        if chance(60) { attributes["stack"] = one(of: ["prod", "dev"]) }
        if chance(50) { attributes["number"] = "\(number(0...99))" }
        if chance(20) { attributes["ssd"] = .some(nil) }
        return attributes
    }

    // MARK: Requests

    mutating func request() -> PlacementRequest {
        PlacementRequest(
            resources: resources(), requiredAttributes: requiredAttributes(), scope: scope(),
            constraints: constraints(), strategies: strategies())
    }

    private mutating func resources() -> TaskResources {
        let most = 1024 / size.fineness
        var resources = TaskResources(
            cpu: one(of: [0, 1, most / 4, most / 2, most, number(0...most)]),
            memory: one(of: [0, 1, most / 4, most / 2, most, number(0...most)]))
        if chance(3) { resources.cpu = PlacementInstance.maximumResource }
        if chance(15) { resources.tcpPorts = one(of: [[80], [443], [80, 443], [22], [8080, 80]]) }
        if chance(8) { resources.udpPorts = one(of: [[53], [80], [53, 514]]) }
        if chance(12) { resources.gpus = number(1...3) }
        return resources
    }

    private mutating func requiredAttributes() -> [String: String?] {
        var required: [String: String?] = [:]
        if chance(8) { required["stack"] = one(of: ["prod", nil]) }
        if chance(5) { required["rack"] = one(of: ["r1", "", nil]) }
        if chance(3) { required["ssd"] = .some(nil) }
        return required
    }

    private mutating func scope() -> PlacementScope {
        switch number(0...size.scopes) {
        case 0: .service("web")
        // The same text as the one before.
        case 1: .taskGroup("service:web")
        case let number: number % 2 == 0 ? .service("s\(number)") : .taskGroup("family:s\(number)")
        }
    }

    private mutating func constraints() -> [PlacementConstraint] {
        guard chance(size.constrained) else { return [] }
        return (0..<number(1...3)).map { _ in constraint() }
    }

    private mutating func constraint() -> PlacementConstraint {
        if chance(size.staticExpressions) { return .memberOf(staticQuery()) }
        return switch number(0...6) {
        case 0, 1: .distinctInstance
        case 2, 3, 4: .memberOf(Self.parsed(one(of: Self.taskQueries)))
        default:
            switch number(0...4) {
            case 0: .custom(CustomPlacementConstraint(TaskLimit(limit: number(1...4))))
            case 1: .custom(CustomPlacementConstraint(ScopeLimit(limit: number(1...3))))
            case 2: .custom(CustomPlacementConstraint(OnRack(rack: one(of: ["r0", "r1", ""]))))
            case 3: .custom(CustomPlacementConstraint(NotRoomy(limit: 600)))
            default: .custom(CustomPlacementConstraint(NotIdle()))
            }
        }
    }

    /// An expression about nothing but the instance.
    private mutating func staticQuery() -> ClusterQuery {
        let number = number(0...size.expressions - 1)
        return Self.parsed(
            number < Self.staticQueries.count ? Self.staticQueries[number] : "not(attribute:number == \(number))")
    }

    private static let staticQueries = [
        "attribute:stack == prod", "attribute:rack in [r0, r1, r2]", "agentConnected == true or attribute:ssd exists",
        "not(attribute:number > 50)", "agentVersion >= 1.14.5 or ec2InstanceId == mi-2",
        "registeredAt < 1975-01-01 or attribute:rack !exists",
    ]

    private static let taskQueries = [
        "task:group == service:web", "not(task:group == service:web)", "runningTasksCount < 3",
        "runningTasksCount >= 1 or attribute:rack == r0", "task:group =~ family.* or runningTasksCount == 0",
        "agentConnected == true and task:group != family:s3", "not(task:group in [service:web, service:s2])",
    ]

    private static func parsed(_ text: String) -> ClusterQuery {
        guard let query = ClusterQuery(text) else { preconditionFailure("\(text) is no query") }
        return query
    }

    private mutating func strategies() -> [PlacementStrategy] {
        if chance(10) { return PlacementStrategy.serviceDefault }
        var strategies = (0..<number(0...5)).map { _ in strategy() }
        if strategies.count < 5, chance(30) { strategies.append(.random) }
        return strategies
    }

    private mutating func strategy() -> PlacementStrategy {
        switch number(0...19) {
        case 0: .random
        case 1...4: .spread(.instanceID)
        case 5...12: .spread(.attribute(one(of: ["ecs.availability-zone", "rack", "rack", "stack", "nobody-has-it"])))
        case 13...15: .binpack(.cpu)
        case 16...18: .binpack(.memory)
        default:
            chance(50)
                ? .custom(CustomPlacementStrategy(Roomiest(step: 300)))
                : .custom(CustomPlacementStrategy(Quietest()))
        }
    }
}
