// SPDX-License-Identifier: Apache-2.0

/// Every duration of the agent, with the numbers of AWS's agents as defaults; tests may shrink them.
/// All are positive unless stated.
public struct AgentTiming: Sendable, Hashable {
    /// The pause after a failed call before registration is complete, where AWS's agent would be restarted by its
    /// supervisor (`ecs-agent.md` §1.1).
    public var restart = Backoff(initial: .milliseconds(500), maximum: .seconds(15), factor: 2, jitter: 0.1)
    /// The pause after a throttled or failing RegisterContainerInstance (§2.4).
    public var registration = Backoff(initial: .seconds(3), maximum: .seconds(192), factor: 2, jitter: 0.2)
    /// The pause before ACS is connected again (§4.7).
    public var reconnect = Backoff(initial: .milliseconds(250), maximum: .seconds(120), factor: 1.5, jitter: 0.2)
    /// The pause after a refused state submission (§6.4).
    public var submission = Backoff(initial: .seconds(1), maximum: .seconds(30), factor: 1.3, jitter: 0.2)
    /// The pause after a state submission that nobody answered (§6.4). It ends at once when ACS connects.
    public var unansweredSubmission = Backoff(
        initial: .milliseconds(60), maximum: .seconds(300), factor: 2, jitter: 0.5)
    /// The pause after a failed pull (§10.3).
    public var pull = Backoff(initial: .milliseconds(1100), maximum: .seconds(5), factor: 2, jitter: 0.1)
    /// The pause before the container runtime is asked again after it did not answer.
    public var runtime = Backoff(initial: .milliseconds(500), maximum: .seconds(15), factor: 2, jitter: 0.2)

    /// How long DiscoverPollEndpoint's answer is used (§3).
    public var endpointLifetime: Duration = .seconds(12 * 3600)
    /// How long ACS may be silent; as much again is added at random (§4.7).
    public var inactivity: Duration = .seconds(60)
    /// How long one ACS connection lasts (§4.7).
    public var connectionLifetime: Duration = .seconds(30 * 60)
    /// The most that is added to ``connectionLifetime`` at random.
    public var connectionLifetimeJitter: Duration = .seconds(5 * 60)
    /// How long the peer may take to answer a close before the connection counts as ended.
    public var closeGrace: Duration = .seconds(5)
    /// How long a connection must have lasted for the reconnect backoff to start afresh (§4.7).
    public var stableConnection: Duration = .seconds(60)
    /// A connection that ends sooner than this without a message is not replaced at once: a server that accepts
    /// and drops connections would otherwise be asked without pause.
    public var implausibleConnection: Duration = .seconds(1)
    /// The pause after the backend said that the instance is deregistered (§4.8).
    public var deregistered: Duration = .seconds(3600)
    /// The time between two pings of SSM (`ssm-agent.md` §4.2).
    public var ping: Duration = .seconds(300)

    /// The time between two attempts to get credentials while nobody answers and none are left; a quarter is added at
    /// random.
    public var linkProbe: Duration = .seconds(4)

    /// How long leftover container changes wait for company: between this and three times this (§6.2).
    public var leftovers: Duration = .seconds(10)
    /// How long after its end a task's containers are removed (§10.5). Zero removes them at once.
    public var cleanup: Duration = .seconds(3 * 3600)
    /// How long after its end a task is remembered at least, even if its containers have gone before: an order to run
    /// it that was sent again and comes late must not run it a second time.
    public var recall: Duration = .seconds(600)
    /// The time between a failed stop and the next try: up to five times this, at random (§10.5).
    public var stopRetry: Duration = .seconds(1)
    /// How long one pull may take (§10.3).
    public var pullTimeout: Duration = .seconds(2 * 3600)
    /// How long creating a container may take (§1.2).
    public var createTimeout: Duration = .seconds(4 * 60)
    /// How long starting a container may take (§1.2).
    public var startTimeout: Duration = .seconds(3 * 60)
    /// What stopping a container may take besides its grace period (§10.5).
    public var stopAllowance: Duration = .seconds(2 * 60)
    /// How long the runtime may take for looking, removing and listing.
    public var inspectTimeout: Duration = .seconds(60)
    /// The time between two comparisons of all containers with the runtime; a tenth is added at random (§10.5).
    public var survey: Duration = .seconds(5 * 60)
    /// How long a container must have run to be restarted, where its policy does not say (§10.7).
    public var restartAttemptPeriod: Duration = .seconds(60)

    /// AWS's numbers.
    public init() {}
}
