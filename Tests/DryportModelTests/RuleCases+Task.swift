// SPDX-License-Identifier: Apache-2.0

import DryportModel

private let sizeGuide = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."

extension RuleCase {
    /// Rules of the task as a whole.
    static let task: [RuleCase] = [
        .init(.required, "family", "Family should not be null or empty.", keeps: ["f"], breaks: [""]) {
            $0.family = $1
        },
        .init(.format, "family", keeps: ["A-z_0", text(255)], breaks: ["a b", "ä", "a.b", text(256)]) {
            $0.family = $1
        },
        .init(.count, "containerDefinitions", "Container list cannot be empty.", keeps: [2], breaks: [0]) {
            $0.containerDefinitions = Array($0.containerDefinitions.prefix($1))
        },
        .init(.count, "containerDefinitions", keeps: [8], breaks: [9, 200]) { definition, more in
            for index in 0..<more {
                definition.containerDefinitions.append(ContainerDefinition(name: "c\(index)", image: "i", memory: 8))
            }
        },
        .init(
            .duplicate, "containerDefinitions[1].name",
            "Invalid setting for container 'web'. Another container has the same 'name'.", keeps: ["Web"],
            breaks: ["web"]
        ) { $0.side.name = $1 },
        .init(
            .essentialContainer, "containerDefinitions",
            "Invalid setting for task. At least one container must be marked as 'essential'.", keeps: [true, nil],
            breaks: [false]
        ) { $0.web.essential = $1 },
        .init(
            .value, "networkMode",
            "Invalid setting for task. 'networkMode' is 'nat', but must be one of bridge, host, none, awsvpc.",
            keeps: ["bridge", "host", "none", nil], breaks: ["nat"]
        ) { $0.networkMode = $1 },
        .init(.value, "pidMode", keeps: ["host", "task"], breaks: ["none"]) { $0.pidMode = $1 },
        .init(.value, "ipcMode", keeps: ["host", "task", "none"], breaks: ["shareable"]) { $0.ipcMode = $1 },
        .init(
            .format, "taskRoleArn", "Role is not valid",
            keeps: ["path/my+role", "arn:aws-cn:iam::123456789012:role/path/x", ""],
            breaks: ["arn:aws:iam::123456789012:user/x", "arn:aws:iam::123456789012:role/", "arn:role", "a b"]
        ) { $0.taskRoleArn = $1 },
        .init(.format, "executionRoleArn", keeps: ["exec"], breaks: ["ex:ec"]) { $0.executionRoleArn = $1 },
        .init(.count, "placementConstraints", keeps: [0, 10], breaks: [11]) {
            $0.placementConstraints = Array(repeating: .init(type: "memberOf", expression: "e"), count: $1)
        },
        .init(.value, "placementConstraints[0].type", keeps: ["memberOf"], breaks: ["distinctInstance"]) {
            $0.placementConstraints = [.init(type: $1, expression: "e")]
        },
        .init(.required, "placementConstraints[0].type", keeps: ["memberOf"], breaks: [nil]) {
            $0.placementConstraints = [.init(type: $1, expression: "e")]
        },
        .init(.required, "placementConstraints[0].expression", keeps: ["e"], breaks: [nil, ""]) {
            $0.placementConstraints = [.init(type: "memberOf", expression: $1)]
        },
        .init(.count, "placementConstraints[0].expression", keeps: [text(2000)], breaks: [text(2001)]) {
            $0.placementConstraints = [.init(type: "memberOf", expression: $1)]
        },
        .init(.value, "runtimePlatform.cpuArchitecture", keeps: ["X86_64", "ARM64"], breaks: ["x86_64"]) {
            $0.runtimePlatform = .init(cpuArchitecture: $1)
        },
        .init(
            .value, "runtimePlatform.operatingSystemFamily", keeps: ["LINUX", "WINDOWS_SERVER_2025_CORE"],
            breaks: ["BSD", "WINDOWS_SERVER_2012"]
        ) { $0.runtimePlatform = .init(operatingSystemFamily: $1) },
        .init(
            .taskSize, "cpu", "Invalid 'cpu' setting for task. \(sizeGuide)",
            keeps: ["128", "196608", ".125 vCPU", "1 vcpu", nil], breaks: ["127", "196609", "much", ""]
        ) { $0.cpu = $1 },
        .init(
            .taskSize, "memory", "Invalid 'memory' setting for task. \(sizeGuide)", keeps: ["96", "1GB", "1 GB", nil],
            breaks: ["3", "1 MB"]
        ) { $0.memory = $1 },
        .init(
            .taskTotal, "cpu",
            "Invalid setting for task. The containers' 'cpu' is 257 in all, above the task's 256.", keeps: [156],
            breaks: [157]
        ) {
            $0.cpu = ".25 vCPU"
            $0.web.cpu = $1
            $0.side.cpu = 100
        },
        .init(
            .taskTotal, "memory",
            "Invalid setting for task. The containers' 'memory' is 96 MiB in all, above the task's 95 MiB.",
            keeps: ["96"], breaks: ["95"]
        ) { $0.memory = $1 },
        // 65,536 bytes are allowed; the definition itself takes some.
        .init(.definitionSize, "", keeps: [65_000], breaks: [65_536, 1_000_000]) { $0.web.command = [text($1)] },
        .init(.required, "proxyConfiguration.containerName", keeps: ["web"], breaks: [nil, ""]) {
            $0.requiresCompatibilities = nil
            $0.proxyConfiguration = .init(containerName: $1)
        },
        .init(.value, "proxyConfiguration.type", keeps: ["APPMESH", nil], breaks: ["ENVOY"]) {
            $0.requiresCompatibilities = nil
            $0.proxyConfiguration = .init(type: $1, containerName: "web")
        },
        .init(.range, "ephemeralStorage.sizeInGiB", keeps: [21, 200], breaks: [nil, 20, 201]) {
            $0.requiresCompatibilities = nil
            $0.ephemeralStorage = .init(sizeInGiB: $1)
        },
        .init(
            .discontinued, "inferenceAccelerators",
            "Invalid setting for task. 'inferenceAccelerators' is no longer supported.", keeps: [0, nil], breaks: [1]
        ) {
            $0.requiresCompatibilities = nil
            $0.inferenceAccelerators = $1.map { Array(repeating: .init(deviceName: "d", deviceType: "t"), count: $0) }
        },
    ]

    /// What launch types lack.
    static let launchTypes: [RuleCase] = [
        .init(.value, "requiresCompatibilities[1]", keeps: ["EC2", "EXTERNAL"], breaks: ["MOON", "external"]) {
            $0.requiresCompatibilities?.append($1)
        },
        .init(
            .launchType, "networkMode",
            "Invalid setting for task. 'networkMode' awsvpc is not supported by launch type EXTERNAL.",
            keeps: [["EC2"], [], nil], breaks: [["EXTERNAL"], ["EC2", "EXTERNAL", "EXTERNAL"]]
        ) {
            $0.requiresCompatibilities = $1
            $0.networkMode = "awsvpc"
        },
        .init(.launchType, "proxyConfiguration", keeps: ["EC2"], breaks: ["EXTERNAL"]) {
            $0.requiresCompatibilities = [$1]
            $0.proxyConfiguration = .init(containerName: "web")
        },
        .init(.launchType, "inferenceAccelerators", keeps: [0], breaks: [1]) {
            $0.inferenceAccelerators = Array(repeating: .init(deviceName: "d", deviceType: "t"), count: $1)
        },
        .init(.launchType, "ephemeralStorage", keeps: [nil], breaks: ["EXTERNAL", "EC2"]) {
            $0.requiresCompatibilities = $1.map { [$0] }
            $0.ephemeralStorage = .init(sizeInGiB: 21)
        },
        .init(
            .launchType, "volumes[0].efsVolumeConfiguration",
            "Invalid setting for volume 'v'. 'efsVolumeConfiguration' is not supported by launch type EXTERNAL.",
            keeps: ["EC2"], breaks: ["EXTERNAL"]
        ) {
            $0.requiresCompatibilities = [$1]
            $0.volumes = [.init(name: "v", efsVolumeConfiguration: .init(fileSystemId: "fs-1"))]
        },
        .init(.launchType, "volumes[0].s3filesVolumeConfiguration", keeps: ["EC2"], breaks: ["EXTERNAL"]) {
            $0.requiresCompatibilities = [$1]
            $0.volumes = [.init(name: "v", s3filesVolumeConfiguration: .init(fileSystemArn: "arn"))]
        },
        .init(.launchType, "volumes[0].configuredAtLaunch", keeps: [false], breaks: [true]) {
            $0.volumes = [.init(name: "v", configuredAtLaunch: $1)]
        },
        .init(.launchType, "cpu", keeps: ["1024"], breaks: ["1025", nil]) {
            $0 = fargateDefinition
            $0.cpu = $1
        },
        .init(.launchType, "memory", keeps: ["2048", "8 GB"], breaks: ["1024", "9 GB", "2049", nil]) {
            $0 = fargateDefinition
            $0.memory = $1
        },
        .init(.launchType, "networkMode", keeps: ["awsvpc"], breaks: ["bridge", nil]) {
            $0 = fargateDefinition
            $0.networkMode = $1
        },
        .init(.launchType, "networkMode", keeps: ["awsvpc", "host"], breaks: ["bridge", nil]) {
            $0.requiresCompatibilities = ["MANAGED_INSTANCES"]
            $0.networkMode = $1
        },
        .fargate("pidMode", keeps: "task", breaks: "host") { $0.pidMode = $1 },
        .fargate("ipcMode", keeps: nil, breaks: "none") { $0.ipcMode = $1 },
        .fargate("placementConstraints", keeps: [], breaks: [.init(type: "memberOf", expression: "e")]) {
            $0.placementConstraints = $1
        },
        .fargate("volumes[0].host.sourcePath", keeps: nil, breaks: "/data") {
            $0.volumes = [.init(name: "v", host: .init(sourcePath: $1))]
        },
        .fargate("volumes[0].dockerVolumeConfiguration", keeps: nil, breaks: .init()) {
            $0.volumes = [.init(name: "v", dockerVolumeConfiguration: $1)]
        },
        .fargate(
            "volumes[0].fsxWindowsFileServerVolumeConfiguration", keeps: nil,
            breaks: .init(
                fileSystemId: "f", rootDirectory: "r",
                authorizationConfig: .init(credentialsParameter: "c", domain: "d"))
        ) { $0.volumes = [.init(name: "v", fsxWindowsFileServerVolumeConfiguration: $1)] },
        .fargate("containerDefinitions[0].privileged", keeps: false, breaks: true) { $0.web.privileged = $1 },
        .fargate("containerDefinitions[0].disableNetworking", keeps: false, breaks: true) {
            $0.web.disableNetworking = $1
        },
        .fargate("containerDefinitions[0].extraHosts", keeps: [], breaks: [.init(hostname: "h", ipAddress: "::1")]) {
            $0.web.extraHosts = $1
        },
        .fargate("containerDefinitions[0].dockerSecurityOptions", keeps: [], breaks: ["no-new-privileges"]) {
            $0.web.dockerSecurityOptions = $1
        },
        .fargate("containerDefinitions[0].resourceRequirements", keeps: [], breaks: [.init(value: "1", type: "GPU")]) {
            $0.web.resourceRequirements = $1
        },
        .fargate("containerDefinitions[0].linuxParameters.devices", keeps: [], breaks: [.init(hostPath: "/dev/kvm")]) {
            $0.web.linuxParameters = .init(devices: $1, initProcessEnabled: true)
        },
        .fargate("containerDefinitions[0].linuxParameters.sharedMemorySize", keeps: nil, breaks: 1) {
            $0.web.linuxParameters = .init(sharedMemorySize: $1)
        },
        .fargate("containerDefinitions[0].linuxParameters.maxSwap", keeps: nil, breaks: 0) {
            $0.web.linuxParameters = .init(maxSwap: $1)
        },
        .fargate("containerDefinitions[0].linuxParameters.swappiness", keeps: nil, breaks: 60) {
            $0.web.linuxParameters = .init(swappiness: $1)
        },
    ]

    private static func fargate<Value: Sendable>(
        _ path: String, keeps: Value, breaks: Value,
        _ change: @escaping @Sendable (inout TaskDefinition, Value) -> Void
    ) -> RuleCase {
        RuleCase(.launchType, path, keeps: [keeps], breaks: [breaks]) {
            $0 = fargateDefinition
            change(&$0, $1)
        }
    }

    /// A definition that Fargate takes.
    private static let fargateDefinition: TaskDefinition = {
        var definition = validDefinition()
        definition.requiresCompatibilities = ["FARGATE"]
        definition.networkMode = "awsvpc"
        (definition.cpu, definition.memory) = ("1024", "2048")
        return definition
    }()

    /// What Windows containers lack.
    static let windows: [RuleCase] = [
        .windows("networkMode", keeps: ["bridge", nil], breaks: ["host", "none"]) { $0.networkMode = $1 },
        .windows("pidMode", keeps: [nil], breaks: ["host"]) { $0.pidMode = $1 },
        .windows("ipcMode", keeps: [nil], breaks: ["none"]) { $0.ipcMode = $1 },
        .windows("containerDefinitions[0].links", keeps: [[]], breaks: [["side"]]) { $0.web.links = $1 },
        .windows("containerDefinitions[0].environmentFiles", keeps: [0], breaks: [1]) {
            $0.web.environmentFiles = Array(repeating: .init(value: "arn:aws:s3:::b/a.env", type: "s3"), count: $1)
        },
        .windows(
            "containerDefinitions[0].linuxParameters", keeps: [nil, LinuxParameters()], breaks: [.init(maxSwap: 0)]
        ) {
            $0.web.linuxParameters = $1
        },
        .windows("containerDefinitions[0].user", keeps: ["", nil], breaks: ["app"]) { $0.web.user = $1 },
        .windows("containerDefinitions[0].disableNetworking", keeps: [false], breaks: [true]) {
            $0.web.disableNetworking = $1
        },
        .windows("containerDefinitions[0].dnsServers", keeps: [[]], breaks: [["10.0.0.1"]]) { $0.web.dnsServers = $1 },
        .windows("containerDefinitions[0].dnsSearchDomains", keeps: [[]], breaks: [["site"]]) {
            $0.web.dnsSearchDomains = $1
        },
        .windows("containerDefinitions[0].extraHosts", keeps: [0], breaks: [1]) {
            $0.web.extraHosts = Array(repeating: .init(hostname: "h", ipAddress: "10.0.0.1"), count: $1)
        },
        .windows("containerDefinitions[0].systemControls", keeps: [0], breaks: [1]) {
            $0.web.systemControls = Array(repeating: .init(namespace: "net.core.somaxconn", value: "1"), count: $1)
        },
    ]

    private static func windows<Value: Sendable>(
        _ path: String, keeps: [Value], breaks: [Value],
        _ change: @escaping @Sendable (inout TaskDefinition, Value) -> Void
    ) -> RuleCase {
        RuleCase(.windows, path, keeps: keeps, breaks: breaks) {
            $0.runtimePlatform = .init(operatingSystemFamily: "WINDOWS_SERVER_2022_FULL")
            change(&$0, $1)
        }
    }
}
