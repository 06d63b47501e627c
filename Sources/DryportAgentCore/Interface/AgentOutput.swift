// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// What a step of the agent wants done, in the order of the members: first everything in ``changes`` is made
/// durable as one batch, and only then the rest is performed, which may go on while further events are taken.
public struct AgentOutput: Sendable, Hashable {
    /// What to persist, in order; a later change of the same key wins.
    public var changes: [AgentChange] = []
    /// What to do with ACS sessions, in order.
    public var messages: [SessionCommand] = []
    /// Calls to make, concurrently.
    public var calls: [AgentCall] = []
    /// What to ask of the container runtime. Operations run concurrently; a `cancel` comes after what it cancels.
    public var commands: [RuntimeCommand] = []
    /// When the machine wants ``AgentEvent/wake``; nil for never. Replaces what earlier outputs said.
    public var wakeAt: MonotonicTime?
    /// What happened, for logs, metrics and people.
    public var observations: [AgentObservation] = []

    /// Creates an output that wants nothing.
    public init() {}
}
