// SPDX-License-Identifier: Apache-2.0

/// The production cores (one control plane and several agents) in one thread, on virtual time, under faults, all
/// decided by one seed.
///
/// A world consists of a control plane with its store, hosts with an agent, its store and a container runtime, a
/// network, and a client that runs and stops tasks. It is faulty for a while, then it heals. Two things are checked
/// all along: a task that was acknowledged is never lost, and at most one copy of a task runs; further rules are
/// listed in ``SimulationViolation/Rule``. In the end everybody must agree on every task.
///
/// Which faults there are, and how often, is drawn from the seed too, so that some seeds see crashes in a perfect
/// network and others see nothing but partitions.
public struct Simulation: Sendable {
    /// The seed.
    public let seed: UInt64
    /// What the world is like.
    public let options: SimulationOptions

    /// Creates a simulation; nothing happens yet.
    /// - Parameters:
    ///   - seed: Any number.
    ///   - options: What the world is like.
    /// - Precondition: The options are within their ranges.
    public init(seed: UInt64, options: SimulationOptions = SimulationOptions()) {
        precondition(options.agents >= 1 && options.clientActions >= 0, "a world has agents, and actions or none")
        precondition(options.faultyTime > .zero && options.healingTime > .zero, "a world lives for some time")
        self.seed = seed
        self.options = options
    }

    /// Runs it to its end: until all is well after the faults, or until the first violation.
    /// - Complexity: Some thousand steps of the cores with the default options.
    public func run() -> SimulationReport {
        var world = World(seed: seed, options: options)
        world.runToEnd()
        return world.report()
    }
}
