// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel
import DryportPlacement
import OrderedCollections

// Attributes of container instances (`ecs-control-plane.md` §1.5, §4.3). Those whose names are reserved come from
// agents; the others are custom, and a registered host's agent sends its own with the first registration only.

extension ECS.PutAttributesRequest: ControlPlaneRequest {
    /// Sets custom attributes, all or none of them. Tasks that are placed already stay, except those of daemons.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.PutAttributesResponse {
        let name = try plane.clusterName(cluster)
        let limit = plane.configuration.quotas.customAttributesPerInstance
        var changed: OrderedDictionary<String, [Attribute]> = [:]
        var answer: [Attribute] = []
        for attribute in try Self.list(attributes) {
            let id = try plane.target(of: attribute, cluster: name)
            let new = try attribute.checkedAsCustom()
            var all = changed[id] ?? plane.clusters[name]!.instances[id]!.record.attributes
            if let index = all.firstIndex(where: { $0.name == new.name }) {
                all[index] = new
            } else {
                all.append(new)
            }
            guard all.count(where: \.isCustom) <= limit else {
                throw APIError(
                    .attributeLimitExceeded, "The container instance \(id) can have at most \(limit) custom attributes."
                )
            }
            changed[id] = all
            answer.append(new.addressed(to: plane.scope.containerInstance(id, cluster: name)))
        }
        for (id, attributes) in changed { plane.clusters[name]!.setAttributes(attributes, of: id) }
        return ECS.PutAttributesResponse(attributes: answer)
    }

    /// What PutAttributes and DeleteAttributes change in one call.
    fileprivate static func list(_ attributes: [Attribute]?) throws(APIError) -> [Attribute] {
        try Check.list(
            attributes, "attributes", empty: APIError(.invalidParameter, "attributes cannot be empty."), maximum: 10)
    }
}

extension ECS.DeleteAttributesRequest: ControlPlaneRequest {
    /// Removes custom attributes. One that is not there is no error, and not in the answer.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DeleteAttributesResponse {
        let name = try plane.clusterName(cluster)
        var changed: OrderedDictionary<String, [Attribute]> = [:]
        var answer: [Attribute] = []
        for attribute in try ECS.PutAttributesRequest.list(attributes) {
            let id = try plane.target(of: attribute, cluster: name)
            guard attribute.value == nil else {
                throw APIError(.invalidParameter, "Attributes are deleted by name; leave the value out.")
            }
            let unwanted = try attribute.checkedAsCustom().name
            var all = changed[id] ?? plane.clusters[name]!.instances[id]!.record.attributes
            guard let index = all.firstIndex(where: { $0.name == unwanted }) else { continue }
            answer.append(all.remove(at: index).addressed(to: plane.scope.containerInstance(id, cluster: name)))
            changed[id] = all
        }
        for (id, attributes) in changed { plane.clusters[name]!.setAttributes(attributes, of: id) }
        return ECS.DeleteAttributesResponse(attributes: answer)
    }
}

extension ECS.ListAttributesRequest: ControlPlaneRequest {
    /// Lists attributes of the instances that are not deregistered, by instance and name.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.ListAttributesResponse {
        let name = try plane.clusterName(cluster)
        guard try Check.required(targetType, "targetType") == Attribute.instanceTarget else {
            throw APIError(.invalidParameter, "targetType must be \(Attribute.instanceTarget).")
        }
        guard attributeValue == nil || attributeName != nil else {
            throw APIError(.invalidParameter, "attributeValue needs an attributeName.")
        }
        guard (1...100).contains(maxResults ?? 100) else {
            throw APIError(.invalidParameter, "maxResults must be between 1 and 100.")
        }
        let size = maxResults ?? 100
        let start = try startingPoint()
        var rows: [Attribute] = []
        for instance in plane.clusters[name]!.instances.values.sorted(by: { $0.record.id < $1.record.id })
        where instance.record.status != .inactive && instance.record.id >= start.instance {
            let arn = plane.scope.containerInstance(instance.record.id, cluster: name)
            let found = instance.record.attributes.filter { attribute in
                (attributeName == nil || attribute.name == attributeName)
                    && (attributeValue == nil || attribute.value == attributeValue)
                    && (instance.record.id > start.instance || attribute.name ?? "" > start.name)
            }
            rows += found.map { $0.addressed(to: arn) }.sorted { $0.name ?? "" < $1.name ?? "" }
            if rows.count > size { break }
        }
        guard rows.count > size, let last = rows.prefix(size).last else {
            return ECS.ListAttributesResponse(attributes: rows)
        }
        let id = try plane.instanceID(last.targetId ?? "", cluster: name)
        return ECS.ListAttributesResponse(
            attributes: Array(rows.prefix(size)), nextToken: "\(id)/\(last.name ?? "")")
    }

    /// Where the page before ended: a token is the last instance's id and, after a slash, the last attribute's name.
    private func startingPoint() throws(APIError) -> (instance: String, name: String) {
        guard let nextToken, !nextToken.isEmpty else { return ("", "") }
        let parts = nextToken.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 32 else {
            throw APIError(.invalidParameter, "Invalid token. Begin again without one.")
        }
        return (String(parts[0]), String(parts[1]))
    }
}

extension ControlPlaneMachine {
    /// The id of the instance that an attribute is addressed to.
    fileprivate func target(of attribute: Attribute, cluster: String) throws(APIError) -> String {
        guard attribute.targetType == nil || attribute.targetType == Attribute.instanceTarget else {
            throw APIError(.invalidParameter, "targetType must be \(Attribute.instanceTarget).")
        }
        let reference = try Check.required(attribute.targetId, "targetId")
        guard reference.hasPrefix("arn:") || attribute.targetType != nil else {
            throw APIError(.invalidParameter, "A targetId that is not an ARN needs a targetType.")
        }
        let id = try instanceID(reference, cluster: cluster)
        guard let instance = clusters[cluster]!.instances[id], instance.record.status != .inactive else {
            throw APIError(.targetNotFound, "The container instance \(id) is not registered in \(cluster).")
        }
        return id
    }
}

extension Attribute {
    fileprivate static let instanceTarget = "container-instance"

    /// Whether the name is not one of those that agents report capabilities with.
    var isCustom: Bool {
        let name = name ?? ""
        return !name.hasPrefix("ecs.") && !name.hasPrefix("com.amazonaws.ecs.")
    }

    /// The attribute without its target, if callers may set it (§2.2).
    func checkedAsCustom() throws(APIError) -> Attribute {
        let name = name ?? ""
        guard (1...128).contains(name.utf8.count), name.utf8.allSatisfy({ Self.isNameByte($0) }) else {
            throw APIError(
                .invalidParameter,
                "An attribute's name has 1 to 128 letters, digits, hyphens, underscores, slashes, backslashes and "
                    + "periods: '\(name)'.")
        }
        guard isCustom else {
            throw APIError(.invalidParameter, "Attributes that start with 'ecs.' are the agents' own: '\(name)'.")
        }
        if let value {
            guard (1...128).contains(value.utf8.count), !value.hasPrefix(" "), !value.hasSuffix(" "),
                value.utf8.allSatisfy({ Self.isNameByte($0) || "@: ".utf8.contains($0) })
            else {
                throw APIError(
                    .invalidParameter,
                    "The value of attribute '\(name)' has 1 to 128 letters, digits, spaces inside, and - _ . @ / \\ :")
            }
        }
        return Attribute(name: name, value: value)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_./\\".utf8.contains(byte)
        }
    }

    fileprivate func addressed(to arn: String) -> Attribute { Attribute(name: name, value: value, targetId: arn) }
}

extension ClusterMachine {
    fileprivate mutating func setAttributes(_ attributes: [Attribute], of id: String) {
        var record = instances[id]!.record
        guard record.attributes != attributes else { return }
        record.attributes = attributes
        put(record)
        let values = PlacementInstance(record, isConnected: false).attributes
        changePlacement(of: id) { engine throws(PlacementError) in try engine.setAttributes(values, of: id) }
        noteChange(ofInstance: id)
    }
}
