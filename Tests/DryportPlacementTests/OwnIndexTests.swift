// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportPlacement
import Testing

/// Requests whose searches are long get an index of their own: decisions stay the same, and become cheap.
@Suite struct OwnIndexTests {
    /// What stands in the way on instances that are packed already.
    enum Obstacle: String, CaseIterable, Sendable {
        /// Each host runs one of the tasks.
        case port
        /// Each host runs one task of the service.
        case distinct
        /// Instances with the attribute have no CPU left where they have memory, and the other way round.
        case attribute
        /// Each host with a task takes no more, by an expression.
        case expression
        /// Spread first, so that candidates have as few tasks as the best.
        case spread
    }

    private static func request(_ obstacle: Obstacle, service: Int) -> PlacementRequest {
        var request = PlacementRequest(
            resources: TaskResources(cpu: 10, memory: 20), scope: .service("s\(service)"),
            strategies: [.binpack(.memory)])
        switch obstacle {
        case .port: request.resources.tcpPorts = [80 + service]
        case .distinct: request.constraints = [.distinctInstance]
        case .attribute: request.constraints = [.memberOf(ClusterQuery("attribute:disk == ssd")!)]
        case .expression: request.constraints = [.memberOf(ClusterQuery("not(task:group == service:s\(service))")!)]
        case .spread: request.strategies = [.spread(.instanceID), .binpack(.memory)]
        }
        return request
    }

    @Test(arguments: Obstacle.allCases) func decisionsStayTheSame(_ obstacle: Obstacle) throws {
        let count = 700
        var engine = PlacementEngine()
        var reference = ReferencePlacement()
        for number in 0..<count {
            // Every second one has memory and no CPU, and of these the first half has the disk.
            let isBusy = obstacle == .attribute && number % 2 == 0
            let instance = PlacementInstance(
                id: "i-\(number)", attributes: ["disk": isBusy || number > 600 ? "ssd" : "hdd"], cpu: isBusy ? 5 : 1000,
                memory: obstacle == .attribute ? 1000 : 1000 + number % 7)
            try engine.add(instance)
            reference.add(instance)
        }
        var random = SeededGenerator(seed: 9)
        var expected = random
        var placed: [(Placement, PlacementRequest)] = []
        var examined = 0
        for step in 0..<900 {
            let request = Self.request(obstacle, service: step < 500 ? 0 : step % 3)
            let before = engine.work.candidatesExamined
            let placement = try engine.place(request, using: &random)
            if (400..<500).contains(step) { examined += engine.work.candidatesExamined - before }
            #expect(placement == reference.place(request, using: &expected), "\(step)")
            if let placement { placed.append((placement, request)) }
            // Now and then something is released, drained or changed.
            if step % 5 == 4, !placed.isEmpty {
                let (placement, request) = placed.remove(at: Int.random(in: 0..<placed.count, using: &random))
                _ = Int.random(in: 0...placed.count, using: &expected)
                try engine.release(placement, of: request)
                reference.host(placement.instance).map { reference.release(placement, of: request, on: $0) }
            }
            if step % 50 == 49 {
                let id = "i-\(step % count)"
                try engine.setConnected(step % 100 == 49, of: id)
                reference.host(id)?.registered.isConnected = step % 100 == 49
            }
        }
        // Hundreds of instances are packed and do not fit; few of them are looked at.
        #expect(examined < 100 * 64, "\(obstacle): \(examined)")
        #expect(random == expected)
        #expect(placed.count > 300)
    }
}
