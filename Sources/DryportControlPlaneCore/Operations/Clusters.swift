// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel
import OrderedCollections

// Clusters (`ecs-control-plane.md` §1.1).

extension ECS.CreateClusterRequest: ControlPlaneRequest {
    /// Who may call it.
    public static var access: OperationAccess { .administratorsAndNodes }

    /// Creates the cluster; one that is active already is returned as it is.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.CreateClusterResponse {
        let name = clusterName ?? "default"
        if case .managedInstance = context.principal, name != "default" {
            // An agent without a configured cluster may create the default one (`ecs-agent.md` §2.5), no other.
            throw APIError(.accessDenied, "\(context.principal) may create the cluster default only.")
        }
        guard Check.isName(name) else {
            throw APIError(
                .invalidParameter, "Cluster names have 1 to 255 letters, digits, hyphens and underscores.")
        }
        try Check.noCapacityProviders(capacityProviders, defaultCapacityProviderStrategy)
        let settings = try Check.clusterSettings(settings ?? [])
        let configuration = try configuration?.checked()
        try serviceConnectDefaults?.check()
        let tags = try Check.tags(tags, quotas: plane.configuration.quotas)
        if plane.clusters[name]?.record.isActive != true {
            let count = plane.clusters.values.count(where: \.record.isActive)
            try Quotas.check(count, below: plane.configuration.quotas.clusters, "clusters")
            // A deleted cluster's name gives a fresh one; what is left of the old one goes.
            if let old = plane.clusters[name] { plane.remove(old) }
            plane.createCluster(
                ClusterRecord(
                    name: name, isActive: true,
                    settings: settings.isEmpty ? [plane.defaultClusterSetting] : settings,
                    configuration: configuration, tags: tags))
        }
        return ECS.CreateClusterResponse(
            cluster: plane.clusters[name]!.describe(including: ClusterMachine.changeable))
    }
}

extension ControlPlaneMachine {
    /// What a cluster is created with unless the call says otherwise: what the account has set (§2.6).
    var defaultClusterSetting: ECS.ClusterSetting {
        ECS.ClusterSetting(name: "containerInsights", value: effectiveSetting("containerInsights"))
    }

    /// Forgets the first of the deleted clusters when there are more than a hundred: they are described for a while, but
    /// not for ever (§1.1).
    fileprivate mutating func forgetDeletedClusters(but name: String) {
        let deleted = clusters.values.filter { !$0.record.isActive && $0.name != name }
        guard deleted.count >= 100, let first = deleted.first else { return }
        remove(first)
        account.changes.append(.delete(key: ControlPlaneRecord.cluster(first.record).key))
        clusters.removeValue(forKey: first.name)
    }

    /// Removes the records of a deleted cluster before its name is used again.
    fileprivate mutating func remove(_ cluster: ClusterMachine) {
        let name = cluster.name
        account.changes += cluster.tasks.values.map { .delete(key: ControlPlaneRecord.task($0, cluster: name).key) }
        account.changes += cluster.instances.values.map {
            .delete(key: ControlPlaneRecord.instance($0.record, cluster: name).key)
        }
        account.changes += cluster.clientTokens.values.map {
            .delete(key: ControlPlaneRecord.clientToken($0, cluster: name).key)
        }
        for state in cluster.services.values {
            account.changes += cluster.recordKeys(of: state).map { .delete(key: $0) }
        }
    }
}

extension ECS.DescribeClustersRequest: ControlPlaneRequest {
    /// Describes the clusters named, `default` if none is.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DescribeClustersResponse {
        let references = (clusters?.isEmpty ?? true) ? ["default"] : clusters!
        guard references.count <= 100 else {
            throw APIError(.invalidParameter, "clusters can have at most 100 items.")
        }
        let include = try Check.include(
            include, of: ["ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"])
        var found: [ECS.Cluster] = []
        var failures: [ECS.Failure] = []
        for reference in references {
            let name = try plane.clusterName(of: reference)
            if let cluster = plane.clusters[name] {
                found.append(cluster.describe(including: include))
            } else {
                let arn = reference.hasPrefix("arn:") ? reference : plane.scope.cluster(name)
                failures.append(ECS.Failure(arn: arn, reason: "MISSING"))
            }
        }
        return ECS.DescribeClustersResponse(clusters: found, failures: failures)
    }
}

extension ECS.ListClustersRequest: ControlPlaneRequest {
    /// Lists the clusters that are not deleted.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.ListClustersResponse {
        let names = plane.clusters.values.filter(\.record.isActive).map(\.name).sorted()
        let page = try Page.cut(names, after: nextToken, size: maxResults, maximum: 100)
        return ECS.ListClustersResponse(clusterArns: page.items.map(plane.scope.cluster), nextToken: page.next)
    }
}

extension ECS.DeleteClusterRequest: ControlPlaneRequest {
    /// Makes an empty cluster inactive.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DeleteClusterResponse {
        let name = try plane.clusterName(try Check.cluster(cluster))
        let cluster = plane.clusters[name]!
        guard !cluster.instances.values.contains(where: { $0.record.status != .inactive }) else {
            throw APIError(
                .clusterContainsContainerInstances,
                "The Cluster cannot be deleted while Container Instances are active or draining.")
        }
        guard !cluster.services.values.contains(where: { $0.record.status == .active }) else {
            throw APIError(.clusterContainsServices, "The Cluster cannot be deleted while Services are active.")
        }
        guard cluster.tasks.values.allSatisfy({ $0.lastStatus == .stopped }) else {
            throw APIError(.clusterContainsTasks, "The Cluster cannot be deleted while Tasks are active.")
        }
        plane.clusters[name]!.deactivate()
        plane.forgetDeletedClusters(but: name)
        return ECS.DeleteClusterResponse(cluster: plane.clusters[name]!.describe())
    }
}

extension ClusterMachine {
    fileprivate mutating func deactivate() {
        record.isActive = false
        output.changes.append(.put(.cluster(record)))
    }
}
