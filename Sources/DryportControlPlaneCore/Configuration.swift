// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// How a control plane behaves. All of it is policy of the pure core; nothing here is about sockets.
public struct ControlPlaneConfiguration: Sendable, Hashable {
    /// Where ARNs live.
    public var scope: AccountScope
    /// The time between two heartbeats to a connected agent. Stock agents close a session after 60 seconds
    /// without a message (`ecs-agent.md` §4.7); 5–45 seconds.
    public var heartbeatInterval: Duration
    /// How many heartbeats in a row may stay unanswered before the session is closed, at least 1.
    public var toleratedHeartbeats: Int
    /// How long an agent may be without a session before its instance counts as disconnected. Agents reconnect
    /// several times an hour by design, so a blip must not matter (`ecs-control-plane.md` §8.3).
    public var disconnectionGrace: Duration
    /// How long a stopped task stays describable (§5.5).
    public var stoppedTaskRetention: Duration
    /// How long a deregistered container instance stays describable (§4.4).
    public var inactiveInstanceRetention: Duration
    /// How long a client token keeps its meaning (§5.7).
    public var clientTokenLifetime: Duration
    /// The lifetime of the role credentials of a managed node; it rotates them at half of it
    /// (`ssm-agent.md` §3.3).
    public var nodeCredentialLifetime: Duration
    /// The lifetime of the role credentials of a task; they are sent anew at half of it.
    public var taskCredentialLifetime: Duration
    /// A managed node counts as online for this long after its last ping (`ssm-agent.md` §4.3).
    public var pingTolerance: Duration
    /// How much there may be of everything.
    public var quotas: Quotas
    /// How the service scheduler behaves.
    public var services: ServiceConfiguration
    /// How many calls each caller may make.
    public var throttling: ThrottlingConfiguration
    /// The ids of the access keys that the shell knows of itself. They are listed with the others, and the API cannot
    /// take them away. `ControlPlane.open` sets them.
    public var bootstrapAccessKeyIDs: [String]

    /// Creates a configuration with AWS's numbers where they are known.
    /// - Parameter scope: Where ARNs live.
    public init(scope: AccountScope = AccountScope()) {
        self.scope = scope
        self.heartbeatInterval = .seconds(30)
        self.toleratedHeartbeats = 2
        self.disconnectionGrace = .seconds(60)
        self.stoppedTaskRetention = .seconds(3600)
        self.inactiveInstanceRetention = .seconds(3600)
        self.clientTokenLifetime = .seconds(24 * 3600)
        self.nodeCredentialLifetime = .seconds(3600)
        self.taskCredentialLifetime = .seconds(6 * 3600)
        self.pingTolerance = .seconds(600)
        self.quotas = Quotas()
        self.services = ServiceConfiguration()
        self.throttling = ThrottlingConfiguration()
        self.bootstrapAccessKeyIDs = []
    }
}

/// What is known about a call besides its input.
public struct CallContext: Sendable, Hashable {
    /// Who calls.
    public var principal: Principal
    /// The base URL under which the caller reached the control plane, such as `http://127.0.0.1:7070`;
    /// DiscoverPollEndpoint derives its answer from it.
    public var endpoint: String

    /// Creates a context.
    public init(principal: Principal, endpoint: String) {
        self.principal = principal
        self.endpoint = endpoint
    }
}
