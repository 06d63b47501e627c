// SPDX-License-Identifier: Apache-2.0

// Rules of one container (`ecs-control-plane.md` §3.2) that concern the task around it.

extension TaskDefinitionCheck {
    mutating func container(_ container: ContainerDefinition, at place: MemberPlace) {
        if container.name.isEmpty {
            add(.required, at: place.name, text: "Container.name should not be null or empty.")
        } else if !Self.isName(container.name) {
            add(.format, at: place.name, "'name' must be 1 to 255 letters, digits, hyphens and underscores.")
        }
        image(container.image, at: place.image)
        amounts(container, at: place)
        portMappings(container, at: place)
        links(container, at: place)
        dependencies(container, at: place)
        mounts(container, at: place)
        secrets(container, at: place)
        settings(container, at: place)
        windowsContainer(container, at: place)
    }

    private mutating func image(_ image: String?, at place: MemberPlace) {
        guard let image, !image.isEmpty else {
            add(.required, at: place, text: "Container.image should not be null or empty.")
            return
        }
        let parts = image.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let isReference =
            (1...255).contains(parts[0].utf8.count)
            && parts[0].utf8.allSatisfy { $0.isNameByte || ".:/#".utf8.contains($0) }
        if !isReference {
            let form = "1 to 255 letters, digits and characters of -_:./# before any digest"
            add(.format, at: place, "'image' is \(Self.quoted(image)), but must have \(form).")
        } else if parts.count > 1, !Self.isDigest(parts[1]) {
            let form = "'sha256:' and 64 hexadecimal digits"
            add(.format, at: place, "'image' is \(Self.quoted(image)), but a digest must be \(form).")
        }
    }

    private static func isDigest(_ text: Substring) -> Bool {
        guard text.hasPrefix("sha256:"), text.utf8.count == 71 else { return false }
        return text.utf8.dropFirst(7).allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    }

    private mutating func amounts(_ container: ContainerDefinition, at place: MemberPlace) {
        require(container.cpu, in: 0...Self.largest, at: place.cpu)
        // Terraform and others write 0 for "not given".
        let memory = container.memory.flatMap { $0 == 0 ? nil : $0 }
        let reservation = container.memoryReservation.flatMap { $0 == 0 ? nil : $0 }
        require(memory, in: Self.leastMemory...Self.largest, at: place.memory)
        require(reservation, in: Self.leastMemory...Self.largest, at: place.memoryReservation)
        if memory == nil, reservation == nil, definition.memory == nil {
            add(
                .memoryRequired, at: place.memory,
                "At least one of 'memory' or 'memoryReservation' must be specified.")
        }
        // AWS's text asks for more than the reservation, but as much passes.
        if let memory, let reservation, memory < reservation {
            add(
                .memoryReservation, at: place.memory,
                "'memory' is \(memory), but must be greater than 'memoryReservation', \(reservation).")
        }
        require(container.startTimeout, in: 0...Self.largest, at: place.startTimeout)
        require(container.stopTimeout, in: 0...Self.largest, at: place.stopTimeout)
        for (index, requirement) in (container.resourceRequirements ?? []).enumerated() {
            let place = place.resourceRequirements[index]
            if let type = requirePresent(requirement.type, at: place.type) {
                require(type, oneOf: ["GPU"], at: place.type)
            }
            guard let value = requirePresent(requirement.value, at: place.value) else { continue }
            if Int(value).map({ (1...Self.largest).contains($0) }) != true {
                let problem = "'\(place.value.member)' is \(Self.quoted(value)), but must be a number of at least 1."
                add(.range, at: place.value, problem)
            }
        }
    }

    private mutating func mounts(_ container: ContainerDefinition, at place: MemberPlace) {
        for (index, mount) in (container.mountPoints ?? []).enumerated() {
            let place = place.mountPoints[index]
            let name = mount.sourceVolume ?? ""
            if name.isEmpty || !volumeNames.contains(name) {
                add(.unknownVolume, at: place.sourceVolume, text: "Unknown volume \(Self.quoted(name)).")
            }
            requirePresent(mount.containerPath, at: place.containerPath)
        }
        for (index, source) in (container.volumesFrom ?? []).enumerated() {
            requireContainer(source.sourceContainer ?? "", at: place.volumesFrom[index].sourceContainer)
        }
    }

    /// Adds a violation if no container has the name.
    /// - Returns: The container.
    @discardableResult
    mutating func requireContainer(_ name: some StringProtocol, at place: MemberPlace) -> ContainerDefinition? {
        if let index = container(named: name) { return definition.containerDefinitions[index] }
        let problem = "'\(place.member)' names container \(Self.quoted(name)), which the definition does not have."
        add(.unknownContainer, at: place, problem)
        return nil
    }

    private mutating func secrets(_ container: ContainerDefinition, at place: MemberPlace) {
        let secrets = container.secrets ?? []
        let options = container.logConfiguration?.secretOptions ?? []
        if !secrets.isEmpty || !options.isEmpty, definition.executionRoleArn?.isEmpty != false {
            add(
                .executionRole, at: MemberPlace.task.executionRoleArn,
                text: "When you are specifying container secrets, you must also specify a value for "
                    + "'executionRoleArn'.")
        }
        for (index, secret) in secrets.enumerated() { self.secret(secret, at: place.secrets[index]) }
        for (index, secret) in options.enumerated() {
            self.secret(secret, at: place.logConfiguration.secretOptions[index])
        }
        var names = Set((container.environment ?? []).compactMap(\.name))
        for (index, secret) in secrets.enumerated() {
            guard let name = secret.name, !names.insert(name).inserted else { continue }
            add(
                .secretName, at: place.secrets[index].name,
                "The name \(Self.quoted(name)) of a secret must be unique, also among the environment variables.")
        }
    }

    private mutating func secret(_ secret: Secret, at place: MemberPlace) {
        requirePresent(secret.name, at: place.name)
        guard let value = requirePresent(secret.valueFrom, at: place.valueFrom), value.hasPrefix("arn:") else { return }
        let service = ARN(value)?.service
        if service != "secretsmanager", service != "ssm" {
            let form = "the ARN of a secret or of a parameter"
            add(.format, at: place.valueFrom, "'\(place.valueFrom.member)' is \(Self.quoted(value)), not \(form).")
        }
    }
}
