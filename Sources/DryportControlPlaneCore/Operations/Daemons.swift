// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel

// Managed daemons, which only Managed Instances have (`ecs-control-plane.md` §1.7). They have nothing to do with services
// whose scheduling strategy is `DAEMON`.

extension ECS.CreateDaemonRequest: ControlPlaneRequest {
    /// Refuses.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        throw APIError(.unsupportedFeature, APIError.noDaemons)
    }
}

extension ECS.UpdateDaemonRequest: ControlPlaneRequest {
    /// Refuses.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        throw APIError(.unsupportedFeature, APIError.noDaemons)
    }
}

extension ECS.DeleteDaemonRequest: ControlPlaneRequest {
    /// Refuses.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        throw APIError(.unsupportedFeature, APIError.noDaemons)
    }
}

extension ECS.RegisterDaemonTaskDefinitionRequest: ControlPlaneRequest {
    /// Refuses; the operation has no error of its own for that.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        throw APIError(.client, APIError.noDaemons)
    }
}

extension ECS.DeleteDaemonTaskDefinitionRequest: ControlPlaneRequest {
    /// Refuses; the operation has no error of its own for that.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        throw APIError(.client, APIError.noDaemons)
    }
}

extension ECS.DescribeDaemonRequest: ControlPlaneRequest {
    /// Finds none.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        let arn = try Check.required(daemonArn, "daemonArn")
        throw APIError(.daemonNotFound, "There is no daemon \(arn).")
    }
}

extension ECS.DescribeDaemonDeploymentsRequest: ControlPlaneRequest {
    /// Finds none; each that is named is a failure.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DescribeDaemonDeploymentsResponse {
        let failures = try ECS.Failure.missing(daemonDeploymentArns, "daemonDeploymentArns")
        return ECS.DescribeDaemonDeploymentsResponse(failures: failures, daemonDeployments: [])
    }
}

extension ECS.DescribeDaemonRevisionsRequest: ControlPlaneRequest {
    /// Finds none; each that is named is a failure.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DescribeDaemonRevisionsResponse {
        let failures = try ECS.Failure.missing(daemonRevisionArns, "daemonRevisionArns")
        return ECS.DescribeDaemonRevisionsResponse(daemonRevisions: [], failures: failures)
    }
}

extension ECS.DescribeDaemonTaskDefinitionRequest: ControlPlaneRequest {
    /// Finds none.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        let reference = try Check.required(daemonTaskDefinition, "daemonTaskDefinition")
        throw APIError(.client, "There is no daemon task definition \(reference).")
    }
}

extension ECS.ListDaemonsRequest: ControlPlaneRequest {
    /// Lists none.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.ListDaemonsResponse {
        if let clusterArn { _ = try plane.clusterName(clusterArn) }
        _ = try Page.cut([], after: nextToken, size: maxResults, maximum: 100)
        return ECS.ListDaemonsResponse(daemonSummariesList: [])
    }
}

extension ECS.ListDaemonDeploymentsRequest: ControlPlaneRequest {
    /// Lists none.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.ListDaemonDeploymentsResponse {
        _ = try Check.required(daemonArn, "daemonArn")
        _ = try Page.cut([], after: nextToken, size: maxResults, maximum: 100)
        return ECS.ListDaemonDeploymentsResponse(daemonDeployments: [])
    }
}

extension ECS.ListDaemonTaskDefinitionsRequest: ControlPlaneRequest {
    /// Lists none.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.ListDaemonTaskDefinitionsResponse {
        _ = try Page.cut([], after: nextToken, size: maxResults, maximum: 100)
        return ECS.ListDaemonTaskDefinitionsResponse(daemonTaskDefinitions: [])
    }
}

extension APIError {
    fileprivate static let noDaemons =
        "Managed daemons are not supported for external instances. Use a service with scheduling strategy DAEMON."
}

extension ECS.Failure {
    /// One failure for each ARN.
    fileprivate static func missing(_ arns: [String]?, _ name: String) throws(APIError) -> [ECS.Failure] {
        try Check.list(arns, name, empty: APIError(.invalidParameter, "\(name) cannot be empty."), maximum: 20)
            .map { ECS.Failure(arn: $0, reason: "MISSING") }
    }
}
