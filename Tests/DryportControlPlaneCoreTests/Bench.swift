// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel
import Testing

/// A control plane on virtual time that keeps what its outputs said, as a shell would.
struct Bench {
    var machine: ControlPlaneMachine
    var random = SeededGenerator(seed: 1)
    var now = Instant(monotonic: .zero, wall: Timestamp(millisecondsSinceEpoch: 1_800_000_000_000))
    /// What the store would hold.
    var stored: [String: [UInt8]] = [:]
    /// What was sent to sessions and not looked at yet.
    var sent: [SessionEffect] = []
    var observations: [ControlPlaneObservation] = []
    var events: [ControlPlaneEvent] = []
    var wakeAt: MonotonicTime?
    var lastSession: UInt64 = 0

    static let administrator = CallContext(
        principal: .administrator(accessKeyID: "AKIA"), endpoint: "http://127.0.0.1:7070")
    static let issuer = SessionCredentialIssuer(masterKey: Redacted(Array(repeating: 7, count: 32)))

    init(configuration: ControlPlaneConfiguration = ControlPlaneConfiguration()) {
        machine = ControlPlaneMachine(configuration: configuration, issuer: Self.issuer)
        take(machine.createDefaultCluster(at: now))
    }

    mutating func take(_ output: ControlPlaneOutput) {
        for change in output.changes {
            switch change {
            case .put(let record): stored[record.key] = record.encoded()
            case .delete(let key): stored[key] = nil
            }
        }
        sent += output.effects
        observations += output.observations
        events += output.events
        wakeAt = output.wakeAt
    }

    @discardableResult
    mutating func call<Request: ControlPlaneRequest>(
        _ request: Request, as principal: Principal? = nil
    ) throws -> Request.Response {
        var context = Self.administrator
        if let principal { context.principal = principal }
        let (response, output) = try machine.perform(request, in: context, at: now, using: &random)
        take(output)
        return response
    }

    /// Lets time pass, waking the machine whenever it asks for it.
    mutating func pass(_ duration: Duration) {
        let end = now.advanced(by: duration)
        while let wakeAt, wakeAt <= end.monotonic {
            now = now.advanced(by: max(.zero, now.monotonic.duration(to: wakeAt)))
            take(machine.wake(at: now, using: &random))
        }
        now = end
    }

    /// Restarts the control plane from what is stored.
    mutating func restart() throws {
        let records = try stored.keys.sorted().map { try ControlPlaneRecord(key: $0, bytes: stored[$0]!) }
        machine = try ControlPlaneMachine(
            configuration: machine.configuration, issuer: Self.issuer, restoring: records, at: now)
        sent = []
        take(machine.wake(at: now, using: &random))
    }

    // MARK: Common moves

    mutating func registerInstance(
        cpu: Int = 2048, memory: Int = 4096, gpus: [String] = [], principal: Principal? = nil, cluster: String? = nil
    ) throws -> String {
        var request = ECS.RegisterContainerInstanceRequest(
            cluster: cluster,
            totalResources: [
                ECS.Resource(name: "CPU", type: "INTEGER", integerValue: cpu),
                ECS.Resource(name: "MEMORY", type: "INTEGER", integerValue: memory),
                ECS.Resource(name: "PORTS", type: "STRINGSET", stringSetValue: ["22", "2375"]),
                ECS.Resource(name: "PORTS_UDP", type: "STRINGSET", stringSetValue: []),
            ],
            attributes: Self.capabilities.map { Attribute(name: $0) })
        request.platformDevices = gpus.map { ECS.PlatformDevice(id: $0, type: "GPU") }
        return try #require(try call(request, as: principal).containerInstance?.containerInstanceArn)
    }

    static let capabilities =
        [
            "ecs.capability.external", "com.amazonaws.ecs.capability.logging-driver.json-file",
            "com.amazonaws.ecs.capability.task-iam-role", "ecs.capability.container-health-check",
        ]
        + ["17", "18", "19", "20", "21", "22", "23", "24", "25"].map {
            "com.amazonaws.ecs.capability.docker-remote-api.1.\($0)"
        }

    @discardableResult
    mutating func connect(
        _ instance: String, sendCredentials: Bool = false, principal: Principal? = nil
    ) throws -> AgentSessionID {
        lastSession += 1
        let id = AgentSessionID(lastSession)
        let handshake = AgentHandshake(
            cluster: "default", containerInstanceArn: instance, sendCredentials: sendCredentials)
        take(
            try machine.openSession(
                id, handshake: handshake, as: principal ?? Self.administrator.principal, at: now, using: &random))
        return id
    }

    mutating func receive(_ message: ACS.AgentMessage, on session: AgentSessionID) {
        take(machine.receive(message, on: session, at: now, using: &random))
    }

    @discardableResult
    mutating func registerDefinition(
        family: String = "web", port: Int? = nil, taskRole: String? = nil, cpu: Int = 256, memory: Int = 512,
        hasHealthCheck: Bool = false
    ) throws -> TaskDefinition {
        var container = ContainerDefinition(name: "main", image: "busybox")
        container.cpu = cpu
        container.memory = memory
        if hasHealthCheck { container.healthCheck = HealthCheck(command: ["CMD-SHELL", "true"]) }
        if let port { container.portMappings = [PortMapping(containerPort: port, hostPort: port)] }
        var request = ECS.RegisterTaskDefinitionRequest()
        request.family = family
        request.taskRoleArn = taskRole
        request.containerDefinitions = [container]
        request.requiresCompatibilities = ["EXTERNAL"]
        return try #require(try call(request).taskDefinition)
    }

    mutating func run(_ definition: String = "web", count: Int = 1) throws -> ECS.RunTaskResponse {
        try call(ECS.RunTaskRequest(count: count, launchType: "EXTERNAL", taskDefinition: definition))
    }

    mutating func describe(_ arn: String) throws -> ECS.Task {
        try #require(try call(ECS.DescribeTasksRequest(tasks: [arn])).tasks?.first)
    }

    mutating func report(
        _ arn: String, _ status: String, container: String? = nil, exitCode: Int? = nil, reason: String? = nil,
        as principal: Principal? = nil
    ) throws {
        var request = ECS.SubmitTaskStateChangeRequest()
        request.task = arn
        request.status = status
        request.reason = reason ?? ""
        if let container {
            var change = ECS.ContainerStateChange()
            change.containerName = "main"
            change.status = container
            change.exitCode = exitCode
            change.runtimeId = "r-1"
            request.containers = [change]
        }
        try call(request, as: principal)
    }

    /// Takes the messages that were sent and not looked at yet.
    mutating func messages() -> [ACS.ServerMessage] {
        defer { sent = [] }
        return sent.compactMap { effect in
            if case .send(_, let message) = effect { return message }
            return nil
        }
    }
}

extension [ACS.ServerMessage] {
    var payloads: [ACS.PayloadMessage] {
        compactMap { message in
            if case .payload(let payload) = message { return payload }
            return nil
        }
    }

    var manifests: [ACS.TaskManifestMessage] {
        compactMap { message in
            if case .taskManifest(let manifest) = message { return manifest }
            return nil
        }
    }

    var credentials: [ACS.IAMRoleCredentialsMessage] {
        compactMap { message in
            if case .credentials(let credentials) = message { return credentials }
            return nil
        }
    }
}
