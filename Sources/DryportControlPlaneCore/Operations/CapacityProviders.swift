// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel

// Capacity providers and services in Express mode: external instances have neither (`ecs-control-plane.md` §1.7).

extension ECS.CreateCapacityProviderRequest: ControlPlaneRequest {
    /// Refuses.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        throw APIError.noCapacityProviders
    }
}

extension ECS.UpdateCapacityProviderRequest: ControlPlaneRequest {
    /// Refuses.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        throw APIError.noCapacityProviders
    }
}

extension ECS.DeleteCapacityProviderRequest: ControlPlaneRequest {
    /// Refuses.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        throw APIError.noCapacityProviders
    }
}

extension ECS.DescribeCapacityProvidersRequest: ControlPlaneRequest {
    /// Finds none; each that is named is a failure.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DescribeCapacityProvidersResponse {
        if let cluster, !cluster.isEmpty { _ = try plane.clusterName(cluster) }
        _ = try Page.cut([], after: nextToken, size: maxResults, maximum: 10)
        // Each that is named makes the answer longer.
        guard (capacityProviders ?? []).count <= 100 else {
            throw APIError(.invalidParameter, "capacityProviders can have at most 100 items.")
        }
        let failures = (capacityProviders ?? []).map { reference in
            let arn = reference.hasPrefix("arn:") ? reference : plane.scope.capacityProvider(reference)
            return ECS.Failure(arn: arn, reason: "MISSING")
        }
        return ECS.DescribeCapacityProvidersResponse(capacityProviders: [], failures: failures)
    }
}

extension ECS.CreateExpressGatewayServiceRequest: ControlPlaneRequest {
    /// Refuses.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        throw APIError.noExpressMode
    }
}

extension ECS.UpdateExpressGatewayServiceRequest: ControlPlaneRequest {
    /// Refuses.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        throw APIError.noExpressMode
    }
}

extension ECS.DeleteExpressGatewayServiceRequest: ControlPlaneRequest {
    /// Refuses.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        throw APIError.noExpressMode
    }
}

extension ECS.DescribeExpressGatewayServiceRequest: ControlPlaneRequest {
    /// Refuses.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        throw APIError.noExpressMode
    }
}

extension APIError {
    fileprivate static let noCapacityProviders = APIError(
        .unsupportedFeature, "Capacity providers are not supported for external instances.")
    fileprivate static let noExpressMode = APIError(
        .unsupportedFeature, "Services in Express mode are not supported for external instances.")
}

extension AccountScope {
    fileprivate func capacityProvider(_ name: String) -> String {
        "arn:\(partition):ecs:\(region):\(account):capacity-provider/\(name)"
    }
}
