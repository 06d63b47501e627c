// SPDX-License-Identifier: Apache-2.0

import DryportModel

private let secretARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:s-a:key:AWSCURRENT:"

extension RuleCase {
    /// Rules of containers that concern the task around them.
    static let containers: [RuleCase] = [
        .init(
            .required, "containerDefinitions[0].name", "Container.name should not be null or empty.", keeps: ["w"],
            breaks: [""]
        ) { $0.web.name = $1 },
        .init(.format, "containerDefinitions[0].name", keeps: [text(255)], breaks: ["a.b", text(256)]) {
            $0.web.name = $1
        },
        .init(
            .required, "containerDefinitions[0].image", "Container.image should not be null or empty.", keeps: ["i"],
            breaks: [nil, ""]
        ) { $0.web.image = $1 },
        .init(
            .format, "containerDefinitions[0].image",
            keeps: [
                "r:5000/a/b:1", "a#b", text(255), "a@sha256:" + String(repeating: "0aF9", count: 16),
                text(255) + "@sha256:" + text(64),
            ],
            breaks: [
                "a b", "a@sha256:12", "a@md5:" + text(64), text(256), "@sha256:" + text(64),
                "a@sha256:" + text(61) + "\u{FF11}",
            ]
        ) { $0.web.image = $1 },
        .init(.range, "containerDefinitions[0].cpu", keeps: [nil, 0, 1, 2_147_483_647], breaks: [-1, .max]) {
            $0.web.cpu = $1
        },
        .init(.range, "containerDefinitions[0].memory", keeps: [4, 2_147_483_647], breaks: [-1, 3, 2_147_483_648]) {
            $0.web.memory = $1
        },
        .init(.range, "containerDefinitions[0].memoryReservation", keeps: [0, 4, 64], breaks: [-1, 3]) {
            $0.web.memoryReservation = $1
        },
        .init(
            .memoryRequired, "containerDefinitions[0].memory",
            "Invalid setting for container 'web'. At least one of 'memory' or 'memoryReservation' must be specified.",
            keeps: [(4, nil), (nil, 4), (0, 4), (4, 0)], breaks: [(nil, nil), (0, 0)] as [(Int?, Int?)]
        ) { ($0.web.memory, $0.web.memoryReservation) = $1 },
        .init(.memoryRequired, "containerDefinitions[0].memory", keeps: ["96"], breaks: [nil]) {
            $0.memory = $1
            $0.web.memory = nil
        },
        .init(
            .memoryReservation, "containerDefinitions[0].memory",
            "Invalid setting for container 'web'. "
                + "'memory' is 64, but must be greater than 'memoryReservation', 65.", keeps: [63, 64], breaks: [65]
        ) { $0.web.memoryReservation = $1 },
        .init(.range, "containerDefinitions[0].startTimeout", keeps: [0, 100_000], breaks: [-1]) {
            $0.web.startTimeout = $1
        },
        .init(.range, "containerDefinitions[0].stopTimeout", keeps: [0, 100_000], breaks: [-1]) {
            $0.web.stopTimeout = $1
        },
        .init(.range, "containerDefinitions[0].resourceRequirements[0].value", keeps: ["1", "8"], breaks: ["0", "x"]) {
            $0.web.resourceRequirements = [.init(value: $1, type: "GPU")]
        },
        .init(.required, "containerDefinitions[0].resourceRequirements[0].value", keeps: ["1"], breaks: [nil]) {
            $0.web.resourceRequirements = [.init(value: $1, type: "GPU")]
        },
        .init(
            .value, "containerDefinitions[0].resourceRequirements[0].type",
            "Invalid setting for container 'web'. "
                + "'resourceRequirements[0].type' is 'InferenceAccelerator', but must be GPU.", keeps: ["GPU"],
            breaks: ["InferenceAccelerator"]
        ) { $0.web.resourceRequirements = [.init(value: "1", type: $1)] },
        .init(.required, "containerDefinitions[0].resourceRequirements[0].type", keeps: ["GPU"], breaks: [nil]) {
            $0.web.resourceRequirements = [.init(value: "1", type: $1)]
        },
        .init(
            .unknownVolume, "containerDefinitions[0].mountPoints[0].sourceVolume", "Unknown volume 'other'.",
            keeps: ["data"], breaks: ["other"]
        ) { $0.web.mountPoints = [.init(sourceVolume: $1, containerPath: "/d")] },
        .init(
            .unknownVolume, "containerDefinitions[0].mountPoints[0].sourceVolume", keeps: ["data"],
            breaks: [nil, ""] as [String?]
        ) {
            $0.volumes? += [.init(), .init(name: "")]
            $0.web.mountPoints = [.init(sourceVolume: $1, containerPath: "/d")]
        },
        .init(.required, "containerDefinitions[0].mountPoints[0].containerPath", keeps: ["/d"], breaks: [nil, ""]) {
            $0.web.mountPoints = [.init(sourceVolume: "data", containerPath: $1)]
        },
        .init(
            .unknownContainer, "containerDefinitions[0].volumesFrom[0].sourceContainer", keeps: ["side"],
            breaks: ["other", nil]
        ) { $0.web.volumesFrom = [.init(sourceContainer: $1)] },
    ]

    /// Rules of containers that need each other.
    static let dependencies: [RuleCase] = [
        .init(
            .networkMode, "containerDefinitions[0].links", "Links are not supported when networkMode=host",
            keeps: [[]], breaks: [["side"]]
        ) {
            $0.networkMode = "host"
            $0.web.links = $1
        },
        .init(.networkMode, "containerDefinitions[0].links", keeps: ["bridge", nil], breaks: ["none"]) {
            $0.networkMode = $1
            $0.web.links = ["side"]
        },
        .init(
            .unknownContainer, "containerDefinitions[0].links[1]",
            "Invalid setting for container 'web'. "
                + "'links[1]' names container 'other', which the definition does not have.", keeps: ["side:o"],
            breaks: ["other:o"]
        ) { $0.web.links = ["side:s", $1] },
        .init(
            .format, "containerDefinitions[0].links[0]", keeps: ["side", "side:alias"],
            breaks: ["side:", "side:a:b", "side:a b", "side:" + text(256)]
        ) { $0.web.links = [$1] },
        .init(
            .unknownContainer, "containerDefinitions[0].dependsOn[0].containerName", keeps: ["side"], breaks: ["other"]
        ) { $0.web.dependsOn = [.init(containerName: $1, condition: "START")] },
        .init(
            .value, "containerDefinitions[0].dependsOn[0].condition", keeps: ["START", "COMPLETE", "SUCCESS"],
            breaks: ["DONE"]
        ) { $0.web.dependsOn = [.init(containerName: "side", condition: $1)] },
        .init(.required, "containerDefinitions[0].dependsOn[0].condition", keeps: ["START"], breaks: [nil, ""]) {
            $0.web.dependsOn = [.init(containerName: "side", condition: $1)]
        },
        .init(
            .dependencyCondition, "containerDefinitions[0].dependsOn[0].condition",
            "Invalid setting for container 'web'. "
                + "'dependsOn[0].condition' is HEALTHY of container 'side', which must have a 'healthCheck'.",
            keeps: [HealthCheck(command: ["CMD", "true"])], breaks: [nil]
        ) {
            $0.web.dependsOn = [.init(containerName: "side", condition: "HEALTHY")]
            $0.side.healthCheck = $1
        },
        .init(
            .dependencyCondition, "containerDefinitions[1].dependsOn[0].condition", keeps: ["START"],
            breaks: ["COMPLETE", "SUCCESS"]
        ) { $0.side.dependsOn = [.init(containerName: "web", condition: $1)] },
        .init(
            .dependencyCycle, "containerDefinitions[0].dependsOn[0]",
            "Cycle detected in the dependencies of containers: 'web' → 'side' → 'web'.", keeps: [[]],
            breaks: [[VolumeFrom(sourceContainer: "web")]]
        ) {
            $0.web.dependsOn = [.init(containerName: "side", condition: "START")]
            $0.side.volumesFrom = $1
        },
        .init(
            .dependencyCycle, "containerDefinitions[1].links[0]",
            "Cycle detected in the dependencies of containers: 'side' → 'side'.", keeps: ["web"], breaks: ["side:self"]
        ) { $0.side.links = [$1] },
        // The first container waits for a circle, but is not in it.
        .init(
            .dependencyCycle, "containerDefinitions[1].dependsOn[1]",
            "Cycle detected in the dependencies of containers: 'side' → 'third' → 'side'.", keeps: ["fourth"],
            breaks: ["third"]
        ) {
            $0.containerDefinitions += ["third", "fourth"].map { .init(name: $0, image: "i", memory: 8) }
            $0.web.dependsOn = [.init(containerName: "side", condition: "START")]
            $0.side.dependsOn = [
                .init(containerName: "fourth", condition: "START"), .init(containerName: $1, condition: "START"),
            ]
            $0.containerDefinitions[2].links = ["side"]
        },
    ]

    /// Rules of secrets.
    static let secrets: [RuleCase] = [
        .init(
            .executionRole, "executionRoleArn",
            "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
            keeps: ["exec"], breaks: [nil, ""]
        ) {
            $0.executionRoleArn = $1
            $0.web.secrets = [.init(name: "S", valueFrom: "p")]
        },
        .init(.executionRole, "executionRoleArn", keeps: ["exec"], breaks: [nil]) {
            $0.executionRoleArn = $1
            $0.web.logConfiguration = .init(logDriver: "gelf", secretOptions: [.init(name: "o", valueFrom: "p")])
        },
        .init(.required, "containerDefinitions[0].secrets[0].name", keeps: ["S"], breaks: [nil, ""]) {
            $0.executionRoleArn = "exec"
            $0.web.secrets = [.init(name: $1, valueFrom: "p")]
        },
        .init(.required, "containerDefinitions[0].secrets[0].valueFrom", keeps: ["p"], breaks: [nil, ""]) {
            $0.executionRoleArn = "exec"
            $0.web.secrets = [.init(name: "S", valueFrom: $1)]
        },
        .init(
            .required, "containerDefinitions[0].logConfiguration.secretOptions[0].valueFrom", keeps: ["p"],
            breaks: [nil]
        ) {
            $0.executionRoleArn = "exec"
            $0.web.logConfiguration = .init(logDriver: "gelf", secretOptions: [.init(name: "o", valueFrom: $1)])
        },
        .init(
            .format, "containerDefinitions[0].secrets[0].valueFrom",
            keeps: [secretARN, "arn:aws:ssm:us-east-1:123456789012:parameter/p", "/site/p"],
            breaks: ["arn:aws:s3:::bucket/key", "arn:aws:ssm"]
        ) {
            $0.executionRoleArn = "exec"
            $0.web.secrets = [.init(name: "S", valueFrom: $1)]
        },
        .init(.secretName, "containerDefinitions[0].secrets[1].name", keeps: ["T", "s"], breaks: ["S", "E"]) {
            $0.executionRoleArn = "exec"
            $0.web.environment = [.init(name: "E", value: "1"), .init(name: "E", value: "2")]
            $0.web.secrets = [.init(name: "S", valueFrom: "p"), .init(name: $1, valueFrom: "p")]
        },
        .init(
            .required, "containerDefinitions[0].repositoryCredentials.credentialsParameter",
            keeps: ["name", secretARN],
            breaks: [nil, ""]
        ) { $0.web.repositoryCredentials = .init(credentialsParameter: $1) },
    ]
}
