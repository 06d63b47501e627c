// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel

/// One thing that happens in a world of services: what it is, and the seed of everything else about it. So a list of
/// moves stays meaningful when some are left out.
struct Move: Sendable, CustomStringConvertible {
    enum Kind: String, CaseIterable, Sendable {
        case report, obey, health, pass, createService, updateService, deleteService, stopDeployment, taskSet, runTask
        case stopTask, protect, definition, register, connect, disconnect, drain, activate, deregister, attribute
        case restart

        /// How often it happens, compared with the others.
        var weight: Int {
            switch self {
            case .report: 24
            case .pass: 16
            case .obey: 12
            case .updateService: 10
            case .health, .taskSet: 7
            case .createService, .connect, .stopTask: 6
            case .definition, .disconnect, .drain, .activate, .runTask, .protect: 4
            case .register, .restart, .attribute, .stopDeployment: 3
            case .deleteService, .deregister: 2
            }
        }
    }

    var kind: Kind
    var seed: UInt64
    /// Whether the scheduler has its turn before the next move.
    var isSettled: Bool

    init(using dice: inout SeededGenerator) {
        var choice = Int.random(in: 0..<Kind.allCases.reduce(0) { $0 + $1.weight }, using: &dice)
        kind = Kind.allCases.first { kind in
            choice -= kind.weight
            return choice < 0
        }!
        seed = dice.next()
        isSettled = Int.random(in: 0..<4, using: &dice) > 0
    }

    var description: String { "\(kind.rawValue)(\(seed))\(isSettled ? "" : " and at once")" }
}

/// A rule is broken.
struct Violation: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}

/// A control plane with services in a world that is drawn from a seed: instances come and go, agents say what they
/// like, and callers change their minds. After every step all rules are checked, from the outside: by what the API
/// says, and by what the world itself has registered.
struct SchedulerWorld {
    /// What the world knows of a task definition.
    struct Shape {
        var cpu: Int
        var memory: Int
        var port: Int?
        var gpus = 0
        var hasHealthCheck = false
    }

    struct Host {
        var arn: String
        var cpu: Int
        var memory: Int
        var gpus: [String]
        var session: AgentSessionID?
    }

    static let families = ["tiny", "wide", "port", "graphic", "checked"]

    let seed: UInt64
    var bench: Bench
    var hosts: [Host] = []
    /// By the ARNs of the definitions.
    var shapes: [String: Shape] = [:]
    /// The last image of the world that was checked.
    var image = WorldImage()
    /// What must not come twice.
    var identifiers: Set<String> = []
    /// What has happened, for people.
    var log: [String] = []
    /// How often each kind of thing has come about.
    var statistics: [String: Int] = [:]

    init(seed: UInt64) throws {
        var dice = SeededGenerator(seed: seed).fork(1)
        var configuration = ControlPlaneConfiguration()
        configuration.toleratedHeartbeats = .max
        configuration.heartbeatInterval = .seconds(3600)
        configuration.stoppedTaskRetention = .seconds(600)
        configuration.inactiveInstanceRetention = .seconds(600)
        configuration.services.inactiveServiceRetention = .seconds(600)
        configuration.services.launchesPerMinute = [500, 6].randomElement(using: &dice)!
        configuration.services.rescheduleAfter = [nil, .seconds(90)].randomElement(using: &dice)!
        self.seed = seed
        bench = Bench(configuration: configuration)
        bench.random = SeededGenerator(seed: seed).fork(2)
        for family in Self.families { try register(family, using: &dice) }
        for _ in 0..<Int.random(in: 1...3, using: &dice) { try register(connected: true, using: &dice) }
        try settle()
    }

    /// The moves that a seed stands for.
    static func moves(seed: UInt64, count: Int) -> [Move] {
        var dice = SeededGenerator(seed: seed).fork(3)
        return (0..<count).map { _ in Move(using: &dice) }
    }

    /// Performs moves one after another, and lets all end well.
    /// - Returns: The first violation; nil if there is none.
    mutating func run(_ moves: [Move]) -> Violation? {
        do {
            for move in moves {
                log.append("\(bench.now.monotonic.sinceStart): \(move)")
                try perform(move)
                if move.isSettled { try settle() }
            }
            try comeToAnEnd()
            return nil
        } catch let violation as Violation {
            return violation
        } catch {
            return Violation("an unexpected error: \(error)")
        }
    }

    // MARK: Time

    /// Lets the scheduler do what is due, and checks everything.
    mutating func settle() throws { try pass(.zero) }

    /// Lets time pass, and checks everything, often enough that nothing is forgotten in between.
    mutating func pass(_ duration: Duration) throws {
        var rest = duration
        repeat {
            let part = min(rest, .seconds(200))
            try passAtOnce(part)
            rest -= part
        } while rest > .zero
    }

    private mutating func passAtOnce(_ duration: Duration) throws {
        let end = bench.now.advanced(by: duration)
        var count = 0
        while let wakeAt = bench.wakeAt, wakeAt <= end.monotonic {
            let wait = max(.zero, bench.now.monotonic.duration(to: wakeAt))
            count = wait == .zero ? count + 1 : 0
            guard count < 20 else { throw Violation("the scheduler does not come to rest") }
            bench.now = bench.now.advanced(by: wait)
            bench.take(bench.machine.wake(at: bench.now, using: &bench.random))
        }
        bench.now = end
        try check()
    }

    /// Restarts the control plane. What callers see is the same, up to what is known to be forgotten.
    mutating func restart() throws {
        let before = try WorldImage(of: &bench)
        let records = try bench.stored.keys.sorted().map { key in
            try ControlPlaneRecord(key: key, bytes: bench.stored[key]!)
        }
        bench.machine = try ControlPlaneMachine(
            configuration: bench.machine.configuration, issuer: Bench.issuer, restoring: records, at: bench.now)
        for index in hosts.indices { hosts[index].session = nil }
        bench.sent = []
        let after = try WorldImage(of: &bench)
        if let difference = before.durable.difference(to: after.durable) {
            throw Violation("a restart changes what is described: \(difference)")
        }
        bench.wakeAt = bench.now.monotonic
        try settle()
    }

    // MARK: The end

    /// The world turns friendly: there is room for everybody, agents do what they are told, and nothing forbids what
    /// services want. Then all of them get it.
    private mutating func comeToAnEnd() throws {
        try settle()
        log.append("the world turns friendly")
        var dice = SeededGenerator(seed: seed).fork(4)
        for host in hosts where image.instances[host.arn]?.status == "DRAINING" && Bool.random(using: &dice) {
            try call(ECS.UpdateContainerInstancesStateRequest(containerInstances: [host.arn], status: "ACTIVE"))
        }
        for index in hosts.indices {
            if hosts[index].session == nil { try connect(index) }
            try enlarge(index)
        }
        for _ in 0..<3 { try register(connected: true, isHuge: true, using: &dice) }
        for service in image.services.values where service.status == "ACTIVE" {
            var request = ECS.UpdateServiceRequest(service: service.serviceName, placementConstraints: [])
            if service.deploymentController?.type != "EXTERNAL" {
                request.deploymentConfiguration = ECS.DeploymentConfiguration(maximumPercent: 200)
                // Ports and GPUs are the only things that the world has not enough of for everybody.
                let isScarce = ["port:", "graphic:"].contains { service.taskDefinition?.contains($0) ?? false }
                if isScarce { request.taskDefinition = "tiny" }
            }
            try call(request)
        }
        try settle()
        for _ in 0..<120 where !image.isQuiet {
            try obey(using: &dice, isFriendly: true)
            // What has been given up, or is given up for what has happened before, gets another chance.
            for service in image.services.values where service.deployments?.first?.rolloutState == "FAILED" {
                try call(ECS.UpdateServiceRequest(service: service.serviceName, forceNewDeployment: true))
            }
            try pass(.seconds(61))
        }
        for service in image.services.values {
            guard let problem = image.unrest(of: service) else { continue }
            throw Violation("\(service.serviceName!) \(problem) in a friendly world: \(service)")
        }
        // The last tasks come to count as healthy, and services say that they are steady.
        try pass(.seconds(61))
        let before = image
        try pass(.seconds(300))
        if let difference = before.lasting.difference(to: image.lasting) {
            throw Violation("a world at rest moves: \(difference)")
        }
    }
}
