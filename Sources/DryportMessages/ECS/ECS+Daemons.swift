// SPDX-License-Identifier: Apache-2.0

extension ECS {
    /// Makes a managed daemon; these need Managed Instances (`ecs-control-plane.md` §1.7).
    public struct CreateDaemonRequest: APIRequest {
        /// The answer.
        public typealias Response = EmptyResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "CreateDaemon"

        /// Creates a request.
        public init() {}
    }

    /// Changes a managed daemon; there are none.
    public struct UpdateDaemonRequest: APIRequest {
        /// The answer.
        public typealias Response = EmptyResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "UpdateDaemon"

        /// Creates a request.
        public init() {}
    }

    /// Deletes a managed daemon; there are none.
    public struct DeleteDaemonRequest: APIRequest {
        /// The answer.
        public typealias Response = EmptyResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DeleteDaemon"

        /// Creates a request.
        public init() {}
    }

    /// Registers a task definition of managed daemons; there are none.
    public struct RegisterDaemonTaskDefinitionRequest: APIRequest {
        /// The answer.
        public typealias Response = EmptyResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "RegisterDaemonTaskDefinition"

        /// Creates a request.
        public init() {}
    }

    /// Deletes a task definition of managed daemons; there are none.
    public struct DeleteDaemonTaskDefinitionRequest: APIRequest {
        /// The answer.
        public typealias Response = EmptyResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DeleteDaemonTaskDefinition"

        /// Creates a request.
        public init() {}
    }

    /// Describes a managed daemon; there are none.
    public struct DescribeDaemonRequest: APIRequest {
        /// The answer.
        public typealias Response = EmptyResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DescribeDaemon"

        /// The ARN.
        public var daemonArn: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(daemonArn: String? = nil) {
            self.daemonArn = daemonArn
        }
    }

    /// Describes deployments of managed daemons; there are none.
    public struct DescribeDaemonDeploymentsRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DescribeDaemonDeploymentsResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DescribeDaemonDeployments"

        /// ARNs, at most 20.
        public var daemonDeploymentArns: [String]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(daemonDeploymentArns: [String]? = nil) {
            self.daemonDeploymentArns = daemonDeploymentArns
        }
    }

    /// The answer of DescribeDaemonDeployments.
    public struct DescribeDaemonDeploymentsResponse: Codable, Sendable, Hashable {
        /// The others.
        public var failures: [Failure]?
        /// The deployments found.
        public var daemonDeployments: [DaemonDeployment]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(failures: [Failure]? = nil, daemonDeployments: [DaemonDeployment]? = nil) {
            self.failures = failures
            self.daemonDeployments = daemonDeployments
        }
    }

    /// Describes revisions of managed daemons; there are none.
    public struct DescribeDaemonRevisionsRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DescribeDaemonRevisionsResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DescribeDaemonRevisions"

        /// ARNs, at most 20.
        public var daemonRevisionArns: [String]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(daemonRevisionArns: [String]? = nil) {
            self.daemonRevisionArns = daemonRevisionArns
        }
    }

    /// The answer of DescribeDaemonRevisions.
    public struct DescribeDaemonRevisionsResponse: Codable, Sendable, Hashable {
        /// The revisions found.
        public var daemonRevisions: [DaemonRevision]?
        /// The others.
        public var failures: [Failure]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(daemonRevisions: [DaemonRevision]? = nil, failures: [Failure]? = nil) {
            self.daemonRevisions = daemonRevisions
            self.failures = failures
        }
    }

    /// Describes a task definition of managed daemons; there are none.
    public struct DescribeDaemonTaskDefinitionRequest: APIRequest {
        /// The answer.
        public typealias Response = EmptyResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DescribeDaemonTaskDefinition"

        /// A family, `family:revision` or an ARN.
        public var daemonTaskDefinition: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(daemonTaskDefinition: String? = nil) {
            self.daemonTaskDefinition = daemonTaskDefinition
        }
    }

    /// Lists managed daemons; there are none.
    public struct ListDaemonsRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.ListDaemonsResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "ListDaemons"

        /// Only daemons of this cluster.
        public var clusterArn: String?
        /// The size of a page, 1 to 100.
        public var maxResults: Int?
        /// Where the page before ended.
        public var nextToken: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(clusterArn: String? = nil, maxResults: Int? = nil, nextToken: String? = nil) {
            self.clusterArn = clusterArn
            self.maxResults = maxResults
            self.nextToken = nextToken
        }
    }

    /// The answer of ListDaemons.
    public struct ListDaemonsResponse: Codable, Sendable, Hashable {
        /// The daemons of this page.
        public var daemonSummariesList: [DaemonSummary]?
        /// Where the next page starts; absent on the last page.
        public var nextToken: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(daemonSummariesList: [DaemonSummary]? = nil, nextToken: String? = nil) {
            self.daemonSummariesList = daemonSummariesList
            self.nextToken = nextToken
        }
    }

    /// Lists deployments of a managed daemon; there are none.
    public struct ListDaemonDeploymentsRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.ListDaemonDeploymentsResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "ListDaemonDeployments"

        /// The daemon.
        public var daemonArn: String?
        /// The size of a page, 1 to 100.
        public var maxResults: Int?
        /// Where the page before ended.
        public var nextToken: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(daemonArn: String? = nil, maxResults: Int? = nil, nextToken: String? = nil) {
            self.daemonArn = daemonArn
            self.maxResults = maxResults
            self.nextToken = nextToken
        }
    }

    /// The answer of ListDaemonDeployments.
    public struct ListDaemonDeploymentsResponse: Codable, Sendable, Hashable {
        /// Where the next page starts; absent on the last page.
        public var nextToken: String?
        /// The deployments of this page.
        public var daemonDeployments: [DaemonDeploymentSummary]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(nextToken: String? = nil, daemonDeployments: [DaemonDeploymentSummary]? = nil) {
            self.nextToken = nextToken
            self.daemonDeployments = daemonDeployments
        }
    }

    /// Lists task definitions of managed daemons; there are none.
    public struct ListDaemonTaskDefinitionsRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.ListDaemonTaskDefinitionsResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "ListDaemonTaskDefinitions"

        /// Where the page before ended.
        public var nextToken: String?
        /// The size of a page, 1 to 100.
        public var maxResults: Int?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(nextToken: String? = nil, maxResults: Int? = nil) {
            self.nextToken = nextToken
            self.maxResults = maxResults
        }
    }

    /// The answer of ListDaemonTaskDefinitions.
    public struct ListDaemonTaskDefinitionsResponse: Codable, Sendable, Hashable {
        /// The task definitions of this page.
        public var daemonTaskDefinitions: [DaemonTaskDefinitionSummary]?
        /// Where the next page starts; absent on the last page.
        public var nextToken: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(daemonTaskDefinitions: [DaemonTaskDefinitionSummary]? = nil, nextToken: String? = nil) {
            self.daemonTaskDefinitions = daemonTaskDefinitions
            self.nextToken = nextToken
        }
    }

    /// A managed daemon in a list; there are none.
    public struct DaemonSummary: Codable, Sendable, Hashable {
        /// The ARN.
        public var daemonArn: String?

        /// Creates the value.
        public init(daemonArn: String? = nil) {
            self.daemonArn = daemonArn
        }
    }

    /// A deployment of a managed daemon; there are none.
    public struct DaemonDeployment: Codable, Sendable, Hashable {
        /// The ARN.
        public var daemonDeploymentArn: String?

        /// Creates the value.
        public init(daemonDeploymentArn: String? = nil) {
            self.daemonDeploymentArn = daemonDeploymentArn
        }
    }

    /// A deployment of a managed daemon in a list; there are none.
    public struct DaemonDeploymentSummary: Codable, Sendable, Hashable {
        /// The ARN.
        public var daemonDeploymentArn: String?

        /// Creates the value.
        public init(daemonDeploymentArn: String? = nil) {
            self.daemonDeploymentArn = daemonDeploymentArn
        }
    }

    /// A revision of a managed daemon; there are none.
    public struct DaemonRevision: Codable, Sendable, Hashable {
        /// The ARN.
        public var daemonRevisionArn: String?

        /// Creates the value.
        public init(daemonRevisionArn: String? = nil) {
            self.daemonRevisionArn = daemonRevisionArn
        }
    }

    /// A task definition of managed daemons in a list; there are none.
    public struct DaemonTaskDefinitionSummary: Codable, Sendable, Hashable {
        /// The ARN.
        public var arn: String?

        /// Creates the value.
        public init(arn: String? = nil) {
            self.arn = arn
        }
    }
}
