// SPDX-License-Identifier: Apache-2.0

extension TaskDefinition {
    /// The launch types whose rules the definition keeps, in the order in which AWS lists them
    /// (`ecs-control-plane.md` §3.5). What excludes `EXTERNAL` is sure; the other launch types are told for
    /// completeness, because Dryport does not run them.
    public func computedCompatibilities() -> [String] {
        var result: [String] = []
        if externalObstacles().isEmpty { result.append(LaunchType.external.rawValue) }
        if ephemeralStorage == nil { result.append(LaunchType.ec2.rawValue) }
        if isFargateCompatible { result.append(LaunchType.fargate.rawValue) }
        if isManagedInstancesCompatible { result.append(LaunchType.managedInstances.rawValue) }
        return result
    }

    /// What external instances do not have, with the path and a text for people. Empty if there is no such thing.
    func externalObstacles() -> [TaskDefinitionViolation] {
        var result: [TaskDefinitionViolation] = []
        func reject(_ path: String, _ what: String) {
            result.append(.init(path: path, message: "\(what) not supported by launch type EXTERNAL."))
        }
        if networkMode == "awsvpc" { reject("networkMode", "Network mode awsvpc is") }
        for (index, volume) in (volumes ?? []).enumerated() {
            let path = "volumes[\(index)]"
            if volume.efsVolumeConfiguration != nil { reject("\(path).efsVolumeConfiguration", "EFS volumes are") }
            if volume.s3filesVolumeConfiguration != nil {
                reject("\(path).s3filesVolumeConfiguration", "S3 Files volumes are")
            }
            if volume.configuredAtLaunch == true {
                reject("\(path).configuredAtLaunch", "Volumes configured at launch are")
            }
        }
        if proxyConfiguration != nil { reject("proxyConfiguration", "App Mesh proxies are") }
        if inferenceAccelerators?.isEmpty == false { reject("inferenceAccelerators", "Inference accelerators are") }
        if ephemeralStorage != nil { reject("ephemeralStorage", "Ephemeral storage is") }
        return result
    }

    private var isFargateCompatible: Bool {
        guard networkMode == "awsvpc", proxyConfiguration == nil, inferenceAccelerators?.isEmpty != false,
            pidMode != "host", ipcMode == nil, placementConstraints?.isEmpty != false, hasFargateSize
        else { return false }
        return volumes?.contains(where: \.needsHost) != true
            && !containerDefinitions.contains(where: \.needsHost)
    }

    /// The published pairs of CPU and memory up to 16 CPUs.
    private var hasFargateSize: Bool {
        guard let cpu = cpu.flatMap({ TaskSize.parse($0, unit: .cpu) }),
            let memory = memory.flatMap({ TaskSize.parse($0, unit: .memory) })
        else { return false }
        let gigabytes = memory / 1024
        guard memory % 1024 == 0 else { return cpu == 256 && memory == 512 }
        return switch cpu {
        case 256: (1...2).contains(gigabytes)
        case 512: (1...4).contains(gigabytes)
        case 1024: (2...8).contains(gigabytes)
        case 2048: (4...16).contains(gigabytes)
        case 4096: (8...30).contains(gigabytes)
        case 8192: (16...60).contains(gigabytes) && gigabytes % 4 == 0
        case 16384: (32...120).contains(gigabytes) && gigabytes % 8 == 0
        default: false
        }
    }

    private var isManagedInstancesCompatible: Bool {
        guard networkMode == "awsvpc" || networkMode == "host" else { return false }
        return proxyConfiguration == nil && inferenceAccelerators?.isEmpty != false && ephemeralStorage == nil
            && volumes?.contains(where: { $0.dockerVolumeConfiguration != nil }) != true
    }
}

extension Volume {
    /// Whether the volume belongs to a host that the owner can reach.
    fileprivate var needsHost: Bool {
        dockerVolumeConfiguration != nil || fsxWindowsFileServerVolumeConfiguration != nil || host?.sourcePath != nil
    }
}

extension ContainerDefinition {
    /// Whether a setting refers to the host, or to what only a host of one's own offers.
    fileprivate var needsHost: Bool {
        privileged == true || disableNetworking == true || links?.isEmpty == false || extraHosts?.isEmpty == false
            || dockerSecurityOptions?.isEmpty == false || resourceRequirements?.isEmpty == false
            || linuxParameters?.devices?.isEmpty == false || linuxParameters?.tmpfs?.isEmpty == false
            || linuxParameters?.sharedMemorySize != nil || linuxParameters?.maxSwap != nil
            || linuxParameters?.swappiness != nil
    }
}
