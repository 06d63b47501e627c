// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportPlacement
import OrderedCollections

// How things look to callers (`ecs-control-plane.md` §4.4, §4.5, §5.2). Lists and counters are always there;
// other members without a value are absent.
extension ClusterMachine {
    func describe(_ task: TaskRecord, includeTags: Bool = true) -> ECS.Task {
        let instance = instances[task.instanceID]
        var result = ECS.Task()
        result.attachments = []
        result.attributes =
            instance?.attribute("ecs.cpu-architecture").map {
                [Attribute(name: "ecs.cpu-architecture", value: $0)]
            } ?? []
        result.availabilityZone = instance?.attribute("ecs.availability-zone")
        result.clusterArn = arn
        result.connectivity = instance?.isConnected == true ? "CONNECTED" : "DISCONNECTED"
        result.connectivityAt = max(task.times.createdAt, instance?.connectedAt ?? task.times.createdAt)
        result.containerInstanceArn = arn(ofInstance: task.instanceID)
        result.containers = task.containers.map { describe($0, of: task) }
        result.cpu = task.cpu
        result.memory = task.memory
        result.createdAt = task.times.createdAt
        result.desiredStatus = task.desiredStatus.rawValue
        result.lastStatus = task.lastStatus.rawValue
        result.enableExecuteCommand = task.enableExecuteCommand
        result.executionStoppedAt = task.times.executionStoppedAt
        result.group = task.group
        result.healthStatus = task.health.rawValue
        result.inferenceAccelerators = []
        result.launchType = LaunchType.external.rawValue
        result.overrides = task.overrides
        result.pullStartedAt = task.times.pullStartedAt
        result.pullStoppedAt = task.times.pullStoppedAt
        result.startedAt = task.times.startedAt
        result.startedBy = task.startedBy
        result.stopCode = task.stopCode?.rawValue
        result.stoppedAt = task.times.stoppedAt
        result.stoppedReason = task.stoppedReason
        result.stoppingAt = task.times.stoppingAt
        result.tags = includeTags ? task.tags : []
        result.taskArn = arn(of: task)
        result.taskDefinitionArn = scope.taskDefinition(family: task.family, revision: task.revision)
        result.version = task.changes
        return result
    }

    private func describe(_ container: ContainerRecord, of task: TaskRecord) -> ECS.Container {
        var result = ECS.Container()
        result.containerArn = scope.container(container.id, task: task.id, cluster: name)
        result.taskArn = arn(of: task)
        result.name = container.name
        result.image = container.image
        result.imageDigest = container.imageDigest
        result.runtimeId = container.runtimeID
        result.lastStatus = container.lastStatus.rawValue
        result.exitCode = container.exitCode
        result.reason = container.reason
        result.networkBindings = container.networkBindings
        result.networkInterfaces = []
        result.healthStatus = container.health.rawValue
        result.cpu = container.cpu
        result.memory = container.memory
        result.memoryReservation = container.memoryReservation
        result.gpuIds = container.gpus.isEmpty ? nil : container.gpus
        return result
    }

    func describe(_ instance: ClusterInstance, includeTags: Bool = false) -> ECS.ContainerInstance {
        let record = instance.record
        var result = ECS.ContainerInstance()
        result.containerInstanceArn = arn(ofInstance: record.id)
        result.ec2InstanceId = record.managedInstanceID
        result.version = instance.changes
        result.versionInfo = record.version ?? ECS.VersionInfo()
        result.registeredResources = Self.resources(
            cpu: record.resources.cpu, memory: record.resources.memory, tcpPorts: record.resources.tcpPorts,
            udpPorts: record.resources.udpPorts,
            gpus: record.resources.gpus.isEmpty ? nil : record.resources.gpus)
        // Ports that remain are those in use, not those that are free (§4.5).
        result.remainingResources = result.registeredResources
        if let left = try? placement.capacity(of: record.id) {
            result.remainingResources = Self.resources(
                // An agent may register less than what its tasks hold.
                cpu: max(0, left.cpu), memory: max(0, left.memory),
                tcpPorts: Self.inOrder(left.tcpPorts, after: record.resources.tcpPorts),
                udpPorts: Self.inOrder(left.udpPorts, after: record.resources.udpPorts),
                gpus: record.resources.gpus.isEmpty ? nil : left.gpus)
        }
        result.status = record.status.rawValue
        result.agentConnected = record.status != .inactive && instance.isConnected
        result.runningTasksCount = instance.runningTasksCount
        result.pendingTasksCount = instance.pendingTasksCount
        result.attributes = record.attributes
        result.registeredAt = record.registeredAt
        result.attachments = []
        result.tags = includeTags ? record.tags : []
        return result
    }

    /// Ports in use: those that the agent registered, in its order, and then those of tasks.
    private static func inOrder(_ ports: [Int], after registered: [Int]) -> [Int] {
        let known = Set(registered)
        return registered + ports.filter { !known.contains($0) }
    }

    /// - Parameter gpus: nil for a host that has none at all.
    private static func resources(
        cpu: Int, memory: Int, tcpPorts: [Int], udpPorts: [Int], gpus: [String]?
    ) -> [ECS.Resource] {
        func number(_ name: String, _ value: Int) -> ECS.Resource {
            ECS.Resource(name: name, type: "INTEGER", doubleValue: 0, longValue: 0, integerValue: value)
        }
        func set(_ name: String, _ values: [String]) -> ECS.Resource {
            ECS.Resource(
                name: name, type: "STRINGSET", doubleValue: 0, longValue: 0, integerValue: 0, stringSetValue: values)
        }
        var resources = [
            number("CPU", cpu), number("MEMORY", memory), set("PORTS", tcpPorts.map(String.init)),
            set("PORTS_UDP", udpPorts.map(String.init)),
        ]
        if let gpus { resources.append(set("GPU", gpus)) }
        return resources
    }

    func describe(including include: Set<String> = []) -> ECS.Cluster {
        let active = instances.values.filter { $0.record.status != .inactive }
        var result = ECS.Cluster()
        result.clusterArn = arn
        result.clusterName = name
        result.status = record.isActive ? "ACTIVE" : "INACTIVE"
        result.registeredContainerInstancesCount = active.count
        result.runningTasksCount = active.reduce(0) { $0 + $1.runningTasksCount }
        result.pendingTasksCount = active.reduce(0) { $0 + $1.pendingTasksCount }
        result.activeServicesCount = count(.active)
        result.capacityProviders = []
        result.defaultCapacityProviderStrategy = []
        result.settings = include.contains("SETTINGS") ? record.settings : []
        result.configuration = include.contains("CONFIGURATIONS") ? record.configuration : nil
        result.tags = include.contains("TAGS") ? record.tags : []
        result.statistics = include.contains("STATISTICS") ? statistics : []
        return result
    }

    private func count(_ status: ServiceRecord.Status) -> Int {
        services.values.count { $0.record.status == status }
    }

    /// The counts by launch type, under the names that clients know. There is nothing but external instances here.
    private var statistics: [KeyValuePair] {
        let running = instances.values.reduce(0) { $0 + $1.runningTasksCount }
        let pending = instances.values.reduce(0) { $0 + $1.pendingTasksCount }
        let external = [running, pending, count(.active), count(.draining)]
        return ["EC2", "Fargate", "External"].flatMap { kind in
            let names = [
                "running\(kind)TasksCount", "pending\(kind)TasksCount", "active\(kind)ServiceCount",
                "draining\(kind)ServiceCount",
            ]
            return zip(names, external).map { KeyValuePair(name: $0, value: kind == "External" ? String($1) : "0") }
        }
    }
}

extension TaskRecord {
    /// Of the essential containers with health checks: unhealthy if one is, healthy if all are, else unknown (§5.1).
    var health: HealthStatus {
        let essential = containers.filter { $0.isEssential && $0.hasHealthCheck ?? true }
        if essential.contains(where: { $0.health == .unhealthy }) { return .unhealthy }
        return !essential.isEmpty && essential.allSatisfy { $0.health == .healthy } ? .healthy : .unknown
    }
}
