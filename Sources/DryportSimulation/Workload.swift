// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel

/// The task definitions of every world, and how their containers behave.
enum Workload {
    /// An image that no registry has.
    static let missingImage = "missing"
    /// The families, each as often as it is to be drawn.
    static let families = [
        "service", "service", "service", "job", "job", "job", "pair", "init", "restart", "port", "role", "missing",
        "large",
    ]

    /// How long a container of an image runs by itself, and its exit code; nil if it never ends.
    static func life(of image: String, using random: inout SeededGenerator) -> (duration: Duration, code: Int)? {
        switch image {
        case "job":
            let codes = [0, 0, 0, 1, 2, 137]
            return (random.duration(in: .milliseconds(1) ... .seconds(40)), codes.randomElement(using: &random)!)
        case "setup": return (random.duration(in: .milliseconds(1) ... .seconds(3)), random.happens(0.1) ? 1 : 0)
        case "restart": return (random.duration(in: .seconds(10) ... .seconds(120)), 1)
        default: return nil
        }
    }

    /// What registers the definitions.
    static var definitions: [ECS.RegisterTaskDefinitionRequest] {
        let sidecar = container("sidecar", image: "service", isEssential: false)
        var main = container("main", image: "service")
        main.dependsOn = [ContainerDependency(containerName: "sidecar", condition: "START")]
        main.stopTimeout = 5
        var after = container("main", image: "service")
        after.dependsOn = [ContainerDependency(containerName: "setup", condition: "SUCCESS")]
        var restarting = container("main", image: "restart")
        restarting.restartPolicy = ContainerRestartPolicy(enabled: true, restartAttemptPeriod: 60)
        var port = container("main", image: "service")
        port.portMappings = [PortMapping(containerPort: 80, hostPort: 8080)]
        var role = definition("role", [container("main", image: "service")])
        role.taskRoleArn = "worker"
        return [
            definition("service", [container("main", image: "service")]),
            definition("job", [container("main", image: "job")]),
            definition("pair", [main, sidecar]),
            definition("init", [after, container("setup", image: "setup", isEssential: false)]),
            definition("restart", [restarting]), definition("port", [port]), role,
            definition("missing", [container("main", image: missingImage)]),
            definition("large", [container("main", image: "service", cpu: 1024)]),
        ]
    }

    private static func container(
        _ name: String, image: String, isEssential: Bool = true, cpu: Int = 128
    ) -> ContainerDefinition {
        var container = ContainerDefinition(name: name, image: image)
        container.cpu = cpu
        container.memory = 256
        container.essential = isEssential
        return container
    }

    private static func definition(
        _ family: String, _ containers: [ContainerDefinition]
    ) -> ECS.RegisterTaskDefinitionRequest {
        var request = ECS.RegisterTaskDefinitionRequest()
        request.family = family
        request.containerDefinitions = containers
        request.requiresCompatibilities = ["EXTERNAL"]
        return request
    }
}
