// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
public import DryportMessages
public import DryportModel
import DryportPlacement
import OrderedCollections

// Creating and deleting services (`ecs-control-plane.md` §1.4, §7.1).

extension ECS.CreateServiceRequest: ControlPlaneRequest {
    /// Creates the service; the scheduler starts its tasks afterwards. The same call again returns the service.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.CreateServiceResponse {
        let cluster = try plane.clusterName(cluster)
        let name = try Check.required(serviceName, "serviceName")
        guard Check.isName(name) else {
            throw APIError(
                .invalidParameter, "Service names have 1 to 255 letters, digits, hyphens and underscores.")
        }
        try Check.clientToken(clientToken, maximum: 36)
        let digest = requestDigest
        if let existing = try existing(name, in: plane.clusters[cluster]!, digest: digest) {
            return ECS.CreateServiceResponse(service: existing)
        }
        let definition = try taskDefinition.map { reference throws(APIError) in
            try plane.runnableDefinition(reference)
        }
        let record = try record(name, definition: definition, digest: digest, plane: plane, context, at: now)
        let active = plane.clusters[cluster]!.services.values.count { $0.record.status != .inactive }
        try Quotas.check(active, below: plane.configuration.quotas.servicesPerCluster, "services in \(cluster)")
        plane.clusters[cluster]!.add(record)
        if record.controller == .ecs, let definition {
            plane.clusters[cluster]!.beginDeployment(of: definition, in: name, at: now, using: &random)
        }
        let machine = plane.clusters[cluster]!
        return ECS.CreateServiceResponse(service: machine.describe(machine.services[name]!, includeTags: true))
    }

    private var requestDigest: String {
        var request = self
        request.clientToken = nil
        guard let bytes = try? JSONCoding.encode(request) else { return "" }
        return SignableRequest.sha256Hex(bytes)
    }

    /// The service that an earlier call with the same parameters made; nil if the name is free.
    private func existing(
        _ name: String, in cluster: ClusterMachine, digest: String
    ) throws(APIError) -> ECS.Service? {
        guard let state = cluster.services[name] else { return nil }
        switch state.record.status {
        case .inactive: return nil
        case .draining:
            throw APIError(.invalidParameter, "Unable to Start a service that is still Draining.")
        case .active:
            guard state.record.requestDigest == digest else {
                throw APIError(.invalidParameter, "Creation of service was not idempotent.")
            }
            return cluster.describe(state, includeTags: true)
        }
    }

    private func record(
        _ name: String, definition: TaskDefinition?, digest: String, plane: ControlPlaneMachine, _ context: CallContext,
        at now: Instant
    ) throws(APIError) -> ServiceRecord {
        try Check.externalOnly(
            launchType: launchType, capacityProviders: capacityProviderStrategy, loadBalancers: loadBalancers,
            registries: serviceRegistries, serviceConnect: serviceConnectConfiguration,
            lattice: vpcLatticeConfigurations, volumes: volumeConfigurations, network: networkConfiguration,
            platformVersion: platformVersion)
        guard role == nil else {
            throw APIError(.invalidParameter, "A role can be given for a service with a load balancer only.")
        }
        try Check.oneOf(schedulingStrategy, ["REPLICA", "DAEMON"], "schedulingStrategy")
        try Check.oneOf(deploymentController?.type, ["ECS", "EXTERNAL"], "The type of the deployment controller")
        try Check.oneOf(propagateTags, ["TASK_DEFINITION", "SERVICE", "NONE"], "propagateTags")
        try Check.oneOf(availabilityZoneRebalancing, ["ENABLED", "DISABLED"], "availabilityZoneRebalancing")
        try Check.gracePeriod(healthCheckGracePeriodSeconds)
        let strategy = schedulingStrategy.flatMap(ServiceRecord.SchedulingStrategy.init(rawValue:)) ?? .replica
        let controller = deploymentController?.type.flatMap(ServiceRecord.Controller.init(rawValue:)) ?? .ecs
        try checkCombination(strategy, controller, definition, plane.configuration.quotas)
        let constraints = placementConstraints ?? []
        try Check.constraints(constraints, with: definition)
        if enableExecuteCommand ?? false, let definition { try Check.executeCommandRole(definition.taskRoleArn) }
        let isDaemon = strategy == .daemon
        var rollout = ServiceRecord.Rollout(
            minimumHealthyPercent: isDaemon ? 0 : 100, maximumPercent: isDaemon ? 100 : 200, isBreakerEnabled: false,
            isRollbackEnabled: false)
        try rollout.apply(deploymentConfiguration, isDaemon: isDaemon)
        if controller == .external { try rollout.leaveToTaskSets() }
        return ServiceRecord(
            name: name, status: .active, schedulingStrategy: strategy, controller: controller,
            desiredCount: desiredCount ?? 0, rollout: rollout, placementConstraints: constraints,
            placementStrategy: try (placementStrategy ?? []).normalised(),
            healthCheckGracePeriodSeconds: healthCheckGracePeriodSeconds,
            enableECSManagedTags: enableECSManagedTags ?? false, propagateTags: propagateTags ?? "NONE",
            enableExecuteCommand: enableExecuteCommand ?? false,
            availabilityZoneRebalancing: availabilityZoneRebalancing ?? "DISABLED",
            tags: try Check.tags(tags, quotas: plane.configuration.quotas),
            createdAt: now.wall, createdBy: plane.scope.rootUser, deployments: [], taskSets: [],
            lastEvent: 0, requestDigest: digest)
    }

    private func checkCombination(
        _ strategy: ServiceRecord.SchedulingStrategy, _ controller: ServiceRecord.Controller,
        _ definition: TaskDefinition?, _ quotas: Quotas
    ) throws(APIError) {
        switch (controller, strategy) {
        case (.external, .daemon):
            throw APIError(.invalidParameter, "The deployment controller EXTERNAL supports REPLICA services only.")
        case (.external, .replica):
            guard definition == nil else {
                throw APIError(
                    .invalidParameter,
                    "With the deployment controller EXTERNAL, the task definition belongs to the task sets.")
            }
        case (.ecs, _):
            guard definition != nil else { throw APIError(.invalidParameter, "TaskDefinition can not be blank.") }
        }
        switch strategy {
        case .daemon:
            guard desiredCount == nil else {
                throw APIError(.invalidParameter, "desiredCount can not be given for a DAEMON service.")
            }
            guard (placementStrategy ?? []).isEmpty else {
                throw APIError(.invalidParameter, "Placement strategies are not supported with DAEMON services.")
            }
        case .replica:
            if desiredCount == nil, controller == .ecs {
                throw APIError(.invalidParameter, "desiredCount is required for a REPLICA service.")
            }
            try Check.desiredCount(desiredCount ?? 0, quotas: quotas)
        }
    }
}

extension ECS.DeleteServiceRequest: ControlPlaneRequest {
    /// Deletes the service: its tasks stop, and then it is INACTIVE. Only the desired count stands in the way, not
    /// the tasks that run (§1.4).
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DeleteServiceResponse {
        let (cluster, name) = try plane.serviceName(service, cluster: cluster)
        let record = plane.clusters[cluster]!.services[name]!.record
        guard record.status != .inactive else { throw APIError(.serviceNotFound, "Service not found.") }
        if record.status == .active {
            guard force ?? false || record.schedulingStrategy == .daemon || record.desiredCount == 0 else {
                throw APIError(.invalidParameter, "The service cannot be stopped while it is scaled above 0.")
            }
            guard force ?? false || record.taskSets.isEmpty else {
                throw APIError(.invalidParameter, "The service cannot be stopped while deployments are active.")
            }
            plane.clusters[cluster]!.beginDraining(name, at: now)
        }
        let machine = plane.clusters[cluster]!
        return ECS.DeleteServiceResponse(service: machine.describe(machine.services[name]!, includeTags: true))
    }
}

extension ClusterMachine {
    fileprivate mutating func beginDraining(_ name: String, at now: Instant) {
        endStory(of: name, as: .stopped, reason: "The service was deleted.", at: now)
        changeService(name) { record in
            record.status = .draining
            record.desiredCount = 0
            record.deletedAt = now.wall
            record.steadySince = nil
            // A service's tags vanish with it (§2.3).
            record.tags = []
        }
        examine(name)
    }
}

extension ControlPlaneMachine {
    /// The cluster and the name of a service that exists, be it INACTIVE.
    /// - Parameters:
    ///   - reference: A name or an ARN.
    ///   - cluster: What the call says about the cluster.
    func serviceName(
        _ reference: String?, cluster: String?
    ) throws(APIError) -> (cluster: String, service: String) {
        let cluster = try clusterName(cluster)
        let name = try serviceID(try Check.required(reference, "service"), cluster: cluster)
        guard clusters[cluster]!.services[name] != nil else {
            throw APIError(.serviceNotFound, "Service not found.")
        }
        return (cluster, name)
    }

    /// The same, for what is possible with ACTIVE services only.
    func activeServiceName(
        _ reference: String?, cluster: String?
    ) throws(APIError) -> (cluster: String, service: String) {
        let found = try serviceName(reference, cluster: cluster)
        guard clusters[found.cluster]!.services[found.service]!.record.status == .active else {
            throw APIError(.serviceNotActive, "Service was not ACTIVE.")
        }
        return found
    }

    func serviceID(_ reference: String, cluster: String) throws(APIError) -> String {
        try resourceID(reference, kind: "service", cluster: cluster)
    }
}
