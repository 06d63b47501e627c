// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel
import DryportPlacement
import OrderedCollections

// Registration by an agent (`ecs-control-plane.md` §4.1, §4.2; `ecs-agent.md` §2).

extension ECS.RegisterContainerInstanceRequest: ControlPlaneRequest {
    /// Who may call it.
    public static var access: OperationAccess { .administratorsAndNodes }

    /// Registers the caller's host, or registers it again.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.RegisterContainerInstanceResponse {
        let name = try plane.clusterName(cluster)
        let resources = try RegisteredResources(totalResources ?? [], devices: platformDevices ?? [])
        let attributes = try checkedAttributes()
        let quotas = plane.configuration.quotas
        let tags = try Check.tags(tags, quotas: quotas)
        let node: String? = if case .managedInstance(let id) = context.principal { id } else { nil }
        let known = try existing(on: plane, cluster: name, node: node)
        if let known {
            try plane.clusters[name]!.requireOwner(of: known, principal: context.principal)
            try plane.clusters[name]!.register(again: known, resources, attributes, versionInfo, token: clientToken)
        } else {
            if let node, let other = plane.cluster(ofNode: node) {
                throw APIError(
                    .invalidParameter,
                    "The managed instance \(node) is registered in the cluster \(other). Deregister it there first.")
            }
            try Quotas.check(
                plane.clusters[name]!.placement.count, below: quotas.containerInstancesPerCluster,
                "container instances in \(name)")
            guard attributes.count(where: \.isCustom) <= quotas.customAttributesPerInstance else {
                throw APIError(
                    .client,
                    "A container instance can have at most \(quotas.customAttributesPerInstance) custom attributes.")
            }
            let record = ContainerInstanceRecord(
                id: random.resourceID(), managedInstanceID: node, status: .active, attributes: attributes,
                resources: resources, version: versionInfo, registeredAt: now.wall, tags: tags, changes: 1,
                timeline: 0, clientToken: clientToken)
            try plane.clusters[name]!.register(record, at: now)
        }
        let cluster = plane.clusters[name]!
        let id = known?.id ?? cluster.instances.keys.last!
        return ECS.RegisterContainerInstanceResponse(
            containerInstance: cluster.describe(cluster.instances[id]!, includeTags: true))
    }

    /// The instance that this call is about, if it is not a new one: by its ARN, by the token of a repeated call,
    /// or because the node is registered here already and its agent has lost its state.
    private func existing(
        on plane: ControlPlaneMachine, cluster name: String, node: String?
    ) throws(APIError) -> ContainerInstanceRecord? {
        let instances = plane.clusters[name]!.instances
        if let containerInstanceArn, !containerInstanceArn.isEmpty {
            let id = try plane.instanceID(containerInstanceArn, cluster: name)
            guard let instance = instances[id], instance.record.status != .inactive else {
                throw APIError(
                    .invalidParameter,
                    "The container instance \(id) is not registered in \(name) any more. Remove the agent's state to "
                        + "register the host anew.")
            }
            return instance.record
        }
        return instances.values.map(\.record).first { record in
            guard record.status != .inactive else { return false }
            if let node { return record.managedInstanceID == node }
            return clientToken != nil && record.clientToken == clientToken
        }
    }

    /// Attributes come back exactly as sent, or agents refuse to run (`ecs-agent.md` §2.2).
    private func checkedAttributes() throws(APIError) -> [Attribute] {
        var names: Set<String> = []
        for attribute in attributes ?? [] {
            guard let name = attribute.name, !name.isEmpty else {
                throw APIError(.invalidParameter, "An attribute has no name.")
            }
            guard names.insert(name).inserted else {
                throw APIError(.invalidParameter, "The attribute \(name) is given twice.")
            }
            // Agents write an empty value for none.
            let value = attribute.value.flatMap { $0.isEmpty ? nil : $0 }
            if attribute.isCustom { _ = try Attribute(name: name, value: value).checkedAsCustom() }
        }
        return attributes ?? []
    }
}

extension RegisteredResources {
    /// Reads what an agent registers; a number that is left out is zero.
    init(_ resources: [ECS.Resource], devices: [ECS.PlatformDevice]) throws(APIError) {
        func number(_ name: String) throws(APIError) -> Int {
            let value = resources.first { $0.name == name }?.integerValue ?? 0
            guard (0...PlacementInstance.maximumResource).contains(value) else {
                throw APIError(.invalidParameter, "The resource \(name) is out of range: \(value).")
            }
            return value
        }
        func ports(_ name: String) throws(APIError) -> [Int] {
            var ports: [Int] = []
            for text in resources.first(where: { $0.name == name })?.stringSetValue ?? [] {
                guard let port = Int(text), (1...65535).contains(port) else {
                    throw APIError(.invalidParameter, "The resource \(name) holds '\(text)', which is not a port.")
                }
                ports.append(port)
            }
            return ports
        }
        self.init(
            cpu: try number("CPU"), memory: try number("MEMORY"), tcpPorts: try ports("PORTS"),
            udpPorts: try ports("PORTS_UDP"), gpus: devices.filter { $0.type == "GPU" }.compactMap(\.id))
    }
}

extension ControlPlaneMachine {
    /// The name of the cluster in which a node has an instance that is not deregistered.
    fileprivate func cluster(ofNode node: String) -> String? {
        clusters.values.first { cluster in
            cluster.instances.values.contains { $0.record.managedInstanceID == node && $0.record.status != .inactive }
        }?.name
    }
}

extension ClusterMachine {
    fileprivate mutating func register(_ record: ContainerInstanceRecord, at now: Instant) throws(APIError) {
        do {
            try placement.add(PlacementInstance(record, isConnected: false))
        } catch {
            throw APIError(error)
        }
        instances[record.id] = ClusterInstance(record: record, isConnected: false)
        put(record)
        noteChange(ofInstance: record.id)
        output.observations.append(.instanceRegistered(arn: arn(ofInstance: record.id)))
    }

    /// Registers a known instance again: its agent may have changed, its identity and status have not. Agents send
    /// custom attributes with their first registration only, so those are kept; capabilities that are not sent
    /// any more are gone.
    fileprivate mutating func register(
        again known: ContainerInstanceRecord, _ resources: RegisteredResources, _ attributes: [Attribute],
        _ version: ECS.VersionInfo?, token: String?
    ) throws(APIError) {
        var record = known
        let names = Set(attributes.compactMap(\.name))
        record.attributes =
            attributes
            + known.attributes.filter { attribute in
                let name = attribute.name ?? ""
                return !names.contains(name) && !name.hasPrefix("ecs.") && !name.hasPrefix("com.amazonaws.ecs.")
            }
        // Names that are new each time must not add up.
        guard record.attributes.count(where: \.isCustom) <= configuration.quotas.customAttributesPerInstance else {
            throw APIError(
                .client,
                "A container instance can have at most \(configuration.quotas.customAttributesPerInstance) custom "
                    + "attributes, and keeps those that it had. Delete some of them first.")
        }
        record.resources = resources
        record.version = version ?? known.version
        record.clientToken = token
        do {
            try placement.update(PlacementInstance(record, isConnected: instances[record.id]!.isConnected))
        } catch {
            throw APIError(error)
        }
        put(record)
        noteChange(ofInstance: record.id)
        output.observations.append(.instanceRegistered(arn: arn(ofInstance: record.id)))
    }
}
