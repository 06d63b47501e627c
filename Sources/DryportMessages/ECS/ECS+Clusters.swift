// SPDX-License-Identifier: Apache-2.0

extension ECS {
    /// Makes a cluster, or answers the existing one of that name.
    public struct CreateClusterRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.CreateClusterResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "CreateCluster"

        /// The name; absent means `default`.
        public var clusterName: String?
        /// Tags of the cluster.
        public var tags: [Tag]?
        /// Settings of the cluster.
        public var settings: [ClusterSetting]?
        /// Configuration of the cluster.
        public var configuration: ClusterConfiguration?
        /// Capacity providers; Dryport has none.
        public var capacityProviders: [String]?
        /// Which capacity providers tasks use unless told.
        public var defaultCapacityProviderStrategy: [CapacityProviderStrategyItem]?
        /// Defaults of Service Connect.
        public var serviceConnectDefaults: ClusterServiceConnectDefaultsRequest?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            clusterName: String? = nil, tags: [Tag]? = nil, settings: [ClusterSetting]? = nil,
            configuration: ClusterConfiguration? = nil, capacityProviders: [String]? = nil,
            defaultCapacityProviderStrategy: [CapacityProviderStrategyItem]? = nil,
            serviceConnectDefaults: ClusterServiceConnectDefaultsRequest? = nil
        ) {
            self.clusterName = clusterName
            self.tags = tags
            self.settings = settings
            self.configuration = configuration
            self.capacityProviders = capacityProviders
            self.defaultCapacityProviderStrategy = defaultCapacityProviderStrategy
            self.serviceConnectDefaults = serviceConnectDefaults
        }
    }

    /// The answer of CreateCluster.
    public struct CreateClusterResponse: Codable, Sendable, Hashable {
        /// The cluster.
        public var cluster: Cluster?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(cluster: Cluster? = nil) {
            self.cluster = cluster
        }
    }

    /// Describes clusters.
    public struct DescribeClustersRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DescribeClustersResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DescribeClusters"

        /// Names or ARNs, at most 100; absent means `default`.
        public var clusters: [String]?
        /// What to add, of `ATTACHMENTS`, `CONFIGURATIONS`, `SETTINGS`, `STATISTICS`, `TAGS`.
        public var include: [String]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(clusters: [String]? = nil, include: [String]? = nil) {
            self.clusters = clusters
            self.include = include
        }
    }

    /// The answer of DescribeClusters.
    public struct DescribeClustersResponse: Codable, Sendable, Hashable {
        /// The clusters found.
        public var clusters: [Cluster]?
        /// The others.
        public var failures: [Failure]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(clusters: [Cluster]? = nil, failures: [Failure]? = nil) {
            self.clusters = clusters
            self.failures = failures
        }
    }

    /// Lists the clusters.
    public struct ListClustersRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.ListClustersResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "ListClusters"

        /// Where the page before ended.
        public var nextToken: String?
        /// The size of a page, 1 to 100; absent means 100.
        public var maxResults: Int?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(nextToken: String? = nil, maxResults: Int? = nil) {
            self.nextToken = nextToken
            self.maxResults = maxResults
        }
    }

    /// The answer of ListClusters.
    public struct ListClustersResponse: Codable, Sendable, Hashable {
        /// The clusters of this page.
        public var clusterArns: [String]?
        /// Where the next page starts; absent on the last page.
        public var nextToken: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(clusterArns: [String]? = nil, nextToken: String? = nil) {
            self.clusterArns = clusterArns
            self.nextToken = nextToken
        }
    }

    /// Deletes an empty cluster.
    public struct DeleteClusterRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DeleteClusterResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DeleteCluster"

        /// Name or ARN.
        public var cluster: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(cluster: String? = nil) {
            self.cluster = cluster
        }
    }

    /// The answer of DeleteCluster.
    public struct DeleteClusterResponse: Codable, Sendable, Hashable {
        /// The cluster, now `INACTIVE`.
        public var cluster: Cluster?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(cluster: Cluster? = nil) {
            self.cluster = cluster
        }
    }

    /// A group of container instances with what runs on them.
    public struct Cluster: Codable, Sendable, Hashable {
        /// The ARN.
        public var clusterArn: String?
        /// The name.
        public var clusterName: String?
        /// The configuration; only if asked for.
        public var configuration: ClusterConfiguration?
        /// `ACTIVE`, `PROVISIONING`, `DEPROVISIONING`, `FAILED` or `INACTIVE`.
        public var status: String?
        /// Container instances that are `ACTIVE` or `DRAINING`.
        public var registeredContainerInstancesCount: Int?
        /// Tasks whose last status is `RUNNING`.
        public var runningTasksCount: Int?
        /// Tasks whose last status is `PENDING`.
        public var pendingTasksCount: Int?
        /// Services that are `ACTIVE`.
        public var activeServicesCount: Int?
        /// Counters by launch type; only if asked for.
        public var statistics: [KeyValuePair]?
        /// Tags; only if asked for.
        public var tags: [Tag]?
        /// Settings; only if asked for.
        public var settings: [ClusterSetting]?
        /// Capacity providers.
        public var capacityProviders: [String]?
        /// Which capacity providers tasks use unless told.
        public var defaultCapacityProviderStrategy: [CapacityProviderStrategyItem]?
        /// Resources attached to the cluster; only if asked for.
        public var attachments: [Attachment]?
        /// The attachments' state; only if asked for.
        public var attachmentsStatus: String?
        /// Defaults of Service Connect.
        public var serviceConnectDefaults: ClusterServiceConnectDefaults?

        /// Creates the value.
        public init(
            clusterArn: String? = nil, clusterName: String? = nil, configuration: ClusterConfiguration? = nil,
            status: String? = nil, registeredContainerInstancesCount: Int? = nil, runningTasksCount: Int? = nil,
            pendingTasksCount: Int? = nil, activeServicesCount: Int? = nil, statistics: [KeyValuePair]? = nil,
            tags: [Tag]? = nil, settings: [ClusterSetting]? = nil, capacityProviders: [String]? = nil,
            defaultCapacityProviderStrategy: [CapacityProviderStrategyItem]? = nil, attachments: [Attachment]? = nil,
            attachmentsStatus: String? = nil, serviceConnectDefaults: ClusterServiceConnectDefaults? = nil
        ) {
            self.clusterArn = clusterArn
            self.clusterName = clusterName
            self.configuration = configuration
            self.status = status
            self.registeredContainerInstancesCount = registeredContainerInstancesCount
            self.runningTasksCount = runningTasksCount
            self.pendingTasksCount = pendingTasksCount
            self.activeServicesCount = activeServicesCount
            self.statistics = statistics
            self.tags = tags
            self.settings = settings
            self.capacityProviders = capacityProviders
            self.defaultCapacityProviderStrategy = defaultCapacityProviderStrategy
            self.attachments = attachments
            self.attachmentsStatus = attachmentsStatus
            self.serviceConnectDefaults = serviceConnectDefaults
        }
    }

    /// A setting of a cluster.
    public struct ClusterSetting: Codable, Sendable, Hashable {
        /// `containerInsights`.
        public var name: String?
        /// `enhanced`, `enabled` or `disabled`.
        public var value: String?

        /// Creates the value.
        public init(name: String? = nil, value: String? = nil) {
            self.name = name
            self.value = value
        }
    }

    /// How ECS Exec and managed storage work in a cluster.
    public struct ClusterConfiguration: Codable, Sendable, Hashable {
        /// How ECS Exec works.
        public var executeCommandConfiguration: ExecuteCommandConfiguration?
        /// How managed storage is encrypted.
        public var managedStorageConfiguration: ManagedStorageConfiguration?

        /// Creates the value.
        public init(
            executeCommandConfiguration: ExecuteCommandConfiguration? = nil,
            managedStorageConfiguration: ManagedStorageConfiguration? = nil
        ) {
            self.executeCommandConfiguration = executeCommandConfiguration
            self.managedStorageConfiguration = managedStorageConfiguration
        }
    }

    /// How ECS Exec works in a cluster.
    public struct ExecuteCommandConfiguration: Codable, Sendable, Hashable {
        /// The key that encrypts sessions.
        public var kmsKeyId: String?
        /// `NONE`, `DEFAULT` or `OVERRIDE`.
        public var logging: String?
        /// With `OVERRIDE`: where sessions are logged.
        public var logConfiguration: ExecuteCommandLogConfiguration?

        /// Creates the value.
        public init(
            kmsKeyId: String? = nil, logging: String? = nil, logConfiguration: ExecuteCommandLogConfiguration? = nil
        ) {
            self.kmsKeyId = kmsKeyId
            self.logging = logging
            self.logConfiguration = logConfiguration
        }
    }

    /// Where ECS Exec sessions are logged.
    public struct ExecuteCommandLogConfiguration: Codable, Sendable, Hashable {
        /// A log group of CloudWatch Logs.
        public var cloudWatchLogGroupName: String?
        /// Whether the log group must be encrypted.
        public var cloudWatchEncryptionEnabled: Bool?
        /// An S3 bucket.
        public var s3BucketName: String?
        /// Whether the bucket must be encrypted.
        public var s3EncryptionEnabled: Bool?
        /// What the names of objects start with.
        public var s3KeyPrefix: String?

        /// Creates the value.
        public init(
            cloudWatchLogGroupName: String? = nil, cloudWatchEncryptionEnabled: Bool? = nil,
            s3BucketName: String? = nil, s3EncryptionEnabled: Bool? = nil, s3KeyPrefix: String? = nil
        ) {
            self.cloudWatchLogGroupName = cloudWatchLogGroupName
            self.cloudWatchEncryptionEnabled = cloudWatchEncryptionEnabled
            self.s3BucketName = s3BucketName
            self.s3EncryptionEnabled = s3EncryptionEnabled
            self.s3KeyPrefix = s3KeyPrefix
        }
    }

    /// How managed storage of a cluster is encrypted.
    public struct ManagedStorageConfiguration: Codable, Sendable, Hashable {
        /// The key of managed volumes.
        public var kmsKeyId: String?
        /// The key of Fargate's scratch disks.
        public var fargateEphemeralStorageKmsKeyId: String?

        /// Creates the value.
        public init(kmsKeyId: String? = nil, fargateEphemeralStorageKmsKeyId: String? = nil) {
            self.kmsKeyId = kmsKeyId
            self.fargateEphemeralStorageKmsKeyId = fargateEphemeralStorageKmsKeyId
        }
    }

    /// The share of one capacity provider.
    public struct CapacityProviderStrategyItem: Codable, Sendable, Hashable {
        /// The provider's name.
        public var capacityProvider: String?
        /// Its share of the tasks beyond ``base``.
        public var weight: Int?
        /// How many tasks it runs at least.
        public var base: Int?

        /// Creates the value.
        public init(capacityProvider: String? = nil, weight: Int? = nil, base: Int? = nil) {
            self.capacityProvider = capacityProvider
            self.weight = weight
            self.base = base
        }
    }

    /// Defaults of Service Connect, as given.
    public struct ClusterServiceConnectDefaultsRequest: Codable, Sendable, Hashable {
        /// A namespace's name or ARN; empty to remove the default.
        public var namespace: String?

        /// Creates the value.
        public init(namespace: String? = nil) {
            self.namespace = namespace
        }
    }

    /// Defaults of Service Connect, as told.
    public struct ClusterServiceConnectDefaults: Codable, Sendable, Hashable {
        /// The namespace's ARN.
        public var namespace: String?

        /// Creates the value.
        public init(namespace: String? = nil) {
            self.namespace = namespace
        }
    }
}
