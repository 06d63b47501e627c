// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import OrderedCollections

// How services look to callers (`ecs-control-plane.md` §7.2, §7.6–§7.8).
extension ClusterMachine {
    /// How many tasks of a service are where in their lives.
    struct TaskCounts {
        var running = 0
        var pending = 0
        /// Neither STOPPED nor told to stop.
        var kept = 0

        mutating func add(_ last: TaskStatus, desired: DesiredStatus) {
            switch last {
            case .running: running += 1
            case .stopped: break
            default: pending += desired == .running ? 1 : 0
            }
            if desired == .running, last != .stopped { kept += 1 }
        }

        mutating func add(_ other: TaskCounts) {
            running += other.running
            pending += other.pending
            kept += other.kept
        }
    }

    /// By deployment or task set. A task counts as running until its agent confirms that it has stopped (§8.2).
    private func counts(of state: ServiceState) -> [String: TaskCounts] {
        var counts: [String: TaskCounts] = [:]
        // A task's record is large, and a service may have many: they are looked at where they are.
        let records = tasks.values.elements
        for index in state.tasks.lazy.compactMap({ tasks.index(forKey: $0) }) {
            counts[records[index].startedBy ?? "", default: TaskCounts()]
                .add(records[index].lastStatus, desired: records[index].desiredStatus)
        }
        return counts
    }

    func describe(_ state: ServiceState, includeTags: Bool) -> ECS.Service {
        let record = state.record
        let counts = counts(of: state)
        let total = counts.values.reduce(into: TaskCounts()) { $0.add($1) }
        var result = ECS.Service()
        result.serviceArn = scope.service(record.name, cluster: name)
        result.serviceName = record.name
        result.clusterArn = arn
        result.loadBalancers = []
        result.serviceRegistries = []
        result.status = record.status.rawValue
        result.desiredCount = record.desiredCount
        result.runningCount = total.running
        result.pendingCount = total.pending
        result.launchType = LaunchType.external.rawValue
        result.deploymentConfiguration = record.rollout.described
        result.deployments = record.deployments.enumerated().map { index, deployment in
            describe(
                deployment, isPrimary: index == 0, desired: record.desiredCount, counts[deployment.id] ?? TaskCounts())
        }
        result.events = state.events.reversed().map {
            ECS.ServiceEvent(id: $0.id, createdAt: $0.createdAt, message: $0.message)
        }
        result.createdAt = record.createdAt
        result.createdBy = record.createdBy
        result.placementConstraints = record.placementConstraints
        result.placementStrategy = record.placementStrategy
        result.healthCheckGracePeriodSeconds = record.healthCheckGracePeriodSeconds
        result.schedulingStrategy = record.schedulingStrategy.rawValue
        result.enableECSManagedTags = record.enableECSManagedTags
        result.propagateTags = record.propagateTags
        result.enableExecuteCommand = record.enableExecuteCommand
        result.availabilityZoneRebalancing = record.availabilityZoneRebalancing
        result.tags = includeTags ? record.tags : nil
        switch record.controller {
        case .ecs: describeRevisions(of: state, counts, in: &result)
        case .external: describeTaskSets(of: state, in: &result)
        }
        return result
    }

    private func describeRevisions(
        of state: ServiceState, _ counts: [String: TaskCounts], in result: inout ECS.Service
    ) {
        let record = state.record
        result.taskDefinition = state.lastDeployment.map {
            scope.taskDefinition(family: $0.family, revision: $0.taskRevision)
        }
        guard record.status == .active else { return }
        result.currentServiceDeployment = record.currentServiceDeployment.map {
            scope.serviceDeployment($0, service: record.name, cluster: name)
        }
        result.currentServiceRevisions = record.deployments.enumerated().map { index, deployment in
            let count = counts[deployment.id] ?? TaskCounts()
            return ECS.ServiceCurrentRevisionSummary(
                arn: scope.serviceRevision(deployment.revision, service: record.name, cluster: name),
                requestedTaskCount: index == 0 ? record.desiredCount : count.kept, runningTaskCount: count.running,
                pendingTaskCount: count.pending)
        }
    }

    private func describeTaskSets(of state: ServiceState, in result: inout ECS.Service) {
        result.deploymentController = ECS.DeploymentController(type: state.record.controller.rawValue)
        result.taskSets = state.record.taskSets.map { describe($0, of: state, includeTags: false) }
        let primary = state.record.taskSets.first { $0.status == .primary }
        result.taskDefinition = primary.map { scope.taskDefinition(family: $0.family, revision: $0.taskRevision) }
        if primary == nil { result.launchType = nil }
    }

    private func describe(
        _ deployment: DeploymentRecord, isPrimary: Bool, desired: Int, _ counts: TaskCounts
    ) -> ECS.Deployment {
        var result = ECS.Deployment()
        result.id = deployment.id
        result.status = isPrimary ? "PRIMARY" : "ACTIVE"
        result.taskDefinition = scope.taskDefinition(family: deployment.family, revision: deployment.taskRevision)
        result.desiredCount = isPrimary ? desired : counts.kept
        result.pendingCount = counts.pending
        result.runningCount = counts.running
        result.failedTasks = deployment.failedTasks
        result.createdAt = deployment.createdAt
        result.updatedAt = deployment.updatedAt
        result.launchType = LaunchType.external.rawValue
        result.rolloutState = deployment.rolloutState.rawValue
        result.rolloutStateReason = deployment.rolloutStateReason
        return result
    }

    func describe(_ set: TaskSetRecord, of state: ServiceState, includeTags: Bool) -> ECS.TaskSet {
        let service = state.record.name
        let counts = counts(of: state)[set.id] ?? TaskCounts()
        var result = ECS.TaskSet()
        result.id = set.id
        result.taskSetArn = scope.taskSet(set.id, service: service, cluster: name)
        result.serviceArn = scope.service(service, cluster: name)
        result.clusterArn = arn
        result.startedBy = set.id
        result.externalId = set.externalID
        result.status = set.status.rawValue
        result.taskDefinition = scope.taskDefinition(family: set.family, revision: set.taskRevision)
        result.computedDesiredCount = set.computedDesiredCount(of: state.record.desiredCount)
        result.pendingCount = counts.pending
        result.runningCount = counts.running
        result.createdAt = set.createdAt
        result.updatedAt = set.updatedAt
        result.launchType = LaunchType.external.rawValue
        result.loadBalancers = []
        result.serviceRegistries = []
        result.scale = ECS.Scale(value: set.scale, unit: "PERCENT")
        result.stabilityStatus = set.isStable ? "STEADY_STATE" : "STABILIZING"
        result.stabilityStatusAt = set.stabilityChangedAt
        result.tags = includeTags ? set.tags : nil
        return result
    }

    // MARK: History

    func describe(_ story: ServiceDeploymentRecord, of state: ServiceState) -> ECS.ServiceDeployment {
        let service = state.record.name
        let all = counts(of: state)
        func summary(_ revision: String, requested: Int?) -> ECS.ServiceRevisionSummary {
            let own = state.record.deployments.filter { $0.revision == revision }.compactMap { all[$0.id] }
            let counts = own.reduce(into: TaskCounts()) { $0.add($1) }
            return ECS.ServiceRevisionSummary(
                arn: scope.serviceRevision(revision, service: service, cluster: name),
                requestedTaskCount: requested ?? counts.kept, runningTaskCount: counts.running,
                pendingTaskCount: counts.pending)
        }
        var result = ECS.ServiceDeployment()
        result.serviceDeploymentArn = scope.serviceDeployment(story.id, service: service, cluster: name)
        result.serviceArn = scope.service(service, cluster: name)
        result.clusterArn = arn
        result.createdAt = story.createdAt
        result.startedAt = story.startedAt
        result.finishedAt = story.finishedAt
        result.stoppedAt = story.stoppedAt
        result.updatedAt = story.updatedAt
        result.sourceServiceRevisions = story.sources.map { summary($0, requested: nil) }
        result.targetServiceRevision = summary(story.target, requested: story.requestedTaskCount)
        result.status = story.status.rawValue
        result.statusReason = story.statusReason
        result.deploymentConfiguration = story.rollout.described
        result.rollback = story.rollback.map {
            ECS.Rollback(
                reason: $0.reason, startedAt: $0.startedAt,
                serviceRevisionArn: scope.serviceRevision($0.revision, service: service, cluster: name))
        }
        result.deploymentCircuitBreaker = ECS.ServiceDeploymentCircuitBreaker(
            status: story.breakerStatus, failureCount: story.failureCount,
            threshold: ServiceDeploymentRecord.breakerThreshold(desired: story.requestedTaskCount))
        result.alarms = ECS.ServiceDeploymentAlarms(status: "DISABLED")
        return result
    }

    func describe(_ revision: ServiceRevisionRecord, of state: ServiceState) -> ECS.ServiceRevision {
        let service = state.record.name
        // The digest that the agents of its tasks have resolved the image to, if one is left that knows.
        let ids = Set(state.record.deployments.filter { $0.revision == revision.number }.map(\.id))
        let task = state.tasks.lazy.compactMap { tasks[$0] }.first { task in
            ids.contains(task.startedBy ?? "") && task.containers.contains { $0.imageDigest != nil }
        }
        var result = ECS.ServiceRevision()
        result.serviceRevisionArn = scope.serviceRevision(revision.number, service: service, cluster: name)
        result.serviceArn = scope.service(service, cluster: name)
        result.clusterArn = arn
        result.taskDefinition = scope.taskDefinition(family: revision.family, revision: revision.taskRevision)
        result.launchType = LaunchType.external.rawValue
        result.loadBalancers = []
        result.serviceRegistries = []
        result.containerImages = revision.images.map { image in
            ECS.ContainerImage(
                containerName: image.container,
                imageDigest: task?.containers.first { $0.name == image.container }?.imageDigest, image: image.image)
        }
        result.guardDutyEnabled = false
        result.serviceConnectConfiguration = ECS.ServiceConnectConfiguration(enabled: false)
        result.createdAt = revision.createdAt
        return result
    }
}

extension ServiceState {
    /// What is wanted; for a service that has no deployments any more, what was wanted last.
    fileprivate var lastDeployment: (family: String, taskRevision: Int)? {
        if let primary { return (primary.family, primary.taskRevision) }
        let last = record.currentServiceDeployment.flatMap { history[$0] }
        return last.flatMap { revisions[$0.rollback?.revision ?? $0.target] }.map { ($0.family, $0.taskRevision) }
    }
}

extension ServiceRecord.Rollout {
    fileprivate var described: ECS.DeploymentConfiguration {
        ECS.DeploymentConfiguration(
            deploymentCircuitBreaker: ECS.DeploymentCircuitBreaker(
                enable: isBreakerEnabled, rollback: isRollbackEnabled), maximumPercent: maximumPercent,
            minimumHealthyPercent: minimumHealthyPercent,
            alarms: ECS.DeploymentAlarms(alarmNames: [], rollback: false, enable: false), strategy: "ROLLING",
            bakeTimeInMinutes: 0)
    }
}

extension ServiceDeploymentRecord {
    fileprivate var breakerStatus: String {
        guard rollout.isBreakerEnabled else { return "DISABLED" }
        let threshold = Self.breakerThreshold(desired: requestedTaskCount)
        if failureCount >= threshold { return "TRIGGERED" }
        return status.isFinal ? "MONITORING_COMPLETE" : "MONITORING"
    }
}
