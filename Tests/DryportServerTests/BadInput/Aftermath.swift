// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel
import DryportServer

/// What follows when a damaged request was let in: agents connect and are told what to run, tasks start, time passes.
/// Whatever was stored must not be more than that can bear.
struct Aftermath {
    private var machine: ControlPlaneMachine
    private var now: Instant
    private var random = SeededGenerator(seed: 3)
    private var messages: [ACS.ServerMessage] = []
    private var lastSession: UInt64 = 1000
    private let world: PreparedWorld

    /// - Parameter machine: The control plane as the request has left it.
    init(_ machine: ControlPlaneMachine, in world: PreparedWorld) {
        self.machine = machine
        self.world = world
        now = world.now
        // Events are made of everything that changes.
        self.machine.publishesEvents = true
    }

    /// Goes on.
    /// - Parameter answer: What the request was answered with.
    /// - Returns: The messages to agents.
    mutating func goOn(after answer: APIFront.Response) throws -> [ACS.ServerMessage] {
        connect(world.names["instanceArn"])
        connect(world.names["secondArn"])
        if let registered = try? answer.decoded(ECS.RegisterTaskDefinitionResponse.self).taskDefinition {
            run(registered)
        }
        for duration in [Duration.seconds(1), .seconds(60), .seconds(3600), .seconds(40 * 24 * 3600)] {
            now = now.advanced(by: duration)
            try take(machine.wake(at: now, using: &random))
        }
        return messages
    }

    /// Runs a task of a definition on an instance that has everything it asks for.
    private mutating func run(_ definition: TaskDefinition) {
        var registration = ECS.RegisterContainerInstanceRequest()
        registration.totalResources = ["CPU", "MEMORY"].map {
            ECS.Resource(name: $0, type: "INTEGER", integerValue: 1 << 39)
        }
        registration.platformDevices = (0..<8).map { ECS.PlatformDevice(id: "GPU-\($0)", type: "GPU") }
        registration.attributes =
            (definition.requiresAttributes ?? []) + [Attribute(name: "ecs.capability.external")]
        guard let instance = call(registration)?.containerInstance?.containerInstanceArn else { return }
        connect(instance)
        var start = ECS.StartTaskRequest()
        start.containerInstances = [instance]
        start.taskDefinition = definition.taskDefinitionArn
        guard let task = call(start)?.tasks?.first?.taskArn else { return }
        var report = ECS.SubmitTaskStateChangeRequest()
        (report.task, report.status) = (task, "RUNNING")
        _ = call(report)
        _ = call(ECS.StopTaskRequest(task: task))
    }

    // MARK: Parts

    private mutating func connect(_ instance: String?) {
        guard let instance else { return }
        lastSession += 1
        let handshake = AgentHandshake(
            cluster: "default", containerInstanceArn: instance, sendCredentials: true, agentVersion: "1.")
        // The request may have deregistered it.
        let output = try? machine.openSession(
            AgentSessionID(lastSession), handshake: handshake,
            as: .administrator(accessKeyID: PreparedWorld.administrator.id), at: now, using: &random)
        if let output { try? take(output) }
    }

    private mutating func call<Request: ControlPlaneRequest>(_ request: Request) -> Request.Response? {
        let context = CallContext(
            principal: .administrator(accessKeyID: PreparedWorld.administrator.id), endpoint: "http://127.0.0.1")
        guard let (response, output) = try? machine.perform(request, in: context, at: now, using: &random) else {
            return nil
        }
        try? take(output)
        return response
    }

    /// Makes of an output what the shell makes of it.
    private mutating func take(_ output: ControlPlaneOutput) throws {
        for case .put(let record) in output.changes { _ = record.encoded() }
        for event in output.events {
            _ = EventEnvelope(id: "", time: now.wall, scope: world.configuration.scope, event: event).json()
        }
        for case .send(_, let message) in output.effects {
            _ = try JSONCoding.encode(message)
            messages.append(message)
        }
    }
}
