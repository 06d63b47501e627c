// SPDX-License-Identifier: Apache-2.0

// Rules of volumes (`ecs-control-plane.md` §3.4).

extension TaskDefinitionCheck {
    mutating func volumes() {
        let volumes = definition.volumes ?? []
        var seen: Set<String> = []
        for (index, volume) in volumes.enumerated() {
            let place = MemberPlace.volume(volume, index)
            if let name = volume.name, !name.isEmpty {
                if !Self.isName(name) {
                    add(.format, at: place.name, "'name' must be 1 to 255 letters, digits, hyphens and underscores.")
                }
                if !seen.insert(name).inserted {
                    add(.duplicate, at: place.name, "Another volume has the same 'name'.")
                }
            } else if volume.efsVolumeConfiguration != nil || volume.s3filesVolumeConfiguration != nil
                || volume.configuredAtLaunch == true
            {
                requirePresent(volume.name, at: place.name)
            }
            configuration(of: volume, at: place)
        }
        let launched = volumes.count { $0.configuredAtLaunch == true }
        if launched > 1 {
            add(
                .count, at: MemberPlace.task.volumes,
                "\(launched) volumes are 'configuredAtLaunch', but at most 1 can be.")
        }
    }

    private mutating func configuration(of volume: Volume, at place: MemberPlace) {
        let kinds = [
            (volume.host != nil, "host"), (volume.dockerVolumeConfiguration != nil, "dockerVolumeConfiguration"),
            (volume.efsVolumeConfiguration != nil, "efsVolumeConfiguration"),
            (volume.s3filesVolumeConfiguration != nil, "s3filesVolumeConfiguration"),
            (volume.fsxWindowsFileServerVolumeConfiguration != nil, "fsxWindowsFileServerVolumeConfiguration"),
            (volume.configuredAtLaunch == true, "configuredAtLaunch"),
        ].filter(\.0).map { "'\($0.1)'" }
        if kinds.count > 1 {
            add(.exclusive, at: place, "\(kinds.joined(separator: " and ")) exclude each other.")
        }
        if let docker = volume.dockerVolumeConfiguration {
            let place = place.dockerVolumeConfiguration
            require(docker.scope, oneOf: ["task", "shared"], at: place.scope)
            if docker.autoprovision == true, docker.scope != "shared" {
                let problem = "'\(place.autoprovision.member)' is only supported with scope 'shared'."
                add(.autoprovision, at: place.autoprovision, problem)
            }
        }
        if let efs = volume.efsVolumeConfiguration { fileSystem(efs, at: place.efsVolumeConfiguration) }
        if let files = volume.s3filesVolumeConfiguration {
            let place = place.s3filesVolumeConfiguration
            requirePresent(files.fileSystemArn, at: place.fileSystemArn)
            require(files.transitEncryptionPort, in: 0...65535, at: place.transitEncryptionPort)
        }
        if let share = volume.fsxWindowsFileServerVolumeConfiguration {
            let place = place.fsxWindowsFileServerVolumeConfiguration
            requirePresent(share.fileSystemId, at: place.fileSystemId)
            requirePresent(share.rootDirectory, at: place.rootDirectory)
            let authorization = place.authorizationConfig
            requirePresent(
                share.authorizationConfig?.credentialsParameter, at: authorization.credentialsParameter)
            requirePresent(share.authorizationConfig?.domain, at: authorization.domain)
        }
    }

    private mutating func fileSystem(_ efs: EFSVolumeConfiguration, at place: MemberPlace) {
        requirePresent(efs.fileSystemId, at: place.fileSystemId)
        require(efs.transitEncryption, oneOf: ["ENABLED", "DISABLED"], at: place.transitEncryption)
        require(efs.transitEncryptionPort, in: 0...65535, at: place.transitEncryptionPort)
        require(efs.authorizationConfig?.iam, oneOf: ["ENABLED", "DISABLED"], at: place.authorizationConfig.iam)
    }
}
