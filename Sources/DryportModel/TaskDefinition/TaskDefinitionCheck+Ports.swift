// SPDX-License-Identifier: Apache-2.0

// Rules of port mappings (`ecs-control-plane.md` §3.3).

extension TaskDefinitionCheck {
    mutating func portMappings(_ container: ContainerDefinition, _ path: String) {
        let mappings = container.portMappings ?? []
        if definition.networkMode == "none", !mappings.isEmpty {
            add("\(path).portMappings", "Port mappings are not supported when networkMode=none.")
        }
        var ranges: [ClosedRange<Int>] = []
        for (index, mapping) in mappings.enumerated() {
            let path = "\(path).portMappings[\(index)]"
            require(mapping.protocol, oneOf: TransportProtocol.allCases.map(\.rawValue), "\(path).protocol")
            require(mapping.appProtocol, oneOf: ["http", "http2", "grpc"], "\(path).appProtocol")
            if let name = mapping.name, !Self.isPortName(name) {
                add("\(path).name", "Port mapping name '\(name)' is not valid.")
            }
            if let text = mapping.containerPortRange {
                portRange(text, mapping, path, &ranges)
            } else {
                singlePort(mapping, path)
            }
        }
        if ranges.count > 100 { add("\(path).portMappings", "A container can have at most 100 port ranges.") }
    }

    private mutating func singlePort(_ mapping: PortMapping, _ path: String) {
        guard let containerPort = mapping.containerPort else {
            add("\(path).containerPort", "\(path).containerPort should not be null.")
            return
        }
        require(containerPort, in: 1...65535, "\(path).containerPort")
        require(mapping.hostPort, in: 0...65535, "\(path).hostPort")
        // 0 counts as absent, because clients write it for "not given".
        guard let mode = definition.networkMode, mode == "host" || mode == "awsvpc",
            let hostPort = mapping.hostPort, hostPort != 0, hostPort != containerPort
        else { return }
        add(
            "\(path).hostPort",
            "When networkMode=\(mode), the host ports and container ports in port mappings must match.")
    }

    private mutating func portRange(
        _ text: String, _ mapping: PortMapping, _ path: String, _ earlier: inout [ClosedRange<Int>]
    ) {
        let path = "\(path).containerPortRange"
        if definition.networkMode == "host" { add(path, "Port ranges are not supported when networkMode=host.") }
        if mapping.containerPort != nil { add(path, "Specify either containerPort or containerPortRange, not both.") }
        if mapping.hostPort != nil { add(path, "hostPort cannot be specified together with containerPortRange.") }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard ends.count == 2, let first = ends[0], let last = ends[1], first >= 1, first < last, last <= 65535 else {
            add(path, "'\(text)' is not a range of ports, 'first-last', within 1-65535.")
            return
        }
        if earlier.contains(where: { $0.overlaps(first...last) }) {
            add(path, "'\(text)' overlaps another range of the container.")
        }
        earlier.append(first...last)
    }

    /// A host's port can be given away once.
    mutating func staticPorts() {
        struct HostPort: Hashable {
            var port: Int
            var isUDP: Bool
        }
        var taken: Set<HostPort> = []
        for (containerIndex, container) in definition.containerDefinitions.enumerated() {
            for (index, mapping) in (container.portMappings ?? []).enumerated() {
                guard let port = mapping.staticHostPort(networkMode: definition.networkMode) else { continue }
                if taken.insert(HostPort(port: port, isUDP: mapping.protocol == "udp")).inserted { continue }
                add(
                    "containerDefinitions[\(containerIndex)].portMappings[\(index)].hostPort",
                    "Host port \(port)/\(mapping.protocol ?? "tcp") is used by more than one port mapping.")
            }
        }
    }

    private static func isPortName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && !name.hasPrefix("-")
            && name.utf8.allSatisfy { $0.isNameByte && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }
}
