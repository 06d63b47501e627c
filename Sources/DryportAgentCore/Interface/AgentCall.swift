// SPDX-License-Identifier: Apache-2.0

public import DryportCredentials
public import DryportMessages

/// A call of the backend's API, numbered by the machine that makes it; see ``OperationID`` for what the numbers
/// mean.
public struct AgentCall: Sendable, Hashable {
    /// Names a call and its answer.
    public struct ID: Sendable, Hashable, Codable, CustomStringConvertible {
        /// The number.
        public var number: Int

        /// Creates an id.
        public init(_ number: Int) { self.number = number }

        /// The text form.
        public var description: String { "call-\(number)" }
    }

    /// How a call proves who makes it.
    public enum Authentication: Sendable, Hashable {
        /// Not at all.
        case anonymous
        /// With the node's private key, which the shell has.
        case managedInstanceKey(id: String)
        /// With the node's role credentials.
        case credentials(Credentials)
    }

    /// What is called.
    public enum Request: Sendable, Hashable {
        /// Becomes a managed node (`ssm-agent.md` §1.3).
        case registerManagedInstance(SSM.RegisterManagedInstanceRequest)
        /// Asks for the node's role credentials (`ssm-agent.md` §3.1).
        case requestManagedInstanceRoleToken(SSM.RequestManagedInstanceRoleTokenRequest)
        /// Tells SSM that the node lives (`ssm-agent.md` §4).
        case updateInstanceInformation(SSM.UpdateInstanceInformationRequest)
        /// Makes the default cluster (`ecs-agent.md` §2.5).
        case createCluster(ECS.CreateClusterRequest)
        /// Becomes a container instance (`ecs-agent.md` §2).
        case registerContainerInstance(ECS.RegisterContainerInstanceRequest)
        /// Asks where ACS is (`ecs-agent.md` §3).
        case discoverPollEndpoint(ECS.DiscoverPollEndpointRequest)
        /// Tells what became of a task (`ecs-agent.md` §6).
        case submitTaskStateChange(ECS.SubmitTaskStateChangeRequest)
    }

    /// The call's name.
    public var id: ID
    /// What is called.
    public var request: Request
    /// Who calls.
    public var authentication: Authentication
    /// How long it may take.
    public var timeout: Duration

    /// Creates a call.
    public init(id: ID, request: Request, authentication: Authentication, timeout: Duration) {
        self.id = id
        self.request = request
        self.authentication = authentication
        self.timeout = timeout
    }
}

/// What a call answered.
public enum AgentAnswer: Sendable, Hashable {
    /// See ``AgentCall/Request/registerManagedInstance(_:)``.
    case registerManagedInstance(SSM.RegisterManagedInstanceResponse)
    /// See ``AgentCall/Request/requestManagedInstanceRoleToken(_:)``.
    case requestManagedInstanceRoleToken(SSM.RequestManagedInstanceRoleTokenResponse)
    /// See ``AgentCall/Request/registerContainerInstance(_:)``.
    case registerContainerInstance(ECS.RegisterContainerInstanceResponse)
    /// See ``AgentCall/Request/discoverPollEndpoint(_:)``.
    case discoverPollEndpoint(ECS.DiscoverPollEndpointResponse)
    /// Of the calls whose answer says nothing.
    case done
}

/// Why a call failed.
public enum AgentCallFailure: Error, Sendable, Hashable {
    /// The service answered an error.
    case service(APIError)
    /// Nobody answered; the call may have been executed.
    case unanswered(String)
    /// The answer cannot be understood.
    case unreadable(String)

    /// The error's code, if the service answered one.
    public var code: APIError.Code? {
        if case .service(let error) = self { error.code } else { nil }
    }

    /// What to tell people.
    public var text: String {
        switch self {
        case .service(let error): error.description
        case .unanswered(let text), .unreadable(let text): text
        }
    }

    /// Whether the call never got an answer, or the service could not do it for now.
    var isUnansweredOrBusy: Bool {
        switch self {
        case .service(let error): error.isRetryable
        case .unanswered: true
        case .unreadable: false
        }
    }
}
