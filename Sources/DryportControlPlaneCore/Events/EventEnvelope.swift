// SPDX-License-Identifier: Apache-2.0

import DryportMessages
public import DryportModel

/// An event as EventBridge delivers it (`ecs-control-plane.md` §12): what rules, queues and functions that were
/// written for ECS expect. Timestamps are ISO 8601 texts here, unlike in the API.
public struct EventEnvelope: Sendable, Hashable {
    /// A UUID. The same event may be delivered twice; this tells.
    public var id: String
    /// When it happened.
    public var time: Timestamp
    /// Where it happened.
    public var scope: AccountScope
    /// What happened.
    public var event: ControlPlaneEvent

    /// Creates an envelope.
    public init(id: String, time: Timestamp, scope: AccountScope, event: ControlPlaneEvent) {
        self.id = id
        self.time = time
        self.scope = scope
        self.event = event
    }

    /// The envelope as one line of JSON, without a line break.
    public func json() -> [UInt8] {
        do {
            return try JSONCoding.encode(self)
        } catch {
            // Events hold nothing that JSON cannot express.
            preconditionFailure("an event of \(event.resource) cannot be encoded: \(error)")
        }
    }
}

extension EventEnvelope: Encodable {
    private enum Key: String, CodingKey {
        case version, id, source, account, time, region, resources, detail
        case detailType = "detail-type"
    }

    /// Encodes the form that EventBridge delivers.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode("0", forKey: .version)
        try container.encode(id, forKey: .id)
        try container.encode(event.detailType, forKey: .detailType)
        try container.encode("aws.ecs", forKey: .source)
        try container.encode(scope.account, forKey: .account)
        try container.encode(time.internetDateTime, forKey: .time)
        try container.encode(scope.region, forKey: .region)
        try container.encode([event.resource], forKey: .resources)
        switch event {
        case .task(let task):
            try container.encode(TaskDetail(task: task, updatedAt: time), forKey: .detail)
        case .containerInstance(let instance):
            try container.encode(InstanceDetail(instance: instance, updatedAt: time), forKey: .detail)
        case .serviceAction(let action, _, let cluster):
            try container.encode(
                ServiceDetail(
                    eventType: action.level.rawValue, eventName: action.name, clusterArn: cluster,
                    reason: action.reason,
                    containerInstanceArns: action.instances.isEmpty ? nil : action.instances,
                    createdAt: time.internetDateTime), forKey: .detail)
        case .deployment(let change, _):
            try container.encode(
                DeploymentDetail(
                    eventType: change.name == .failed ? "ERROR" : "INFO", eventName: change.name.rawValue,
                    deploymentId: change.deploymentID, updatedAt: time.internetDateTime, reason: change.reason),
                forKey: .detail)
        }
    }
}

/// `ECS Service Action` (§12.3).
private struct ServiceDetail: Encodable {
    var eventType: String
    var eventName: String
    var clusterArn: String
    var reason: String?
    var containerInstanceArns: [String]?
    var createdAt: String
}

/// `ECS Deployment State Change` (§12.4).
private struct DeploymentDetail: Encodable {
    var eventType: String
    var eventName: String
    var deploymentId: String
    var updatedAt: String
    var reason: String
}

/// `ECS Container Instance State Change` (§12.2). Resources carry the value that matches their type only.
private struct InstanceDetail: Encodable {
    var instance: ECS.ContainerInstance
    var updatedAt: Timestamp

    private struct Resource: Encodable {
        var name: String?
        var type: String?
        var integerValue: Int?
        var stringSetValue: [String]?

        init(_ resource: ECS.Resource) {
            name = resource.name
            type = resource.type
            integerValue = resource.type == "INTEGER" ? resource.integerValue : nil
            stringSetValue = resource.type == "STRINGSET" ? resource.stringSetValue ?? [] : nil
        }
    }

    private enum Key: String, CodingKey {
        case agentConnected, attributes, clusterArn, containerInstanceArn, ec2InstanceId, registeredResources
        case remainingResources, status, version, versionInfo, updatedAt, runningTasksCount, pendingTasksCount
        case registeredAt
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        let arn = instance.containerInstanceArn ?? ""
        try container.encodeIfPresent(instance.agentConnected, forKey: .agentConnected)
        try container.encodeIfPresent(instance.attributes, forKey: .attributes)
        try container.encodeIfPresent(Self.clusterArn(ofInstance: arn), forKey: .clusterArn)
        try container.encode(arn, forKey: .containerInstanceArn)
        try container.encodeIfPresent(instance.ec2InstanceId, forKey: .ec2InstanceId)
        try container.encode((instance.registeredResources ?? []).map(Resource.init), forKey: .registeredResources)
        try container.encode((instance.remainingResources ?? []).map(Resource.init), forKey: .remainingResources)
        try container.encodeIfPresent(instance.status, forKey: .status)
        try container.encodeIfPresent(instance.version, forKey: .version)
        try container.encodeIfPresent(instance.versionInfo, forKey: .versionInfo)
        try container.encode(updatedAt.internetDateTime, forKey: .updatedAt)
        try container.encodeIfPresent(instance.runningTasksCount, forKey: .runningTasksCount)
        try container.encodeIfPresent(instance.pendingTasksCount, forKey: .pendingTasksCount)
        try container.encodeIfPresent(instance.registeredAt?.internetDateTime, forKey: .registeredAt)
    }

    /// The instance's own ARN names its cluster.
    private static func clusterArn(ofInstance text: String) -> String? {
        guard var arn = ARN(text), arn.resourceSegments.count == 3 else { return nil }
        arn.resource = "cluster/\(arn.resourceSegments[1])"
        return arn.description
    }
}

/// `ECS Task State Change` (§12.1): the task as DescribeTasks shows it, without tags.
private struct TaskDetail: Encodable {
    var task: ECS.Task
    var updatedAt: Timestamp

    private enum Key: String, CodingKey {
        case attachments, attributes, availabilityZone, clusterArn, connectivity, connectivityAt
        case containerInstanceArn, containers, cpu, createdAt, desiredStatus, enableExecuteCommand
        case executionStoppedAt, group, launchType, lastStatus, memory, overrides, pullStartedAt, pullStoppedAt
        case startedAt, startedBy, stopCode, stoppedAt, stoppedReason, stoppingAt, taskArn, taskDefinitionArn
        case updatedAt, version
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        func time(_ time: Timestamp?, _ key: Key) throws {
            try container.encodeIfPresent(time?.internetDateTimeWithMilliseconds, forKey: key)
        }
        try container.encodeIfPresent(task.attachments, forKey: .attachments)
        try container.encodeIfPresent(task.attributes, forKey: .attributes)
        try container.encodeIfPresent(task.availabilityZone, forKey: .availabilityZone)
        try container.encodeIfPresent(task.clusterArn, forKey: .clusterArn)
        try container.encodeIfPresent(task.connectivity, forKey: .connectivity)
        try container.encodeIfPresent(task.containerInstanceArn, forKey: .containerInstanceArn)
        try container.encodeIfPresent(task.containers, forKey: .containers)
        try container.encodeIfPresent(task.cpu, forKey: .cpu)
        try container.encodeIfPresent(task.desiredStatus, forKey: .desiredStatus)
        try container.encodeIfPresent(task.enableExecuteCommand, forKey: .enableExecuteCommand)
        try container.encodeIfPresent(task.group, forKey: .group)
        try container.encodeIfPresent(task.launchType, forKey: .launchType)
        try container.encodeIfPresent(task.lastStatus, forKey: .lastStatus)
        try container.encodeIfPresent(task.memory, forKey: .memory)
        try container.encodeIfPresent(task.overrides, forKey: .overrides)
        try container.encodeIfPresent(task.startedBy, forKey: .startedBy)
        try container.encodeIfPresent(task.stopCode, forKey: .stopCode)
        try container.encodeIfPresent(task.stoppedReason, forKey: .stoppedReason)
        try container.encodeIfPresent(task.taskArn, forKey: .taskArn)
        try container.encodeIfPresent(task.taskDefinitionArn, forKey: .taskDefinitionArn)
        try container.encodeIfPresent(task.version, forKey: .version)
        try time(task.connectivityAt, .connectivityAt)
        try time(task.createdAt, .createdAt)
        try time(task.executionStoppedAt, .executionStoppedAt)
        try time(task.pullStartedAt, .pullStartedAt)
        try time(task.pullStoppedAt, .pullStoppedAt)
        try time(task.startedAt, .startedAt)
        try time(task.stoppedAt, .stoppedAt)
        try time(task.stoppingAt, .stoppingAt)
        try time(updatedAt, .updatedAt)
    }
}
