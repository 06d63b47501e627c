// SPDX-License-Identifier: Apache-2.0

public import DryportModel

extension ECS {
    /// An agent asks where its sessions are to be opened (`ecs-agent.md` §3).
    public struct DiscoverPollEndpointRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DiscoverPollEndpointResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DiscoverPollEndpoint"

        /// The instance's ARN.
        public var containerInstance: String?
        /// Name or ARN.
        public var cluster: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(containerInstance: String? = nil, cluster: String? = nil) {
            self.containerInstance = containerInstance
            self.cluster = cluster
        }
    }

    /// The answer of DiscoverPollEndpoint.
    public struct DiscoverPollEndpointResponse: Codable, Sendable, Hashable {
        /// Base URL of the control session (ACS).
        public var endpoint: String?
        /// Base URL of the telemetry session (TCS).
        public var telemetryEndpoint: String?
        /// URL for Service Connect; unused.
        public var serviceConnectEndpoint: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(endpoint: String? = nil, telemetryEndpoint: String? = nil, serviceConnectEndpoint: String? = nil) {
            self.endpoint = endpoint
            self.telemetryEndpoint = telemetryEndpoint
            self.serviceConnectEndpoint = serviceConnectEndpoint
        }
    }

    /// An agent reports the state of a task (`ecs-agent.md` §6.1).
    public struct SubmitTaskStateChangeRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.SubmitTaskStateChangeResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "SubmitTaskStateChange"

        /// Name or ARN.
        public var cluster: String?
        /// The task's ARN.
        public var task: String?
        /// `PENDING`, `RUNNING` or `STOPPED`.
        public var status: String?
        /// What went wrong with the task as a whole; usually empty. Up to 1024 characters.
        public var reason: String?
        /// Changes of containers, in order; one container may be in it twice.
        public var containers: [ContainerStateChange]?
        /// Changes of attachments.
        public var attachments: [AttachmentStateChange]?
        /// Changes of agents inside containers.
        public var managedAgents: [ManagedAgentStateChange]?
        /// When pulling images began.
        public var pullStartedAt: Timestamp?
        /// When pulling images ended.
        public var pullStoppedAt: Timestamp?
        /// When the agent began to stop the task.
        public var executionStoppedAt: Timestamp?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            cluster: String? = nil, task: String? = nil, status: String? = nil, reason: String? = nil,
            containers: [ContainerStateChange]? = nil, attachments: [AttachmentStateChange]? = nil,
            managedAgents: [ManagedAgentStateChange]? = nil, pullStartedAt: Timestamp? = nil,
            pullStoppedAt: Timestamp? = nil, executionStoppedAt: Timestamp? = nil
        ) {
            self.cluster = cluster
            self.task = task
            self.status = status
            self.reason = reason
            self.containers = containers
            self.attachments = attachments
            self.managedAgents = managedAgents
            self.pullStartedAt = pullStartedAt
            self.pullStoppedAt = pullStoppedAt
            self.executionStoppedAt = executionStoppedAt
        }
    }

    /// The answer of SubmitTaskStateChange.
    public struct SubmitTaskStateChangeResponse: Codable, Sendable, Hashable {
        /// Any text; agents do not look at it.
        public var acknowledgment: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(acknowledgment: String? = nil) {
            self.acknowledgment = acknowledgment
        }
    }

    /// An agent reports the state of one container.
    public struct SubmitContainerStateChangeRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.SubmitContainerStateChangeResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "SubmitContainerStateChange"

        /// Name or ARN.
        public var cluster: String?
        /// The task's ARN.
        public var task: String?
        /// The container's name.
        public var containerName: String?
        /// The container runtime's id.
        public var runtimeId: String?
        /// `PENDING`, `RUNNING` or `STOPPED`.
        public var status: String?
        /// What the container ended with.
        public var exitCode: Int?
        /// What went wrong, if anything did. Up to 1024 characters.
        public var reason: String?
        /// The ports it got.
        public var networkBindings: [NetworkBinding]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            cluster: String? = nil, task: String? = nil, containerName: String? = nil, runtimeId: String? = nil,
            status: String? = nil, exitCode: Int? = nil, reason: String? = nil, networkBindings: [NetworkBinding]? = nil
        ) {
            self.cluster = cluster
            self.task = task
            self.containerName = containerName
            self.runtimeId = runtimeId
            self.status = status
            self.exitCode = exitCode
            self.reason = reason
            self.networkBindings = networkBindings
        }
    }

    /// The answer of SubmitContainerStateChange.
    public struct SubmitContainerStateChangeResponse: Codable, Sendable, Hashable {
        /// Any text; agents do not look at it.
        public var acknowledgment: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(acknowledgment: String? = nil) {
            self.acknowledgment = acknowledgment
        }
    }

    /// An agent reports the state of attachments; external ones never do.
    public struct SubmitAttachmentStateChangesRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.SubmitAttachmentStateChangesResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "SubmitAttachmentStateChanges"

        /// Name or ARN.
        public var cluster: String?
        /// The changes.
        public var attachments: [AttachmentStateChange]?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(cluster: String? = nil, attachments: [AttachmentStateChange]? = nil) {
            self.cluster = cluster
            self.attachments = attachments
        }
    }

    /// The answer of SubmitAttachmentStateChanges.
    public struct SubmitAttachmentStateChangesResponse: Codable, Sendable, Hashable {
        /// Any text; agents do not look at it.
        public var acknowledgment: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(acknowledgment: String? = nil) {
            self.acknowledgment = acknowledgment
        }
    }

    /// Updates the agent of an instance; external instances do that themselves.
    public struct UpdateContainerAgentRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.UpdateContainerAgentResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "UpdateContainerAgent"

        /// Name or ARN; absent means `default`.
        public var cluster: String?
        /// Id or ARN.
        public var containerInstance: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(cluster: String? = nil, containerInstance: String? = nil) {
            self.cluster = cluster
            self.containerInstance = containerInstance
        }
    }

    /// The answer of UpdateContainerAgent.
    public struct UpdateContainerAgentResponse: Codable, Sendable, Hashable {
        /// The instance.
        public var containerInstance: ContainerInstance?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(containerInstance: ContainerInstance? = nil) {
            self.containerInstance = containerInstance
        }
    }

    /// The new state of a container.
    public struct ContainerStateChange: Codable, Sendable, Hashable {
        /// The container's name.
        public var containerName: String?
        /// The image's digest.
        public var imageDigest: String?
        /// The container runtime's id.
        public var runtimeId: String?
        /// What the container ended with; absent if it never ran.
        public var exitCode: Int?
        /// The ports it got.
        public var networkBindings: [NetworkBinding]?
        /// What went wrong, if anything did. Up to 1024 characters.
        public var reason: String?
        /// `PENDING`, `RUNNING` or `STOPPED`.
        public var status: String?

        /// Creates the value.
        public init(
            containerName: String? = nil, imageDigest: String? = nil, runtimeId: String? = nil, exitCode: Int? = nil,
            networkBindings: [NetworkBinding]? = nil, reason: String? = nil, status: String? = nil
        ) {
            self.containerName = containerName
            self.imageDigest = imageDigest
            self.runtimeId = runtimeId
            self.exitCode = exitCode
            self.networkBindings = networkBindings
            self.reason = reason
            self.status = status
        }
    }

    /// The new state of an attachment.
    public struct AttachmentStateChange: Codable, Sendable, Hashable {
        /// The attachment.
        public var attachmentArn: String?
        /// Its state.
        public var status: String?

        /// Creates the value.
        public init(attachmentArn: String? = nil, status: String? = nil) {
            self.attachmentArn = attachmentArn
            self.status = status
        }
    }

    /// The new state of an agent inside a container.
    public struct ManagedAgentStateChange: Codable, Sendable, Hashable {
        /// The container's name.
        public var containerName: String?
        /// `ExecuteCommandAgent`.
        public var managedAgentName: String?
        /// `PENDING`, `RUNNING` or `STOPPED`.
        public var status: String?
        /// Why.
        public var reason: String?

        /// Creates the value.
        public init(
            containerName: String? = nil, managedAgentName: String? = nil, status: String? = nil, reason: String? = nil
        ) {
            self.containerName = containerName
            self.managedAgentName = managedAgentName
            self.status = status
            self.reason = reason
        }
    }
}
