// SPDX-License-Identifier: Apache-2.0

public import DryportModel

extension ECS {
    /// A span of time.
    public struct CreatedAt: Codable, Sendable, Hashable {
        /// Its end.
        public var before: Timestamp?
        /// Its start.
        public var after: Timestamp?

        /// Creates the value.
        public init(before: Timestamp? = nil, after: Timestamp? = nil) {
            self.before = before
            self.after = after
        }
    }

    /// What becomes of one change of a service (`ecs-control-plane.md` §7.7).
    public struct ServiceDeployment: Codable, Sendable, Hashable {
        /// The ARN.
        public var serviceDeploymentArn: String?
        /// The service.
        public var serviceArn: String?
        /// The cluster.
        public var clusterArn: String?
        /// When it was made.
        public var createdAt: Timestamp?
        /// When it began.
        public var startedAt: Timestamp?
        /// When it ended.
        public var finishedAt: Timestamp?
        /// When it was stopped, by a caller or a newer one.
        public var stoppedAt: Timestamp?
        /// When it last changed.
        public var updatedAt: Timestamp?
        /// The revisions before; empty on the first deployment.
        public var sourceServiceRevisions: [ServiceRevisionSummary]?
        /// The revision that is wanted.
        public var targetServiceRevision: ServiceRevisionSummary?
        /// `PENDING`, `IN_PROGRESS`, `SUCCESSFUL`, `STOP_REQUESTED`, `STOPPED`, `ROLLBACK_REQUESTED`,
        /// `ROLLBACK_IN_PROGRESS`, `ROLLBACK_SUCCESSFUL` or `ROLLBACK_FAILED`.
        public var status: String?
        /// Why it has this status, for people.
        public var statusReason: String?
        /// The stage; absent with strategy `ROLLING`.
        public var lifecycleStage: String?
        /// How deployments proceed.
        public var deploymentConfiguration: DeploymentConfiguration?
        /// The way back, if it was taken.
        public var rollback: Rollback?
        /// How close it is to being given up.
        public var deploymentCircuitBreaker: ServiceDeploymentCircuitBreaker?
        /// The state of alarms; external instances have none.
        public var alarms: ServiceDeploymentAlarms?

        /// Creates the value.
        public init(
            serviceDeploymentArn: String? = nil, serviceArn: String? = nil, clusterArn: String? = nil,
            createdAt: Timestamp? = nil, startedAt: Timestamp? = nil, finishedAt: Timestamp? = nil,
            stoppedAt: Timestamp? = nil, updatedAt: Timestamp? = nil,
            sourceServiceRevisions: [ServiceRevisionSummary]? = nil,
            targetServiceRevision: ServiceRevisionSummary? = nil, status: String? = nil, statusReason: String? = nil,
            lifecycleStage: String? = nil, deploymentConfiguration: DeploymentConfiguration? = nil,
            rollback: Rollback? = nil, deploymentCircuitBreaker: ServiceDeploymentCircuitBreaker? = nil,
            alarms: ServiceDeploymentAlarms? = nil
        ) {
            self.serviceDeploymentArn = serviceDeploymentArn
            self.serviceArn = serviceArn
            self.clusterArn = clusterArn
            self.createdAt = createdAt
            self.startedAt = startedAt
            self.finishedAt = finishedAt
            self.stoppedAt = stoppedAt
            self.updatedAt = updatedAt
            self.sourceServiceRevisions = sourceServiceRevisions
            self.targetServiceRevision = targetServiceRevision
            self.status = status
            self.statusReason = statusReason
            self.lifecycleStage = lifecycleStage
            self.deploymentConfiguration = deploymentConfiguration
            self.rollback = rollback
            self.deploymentCircuitBreaker = deploymentCircuitBreaker
            self.alarms = alarms
        }
    }

    /// A deployment in a list.
    public struct ServiceDeploymentBrief: Codable, Sendable, Hashable {
        /// The ARN.
        public var serviceDeploymentArn: String?
        /// The service.
        public var serviceArn: String?
        /// The cluster.
        public var clusterArn: String?
        /// When it began.
        public var startedAt: Timestamp?
        /// When it was made.
        public var createdAt: Timestamp?
        /// When it ended.
        public var finishedAt: Timestamp?
        /// The revision that is wanted.
        public var targetServiceRevisionArn: String?
        /// As in ``ServiceDeployment``.
        public var status: String?
        /// Why it has this status, for people.
        public var statusReason: String?

        /// Creates the value.
        public init(
            serviceDeploymentArn: String? = nil, serviceArn: String? = nil, clusterArn: String? = nil,
            startedAt: Timestamp? = nil, createdAt: Timestamp? = nil, finishedAt: Timestamp? = nil,
            targetServiceRevisionArn: String? = nil, status: String? = nil, statusReason: String? = nil
        ) {
            self.serviceDeploymentArn = serviceDeploymentArn
            self.serviceArn = serviceArn
            self.clusterArn = clusterArn
            self.startedAt = startedAt
            self.createdAt = createdAt
            self.finishedAt = finishedAt
            self.targetServiceRevisionArn = targetServiceRevisionArn
            self.status = status
            self.statusReason = statusReason
        }
    }

    /// The parts of a service that a deployment changes, as they were at one time. It never changes.
    public struct ServiceRevision: Codable, Sendable, Hashable {
        /// The ARN.
        public var serviceRevisionArn: String?
        /// The service.
        public var serviceArn: String?
        /// The cluster.
        public var clusterArn: String?
        /// The revision's ARN.
        public var taskDefinition: String?
        /// Capacity providers; none.
        public var capacityProviderStrategy: [CapacityProviderStrategyItem]?
        /// `EXTERNAL`.
        public var launchType: String?
        /// Fargate only.
        public var platformVersion: String?
        /// Fargate only.
        public var platformFamily: String?
        /// Load balancers; none.
        public var loadBalancers: [LoadBalancer]?
        /// Service discovery; none.
        public var serviceRegistries: [ServiceRegistry]?
        /// Only with network mode `awsvpc`.
        public var networkConfiguration: NetworkConfiguration?
        /// The images, by container.
        public var containerImages: [ContainerImage]?
        /// Whether GuardDuty watches the tasks; false.
        public var guardDutyEnabled: Bool?
        /// Service Connect; off.
        public var serviceConnectConfiguration: ServiceConnectConfiguration?
        /// Volumes configured when tasks start; none.
        public var volumeConfigurations: [ServiceVolumeConfiguration]?
        /// When it was made.
        public var createdAt: Timestamp?
        /// VPC Lattice; none.
        public var vpcLatticeConfigurations: [VpcLatticeConfiguration]?

        /// Creates the value.
        public init(
            serviceRevisionArn: String? = nil, serviceArn: String? = nil, clusterArn: String? = nil,
            taskDefinition: String? = nil, capacityProviderStrategy: [CapacityProviderStrategyItem]? = nil,
            launchType: String? = nil, platformVersion: String? = nil, platformFamily: String? = nil,
            loadBalancers: [LoadBalancer]? = nil, serviceRegistries: [ServiceRegistry]? = nil,
            networkConfiguration: NetworkConfiguration? = nil, containerImages: [ContainerImage]? = nil,
            guardDutyEnabled: Bool? = nil, serviceConnectConfiguration: ServiceConnectConfiguration? = nil,
            volumeConfigurations: [ServiceVolumeConfiguration]? = nil, createdAt: Timestamp? = nil,
            vpcLatticeConfigurations: [VpcLatticeConfiguration]? = nil
        ) {
            self.serviceRevisionArn = serviceRevisionArn
            self.serviceArn = serviceArn
            self.clusterArn = clusterArn
            self.taskDefinition = taskDefinition
            self.capacityProviderStrategy = capacityProviderStrategy
            self.launchType = launchType
            self.platformVersion = platformVersion
            self.platformFamily = platformFamily
            self.loadBalancers = loadBalancers
            self.serviceRegistries = serviceRegistries
            self.networkConfiguration = networkConfiguration
            self.containerImages = containerImages
            self.guardDutyEnabled = guardDutyEnabled
            self.serviceConnectConfiguration = serviceConnectConfiguration
            self.volumeConfigurations = volumeConfigurations
            self.createdAt = createdAt
            self.vpcLatticeConfigurations = vpcLatticeConfigurations
        }
    }

    /// How many tasks of a deployment run a revision.
    public struct ServiceRevisionSummary: Codable, Sendable, Hashable {
        /// The service revision's ARN.
        public var arn: String?
        /// Tasks that should run.
        public var requestedTaskCount: Int?
        /// Tasks whose last status is `RUNNING`.
        public var runningTaskCount: Int?
        /// Tasks whose last status is `PENDING`.
        public var pendingTaskCount: Int?

        /// Creates the value.
        public init(
            arn: String? = nil, requestedTaskCount: Int? = nil, runningTaskCount: Int? = nil,
            pendingTaskCount: Int? = nil
        ) {
            self.arn = arn
            self.requestedTaskCount = requestedTaskCount
            self.runningTaskCount = runningTaskCount
            self.pendingTaskCount = pendingTaskCount
        }
    }

    /// The way back from a deployment that failed or was stopped.
    public struct Rollback: Codable, Sendable, Hashable {
        /// Why it was taken.
        public var reason: String?
        /// When it was taken.
        public var startedAt: Timestamp?
        /// The revision that comes back.
        public var serviceRevisionArn: String?

        /// Creates the value.
        public init(reason: String? = nil, startedAt: Timestamp? = nil, serviceRevisionArn: String? = nil) {
            self.reason = reason
            self.startedAt = startedAt
            self.serviceRevisionArn = serviceRevisionArn
        }
    }

    /// How close a deployment is to being given up.
    public struct ServiceDeploymentCircuitBreaker: Codable, Sendable, Hashable {
        /// `DISABLED`, `MONITORING`, `MONITORING_COMPLETE` or `TRIGGERED`.
        public var status: String?
        /// Failures so far.
        public var failureCount: Int?
        /// Failures that end it.
        public var threshold: Int?

        /// Creates the value.
        public init(status: String? = nil, failureCount: Int? = nil, threshold: Int? = nil) {
            self.status = status
            self.failureCount = failureCount
            self.threshold = threshold
        }
    }

    /// The state of the alarms of a deployment.
    public struct ServiceDeploymentAlarms: Codable, Sendable, Hashable {
        /// `DISABLED`, `MONITORING`, `MONITORING_COMPLETE` or `TRIGGERED`.
        public var status: String?
        /// The alarms.
        public var alarmNames: [String]?
        /// Those that went off.
        public var triggeredAlarmNames: [String]?

        /// Creates the value.
        public init(status: String? = nil, alarmNames: [String]? = nil, triggeredAlarmNames: [String]? = nil) {
            self.status = status
            self.alarmNames = alarmNames
            self.triggeredAlarmNames = triggeredAlarmNames
        }
    }

    /// The image of one container of a service revision.
    public struct ContainerImage: Codable, Sendable, Hashable {
        /// The container's name.
        public var containerName: String?
        /// The image's digest, once it is known.
        public var imageDigest: String?
        /// The image reference.
        public var image: String?

        /// Creates the value.
        public init(containerName: String? = nil, imageDigest: String? = nil, image: String? = nil) {
            self.containerName = containerName
            self.imageDigest = imageDigest
            self.image = image
        }
    }
}
