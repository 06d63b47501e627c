// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel

/// All that callers can see of a cluster with services.
struct WorldImage {
    var now = Timestamp(millisecondsSinceEpoch: 0)
    /// By ARN.
    var tasks: [String: ECS.Task] = [:]
    /// By ARN.
    var instances: [String: ECS.ContainerInstance] = [:]
    /// By name.
    var services: [String: ECS.Service] = [:]
    /// By the service's name, the newest first.
    var deployments: [String: [ECS.ServiceDeploymentBrief]] = [:]
    var cluster: ECS.Cluster?
    /// Until when tasks are protected, by ARN.
    var protections: [String: Timestamp] = [:]

    static let serviceNames = ["a", "b", "c", "d", "e"]

    init() {}

    init(of bench: inout Bench) throws {
        now = bench.now.wall
        var arns: [String] = []
        for status in ["RUNNING", "STOPPED"] {
            var request = ECS.ListTasksRequest(desiredStatus: status)
            repeat {
                let page = try bench.call(request)
                arns += page.taskArns ?? []
                request.nextToken = page.nextToken
            } while request.nextToken != nil
        }
        for start in stride(from: 0, to: arns.count, by: 100) {
            let request = ECS.DescribeTasksRequest(
                tasks: Array(arns[start..<min(arns.count, start + 100)]), include: ["TAGS"])
            for task in try bench.call(request).tasks ?? [] { tasks[task.taskArn!] = task }
        }
        let known = Set(try bench.call(ECS.ListContainerInstancesRequest()).containerInstanceArns ?? [])
            .union(tasks.values.compactMap(\.containerInstanceArn))
        if !known.isEmpty {
            let request = ECS.DescribeContainerInstancesRequest(containerInstances: known.sorted())
            for instance in try bench.call(request).containerInstances ?? [] {
                instances[instance.containerInstanceArn!] = instance
            }
        }
        let request = ECS.DescribeServicesRequest(services: Self.serviceNames, include: ["TAGS"])
        for service in try bench.call(request).services ?? [] {
            services[service.serviceName!] = service
            guard service.deploymentController?.type != "EXTERNAL" else { continue }
            deployments[service.serviceName!] =
                try bench.call(ECS.ListServiceDeploymentsRequest(service: service.serviceName, maxResults: 100))
                .serviceDeployments
        }
        let protected = try bench.call(ECS.GetTaskProtectionRequest(cluster: "default")).protectedTasks ?? []
        for task in protected { protections[task.taskArn!] = task.expirationDate }
        cluster = try bench.call(ECS.DescribeClustersRequest(include: ["STATISTICS"])).clusters?.first
    }

    /// Every task of a service that has not stopped.
    func liveTasks(of service: ECS.Service) -> [ECS.Task] {
        tasks.values.filter { $0.group == "service:\(service.serviceName!)" && $0.lastStatus != "STOPPED" }
    }

    // MARK: Comparing

    /// Without what a restart forgets: which agents are connected is unknown at first, versions of instances may leap
    /// ahead, and the order of what ended in the same millisecond is lost.
    var durable: WorldImage {
        var image = self
        for arn in image.tasks.keys {
            image.tasks[arn]!.connectivity = nil
            image.tasks[arn]!.connectivityAt = nil
        }
        for arn in image.instances.keys {
            image.instances[arn]!.version = nil
            image.instances[arn]!.agentConnected = nil
        }
        for name in image.deployments.keys {
            image.deployments[name]!.sort { left, right in
                (left.createdAt!, left.serviceDeploymentArn!) < (right.createdAt!, right.serviceDeploymentArn!)
            }
        }
        return image
    }

    /// Without what time alone takes away: what has stopped is forgotten.
    var lasting: WorldImage {
        var image = self
        image.tasks = tasks.filter { $0.value.lastStatus != "STOPPED" }
        image.instances = instances.filter { $0.value.status != "INACTIVE" }
        image.services = services.filter { $0.value.status != "INACTIVE" }
        image.deployments = deployments.filter { image.services[$0.key] != nil }
        return image
    }

    /// The first thing that is different in another image.
    func difference(to other: WorldImage) -> String? {
        func first<Value: Equatable>(_ left: [String: Value], _ right: [String: Value]) -> String? {
            Set(left.keys).union(right.keys).sorted().first { left[$0] != right[$0] }.map { key in
                "\(key) is \(left[key].map { "\($0)" } ?? "missing") and \(right[key].map { "\($0)" } ?? "missing")"
            }
        }
        if cluster != other.cluster { return "\(cluster as Any) and \(other.cluster as Any)" }
        return first(tasks, other.tasks) ?? first(instances, other.instances) ?? first(services, other.services)
            ?? first(deployments, other.deployments)
    }

    // MARK: Rest

    /// Whether nothing is left to do.
    var isQuiet: Bool { services.values.allSatisfy { unrest(of: $0) == nil } }

    /// What a service lacks of what it wants; nil if nothing.
    func unrest(of service: ECS.Service) -> String? {
        guard service.status == "ACTIVE" else { return service.status == "INACTIVE" ? nil : "does not end" }
        let live = liveTasks(of: service)
        guard live.allSatisfy({ $0.lastStatus == "RUNNING" && $0.desiredStatus == "RUNNING" }) else {
            return "has tasks on their way"
        }
        guard live.allSatisfy({ $0.healthStatus != "UNHEALTHY" }) else { return "has tasks to replace" }
        guard live.allSatisfy({ instances[$0.containerInstanceArn!]?.status == "ACTIVE" }) else {
            return "has tasks where it should have none"
        }
        if let sets = service.taskSets {
            for set in sets {
                guard set.stabilityStatus == "STEADY_STATE", set.status != "DRAINING",
                    live.count(where: { $0.startedBy == set.id }) == set.computedDesiredCount
                else { return "has a task set that is not steady" }
            }
            return nil
        }
        guard live.count == service.desiredCount else { return "does not have as many tasks as it wants" }
        guard service.deployments?.count == 1, service.deployments?.first?.rolloutState == "COMPLETED" else {
            return "has not completed its deployment"
        }
        let isOver = deployments[service.serviceName!]?.allSatisfy { brief in
            ["SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL"].contains(brief.status)
        }
        return isOver ?? true ? nil : "has service deployments that do not end"
    }
}
