// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel
import OrderedCollections

// The history of services (`ecs-control-plane.md` §7.7).

extension ECS.ListServiceDeploymentsRequest: ControlPlaneRequest {
    /// Lists the deployments of a service, the newest first, twenty a page unless told otherwise.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.ListServiceDeploymentsResponse {
        let (cluster, name) = try plane.ecsService(service, cluster: cluster)
        for value in status ?? [] {
            try Check.oneOf(value, ServiceDeploymentRecord.Status.allCases.map(\.rawValue), "status")
        }
        let wanted = Set(status ?? [])
        let state = plane.clusters[cluster]!.services[name]!
        let stories = state.history.values.reversed().filter { story in
            (wanted.isEmpty || wanted.contains(story.status.rawValue))
                && (createdAt?.after.map { $0 <= story.createdAt } ?? true)
                && (createdAt?.before.map { story.createdAt <= $0 } ?? true)
        }
        let page = try Page.cut(stories, after: nextToken, size: maxResults, maximum: 100, fallback: 20, id: \.id)
        let briefs = page.items.map { story in
            ECS.ServiceDeploymentBrief(
                serviceDeploymentArn: plane.scope.serviceDeployment(story.id, service: name, cluster: cluster),
                serviceArn: plane.scope.service(name, cluster: cluster), clusterArn: plane.scope.cluster(cluster),
                startedAt: story.startedAt, createdAt: story.createdAt, finishedAt: story.finishedAt,
                targetServiceRevisionArn: plane.scope.serviceRevision(story.target, service: name, cluster: cluster),
                status: story.status.rawValue, statusReason: story.statusReason)
        }
        return ECS.ListServiceDeploymentsResponse(serviceDeployments: briefs, nextToken: page.next)
    }
}

extension ECS.DescribeServiceDeploymentsRequest: ControlPlaneRequest {
    /// Describes deployments by their ARNs; unknown ones are failures.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DescribeServiceDeploymentsResponse {
        let arns = try Check.list(
            serviceDeploymentArns, "serviceDeploymentArns",
            empty: APIError(.invalidParameter, "Service deployments cannot be empty."), maximum: 20)
        var response = ECS.DescribeServiceDeploymentsResponse(serviceDeployments: [], failures: [])
        for arn in arns {
            let path = try plane.servicePath(arn, kind: "service-deployment")
            if let cluster = plane.clusters[path.cluster], let state = cluster.services[path.service],
                let story = state.history[path.id]
            {
                response.serviceDeployments!.append(cluster.describe(story, of: state))
            } else {
                response.failures!.append(ECS.Failure(arn: arn, reason: "MISSING"))
            }
        }
        return response
    }
}

extension ECS.DescribeServiceRevisionsRequest: ControlPlaneRequest {
    /// Describes revisions by their ARNs; unknown ones are failures.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DescribeServiceRevisionsResponse {
        let arns = try Check.list(
            serviceRevisionArns, "serviceRevisionArns",
            empty: APIError(.invalidParameter, "Service revisions cannot be empty."), maximum: 20)
        var response = ECS.DescribeServiceRevisionsResponse(serviceRevisions: [], failures: [])
        for arn in arns {
            let path = try plane.servicePath(arn, kind: "service-revision")
            if let cluster = plane.clusters[path.cluster], let state = cluster.services[path.service],
                let revision = state.revisions[path.id]
            {
                response.serviceRevisions!.append(cluster.describe(revision, of: state))
            } else {
                response.failures!.append(ECS.Failure(arn: arn, reason: "MISSING"))
            }
        }
        return response
    }
}

extension ECS.StopServiceDeploymentRequest: ControlPlaneRequest {
    /// Stops a deployment that is under way: where it is (`ABORT`), or by a return to the last revision that was
    /// deployed completely (`ROLLBACK`, the default).
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.StopServiceDeploymentResponse {
        let arn = try Check.required(serviceDeploymentArn, "serviceDeploymentArn")
        try Check.oneOf(stopType, ["ABORT", "ROLLBACK"], "stopType")
        let path = try plane.serviceDeployment(arn)
        let state = plane.clusters[path.cluster]!.services[path.service]!
        guard let current = state.current, current.id == path.id else {
            throw APIError(.conflict, "The service deployment is over.", resourceIDs: [arn])
        }
        guard current.rollback == nil else {
            throw APIError(.conflict, "The service deployment is being rolled back.", resourceIDs: [arn])
        }
        if stopType == "ABORT" {
            plane.clusters[path.cluster]!.abort(path.service, at: now)
        } else if let goal = state.rollbackGoal {
            plane.clusters[path.cluster]!.rollBack(
                path.service, to: goal,
                reason: { "Service deployment stopped by user: rolling back to deploymentId \($0)." }, at: now,
                using: &random)
        } else {
            throw APIError(
                .invalidParameter,
                "There is no revision to return to: nothing was deployed completely before. Use the stopType ABORT.")
        }
        return ECS.StopServiceDeploymentResponse(serviceDeploymentArn: arn)
    }
}

extension ECS.ContinueServiceDeploymentRequest: ControlPlaneRequest {
    /// Refused: only lifecycle hooks pause deployments, and rolling ones have none (§1.4).
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.ContinueServiceDeploymentResponse {
        let arn = try Check.required(serviceDeploymentArn, "serviceDeploymentArn")
        _ = try Check.required(hookId, "hookId")
        try Check.oneOf(action, ["CONTINUE", "ROLLBACK"], "action")
        _ = try plane.serviceDeployment(arn)
        throw APIError(.invalidParameter, "The service deployment is not waiting for a lifecycle hook.")
    }
}

extension ClusterMachine {
    /// Leaves a deployment where it is: it starts no more tasks.
    fileprivate mutating func abort(_ name: String, at now: Instant) {
        let reason = "The service deployment was stopped by a user."
        if let primary = services[name]!.primary {
            changeDeployment(primary.id, of: name) { deployment in
                deployment.rolloutState = .failed
                deployment.rolloutStateReason = reason
                deployment.updatedAt = now.wall
            }
        }
        endStory(of: name, as: .stopped, reason: reason, at: now)
        examine(name)
    }
}

/// What the ARN of something that belongs to a service says.
private struct ServicePath {
    var cluster: String
    var service: String
    var id: String
}

extension ControlPlaneMachine {
    fileprivate func servicePath(_ text: String, kind: String) throws(APIError) -> ServicePath {
        let segments = ARN(text)?.resourceSegments.map(String.init) ?? []
        guard ARN(text)?.service == "ecs", segments.count == 4, segments[0] == kind else {
            throw APIError(.invalidParameter, "Identifier is not the ARN of a \(kind): \(text)")
        }
        try requireHere(text)
        return ServicePath(cluster: segments[1], service: segments[2], id: segments[3])
    }

    fileprivate func serviceDeployment(_ arn: String) throws(APIError) -> ServicePath {
        let path = try servicePath(arn, kind: "service-deployment")
        guard clusters[path.cluster]?.services[path.service]?.history[path.id] != nil else {
            throw APIError(.serviceDeploymentNotFound, "The specified service deployment was not found.")
        }
        return path
    }

    /// A service whose deployments are the scheduler's.
    fileprivate func ecsService(
        _ reference: String?, cluster: String?
    ) throws(APIError) -> (cluster: String, service: String) {
        let found = try serviceName(reference, cluster: cluster)
        guard clusters[found.cluster]!.services[found.service]!.record.controller == .ecs else {
            throw APIError(
                .unsupportedFeature, "A service with the deployment controller EXTERNAL has no service deployments.")
        }
        return found
    }
}
