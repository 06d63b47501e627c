// SPDX-License-Identifier: Apache-2.0

// Rules of port mappings (`ecs-control-plane.md` §3.3).

extension TaskDefinitionCheck {
    mutating func portMappings(_ container: ContainerDefinition, at place: MemberPlace) {
        let mappings = container.portMappings ?? []
        let place = place.portMappings
        if definition.networkMode == "none", !mappings.isEmpty {
            add(.networkMode, at: place, "'portMappings' are not supported when networkMode=none.")
        }
        var ranges: [ProtocolPorts] = []
        for (index, mapping) in mappings.enumerated() {
            let place = place[index]
            require(mapping.protocol, oneOf: TransportProtocol.allCases.map(\.rawValue), at: place.protocol)
            require(mapping.appProtocol, oneOf: ["http", "http2", "grpc"], at: place.appProtocol)
            if let name = mapping.name, !Self.isPortName(name) {
                let form = "1 to 64 lowercase letters, digits, hyphens and underscores, not beginning with a hyphen"
                add(.format, at: place.name, "'\(place.name.member)' is \(Self.quoted(name)), but must be \(form).")
            }
            if let text = mapping.containerPortRange {
                portRange(text, of: mapping, at: place, besides: &ranges)
            } else {
                singlePort(mapping, at: place)
            }
        }
        require(ranges.count, atMost: Self.portRangeLimit, "port ranges", at: place)
    }

    /// Ranges of ports that a container has at most.
    private static let portRangeLimit = 100

    /// Ports of one transport protocol.
    private struct ProtocolPorts {
        var ports: ClosedRange<Int>
        var isUDP: Bool
    }

    private mutating func singlePort(_ mapping: PortMapping, at place: MemberPlace) {
        guard let containerPort = mapping.containerPort else {
            add(.required, at: place.containerPort, "'\(place.containerPort.member)' must be specified.")
            return
        }
        require(containerPort, in: 1...65535, at: place.containerPort)
        require(mapping.hostPort, in: 0...65535, at: place.hostPort)
        // 0 counts as absent, because clients write it for "not given".
        guard let mode = definition.networkMode, mode == "host" || mode == "awsvpc",
            let hostPort = mapping.hostPort, hostPort != 0, hostPort != containerPort
        else { return }
        add(
            .hostPort, at: place.hostPort,
            text: "When networkMode=\(mode), the host ports and container ports in port mappings must match.")
    }

    private mutating func portRange(
        _ text: String, of mapping: PortMapping, at mappingPlace: MemberPlace, besides earlier: inout [ProtocolPorts]
    ) {
        let place = mappingPlace.containerPortRange
        if definition.networkMode == "host" {
            add(.networkMode, at: place, "'\(place.member)' is not supported when networkMode=host.")
        }
        for (isGiven, other) in [
            (mapping.containerPort != nil, mappingPlace.containerPort),
            (mapping.hostPort != nil, mappingPlace.hostPort),
        ] where isGiven {
            add(.exclusive, at: place, "'\(place.member)' and '\(other.member)' exclude each other.")
        }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Self.port($0) }
        guard ends.count == 2, let first = ends[0], let last = ends[1], first < last else {
            let problem = "'\(place.member)' is \(Self.quoted(text)), but must be 'first-last', within 1 to 65535."
            add(.format, at: place, problem)
            return
        }
        let ports = ProtocolPorts(ports: first...last, isUDP: mapping.protocol == "udp")
        // Too many ranges are an error as such; comparing them all would take quadratic time.
        if earlier.count < Self.portRangeLimit,
            earlier.contains(where: { $0.isUDP == ports.isUDP && $0.ports.overlaps(ports.ports) })
        {
            let problem = "'\(place.member)' is \(Self.quoted(text)), which overlaps another range of the container."
            add(.portRange, at: place, problem)
        }
        earlier.append(ports)
    }

    /// Reads decimal digits without a sign.
    private static func port(_ text: Substring) -> Int? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text).flatMap { (1...65535).contains($0) ? $0 : nil }
    }

    /// A host's port can be given away once. In mode `host` nothing is given away: there the mappings only tell on
    /// which ports the containers listen.
    mutating func staticPorts() {
        struct HostPort: Hashable {
            var port: Int
            var isUDP: Bool
        }
        guard definition.networkMode != "host" else { return }
        var taken: Set<HostPort> = []
        for (containerIndex, container) in definition.containerDefinitions.enumerated() {
            for (index, mapping) in (container.portMappings ?? []).enumerated() {
                guard let port = mapping.staticHostPort(networkMode: definition.networkMode) else { continue }
                if taken.insert(HostPort(port: port, isUDP: mapping.protocol == "udp")).inserted { continue }
                let place = MemberPlace.container(container, containerIndex).portMappings[index].hostPort
                let text = "\(port)/\(mapping.protocol ?? "tcp"), which another mapping has taken"
                add(.hostPort, at: place, "'\(place.member)' is \(text).")
            }
        }
    }

    private static func isPortName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && !name.hasPrefix("-")
            && name.utf8.allSatisfy { $0.isNameByte && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }
}
