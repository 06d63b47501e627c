// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

// A control plane with instances, and agents that do what the test says.
extension Bench {
    /// A bench with connected instances.
    static func withInstances(
        _ count: Int, cpu: Int = 2048, memory: Int = 4096,
        configuration: ControlPlaneConfiguration = ControlPlaneConfiguration()
    ) throws -> Bench {
        var configuration = configuration
        // These agents answer no heartbeats, and are to stay connected all the same.
        configuration.toleratedHeartbeats = .max
        var bench = Bench(configuration: configuration)
        for _ in 0..<count { try bench.addInstance(cpu: cpu, memory: memory) }
        return bench
    }

    @discardableResult
    mutating func addInstance(cpu: Int = 2048, memory: Int = 4096) throws -> String {
        let arn = try registerInstance(cpu: cpu, memory: memory)
        try connect(arn)
        settle()
        return arn
    }

    /// Lets the scheduler do what is due now.
    mutating func settle() { pass(.zero) }

    @discardableResult
    mutating func createService(
        _ name: String = "web", desired: Int? = 1, definition: String = "web", minimum: Int? = nil, maximum: Int? = nil,
        breaker: (enable: Bool, rollback: Bool)? = nil, daemon: Bool = false,
        change: (inout ECS.CreateServiceRequest) -> Void = { _ in }
    ) throws -> ECS.Service {
        var request = ECS.CreateServiceRequest()
        request.serviceName = name
        request.taskDefinition = definition
        request.desiredCount = daemon ? nil : desired
        request.launchType = "EXTERNAL"
        request.schedulingStrategy = daemon ? "DAEMON" : nil
        if minimum != nil || maximum != nil || breaker != nil {
            request.deploymentConfiguration = ECS.DeploymentConfiguration(
                deploymentCircuitBreaker: breaker.map {
                    ECS.DeploymentCircuitBreaker(enable: $0.enable, rollback: $0.rollback)
                }, maximumPercent: maximum, minimumHealthyPercent: minimum)
        }
        change(&request)
        let service = try #require(try call(request).service)
        settle()
        return service
    }

    @discardableResult
    mutating func updateService(
        _ name: String = "web", desired: Int? = nil, definition: String? = nil,
        change: (inout ECS.UpdateServiceRequest) -> Void = { _ in }
    ) throws -> ECS.Service {
        var request = ECS.UpdateServiceRequest()
        request.service = name
        request.desiredCount = desired
        request.taskDefinition = definition
        change(&request)
        let service = try #require(try call(request).service)
        settle()
        return service
    }

    mutating func service(_ name: String = "web") throws -> ECS.Service {
        try #require(
            try call(ECS.DescribeServicesRequest(services: [name], include: ["TAGS"])).services?.first)
    }

    mutating func events(of name: String = "web") throws -> [String] {
        try #require(try service(name).events).compactMap(\.message).reversed()
    }

    /// All tasks of a service that are described, in no particular order.
    mutating func tasks(of name: String = "web", desired: String = "RUNNING") throws -> [ECS.Task] {
        let request = ECS.ListTasksRequest(serviceName: name, desiredStatus: desired)
        let arns = try #require(try call(request).taskArns)
        guard !arns.isEmpty else { return [] }
        return try #require(try call(ECS.DescribeTasksRequest(tasks: arns, include: ["TAGS"])).tasks)
    }

    /// What agents do: start what is PENDING, and stop what is to be stopped.
    mutating func obey(_ name: String = "web") throws {
        for task in try tasks(of: name) where task.lastStatus == "PENDING" {
            try report(task.taskArn!, "RUNNING", container: "RUNNING")
        }
        try confirmStops(name)
    }

    /// What is to be stopped stops.
    mutating func confirmStops(_ name: String = "web") throws {
        for task in try tasks(of: name, desired: "STOPPED") where task.lastStatus != "STOPPED" {
            try report(task.taskArn!, "STOPPED", container: "STOPPED", exitCode: 143)
        }
        settle()
    }

    /// Obeys and waits until nothing is left to do, a bounded number of times.
    mutating func converge(_ name: String = "web", steps: Int = 30) throws {
        for _ in 0..<steps {
            try obey(name)
            pass(.seconds(41))
        }
    }

    /// Every PENDING task fails to start.
    mutating func failStarts(_ name: String = "web", reason: String = "CannotPullContainerError: no such image") throws
    {
        for task in try tasks(of: name) where task.lastStatus == "PENDING" {
            try report(task.taskArn!, "STOPPED", reason: reason)
        }
        settle()
    }
}
