// SPDX-License-Identifier: Apache-2.0

extension ECS {
    /// Changes a cluster; what is absent stays, what is given replaces what was.
    public struct UpdateClusterRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.UpdateClusterResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "UpdateCluster"

        /// Name or ARN.
        public var cluster: String?
        /// Settings of the cluster.
        public var settings: [ClusterSetting]?
        /// Configuration of the cluster.
        public var configuration: ClusterConfiguration?
        /// Defaults of Service Connect.
        public var serviceConnectDefaults: ClusterServiceConnectDefaultsRequest?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            cluster: String? = nil, settings: [ClusterSetting]? = nil, configuration: ClusterConfiguration? = nil,
            serviceConnectDefaults: ClusterServiceConnectDefaultsRequest? = nil
        ) {
            self.cluster = cluster
            self.settings = settings
            self.configuration = configuration
            self.serviceConnectDefaults = serviceConnectDefaults
        }
    }

    /// The answer of UpdateCluster.
    public struct UpdateClusterResponse: Codable, Sendable, Hashable {
        /// The cluster, changed.
        public var cluster: Cluster?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(cluster: Cluster? = nil) {
            self.cluster = cluster
        }
    }

    /// Changes settings of a cluster.
    public struct UpdateClusterSettingsRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.UpdateClusterSettingsResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "UpdateClusterSettings"

        /// Name or ARN.
        public var cluster: String?
        /// Settings of the cluster.
        public var settings: [ClusterSetting]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(cluster: String? = nil, settings: [ClusterSetting]? = nil) {
            self.cluster = cluster
            self.settings = settings
        }
    }

    /// The answer of UpdateClusterSettings.
    public struct UpdateClusterSettingsResponse: Codable, Sendable, Hashable {
        /// The cluster, changed.
        public var cluster: Cluster?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(cluster: Cluster? = nil) {
            self.cluster = cluster
        }
    }

    /// Sets the capacity providers of a cluster; without any, it clears its defaults.
    public struct PutClusterCapacityProvidersRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.PutClusterCapacityProvidersResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "PutClusterCapacityProviders"

        /// Name or ARN.
        public var cluster: String?
        /// Capacity providers; external instances have none.
        public var capacityProviders: [String]?
        /// Which capacity providers tasks use unless told.
        public var defaultCapacityProviderStrategy: [CapacityProviderStrategyItem]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            cluster: String? = nil, capacityProviders: [String]? = nil,
            defaultCapacityProviderStrategy: [CapacityProviderStrategyItem]? = nil
        ) {
            self.cluster = cluster
            self.capacityProviders = capacityProviders
            self.defaultCapacityProviderStrategy = defaultCapacityProviderStrategy
        }
    }

    /// The answer of PutClusterCapacityProviders.
    public struct PutClusterCapacityProvidersResponse: Codable, Sendable, Hashable {
        /// The cluster, changed.
        public var cluster: Cluster?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(cluster: Cluster? = nil) {
            self.cluster = cluster
        }
    }
}
