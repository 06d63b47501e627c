// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportPlacement

/// A random cluster whose history happens to the engine and to the reference alike.
struct PlacementWorld {
    /// What the two do not agree on.
    struct Disagreement: Error, CustomStringConvertible {
        var description: String
    }

    /// How often what was interesting has happened, so that a test can tell whether the worlds are worth anything.
    struct Statistics {
        var steps: [String: Int] = [:]
        var placed = 0
        var unplaced = 0

        mutating func add(_ other: Statistics) {
            steps.merge(other.steps) { $0 + $1 }
            placed += other.placed
            unplaced += other.unplaced
        }
    }

    struct Task {
        var placement: Placement
        var request: PlacementRequest
    }

    var generator: WorldGenerator
    var engine = PlacementEngine()
    var reference = ReferencePlacement()
    /// The same generator twice.
    var engineRandom: SeededGenerator
    var referenceRandom: SeededGenerator
    var requests: [PlacementRequest] = []
    var tasks: [Task] = []
    var statistics = Statistics()
    private var created = 0

    init(seed: UInt64, size: WorldSize) throws {
        let random = SeededGenerator(seed: seed)
        generator = WorldGenerator(size: size, random: random.fork(1))
        engineRandom = random.fork(2)
        referenceRandom = engineRandom
        for _ in 0..<generator.number(size.instances) { try add() }
        for _ in 0..<generator.number(size.requests) { requests.append(generator.request()) }
    }

    /// Lives through the whole history of a seed, and compares everything at its end.
    /// - Throws: ``Disagreement``, or what the engine throws and should not.
    static func run(seed: UInt64, size: WorldSize) throws -> Statistics {
        var world = try PlacementWorld(seed: seed, size: size)
        let steps = world.generator.number(size.steps)
        let snapshotStep = world.generator.number(0...4 * steps)
        var snapshot: PlacementWorld?
        for step in 0..<steps {
            if step == snapshotStep { snapshot = world.copy() }
            try world.step()
        }
        try world.compare()
        // What has happened since has not happened to the copy.
        if var snapshot {
            try snapshot.compare()
            for _ in 0..<6 { try snapshot.step() }
            try snapshot.compare()
            world.statistics.steps["snapshot", default: 0] += 1
        }
        return world.statistics
    }

    func copy() -> PlacementWorld {
        var copy = self
        copy.reference = reference.copy()
        return copy
    }

    func require(_ holds: Bool, _ problem: @autoclosure () -> String) throws {
        guard holds else { throw Disagreement(description: problem()) }
    }

    // MARK: Steps

    /// One thing that happens, by its weight among the others.
    private enum Step: String, CaseIterable {
        case place, batch, charge, release, restore, attributes, status, connection, update, running, explain

        var weight: Int {
            switch self {
            case .place: 34
            case .batch: 14
            case .charge: 7
            case .release: 20
            case .restore, .running, .explain: 3
            case .attributes: 2
            case .status, .connection: 4
            case .update: 3
            }
        }
    }

    private static let steps = Step.allCases.flatMap { Array(repeating: $0, count: $0.weight) }

    mutating func step() throws {
        if generator.chance(generator.size.churn) { return try churn() }
        let step = generator.one(of: Self.steps)
        statistics.steps[step.rawValue, default: 0] += 1
        switch step {
        case .place: try place(count: nil)
        case .batch: try place(count: generator.number(-1...generator.size.batch))
        case .charge: try charge()
        case .release: for _ in 0..<generator.number(1...3) { try release() }
        case .restore: try restore()
        case .explain: try compareExplanations(of: request())
        case .attributes, .status, .connection, .update, .running: try change(step)
        }
    }

    private mutating func request() -> PlacementRequest {
        if generator.chance(generator.size.novelty) { requests.append(generator.request()) }
        return generator.one(of: requests)
    }

    private mutating func place(count: Int?) throws {
        let request = request()
        var expected: [Placement] = []
        for _ in 0..<max(0, count ?? 1) {
            guard let placement = reference.place(request, using: &referenceRandom) else { break }
            expected.append(placement)
        }
        let placements =
            if let count {
                try engine.place(request, count: count, using: &engineRandom)
            } else {
                try engine.place(request, using: &engineRandom).map { [$0] } ?? []
            }
        try require(
            placements == expected,
            "\(request)\nplaced \(count.map { "\($0)" } ?? "one"): \(placements)\ninstead of \(expected)")
        try require(engineRandom == referenceRandom, "the generators differ after \(request)")
        tasks += placements.map { Task(placement: $0, request: request) }
        statistics.placed += placements.count
        if placements.count < count ?? 1 { statistics.unplaced += 1 }
    }

    private mutating func charge() throws {
        let request = request()
        guard let id = reference.ids.randomElement(using: &generator.random), let host = reference.host(id) else {
            return
        }
        do {
            let placement = try engine.charge(request, to: id)
            try require(reference.fits(request, host), "\(id) was charged with \(request)")
            let expected = reference.charge(request, to: host)
            try require(placement == expected, "charged \(placement) instead of \(expected)")
            tasks.append(Task(placement: placement, request: request))
        } catch let error as PlacementError {
            try require(
                error.code == .refused && !reference.fits(request, host), "\(error) for \(request) on \(id)")
        }
    }

    /// A task whose ports and GPUs are free, whatever else is not.
    private mutating func restore() throws {
        let request = request()
        guard let id = reference.ids.randomElement(using: &generator.random), let host = reference.host(id) else {
            return
        }
        let needs = request.resources
        guard
            !host.usedTCP.contains(where: needs.tcpPorts.contains),
            !host.usedUDP.contains(where: needs.udpPorts.contains)
        else { return }
        let placement = Placement(instance: id, gpus: Array(host.capacity.gpus.suffix(needs.gpus)))
        try engine.restore(request, at: placement)
        reference.restore(request, at: placement, on: host)
        tasks.append(Task(placement: placement, request: request))
    }

    private mutating func release() throws {
        guard !tasks.isEmpty else { return }
        let task = tasks.remove(at: generator.number(0...tasks.count - 1))
        guard let host = reference.host(task.placement.instance) else { return }
        try engine.release(task.placement, of: task.request)
        reference.release(task.placement, of: task.request, on: host)
    }

    private mutating func change(_ step: Step) throws {
        guard let id = reference.ids.randomElement(using: &generator.random), let host = reference.host(id) else {
            return
        }
        switch step {
        case .attributes:
            host.registered.attributes = generator.attributes()
            try engine.setAttributes(host.registered.attributes, of: id)
        case .status:
            host.registered.status = generator.one(of: [.active, .active, .draining])
            try engine.setStatus(host.registered.status, of: id)
        case .connection:
            host.registered.isConnected = generator.chance(60)
            try engine.setConnected(host.registered.isConnected, of: id)
        case .update:
            host.registered = generator.instance(id)
            try engine.update(host.registered)
        default:
            host.runningTasksCount = generator.chance(30) ? nil : generator.number(0...4)
            try engine.setRunningTasksCount(host.runningTasksCount, of: id)
        }
    }

    // MARK: Instances that come and go

    /// Few ids, so that they come back.
    private mutating func add() throws {
        var id = "i-\(generator.number(0...2 * generator.size.instances.upperBound))"
        if reference.host(id) != nil {
            created += 1
            id = "n-\(created)"
        }
        let instance = generator.instance(id)
        try engine.add(instance)
        reference.add(instance)
    }

    private mutating func churn() throws {
        let ids = reference.ids
        // Towards as many as there should be.
        let isMany = ids.count > generator.number(generator.size.instances)
        guard generator.chance(isMany ? 70 : 30), let id = ids.randomElement(using: &generator.random) else {
            statistics.steps["add", default: 0] += 1
            return try add()
        }
        statistics.steps["remove", default: 0] += 1
        try engine.remove(id)
        reference.remove(id)
        tasks.removeAll { $0.placement.instance == id }
    }
}
