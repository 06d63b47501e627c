// SPDX-License-Identifier: Apache-2.0

extension ECS {
    /// Lists the deployments of a service, the newest first.
    public struct ListServiceDeploymentsRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.ListServiceDeploymentsResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "ListServiceDeployments"

        /// Name or ARN.
        public var service: String?
        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// Only deployments in one of these states.
        public var status: [String]?
        /// Only deployments made within this time.
        public var createdAt: CreatedAt?
        /// Where the page before ended.
        public var nextToken: String?
        /// The size of a page, 1 to 100; absent means 20.
        public var maxResults: Int?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            service: String? = nil, cluster: String? = nil, status: [String]? = nil, createdAt: CreatedAt? = nil,
            nextToken: String? = nil, maxResults: Int? = nil
        ) {
            self.service = service
            self.cluster = cluster
            self.status = status
            self.createdAt = createdAt
            self.nextToken = nextToken
            self.maxResults = maxResults
        }
    }

    /// The answer of ListServiceDeployments.
    public struct ListServiceDeploymentsResponse: Codable, Sendable, Hashable {
        /// The deployments of this page.
        public var serviceDeployments: [ServiceDeploymentBrief]?
        /// Where the next page starts; absent on the last page.
        public var nextToken: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(serviceDeployments: [ServiceDeploymentBrief]? = nil, nextToken: String? = nil) {
            self.serviceDeployments = serviceDeployments
            self.nextToken = nextToken
        }
    }

    /// Describes deployments of services.
    public struct DescribeServiceDeploymentsRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DescribeServiceDeploymentsResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DescribeServiceDeployments"

        /// ARNs, 1 to 20.
        public var serviceDeploymentArns: [String]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(serviceDeploymentArns: [String]? = nil) {
            self.serviceDeploymentArns = serviceDeploymentArns
        }
    }

    /// The answer of DescribeServiceDeployments.
    public struct DescribeServiceDeploymentsResponse: Codable, Sendable, Hashable {
        /// The deployments found.
        public var serviceDeployments: [ServiceDeployment]?
        /// The others.
        public var failures: [Failure]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(serviceDeployments: [ServiceDeployment]? = nil, failures: [Failure]? = nil) {
            self.serviceDeployments = serviceDeployments
            self.failures = failures
        }
    }

    /// Describes revisions of services.
    public struct DescribeServiceRevisionsRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DescribeServiceRevisionsResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DescribeServiceRevisions"

        /// ARNs, 1 to 20.
        public var serviceRevisionArns: [String]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(serviceRevisionArns: [String]? = nil) {
            self.serviceRevisionArns = serviceRevisionArns
        }
    }

    /// The answer of DescribeServiceRevisions.
    public struct DescribeServiceRevisionsResponse: Codable, Sendable, Hashable {
        /// The revisions found.
        public var serviceRevisions: [ServiceRevision]?
        /// The others.
        public var failures: [Failure]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(serviceRevisions: [ServiceRevision]? = nil, failures: [Failure]? = nil) {
            self.serviceRevisions = serviceRevisions
            self.failures = failures
        }
    }

    /// Stops a deployment that is going on.
    public struct StopServiceDeploymentRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.StopServiceDeploymentResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "StopServiceDeployment"

        /// The deployment.
        public var serviceDeploymentArn: String?
        /// `ROLLBACK` (what absence means) or `ABORT`.
        public var stopType: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(serviceDeploymentArn: String? = nil, stopType: String? = nil) {
            self.serviceDeploymentArn = serviceDeploymentArn
            self.stopType = stopType
        }
    }

    /// The answer of StopServiceDeployment.
    public struct StopServiceDeploymentResponse: Codable, Sendable, Hashable {
        /// The deployment.
        public var serviceDeploymentArn: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(serviceDeploymentArn: String? = nil) {
            self.serviceDeploymentArn = serviceDeploymentArn
        }
    }

    /// Answers a hook at which a deployment pauses.
    public struct ContinueServiceDeploymentRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.ContinueServiceDeploymentResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "ContinueServiceDeployment"

        /// The deployment.
        public var serviceDeploymentArn: String?
        /// The hook that waits.
        public var hookId: String?
        /// `CONTINUE` (what absence means) or `ROLLBACK`.
        public var action: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(serviceDeploymentArn: String? = nil, hookId: String? = nil, action: String? = nil) {
            self.serviceDeploymentArn = serviceDeploymentArn
            self.hookId = hookId
            self.action = action
        }
    }

    /// The answer of ContinueServiceDeployment.
    public struct ContinueServiceDeploymentResponse: Codable, Sendable, Hashable {
        /// The deployment.
        public var serviceDeploymentArn: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(serviceDeploymentArn: String? = nil) {
            self.serviceDeploymentArn = serviceDeploymentArn
        }
    }
}
