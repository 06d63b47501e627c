// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel

// What callers do to services in a world.
extension SchedulerWorld {
    mutating func createService(using dice: inout SeededGenerator) throws {
        var request = ECS.CreateServiceRequest()
        request.serviceName = WorldImage.serviceNames.randomElement(using: &dice)
        let kind = Int.random(in: 0..<10, using: &dice)
        if kind < 3 {
            request.schedulingStrategy = "DAEMON"
        } else {
            request.desiredCount = .random(in: 0...6, using: &dice)
            request.placementStrategy = strategies(using: &dice)
        }
        if kind == 3 || kind == 4 {
            request.deploymentController = ECS.DeploymentController(type: "EXTERNAL")
        } else {
            request.taskDefinition = Self.families.randomElement(using: &dice)
            request.deploymentConfiguration = rollout(isDaemon: kind < 3, using: &dice)
        }
        request.placementConstraints = constraints(using: &dice)
        request.healthCheckGracePeriodSeconds = [nil, 100].randomElement(using: &dice)!
        try call(request)
    }

    mutating func updateService(using dice: inout SeededGenerator) throws {
        guard
            let service = image.services.values.sorted(by: { $0.serviceName! < $1.serviceName! })
                .randomElement(using: &dice)
        else { return }
        var request = ECS.UpdateServiceRequest(service: service.serviceName)
        let isDaemon = service.schedulingStrategy == "DAEMON"
        if !isDaemon, Bool.random(using: &dice) { request.desiredCount = .random(in: 0...6, using: &dice) }
        if service.deploymentController?.type != "EXTERNAL" {
            switch Int.random(in: 0..<6, using: &dice) {
            case 0, 1: request.taskDefinition = Self.families.randomElement(using: &dice)
            case 2: request.forceNewDeployment = true
            case 3: request.deploymentConfiguration = rollout(isDaemon: isDaemon, using: &dice)
            case 4: request.placementConstraints = constraints(using: &dice)
            default: request.healthCheckGracePeriodSeconds = [0, 100].randomElement(using: &dice)!
            }
        }
        try call(request)
    }

    private func rollout(isDaemon: Bool, using dice: inout SeededGenerator) -> ECS.DeploymentConfiguration? {
        let percentages: [(Int, Int)?] = [nil, (50, 200), (100, 200), (0, 100), (50, 150), (100, 125), (75, 100)]
        guard let (minimum, maximum) = percentages.randomElement(using: &dice)! else { return nil }
        return ECS.DeploymentConfiguration(
            deploymentCircuitBreaker: ECS.DeploymentCircuitBreaker(
                enable: .random(using: &dice), rollback: .random(using: &dice)),
            maximumPercent: maximum, minimumHealthyPercent: minimum)
    }

    private func constraints(using dice: inout SeededGenerator) -> [ECS.PlacementConstraint] {
        switch Int.random(in: 0..<8, using: &dice) {
        case 0: [ECS.PlacementConstraint(type: "memberOf", expression: "attribute:site == north")]
        case 1: [ECS.PlacementConstraint(type: "distinctInstance")]
        default: []
        }
    }

    private func strategies(using dice: inout SeededGenerator) -> [ECS.PlacementStrategy] {
        let strategies: [(String, String?)?] = [
            nil, ("random", nil), ("binpack", "memory"), ("spread", "attribute:site"),
        ]
        return strategies.randomElement(using: &dice)!.map { [ECS.PlacementStrategy(type: $0.0, field: $0.1)] } ?? []
    }

    // MARK: Task sets

    mutating func changeTaskSet(using dice: inout SeededGenerator) throws {
        let services = image.services.values.filter { $0.deploymentController?.type == "EXTERNAL" }
        guard let service = services.sorted(by: { $0.serviceName! < $1.serviceName! }).randomElement(using: &dice)
        else { return }
        let scale = ECS.Scale(value: [0, 20, 50, 100].randomElement(using: &dice)!, unit: "PERCENT")
        let set = service.taskSets?.randomElement(using: &dice)?.id
        switch Int.random(in: 0..<6, using: &dice) {
        case 0, 1:
            try call(
                ECS.CreateTaskSetRequest(
                    service: service.serviceName, cluster: "default",
                    taskDefinition: ["tiny", "wide", "checked"].randomElement(using: &dice), scale: scale))
        case 2, 3:
            try call(
                ECS.UpdateTaskSetRequest(
                    cluster: "default", service: service.serviceName, taskSet: set, scale: scale))
        case 4:
            try call(
                ECS.UpdateServicePrimaryTaskSetRequest(
                    cluster: "default", service: service.serviceName, primaryTaskSet: set))
        default:
            try call(
                ECS.DeleteTaskSetRequest(
                    cluster: "default", service: service.serviceName, taskSet: set, force: .random(using: &dice)))
        }
    }

    mutating func protect(using dice: inout SeededGenerator) throws {
        var tasks: [String] = []
        for _ in 0..<2 { tasks += [randomTask(using: &dice)?.taskArn].compactMap(\.self) }
        try call(
            ECS.UpdateTaskProtectionRequest(
                cluster: "default", tasks: tasks, protectionEnabled: Int.random(in: 0..<4, using: &dice) > 0,
                expiresInMinutes: .random(in: 1...20, using: &dice)))
    }
}
