// SPDX-License-Identifier: Apache-2.0

import DryportModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension PlacementScenario {
    /// Reads and checks a scenario.
    /// - Parameter json: JSON in UTF-8.
    /// - Throws: ``PlacementScenarioError``, with the place of the mistake.
    /// - Complexity: O(*instances* + *tasks* + `json.count`).
    public init(json: some Sequence<UInt8>) throws(PlacementScenarioError) {
        let bytes = Array(json)
        try JSONSyntax.check(bytes)
        do {
            self = try JSONDecoder().decode(PlacementScenario.self, from: Data(bytes))
        } catch let error as PlacementScenarioError {
            throw error
        } catch let error as DecodingError {
            throw PlacementScenarioError(error)
        } catch {
            throw PlacementScenarioError(.invalidJSON, at: "", "\(error)")
        }
        try validate()
    }
}

extension PlacementScenarioError {
    /// What the decoder itself found.
    init(_ error: DecodingError) {
        switch error {
        case .dataCorrupted(let context):
            self.init(.invalidJSON, at: ScenarioReader.path(context.codingPath), context.debugDescription)
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context):
            self.init(.wrongType, at: ScenarioReader.path(context.codingPath), context.debugDescription)
        @unknown default: self.init(.invalidJSON, at: "", "\(error)")
        }
    }
}

extension PlacementScenario: Codable {
    /// Reads a scenario, without checking what it says as a whole; ``validate()`` does.
    public init(from decoder: any Decoder) throws {
        let reader = try ScenarioReader(decoder, known: ["name", "cluster", "workload", "policies"])
        name = try reader.string("name") ?? ""
        cluster = try reader.required("cluster", try reader.object(Cluster.self, "cluster"))
        workload = try reader.list(Workload.self, "workload") ?? []
        policies = try reader.list(Policy.self, "policies") ?? []
    }
}

extension PlacementScenario.Cluster: Decodable {
    /// Reads a cluster.
    public init(from decoder: any Decoder) throws {
        // The last one stands in the output of AWS's command line.
        let reader = try ScenarioReader(decoder, known: ["instances", "tasks", "containerInstances", "failures"])
        guard reader.contains("instances") || reader.contains("containerInstances") else {
            throw reader.failure(.missingMember, "instances", "it is missing, and so are containerInstances")
        }
        let own = try reader.list(PlacementScenario.InstanceGroup.self, "instances") ?? []
        var imported = ImportedInstances(
            try reader.list(ImportedInstance.self, "containerInstances") ?? [])
        var tasks: [PlacementScenario.RunningTask] = []
        for task in try reader.list(ListedTask.self, "tasks") ?? [] {
            switch task {
            case .own(let task): tasks.append(task)
            case .imported(let task): try imported.add(task)
            case .ended: break
            }
        }
        self.init(instances: own + imported.groups, tasks: tasks + imported.tasks)
    }
}

/// An element of `tasks`.
private enum ListedTask: Decodable {
    case own(PlacementScenario.RunningTask)
    case imported(ImportedTask)
    case ended

    init(from decoder: any Decoder) throws {
        let reader = try ScenarioReader(decoder, known: nil)
        guard reader.contains("taskArn") || reader.contains("containerInstanceArn") else {
            self = .own(try PlacementScenario.RunningTask(from: decoder))
            return
        }
        self = try ImportedTask(reader).map { .imported($0) } ?? .ended
    }
}

extension PlacementScenario.InstanceShape: Decodable {
    /// Reads a shape.
    public init(from decoder: any Decoder) throws {
        try self.init(try ScenarioReader(decoder, known: Self.names))
    }

    fileprivate static let names = ["cpu", "memory", "gpus"]

    fileprivate init(_ reader: ScenarioReader) throws {
        self.init(
            cpu: try reader.required("cpu", try reader.integer("cpu")),
            memory: try reader.required("memory", try reader.integer("memory")), gpus: try Self.gpus(reader))
    }

    /// What is taken; what is not named is nothing.
    fileprivate init(reserved decoder: any Decoder) throws {
        let reader = try ScenarioReader(decoder, known: Self.names)
        self.init(
            cpu: try reader.integer("cpu") ?? 0, memory: try reader.integer("memory") ?? 0,
            gpus: try reader.strings("gpus") ?? [])
    }

    private static func gpus(_ reader: ScenarioReader) throws -> [String] {
        guard reader.contains("gpus") else { return [] }
        guard let count = try? reader.integer("gpus") else { return try reader.strings("gpus") ?? [] }
        guard (0...1024).contains(count) else {
            throw reader.failure(.invalidValue, "gpus", "\(count) is out of range; it must be 0 to 1024")
        }
        return (0..<count).map { "GPU-\($0)" }
    }
}

extension PlacementScenario.InstanceGroup: Decodable {
    private static let names = [
        "id", "count", "cpu", "memory", "gpus", "shapes", "attributes", "status", "agentConnected", "tcpPorts",
        "udpPorts", "reserved", "agentVersion", "ec2InstanceId", "registeredAt",
    ]

    /// Reads one instance or a number of them.
    public init(from decoder: any Decoder) throws {
        let reader = try ScenarioReader(decoder, known: Self.names)
        let shapes = try reader.list(PlacementScenario.InstanceShape.self, "shapes")
        if shapes != nil, let name = ["cpu", "memory", "gpus"].first(where: reader.contains) {
            throw reader.failure(.invalidValue, name, "the shapes say this already")
        }
        self.init(
            id: try reader.required("id", try reader.string("id")), count: try reader.integer("count"),
            shapes: try shapes ?? [PlacementScenario.InstanceShape(reader)])
        for (name, values) in try reader.members("attributes", Self.values) ?? [] { attributes[name] = values }
        if let text = try reader.string("status") {
            guard let known = ContainerInstanceStatus(rawValue: text) else {
                throw reader.failure(.invalidValue, "status", "'\(text)' is not one of ACTIVE, DRAINING, INACTIVE")
            }
            status = known
        }
        agentConnected = try reader.bool("agentConnected") ?? true
        tcpPorts = try reader.integers("tcpPorts") ?? []
        udpPorts = try reader.integers("udpPorts") ?? []
        reserved =
            try reader.value(Reserved.self, "reserved", expected: "an object")?.shape
            ?? PlacementScenario.InstanceShape(cpu: 0, memory: 0)
        agentVersion = try reader.string("agentVersion")
        ec2InstanceID = try reader.string("ec2InstanceId")
        registeredAt = try reader.time("registeredAt")
    }

    private struct Reserved: Decodable {
        let shape: PlacementScenario.InstanceShape
        init(from decoder: any Decoder) throws {
            shape = try PlacementScenario.InstanceShape(reserved: decoder)
        }
    }

    /// One value, null, or a list of these.
    private static func values(_ decoder: any Decoder) throws -> [String?] {
        guard var list = try? decoder.unkeyedContainer() else { return [try value(decoder)] }
        var values: [String?] = []
        while !list.isAtEnd { values.append(try value(try list.superDecoder())) }
        return values
    }

    private static func value(_ decoder: any Decoder) throws -> String? {
        if try decoder.singleValueContainer().decodeNil() { return nil }
        return try ScenarioReader.single(String.self, decoder, expected: "a string or null")
    }
}

extension PlacementScenario.RunningTask: Decodable {
    /// Reads running tasks.
    public init(from decoder: any Decoder) throws {
        let names = ["instance", "count", "service", "group", "cpu", "memory", "gpus", "tcpPorts", "udpPorts"]
        let reader = try ScenarioReader(decoder, known: names)
        var resources = TaskResources(
            cpu: try reader.integer("cpu") ?? 0, memory: try reader.integer("memory") ?? 0,
            tcpPorts: try reader.integers("tcpPorts") ?? [], udpPorts: try reader.integers("udpPorts") ?? [])
        var gpuIDs: [String] = []
        if let count = try? reader.integer("gpus") {
            resources.gpus = count
        } else {
            gpuIDs = try reader.strings("gpus") ?? []
            resources.gpus = gpuIDs.count
        }
        guard let scope = try reader.scope() else {
            throw reader.failure(.missingMember, "service", "it is missing, and so is group")
        }
        self.init(
            instance: try reader.required("instance", try reader.string("instance")),
            count: try reader.integer("count") ?? 1, resources: resources, gpuIDs: gpuIDs, scope: scope)
    }
}

extension PlacementScenario.Workload: Decodable {
    private static let names = [
        "name", "count", "cpu", "memory", "gpus", "tcpPorts", "udpPorts", "shapes", "service", "group",
        "requiredAttributes", "constraints", "strategies", "order",
    ]

    /// Reads tasks to place.
    public init(from decoder: any Decoder) throws {
        let reader = try ScenarioReader(decoder, known: Self.names)
        let shapes = try reader.list(ReadShape.self, "shapes")?.map(\.resources)
        if shapes != nil, let name = ReadShape.names.first(where: reader.contains) {
            throw reader.failure(.invalidValue, name, "the shapes say this already")
        }
        self.init(
            name: try reader.required("name", try reader.string("name")), count: try reader.integer("count"),
            shapes: try shapes ?? [ReadShape(reader).resources], scope: try reader.scope(),
            constraints: try reader.list("constraints", PlacementConstraint.init(reading:)) ?? [],
            strategies: try reader.list("strategies", PlacementStrategy.init(reading:)) ?? [])
        let required = try reader.members("requiredAttributes") { decoder -> String? in
            if try decoder.singleValueContainer().decodeNil() { return nil }
            return try ScenarioReader.single(String.self, decoder, expected: "a string or null")
        }
        for (name, value) in required ?? [] { requiredAttributes.updateValue(value, forKey: name) }
        if let text = try reader.string("order") {
            guard let known = Order(rawValue: text) else {
                throw reader.failure(.invalidValue, "order", "'\(text)' is not one of grouped, single")
            }
            order = known
        }
    }

    private struct ReadShape: Decodable {
        static let names = ["cpu", "memory", "gpus", "tcpPorts", "udpPorts"]
        let resources: TaskResources

        init(from decoder: any Decoder) throws { try self.init(ScenarioReader(decoder, known: Self.names)) }

        init(_ reader: ScenarioReader) throws {
            resources = TaskResources(
                cpu: try reader.integer("cpu") ?? 0, memory: try reader.integer("memory") ?? 0,
                tcpPorts: try reader.integers("tcpPorts") ?? [], udpPorts: try reader.integers("udpPorts") ?? [],
                gpus: try reader.integer("gpus") ?? 0)
        }
    }
}

extension PlacementScenario.Policy: Decodable {
    /// Reads a policy.
    public init(from decoder: any Decoder) throws {
        let reader = try ScenarioReader(decoder, known: ["name", "strategies"])
        self.init(
            name: try reader.required("name", try reader.string("name")),
            strategies: try reader.required(
                "strategies", try reader.list("strategies", PlacementStrategy.init(reading:))))
    }
}
