// SPDX-License-Identifier: Apache-2.0

extension TaskDefinition {
    /// The launch types that can run the definition, in the order in which AWS lists them (`ecs-control-plane.md`
    /// §3.5). What excludes `EXTERNAL` is sure; the other launch types are told for completeness, because Dryport does
    /// not run them.
    public func computedCompatibilities() -> [String] {
        [LaunchType.external, .ec2, .fargate, .managedInstances].filter { obstacles(to: $0).isEmpty }.map(\.rawValue)
    }

    /// What keeps the definition off a launch type. Empty if nothing does.
    func obstacles(to launchType: LaunchType) -> [LaunchTypeObstacle] {
        var obstacles = LaunchTypeObstacles(launchType)
        obstacles.collect(of: self)
        return obstacles.found
    }
}

/// Something that a launch type does not have, or that it needs.
struct LaunchTypeObstacle {
    /// The member that asks for it.
    var place: MemberPlace
    /// A sentence for people.
    var problem: String
}

/// What keeps a definition off one launch type, being gathered.
private struct LaunchTypeObstacles {
    let launchType: LaunchType
    private(set) var found: [LaunchTypeObstacle] = []

    init(_ launchType: LaunchType) { self.launchType = launchType }

    mutating func collect(of definition: TaskDefinition) {
        let task = MemberPlace.task
        // Only Fargate has this one, and it would also be all that EC2 lacks.
        refuse(launchType != .fargate && definition.ephemeralStorage != nil, task.ephemeralStorage)
        guard launchType != .ec2 else { return }
        refuse(definition.inferenceAccelerators?.isEmpty == false, task.inferenceAccelerators)
        switch launchType {
        case .external:
            if definition.networkMode == "awsvpc" {
                add(task.networkMode, "'networkMode' awsvpc is not supported by launch type EXTERNAL.")
            }
            refuse(definition.proxyConfiguration != nil, task.proxyConfiguration)
        case .managedInstances:
            if definition.networkMode != "awsvpc", definition.networkMode != "host" {
                add(task.networkMode, "Launch type MANAGED_INSTANCES needs 'networkMode' awsvpc or host.")
            }
            refuse(definition.proxyConfiguration != nil, task.proxyConfiguration)
        case .fargate: collectFargate(of: definition)
        case .ec2: break
        }
        for (index, volume) in (definition.volumes ?? []).enumerated() {
            collect(of: volume, at: .volume(volume, index))
        }
        guard launchType == .fargate else { return }
        for (index, container) in definition.containerDefinitions.enumerated() {
            collectFargate(of: container, at: .container(container, index))
        }
    }

    private mutating func collect(of volume: Volume, at place: MemberPlace) {
        if launchType == .external {
            refuse(volume.efsVolumeConfiguration != nil, place.efsVolumeConfiguration)
            refuse(volume.s3filesVolumeConfiguration != nil, place.s3filesVolumeConfiguration)
            refuse(volume.configuredAtLaunch == true, place.configuredAtLaunch)
        } else {
            refuse(volume.dockerVolumeConfiguration != nil, place.dockerVolumeConfiguration)
        }
        guard launchType == .fargate else { return }
        let share = volume.fsxWindowsFileServerVolumeConfiguration
        refuse(share != nil, place.fsxWindowsFileServerVolumeConfiguration)
        refuse(volume.host?.sourcePath != nil, place.host.sourcePath)
    }

    private mutating func collectFargate(of definition: TaskDefinition) {
        let task = MemberPlace.task
        if definition.networkMode != "awsvpc" {
            add(task.networkMode, "Launch type FARGATE needs 'networkMode' awsvpc.")
        }
        let sizes = Self.fargateMemory(cpu: definition.cpu.flatMap { TaskSize.parse($0, unit: .cpu) })
        let memory = definition.memory.flatMap { TaskSize.parse($0, unit: .memory) }
        if sizes.isEmpty {
            add(task.cpu, "Launch type FARGATE needs 'cpu' of 256, 512, 1024, 2048, 4096, 8192 or 16384.")
        } else if !sizes.contains(where: { $0 == memory }) {
            let cpu = definition.cpu ?? ""
            add(task.memory, "Launch type FARGATE has no size of \(cpu) 'cpu' with this 'memory'.")
        }
        refuse(definition.pidMode == "host", task.pidMode)
        refuse(definition.ipcMode != nil, task.ipcMode)
        refuse(definition.placementConstraints?.isEmpty == false, task.placementConstraints)
    }

    /// The MiB that go with an amount of CPU, up to 16 CPUs; empty if there is no such size.
    private static func fargateMemory(cpu: Int?) -> [Int] {
        func gigabytes(_ first: Int, _ last: Int, by step: Int = 1) -> [Int] {
            stride(from: first, through: last, by: step).map { $0 * 1024 }
        }
        return switch cpu {
        case 256: [512] + gigabytes(1, 2)
        case 512: gigabytes(1, 4)
        case 1024: gigabytes(2, 8)
        case 2048: gigabytes(4, 16)
        case 4096: gigabytes(8, 30)
        case 8192: gigabytes(16, 60, by: 4)
        case 16384: gigabytes(32, 120, by: 8)
        default: []
        }
    }

    /// What refers to the host, or what only a host of one's own offers.
    private mutating func collectFargate(of container: ContainerDefinition, at place: MemberPlace) {
        refuse(container.privileged == true, place.privileged)
        refuse(container.disableNetworking == true, place.disableNetworking)
        refuse(container.links?.isEmpty == false, place.links)
        refuse(container.extraHosts?.isEmpty == false, place.extraHosts)
        refuse(container.dockerSecurityOptions?.isEmpty == false, place.dockerSecurityOptions)
        refuse(container.resourceRequirements?.isEmpty == false, place.resourceRequirements)
        let linux = container.linuxParameters
        refuse(linux?.devices?.isEmpty == false, place.linuxParameters.devices)
        refuse(linux?.sharedMemorySize != nil, place.linuxParameters.sharedMemorySize)
        refuse(linux?.maxSwap != nil, place.linuxParameters.maxSwap)
        refuse(linux?.swappiness != nil, place.linuxParameters.swappiness)
    }

    private mutating func refuse(_ isGiven: Bool, _ place: MemberPlace) {
        guard isGiven else { return }
        add(place, "'\(place.member)' is not supported by launch type \(launchType.rawValue).")
    }

    private mutating func add(_ place: MemberPlace, _ problem: String) {
        found.append(LaunchTypeObstacle(place: place, problem: problem))
    }
}
