// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel
import OrderedCollections

// Changing clusters (`ecs-control-plane.md` §1.1).

extension ECS.UpdateClusterRequest: ControlPlaneRequest {
    /// Replaces what is given, as a whole.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.UpdateClusterResponse {
        let name = try plane.clusterName(try Check.cluster(cluster))
        let settings = try Check.clusterSettings(settings ?? [])
        let configuration = try configuration?.checked()
        try serviceConnectDefaults?.check()
        plane.clusters[name]!.change { record in
            record.settings = settings.isEmpty ? record.settings : settings
            record.configuration = configuration ?? record.configuration
        }
        return ECS.UpdateClusterResponse(cluster: plane.clusters[name]!.describe(including: ClusterMachine.changeable))
    }
}

extension ECS.UpdateClusterSettingsRequest: ControlPlaneRequest {
    /// Replaces the settings.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.UpdateClusterSettingsResponse {
        let name = try plane.clusterName(try Check.cluster(cluster))
        let settings = try Check.clusterSettings(settings ?? [])
        guard !settings.isEmpty else { throw APIError(.invalidParameter, "settings is required.") }
        plane.clusters[name]!.change { $0.settings = settings }
        return ECS.UpdateClusterSettingsResponse(
            cluster: plane.clusters[name]!.describe(including: ClusterMachine.changeable))
    }
}

extension ECS.PutClusterCapacityProvidersRequest: ControlPlaneRequest {
    /// Accepts that there shall be none, which is so already: external instances do not have capacity providers.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.PutClusterCapacityProvidersResponse {
        let name = try plane.clusterName(try Check.cluster(cluster))
        let providers = try Check.required(capacityProviders, "capacityProviders")
        let strategy = try Check.required(defaultCapacityProviderStrategy, "defaultCapacityProviderStrategy")
        try Check.noCapacityProviders(providers, strategy)
        return ECS.PutClusterCapacityProvidersResponse(
            cluster: plane.clusters[name]!.describe(including: ClusterMachine.changeable))
    }
}

extension Check {
    /// The reference to the cluster that a call changes or deletes: unlike where it says what a call is in, none is not
    /// the default one.
    static func cluster(_ reference: String?) throws(APIError) -> String {
        guard let reference, !reference.isEmpty else { throw APIError(.invalidParameter, "Cluster can not be blank.") }
        return reference
    }

    /// Settings of a cluster: `containerInsights` is the only one there is.
    static func clusterSettings(_ settings: [ECS.ClusterSetting]) throws(APIError) -> [ECS.ClusterSetting] {
        let values = AccountSetting.all["containerInsights"]?.values ?? []
        guard settings.count <= 1, settings.allSatisfy({ $0.name == "containerInsights" }),
            settings.allSatisfy({ values.contains($0.value ?? "") })
        else {
            throw APIError(
                .invalidParameter,
                "The only cluster setting is containerInsights, one of \(values.joined(separator: ", ")).")
        }
        return settings
    }

    /// External instances have no capacity providers; empty lists pass (§0).
    static func noCapacityProviders(
        _ providers: [String]?, _ strategy: [ECS.CapacityProviderStrategyItem]?
    ) throws(APIError) {
        guard (providers ?? []).isEmpty, (strategy ?? []).isEmpty else {
            throw APIError(.invalidParameter, "Capacity providers are not supported for external instances.")
        }
    }
}

extension ECS.ClusterConfiguration {
    /// The configuration with what is left out of the part about ECS Exec filled in.
    func checked() throws(APIError) -> ECS.ClusterConfiguration {
        guard var exec = executeCommandConfiguration else { return self }
        exec.logging = exec.logging ?? "DEFAULT"
        guard ["NONE", "DEFAULT", "OVERRIDE"].contains(exec.logging) else {
            throw APIError(
                .invalidParameter, "executeCommandConfiguration.logging must be NONE, DEFAULT or OVERRIDE.")
        }
        guard exec.logging != "OVERRIDE" || exec.logConfiguration != nil else {
            throw APIError(.invalidParameter, "Logging OVERRIDE needs a logConfiguration that says where to.")
        }
        var result = self
        result.executeCommandConfiguration = exec
        return result
    }
}

extension ECS.ClusterServiceConnectDefaultsRequest {
    /// There is no Cloud Map, and so no namespace to be the default. An empty one removes it, which passes.
    func check() throws(APIError) {
        guard let namespace, !namespace.isEmpty else { return }
        throw APIError(.namespaceNotFound, "The namespace \(namespace) was not found.")
    }
}

extension ClusterMachine {
    /// The parts of a cluster that calls can change, as `include` names them.
    static let changeable: Set<String> = ["SETTINGS", "CONFIGURATIONS", "TAGS"]

    fileprivate mutating func change(_ change: (inout ClusterRecord) -> Void) {
        let before = record
        change(&record)
        if record != before { output.changes.append(.put(.cluster(record))) }
    }
}
