// SPDX-License-Identifier: Apache-2.0

// Rules of one container (`ecs-control-plane.md` §3.2) that concern the task around it.

extension TaskDefinitionCheck {
    mutating func container(_ container: ContainerDefinition, at path: String) {
        if container.name.isEmpty {
            add("\(path).name", "Container.name should not be null or empty.")
        } else if !Self.isName(container.name) {
            add("\(path).name", "Container name '\(container.name)' is not valid.")
        }
        image(container.image, "\(path).image")
        amounts(container, path)
        portMappings(container, path)
        links(container, path)
        dependencies(container, path)
        mounts(container, path)
        secrets(container, path)
        settings(container, path)
    }

    private mutating func image(_ image: String?, _ path: String) {
        guard let image, !image.isEmpty else {
            add(path, "Container.image should not be null or empty.")
            return
        }
        let parts = image.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let isReference =
            (1...255).contains(parts[0].utf8.count)
            && parts[0].utf8.allSatisfy { $0.isNameByte || ".:/#".utf8.contains($0) }
        let isDigest =
            parts.count == 1
            || parts[1].hasPrefix("sha256:") && parts[1].utf8.count == 71
                && parts[1].dropFirst(7).allSatisfy(\.isHexDigit)
        if !isReference || !isDigest { add(path, "Container image '\(image)' is not valid.") }
    }

    private mutating func amounts(_ container: ContainerDefinition, _ path: String) {
        require(container.cpu, in: 0...Self.largest, "\(path).cpu")
        // Terraform and others write 0 for "not given".
        let memory = container.memory.flatMap { $0 == 0 ? nil : $0 }
        let reservation = container.memoryReservation.flatMap { $0 == 0 ? nil : $0 }
        require(memory, in: Self.leastMemory...Self.largest, "\(path).memory")
        require(reservation, in: Self.leastMemory...Self.largest, "\(path).memoryReservation")
        if memory == nil, reservation == nil, definition.memory == nil {
            add(
                path,
                "Invalid setting for container '\(container.name)'. "
                    + "At least one of 'memory' or 'memoryReservation' must be specified.")
        }
        if let memory, let reservation, memory < reservation {
            add(
                "\(path).memory",
                "Invalid setting for container '\(container.name)'. "
                    + "'memory' must be greater than 'memoryReservation'.")
        }
        require(container.startTimeout, in: 0...Self.largest, "\(path).startTimeout")
        require(container.stopTimeout, in: 0...Self.largest, "\(path).stopTimeout")
        for (index, requirement) in (container.resourceRequirements ?? []).enumerated() {
            let path = "\(path).resourceRequirements[\(index)]"
            if requirement.type != "GPU" {
                add("\(path).type", "'\(requirement.type ?? "")' is not valid. Valid values are: GPU.")
            }
            if requirement.value.flatMap({ Int($0) }).map({ (1...Self.largest).contains($0) }) != true {
                add("\(path).value", "The number of GPUs must be a whole number of at least 1.")
            }
        }
    }

    private func hasContainer(_ name: Substring) -> Bool {
        definition.containerDefinitions.contains { $0.name == name }
    }

    private mutating func links(_ container: ContainerDefinition, _ path: String) {
        guard let links = container.links, !links.isEmpty else { return }
        if let mode = definition.networkMode, mode != "bridge" {
            add("\(path).links", "Links are not supported when networkMode=\(mode)")
        }
        for (index, link) in links.enumerated() {
            let target = link.split(separator: ":", maxSplits: 1).first ?? ""
            if target == container.name {
                add("\(path).links[\(index)]", "Container '\(container.name)' cannot be linked to itself.")
            } else if !hasContainer(target) {
                add("\(path).links[\(index)]", "Container '\(target)' does not exist in the task definition.")
            }
        }
    }

    private mutating func dependencies(_ container: ContainerDefinition, _ path: String) {
        for (index, dependency) in (container.dependsOn ?? []).enumerated() {
            let path = "\(path).dependsOn[\(index)]"
            if dependency.condition == nil { add("\(path).condition", "\(path).condition should not be null.") }
            require(dependency.condition, oneOf: ["START", "COMPLETE", "SUCCESS", "HEALTHY"], "\(path).condition")
            let name = dependency.containerName ?? ""
            guard let target = definition.containerDefinitions.first(where: { $0.name == name }) else {
                add("\(path).containerName", "Container '\(name)' does not exist in the task definition.")
                continue
            }
            switch dependency.condition {
            case "COMPLETE", "SUCCESS":
                if target.essential ?? true {
                    add(
                        "\(path).condition",
                        "Container '\(name)' is essential; conditions COMPLETE and SUCCESS need a non-essential one.")
                }
            case "HEALTHY":
                if target.healthCheck == nil {
                    add("\(path).condition", "Condition HEALTHY needs a healthCheck in container '\(name)'.")
                }
            default: break
            }
        }
    }

    private mutating func mounts(_ container: ContainerDefinition, _ path: String) {
        let volumes = definition.volumes ?? []
        for (index, mount) in (container.mountPoints ?? []).enumerated() {
            let path = "\(path).mountPoints[\(index)]"
            if !volumes.contains(where: { $0.name != nil && $0.name == mount.sourceVolume }) {
                add("\(path).sourceVolume", "Unknown volume '\(mount.sourceVolume ?? "")'.")
            }
            requirePresent(mount.containerPath, "\(path).containerPath")
        }
        for (index, source) in (container.volumesFrom ?? []).enumerated() {
            let name = source.sourceContainer ?? ""
            if !hasContainer(name[...]) {
                add(
                    "\(path).volumesFrom[\(index)].sourceContainer",
                    "Container '\(name)' does not exist in the task definition.")
            }
        }
    }

    private mutating func secrets(_ container: ContainerDefinition, _ path: String) {
        let lists = [
            ("\(path).secrets", container.secrets ?? []),
            ("\(path).logConfiguration.secretOptions", container.logConfiguration?.secretOptions ?? []),
        ]
        for (path, secrets) in lists where !secrets.isEmpty {
            if definition.executionRoleArn?.isEmpty != false {
                add(
                    "executionRoleArn",
                    "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.")
            }
            for (index, secret) in secrets.enumerated() {
                requirePresent(secret.name, "\(path)[\(index)].name")
                requirePresent(secret.valueFrom, "\(path)[\(index)].valueFrom")
            }
        }
    }

    /// Containers wait for each other through `dependsOn`, `links` and `volumesFrom`; a circle would wait for ever.
    mutating func dependencyCycles() {
        let containers = definition.containerDefinitions
        let edges = containers.map { container in
            let targets =
                (container.dependsOn ?? []).compactMap { $0.containerName?[...] }
                + (container.links ?? []).compactMap { $0.split(separator: ":", maxSplits: 1).first }
                + (container.volumesFrom ?? []).compactMap { $0.sourceContainer?[...] }
            return targets.compactMap { name in containers.firstIndex { $0.name == name } }
        }
        // Containers that wait for nothing are taken away until none is left, or only circles and what waits for them.
        var left = Array(containers.indices)
        while true {
            let blocked = left.filter { index in edges[index].contains { left.contains($0) } }
            if blocked.count == left.count { break }
            left = blocked
        }
        guard !left.isEmpty else { return }
        let names = left.map { containers[$0].name }.joined(separator: ", ")
        add("containerDefinitions", "Cycle detected in the dependencies of containers: \(names).")
    }
}
