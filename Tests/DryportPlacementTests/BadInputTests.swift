// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportPlacement
import Testing

/// What is out of range is refused with the right code, changes nothing, and never traps.
@Suite struct BadInputTests {
    private static let numbers = [-1, Int.min, Int.max, PlacementInstance.maximumResource + 1, -1 << 40]
    private static let ports = [0, -1, 65_536, Int.max, Int.min]

    private static func engine() throws -> PlacementEngine {
        var engine = PlacementEngine()
        let attributes: [String: String?] = ["rack": "r1"]
        try engine.add(PlacementInstance(id: "a", attributes: attributes, cpu: 1000, memory: 1000, gpus: ["0", "1"]))
        try engine.add(PlacementInstance(id: "b", cpu: 1000, memory: 1000, tcpPorts: [22]))
        try engine.restore(request(), at: Placement(instance: "b"))
        return engine
    }

    private static func request(_ change: (inout PlacementRequest) -> Void = { _ in }) -> PlacementRequest {
        var request = PlacementRequest(
            resources: TaskResources(cpu: 100, memory: 100), scope: .service("web"),
            strategies: [.spread(.attribute("rack")), .spread(.instanceID)])
        change(&request)
        return request
    }

    /// Does what must be refused, and looks at whether the engine behaves as one that has not been asked.
    private func refuses(
        _ code: PlacementError.Code, _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ action: (inout PlacementEngine) throws -> Void
    ) throws {
        var engine = try Self.engine()
        do {
            try action(&engine)
            Issue.record("\(what) is accepted", sourceLocation: sourceLocation)
        } catch let error as PlacementError {
            #expect(error.code == code, "\(what): \(error)", sourceLocation: sourceLocation)
            #expect(!error.message.isEmpty && error.description == error.message, sourceLocation: sourceLocation)
        }
        #expect(try behaviour(of: engine) == behaviour(of: Self.engine()), "\(what)", sourceLocation: sourceLocation)
    }

    /// Whatever can be seen of an engine.
    private func behaviour(of engine: PlacementEngine) throws -> [String] {
        var engine = engine
        var random = SeededGenerator(seed: 1)
        var lines = engine.instanceIDs
        for id in engine.instanceIDs {
            lines.append("\(try engine.capacity(of: id)) \(engine.taskCount(of: .service("web"), on: id))")
        }
        for strategies in [[.binpack(.cpu)], [.spread(.instanceID)], [.random]] as [[PlacementStrategy]] {
            let request = Self.request { $0.strategies = strategies }
            lines.append(try engine.explain(request).description)
            lines.append("\(try engine.place(request, count: 5, using: &random))")
        }
        let running = Self.request { $0.constraints = [.memberOf(ClusterQuery("runningTasksCount < 3")!)] }
        lines.append(try engine.explain(running).description)
        lines.append("\(engine.count) \(random.next())")
        return lines
    }

    // MARK: Instances

    private static var invalidInstances: [PlacementInstance] {
        let base = PlacementInstance(id: "new", cpu: 10, memory: 10)
        var all: [PlacementInstance] = []
        func add(_ change: (inout PlacementInstance) -> Void) {
            var instance = base
            change(&instance)
            all.append(instance)
        }
        for number in numbers {
            add { $0.cpu = number }
            add { $0.memory = number }
        }
        for port in ports {
            add { $0.tcpPorts = [80, port] }
            add { $0.udpPorts = [port] }
        }
        add { $0.id = "" }
        add { $0.gpus = ["g", "g"] }
        add { $0.gpus = [""] }
        add { $0.attributes = ["": "value"] }
        add { $0.attributes = ["": String?.none] }
        return all
    }

    @Test func invalidInstancesAreRefused() throws {
        for instance in Self.invalidInstances {
            try refuses(.invalidInstance, "\(instance)") { try $0.add(instance) }
            var known = instance
            if !instance.id.isEmpty { known.id = "a" }
            try refuses(.invalidInstance, "\(known)") { try $0.update(known) }
            #expect(throws: PlacementError.self) { try PlacementEngine([instance]) }
        }
        try refuses(.duplicateInstance, "an id twice") { try $0.add(PlacementInstance(id: "a", cpu: 1, memory: 1)) }
        try refuses(.invalidInstance, "no name") { try $0.setAttributes(["": nil], of: "a") }
        for count in [-1, Int.min] {
            try refuses(.invalidInstance, "\(count)") { try $0.setRunningTasksCount(count, of: "a") }
        }
        #expect(throws: PlacementError.self) {
            try PlacementEngine([PlacementInstance(id: "a", cpu: 1, memory: 1), .init(id: "a", cpu: 1, memory: 1)])
        }
    }

    @Test func unknownInstancesAreRefused() throws {
        let request = Self.request()
        for id in ["c", "", "A", "a\u{0}"] {
            let actions: [(String, (inout PlacementEngine) throws -> Void)] = [
                ("capacity", { _ = try $0.capacity(of: id) }), ("remove", { try $0.remove(id) }),
                ("setStatus", { try $0.setStatus(.draining, of: id) }),
                ("setConnected", { try $0.setConnected(false, of: id) }),
                ("setAttributes", { try $0.setAttributes([:], of: id) }),
                ("setRunningTasksCount", { try $0.setRunningTasksCount(1, of: id) }),
                ("charge", { _ = try $0.charge(request, to: id) }),
                ("restore", { try $0.restore(request, at: Placement(instance: id)) }),
                ("release", { try $0.release(Placement(instance: id), of: request) }),
                ("refusal", { _ = try $0.refusal(of: request, on: id) }),
                ("lacks", { _ = try $0.lacks(for: request, on: id) }),
            ]
            for (name, action) in actions { try refuses(.unknownInstance, "\(name) of '\(id)'", action) }
            #expect(try !Self.engine().contains(id))
            #expect(try Self.engine().taskCount(of: .service("web"), on: id) == 0)
        }
        try refuses(.unknownInstance, "update") { try $0.update(PlacementInstance(id: "c", cpu: 1, memory: 1)) }
    }

    // MARK: Requests

    private static var invalidRequests: [PlacementRequest] {
        var all: [PlacementRequest] = []
        for number in numbers {
            all.append(request { $0.resources.cpu = number })
            all.append(request { $0.resources.memory = number })
        }
        for number in [-1, Int.min, Int.max] { all.append(request { $0.resources.gpus = number }) }
        for port in ports {
            all.append(request { $0.resources.tcpPorts = [port] })
            all.append(request { $0.resources.udpPorts = [80, port] })
        }
        all.append(request { $0.resources.tcpPorts = [80, 443, 80] })
        all.append(request { $0.resources.udpPorts = [80, 80] })
        all.append(request { $0.requiredAttributes = ["": nil] })
        all.append(request { $0.scope = .taskGroup("") })
        all.append(request { $0.scope = .service("") })
        all.append(request { $0.constraints = Array(repeating: .distinctInstance, count: 11) })
        all.append(request { $0.strategies = Array(repeating: .spread(.instanceID), count: 6) })
        all.append(request { $0.strategies = [.spread(.attribute(""))] })
        return all
    }

    @Test func invalidRequestsAreRefused() throws {
        for request in Self.invalidRequests {
            let actions: [(String, (inout PlacementEngine) throws -> Void)] = [
                (
                    "place",
                    {
                        var random = SeededGenerator(seed: 1)
                        let before = random
                        defer { #expect(random == before) }
                        _ = try $0.place(request, using: &random)
                    }
                ),
                (
                    "place many",
                    {
                        var random = SeededGenerator(seed: 1)
                        _ = try $0.place(request, count: 0, using: &random)
                    }
                ),
                ("charge", { _ = try $0.charge(request, to: "a") }),
                ("restore", { try $0.restore(request, at: Placement(instance: "a")) }),
                ("explain", { _ = try $0.explain(request) }),
                ("refusal", { _ = try $0.refusal(of: request, on: "a") }),
                ("refusals", { _ = try $0.refusals(of: request) }),
                ("lacks", { _ = try $0.lacks(for: request, on: "a") }),
                (
                    "selectForScaleIn",
                    {
                        var random = SeededGenerator(seed: 1)
                        _ = try $0.selectForScaleIn([], count: 1, of: request, using: &random)
                    }
                ),
            ]
            for (name, action) in actions { try refuses(.invalidRequest, "\(name): \(request)", action) }
        }
    }

    @Test func whatIsJustInRangeIsAccepted() throws {
        var engine = PlacementEngine()
        let maximum = PlacementInstance.maximumResource
        try engine.add(PlacementInstance(id: "a", cpu: maximum, memory: maximum, tcpPorts: [1, 65_535, 1]))
        try engine.add(PlacementInstance(id: "b", cpu: 0, memory: 0))
        var random = SeededGenerator(seed: 1)
        let large = Self.request {
            $0.resources = TaskResources(cpu: maximum, memory: maximum, tcpPorts: [2, 65_534], udpPorts: [1, 65_535])
            $0.constraints = Array(repeating: .distinctInstance, count: 10)
            $0.strategies = Array(repeating: .binpack(.memory), count: 5)
        }
        #expect(try engine.place(large, count: .max, using: &random).map(\.instance) == ["a"])
        #expect(try engine.place(Self.request { $0.resources = TaskResources() }, using: &random)?.instance == "b")
        for count in [0, -1, Int.min] { #expect(try engine.place(large, count: count, using: &random).isEmpty) }
        try engine.setRunningTasksCount(.max, of: "a")
        #expect(try engine.explain(Self.request { $0.resources.gpus = Int(Int32.max) }).fittingCount == 0)
    }

    @Test func refusedChargesChangeNothing() throws {
        try refuses(.refused, "too much") { _ = try $0.charge(Self.request { $0.resources.cpu = 1001 }, to: "a") }
        try refuses(.refused, "a port") { _ = try $0.charge(Self.request { $0.resources.tcpPorts = [22] }, to: "b") }
        try refuses(.refused, "another task") {
            _ = try $0.charge(Self.request { $0.constraints = [.distinctInstance] }, to: "b")
        }
    }

    // MARK: Releases

    @Test func whatIsNotChargedIsNotReleased() throws {
        let request = Self.request()
        try refuses(.notCharged, "nothing there") { try $0.release(Placement(instance: "a"), of: request) }
        try refuses(.notCharged, "another group") {
            try $0.release(Placement(instance: "b"), of: Self.request { $0.scope = .taskGroup("service:web") })
        }
        try refuses(.notCharged, "a group that nobody knows") {
            try $0.release(Placement(instance: "b"), of: Self.request { $0.scope = .taskGroup("nobody") })
        }
        // The task there has taken 100 of each.
        for number in Self.numbers + [101, PlacementInstance.maximumResource] {
            let code: PlacementError.Code = number < 0 ? .invalidRequest : .notCharged
            try refuses(code, "\(number) CPU") {
                try $0.release(Placement(instance: "b"), of: Self.request { $0.resources.cpu = number })
            }
            try refuses(code, "\(number) MiB") {
                try $0.release(Placement(instance: "b"), of: Self.request { $0.resources.memory = number })
            }
        }
    }

    @Test func aSecondReleaseIsRefused() throws {
        var engine = try Self.engine()
        var random = SeededGenerator(seed: 1)
        let request = Self.request { $0.resources = TaskResources(cpu: 1, memory: 1, tcpPorts: [80], gpus: 2) }
        let before = try engine.capacity(of: "a")
        let placement = try #require(try engine.place(request, using: &random))
        #expect(placement == Placement(instance: "a", gpus: ["0", "1"]))
        try engine.release(placement, of: request)
        #expect(try engine.capacity(of: "a") == before)
        #expect(throws: PlacementError.self) { try engine.release(placement, of: request) }
        #expect(try engine.capacity(of: "a") == before)
        // Neither is one of a task whose instance was removed, and came back.
        let again = try #require(try engine.place(request, using: &random))
        try engine.remove("a")
        #expect(throws: PlacementError.self) { try engine.release(again, of: request) }
        try engine.add(PlacementInstance(id: "a", cpu: 5, memory: 5))
        #expect(throws: PlacementError.self) { try engine.release(again, of: request) }
        #expect(try engine.capacity(of: "a").cpu == 5)
    }

    /// Restored tasks may take more than there is, and whatever they have comes back.
    @Test func restoredTasksMayTakeMoreThanThereIs() throws {
        var engine = try Self.engine()
        let before = try engine.capacity(of: "a")
        let maximum = PlacementInstance.maximumResource
        let request = Self.request {
            $0.resources = TaskResources(cpu: maximum, memory: maximum, tcpPorts: [22], gpus: 9)
        }
        let placement = Placement(instance: "a", gpus: ["1", "7", "unknown"])
        for _ in 0..<100 { try engine.restore(request, at: placement) }
        let full = try engine.capacity(of: "a")
        #expect(full.cpu == 1000 - 100 * maximum && full.gpus == ["0"] && full.taskCount == 100)
        var random = SeededGenerator(seed: 1)
        for strategies in [[], [.binpack(.cpu)], [.binpack(.memory), .random]] as [[PlacementStrategy]] {
            let nothing = Self.request {
                $0.resources = TaskResources()
                $0.strategies = strategies
            }
            #expect(try engine.place(nothing, using: &random)?.instance == "b")
        }
        for _ in 0..<100 { try engine.release(placement, of: request) }
        #expect(try engine.capacity(of: "a") == before)
    }

    // MARK: Strategies by name

    @Test func strategiesAreReadAsTheAPISpellsThem() throws {
        let strategies: [(String, String?, PlacementStrategy)] = [
            ("random", nil, .random), ("random", "", .random), ("binpack", "cpu", .binpack(.cpu)),
            ("binpack", "MEMORY", .binpack(.memory)), ("spread", "instanceId", .spread(.instanceID)),
            ("spread", "host", .spread(.instanceID)), ("spread", "attribute:Zone", .spread(.attribute("Zone"))),
        ]
        for (type, field, strategy) in strategies {
            #expect(try PlacementStrategy(type: type, field: field) == strategy)
        }
        let unknown: [(String, String?)] = [
            ("", nil), ("random", "cpu"), ("binpack", nil), ("binpack", "gpu"), ("spread", nil), ("spread", "zone"),
            ("spread", "attribute:"), ("Random", nil), ("spread", "cpu"),
        ]
        for (type, field) in unknown {
            #expect(throws: PlacementError.self, "\(type) \(field ?? "nil")") {
                try PlacementStrategy(type: type, field: field)
            }
        }
    }
}
