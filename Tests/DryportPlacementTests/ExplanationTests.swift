// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportPlacement
import Testing

/// What is said about refusals is true, and said in the order of `ecs-control-plane.md` §5.4.
@Suite struct ExplanationTests {
    private static func query(_ text: String) throws -> PlacementConstraint {
        .memberOf(try ClusterQuery(parsing: text))
    }

    private func request(
        cpu: Int = 100, memory: Int = 100, _ change: (inout PlacementRequest) throws -> Void = { _ in }
    ) rethrows -> PlacementRequest {
        var request = PlacementRequest(
            resources: TaskResources(cpu: cpu, memory: memory), scope: .service("web"), strategies: [.binpack(.cpu)])
        try change(&request)
        return request
    }

    // MARK: Remedies

    /// In random worlds, each remedy is applied and looked at. Failing seeds replay with `DRYPORT_SEED`.
    @Test func remediesAreTrue() throws {
        var applied: [String: Int] = [:]
        var failures = 0
        let seeds = Seeds.chosen(insteadOf: 1...600)
        for seed in seeds where failures < 5 {
            do {
                var world = try PlacementWorld(seed: seed, size: .small)
                for _ in 0..<world.generator.number(0...20) { try world.step() }
                for _ in 0..<25 {
                    for rule in try world.checkRemedies(of: world.generator.request()) {
                        applied[rule.reason, default: 0] += 1
                    }
                }
            } catch {
                failures += 1
                Issue.record("world \(seed): \(error)\n\(Seeds.replay(seed, in: "ExplanationTests"))")
            }
        }
        // Each kind of remedy has been seen often.
        guard seeds.count > 100, failures == 0 else { return }
        let reasons: [PlacementRefusal] = [.inactive, .agent, .attribute("", value: nil), .cpu, .memory, .ports, .gpu]
        for reason in reasons.map(\.reason) + [
            "MemberOf placement constraint unsatisfied.", PlacementRefusal.distinctInstance.reason,
            PlacementRefusal.custom("not-idle").reason,
        ] {
            #expect(applied[reason, default: 0] >= 3, "\(reason): \(applied)")
        }
    }

    @Test func amountsComeFirstThenPortsThenRulesByWhatTheyOpen() throws {
        var engine = PlacementEngine()
        try engine.add(PlacementInstance(id: "cpu-60", cpu: 40, memory: 500))
        try engine.add(PlacementInstance(id: "cpu-30", cpu: 70, memory: 500))
        try engine.add(PlacementInstance(id: "memory-20", cpu: 500, memory: 80))
        try engine.add(PlacementInstance(id: "port", cpu: 500, memory: 500, tcpPorts: [80]))
        try engine.add(PlacementInstance(id: "off", isConnected: false, cpu: 500, memory: 500))
        try engine.add(PlacementInstance(id: "drained", status: .draining, cpu: 500, memory: 500))
        try engine.add(PlacementInstance(id: "drained too", status: .draining, cpu: 500, memory: 500))
        let request = request { $0.resources.tcpPorts = [80] }
        let explanation = try engine.explain(request)
        #expect(
            explanation.remedies.map(\.description) == [
                "memory-20 needs 20 MiB more memory", "cpu-30 needs 30 more CPU units",
                "port fits if 80/tcp becomes free", "2 instances fit if they are set to ACTIVE",
                "off fits if its agent reconnects",
            ])
        #expect(explanation.remedies.map(\.instanceCount) == [1, 1, 1, 2, 1])
        #expect(explanation.closest?.instance == "port")
    }

    @Test func withoutASingleRemedyAllThatTheClosestLacksIsOne() throws {
        var engine = PlacementEngine()
        try engine.add(PlacementInstance(id: "a", status: .draining, isConnected: false, cpu: 10, memory: 500))
        try engine.add(PlacementInstance(id: "b", cpu: 99, memory: 50))
        try engine.add(PlacementInstance(id: "c", cpu: 99, memory: 51))
        let explanation = try engine.explain(request())
        #expect(explanation.closest?.instance == "c")
        #expect(explanation.closest?.lacks == [.cpu(1), .memory(49)])
        #expect(explanation.remedies.map(\.description) == ["c needs 1 more CPU unit and 49 MiB more memory"])
        #expect(
            explanation.description
                == "0 of 3 instances fit: 1 not ACTIVE, 2 CPU; c needs 1 more CPU unit and 49 MiB more memory")
    }

    /// An expression about the connection is no lack of its own, but one that forbids connected agents is.
    @Test func reconnectingHelpsOnlyWhereNothingForbidsIt() throws {
        let engine = try PlacementEngine([PlacementInstance(id: "i", isConnected: false, cpu: 500, memory: 500)])
        let wanted = try request { $0.constraints = [try Self.query("agentConnected == true")] }
        #expect(try engine.lacks(for: wanted, on: "i") == [.connection])
        #expect(try engine.explain(wanted).remedies.map(\.changes) == [[.connection]])
        let forbidden = try request { $0.constraints = [try Self.query("agentConnected == false")] }
        let explanation = try engine.explain(forbidden)
        let reasons = ["AGENT", "MemberOf placement constraint unsatisfied."]
        #expect(explanation.closest?.lacks.map(\.rule.reason) == reasons)
        #expect(explanation.remedies.map(\.changes) == [explanation.closest?.lacks])
    }

    /// More room is no remedy if a rule of the importer's own then says no.
    @Test func roomThatBreaksAnotherRuleIsNoRemedy() throws {
        let engine = try PlacementEngine([PlacementInstance(id: "i", cpu: 90, memory: 500)])
        let rule = PlacementConstraint.custom(CustomPlacementConstraint(NotRoomy(limit: 95)))
        let explanation = try engine.explain(request { $0.constraints = [rule] })
        #expect(explanation.closest?.lacks == [.cpu(10)])
        #expect(explanation.remedies.isEmpty)
        let fine = PlacementConstraint.custom(CustomPlacementConstraint(NotRoomy(limit: 101)))
        #expect(try engine.explain(request { $0.constraints = [fine] }).remedies.map(\.changes) == [[.cpu(10)]])
    }

    @Test func aConstraintThatIsGivenTwiceIsLackingOnce() throws {
        let engine = try PlacementEngine([PlacementInstance(id: "i", cpu: 500, memory: 500)])
        let request = try request {
            $0.constraints = [try Self.query("attribute:a exists"), try Self.query("(attribute:a   exists)")]
        }
        let explanation = try engine.explain(request)
        #expect(explanation.closest?.lacks.count == 1)
        #expect(explanation.remedies.map(\.description) == ["i fits if attribute:a exists is dropped"])
    }

    // MARK: Order and counts

    @Test func theFirstReasonInOrderIsGivenAndEachRemovalCounted() throws {
        var engine = PlacementEngine()
        var request = try request { request in
            request.resources = TaskResources(cpu: 100, memory: 100, tcpPorts: [80], udpPorts: [53], gpus: 1)
            request.requiredAttributes = ["size": "big", "disk": nil]
            request.constraints = [
                .custom(CustomPlacementConstraint(OnRack(rack: "r1"))), .distinctInstance,
                try Self.query("attribute:stack == prod"),
            ]
        }
        // Everything is wrong; then one thing after the other is right.
        var instance = PlacementInstance(
            id: "i", status: .draining, isConnected: false, cpu: 0, memory: 0, tcpPorts: [80], udpPorts: [53])
        try engine.add(instance)
        try engine.restore(PlacementRequest(scope: .service("web")), at: Placement(instance: "i"))
        let steps: [(reason: PlacementRefusal, mend: (inout PlacementInstance) -> Void)] = [
            (.inactive, { $0.status = .active }), (.agent, { $0.isConnected = true }),
            (.attribute("disk", value: nil), { $0.attributes["disk"] = .some(nil) }),
            (.attribute("size", value: "big"), { $0.attributes["size"] = "big" }),
            (.cpu, { $0.cpu = 100 }), (.memory, { $0.memory = 100 }), (.ports, { $0.tcpPorts = [] }),
            (.ports, { $0.udpPorts = [] }), (.gpu, { $0.gpus = ["gpu"] }),
            (.memberOf(try ClusterQuery(parsing: "attribute:stack == prod")), { $0.attributes["stack"] = "prod" }),
        ]
        for step in steps {
            #expect(try engine.refusal(of: request, on: "i") == step.reason)
            let explanation = try engine.explain(request)
            #expect(explanation.removed.map(\.rule) == [step.reason])
            #expect(explanation.removed.map(\.count) == [1])
            #expect(explanation.fittingCount == 0)
            step.mend(&instance)
            try engine.update(instance)
        }
        #expect(try engine.refusal(of: request, on: "i") == .distinctInstance)
        #expect(try engine.lacks(for: request, on: "i") == [.distinctInstance(1), .custom("on-rack-r1")])
        request.scope = .taskGroup("service:web")
        #expect(try engine.refusal(of: request, on: "i") == .custom("on-rack-r1"))
        instance.attributes["rack"] = "r1"
        try engine.update(instance)
        #expect(try engine.refusal(of: request, on: "i") == nil)
        #expect(try engine.explain(request).fittingCount == 1)
        #expect(try engine.explain(request).description == "1 of 1 instances fit")
    }

    @Test func withoutInstancesThereIsNothingToSay() throws {
        let explanation = try PlacementEngine().explain(request())
        #expect(explanation.instanceCount == 0 && explanation.fittingCount == 0)
        #expect(explanation.closest == nil && explanation.remedies.isEmpty && explanation.removed.isEmpty)
        #expect(explanation.description == "there are no instances")
    }

    @Test func lacksReadAsTheyAreMeant() throws {
        let lacks: [(PlacementLack, String, String)] = [
            (.active, "to be ACTIVE", "INACTIVE"), (.connection, "its agent to be connected", "AGENT"),
            (.attribute("a", wanted: nil, held: nil), "the attribute a", "ATTRIBUTE"),
            (.attribute("a", wanted: "b", held: nil), "the attribute a with the value b", "ATTRIBUTE"),
            (.attribute("a", wanted: "b", held: "c"), "the attribute a to be b, not 'c'", "ATTRIBUTE"),
            (.cpu(1), "1 more CPU unit", "RESOURCE:CPU"), (.cpu(3), "3 more CPU units", "RESOURCE:CPU"),
            (.memory(3), "3 MiB more memory", "RESOURCE:MEMORY"),
            (.ports(tcp: [80], udp: []), "port 80/tcp to be free", "RESOURCE:PORTS"),
            (.ports(tcp: [80], udp: [53]), "ports 80/tcp, 53/udp to be free", "RESOURCE:PORTS"),
            (.gpus(1), "1 more GPU", "RESOURCE:GPU"), (.gpus(2), "2 more GPUs", "RESOURCE:GPU"),
            (
                .memberOf(try ClusterQuery(parsing: "attribute:a exists")), "to satisfy attribute:a exists",
                "MemberOf placement constraint unsatisfied."
            ),
            (
                .distinctInstance(1), "none of its 1 task of the group",
                "distinctInstance placement constraint unsatisfied."
            ),
            (.custom("calm"), "to satisfy calm", "calm placement constraint unsatisfied."),
        ]
        for (lack, text, reason) in lacks {
            #expect(lack.description == text)
            #expect(lack.rule.reason == reason)
        }
    }
}
