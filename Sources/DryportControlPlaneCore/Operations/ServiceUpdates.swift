// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel
import DryportPlacement
import OrderedCollections

// Changing services (`ecs-control-plane.md` §7.6).

extension ECS.UpdateServiceRequest: ControlPlaneRequest {
    /// Changes what is given. A task definition or `forceNewDeployment` begins a deployment; nothing else does.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.UpdateServiceResponse {
        let (cluster, name) = try plane.activeServiceName(service, cluster: cluster)
        let record = plane.clusters[cluster]!.services[name]!.record
        try checkController(record)
        let definition = try newDefinition(of: record, in: plane)
        let updated = try updated(
            record, definition: definition ?? currentDefinition(of: record, in: plane), plane.configuration.quotas,
            at: now.wall)
        plane.clusters[cluster]!.changeService(name) { $0 = updated }
        if let definition {
            plane.clusters[cluster]!.beginDeployment(of: definition, in: name, at: now, using: &random)
        }
        plane.clusters[cluster]!.services[name]!.daemon.isStale = true
        plane.clusters[cluster]!.examine(name)
        let machine = plane.clusters[cluster]!
        return ECS.UpdateServiceResponse(service: machine.describe(machine.services[name]!, includeTags: true))
    }

    /// What cannot be changed, or cannot be had.
    private func checkController(_ record: ServiceRecord) throws(APIError) {
        try Check.externalOnly(
            capacityProviders: capacityProviderStrategy, loadBalancers: loadBalancers, registries: serviceRegistries,
            serviceConnect: serviceConnectConfiguration, lattice: vpcLatticeConfigurations,
            volumes: volumeConfigurations, network: networkConfiguration, platformVersion: platformVersion)
        if let type = deploymentController?.type, type != record.controller.rawValue {
            throw APIError(.invalidParameter, "The deployment controller of a service cannot be changed.")
        }
        guard record.controller == .external else { return }
        guard enableExecuteCommand == nil else {
            throw APIError(
                .invalidParameter, "With the deployment controller EXTERNAL, enableExecuteCommand cannot be changed.")
        }
        guard taskDefinition == nil, !(forceNewDeployment ?? false), deploymentConfiguration == nil else {
            throw APIError(
                .invalidParameter,
                "With the deployment controller EXTERNAL, deployments are made of task sets: use CreateTaskSet.")
        }
    }

    /// The definition of the deployment that begins; nil if none does.
    private func newDefinition(
        of record: ServiceRecord, in plane: ControlPlaneMachine
    ) throws(APIError) -> TaskDefinition? {
        let current = record.deployments.first
        if let taskDefinition {
            let definition = try plane.runnableDefinition(taskDefinition)
            let isSame = definition.family == current?.family && definition.revision == current?.taskRevision
            return isSame && !(forceNewDeployment ?? false) ? nil : definition
        }
        guard forceNewDeployment ?? false else { return nil }
        return currentDefinition(of: record, in: plane)
    }

    private func currentDefinition(of record: ServiceRecord, in plane: ControlPlaneMachine) -> TaskDefinition? {
        record.deployments.first.flatMap {
            plane.account.definitions.record(family: $0.family, revision: $0.taskRevision)?.definition
        }
    }

    private func updated(
        _ record: ServiceRecord, definition: TaskDefinition?, _ quotas: Quotas, at now: Timestamp
    ) throws(APIError) -> ServiceRecord {
        var record = record
        let isDaemon = record.schedulingStrategy == .daemon
        if let desiredCount {
            guard !isDaemon else {
                throw APIError(.invalidParameter, "desiredCount can not be given for a DAEMON service.")
            }
            try Check.desiredCount(desiredCount, quotas: quotas)
            if record.desiredCount != desiredCount {
                for index in record.taskSets.indices { record.taskSets[index].unsettle(at: now) }
            }
            record.desiredCount = desiredCount
        }
        try record.rollout.apply(deploymentConfiguration, isDaemon: isDaemon)
        if let placementConstraints { record.placementConstraints = placementConstraints }
        try Check.constraints(record.placementConstraints, with: definition)
        if let placementStrategy {
            record.placementStrategy = try placementStrategy.normalised()
            guard record.placementStrategy.isEmpty || !isDaemon else {
                throw APIError(.invalidParameter, "Placement strategies are not supported with DAEMON services.")
            }
        }
        try Check.gracePeriod(healthCheckGracePeriodSeconds)
        try Check.oneOf(propagateTags, ["TASK_DEFINITION", "SERVICE", "NONE"], "propagateTags")
        try Check.oneOf(availabilityZoneRebalancing, ["ENABLED", "DISABLED"], "availabilityZoneRebalancing")
        if enableExecuteCommand ?? false, let definition { try Check.executeCommandRole(definition.taskRoleArn) }
        record.healthCheckGracePeriodSeconds = healthCheckGracePeriodSeconds ?? record.healthCheckGracePeriodSeconds
        record.enableExecuteCommand = enableExecuteCommand ?? record.enableExecuteCommand
        record.enableECSManagedTags = enableECSManagedTags ?? record.enableECSManagedTags
        record.propagateTags = propagateTags ?? record.propagateTags
        record.availabilityZoneRebalancing = availabilityZoneRebalancing ?? record.availabilityZoneRebalancing
        return record
    }
}
