// SPDX-License-Identifier: Apache-2.0

import DryportControlPlane
import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Foundation

/// A cluster with room for everything: a small task definition, and instances whose agents are connected and read, but
/// never answer.
struct LoadedCluster {
    static let family = "load"
    static let context = CallContext(
        principal: .administrator(accessKeyID: "figures"), endpoint: "http://localhost")
    let plane: ControlPlane

    init(_ plane: ControlPlane, instances: Int) async throws {
        self.plane = plane
        var container = ContainerDefinition(name: "main", image: "busybox:latest")
        container.cpu = 1
        container.memory = 6
        _ = try await plane.perform(
            ECS.RegisterTaskDefinitionRequest(
                family: Self.family, containerDefinitions: [container], requiresCompatibilities: ["EXTERNAL"]),
            in: Self.context)
        let attributes =
            ["ecs.capability.external"] + (17...30).map { "com.amazonaws.ecs.capability.docker-remote-api.1.\($0)" }
        let request = ECS.RegisterContainerInstanceRequest(
            totalResources: [
                ECS.Resource(name: "CPU", type: "INTEGER", integerValue: 1 << 20),
                ECS.Resource(name: "MEMORY", type: "INTEGER", integerValue: 1 << 20),
            ],
            attributes: attributes.map { Attribute(name: $0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<instances {
                group.addTask {
                    let registered = try await plane.perform(request, in: Self.context)
                    let handshake = AgentHandshake(
                        cluster: nil, containerInstanceArn: registered.containerInstance?.containerInstanceArn ?? "",
                        sendCredentials: false)
                    let session = try await plane.openSession(handshake, as: Self.context.principal)
                    // Ends with the session, which ends with the control plane.
                    Task { for await _ in session.commands {} }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Starts tasks and gives their ARNs; the number is rounded up to tens.
    func run(_ count: Int) async throws -> [String] {
        try await withThrowingTaskGroup(of: [String].self) { group in
            let workers = 16
            for worker in 0..<workers {
                let calls = (count + 9) / 10 / workers + (worker < (count + 9) / 10 % workers ? 1 : 0)
                group.addTask {
                    var arns: [String] = []
                    for _ in 0..<calls {
                        let request = ECS.RunTaskRequest(
                            count: 10, launchType: "EXTERNAL", taskDefinition: Self.family)
                        let answer = try await plane.perform(request, in: Self.context)
                        arns += answer.tasks?.compactMap(\.taskArn) ?? []
                    }
                    return arns
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}
