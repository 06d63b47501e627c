// SPDX-License-Identifier: Apache-2.0

import DryportModel
import Testing

/// One rule of `ecs-control-plane.md` §3.1 to §3.4, as a change to a valid definition that breaks it.
struct RuleCase: Sendable, CustomTestStringConvertible {
    var path: String
    var message: String?
    var change: @Sendable (inout TaskDefinition) -> Void

    /// Expects exactly one violation, at `path`, with `message` if one is given.
    init(_ path: String, _ message: String? = nil, _ change: @escaping @Sendable (inout TaskDefinition) -> Void) {
        self.path = path
        self.message = message
        self.change = change
    }

    var testDescription: String { "\(path) \(message ?? "")" }
}

/// A definition that keeps all rules: two containers, a volume.
func validDefinition() -> TaskDefinition {
    TaskDefinition(
        family: "web",
        containerDefinitions: [
            ContainerDefinition(name: "web", image: "nginx:1.27", memory: 64),
            ContainerDefinition(name: "side", image: "busybox", memory: 32, essential: false),
        ],
        volumes: [Volume(name: "data", host: HostVolumeProperties())],
        requiresCompatibilities: ["EXTERNAL"])
}

extension TaskDefinition {
    /// The first container.
    fileprivate var web: ContainerDefinition {
        get { containerDefinitions[0] }
        set { containerDefinitions[0] = newValue }
    }

    /// The second container, which is not essential.
    fileprivate var side: ContainerDefinition {
        get { containerDefinitions[1] }
        set { containerDefinitions[1] = newValue }
    }
}

@Suite struct TaskDefinitionViolationTests {
    static let taskRules: [RuleCase] = [
        .init("family", "Family should not be null or empty.") { $0.family = "" },
        .init("family") { $0.family = "a b" },
        .init("family") { $0.family = String(repeating: "a", count: 256) },
        .init("containerDefinitions", "Container list cannot be empty.") { $0.containerDefinitions = [] },
        .init("containerDefinitions", "A task definition can have at most 10 containers.") { definition in
            for index in 0..<9 {
                definition.containerDefinitions.append(ContainerDefinition(name: "c\(index)", image: "i", memory: 8))
            }
        },
        .init("containerDefinitions[1].name", "Container name 'web' is not unique.") { $0.side.name = "web" },
        .init("containerDefinitions", "At least one container must be marked as essential.") {
            $0.web.essential = false
        },
        .init("networkMode") { $0.networkMode = "nat" },
        .init("networkMode") { $0.networkMode = "awsvpc" },
        .init("pidMode") { $0.pidMode = "none" },
        .init("ipcMode") { $0.ipcMode = "shared" },
        .init("taskRoleArn", "Role is not valid") { $0.taskRoleArn = "arn:aws:iam::123456789012:user/x" },
        .init("executionRoleArn", "Role is not valid") { $0.executionRoleArn = "a b" },
        .init("placementConstraints") {
            $0.placementConstraints = Array(repeating: .init(type: "memberOf", expression: "e"), count: 11)
        },
        .init("placementConstraints[0].type") {
            $0.placementConstraints = [.init(type: "distinctInstance", expression: "e")]
        },
        .init("placementConstraints[0].expression") { $0.placementConstraints = [.init(type: "memberOf")] },
        .init("requiresCompatibilities[1]") { $0.requiresCompatibilities?.append("MOON") },
        .init("requiresCompatibilities") { $0.requiresCompatibilities?.append("FARGATE") },
        .init("runtimePlatform.cpuArchitecture") { $0.runtimePlatform = .init(cpuArchitecture: "x86_64") },
        .init("runtimePlatform.operatingSystemFamily") { $0.runtimePlatform = .init(operatingSystemFamily: "BSD") },
        .init("proxyConfiguration") { $0.proxyConfiguration = .init() },
        .init("inferenceAccelerators") { $0.inferenceAccelerators = [.init()] },
        .init("inferenceAccelerators") {
            $0.requiresCompatibilities = nil
            $0.inferenceAccelerators = [.init()]
        },
        .init("ephemeralStorage") { $0.ephemeralStorage = .init(sizeInGiB: 21) },
        .init(
            "cpu",
            "Invalid 'cpu' setting for task. "
                + "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
        ) { $0.cpu = "much" },
        .init("cpu") { $0.cpu = "127" },
        .init("cpu") { $0.cpu = "196609" },
        .init("memory") { $0.memory = "5" },
        .init("cpu", "The containers' cpu, 300 in all, must not exceed the task's cpu of 256.") {
            $0.cpu = ".25 vCPU"
            $0.web.cpu = 200
            $0.side.cpu = 100
        },
        .init("memory", "The containers' memory, 96 MiB in all, must not exceed the task's 95 MiB.") {
            $0.memory = "95"
        },
    ]

    static let containerRules: [RuleCase] = [
        .init("containerDefinitions[0].name", "Container.name should not be null or empty.") { $0.web.name = "" },
        .init("containerDefinitions[0].name") { $0.web.name = "a.b" },
        .init("containerDefinitions[0].image", "Container.image should not be null or empty.") { $0.web.image = nil },
        .init("containerDefinitions[0].image") { $0.web.image = "a b" },
        .init("containerDefinitions[0].image") { $0.web.image = "a@sha256:12" },
        .init(
            "containerDefinitions[0]",
            "Invalid setting for container 'web'. At least one of 'memory' or 'memoryReservation' must be specified."
        ) { $0.web.memory = 0 },
        .init("containerDefinitions[0].memory") { $0.web.memoryReservation = 65 },
        .init("containerDefinitions[0].memory") { $0.web.memory = 5 },
        .init("containerDefinitions[0].cpu") { $0.web.cpu = -1 },
        .init("containerDefinitions[0].cpu") { $0.web.cpu = .max },
        .init("containerDefinitions[0].links", "Links are not supported when networkMode=host") {
            $0.networkMode = "host"
            $0.web.links = ["side"]
        },
        .init("containerDefinitions[0].links[1]") { $0.web.links = ["side:s", "other:o"] },
        .init("containerDefinitions[0].startTimeout") { $0.web.startTimeout = -1 },
        .init("containerDefinitions[0].stopTimeout") { $0.web.stopTimeout = -1 },
        .init("containerDefinitions[0].dependsOn[0].containerName") {
            $0.web.dependsOn = [.init(containerName: "other", condition: "START")]
        },
        .init("containerDefinitions[0].dependsOn[0].condition") {
            $0.web.dependsOn = [.init(containerName: "side", condition: "DONE")]
        },
        .init("containerDefinitions[0].dependsOn[0].condition") {
            $0.web.dependsOn = [.init(containerName: "side", condition: "HEALTHY")]
        },
        .init("containerDefinitions[1].dependsOn[0].condition") {
            $0.side.dependsOn = [.init(containerName: "web", condition: "COMPLETE")]
        },
        .init("containerDefinitions", "Cycle detected in the dependencies of containers: web, side.") {
            $0.web.dependsOn = [.init(containerName: "side", condition: "START")]
            $0.side.volumesFrom = [.init(sourceContainer: "web")]
        },
        .init("containerDefinitions", "Cycle detected in the dependencies of containers: side.") {
            $0.side.dependsOn = [.init(containerName: "side", condition: "START")]
        },
        .init("containerDefinitions[0].mountPoints[0].sourceVolume", "Unknown volume 'other'.") {
            $0.web.mountPoints = [.init(sourceVolume: "other", containerPath: "/d")]
        },
        .init("containerDefinitions[0].mountPoints[0].containerPath") {
            $0.web.mountPoints = [.init(sourceVolume: "data")]
        },
        .init("containerDefinitions[0].volumesFrom[0].sourceContainer") {
            $0.web.volumesFrom = [.init(sourceContainer: "other")]
        },
        .init(
            "executionRoleArn",
            "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
        ) { $0.web.secrets = [.init(name: "S", valueFrom: "p")] },
        .init("executionRoleArn") {
            $0.web.logConfiguration = .init(
                logDriver: "gelf", secretOptions: [.init(name: "gelf-address", valueFrom: "p")])
        },
        .init("containerDefinitions[0].secrets[0].valueFrom") {
            $0.executionRoleArn = "exec"
            $0.web.secrets = [.init(name: "S")]
        },
        .init("containerDefinitions[0].resourceRequirements[0].value") {
            $0.web.resourceRequirements = [.init(value: "0", type: "GPU")]
        },
        .init("containerDefinitions[0].resourceRequirements[0].type") {
            $0.web.resourceRequirements = [.init(value: "1", type: "InferenceAccelerator")]
        },
    ]

    static let settingRules: [RuleCase] = [
        .init("containerDefinitions[0].healthCheck.command") { $0.web.healthCheck = .init() },
        .init("containerDefinitions[0].healthCheck.command[0]") { $0.web.healthCheck = .init(command: ["true"]) },
        .init("containerDefinitions[0].healthCheck.interval") {
            $0.web.healthCheck = .init(command: ["CMD", "true"], interval: 4)
        },
        .init("containerDefinitions[0].healthCheck.timeout") {
            $0.web.healthCheck = .init(command: ["CMD", "true"], timeout: 61)
        },
        .init("containerDefinitions[0].healthCheck.retries") {
            $0.web.healthCheck = .init(command: ["CMD", "true"], retries: 0)
        },
        .init("containerDefinitions[0].healthCheck.startPeriod") {
            $0.web.healthCheck = .init(command: ["CMD", "true"], startPeriod: 301)
        },
        .init("containerDefinitions[0].restartPolicy.enabled") { $0.web.restartPolicy = .init() },
        .init("containerDefinitions[0].restartPolicy.restartAttemptPeriod") {
            $0.web.restartPolicy = .init(enabled: true, restartAttemptPeriod: 59)
        },
        .init("containerDefinitions[0].restartPolicy.ignoredExitCodes") {
            $0.web.restartPolicy = .init(enabled: true, ignoredExitCodes: Array(0..<51))
        },
        .init("containerDefinitions[0].logConfiguration.logDriver") {
            $0.web.logConfiguration = .init(logDriver: "paper")
        },
        .init(
            "containerDefinitions[0].logConfiguration.options",
            "Log driver awslogs requires options: awslogs-region."
        ) { $0.web.logConfiguration = .init(logDriver: "awslogs", options: ["awslogs-group": "g"]) },
        .init("containerDefinitions[0].ulimits[0].name") {
            $0.web.ulimits = [.init(name: "files", softLimit: 1, hardLimit: 1)]
        },
        .init("containerDefinitions[0].ulimits[0].softLimit") {
            $0.web.ulimits = [.init(name: "nofile", softLimit: 2, hardLimit: 1)]
        },
        .init("containerDefinitions[0].ulimits[0]") { $0.web.ulimits = [.init(name: "nofile", softLimit: 2)] },
        .init("containerDefinitions[0].linuxParameters.capabilities.add[0]") {
            $0.web.linuxParameters = .init(capabilities: .init(add: ["CAP_NET_RAW"], drop: ["ALL"]))
        },
        .init("containerDefinitions[0].linuxParameters.devices[0].permissions[1]") {
            $0.web.linuxParameters = .init(devices: [.init(hostPath: "/dev/kvm", permissions: ["read", "run"])])
        },
        .init("containerDefinitions[0].linuxParameters.tmpfs[0].mountOptions[1]") {
            $0.web.linuxParameters = .init(
                tmpfs: [.init(containerPath: "/t", size: 1, mountOptions: ["mode=1777", "fast"])])
        },
        .init("containerDefinitions[0].linuxParameters.swappiness") {
            $0.web.linuxParameters = .init(swappiness: 101)
        },
        .init("containerDefinitions[0].systemControls[0].namespace") {
            $0.web.systemControls = [.init(namespace: "vm.swappiness", value: "1")]
        },
        .init("containerDefinitions[0].systemControls[0].namespace") {
            $0.networkMode = "host"
            $0.web.systemControls = [.init(namespace: "net.core.somaxconn", value: "1")]
        },
        .init("containerDefinitions[0].systemControls[0].namespace") {
            $0.ipcMode = "host"
            $0.web.systemControls = [.init(namespace: "fs.mqueue.msg_max", value: "1")]
        },
        .init("containerDefinitions[0].environmentFiles[0].value") {
            $0.web.environmentFiles = [.init(value: "arn:aws:s3:::b/a.txt", type: "s3")]
        },
        .init("containerDefinitions[0].dockerSecurityOptions[0]") { $0.web.dockerSecurityOptions = ["seccomp:x"] },
        .init("containerDefinitions[0].credentialSpecs") {
            $0.web.credentialSpecs = ["credentialspec:a", "credentialspec:b"]
        },
        .init("containerDefinitions[0].versionConsistency") { $0.web.versionConsistency = "on" },
        .init("containerDefinitions[0].firelensConfiguration.type") {
            $0.web.firelensConfiguration = .init(type: "rsyslog")
        },
        .init("containerDefinitions") {
            $0.web.firelensConfiguration = .init(type: "fluentd")
            $0.side.firelensConfiguration = .init(type: "fluentd")
        },
        .init("containerDefinitions[0].repositoryCredentials.credentialsParameter") {
            $0.web.repositoryCredentials = .init()
        },
    ]

    static let portAndVolumeRules: [RuleCase] = [
        .init("containerDefinitions[0].portMappings[1].hostPort") {
            $0.web.portMappings = [.init(containerPort: 80), .init(containerPort: 81, hostPort: 65536)]
        },
        .init("containerDefinitions[0].portMappings[0].containerPort") { $0.web.portMappings = [.init(hostPort: 80)] },
        .init("containerDefinitions[0].portMappings[0].containerPort") {
            $0.web.portMappings = [.init(containerPort: 0)]
        },
        .init("containerDefinitions[0].portMappings[0].protocol") {
            $0.web.portMappings = [.init(containerPort: 80, protocol: "sctp")]
        },
        .init("containerDefinitions[0].portMappings") {
            $0.networkMode = "none"
            $0.web.portMappings = [.init(containerPort: 80)]
        },
        .init(
            "containerDefinitions[0].portMappings[0].hostPort",
            "When networkMode=host, the host ports and container ports in port mappings must match."
        ) {
            $0.networkMode = "host"
            $0.web.portMappings = [.init(containerPort: 80, hostPort: 81)]
        },
        .init(
            "containerDefinitions[1].portMappings[0].hostPort",
            "Host port 8080/tcp is used by more than one port mapping."
        ) {
            $0.web.portMappings = [.init(containerPort: 80, hostPort: 8080)]
            $0.side.portMappings = [.init(containerPort: 81, hostPort: 8080, protocol: "tcp")]
        },
        .init("containerDefinitions[0].portMappings[0].containerPortRange") {
            $0.networkMode = "host"
            $0.web.portMappings = [.init(containerPortRange: "1-2")]
        },
        .init("containerDefinitions[0].portMappings[0].containerPortRange") {
            $0.web.portMappings = [.init(containerPortRange: "9-8")]
        },
        .init("containerDefinitions[0].portMappings[1].containerPortRange") {
            $0.web.portMappings = [.init(containerPortRange: "8000-8009"), .init(containerPortRange: "8009-8010")]
        },
        .init("containerDefinitions[0].portMappings[0].containerPortRange") {
            $0.web.portMappings = [.init(hostPort: 1, containerPortRange: "1-2")]
        },
        .init("containerDefinitions[0].portMappings[0].name") {
            $0.web.portMappings = [.init(containerPort: 1, name: "Web")]
        },
        .init("volumes[1].name", "Volume name 'data' is not unique.") { $0.volumes?.append(.init(name: "data")) },
        .init("volumes[1].name") { $0.volumes?.append(.init(name: "a/b")) },
        .init("volumes[1]") {
            $0.volumes?.append(.init(name: "v", host: .init(), dockerVolumeConfiguration: .init()))
        },
        .init("volumes[1].dockerVolumeConfiguration.scope") {
            $0.volumes?.append(.init(name: "v", dockerVolumeConfiguration: .init(scope: "world")))
        },
        .init("volumes[1].dockerVolumeConfiguration.autoprovision") {
            $0.volumes?.append(.init(name: "v", dockerVolumeConfiguration: .init(scope: "task", autoprovision: true)))
        },
        .init("volumes[1].efsVolumeConfiguration") {
            $0.volumes?.append(.init(name: "v", efsVolumeConfiguration: .init(fileSystemId: "fs-1")))
        },
        .init("volumes[1].s3filesVolumeConfiguration") {
            $0.volumes?.append(.init(name: "v", s3filesVolumeConfiguration: .init()))
        },
        .init("volumes[1].configuredAtLaunch") {
            $0.volumes?.append(.init(name: "v", configuredAtLaunch: true))
        },
        .init("volumes[1].fsxWindowsFileServerVolumeConfiguration.authorizationConfig.domain") {
            $0.volumes?.append(
                .init(
                    name: "v",
                    fsxWindowsFileServerVolumeConfiguration: .init(
                        fileSystemId: "f", rootDirectory: "r",
                        authorizationConfig: .init(credentialsParameter: "c"))))
        },
    ]

    @Test func theValidDefinitionIsValid() {
        #expect(validDefinition().violations() == [])
    }

    /// Breaks one rule at a time and expects just that violation.
    @Test(arguments: taskRules + containerRules + settingRules + portAndVolumeRules)
    func eachRuleIsChecked(rule: RuleCase) throws {
        var definition = validDefinition()
        rule.change(&definition)
        let violations = definition.violations()
        #expect(violations.map(\.path) == [rule.path], "\(violations)")
        if let message = rule.message { #expect(violations.first?.message == message) }
    }

    /// Changes at the rules' edges that AWS accepts.
    static let accepted: [RuleCase] = [
        .init("EFS without EXTERNAL") {
            $0.requiresCompatibilities = ["EC2"]
            $0.volumes?.append(.init(name: "v", efsVolumeConfiguration: .init(fileSystemId: "fs-1")))
        },
        .init("awsvpc without EXTERNAL") {
            $0.requiresCompatibilities = nil
            $0.networkMode = "awsvpc"
        },
        .init("memory of the task alone") {
            $0.memory = "1 GB"
            $0.web.memory = nil
            $0.side.memory = nil
        },
        .init("reservation alone") {
            $0.web.memory = nil
            $0.web.memoryReservation = 64
        },
        .init("memory equal to reservation") { $0.web.memoryReservation = 64 },
        .init("sum equal to the task's") { $0.memory = "96" },
        .init("a digest") { $0.web.image = "r:5000/a/b:1@sha256:" + String(repeating: "0a", count: 32) },
        .init("roles by name and by ARN") {
            $0.taskRoleArn = "path/my+role"
            $0.executionRoleArn = "arn:aws:iam::123456789012:role/path/exec"
        },
        .init("one port, two protocols") {
            $0.web.portMappings = [
                .init(containerPort: 53, hostPort: 53, protocol: "tcp"),
                .init(containerPort: 53, hostPort: 53, protocol: "udp"),
            ]
        },
        .init("dynamic ports twice") { $0.web.portMappings = [.init(containerPort: 80), .init(containerPort: 80)] },
        .init("host mode, host port 0") {
            $0.networkMode = "host"
            $0.web.portMappings = [.init(containerPort: 80, hostPort: 0)]
        },
        .init("dependencies") {
            $0.web.dependsOn = [.init(containerName: "side", condition: "SUCCESS")]
            $0.web.volumesFrom = [.init(sourceContainer: "side")]
            $0.web.links = ["side:s"]
        },
        .init("an unlimited ulimit") { $0.web.ulimits = [.init(name: "memlock", softLimit: -1, hardLimit: -1)] },
        .init("splunk with a secret token") {
            $0.executionRoleArn = "exec"
            $0.web.logConfiguration = .init(
                logDriver: "splunk", options: ["splunk-url": "u"],
                secretOptions: [.init(name: "splunk-token", valueFrom: "p")])
        },
        .init("a GPU") { $0.web.resourceRequirements = [.init(value: "2", type: "GPU")] },
        .init("shared volume") {
            $0.volumes?.append(
                .init(name: "v", dockerVolumeConfiguration: .init(scope: "shared", autoprovision: true)))
        },
    ]

    @Test(arguments: accepted)
    func whatAWSAcceptsIsAccepted(rule: RuleCase) {
        var definition = validDefinition()
        rule.change(&definition)
        #expect(definition.violations() == [])
    }

    @Test func allViolationsAreTold() {
        let definition = TaskDefinition(
            family: "", containerDefinitions: [ContainerDefinition(name: ""), ContainerDefinition(name: "")])
        let paths = definition.violations().map(\.path)
        #expect(
            paths == [
                "family", "containerDefinitions[0].name", "containerDefinitions[0].image", "containerDefinitions[0]",
                "containerDefinitions[1].name", "containerDefinitions[1].image", "containerDefinitions[1]",
            ])
    }

    /// Numbers at the ends of `Int` must neither trap nor pass.
    @Test(arguments: [Int.min, Int.max])
    func extremeNumbersAreRefused(number: Int) {
        var definition = validDefinition()
        definition.cpu = "1024"
        definition.memory = "1024"
        for index in definition.containerDefinitions.indices {
            definition.containerDefinitions[index].cpu = number
            definition.containerDefinitions[index].memory = number
            definition.containerDefinitions[index].memoryReservation = number
            definition.containerDefinitions[index].portMappings = [.init(containerPort: number, hostPort: number)]
            definition.containerDefinitions[index].resourceRequirements = [.init(value: "\(number)", type: "GPU")]
        }
        #expect(definition.violations().count >= 12)
        definition.cpu = nil
        definition.memory = nil
        #expect(definition.resources().cpu == (number < 0 ? 0 : .max))
    }
}
