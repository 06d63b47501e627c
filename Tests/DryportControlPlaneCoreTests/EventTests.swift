// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// Events in the shape of EventBridge (`ecs-control-plane.md` §12).
@Suite struct EventTests {
    private func bench() throws -> Bench {
        var bench = try Bench.withInstances(1)
        bench.machine.publishesEvents = true
        try bench.registerDefinition()
        bench.events = []
        return bench
    }

    private func json(_ event: ControlPlaneEvent, at time: Timestamp) throws -> [String: JSONTree] {
        let envelope = EventEnvelope(id: "id-1", time: time, scope: AccountScope(), event: event)
        guard case .object(let object) = try JSONCoding.decode(JSONTree.self, from: envelope.json()) else {
            Issue.record("the envelope is no object")
            return [:]
        }
        return object
    }

    @Test func nothingIsDescribedForNobody() throws {
        var bench = try Bench.withInstances(1)
        try bench.registerDefinition()
        _ = try bench.run()
        #expect(bench.events.isEmpty)
    }

    @Test func aTaskTellsItsLife() throws {
        var bench = try bench()
        let arn = try #require(try bench.run().tasks?.first?.taskArn)
        try bench.report(arn, "RUNNING", container: "RUNNING")
        try bench.report(arn, "STOPPED", container: "STOPPED", exitCode: 3)
        let tasks = bench.events.compactMap { event in if case .task(let task) = event { task } else { nil } }
        #expect(tasks.map(\.lastStatus) == ["PENDING", "RUNNING", "STOPPED"])
        let versions = tasks.compactMap(\.version)
        #expect(versions == versions.sorted() && Set(versions).count == versions.count)
        let object = try json(bench.events.first { $0.detailType == "ECS Task State Change" }!, at: bench.now.wall)
        #expect(object["version"] == .string("0"))
        #expect(object["source"] == .string("aws.ecs"))
        #expect(object["detail-type"] == .string("ECS Task State Change"))
        #expect(object["resources"] == .array([.string(arn)]))
        #expect(object["time"] == .string("2027-01-15T08:00:00Z"))
        guard case .object(let detail)? = object["detail"] else {
            Issue.record("there is no detail")
            return
        }
        #expect(detail["createdAt"] == .string("2027-01-15T08:00:00.000Z"))
        #expect(detail["updatedAt"] == .string("2027-01-15T08:00:00.000Z"))
        #expect(detail["lastStatus"] == .string("PENDING"))
        #expect(detail["tags"] == nil)
        #expect(detail["version"] == .number(1))
    }

    @Test func anInstanceTellsWhatIsLeftOfIt() throws {
        var bench = try bench()
        let arn = try #require(try bench.run().tasks?.first?.containerInstanceArn)
        let event = try #require(bench.events.last { $0.detailType == "ECS Container Instance State Change" })
        #expect(event.resource == arn)
        let object = try json(event, at: bench.now.wall)
        guard case .object(let detail)? = object["detail"], case .array(let resources)? = detail["remainingResources"]
        else {
            Issue.record("there is no detail")
            return
        }
        #expect(
            resources.first
                == .object(["name": .string("CPU"), "type": .string("INTEGER"), "integerValue": .number(1792)]))
        #expect(detail["clusterArn"] == .string("arn:aws:ecs:us-east-1:123456789012:cluster/default"))
    }

    @Test func disconnectionIsToldOfTheInstanceAndItsTasks() throws {
        var bench = try bench()
        let arn = try #require(try bench.run().tasks?.first?.taskArn)
        bench.events = []
        bench.take(bench.machine.closeSession(AgentSessionID(bench.lastSession), at: bench.now))
        bench.pass(.seconds(61))
        // The instance comes first (§12.5).
        #expect(bench.events.last?.resource == arn)
        guard case .containerInstance(let instance)? = bench.events.first else {
            Issue.record("no instance event")
            return
        }
        #expect(instance.agentConnected == false)
    }

    @Test func deploymentsAndServicesTellTheirs() throws {
        var bench = try bench()
        try bench.createService()
        try bench.converge(steps: 2)
        let names = bench.events.compactMap { event -> String? in
            switch event {
            case .serviceAction(let action, _, _): action.name
            case .deployment(let change, _): change.name.rawValue
            default: nil
            }
        }
        #expect(
            names == [
                "SERVICE_DEPLOYMENT_IN_PROGRESS", "SERVICE_STEADY_STATE", "SERVICE_DEPLOYMENT_COMPLETED",
            ])
        let event = try #require(bench.events.first { $0.detailType == "ECS Deployment State Change" })
        guard case .object(let detail)? = try json(event, at: bench.now.wall)["detail"] else {
            Issue.record("there is no detail")
            return
        }
        let id = try #require(try bench.service().deployments?.first?.id)
        #expect(detail["reason"] == .string("ECS deployment \(id) in progress."))
        #expect(detail["eventType"] == .string("INFO"))
        #expect(detail["deploymentId"] == .string(id))
    }
}

/// Any JSON, for a look at what was encoded.
private enum JSONTree: Decodable, Equatable {
    case string(String)
    case number(Double)
    case bool(Bool)
    case array([JSONTree])
    case object([String: JSONTree])
    case null

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONTree].self) {
            self = .array(value)
        } else if let value = try? container.decode([String: JSONTree].self) {
            self = .object(value)
        } else {
            self = .null
        }
    }
}
