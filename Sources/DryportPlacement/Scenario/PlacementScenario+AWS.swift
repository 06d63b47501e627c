// SPDX-License-Identifier: Apache-2.0

import DryportModel

// What AWS's API says about rules, and about clusters.

extension PlacementConstraint {
    /// Reads a constraint as ECS's API spells it.
    init(reading decoder: any Decoder) throws {
        let reader = try ScenarioReader(decoder, known: ["type", "expression"])
        let type = try reader.required("type", try reader.string("type"))
        let text = try reader.string("expression")
        switch type {
        case "distinctInstance":
            guard text ?? "" == "" else {
                throw reader.failure(.invalidValue, "expression", "distinctInstance has none")
            }
            self = .distinctInstance
        case "memberOf":
            do {
                self = .memberOf(try ClusterQuery(parsing: try reader.required("expression", text)))
            } catch let error as ClusterQueryError {
                throw reader.failure(.invalidValue, "expression", error.message)
            }
        default:
            throw reader.failure(.invalidValue, "type", "'\(type)' is not one of distinctInstance, memberOf")
        }
    }
}

extension PlacementStrategy {
    /// Reads a strategy as ECS's API spells it.
    init(reading decoder: any Decoder) throws {
        let reader = try ScenarioReader(decoder, known: ["type", "field"])
        let type = try reader.required("type", try reader.string("type"))
        let field = try reader.string("field")
        do throws(PlacementError) {
            try self.init(type: type, field: field)
        } catch {
            throw PlacementScenarioError(.invalidValue, at: reader.path, error.message)
        }
    }
}

extension ScenarioReader {
    /// `service` or `group`; nil if there is neither.
    func scope() throws -> PlacementScope? {
        let service = try string("service")
        guard let group = try string("group") else { return service.map { .service($0) } }
        guard service == nil else { throw failure(.invalidValue, "group", "the tasks belong to a service already") }
        return PlacementScope(group: group)
    }

    /// A time as AWS's API gives it, in seconds since 1970, or as its command line prints it.
    func time(_ name: String) throws -> Timestamp? {
        guard contains(name) else { return nil }
        if let time = try? value(Timestamp.self, name, expected: "") { return time }
        let text = try value(String.self, name, expected: "a time, such as 2026-12-01T09:30:00Z") ?? ""
        // The query language has whole seconds.
        let dot = text.firstIndex(of: ".") ?? text.endIndex
        let whole = text[..<dot] + text[dot...].dropFirst().drop { $0.isNumber }
        guard let seconds = ClusterQuery.seconds(ofDate: String(whole)) else {
            throw failure(.invalidValue, name, "'\(text)' is no time, such as 2026-12-01T09:30:00Z")
        }
        return Timestamp(millisecondsSinceEpoch: seconds * 1000)
    }
}

extension PlacementScope {
    /// A task group as ECS's API spells it, in which a service's begins with `service:`.
    init(group: String) {
        let prefix = "service:"
        self = group.hasPrefix(prefix) ? .service(String(group.dropFirst(prefix.count))) : .taskGroup(group)
    }
}

/// An element of `containerInstances`.
struct ImportedInstance: Decodable {
    var group: PlacementScenario.InstanceGroup
    /// What is left, and which ports are taken.
    let remaining: ImportedResources?

    init(from decoder: any Decoder) throws {
        let reader = try ScenarioReader(decoder, known: nil)
        let arn = try reader.required("containerInstanceArn", try reader.string("containerInstanceArn"))
        let resources = try reader.list(ImportedResource.self, "registeredResources")
        let registered = ImportedResources(try reader.required("registeredResources", resources))
        remaining = try reader.list(ImportedResource.self, "remainingResources").map(ImportedResources.init)
        group = PlacementScenario.InstanceGroup(
            id: arn.lastPathComponent,
            shapes: [.init(cpu: registered.cpu, memory: registered.memory, gpus: registered.gpus)],
            agentConnected: try reader.bool("agentConnected") ?? true, tcpPorts: registered.tcpPorts,
            udpPorts: registered.udpPorts, ec2InstanceID: try reader.string("ec2InstanceId"),
            registeredAt: try reader.time("registeredAt"))
        for attribute in try reader.list(ImportedAttribute.self, "attributes") ?? [] {
            group.attributes[attribute.name] = [attribute.value]
        }
        // What is registering or deregistering takes no tasks.
        group.status = ContainerInstanceStatus(rawValue: try reader.string("status") ?? "ACTIVE") ?? .inactive
        group.agentVersion = try reader.object(ImportedVersion.self, "versionInfo")?.agentVersion
    }
}

private struct ImportedAttribute: Decodable {
    let name: String
    let value: String?

    init(from decoder: any Decoder) throws {
        let reader = try ScenarioReader(decoder, known: nil)
        name = try reader.required("name", try reader.string("name"))
        value = try reader.text("value")
    }
}

private struct ImportedVersion: Decodable {
    let agentVersion: String?

    init(from decoder: any Decoder) throws {
        agentVersion = try ScenarioReader(decoder, known: nil).text("agentVersion")
    }
}

/// An element of `registeredResources` or `remainingResources`.
struct ImportedResource: Decodable {
    let name: String
    var amount = 0
    var set: [String] = []

    init(from decoder: any Decoder) throws {
        let reader = try ScenarioReader(decoder, known: nil)
        name = try reader.required("name", try reader.string("name"))
        switch try reader.string("type") {
        case "STRINGSET": set = try reader.strings("stringSetValue") ?? []
        case "LONG": amount = try reader.integer("longValue") ?? 0
        case "DOUBLE":
            let value = try reader.value(Double.self, "doubleValue", expected: "a number") ?? 0
            guard let whole = Int(exactly: value.rounded(.down)) else {
                throw reader.failure(.invalidValue, "doubleValue", "\(value) is out of range")
            }
            amount = whole
        default: amount = try reader.integer("integerValue") ?? 0
        }
    }
}

/// The resources that are known here.
struct ImportedResources {
    var cpu = 0
    var memory = 0
    var gpus: [String] = []
    var tcpPorts: [Int] = []
    var udpPorts: [Int] = []

    init(_ resources: [ImportedResource]) {
        for resource in resources {
            switch resource.name {
            case "CPU": cpu = resource.amount
            case "MEMORY": memory = resource.amount
            case "GPU": gpus = resource.set
            case "PORTS": tcpPorts = resource.set.compactMap { Int($0) }.sorted()
            case "PORTS_UDP": udpPorts = resource.set.compactMap { Int($0) }.sorted()
            default: break
            }
        }
    }
}

/// An element of `tasks` that AWS's API describes.
struct ImportedTask {
    let path: String
    let instance: String
    var resources: TaskResources
    var gpuIDs: [String] = []
    let scope: PlacementScope

    /// nil for tasks that are being stopped, and for those that are on no instance.
    init?(_ reader: ScenarioReader) throws {
        path = reader.place("containerInstanceArn")
        guard let arn = try reader.text("containerInstanceArn") else { return nil }
        for status in ["lastStatus", "desiredStatus"] where try reader.text(status) == "STOPPED" { return nil }
        instance = arn.lastPathComponent
        scope = PlacementScope(group: try reader.required("group", try reader.text("group")))
        resources = TaskResources()
        for container in try reader.list(ImportedContainer.self, "containers") ?? [] {
            resources.cpu += container.cpu
            resources.memory += container.memory
            resources.tcpPorts += container.tcpPorts
            resources.udpPorts += container.udpPorts
            gpuIDs += container.gpuIDs
        }
        if let cpu = Int(try reader.text("cpu") ?? ""), cpu > 0 { resources.cpu = cpu }
        if let memory = Int(try reader.text("memory") ?? ""), memory > 0 { resources.memory = memory }
    }
}

private struct ImportedContainer: Decodable {
    var cpu = 0
    var memory = 0
    var gpuIDs: [String] = []
    var tcpPorts: [Int] = []
    var udpPorts: [Int] = []

    init(from decoder: any Decoder) throws {
        let reader = try ScenarioReader(decoder, known: nil)
        cpu = Self.amount(try reader.text("cpu")) ?? 0
        let memoryTexts = [try reader.text("memoryReservation"), try reader.text("memory")]
        memory = memoryTexts.lazy.compactMap(Self.amount).first ?? 0
        gpuIDs = try reader.list("gpuIds") { try ScenarioReader.single(String.self, $0, expected: "a string") } ?? []
        for binding in try reader.list(ImportedBinding.self, "networkBindings") ?? [] {
            guard let port = binding.port else { continue }
            if binding.isUDP { udpPorts.append(port) } else { tcpPorts.append(port) }
        }
    }

    private static func amount(_ text: String?) -> Int? {
        text.flatMap { Int($0) }.flatMap { (1...PlacementInstance.maximumResource).contains($0) ? $0 : nil }
    }
}

private struct ImportedBinding: Decodable {
    let port: Int?
    let isUDP: Bool

    init(from decoder: any Decoder) throws {
        let reader = try ScenarioReader(decoder, known: nil)
        port = try reader.integer("hostPort")
        isUDP = try reader.text("protocol") == "udp"
    }
}

extension ScenarioReader {
    /// A string that AWS may also leave out by writing null.
    fileprivate func text(_ name: String) throws -> String? {
        try value(String?.self, name, expected: "a string") ?? nil
    }
}

extension String {
    /// What follows the last slash: the id at the end of an ARN, or the id itself.
    fileprivate var lastPathComponent: String {
        split(separator: "/").last.map(String.init) ?? self
    }
}
