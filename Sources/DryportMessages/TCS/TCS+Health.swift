// SPDX-License-Identifier: Apache-2.0

public import DryportModel

extension TCS {
    /// Health of the instance's containers, every 20 s if any has a health check.
    public struct PublishHealthRequest: Codable, Sendable, Hashable {
        /// Whose health, and which page of it.
        public var metadata: HealthMetadata?
        /// At most 10 tasks.
        public var tasks: [TaskHealth]?
        /// When the health was taken.
        public var timestamp: Timestamp?

        /// Creates the value.
        public init(metadata: HealthMetadata? = nil, tasks: [TaskHealth]? = nil, timestamp: Timestamp? = nil) {
            self.metadata = metadata
            self.tasks = tasks
            self.timestamp = timestamp
        }
    }

    /// Whose health, and which page of it.
    public struct HealthMetadata: Codable, Sendable, Hashable {
        /// The configured cluster.
        public var cluster: String?
        /// The instance's ARN.
        public var containerInstance: String?
        /// The same on all pages of one report.
        public var messageId: String?
        /// Whether this is the last page.
        public var fin: Bool?

        /// Creates the value.
        public init(
            cluster: String? = nil, containerInstance: String? = nil, messageId: String? = nil, fin: Bool? = nil
        ) {
            self.cluster = cluster
            self.containerInstance = containerInstance
            self.messageId = messageId
            self.fin = fin
        }
    }

    /// Health of a task's containers.
    public struct TaskHealth: Codable, Sendable, Hashable {
        /// The task.
        public var taskArn: String?
        /// The task's cluster; stock agents do not send it.
        public var clusterArn: String?
        /// The task definition's family.
        public var taskDefinitionFamily: String?
        /// The task definition's revision in decimal digits.
        public var taskDefinitionVersion: String?
        /// The containers that have a health check.
        public var containers: [ContainerHealth]?

        /// Creates the value.
        public init(
            taskArn: String? = nil, clusterArn: String? = nil, taskDefinitionFamily: String? = nil,
            taskDefinitionVersion: String? = nil, containers: [ContainerHealth]? = nil
        ) {
            self.taskArn = taskArn
            self.clusterArn = clusterArn
            self.taskDefinitionFamily = taskDefinitionFamily
            self.taskDefinitionVersion = taskDefinitionVersion
            self.containers = containers
        }
    }

    /// Health of a container.
    public struct ContainerHealth: Codable, Sendable, Hashable {
        /// The container's name.
        public var containerName: String?
        /// The container's ARN; stock agents do not send it.
        public var containerArn: String?
        /// `HEALTHY`, `UNHEALTHY` or `UNKNOWN`.
        public var healthStatus: String?
        /// Since when.
        public var statusSince: Timestamp?

        /// Creates the value.
        public init(
            containerName: String? = nil, containerArn: String? = nil, healthStatus: String? = nil,
            statusSince: Timestamp? = nil
        ) {
            self.containerName = containerName
            self.containerArn = containerArn
            self.healthStatus = healthStatus
            self.statusSince = statusSince
        }
    }

    /// Health of the instance itself, once after each heartbeat of the control session.
    public struct PublishInstanceStatusRequest: Codable, Sendable, Hashable {
        /// Whose status.
        public var metadata: InstanceStatusMetadata?
        /// One entry per check.
        public var statuses: [InstanceStatus]?
        /// When the status was taken.
        public var timestamp: Timestamp?

        /// Creates the value.
        public init(
            metadata: InstanceStatusMetadata? = nil, statuses: [InstanceStatus]? = nil, timestamp: Timestamp? = nil
        ) {
            self.metadata = metadata
            self.statuses = statuses
            self.timestamp = timestamp
        }
    }

    /// Whose status.
    public struct InstanceStatusMetadata: Codable, Sendable, Hashable {
        /// The configured cluster.
        public var cluster: String?
        /// The instance's ARN.
        public var containerInstance: String?
        /// The report's name.
        public var requestId: String?

        /// Creates the value.
        public init(cluster: String? = nil, containerInstance: String? = nil, requestId: String? = nil) {
            self.cluster = cluster
            self.containerInstance = containerInstance
            self.requestId = requestId
        }
    }

    /// The result of a check of the instance.
    public struct InstanceStatus: Codable, Sendable, Hashable {
        /// `ContainerRuntime`.
        public var type: String?
        /// `OK`, `IMPAIRED`, `INSUFFICIENT_DATA` or `INITIALIZING`.
        public var status: String?
        /// When the check last ran.
        public var lastUpdated: Timestamp?
        /// When the status last changed.
        public var lastStatusChange: Timestamp?

        /// Creates the value.
        public init(
            type: String? = nil, status: String? = nil, lastUpdated: Timestamp? = nil,
            lastStatusChange: Timestamp? = nil
        ) {
            self.type = type
            self.status = status
            self.lastUpdated = lastUpdated
            self.lastStatusChange = lastStatusChange
        }
    }
}
