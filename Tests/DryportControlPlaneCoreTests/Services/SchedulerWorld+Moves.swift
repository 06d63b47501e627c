// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel

// What happens in a world. A call that is refused is a part of life; it has changed nothing.
extension SchedulerWorld {
    mutating func perform(_ move: Move) throws {
        var dice = SeededGenerator(seed: move.seed)
        switch move.kind {
        case .report: try report(using: &dice)
        case .obey: try obey(using: &dice, isFriendly: false)
        case .health: try reportHealth(using: &dice)
        case .pass:
            let times: [Duration] = [
                .milliseconds(100), .milliseconds(251), .seconds(1), .seconds(7), .seconds(20), .seconds(41),
                .seconds(70), .seconds(300), .seconds(1800),
            ]
            try pass(times.randomElement(using: &dice)!)
        case .createService: try createService(using: &dice)
        case .updateService: try updateService(using: &dice)
        case .deleteService:
            try call(
                ECS.DeleteServiceRequest(
                    service: WorldImage.serviceNames.randomElement(using: &dice), force: .random(using: &dice)))
        case .stopDeployment:
            let arn = image.services.values.compactMap(\.currentServiceDeployment).sorted().randomElement(using: &dice)
            try call(
                ECS.StopServiceDeploymentRequest(
                    serviceDeploymentArn: arn, stopType: ["ABORT", "ROLLBACK", nil].randomElement(using: &dice)!))
        case .taskSet: try changeTaskSet(using: &dice)
        case .runTask:
            let family = Self.families.randomElement(using: &dice)
            try call(ECS.RunTaskRequest(count: .random(in: 1...3, using: &dice), taskDefinition: family))
        case .stopTask:
            try call(ECS.StopTaskRequest(task: randomTask(using: &dice)?.taskArn, reason: "the world wants it"))
        case .protect: try protect(using: &dice)
        case .definition: try register(Self.families.randomElement(using: &dice)!, using: &dice)
        case .restart: try restart()
        case .register, .connect, .disconnect, .drain, .activate, .deregister, .attribute:
            try changeHost(move.kind, using: &dice)
        }
    }

    /// Makes a call; a refusal is as good as an answer.
    @discardableResult
    mutating func call<Request: ControlPlaneRequest>(_ request: Request) throws -> Request.Response? {
        let before = bench.stored.count
        do {
            let response = try bench.call(request)
            statistics[Request.operation, default: 0] += 1
            try note(request)
            return response
        } catch is APIError {
            guard bench.stored.count == before else {
                throw Violation("a refused \(Request.operation) stores something")
            }
            return nil
        }
    }

    private mutating func note(_ request: some ControlPlaneRequest) throws {
        // All instances say the same of themselves, and at length.
        let text = String(decoding: try JSONCoding.encode(request), as: UTF8.self)
        let isRegistration = request is ECS.RegisterContainerInstanceRequest
        log.append("  \(type(of: request).operation) \(isRegistration ? "" : text)")
    }

    // MARK: Definitions

    mutating func register(_ family: String, using dice: inout SeededGenerator) throws {
        var shape = Shape(
            cpu: [64, 128].randomElement(using: &dice)!, memory: [64, 256].randomElement(using: &dice)!)
        if family == "wide" { shape.cpu = 900 }
        if family == "port" { shape.port = [8080, 8081].randomElement(using: &dice)! }
        if family == "graphic" { shape.gpus = 1 }
        shape.hasHealthCheck = family == "checked"
        var container = ContainerDefinition(name: "main", image: "busybox")
        container.cpu = shape.cpu
        container.memory = shape.memory
        if let port = shape.port { container.portMappings = [PortMapping(containerPort: 80, hostPort: port)] }
        if shape.gpus > 0 {
            container.resourceRequirements = [ResourceRequirement(value: "\(shape.gpus)", type: "GPU")]
        }
        if shape.hasHealthCheck { container.healthCheck = HealthCheck(command: ["CMD-SHELL", "true"]) }
        var request = ECS.RegisterTaskDefinitionRequest()
        request.family = family
        request.containerDefinitions = [container]
        request.requiresCompatibilities = ["EXTERNAL"]
        if let arn = try call(request)?.taskDefinition?.taskDefinitionArn { shapes[arn] = shape }
    }

    // MARK: Hosts

    private mutating func changeHost(_ kind: Move.Kind, using dice: inout SeededGenerator) throws {
        if kind == .register {
            guard hosts.count < 6 else { return }
            return try register(connected: .random(using: &dice), using: &dice)
        }
        guard let index = hosts.indices.randomElement(using: &dice) else { return }
        let arn = hosts[index].arn
        switch kind {
        case .connect: try connect(index)
        case .disconnect:
            guard let session = hosts[index].session else { return }
            bench.take(bench.machine.closeSession(session, at: bench.now))
            hosts[index].session = nil
        case .drain, .activate:
            let status = kind == .drain ? "DRAINING" : "ACTIVE"
            try call(ECS.UpdateContainerInstancesStateRequest(containerInstances: [arn], status: status))
        case .deregister:
            let request = ECS.DeregisterContainerInstanceRequest(
                containerInstance: arn, force: .random(using: &dice))
            if try call(request) != nil { hosts.remove(at: index) }
        case .attribute:
            let site = Attribute(
                name: "site", value: ["north", "south"].randomElement(using: &dice), targetId: arn)
            if Bool.random(using: &dice) {
                try call(ECS.PutAttributesRequest(attributes: [site]))
            } else {
                try call(ECS.DeleteAttributesRequest(attributes: [Attribute(name: "site", targetId: arn)]))
            }
        default: break
        }
    }

    mutating func register(connected: Bool, isHuge: Bool = false, using dice: inout SeededGenerator) throws {
        var host = Host(
            arn: "", cpu: [512, 1024, 2048].randomElement(using: &dice)!,
            memory: [1024, 4096].randomElement(using: &dice)!, gpus: Bool.random(using: &dice) ? ["g0", "g1"] : [])
        if isHuge { (host.cpu, host.memory) = (1 << 20, 1 << 20) }
        host.arn = try call(registration(of: host))?.containerInstance?.containerInstanceArn ?? ""
        hosts.append(host)
        if connected { try connect(hosts.count - 1) }
    }

    /// The host gets more of everything, and its agent says so.
    mutating func enlarge(_ index: Int) throws {
        (hosts[index].cpu, hosts[index].memory) = (1 << 20, 1 << 20)
        var request = registration(of: hosts[index])
        request.containerInstanceArn = hosts[index].arn
        try call(request)
    }

    private func registration(of host: Host) -> ECS.RegisterContainerInstanceRequest {
        ECS.RegisterContainerInstanceRequest(
            totalResources: [
                ECS.Resource(name: "CPU", type: "INTEGER", integerValue: host.cpu),
                ECS.Resource(name: "MEMORY", type: "INTEGER", integerValue: host.memory),
                ECS.Resource(name: "PORTS", type: "STRINGSET", stringSetValue: ["22"]),
            ],
            attributes: (Bench.capabilities + ["ecs.capability.task-cpu-mem-limit"]).map { Attribute(name: $0) },
            platformDevices: host.gpus.map { ECS.PlatformDevice(id: $0, type: "GPU") })
    }

    mutating func connect(_ index: Int) throws {
        do {
            hosts[index].session = try bench.connect(hosts[index].arn)
        } catch is APIError {
            // Its instance was deregistered.
        }
    }

    // MARK: Agents

    func randomTask(using dice: inout SeededGenerator) -> ECS.Task? {
        let live = image.tasks.values.filter { $0.lastStatus != "STOPPED" }
        let isLive = !live.isEmpty && Int.random(in: 0..<10, using: &dice) > 0
        let tasks = isLive ? live : Array(image.tasks.values)
        return tasks.sorted { $0.taskArn! < $1.taskArn! }.randomElement(using: &dice)
    }

    /// Some agent says something of some task; it need not be true, nor new.
    private mutating func report(using dice: inout SeededGenerator) throws {
        guard let task = randomTask(using: &dice) else { return }
        let statuses = ["RUNNING", "RUNNING", "STOPPED", "PENDING", "PULLED", nil]
        let containerStatuses = ["RUNNING", "STOPPED", "PENDING", nil]
        var request = ECS.SubmitTaskStateChangeRequest()
        request.task = task.taskArn
        request.status = statuses.randomElement(using: &dice)!
        request.reason = ["", "CannotPullContainerError: no"].randomElement(using: &dice)!
        let isStopped = request.status == "STOPPED"
        if Bool.random(using: &dice) {
            var change = ECS.ContainerStateChange()
            change.containerName = ["main", "main", "main", "other"].randomElement(using: &dice)!
            // The end of a container is the end of the task, so it is not said as often as the rest.
            change.status =
                isStopped || Int.random(in: 0..<6, using: &dice) == 0
                ? containerStatuses.randomElement(using: &dice)! : "RUNNING"
            change.exitCode = change.status == "STOPPED" ? [nil, 0, 137].randomElement(using: &dice)! : nil
            request.containers = [change]
        }
        for _ in 0..<(Int.random(in: 0..<5, using: &dice) == 0 ? 2 : 1) { try call(request) }
    }

    /// Agents do what they are told, all or, in an unfriendly world, most of it.
    mutating func obey(using dice: inout SeededGenerator, isFriendly: Bool) throws {
        let image = try WorldImage(of: &bench)
        for task in image.tasks.values.sorted(by: { $0.taskArn! < $1.taskArn! }) where task.lastStatus != "STOPPED" {
            if !isFriendly, Int.random(in: 0..<5, using: &dice) == 0 { continue }
            if !isFriendly, image.instances[task.containerInstanceArn!]?.agentConnected != true { continue }
            if task.desiredStatus == "STOPPED" {
                log.append("  \(task.taskArn!) stops")
                try bench.report(task.taskArn!, "STOPPED", container: "STOPPED", exitCode: 143)
            } else if task.lastStatus == "PENDING" {
                log.append("  \(task.taskArn!) runs")
                try bench.report(task.taskArn!, "RUNNING", container: "RUNNING")
            } else if task.healthStatus == "UNKNOWN", shapes[task.taskDefinitionArn!]?.hasHealthCheck == true {
                try bench.reportHealth(task, "HEALTHY")
            }
        }
        for effect in bench.sent {
            guard case .send(let session, .payload(let payload)) = effect else { continue }
            var ack = ACS.AckRequest()
            ack.messageId = payload.messageId
            bench.receive(.ack(ack), on: session)
        }
        bench.sent = []
    }

    private mutating func reportHealth(using dice: inout SeededGenerator) throws {
        let running = image.tasks.values.filter { $0.lastStatus == "RUNNING" }.sorted { $0.taskArn! < $1.taskArn! }
        guard let task = running.randomElement(using: &dice) else { return }
        let status = ["HEALTHY", "UNHEALTHY", "UNHEALTHY", "UNKNOWN"].randomElement(using: &dice)!
        log.append("  \(task.taskArn!) is \(status)")
        do { try bench.reportHealth(task, status) } catch is APIError {}
    }
}
