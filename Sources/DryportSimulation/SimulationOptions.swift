// SPDX-License-Identifier: Apache-2.0

/// How large a simulated world is, and what is wrong with it besides the faults that its seed draws.
public struct SimulationOptions: Sendable, Hashable {
    /// The number of agents, at least 1.
    public var agents: Int
    /// How many times the client changes something (RunTask, StopTask, …) while there are faults, not negative.
    public var clientActions: Int
    /// How long there are faults, in virtual time; positive.
    public var faultyTime: Duration
    /// How long the world has, once all faults are over, to become what it should be; positive.
    public var healingTime: Duration
    /// Whether faults happen at all. Without them the seed draws only delays, sizes and the client's actions.
    public var hasFaults: Bool
    /// Whether the report has every line of the trace, not only the last ones of a violation.
    public var keepsTrace: Bool
    /// A mistake made on purpose; nil for none.
    public var sabotage: Sabotage?

    /// Creates options: three agents, 16 actions, five minutes of faults, fifteen minutes to heal.
    public init() {
        self.agents = 3
        self.clientActions = 16
        self.faultyTime = .seconds(300)
        self.healingTime = .seconds(900)
        self.hasFaults = true
        self.keepsTrace = false
        self.sabotage = nil
    }
}
