// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel

/// Everything that is simulated. One thread, one queue of events, virtual time; every part draws from a generator of
/// its own, forked from the seed.
struct World: Sendable {
    /// The wall clock when virtual time is zero, where it is right.
    static let epoch = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)
    /// A world that does more than this never comes to rest.
    static let maximumEvents = 400_000

    let seed: UInt64
    let options: SimulationOptions
    private(set) var now = MonotonicTime.zero
    var queue = EventQueue()
    var trace: Trace
    var statistics = SimulationStatistics()
    var violations: [SimulationViolation] = []
    /// What happens to messages, commits and operations now; nothing once the world heals.
    var faults: FaultPlan
    var plane: PlaneHost
    var agents: [AgentHost] = []
    var connections: [Connection] = []
    var client: Client
    var checker = Checker()
    /// Draws delays and losses.
    var network: SeededGenerator
    /// Draws faults.
    var fate: SeededGenerator
    /// What must not be printed.
    var secrets: [String] = []
    private(set) var events = 0
    private(set) var isHealing = false

    init(seed: UInt64, options: SimulationOptions) {
        self.seed = seed
        self.options = options
        let root = SeededGenerator(seed: seed)
        var setup = root.fork(1)
        trace = Trace(keepsAll: options.keepsTrace)
        network = root.fork(2)
        fate = root.fork(3)
        client = Client(random: root.fork(4))
        var configuration = ControlPlaneConfiguration()
        configuration.stoppedTaskRetention = setup.happens(0.3) ? .seconds(120) : .seconds(3600)
        configuration.nodeCredentialLifetime = setup.happens(0.3) ? .seconds(600) : .seconds(3600)
        configuration.taskCredentialLifetime = setup.happens(0.3) ? .seconds(300) : .seconds(6 * 3600)
        plane = PlaneHost(configuration: configuration, random: root.fork(5))
        faults = options.hasFaults ? FaultPlan(using: &setup) : FaultPlan()
        let activation = prepareControlPlane()
        for index in 0..<options.agents {
            agents.append(
                Self.makeHost(
                    index, activation: activation, skew: faults.skew, setup: &setup,
                    random: root.fork(100 + UInt64(index))))
            add(.agentStart(agent: index, life: 1), after: setup.duration(in: .zero ... .seconds(5)))
        }
        for _ in 0..<options.clientActions {
            add(.clientActs, after: setup.duration(in: .milliseconds(500)...options.faultyTime * 0.9))
        }
        add(.clientPolls, after: .seconds(5))
        for (fault, mean) in faults.meanTimes { add(.fault(fault), after: setup.duration(in: .seconds(2)...mean * 2)) }
        if options.hasFaults { add(.healing, after: options.faultyTime) }
    }

    private static func makeHost(
        _ index: Int, activation: AgentConfiguration.Activation, skew: Duration, setup: inout SeededGenerator,
        random: SeededGenerator
    ) -> AgentHost {
        var configuration = AgentConfiguration(region: "us-east-1", activation: activation)
        configuration.cluster = "default"
        configuration.attributes = [("com.amazonaws.ecs.capability.task-iam-role", "")]
        configuration.timing.cleanup = [.zero, .seconds(60), .seconds(600)].randomElement(using: &setup)!
        configuration.timing.connectionLifetime = setup.happens(0.3) ? .seconds(60) : .seconds(1800)
        configuration.imagePullBehavior = AgentConfiguration.ImagePullBehavior.allCases.randomElement(using: &setup)!
        var runtime = RuntimeFacts(name: "docker", version: "24.0.7")
        runtime.dockerAPIVersions = ["1.24", "1.43"]
        let host = HostFacts(
            logicalCPUs: Int.random(in: 1...2, using: &setup), memory: 4096, architecture: "x86_64",
            hostName: "host-\(index)")
        let node = NodeIdentity(
            publicKey: AgentHost.publicKey, fingerprint: "fdc39aae-c16c-47ce-b03d-00000000000\(index)")
        let wrong = setup.duration(in: .zero...skew * 2)
        return AgentHost(
            name: "agent-\(index)", configuration: configuration,
            facts: AgentFacts(host: host, runtime: runtime, node: node), skew: wrong - skew, random: random)
    }

    // MARK: Time

    /// Adds something that happens after a while.
    mutating func add(_ happening: Happening, after duration: Duration) {
        queue.add(happening, at: now.advanced(by: duration))
    }

    /// What the control plane's clocks show.
    var planeNow: Instant { Instant(monotonic: now, wall: Self.epoch.advanced(by: now.sinceStart)) }

    /// What a host's clocks show.
    func now(of agent: Int) -> Instant {
        Instant(monotonic: now, wall: Self.epoch.advanced(by: now.sinceStart + agents[agent].skew))
    }

    /// Lets events happen for a while, or until a condition holds, or until a rule is broken.
    /// - Returns: Whether the condition held.
    @discardableResult
    mutating func run(for duration: Duration, until condition: (World) -> Bool = { _ in false }) -> Bool {
        let end = now.advanced(by: duration)
        while violations.isEmpty {
            if condition(self) { return true }
            guard let next = queue.nextTime, next <= end else {
                now = end
                return condition(self)
            }
            happen()
        }
        return false
    }

    /// Runs through the faults and the healing.
    mutating func runToEnd() {
        run(for: options.faultyTime + .microseconds(1))
        settle(within: options.healingTime)
        // What is renewed from time to time must go on being renewed.
        if plane.configuration.taskCredentialLifetime <= .seconds(300) {
            run(for: plane.configuration.taskCredentialLifetime)
            settle(within: .seconds(60))
        }
        checkSecrecyOfTrace()
    }

    /// Waits until all agree, and still do a while later.
    private mutating func settle(within limit: Duration) {
        let deadline = now.advanced(by: limit)
        var agreements = 0
        while violations.isEmpty, agreements < 2 {
            let problems = disagreements()
            agreements = problems.isEmpty ? agreements + 1 : 0
            if now >= deadline, let first = problems.first {
                violate(.convergence, "\(problems.count) disagreements although all faults are over: \(first)")
            } else {
                run(for: .seconds(20))
            }
        }
    }

    private mutating func happen() {
        guard let (at, happening) = queue.popNext() else { return }
        now = at
        events += 1
        if events > Self.maximumEvents { violate(.convergence, "more than \(Self.maximumEvents) events") }
        switch happening {
        case .planeStart(let life): startPlane(life)
        case .planeWake(let life, let number): wakePlane(life, number)
        case .planeCommit(let life): commit(life)
        case .requestArrives(let call): requestArrived(call)
        case .answerArrives(let answer): answerArrived(answer)
        case .planeHears(let connection, let input): planeHeard(input, on: connection)
        case .agentHears(let connection, let input): agentHeard(input, on: connection)
        case .planeSideEnds(let connection): planeSideEnded(connection)
        case .agentSideEnds(let connection, let end): agentSideEnded(connection, end)
        case .agentStart(let agent, let life): startAgent(agent, life)
        case .agentWake(let agent, let life, let number): wakeAgent(agent, life, number)
        case .watchReady(let agent, let life, let id): watchBecameReady(agent, life, id)
        case .notice(let agent, let life, let id, let notice):
            if agents[agent].life == life { give(.runtime(id, notice), to: agent) }
        case .operationActs(let agent, let life, let id, let operation): operationActed(agent, life, id, operation)
        case .operationLingers(let agent, let reboots, let operation):
            if agents[agent].reboots == reboots { _ = act(operation, on: agent) }
        case .operationAnswers(let agent, let life, let id, let result):
            guard agents[agent].life == life, agents[agent].openOperations.remove(id) != nil else { return }
            give(.operationFinished(id, result), to: agent)
        case .containerExits(let agent, let runtimeID, let run, let code):
            containerExited(agent, runtimeID, run: run, code: code)
        case .runtimeReturns(let agent): runtimeReturned(agent)
        case .clientActs: clientActed()
        case .clientPolls: clientPolled()
        case .clientRepeats(let call): clientRepeated(call)
        case .fault(let fault): strike(fault)
        case .healing: heal()
        }
    }

    /// All faults are over.
    private mutating func heal() {
        isHealing = true
        faults = FaultPlan()
        for agent in agents.indices {
            agents[agent].blockedUpUntil = .zero
            agents[agent].blockedDownUntil = .zero
            agents[agent].runtimeHangsUntil = now
            runtimeReturned(agent)
        }
        note("all faults are over", from: "world")
    }

    // MARK: Telling

    /// Adds a line to the trace.
    mutating func note(_ text: String, from place: String) { trace.add(text, from: place, at: now) }

    /// A rule is broken.
    mutating func violate(_ rule: SimulationViolation.Rule, _ detail: String) {
        note("VIOLATION \(rule.rawValue): \(detail)", from: "checker")
        violations.append(
            SimulationViolation(seed: seed, rule: rule, detail: detail, time: now.sinceStart, tail: trace.tail))
    }

    /// The end of an ARN or id, enough to tell things of one world apart.
    static func short(_ name: String) -> String { String(name.suffix(8)) }

    /// The report.
    mutating func report() -> SimulationReport {
        statistics.virtualTime = now.sinceStart
        statistics.acknowledgedTasks = client.tasks.count
        let tasks = plane.tasks
        statistics.runningTasks = tasks.count { $0.lastStatus == .running }
        statistics.stoppedTasks = tasks.count { $0.lastStatus == .stopped }
        for key in plane.store.keys.sorted() { trace.mix(plane.store[key]!.encoded()) }
        for agent in agents {
            for key in agent.store.keys.sorted() { trace.mix(Self.bytes(of: agent.store[key]!)) }
        }
        return SimulationReport(
            seed: seed, digest: trace.digest, events: events, statistics: statistics, violations: violations,
            trace: trace.lines)
    }

    /// What an agent's store writes for a record.
    static func bytes(of record: AgentRecord) -> [UInt8] {
        do {
            return try JSONCoding.encode(record)
        } catch {
            preconditionFailure("an agent's record holds nothing that JSON cannot express: \(error)")
        }
    }
}
