// SPDX-License-Identifier: Apache-2.0

import DryportModel

extension RuleCase {
    private static let mapping = "containerDefinitions[0].portMappings[0]"

    /// Rules of port mappings.
    static let ports: [RuleCase] = [
        .init(.range, "\(mapping).containerPort", keeps: [1, 65535], breaks: [0, 65536, -1]) {
            $0.web.portMappings = [.init(containerPort: $1)]
        },
        .init(.required, "\(mapping).containerPort", keeps: [80], breaks: [nil]) {
            $0.web.portMappings = [.init(containerPort: $1, hostPort: 80)]
        },
        .init(.range, "containerDefinitions[0].portMappings[1].hostPort", keeps: [nil, 0, 65535], breaks: [65536, -1]) {
            $0.web.portMappings = [.init(containerPort: 80), .init(containerPort: 81, hostPort: $1)]
        },
        .init(.value, "\(mapping).protocol", keeps: ["tcp", "udp", nil], breaks: ["sctp", "TCP"]) {
            $0.web.portMappings = [.init(containerPort: 80, protocol: $1)]
        },
        .init(.value, "\(mapping).appProtocol", keeps: ["http", "http2", "grpc", nil], breaks: ["https"]) {
            $0.web.portMappings = [.init(containerPort: 80, appProtocol: $1)]
        },
        .init(
            .format, "\(mapping).name", keeps: ["web_1-a", "_a", text(64)], breaks: ["Web", "-web", "", text(65)]
        ) { $0.web.portMappings = [.init(containerPort: 1, name: $1)] },
        .init(
            .networkMode, "containerDefinitions[0].portMappings",
            "Invalid setting for container 'web'. 'portMappings' are not supported when networkMode=none.", keeps: [0],
            breaks: [1]
        ) {
            $0.networkMode = "none"
            $0.web.portMappings = Array(repeating: .init(containerPort: 80), count: $1)
        },
        .init(
            .hostPort, "\(mapping).hostPort",
            "When networkMode=host, the host ports and container ports in port mappings must match.",
            keeps: [nil, 0, 80], breaks: [81]
        ) {
            $0.networkMode = "host"
            $0.web.portMappings = [.init(containerPort: 80, hostPort: $1)]
        },
        .init(.hostPort, "\(mapping).hostPort", keeps: [nil, 80], breaks: [81]) {
            $0.requiresCompatibilities = nil
            $0.networkMode = "awsvpc"
            $0.web.portMappings = [.init(containerPort: 80, hostPort: $1)]
        },
        .init(
            .hostPort, "containerDefinitions[1].portMappings[0].hostPort",
            "Invalid setting for container 'side'. "
                + "'portMappings[0].hostPort' is 8080/tcp, which another mapping has taken.",
            keeps: [(8081, "tcp"), (8080, "udp"), (0, "tcp"), (nil, nil)], breaks: [(8080, "tcp"), (8080, nil)]
        ) {
            $0.web.portMappings = [.init(containerPort: 80, hostPort: 8080)]
            $0.side.portMappings = [.init(containerPort: 81, hostPort: $1.0, protocol: $1.1)]
        },
        // On the host, mappings of one port take nothing from each other.
        .init(.hostPort, "containerDefinitions[1].portMappings[0].hostPort", keeps: ["host"], breaks: ["bridge"]) {
            $0.networkMode = $1
            $0.web.portMappings = [.init(containerPort: 80, hostPort: 80, name: "a")]
            $0.side.portMappings = [.init(containerPort: 80, hostPort: 80, name: "b")]
        },
        .init(.networkMode, "\(mapping).containerPortRange", keeps: ["bridge", nil], breaks: ["host"]) {
            $0.networkMode = $1
            $0.web.portMappings = [.init(containerPortRange: "1-2")]
        },
        .init(
            .format, "\(mapping).containerPortRange", keeps: ["1-2", "1-65535"],
            breaks: ["9-8", "8-8", "0-8", "1-65536", "8", "8-", "a-b", "1-2-3", "+1-2", ""]
        ) { $0.web.portMappings = [.init(containerPortRange: $1)] },
        .init(
            .portRange, "containerDefinitions[0].portMappings[1].containerPortRange",
            keeps: [("8010-8020", nil), ("8009-8010", "udp")], breaks: [("8009-8010", nil), ("1-65535", "tcp")]
        ) {
            $0.web.portMappings = [
                .init(containerPortRange: "8000-8009"), .init(protocol: $1.1, containerPortRange: $1.0),
            ]
        },
        .init(.exclusive, "\(mapping).containerPortRange", keeps: [(nil, nil)], breaks: [(1, nil), (nil, 1)]) {
            $0.web.portMappings = [.init(containerPort: $1.0, hostPort: $1.1, containerPortRange: "1-2")]
        },
        .init(.count, "containerDefinitions[0].portMappings", keeps: [100], breaks: [101, 1000]) {
            $0.web.portMappings = (0..<$1).map { .init(containerPortRange: "\(1 + 2 * $0)-\(2 + 2 * $0)") }
        },
    ]

    /// Rules of volumes; the definition has the volume `data` already.
    static let volumes: [RuleCase] = [
        .init(
            .duplicate, "volumes[1].name",
            "Invalid setting for volume 'data'. Another volume has the same 'name'.", keeps: ["Data", nil],
            breaks: ["data"]
        ) { $0.volumes?.append(.init(name: $1)) },
        .init(.format, "volumes[1].name", keeps: ["a_b-1", text(255)], breaks: ["a/b", text(256)]) {
            $0.volumes?.append(.init(name: $1))
        },
        .init(.required, "volumes[1].name", keeps: ["v"], breaks: [nil, ""]) {
            $0.requiresCompatibilities = nil
            $0.volumes?.append(.init(name: $1, efsVolumeConfiguration: .init(fileSystemId: "fs-1")))
        },
        .init(.required, "volumes[1].name", keeps: ["v"], breaks: [nil]) {
            $0.requiresCompatibilities = nil
            $0.volumes?.append(.init(name: $1, s3filesVolumeConfiguration: .init(fileSystemArn: "arn")))
        },
        .init(.required, "volumes[1].name", keeps: ["v"], breaks: [nil]) {
            $0.requiresCompatibilities = nil
            $0.volumes?.append(.init(name: $1, configuredAtLaunch: true))
        },
        .init(
            .exclusive, "volumes[1]",
            "Invalid setting for volume 'v'. 'host' and 'dockerVolumeConfiguration' exclude each other.", keeps: [nil],
            breaks: [DockerVolumeConfiguration()]
        ) { $0.volumes?.append(.init(name: "v", host: .init(), dockerVolumeConfiguration: $1)) },
        .init(.exclusive, "volumes[1]", keeps: [false], breaks: [true]) {
            $0.requiresCompatibilities = nil
            $0.volumes?.append(.init(name: "v", host: .init(), configuredAtLaunch: $1))
        },
        .init(
            .value, "volumes[1].dockerVolumeConfiguration.scope", keeps: ["task", "shared", nil], breaks: ["world"]
        ) { $0.volumes?.append(.init(name: "v", dockerVolumeConfiguration: .init(scope: $1))) },
        .init(
            .autoprovision, "volumes[1].dockerVolumeConfiguration.autoprovision",
            keeps: [("shared", true), ("shared", false), ("task", false), (nil, nil)],
            breaks: [("task", true), (nil, true)] as [(String?, Bool?)]
        ) {
            $0.volumes?.append(
                .init(name: "v", dockerVolumeConfiguration: .init(scope: $1.0, autoprovision: $1.1)))
        },
        .init(.count, "volumes", keeps: [0, 1], breaks: [2]) { definition, count in
            definition.requiresCompatibilities = nil
            for index in 0..<count { definition.volumes?.append(.init(name: "v\(index)", configuredAtLaunch: true)) }
        },
        .fileSystem("fileSystemId", .required, keeps: ["fs-1"], breaks: [nil, ""]) { $0.fileSystemId = $1 },
        .fileSystem("transitEncryption", .value, keeps: ["ENABLED", "DISABLED"], breaks: ["on"]) {
            $0.transitEncryption = $1
        },
        .fileSystem("transitEncryptionPort", .range, keeps: [0, 65535], breaks: [-1, 65536]) {
            $0.transitEncryptionPort = $1
        },
        .fileSystem("authorizationConfig.iam", .value, keeps: ["ENABLED", "DISABLED"], breaks: ["enabled"]) {
            $0.authorizationConfig = .init(iam: $1)
        },
        .init(.required, "volumes[1].s3filesVolumeConfiguration.fileSystemArn", keeps: ["arn"], breaks: [nil]) {
            $0.requiresCompatibilities = nil
            $0.volumes?.append(.init(name: "v", s3filesVolumeConfiguration: .init(fileSystemArn: $1)))
        },
        .init(.range, "volumes[1].s3filesVolumeConfiguration.transitEncryptionPort", keeps: [1], breaks: [65536]) {
            $0.requiresCompatibilities = nil
            $0.volumes?.append(
                .init(
                    name: "v", s3filesVolumeConfiguration: .init(fileSystemArn: "arn", transitEncryptionPort: $1)))
        },
        .share("fileSystemId") { $0.fileSystemId = $1 },
        .share("rootDirectory") { $0.rootDirectory = $1 },
        .share("authorizationConfig.credentialsParameter") { $0.authorizationConfig?.credentialsParameter = $1 },
        .share("authorizationConfig.domain") { $0.authorizationConfig?.domain = $1 },
    ]

    private static func fileSystem<Value: Sendable>(
        _ member: String, _ rule: TaskDefinitionViolation.Rule, keeps: [Value], breaks: [Value],
        _ change: @escaping @Sendable (inout EFSVolumeConfiguration, Value) -> Void
    ) -> RuleCase {
        RuleCase(rule, "volumes[1].efsVolumeConfiguration.\(member)", keeps: keeps, breaks: breaks) {
            var efs = EFSVolumeConfiguration(fileSystemId: "fs-1")
            change(&efs, $1)
            $0.requiresCompatibilities = nil
            $0.volumes?.append(.init(name: "v", efsVolumeConfiguration: efs))
        }
    }

    /// All members of a share must be there.
    private static func share(
        _ member: String,
        _ change: @escaping @Sendable (inout FSxWindowsFileServerVolumeConfiguration, String?) -> Void
    ) -> RuleCase {
        let path = "volumes[1].fsxWindowsFileServerVolumeConfiguration.\(member)"
        return RuleCase(.required, path, keeps: ["x"], breaks: [nil, ""]) {
            var share = FSxWindowsFileServerVolumeConfiguration(
                fileSystemId: "f", rootDirectory: "r",
                authorizationConfig: .init(credentialsParameter: "c", domain: "d"))
            change(&share, $1)
            $0.volumes?.append(.init(name: "v", fsxWindowsFileServerVolumeConfiguration: share))
        }
    }
}
