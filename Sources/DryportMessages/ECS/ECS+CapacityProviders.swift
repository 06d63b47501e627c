// SPDX-License-Identifier: Apache-2.0

extension ECS {
    /// Makes a capacity provider; external instances have none (`ecs-control-plane.md` §1.7).
    public struct CreateCapacityProviderRequest: APIRequest {
        /// The answer.
        public typealias Response = EmptyResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "CreateCapacityProvider"

        /// Creates a request.
        public init() {}
    }

    /// Changes a capacity provider; external instances have none.
    public struct UpdateCapacityProviderRequest: APIRequest {
        /// The answer.
        public typealias Response = EmptyResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "UpdateCapacityProvider"

        /// Creates a request.
        public init() {}
    }

    /// Deletes a capacity provider; external instances have none.
    public struct DeleteCapacityProviderRequest: APIRequest {
        /// The answer.
        public typealias Response = EmptyResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DeleteCapacityProvider"

        /// Creates a request.
        public init() {}
    }

    /// Describes capacity providers; there are none.
    public struct DescribeCapacityProvidersRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DescribeCapacityProvidersResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DescribeCapacityProviders"

        /// Names or ARNs; absent means all.
        public var capacityProviders: [String]?
        /// Name or ARN; absent means all clusters.
        public var cluster: String?
        /// The size of a page, 1 to 10.
        public var maxResults: Int?
        /// Where the page before ended.
        public var nextToken: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            capacityProviders: [String]? = nil, cluster: String? = nil, maxResults: Int? = nil, nextToken: String? = nil
        ) {
            self.capacityProviders = capacityProviders
            self.cluster = cluster
            self.maxResults = maxResults
            self.nextToken = nextToken
        }
    }

    /// The answer of DescribeCapacityProviders.
    public struct DescribeCapacityProvidersResponse: Codable, Sendable, Hashable {
        /// The capacity providers found.
        public var capacityProviders: [CapacityProvider]?
        /// The others.
        public var failures: [Failure]?
        /// Where the next page starts; absent on the last page.
        public var nextToken: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(
            capacityProviders: [CapacityProvider]? = nil, failures: [Failure]? = nil, nextToken: String? = nil
        ) {
            self.capacityProviders = capacityProviders
            self.failures = failures
            self.nextToken = nextToken
        }
    }

    /// Where tasks get instances from; none with external instances.
    public struct CapacityProvider: Codable, Sendable, Hashable {
        /// The ARN.
        public var capacityProviderArn: String?
        /// The name.
        public var name: String?
        /// `ACTIVE` or `INACTIVE`.
        public var status: String?

        /// Creates the value.
        public init(capacityProviderArn: String? = nil, name: String? = nil, status: String? = nil) {
            self.capacityProviderArn = capacityProviderArn
            self.name = name
            self.status = status
        }
    }
}
