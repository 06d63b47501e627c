// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel
import OrderedCollections

// Looking at services (`ecs-control-plane.md` §1.4).

extension ECS.DescribeServicesRequest: ControlPlaneRequest {
    /// Describes the services named; unknown ones are failures.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DescribeServicesResponse {
        let cluster = try plane.clusterName(cluster)
        let references = try Check.list(
            services, "services", empty: APIError(.invalidParameter, "Services cannot be empty."), maximum: 10)
        let wantsTags = try Check.include(include, of: ["TAGS"]).contains("TAGS")
        var response = ECS.DescribeServicesResponse(services: [], failures: [])
        for reference in references {
            let name = try plane.serviceID(reference, cluster: cluster)
            if let state = plane.clusters[cluster]!.services[name] {
                response.services!.append(plane.clusters[cluster]!.describe(state, includeTags: wantsTags))
            } else {
                // As deployment tools quote ECS: without the cluster, unless the caller has named it.
                let arn = reference.hasPrefix("arn:") ? reference : plane.scope.service(name)
                response.failures!.append(ECS.Failure(arn: arn, reason: "MISSING"))
            }
        }
        return response
    }
}

extension ECS.ListServicesRequest: ControlPlaneRequest {
    /// Lists the ACTIVE services, ten a page unless told otherwise.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.ListServicesResponse {
        let cluster = try plane.clusterName(cluster)
        try Check.oneOf(launchType, LaunchType.allCases.map(\.rawValue), "launchType")
        try Check.oneOf(schedulingStrategy, ["REPLICA", "DAEMON"], "schedulingStrategy")
        try Check.oneOf(resourceManagementType, ["CUSTOMER", "ECS"], "resourceManagementType")
        let isPossible =
            launchType ?? LaunchType.external.rawValue == LaunchType.external.rawValue
            && resourceManagementType ?? "CUSTOMER" == "CUSTOMER"
        let names = plane.clusters[cluster]!.services.values.map(\.record).filter { record in
            isPossible && record.status == .active
                && (schedulingStrategy ?? record.schedulingStrategy.rawValue) == record.schedulingStrategy.rawValue
        }
        let page = try Page.cut(
            names.map(\.name).sorted(), after: nextToken, size: maxResults, maximum: 100, fallback: 10)
        return ECS.ListServicesResponse(
            serviceArns: page.items.map { plane.scope.service($0, cluster: cluster) }, nextToken: page.next)
    }
}
