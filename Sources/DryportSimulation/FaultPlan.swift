// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// Something bad that happens at a point of time.
enum Fault: Sendable, Hashable, CaseIterable {
    /// The control plane's process ends.
    case planeCrash
    /// An agent's process ends.
    case agentCrash
    /// A host goes down and comes back.
    case reboot
    /// A session breaks.
    case sessionBreak
    /// Nothing gets through between an agent and the control plane, in one direction or both.
    case partition
    /// Somebody kills a container.
    case kill
    /// Somebody removes a container.
    case removal
    /// A container runtime does not answer for a while.
    case outage
    /// A container runtime takes calls for a while and does nothing.
    case hang
    /// A watch of a container runtime ends.
    case watchEnd
    /// Somebody sets a host's wall clock.
    case clockChange
    /// Somebody deregisters an instance by force. Happens at most once.
    case deregistration
}

/// Which faults a world has and how often, drawn from its seed: each kind is on or off (swarm testing).
struct FaultPlan: Sendable {
    /// Faults with the mean time between two of them.
    private(set) var meanTimes: [(fault: Fault, mean: Duration)] = []
    /// The share of requests that are lost, and of answers.
    var requestLoss = 0.0
    var answerLoss = 0.0
    /// The share of requests that arrive twice.
    var duplication = 0.0
    /// The longest ordinary delay of a message.
    var delay: Duration = .milliseconds(20)
    /// The share of messages that take much longer, and how long at most.
    var spikes = 0.0
    var spike: Duration = .zero
    /// The share of commits at which the control plane crashes: before, after, or in the middle of what follows.
    var commitCrashes = 0.0
    /// The longest commit.
    var commitDelay: Duration = .milliseconds(4)
    /// The share of an agent's outputs at which it crashes: before storing, after, or in the middle of performing.
    var outputCrashes = 0.0
    /// The share of operations of container runtimes that fail.
    var pullFailures = 0.0
    var createFailures = 0.0
    var startFailures = 0.0
    /// How long pulls and starts take at most.
    var pullTime: Duration = .milliseconds(500)
    var startTime: Duration = .milliseconds(200)
    /// How far the wall clock of a host may be off, in either direction.
    var skew: Duration = .zero

    /// No faults.
    init() {}

    /// Draws a plan.
    init(using random: inout SeededGenerator) {
        func isOn(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
        func probability(_ limit: Double) -> Double { Double.random(in: 0..<limit, using: &random) }
        if isOn(0.5) { requestLoss = probability(0.2) }
        if isOn(0.5) { answerLoss = probability(0.2) }
        if isOn(0.5) { duplication = probability(0.2) }
        if isOn(0.5) { delay = random.duration(in: .milliseconds(20) ... .seconds(2)) }
        if isOn(0.4) {
            spikes = probability(0.1)
            spike = random.duration(in: .seconds(1) ... .seconds(60))
        }
        if isOn(0.5) { commitCrashes = probability(0.03) }
        if isOn(0.3) { commitDelay = random.duration(in: .milliseconds(4) ... .seconds(1)) }
        if isOn(0.5) { outputCrashes = probability(0.02) }
        if isOn(0.4) { pullFailures = probability(0.5) }
        if isOn(0.3) { createFailures = probability(0.1) }
        if isOn(0.3) { startFailures = probability(0.1) }
        if isOn(0.5) { pullTime = random.duration(in: .seconds(1) ... .seconds(60)) }
        if isOn(0.5) { startTime = random.duration(in: .milliseconds(200) ... .seconds(10)) }
        if isOn(0.5) { skew = .seconds(120) }
        let choices: [(Fault, share: Double, ClosedRange<Duration>)] = [
            (.planeCrash, 0.5, .seconds(30) ... .seconds(200)), (.agentCrash, 0.5, .seconds(15) ... .seconds(120)),
            (.reboot, 0.35, .seconds(60) ... .seconds(250)), (.sessionBreak, 0.5, .seconds(10) ... .seconds(90)),
            (.partition, 0.5, .seconds(30) ... .seconds(150)), (.kill, 0.4, .seconds(20) ... .seconds(120)),
            (.removal, 0.2, .seconds(60) ... .seconds(300)), (.outage, 0.35, .seconds(40) ... .seconds(200)),
            (.watchEnd, 0.35, .seconds(20) ... .seconds(100)),
            (.hang, 0.25, .seconds(60) ... .seconds(250)), (.clockChange, 0.2, .seconds(60) ... .seconds(250)),
            (.deregistration, 0.15, .seconds(100) ... .seconds(200)),
        ]
        for (fault, share, means) in choices where isOn(share) {
            meanTimes.append((fault, random.duration(in: means)))
        }
    }

    /// The mean time between two faults of a kind; nil if there are none.
    func meanTime(of fault: Fault) -> Duration? { meanTimes.first { $0.fault == fault }?.mean }
}

extension SeededGenerator {
    /// A duration in a range, in whole microseconds.
    mutating func duration(in range: ClosedRange<Duration>) -> Duration {
        func microseconds(_ duration: Duration) -> Int64 {
            let (seconds, attoseconds) = duration.components
            return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        }
        return .microseconds(
            Int64.random(in: microseconds(range.lowerBound)...microseconds(range.upperBound), using: &self))
    }

    /// Whether something with this probability happens. Draws nothing if it cannot, so that a fault that is off
    /// changes nothing.
    mutating func happens(_ probability: Double) -> Bool {
        probability > 0 && Double.random(in: 0..<1, using: &self) < probability
    }
}
