// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportPlacement
import Testing

/// Which tasks go, row by row of `ecs-control-plane.md` §6.5.
@Suite struct ScaleInTests {
    private static let scope = PlacementScope.service("web")

    /// Instances of two zones, one without; the last one is not connected.
    private static func engine() throws -> PlacementEngine {
        var engine = PlacementEngine()
        for (id, zone) in [("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b"), ("b2", "b"), ("none", nil)] {
            let attributes: [String: String?] = zone.map { ["ecs.availability-zone": $0] } ?? [:]
            try engine.add(PlacementInstance(id: id, attributes: attributes, cpu: 1000, memory: 1000))
        }
        try engine.add(PlacementInstance(id: "off", isConnected: false, cpu: 1000, memory: 1000))
        return engine
    }

    private func request(_ strategies: [PlacementStrategy] = []) -> PlacementRequest {
        PlacementRequest(
            resources: TaskResources(cpu: 100, memory: 10), scope: Self.scope, strategies: strategies)
    }

    /// One task on each of the instances, numbered.
    private func tasks(_ instances: [String]) -> [ScaleInTask] {
        instances.enumerated().map { ScaleInTask(id: "\($0.offset)@\($0.element)", instance: $0.element) }
    }

    private func select(
        _ tasks: [ScaleInTask], count: Int, _ strategies: [PlacementStrategy] = [], seed: UInt64 = 1,
        in engine: PlacementEngine? = nil
    ) throws -> [String] {
        var random = SeededGenerator(seed: seed)
        return try (engine ?? Self.engine()).selectForScaleIn(
            tasks, count: count, of: request(strategies), using: &random)
    }

    // MARK: Rows

    /// Old deployments, then unhealthy, then pending ones, then those that can be stopped now.
    @Test func urgencyComesBeforeTheStrategies() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<40 {
            var tasks: [ScaleInTask] = []
            for bits in 0..<16 {
                tasks.append(
                    ScaleInTask(
                        id: "\(bits)", instance: bits & 1 == 0 ? "a1" : "off", isPrimary: bits & 8 != 0,
                        isUnhealthy: bits & 4 == 0, isPending: bits & 2 == 0))
            }
            tasks.shuffle(using: &random)
            let selected = try select(tasks, count: 16, [.spread(.instanceID)], seed: random.next())
            #expect(selected == (0..<16).map { "\($0)" })
        }
    }

    @Test func protectedTasksStay() throws {
        var tasks = tasks(["a1", "a1", "a2", "b1"])
        for index in [0, 1, 3] { tasks[index].isProtected = true }
        tasks[0].isUnhealthy = true
        tasks[1].isPrimary = false
        #expect(try select(tasks, count: 10) == ["2@a2"])
        tasks[2].isProtected = true
        #expect(try select(tasks, count: 1).isEmpty)
    }

    /// Protected tasks are part of the spread all the same.
    @Test func protectedTasksCountForTheSpread() throws {
        var tasks = tasks(["a1", "a1", "a1", "a2", "a2"])
        tasks[0].isProtected = true
        tasks[1].isProtected = true
        #expect(try select(tasks, count: 1, [.spread(.instanceID)]) == ["2@a1"])
    }

    /// The task whose instance has the most left then.
    @Test func binpackTakesFromTheEmptiest() throws {
        var engine = try Self.engine()
        let filler = PlacementRequest(resources: TaskResources(cpu: 300, memory: 500), scope: .taskGroup("filler"))
        try engine.restore(filler, at: Placement(instance: "a1"))
        try engine.restore(filler, at: Placement(instance: "a1"))
        try engine.restore(filler, at: Placement(instance: "a2"))
        let tasks = tasks(["a1", "a2", "b1", "b1"])
        for task in tasks { try engine.restore(request(), at: Placement(instance: task.instance)) }
        // Left: a1 300, a2 600, b1 800. After the first of b1's, the second one leaves it with yet more.
        for field in PlacementStrategy.BinpackField.allCases {
            let selected = try select(tasks, count: 4, [.binpack(field)], in: engine)
            #expect(selected.prefix(2).sorted() == ["2@b1", "3@b1"])
            #expect(selected.suffix(2) == ["1@a2", "0@a1"])
        }
    }

    @Test func spreadOverAnAttributeTakesFromTheFullestBucket() throws {
        let tasks = tasks(["a1", "a2", "a3", "b1", "none", "none"])
        let zone = PlacementStrategy.spread(.attribute("ecs.availability-zone"))
        for seed in 1...20 as ClosedRange<UInt64> {
            let selected = try select(tasks, count: 3, [zone], seed: seed)
            #expect(["0@a1", "1@a2", "2@a3"].contains(selected[0]))
            // Then two of a and two without: one of each, in some order.
            #expect(Set(selected[1...].map { $0.hasSuffix("none") }) == [true, false])
        }
    }

    /// The zone with the most tasks, then the instance with the most of these.
    @Test func withoutAStrategyItIsTheServiceDefault() throws {
        let tasks = tasks(["b1", "b1", "a1", "a2", "a2"])
        for seed in 1...20 as ClosedRange<UInt64> {
            let first = try select(tasks, count: 1, seed: seed)
            #expect(["3@a2", "4@a2"].contains(first[0]))
            #expect(try select(tasks, count: 5, PlacementStrategy.serviceDefault, seed: seed).first == first[0])
        }
    }

    @Test func chanceIsFairAndIgnoresWhatFollows() throws {
        let tasks = tasks(["a1", "a1", "a2", "b1"])
        for strategies in [[.random], [.random, .spread(.instanceID)]] as [[PlacementStrategy]] {
            var counts: [String: Int] = [:]
            for seed in 1...2000 as ClosedRange<UInt64> {
                counts[try select(tasks, count: 1, strategies, seed: seed)[0], default: 0] += 1
            }
            // 500 each are expected; five standard deviations are 97.
            for task in tasks { #expect((403...597).contains(counts[task.id, default: 0]), "\(counts)") }
        }
    }

    @Test func connectedInstancesComeFirst() throws {
        let tasks = tasks(["off", "off", "off", "a1", "removed"])
        #expect(try select(tasks, count: 1, [.spread(.instanceID)]) == ["3@a1"])
        #expect(try select(tasks, count: 9, [.spread(.instanceID)]).count == 5)
    }

    @Test func aCustomRankingLosesTheWorst() throws {
        var engine = try Self.engine()
        try engine.restore(request(), at: Placement(instance: "a1"))
        let quietest = PlacementStrategy.custom(CustomPlacementStrategy(Quietest()))
        #expect(try select(tasks(["a2", "a1", "b1"]), count: 1, [quietest], in: engine) == ["1@a1"])
    }

    @Test func countsOutOfRangeSelectNothingOrAll() throws {
        let tasks = tasks(["a1", "a2"])
        for count in [0, -1, Int.min] { #expect(try select(tasks, count: count).isEmpty) }
        #expect(try select(tasks, count: .max).sorted() == ["0@a1", "1@a2"])
        #expect(try select([], count: 3).isEmpty)
    }

    // MARK: All rows at once

    /// Each choice is among the best ones by a plain reading of the table: with spreads, those that leave the smallest
    /// sum of squares, which is what "the best spread" means.
    @Test func eachChoiceIsAmongTheBest() throws {
        for seed in Seeds.chosen(insteadOf: 1...400) {
            var world = try PlacementWorld(seed: seed, size: .small)
            for _ in 0..<8 { try world.step() }
            let ids = world.reference.ids + ["gone"]
            var tasks = (0..<world.generator.number(1...12)).map { number in
                ScaleInTask(
                    id: "\(number)", instance: world.generator.one(of: ids),
                    isPrimary: world.generator.chance(80), isUnhealthy: world.generator.chance(10),
                    isPending: world.generator.chance(10), isProtected: world.generator.chance(10))
            }
            let request = world.generator.request()
            var random = SeededGenerator(seed: seed)
            let selected = try world.engine.selectForScaleIn(
                tasks, count: world.generator.number(0...12), of: request, using: &random)
            var gone: [ScaleInTask] = []
            for id in selected {
                let best = best(of: tasks, gone: gone, request, world.reference)
                guard let index = tasks.firstIndex(where: { $0.id == id }), best.contains(id) else {
                    let replay = Seeds.replay(seed, in: "ScaleInTests")
                    Issue.record("world \(seed): \(id) instead of \(best) for \(request)\n\(replay)")
                    return
                }
                gone.append(tasks.remove(at: index))
            }
        }
    }

    private func best(
        of tasks: [ScaleInTask], gone: [ScaleInTask], _ request: PlacementRequest, _ reference: ReferencePlacement
    ) -> [String] {
        var candidates = tasks.filter { !$0.isProtected }
        let firsts: [(ScaleInTask) -> Bool] = [
            { !$0.isPrimary }, \.isUnhealthy, \.isPending,
            { reference.host($0.instance)?.registered.isConnected ?? false },
        ]
        for first in firsts where candidates.contains(where: first) { candidates.removeAll { !first($0) } }
        for strategy in request.strategies.isEmpty ? PlacementStrategy.serviceDefault : request.strategies {
            if strategy == .random { break }
            let scores = candidates.map { badness(of: strategy, without: $0, tasks, gone, request, reference) }
            let least = scores.min()
            candidates = zip(candidates, scores).filter { $0.1 == least }.map(\.0)
        }
        return candidates.map(\.id)
    }

    /// How bad it is, by one strategy, to lose a task; the lower the better.
    private func badness(
        of strategy: PlacementStrategy, without task: ScaleInTask, _ tasks: [ScaleInTask], _ gone: [ScaleInTask],
        _ request: PlacementRequest, _ reference: ReferencePlacement
    ) -> Int {
        let host = reference.host(task.instance)
        switch strategy {
        case .random: return 0
        case .spread(let field):
            var counts: [String?: Int] = [:]
            for other in tasks where other != task {
                let bucket: String? =
                    switch field {
                    case .instanceID: other.instance
                    case .attribute(let name):
                        reference.host(other.instance).map { $0.bucket(name).map { "=" + $0 } } ?? "gone"
                    }
                counts[bucket, default: 0] += 1
            }
            return counts.values.reduce(0) { $0 + $1 * $1 }
        case .binpack(let field):
            guard let host else { return .max }
            let freed = 1 + gone.count { $0.instance == task.instance }
            return field == .cpu
                ? -(host.registered.cpu - host.usedCPU + freed * request.resources.cpu)
                : -(host.registered.memory - host.usedMemory + freed * request.resources.memory)
        case .custom(let custom):
            guard let host, let ranking = custom.ranking as? any FactsRanking else { return .max }
            return -ranking.score(Facts(host, scope: request.scope))
        }
    }
}
