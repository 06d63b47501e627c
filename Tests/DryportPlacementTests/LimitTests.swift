// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportPlacement
import Testing

/// What the engine keeps about requests is bounded; decisions stay the same when it forgets.
@Suite struct LimitTests {
    /// An engine and a reference with the same instances.
    private static func pair(_ count: Int) throws -> (PlacementEngine, ReferencePlacement) {
        var engine = PlacementEngine()
        var reference = ReferencePlacement()
        for number in 0..<count {
            let instance = PlacementInstance(
                id: "i-\(number)", attributes: ["number": "\(number)", "rack": "r\(number % 3)"], cpu: 1_000_000,
                memory: 1_000_000 - 7 * (number % 5))
            try engine.add(instance)
            reference.add(instance)
        }
        return (engine, reference)
    }

    /// Requests with ever new expressions and sizes.
    @Test func requestsThatAreNeverTheSame() throws {
        var (engine, reference) = try Self.pair(6)
        var random = SeededGenerator(seed: 3)
        var expected = random
        for number in 0..<4400 {
            // Attributes that change now and then find no rule that was forgotten.
            if number % 500 == 499 {
                let id = "i-\(number % 6)"
                let attributes = ["number": "\(number)", "rack": "r\(number % 4)"]
                try engine.setAttributes(attributes, of: id)
                reference.host(id)?.registered.attributes = attributes
            }
            let query = ClusterQuery("not(attribute:number == \(number % 8)) or attribute:x == \(number)")!
            let request = PlacementRequest(
                resources: TaskResources(cpu: 1, memory: 1), scope: .service("s\(number % 3)"),
                constraints: [.memberOf(query)],
                strategies: number % 2 == 0 ? [.binpack(.memory), .random] : [.spread(.attribute("rack"))])
            let placement = try engine.place(request, using: &random)
            #expect(placement == reference.place(request, using: &expected))
            #expect(random == expected)
        }
    }

    /// More scopes with tasks on many instances than there are views that count them.
    @Test func moreLargeScopesThanViews() throws {
        var (engine, reference) = try Self.pair(36)
        var random = SeededGenerator(seed: 4)
        var expected = random
        for round in 0..<2 {
            for number in 0..<(round == 0 ? 530 : 60) {
                let request = PlacementRequest(
                    resources: TaskResources(cpu: 1, memory: 1), scope: .service("s\(number)"),
                    strategies: number % 2 == 0 ? [.spread(.instanceID)] : [.spread(.instanceID), .random])
                if round == 0 {
                    // Each scope leaves out two instances of its own.
                    for position in 0..<34 {
                        let placement = Placement(instance: "i-\((5 * number + position) % 36)")
                        try engine.restore(request, at: placement)
                        reference.host(placement.instance).map { reference.restore(request, at: placement, on: $0) }
                    }
                }
                let placement = try engine.place(request, using: &random)
                #expect(placement == reference.place(request, using: &expected))
            }
        }
        #expect(random == expected)
    }

    /// Each of the orders in which attributes can be spread over divides the instances in its own way.
    @Test func moreOrdersOfAttributesThanPartitions() throws {
        var (engine, reference) = try Self.pair(12)
        var random = SeededGenerator(seed: 5)
        var expected = random
        let names = ["number", "rack", "nobody-has-it"]
        for first in names {
            for second in names {
                for third in names {
                    for body in [[], [.binpack(.cpu)], [.spread(.instanceID)]] as [[PlacementStrategy]] {
                        let request = PlacementRequest(
                            resources: TaskResources(cpu: 1), scope: .service("s"),
                            strategies: [first, second, third].map { .spread(.attribute($0)) } + body)
                        let placements = try engine.place(request, count: 3, using: &random)
                        #expect(placements == (0..<3).compactMap { _ in reference.place(request, using: &expected) })
                    }
                }
            }
        }
    }

    /// Views and indexes that are asked again after more changes than the engine remembers.
    @Test func readersThatComeTooLate() throws {
        var (engine, reference) = try Self.pair(20)
        for case let host? in reference.hosts {
            host.registered.cpu = 100 + host.registered.memory % 7
            try engine.update(host.registered)
        }
        var random = SeededGenerator(seed: 7)
        var expected = random
        func request(_ cpu: Int, _ strategies: [PlacementStrategy]) -> PlacementRequest {
            PlacementRequest(resources: TaskResources(cpu: cpu), scope: .service("s\(cpu)"), strategies: strategies)
        }
        let late = [request(60, []), request(60, [.spread(.instanceID)]), request(61, [.binpack(.memory), .random])]
        for round in 0..<6 {
            // What grows back from it was enough for the late ones all the time, or was not.
            let often = request(round < 4 ? 5 : 50, [.binpack(.cpu)])
            var tasks: [(Placement, PlacementRequest)] = []
            for request in late + [often] {
                let placements = try engine.place(request, count: 8, using: &random)
                #expect(placements == (0..<8).compactMap { _ in reference.place(request, using: &expected) })
                tasks += placements.map { ($0, request) }
            }
            for (placement, request) in tasks.shuffled(using: &random) {
                try engine.release(placement, of: request)
                reference.host(placement.instance).map { reference.release(placement, of: request, on: $0) }
            }
            expected = random
            // Fewer, and more, than the thousand or so that are remembered.
            for _ in 0..<(round % 2 == 0 ? 1500 : 300) {
                guard let placement = try engine.place(often, using: &random) else { break }
                try engine.release(placement, of: often)
            }
        }
    }

    /// Amounts that differ only beyond what 32 bits hold.
    @Test func amountsThatAreLarge() throws {
        let maximum = PlacementInstance.maximumResource
        var random = SeededGenerator(seed: 12)
        for strategies in [[], [.binpack(.memory)], [.spread(.instanceID)]] as [[PlacementStrategy]] {
            for resources in [TaskResources(cpu: maximum), TaskResources(memory: maximum)] {
                // As much of the one as there can be, and little of the other.
                let instance = PlacementInstance(
                    id: "a", cpu: max(1, resources.cpu), memory: max(1, resources.memory))
                var engine = try PlacementEngine([instance])
                let large = PlacementRequest(resources: resources, scope: .service("s"), strategies: strategies)
                let small = PlacementRequest(
                    resources: TaskResources(cpu: 1, memory: 1), scope: .service("t"), strategies: strategies)
                for _ in 0..<2 {
                    let placement = try #require(try engine.place(small, using: &random))
                    #expect(try engine.place(large, using: &random) == nil)
                    try engine.release(placement, of: small)
                    let other = try #require(try engine.place(large, using: &random))
                    try engine.release(other, of: large)
                }
            }
        }
    }

    /// More instances come than the engine's memory of changes was made for, with everything in use.
    @Test func clustersThatGrow() throws {
        var (engine, reference) = try Self.pair(1010)
        var random = SeededGenerator(seed: 8)
        var expected = random
        let strategies: [[PlacementStrategy]] = [
            [], [.random], [.spread(.attribute("rack")), .spread(.instanceID)], [.binpack(.memory), .random],
        ]
        for number in 1010..<1090 {
            let instance = PlacementInstance(
                id: "n-\(number)", attributes: ["rack": "r\(number % 4)"], cpu: 1000, memory: 1000 + number)
            try engine.add(instance)
            reference.add(instance)
            let request = PlacementRequest(
                resources: TaskResources(cpu: 1, memory: 1), scope: .service("s"), strategies: strategies[number % 4])
            #expect(try engine.place(request, using: &random) == reference.place(request, using: &expected))
        }
        #expect(random == expected)
    }

    /// Counts far apart, so that levels in between empty while there are some above.
    @Test func scopesWithManyDifferentCounts() throws {
        var (engine, reference) = try Self.pair(40)
        var random = SeededGenerator(seed: 9)
        var expected = random
        let request = PlacementRequest(
            scope: .service("s"), strategies: [.spread(.attribute("rack")), .spread(.instanceID), .random])
        for (position, count) in [(3, 40), (7, 25), (8, 26), (20, 12), (21, 13), (22, 60)] {
            let placement = Placement(instance: "i-\(position)")
            for _ in 0..<count {
                try engine.restore(request, at: placement)
                reference.host(placement.instance).map { reference.restore(request, at: placement, on: $0) }
            }
        }
        for _ in 0..<60 {
            let placements = try engine.place(request, count: 15, using: &random)
            #expect(placements == (0..<15).compactMap { _ in reference.place(request, using: &expected) })
            guard let placement = placements.first else { break }
            try engine.release(placement, of: request)
            reference.host(placement.instance).map { reference.release(placement, of: request, on: $0) }
        }
        #expect(random == expected)
    }

    /// What an index does not sort by changes in ways that its bounds must follow.
    @Test func indexesWhoseOtherResourcesChange() throws {
        var (engine, reference) = try Self.pair(150)
        for case let host? in reference.hosts {
            host.registered.memory = 100
            host.registered.gpus = ["0"]
            try engine.update(host.registered)
        }
        var random = SeededGenerator(seed: 10)
        var tasks: [(Placement, PlacementRequest)] = []
        for step in 0..<900 {
            let draw = Int.random(in: 0..<20, using: &random)
            let id = "i-\(Int.random(in: 0..<150, using: &random))"
            guard let host = reference.host(id) else { break }
            switch draw {
            case 0...5 where step > 300:
                guard !tasks.isEmpty else { continue }
                let (placement, request) = tasks.remove(at: Int.random(in: tasks.indices, using: &random))
                try engine.release(placement, of: request)
                reference.host(placement.instance).map { reference.release(placement, of: request, on: $0) }
            case 6:
                host.registered.status = host.registered.status == .active ? .draining : .active
                try engine.setStatus(host.registered.status, of: id)
            case 7:
                host.registered.memory = 300 - host.registered.memory
                try engine.update(host.registered)
            case 8:
                host.registered.attributes["tier"] = host.bucket("tier") == nil ? "gold" : String?.none
                try engine.setAttributes(host.registered.attributes, of: id)
            default:
                // Nothing of what the index sorts by is taken.
                var request = PlacementRequest(
                    resources: TaskResources(memory: 10 * Int.random(in: 1...9, using: &random), gpus: draw % 2),
                    scope: .service("s"), strategies: [.binpack(.cpu)])
                if draw % 3 == 0 { request.requiredAttributes = ["tier": "gold"] }
                var unused = random
                let placement = try engine.place(request, using: &random)
                #expect(placement == reference.place(request, using: &unused), "step \(step)")
                if let placement { tasks.append((placement, request)) }
            }
        }
    }

    /// A copy is a snapshot: what happens to either is no concern of the other.
    @Test func copiesAreApart() throws {
        var (engine, _) = try Self.pair(40)
        var random = SeededGenerator(seed: 6)
        let request = PlacementRequest(
            resources: TaskResources(cpu: 1), scope: .service("s"), strategies: [.spread(.instanceID)])
        _ = try engine.place(request, count: 50, using: &random)
        var snapshot = engine
        let planned = try snapshot.place(request, count: 10, using: &random)
        #expect(try engine.capacity(of: "i-10").taskCount == 1)
        try engine.remove("i-0")
        try engine.setStatus(.draining, of: "i-11")
        #expect(try snapshot.capacity(of: "i-10").taskCount == 2)
        #expect(try snapshot.place(request, using: &random)?.instance == "i-20")
        // A plan of the snapshot is checked where it is committed.
        var outcomes: [Bool] = []
        for placement in planned {
            do {
                _ = try engine.charge(request, to: placement.instance)
                outcomes.append(true)
            } catch { outcomes.append(false) }
        }
        #expect(planned.map(\.instance) == (10..<20).map { "i-\($0)" })
        #expect(outcomes == (10..<20).map { $0 != 11 })
    }
}
