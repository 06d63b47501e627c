// SPDX-License-Identifier: Apache-2.0

public import DryportModel

extension ECS {
    /// Asks which tasks of services are protected (`ecs-control-plane.md` §5.8).
    public struct GetTaskProtectionRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.GetTaskProtectionResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "GetTaskProtection"

        /// Name or ARN.
        public var cluster: String?
        /// Ids or ARNs, at most 100; absent means all tasks of services that are protected.
        public var tasks: [String]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(cluster: String? = nil, tasks: [String]? = nil) {
            self.cluster = cluster
            self.tasks = tasks
        }
    }

    /// The answer of GetTaskProtection.
    public struct GetTaskProtectionResponse: Codable, Sendable, Hashable {
        /// The tasks found.
        public var protectedTasks: [ProtectedTask]?
        /// The others.
        public var failures: [Failure]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(protectedTasks: [ProtectedTask]? = nil, failures: [Failure]? = nil) {
            self.protectedTasks = protectedTasks
            self.failures = failures
        }
    }

    /// Protects tasks of a service from being stopped by scaling and deployments, or ends that.
    public struct UpdateTaskProtectionRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.UpdateTaskProtectionResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "UpdateTaskProtection"

        /// Name or ARN.
        public var cluster: String?
        /// Ids or ARNs, 1 to 10.
        public var tasks: [String]?
        /// Whether they are to be protected.
        public var protectionEnabled: Bool?
        /// For how long, 1 to 2880; absent means 120.
        public var expiresInMinutes: Int?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            cluster: String? = nil, tasks: [String]? = nil, protectionEnabled: Bool? = nil, expiresInMinutes: Int? = nil
        ) {
            self.cluster = cluster
            self.tasks = tasks
            self.protectionEnabled = protectionEnabled
            self.expiresInMinutes = expiresInMinutes
        }
    }

    /// The answer of UpdateTaskProtection.
    public struct UpdateTaskProtectionResponse: Codable, Sendable, Hashable {
        /// The tasks that were changed.
        public var protectedTasks: [ProtectedTask]?
        /// The others.
        public var failures: [Failure]?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(protectedTasks: [ProtectedTask]? = nil, failures: [Failure]? = nil) {
            self.protectedTasks = protectedTasks
            self.failures = failures
        }
    }

    /// Whether a task of a service is protected.
    public struct ProtectedTask: Codable, Sendable, Hashable {
        /// The task.
        public var taskArn: String?
        /// Whether it is protected.
        public var protectionEnabled: Bool?
        /// Until when; absent if it is not protected.
        public var expirationDate: Timestamp?

        /// Creates the value.
        public init(taskArn: String? = nil, protectionEnabled: Bool? = nil, expirationDate: Timestamp? = nil) {
            self.taskArn = taskArn
            self.protectionEnabled = protectionEnabled
            self.expirationDate = expirationDate
        }
    }
}
