// SPDX-License-Identifier: Apache-2.0

import DryportModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension PlacementScenario {
    /// The scenario as JSON for people: indented, without what goes without saying.
    /// - Throws: `EncodingError` if a task has a constraint or strategy of the importer's own.
    public func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    /// Writes the scenario.
    /// - Throws: `EncodingError` if a task has a constraint or strategy of the importer's own.
    public func encode(to encoder: any Encoder) throws {
        var writer = encoder.container(keyedBy: ScenarioKey.self)
        if !name.isEmpty { try writer.encode(name, forKey: ScenarioKey("name")) }
        try writer.encode(cluster, forKey: ScenarioKey("cluster"))
        try writer.encode(workload, forKey: ScenarioKey("workload"))
        try writer.encodeUnlessEmpty(policies, "policies")
    }
}

extension KeyedEncodingContainer<ScenarioKey> {
    fileprivate mutating func encodeUnlessEmpty(_ values: some Encodable & Collection, _ name: String) throws {
        if !values.isEmpty { try encode(values, forKey: ScenarioKey(name)) }
    }

    fileprivate mutating func encodePresent(_ value: (some Encodable)?, _ name: String) throws {
        if let value { try encode(value, forKey: ScenarioKey(name)) }
    }

    fileprivate mutating func encode(_ scope: PlacementScope) throws {
        switch scope {
        case .service(let name): try encode(name, forKey: ScenarioKey("service"))
        case .taskGroup(let name): try encode(name, forKey: ScenarioKey("group"))
        }
    }

    fileprivate mutating func encode(_ shape: PlacementScenario.InstanceShape) throws {
        try encode(shape.cpu, forKey: ScenarioKey("cpu"))
        try encode(shape.memory, forKey: ScenarioKey("memory"))
        try encodeUnlessEmpty(shape.gpus, "gpus")
    }

    fileprivate mutating func encode(_ resources: TaskResources, gpuIDs: [String] = []) throws {
        try encode(resources.cpu, forKey: ScenarioKey("cpu"))
        try encode(resources.memory, forKey: ScenarioKey("memory"))
        if !gpuIDs.isEmpty {
            try encode(gpuIDs, forKey: ScenarioKey("gpus"))
        } else if resources.gpus != 0 {
            try encode(resources.gpus, forKey: ScenarioKey("gpus"))
        }
        try encodeUnlessEmpty(resources.tcpPorts, "tcpPorts")
        try encodeUnlessEmpty(resources.udpPorts, "udpPorts")
    }
}

extension PlacementScenario.Cluster: Encodable {
    /// Writes the cluster.
    public func encode(to encoder: any Encoder) throws {
        var writer = encoder.container(keyedBy: ScenarioKey.self)
        try writer.encode(instances, forKey: ScenarioKey("instances"))
        try writer.encodeUnlessEmpty(tasks, "tasks")
    }
}

extension PlacementScenario.InstanceShape: Encodable {
    /// Writes the shape.
    public func encode(to encoder: any Encoder) throws {
        var writer = encoder.container(keyedBy: ScenarioKey.self)
        try writer.encode(self)
    }
}

extension PlacementScenario.InstanceGroup: Encodable {
    /// Writes the instances.
    public func encode(to encoder: any Encoder) throws {
        var writer = encoder.container(keyedBy: ScenarioKey.self)
        try writer.encode(id, forKey: ScenarioKey("id"))
        try writer.encodePresent(count, "count")
        if shapes.count == 1 {
            try writer.encode(shapes[0])
        } else {
            try writer.encode(shapes, forKey: ScenarioKey("shapes"))
        }
        if !attributes.isEmpty {
            var names = writer.nestedContainer(keyedBy: ScenarioKey.self, forKey: ScenarioKey("attributes"))
            for name in attributes.keys.sorted() {
                let values = attributes[name] ?? []
                if values.count == 1 {
                    try names.encode(values[0], forKey: ScenarioKey(name))
                } else {
                    try names.encode(values, forKey: ScenarioKey(name))
                }
            }
        }
        if status != .active { try writer.encode(status, forKey: ScenarioKey("status")) }
        if !agentConnected { try writer.encode(false, forKey: ScenarioKey("agentConnected")) }
        try writer.encodeUnlessEmpty(tcpPorts, "tcpPorts")
        try writer.encodeUnlessEmpty(udpPorts, "udpPorts")
        if reserved != PlacementScenario.InstanceShape(cpu: 0, memory: 0) {
            try writer.encode(reserved, forKey: ScenarioKey("reserved"))
        }
        try writer.encodePresent(agentVersion, "agentVersion")
        try writer.encodePresent(ec2InstanceID, "ec2InstanceId")
        try writer.encodePresent(registeredAt, "registeredAt")
    }
}

extension PlacementScenario.RunningTask: Encodable {
    /// Writes the tasks.
    public func encode(to encoder: any Encoder) throws {
        var writer = encoder.container(keyedBy: ScenarioKey.self)
        try writer.encode(instance, forKey: ScenarioKey("instance"))
        if count != 1 { try writer.encode(count, forKey: ScenarioKey("count")) }
        try writer.encode(scope)
        try writer.encode(resources, gpuIDs: gpuIDs)
    }
}

extension PlacementScenario.Workload: Encodable {
    private struct Shape: Encodable {
        let resources: TaskResources

        func encode(to encoder: any Encoder) throws {
            var writer = encoder.container(keyedBy: ScenarioKey.self)
            try writer.encode(resources)
        }
    }

    /// Writes the tasks.
    /// - Throws: `EncodingError` for a constraint or strategy of the importer's own.
    public func encode(to encoder: any Encoder) throws {
        var writer = encoder.container(keyedBy: ScenarioKey.self)
        try writer.encode(name, forKey: ScenarioKey("name"))
        try writer.encodePresent(count, "count")
        if shapes.count == 1 {
            try writer.encode(shapes[0])
        } else {
            try writer.encode(shapes.map(Shape.init), forKey: ScenarioKey("shapes"))
        }
        try writer.encode(scope)
        if !requiredAttributes.isEmpty {
            var names = writer.nestedContainer(keyedBy: ScenarioKey.self, forKey: ScenarioKey("requiredAttributes"))
            for name in requiredAttributes.keys.sorted() {
                try names.encode(requiredAttributes[name] ?? nil, forKey: ScenarioKey(name))
            }
        }
        try writer.encodeUnlessEmpty(try constraints.map { try WrittenRule($0, encoder) }, "constraints")
        try writer.encodeUnlessEmpty(try strategies.map { try WrittenRule($0, encoder) }, "strategies")
        if order != .grouped { try writer.encode(order.rawValue, forKey: ScenarioKey("order")) }
    }
}

extension PlacementScenario.Policy: Encodable {
    /// Writes the policy.
    /// - Throws: `EncodingError` for a strategy of the importer's own.
    public func encode(to encoder: any Encoder) throws {
        var writer = encoder.container(keyedBy: ScenarioKey.self)
        try writer.encode(name, forKey: ScenarioKey("name"))
        try writer.encode(try strategies.map { try WrittenRule($0, encoder) }, forKey: ScenarioKey("strategies"))
    }
}

/// A constraint or strategy as ECS's API spells it.
private struct WrittenRule: Encodable {
    let type: String
    var expression: String?
    var field: String?

    init(_ constraint: PlacementConstraint, _ encoder: any Encoder) throws {
        switch constraint {
        case .distinctInstance: type = "distinctInstance"
        case .memberOf(let query):
            type = "memberOf"
            expression = query.text
        case .custom(let custom): throw Self.error(custom.rule.name, constraint, encoder)
        }
    }

    init(_ strategy: PlacementStrategy, _ encoder: any Encoder) throws {
        switch strategy {
        case .random: type = "random"
        case .spread(let over):
            type = "spread"
            field = if case .attribute(let name) = over { "attribute:\(name)" } else { "instanceId" }
        case .binpack(let resource):
            type = "binpack"
            field = resource == .cpu ? "cpu" : "memory"
        case .custom(let custom): throw Self.error(custom.ranking.name, strategy, encoder)
        }
    }

    private static func error(_ name: String, _ value: Any, _ encoder: any Encoder) -> EncodingError {
        EncodingError.invalidValue(
            value,
            .init(codingPath: encoder.codingPath, debugDescription: "'\(name)' is not a rule of ECS's"))
    }
}
