// SPDX-License-Identifier: Apache-2.0

extension TaskDefinition {
    /// The definition as registration and description tell it: with the defaults that clients rely on reading back
    /// (`ecs-control-plane.md` §3.7), sizes as plain numbers, and the computed launch types and attributes.
    /// Members that AWS leaves absent stay absent. Normalising twice is the same as once.
    public func normalised() -> TaskDefinition {
        var result = self
        result.containerDefinitions = containerDefinitions.map { $0.normalised(networkMode: networkMode) }
        result.volumes = volumes ?? []
        result.placementConstraints = placementConstraints ?? []
        result.cpu = cpu.map { text in TaskSize.parse(text, unit: .cpu).map { String($0) } ?? text }
        result.memory = memory.map { text in TaskSize.parse(text, unit: .memory).map { String($0) } ?? text }
        result.compatibilities = computedCompatibilities()
        result.requiresAttributes = computedRequiredAttributes()
        return result
    }
}

extension ContainerDefinition {
    fileprivate func normalised(networkMode: String?) -> ContainerDefinition {
        var result = self
        result.cpu = cpu ?? 0
        result.essential = essential ?? true
        result.environment = environment ?? []
        result.mountPoints = mountPoints ?? []
        result.volumesFrom = volumesFrom ?? []
        result.systemControls = systemControls ?? []
        result.portMappings = (portMappings ?? []).map { $0.normalised(networkMode: networkMode) }
        return result
    }
}

extension PortMapping {
    fileprivate func normalised(networkMode: String?) -> PortMapping {
        var result = self
        result.protocol = self.protocol ?? "tcp"
        guard containerPortRange == nil else { return result }
        switch networkMode {
        case nil, "bridge": result.hostPort = hostPort ?? 0
        case "host", "awsvpc": result.hostPort = hostPort.flatMap { $0 == 0 ? nil : $0 } ?? containerPort
        default: break
        }
        return result
    }
}
