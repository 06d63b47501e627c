// SPDX-License-Identifier: Apache-2.0

import DryportModel
import Foundation
import Testing

/// What holds for every definition, on random ones of which about half can be registered.
@Suite struct TaskDefinitionPropertyTests {
    static let seeds =
        ProcessInfo.processInfo.environment["DRYPORT_SEED"].flatMap { UInt64($0) }.map { [$0] }
        ?? Array(UInt64(1)...400)

    private func definition(seed: UInt64) -> TaskDefinition {
        var source = RandomDefinitions(seed: seed)
        return source.definition()
    }

    @Test(arguments: seeds)
    func encodingAndDecodingGiveTheSame(seed: UInt64) throws {
        let definition = definition(seed: seed)
        for given in [definition, definition.normalised()] {
            let encoded = try JSONEncoder().encode(given)
            #expect(try JSONDecoder().decode(TaskDefinition.self, from: encoded) == given)
        }
    }

    @Test(arguments: seeds)
    func whatIsRegisteredReadsBackAsItIs(seed: UInt64) throws {
        let definition = definition(seed: seed)
        let registered = definition.normalised()
        #expect(registered.normalised() == registered)
        #expect(registered.computedCompatibilities() == definition.computedCompatibilities())
        #expect(registered.computedRequiredAttributes() == definition.computedRequiredAttributes())
        #expect(registered.resources() == definition.resources())
        // Registering what was read back meets the same rules again.
        #expect(registered.violations() == definition.violations())
    }

    @Test(arguments: seeds)
    func whatIsForExternalInstancesIsCompatible(seed: UInt64) {
        var definition = definition(seed: seed)
        definition.requiresCompatibilities = ["EXTERNAL"]
        guard definition.violations().isEmpty else { return }
        #expect(definition.computedCompatibilities().contains("EXTERNAL"))
    }

    @Test func manyOfThemAreValidAndManyAreNot() {
        let valid = (UInt64(1)...400).count { definition(seed: $0).violations().isEmpty }
        #expect((100...300).contains(valid), "\(valid)")
    }
}

/// Random definitions: mostly what AWS accepts, now and then not.
private struct RandomDefinitions {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func maybe<Value>(_ percent: Int = 30, _ value: (inout Self) -> Value) -> Value? {
        chance(percent) ? value(&self) : nil
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value { values.randomElement(using: &random)! }

    mutating func definition() -> TaskDefinition {
        let count = Int.random(in: 1...4, using: &random)
        let names = (0..<count).map { "c\($0)" }
        var definition = TaskDefinition(
            family: chance(98) ? "web" : "", volumes: maybe { source in (0..<2).map { source.volume("v\($0)") } })
        definition.networkMode = maybe(60) { $0.pick(["bridge", "bridge", "host", "none", "awsvpc"]) }
        definition.requiresCompatibilities = maybe(70) { $0.pick([["EXTERNAL"], ["EC2"], [], ["EC2", "EXTERNAL"]]) }
        definition.cpu = maybe { $0.pick(["4096", "8 vCPU", "16384"]) }
        definition.memory = maybe { $0.pick(["4 GB", "8192", "2GB"]) }
        definition.pidMode = maybe(10) { $0.pick(["host", "task"]) }
        definition.ipcMode = maybe(10) { $0.pick(["none", "task"]) }
        definition.taskRoleArn = maybe { _ in "role" }
        definition.executionRoleArn = maybe(60) { _ in "arn:aws:iam::123456789012:role/exec" }
        definition.placementConstraints = maybe { _ in [.init(type: "memberOf", expression: "agentConnected == true")] }
        definition.runtimePlatform = maybe {
            .init(cpuArchitecture: $0.pick(["ARM64", nil]), operatingSystemFamily: $0.pick(["LINUX", nil]))
        }
        definition.enableFaultInjection = maybe { $0.chance(50) }
        definition.containerDefinitions = names.enumerated().map { index, name in
            container(name, before: Array(names[..<index]), definition)
        }
        return definition
    }

    private mutating func volume(_ name: String) -> Volume {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<8: Volume(name: name, host: .init(sourcePath: maybe { _ in "/data" }))
        case 8..<14:
            Volume(
                name: name,
                dockerVolumeConfiguration: .init(
                    scope: pick(["shared", "task"]), driver: maybe { _ in "rexray:1" },
                    labels: maybe { _ in ["a": "b"] }))
        case 14..<19: Volume(name: name)
        default: Volume(name: name, efsVolumeConfiguration: .init(fileSystemId: "fs-1"))
        }
    }

    private mutating func container(
        _ name: String, before: [String], _ definition: TaskDefinition
    ) -> ContainerDefinition {
        var container = ContainerDefinition(
            name: name, image: pick(["nginx:1.27", "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1"]))
        container.cpu = maybe { $0.pick([0, 1, 256]) }
        container.memory = maybe(95) { $0.pick([64, 128]) }
        container.memoryReservation = maybe { $0.pick([0, 32, 64]) }
        container.essential = before.isEmpty ? nil : maybe { $0.chance(50) }
        if definition.networkMode != "none" {
            container.portMappings = maybe(50) { source in
                (0..<source.pick([0, 1, 2])).map { source.mapping($0, of: before.count) }
            }
        }
        container.environment = maybe { _ in [.init(name: "A", value: "1"), .init(name: "A")] }
        container.mountPoints = definition.volumes.flatMap { volumes in
            maybe(50) { [.init(sourceVolume: $0.pick(volumes).name, containerPath: "/d", readOnly: $0.chance(50))] }
        }
        if !before.isEmpty {
            container.dependsOn = maybe { [.init(containerName: $0.pick(before), condition: "START")] }
            container.volumesFrom = maybe { [.init(sourceContainer: $0.pick(before))] }
        }
        container.secrets = maybe(10) { _ in [.init(name: "S", valueFrom: "/site/secret")] }
        container.healthCheck = maybe { .init(command: ["CMD", "true"], interval: $0.pick([5, 30, 300, 301])) }
        container.restartPolicy = maybe { .init(enabled: $0.chance(50), restartAttemptPeriod: 60) }
        container.logConfiguration = maybe { .init(logDriver: $0.pick(["json-file", "gelf"]), options: [:]) }
        container.linuxParameters = maybe { .init(initProcessEnabled: $0.chance(50), sharedMemorySize: 64) }
        container.ulimits = maybe { [.init(name: "nofile", softLimit: 1024, hardLimit: $0.pick([1024, -1]))] }
        container.resourceRequirements = maybe(10) { [.init(value: $0.pick(["1", "2"]), type: "GPU")] }
        container.systemControls = maybe(10) { _ in [.init(namespace: "kernel.sem", value: "1")] }
        container.stopTimeout = maybe { $0.pick([0, 30, 300]) }
        container.dockerLabels = maybe { _ in ["a.b": "c"] }
        container.privileged = maybe { $0.chance(50) }
        return container
    }

    private mutating func mapping(_ index: Int, of container: Int) -> PortMapping {
        let port = 8000 + 10 * container + index
        if chance(10) { return .init(containerPortRange: "\(port)-\(port + 1)") }
        return .init(
            containerPort: port, hostPort: maybe { $0.pick([0, port]) }, protocol: maybe { $0.pick(["tcp", "udp"]) })
    }
}
