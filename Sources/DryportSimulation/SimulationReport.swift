// SPDX-License-Identifier: Apache-2.0

/// How a simulation went.
public struct SimulationReport: Sendable, Hashable {
    /// The seed that decided everything.
    public var seed: UInt64
    /// A digest of every line of the trace and of what was stored in the end: equal in every process that runs the
    /// same seed with the same options and the same code.
    public var digest: UInt64
    /// How many events happened.
    public var events: Int
    /// What happened, in numbers.
    public var statistics: SimulationStatistics
    /// What must not have happened. The simulation ends with the first.
    public var violations: [SimulationViolation]
    /// Every line of the trace, if ``SimulationOptions/keepsTrace`` asked for it.
    public var trace: [String]
}

/// What happened in a simulation, in numbers.
public struct SimulationStatistics: Sendable, Hashable {
    /// The virtual time at the end.
    public var virtualTime: Duration = .zero
    /// Steps of the control plane.
    public var planeSteps = 0
    /// Steps of agents.
    public var agentSteps = 0
    /// Tasks of which the client was told.
    public var acknowledgedTasks = 0
    /// Tasks that were running in the end.
    public var runningTasks = 0
    /// Tasks that had stopped in the end, and still were described.
    public var stoppedTasks = 0
    /// Containers that were started.
    public var containerStarts = 0
    /// Crashes of the control plane.
    public var planeCrashes = 0
    /// Crashes of agents.
    public var agentCrashes = 0
    /// Reboots of hosts.
    public var reboots = 0
    /// Partitions between agents and the control plane.
    public var partitions = 0
    /// Sessions that were opened.
    public var sessions = 0
    /// Sessions that broke.
    public var brokenSessions = 0
    /// Requests and answers that were lost.
    public var lostMessages = 0
    /// Requests that arrived twice.
    public var duplicates = 0
    /// Containers that were killed or removed behind the agent's back.
    public var meddlings = 0
    /// Times that a container runtime went away.
    public var outages = 0

    /// Creates numbers of nothing.
    public init() {}
}

/// Something that must not happen, and did.
public struct SimulationViolation: Sendable, Hashable {
    /// What must hold in every world.
    public enum Rule: String, Sendable, Hashable, CaseIterable {
        /// A task of which the client was told is durable, and known until its retention is over.
        case acknowledgedTaskIsKept
        /// Of each container of a task at most one copy runs, on all hosts together.
        case oneRunningCopy
        /// A container that ran is not started again, unless its restart policy says so.
        case oneRun
        /// Nothing is started after the agent has stored that it must stop.
        case noStartAfterStop
        /// What is charged to an instance is not more than it has.
        case noOvercommitment
        /// A status never moves back, in the store and as clients see it.
        case statusMovesForward
        /// Repeating a call with its client token means the same tasks.
        case tokenIsIdempotent
        /// What was stored can be read again.
        case storeIsReadable
        /// No agent gives up.
        case agentGoesOn
        /// Without faults, the store, the agents and the containers agree on every task before long.
        case convergence
        /// No secret appears in the trace or in the agents' stores.
        case secrecy
    }

    /// The seed.
    public var seed: UInt64
    /// What did not hold.
    public var rule: Rule
    /// What happened.
    public var detail: String
    /// When, in virtual time.
    public var time: Duration
    /// The last lines of the trace.
    public var tail: [String]
}

extension SimulationViolation: CustomStringConvertible {
    /// What happened, the last lines of the trace, and how to see it again.
    public var description: String {
        """
        seed \(seed) broke \(rule.rawValue) at \(time): \(detail)
        \(tail.joined(separator: "\n"))
        Replay: DRYPORT_SEED=\(seed) swift test --filter DryportSimulationTests
        """
    }
}
