// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportPlacement

// What services and task sets may be made of on external instances (`ecs-control-plane.md` §7.1).
extension Check {
    /// The features that external instances do not have. Empty lists count as not given, and what is switched off is
    /// as good as absent.
    static func externalOnly(
        launchType: String? = nil, capacityProviders: [ECS.CapacityProviderStrategyItem]? = nil,
        loadBalancers: [ECS.LoadBalancer]? = nil, registries: [ECS.ServiceRegistry]? = nil,
        serviceConnect: ECS.ServiceConnectConfiguration? = nil, lattice: [ECS.VpcLatticeConfiguration]? = nil,
        volumes: [ECS.ServiceVolumeConfiguration]? = nil, network: ECS.NetworkConfiguration? = nil,
        platformVersion: String? = nil
    ) throws(APIError) {
        func refuse(_ isGiven: Bool, _ message: String) throws(APIError) {
            if isGiven { throw APIError(.invalidParameter, message) }
        }
        let hasProviders = !(capacityProviders ?? []).isEmpty
        try refuse(
            launchType != nil && hasProviders,
            "Specify either Launch Type or Capacity Provider Strategy, but not both.")
        try refuse(hasProviders, "Capacity providers are not supported for external instances.")
        try refuse(
            launchType != nil && launchType != LaunchType.external.rawValue,
            "launch type should be one of [EXTERNAL]")
        try refuse(
            !(loadBalancers ?? []).isEmpty, "Load balancers are not supported for launch type EXTERNAL.")
        try refuse(
            !(registries ?? []).isEmpty, "Service discovery is not supported for launch type EXTERNAL.")
        try refuse(
            serviceConnect?.enabled ?? false, "Service Connect is not supported for launch type EXTERNAL.")
        try refuse(!(lattice ?? []).isEmpty, "VPC Lattice is not supported for launch type EXTERNAL.")
        try refuse(
            !(volumes ?? []).isEmpty,
            "Volumes that are configured at launch are not supported for launch type EXTERNAL.")
        try refuse(
            network?.awsvpcConfiguration != nil,
            "Network Configuration is not valid for the given networkMode of this task definition.")
        try refuse(
            platformVersion != nil, "The platform version must be null when specifying an EXTERNAL launch type.")
    }

    /// One of the values that a member may have.
    static func oneOf(_ value: String?, _ values: [String], _ name: String) throws(APIError) {
        guard let value, !values.contains(value) else { return }
        throw APIError(.invalidParameter, "\(name) should be one of [\(values.joined(separator: ", "))].")
    }

    /// A token of 1–`maximum` printable ASCII characters (§2.2); nil passes.
    static func clientToken(_ token: String?, maximum: Int) throws(APIError) {
        guard let token else { return }
        guard (1...maximum).contains(token.utf8.count), token.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw APIError(.invalidParameter, "clientToken has 1 to \(maximum) printable ASCII characters.")
        }
    }

    /// A number of tasks that one service may want.
    static func desiredCount(_ count: Int, quotas: Quotas) throws(APIError) {
        guard (0...quotas.tasksPerService).contains(count) else {
            throw APIError(.invalidParameter, "desiredCount must be between 0 and \(quotas.tasksPerService).")
        }
    }

    static func gracePeriod(_ seconds: Int?) throws(APIError) {
        guard (0...2_147_483_647).contains(seconds ?? 0) else {
            throw APIError(
                .invalidParameter, "healthCheckGracePeriodSeconds must be between 0 and 2147483647.")
        }
    }

    /// Constraints of a service, which count together with those of its task definition.
    static func constraints(
        _ constraints: [ECS.PlacementConstraint], with definition: TaskDefinition?
    ) throws(APIError) {
        let inherited = try definition?.constraints(orThrow: .invalidParameter) ?? []
        guard constraints.count + inherited.count <= PlacementRequest.maximumConstraints else {
            throw APIError(.invalidParameter, "A task can have at most 10 placement constraints.")
        }
        _ = try [PlacementConstraint](constraints)
    }
}

extension ServiceRecord.Rollout {
    /// Reads a deployment configuration; what it leaves out stays as it is.
    mutating func apply(_ configuration: ECS.DeploymentConfiguration?, isDaemon: Bool) throws(APIError) {
        guard let configuration else { return }
        try Check.oneOf(
            configuration.strategy, ["ROLLING"], "The deployment strategy of launch type EXTERNAL")
        guard !(configuration.alarms?.enable ?? false) else {
            throw APIError(.invalidParameter, "CloudWatch alarms are not available: alarms.enable must be false.")
        }
        guard (configuration.lifecycleHooks ?? []).isEmpty else {
            throw APIError(.invalidParameter, "Lifecycle hooks are not supported with the deployment strategy ROLLING.")
        }
        guard configuration.linearConfiguration == nil, configuration.canaryConfiguration == nil else {
            throw APIError(
                .invalidParameter, "Linear and canary configurations need another deployment strategy than ROLLING.")
        }
        if let breaker = configuration.deploymentCircuitBreaker {
            guard let isEnabled = breaker.enable, let hasRollback = breaker.rollback else {
                throw APIError(.invalidParameter, "deploymentCircuitBreaker needs both enable and rollback.")
            }
            isBreakerEnabled = isEnabled
            isRollbackEnabled = hasRollback
        }
        minimumHealthyPercent = configuration.minimumHealthyPercent ?? minimumHealthyPercent
        maximumPercent = configuration.maximumPercent ?? maximumPercent
        guard (0...100).contains(minimumHealthyPercent) else {
            throw APIError(.invalidParameter, "minimumHealthyPercent must be between 0 and 100.")
        }
        guard (100...(isDaemon ? 200 : 2_147_483_647)).contains(maximumPercent) else {
            throw APIError(
                .invalidParameter, "maximumPercent must be at least 100\(isDaemon ? " and at most 200" : "").")
        }
    }

    /// With the deployment controller EXTERNAL the percentages are those of ECS, and nothing else applies (§7.8).
    mutating func leaveToTaskSets() throws(APIError) {
        guard !isBreakerEnabled else {
            throw APIError(
                .invalidParameter, "The deployment circuit breaker needs the deployment controller ECS.")
        }
        (minimumHealthyPercent, maximumPercent) = (100, 200)
    }
}

extension [ECS.PlacementStrategy] {
    /// As they are read back: `CPU` and `MEMORY` in capitals, `instanceId` for `host` (§6.3). An entry without type is
    /// what clears the list of a service (§7.6).
    func normalised() throws(APIError) -> [ECS.PlacementStrategy] {
        let given = filter { $0.type != nil }
        _ = try [PlacementStrategy](given, default: [])
        return given.map { strategy in
            var result = strategy
            switch (strategy.type, strategy.field?.lowercased()) {
            case ("binpack", let field?): result.field = field.uppercased()
            case ("spread", "host"): result.field = "instanceId"
            default: break
            }
            return result
        }
    }
}
