// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel

/// What a step of the control plane wants done, in the order of the members: first everything in
/// ``changes`` is made durable as one batch, then ``effects`` are performed in order, then the shell
/// arranges to call again at ``wakeAt``, then ``observations`` are passed on.
public struct ControlPlaneOutput: Sendable {
    /// What to persist, in order; a later change of the same key wins.
    public var changes: [RecordChange] = []
    /// What to do to agents' sessions, in order.
    public var effects: [SessionEffect] = []
    /// When the machine wants ``ControlPlaneMachine/wake(at:using:)`` to be called; nil for never. Replaces
    /// what earlier outputs said.
    public var wakeAt: MonotonicTime?
    /// What happened, for logs and events.
    public var observations: [ControlPlaneObservation] = []

    /// What is told to subscribers, in the shape of EventBridge; only while the machine
    /// ``ControlPlaneMachine/publishesEvents``.
    public var events: [ControlPlaneEvent] = []

    /// Creates an output that wants nothing.
    public init() {}

    mutating func append(_ other: ControlPlaneOutput) {
        changes += other.changes
        effects += other.effects
        observations += other.observations
        events += other.events
    }
}

/// A connection of one agent, numbered by the shell.
public struct AgentSessionID: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The number, unique among the sessions of one run of the control plane.
    public var number: UInt64

    /// Creates an id.
    public init(_ number: UInt64) { self.number = number }

    /// The text form.
    public var description: String { "session-\(number)" }
}

/// Something to do to a session.
public enum SessionEffect: Sendable, Hashable {
    /// Send a message to the agent.
    case send(AgentSessionID, ACS.ServerMessage)
    /// Close the session with this WebSocket close code.
    case close(AgentSessionID, code: UInt16, reason: String)
}

/// One change of the durable state.
public enum RecordChange: Sendable, Hashable {
    /// Write a record, replacing the one with the same key.
    case put(ControlPlaneRecord)
    /// Remove the record with this key.
    case delete(key: String)
}

/// Something that happened.
public enum ControlPlaneObservation: Sendable, Hashable {
    /// A managed node registered with SSM.
    case managedInstanceRegistered(id: String)
    /// A container instance was registered, or registered again.
    case instanceRegistered(arn: String)
    /// A container instance was deregistered.
    case instanceDeregistered(arn: String)
    /// An agent opened its session.
    case agentConnected(instance: String)
    /// An agent has been without a session for longer than the grace time.
    case agentDisconnected(instance: String)
    /// A task's last or desired status changed.
    case taskChanged(arn: String, last: TaskStatus, desired: DesiredStatus)
    /// A service did something that is worth an event (`ecs-control-plane.md` §12.3).
    case serviceAction(service: String, ServiceAction)
    /// A deployment of a service began, ended or failed (§12.4).
    case deploymentStateChanged(service: String, DeploymentStateChange)
    /// An administrator's access key was made, rotated or revoked.
    case accessKeyChanged(id: String, AccessKeyChange, by: Principal)
    /// An agent sent something that was not understood or not allowed; it was ignored.
    case agentMessageIgnored(instance: String, reason: String)
}

/// What happened to an access key.
public enum AccessKeyChange: String, Sendable, Hashable {
    /// It was made.
    case created
    /// Another one has taken its place.
    case rotated
    /// It was ended at once.
    case revoked
}
