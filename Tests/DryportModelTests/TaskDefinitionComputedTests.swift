// SPDX-License-Identifier: Apache-2.0

import DryportModel
import Testing

/// What is computed from a definition: sizes, resources, read-back defaults, launch types, required attributes.
@Suite struct TaskDefinitionComputedTests {
    @Test(
        arguments: [
            ("1024", 1024), ("1 vCPU", 1024), ("1vcpu", 1024), (".5 vCPU", 512), ("0.25 VCPU", 256), (" 256 ", 256),
            ("10 vCPU", 10240), ("", nil), ("vCPU", nil), ("-1", nil), ("0", nil), ("1.5", nil), ("1e3", nil),
            ("inf vcpu", nil), ("0x10", nil), ("1.2.3 vCPU", nil), ("1 GB", nil), ("99999999999", nil),
            (String(repeating: "9", count: 400), nil), (".", nil),
        ] as [(String, Int?)])
    func cpuSizes(text: String, expected: Int?) {
        #expect(TaskSize.parse(text, unit: .cpu) == expected)
    }

    @Test(
        arguments: [
            ("512", 512), ("1GB", 1024), ("1 GB", 1024), ("0.5 gb", 512), ("30 GB", 30720), ("1 vCPU", nil),
            ("GB", nil), ("1.5", nil),
        ] as [(String, Int?)])
    func memorySizes(text: String, expected: Int?) {
        #expect(TaskSize.parse(text, unit: .memory) == expected)
    }

    @Test func resourcesAreSumsOfContainers() {
        let definition = TaskDefinition(
            family: "web",
            containerDefinitions: [
                ContainerDefinition(
                    name: "a", cpu: 100, memory: 64, memoryReservation: 48,
                    portMappings: [
                        .init(containerPort: 80, hostPort: 8081), .init(containerPort: 81, hostPort: 0),
                        .init(containerPort: 82), .init(containerPort: 53, hostPort: 53, protocol: "udp"),
                        .init(containerPortRange: "1-2"),
                    ],
                    resourceRequirements: [.init(value: "2", type: "GPU")]),
                ContainerDefinition(
                    name: "b", cpu: 28, memory: 16, memoryReservation: 0,
                    portMappings: [
                        .init(containerPort: 80, hostPort: 8080, protocol: "tcp"),
                        .init(containerPort: 81, hostPort: 8081, protocol: "tcp"),
                    ],
                    resourceRequirements: [
                        .init(value: "1", type: "GPU"), .init(value: "7", type: "InferenceAccelerator"),
                    ]),
                ContainerDefinition(name: "c"),
            ])
        #expect(
            definition.resources()
                == TaskResources(cpu: 128, memory: 64, tcpPorts: [8080, 8081], udpPorts: [53], gpus: 3))
    }

    @Test func theTasksSizeWins() {
        var definition = TaskDefinition(
            family: "web", containerDefinitions: [ContainerDefinition(name: "a", cpu: 100, memory: 64)],
            cpu: "1 vCPU", memory: "0.5GB")
        #expect(definition.resources() == TaskResources(cpu: 1024, memory: 512))
        definition.memory = nil
        #expect(definition.resources() == TaskResources(cpu: 1024, memory: 64))
    }

    @Test(
        arguments: [
            (nil, []), ("bridge", []), ("host", [80]), ("none", []), ("awsvpc", []),
        ] as [(String?, [Int])])
    func portsWithoutHostPortAreStaticOnTheHostOnly(mode: String?, expected: [Int]) {
        let definition = TaskDefinition(
            family: "web",
            containerDefinitions: [ContainerDefinition(name: "a", portMappings: [.init(containerPort: 80)])],
            networkMode: mode)
        #expect(definition.resources().tcpPorts == expected)
    }

    @Test func defaultsAreFilledIn() {
        let definition = TaskDefinition(
            family: "web",
            containerDefinitions: [
                ContainerDefinition(
                    name: "a", image: "i", memory: 64,
                    portMappings: [.init(containerPort: 80), .init(protocol: "udp", containerPortRange: "1-2")])
            ],
            cpu: ".5 vCPU", memory: "1GB")
        let normalised = definition.normalised()
        let container = normalised.containerDefinitions[0]
        #expect(container.cpu == 0)
        #expect(container.essential == true)
        #expect(container.environment == [])
        #expect(container.mountPoints == [])
        #expect(container.volumesFrom == [])
        #expect(container.systemControls == [])
        #expect(
            container.portMappings == [
                .init(containerPort: 80, hostPort: 0, protocol: "tcp"),
                .init(protocol: "udp", containerPortRange: "1-2"),
            ])
        #expect(container.secrets == nil)
        #expect(normalised.volumes == [])
        #expect(normalised.placementConstraints == [])
        #expect(normalised.cpu == "512")
        #expect(normalised.memory == "1024")
        #expect(normalised.networkMode == nil)
        #expect(normalised.requiresCompatibilities == nil)
        #expect(normalised.compatibilities == ["EXTERNAL", "EC2"])
        #expect(normalised.requiresAttributes?.isEmpty == false)
        #expect(normalised.normalised() == normalised)
    }

    @Test func hostPortsFollowContainerPortsOnTheHost() {
        let definition = TaskDefinition(
            family: "web",
            containerDefinitions: [ContainerDefinition(name: "a", portMappings: [.init(containerPort: 80)])],
            networkMode: "host")
        #expect(
            definition.normalised().containerDefinitions[0].portMappings
                == [.init(containerPort: 80, hostPort: 80, protocol: "tcp")])
    }

    @Test(
        arguments: [
            ("host", 80, nil), ("host", 80, 0), ("bridge", 0, nil), ("bridge", 8080, 8080), (nil, 0, 0),
            ("none", nil, nil),
        ] as [(String?, Int?, Int?)])
    func hostPortsAreFilledIn(mode: String?, expected: Int?, given: Int?) {
        let definition = TaskDefinition(
            family: "web",
            containerDefinitions: [
                ContainerDefinition(name: "a", portMappings: [.init(containerPort: 80, hostPort: given)])
            ],
            networkMode: mode)
        let mappings = definition.normalised().containerDefinitions[0].portMappings
        #expect(mappings == [.init(containerPort: 80, hostPort: expected, protocol: "tcp")])
    }

    @Test func launchTypes() {
        var definition = TaskDefinition(
            family: "web", containerDefinitions: [ContainerDefinition(name: "a", image: "i")], cpu: "256",
            memory: "512")
        #expect(definition.computedCompatibilities() == ["EXTERNAL", "EC2"])
        definition.networkMode = "awsvpc"
        #expect(definition.computedCompatibilities() == ["EC2", "FARGATE", "MANAGED_INSTANCES"])
        definition.memory = "4096"
        #expect(definition.computedCompatibilities() == ["EC2", "MANAGED_INSTANCES"])
        definition.memory = "2 GB"
        definition.ephemeralStorage = .init(sizeInGiB: 30)
        #expect(definition.computedCompatibilities() == ["FARGATE"])
        definition.ephemeralStorage = nil
        definition.proxyConfiguration = .init(containerName: "a")
        #expect(definition.computedCompatibilities() == ["EC2", "FARGATE"])
        definition.proxyConfiguration = nil
        definition.inferenceAccelerators = [.init(deviceName: "d", deviceType: "t")]
        #expect(definition.computedCompatibilities() == ["EC2"])
        definition = TaskDefinition(
            family: "web", volumes: [Volume(name: "v", efsVolumeConfiguration: .init(fileSystemId: "fs"))])
        #expect(definition.computedCompatibilities() == ["EC2"])
        definition.volumes = [Volume(name: "v", dockerVolumeConfiguration: .init())]
        #expect(definition.computedCompatibilities() == ["EXTERNAL", "EC2"])
        definition.networkMode = "host"
        definition.volumes = [Volume(name: "v", configuredAtLaunch: true)]
        #expect(definition.computedCompatibilities() == ["EC2", "MANAGED_INSTANCES"])
    }

    @Test(
        arguments: [
            ("256", ["512", "1024", "2048"], ["256", "768", "3072"]), (".5 vCPU", ["1 GB", "4096"], ["512", "5120"]),
            ("1024", ["2048", "8192"], ["1024", "9216", "2500"]), ("2048", ["4096", "16384"], ["3072", "17408"]),
            ("4096", ["8192", "30720"], ["7168", "31744"]), ("8192", ["16 GB", "60 GB"], ["17 GB", "64 GB"]),
            ("16384", ["32 GB", "120 GB"], ["24 GB", "36 GB", "128 GB"]), ("128", [], ["512"]),
        ] as [(String, [String], [String])])
    func fargateHasCertainSizes(cpu: String, memory: [String], others: [String]) {
        func isCompatible(_ memory: String) -> Bool {
            TaskDefinition(family: "web", networkMode: "awsvpc", cpu: cpu, memory: memory).computedCompatibilities()
                .contains("FARGATE")
        }
        #expect(memory.filter(isCompatible) == memory)
        #expect(others.filter(isCompatible) == [])
    }

    /// What is required of an external instance may be required twice over, but never a network interface.
    @Test func attributesComeOnceInOneOrder() {
        let containers = ["b", "a"].map { ContainerDefinition(name: $0, image: "i", stopTimeout: 1, privileged: true) }
        let definition = TaskDefinition(family: "web", containerDefinitions: containers)
        let reversed = TaskDefinition(family: "web", containerDefinitions: containers.reversed())
        let names = definition.computedRequiredAttributes().compactMap(\.name)
        #expect(names == names.sorted() && Set(names).count == names.count && names.count == 3)
        #expect(reversed.computedRequiredAttributes() == definition.computedRequiredAttributes())
    }

    struct AttributeCase: Sendable, CustomTestStringConvertible {
        var expected: [Attribute]
        var change: @Sendable (inout TaskDefinition, inout ContainerDefinition) -> Void
        init(
            _ names: [String], values: [String?] = [],
            _ change: @escaping @Sendable (inout TaskDefinition, inout ContainerDefinition) -> Void
        ) {
            expected = names.enumerated().map { index, name in
                let value = index < values.count ? values[index] : nil
                if name.hasPrefix("ecs.") { return Attribute(name: name, value: value) }
                if name.hasPrefix("+") { return Attribute(name: "ecs.capability.\(name.dropFirst())", value: value) }
                return Attribute(name: "com.amazonaws.ecs.capability.\(name)", value: value)
            }
            self.change = change
        }
        var testDescription: String { expected.map { $0.name ?? "" }.joined(separator: " ") }
    }

    /// Names with `+` are of the family `ecs.capability.`, others of `com.amazonaws.ecs.capability.`.
    static let attributeCases: [AttributeCase] = [
        .init([]) { _, _ in },
        .init(["docker-remote-api.1.18", "logging-driver.json-file"]) {
            $1.logConfiguration = .init(logDriver: "json-file")
        },
        .init([
            "docker-remote-api.1.18", "docker-remote-api.1.19", "logging-driver.awslogs",
            "+execution-role-awslogs",
        ]) {
            $0.executionRoleArn = "e"
            $1.logConfiguration = .init(logDriver: "awslogs", options: ["awslogs-group": "g"])
        },
        .init(["docker-remote-api.1.18", "docker-remote-api.1.19", "logging-driver.awslogs"]) {
            $1.logConfiguration = .init(logDriver: "awslogs", options: ["awslogs-group": "g"])
        },
        .init(["docker-remote-api.1.18", "logging-driver.awsfirelens"]) {
            $1.logConfiguration = .init(logDriver: "awsfirelens")
        },
        .init(["docker-remote-api.1.19", "ecr-auth", "+execution-role-ecr-pull"]) {
            $0.executionRoleArn = "e"
            $1.image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1"
        },
        .init(["docker-remote-api.1.19", "ecr-auth"]) {
            $1.image = "123456789012.dkr.ecr-fips.cn-north-1.amazonaws.com.cn/app@sha256:0"
        },
        .init(["docker-remote-api.1.19", "ecr-auth"]) { $1.image = "123456789012.dkr-ecr.eu-west-1.on.aws/a/b:1" },
        .init([]) { $1.image = "public.ecr.aws/nginx/nginx:1" },
        .init([]) { $1.image = "host.dkr.ecr.us-east-1.amazonaws.com/app" },
        .init([]) { $1.image = "123456789012.dkr.ecr" },
        .init(["docker-remote-api.1.19", "task-iam-role"]) { definition, _ in definition.taskRoleArn = "r" },
        .init(["docker-remote-api.1.19", "task-iam-role-network-host"]) { definition, _ in
            definition.taskRoleArn = "r"
            definition.networkMode = "host"
        },
        .init(["privileged-container"]) { $1.privileged = true },
        .init(["+secrets.asm.environment-variables", "+secrets.ssm.environment-variables"]) {
            $1.secrets = [
                .init(name: "A", valueFrom: "parameter"),
                .init(name: "B", valueFrom: "arn:aws:secretsmanager:us-east-1:123456789012:secret:s-a:k::"),
                .init(name: "C", valueFrom: "arn:aws:ssm:us-east-1:123456789012:parameter/p"),
            ]
        },
        .init(["docker-remote-api.1.18", "logging-driver.splunk", "+secrets.ssm.bootstrap.log-driver"]) {
            $1.logConfiguration = .init(logDriver: "splunk", secretOptions: [.init(name: "t", valueFrom: "p")])
        },
        .init(["docker-remote-api.1.18", "logging-driver.splunk", "+secrets.asm.bootstrap.log-driver"]) {
            let secret = Secret(name: "t", valueFrom: "arn:aws:secretsmanager:us-east-1:123456789012:secret:s-a")
            $1.logConfiguration = .init(logDriver: "splunk", secretOptions: [secret])
        },
        .init(["+private-registry-authentication.secretsmanager"]) { $1.repositoryCredentials = .init() },
        .init(["docker-remote-api.1.24", "+container-health-check"]) { $1.healthCheck = .init(command: ["CMD"]) },
        .init(["+container-ordering"]) { $1.startTimeout = 0 },
        .init(["+container-ordering"]) { $1.stopTimeout = 5 },
        .init(["+container-ordering"]) { $1.dependsOn = [.init(containerName: "a", condition: "START")] },
        .init([]) { ($1.dependsOn, $1.secrets, $1.environmentFiles, $1.ulimits) = ([], [], [], []) },
        .init(["+pid-ipc-namespace-sharing"]) { definition, _ in definition.pidMode = "task" },
        .init(["+pid-ipc-namespace-sharing"]) { definition, _ in definition.ipcMode = "none" },
        .init(["+task-cpu-mem-limit"]) { definition, _ in definition.cpu = "10 vCPU" },
        .init(["+task-cpu-mem-limit"]) { definition, _ in definition.memory = "1 GB" },
        .init(["+increased-task-cpu-limit", "+task-cpu-mem-limit"]) { definition, _ in definition.cpu = "11 vCPU" },
        .init(["+env-files.s3"]) { $1.environmentFiles = [.init(value: "a.env", type: "s3")] },
        .init(["+firelens.fluentbit", "+firelens.options.config.s3"]) {
            $1.firelensConfiguration = .init(type: "fluentbit", options: ["config-file-type": "s3"])
        },
        .init(["+firelens.fluentd", "+firelens.options.config.file"]) {
            $1.firelensConfiguration = .init(type: "fluentd", options: ["config-file-type": "file"])
        },
        .init(["docker-remote-api.1.21", "+docker-plugin.local"]) { definition, _ in
            definition.volumes = [.init(name: "v", dockerVolumeConfiguration: .init())]
        },
        .init(["docker-remote-api.1.21", "+docker-plugin.rexray/ebs.latest"]) { definition, _ in
            definition.volumes = [.init(name: "v", dockerVolumeConfiguration: .init(driver: "rexray/ebs:latest"))]
        },
        .init(["+fsxWindowsFileServer"]) { definition, _ in
            definition.volumes = [.init(name: "v", fsxWindowsFileServerVolumeConfiguration: .init())]
        },
        .init(["+container-restart-policy"]) { $1.restartPolicy = .init(enabled: true) },
        .init([]) { $1.restartPolicy = .init(enabled: false) },
        .init(["+network.container-port-range"]) { $1.portMappings = [.init(containerPortRange: "1-2")] },
        .init(["apparmor", "selinux"]) { $1.dockerSecurityOptions = ["apparmor:p", "label:l"] },
        .init(["+gmsa"]) { $1.dockerSecurityOptions = ["no-new-privileges", "credentialspec:file://c.json"] },
        .init(["+gmsa"]) { $1.credentialSpecs = ["credentialspec:arn"] },
        .init(["+gmsa-domainless"]) { $1.credentialSpecs = ["credentialspecdomainless:arn"] },
        .init(["docker-remote-api.1.18"]) { $1.dockerLabels = ["a": "b"] },
        .init(["docker-remote-api.1.18"]) { $1.ulimits = [.init(name: "core", softLimit: 0, hardLimit: 0)] },
        .init(["docker-remote-api.1.22"]) { $1.linuxParameters = .init(tmpfs: [.init(containerPath: "/t", size: 1)]) },
        .init(["+fault-injection"]) { definition, _ in definition.enableFaultInjection = true },
        .init(["docker-remote-api.1.21", "docker-remote-api.1.22", "docker-remote-api.1.25"]) {
            $1.memoryReservation = 8
            $1.linuxParameters = .init(initProcessEnabled: true, sharedMemorySize: 1)
        },
        .init(["ecs.cpu-architecture", "ecs.os-family"], values: ["arm64", "LINUX"]) { definition, _ in
            definition.runtimePlatform = .init(cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX")
        },
    ]

    @Test(arguments: attributeCases)
    func requiredAttributes(expectation: AttributeCase) {
        var definition = TaskDefinition(family: "web")
        var container = ContainerDefinition(name: "a", image: "nginx")
        expectation.change(&definition, &container)
        // Twice the same container: no attribute may come twice.
        definition.containerDefinitions = [container, container]
        let floor = Attribute(name: "com.amazonaws.ecs.capability.docker-remote-api.1.17")
        let expected = (expectation.expected + [floor]).sorted { ($0.name ?? "") < ($1.name ?? "") }
        #expect(definition.computedRequiredAttributes() == expected)
    }
}
