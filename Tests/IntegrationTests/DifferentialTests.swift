// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import Foundation
import Testing

/// Every operation of the control plane as boto3 and the AWS CLI see it: `Differential/` has the checks, which are
/// Python, and each of its modules runs against a server and agents of its own.
@Suite(.enabled(if: Engines.runsBoto3)) struct DifferentialTests {
    /// A module of checks, and how many agents its clusters need.
    struct Module: Sendable, CustomTestStringConvertible {
        let name: String
        var agents: [(cluster: String, count: Int)] = []

        var testDescription: String { name }
    }

    /// Those that take longest come first.
    static let modules = [
        Module(name: "rollouts", agents: [("rollouts", 2)]),
        Module(name: "daemons", agents: [("daemons", 2), ("draining", 2), ("protection", 1)]),
        Module(name: "task_sets", agents: [("sets", 1)]),
        Module(name: "waiters", agents: [("waiters", 1)]),
        Module(name: "cli", agents: [("cli", 1)]),
        Module(name: "services", agents: [("services", 1)]),
        Module(name: "tasks", agents: [("tasks", 2), ("placement", 2), ("lists", 1)]),
        Module(name: "definitions", agents: [("definitions", 1)]),
        Module(name: "settings", agents: [("tags", 1)]),
        Module(name: "instances", agents: [("instances", 1)]),
        Module(name: "nodes", agents: [("nodes", 1)]),
        Module(name: "wire", agents: [("wire", 1)]),
        Module(name: "clusters"),
        Module(name: "skeletons"),
    ]

    @Test(arguments: modules)
    func check(_ module: Module) async throws {
        try await Self.turns.withTurn {
            try await Installation.with { installation in
                let agents = try await installation.startAgents(module.agents)
                do {
                    try await run(module.name, against: installation)
                    try await Installation.stop(agents)
                } catch {
                    try? await Installation.stop(agents)
                    throw error
                }
            }
        }
    }

    /// Modules mostly wait, but each has several processes that begin with much work.
    private static let turns = Turns(count: 5)

    /// Runs a module, and makes an issue of each check that fails.
    private func run(_ name: String, against installation: Installation) async throws {
        let program = try #require(Engines.python, "DRYPORT_REQUIRE names aws, and python3 is not on the PATH")
        let scripts = try #require(Bundle.module.url(forResource: "Differential", withExtension: nil))
        let process = try Executable(
            [scripts.path(percentEncoded: false), name], program: program,
            environment: installation.environment.merging([
                "AWS_ENDPOINT_URL": installation.url, "PYTHONDONTWRITEBYTECODE": "1",
            ]) { $1 })
        let status = try await process.wait(seconds: 400)
        #expect(status == 0, "\(process.errors)")
        let records = try process.output.split(separator: "\n").map { line in
            try JSONDecoder().decode(Record.self, from: Data(line.utf8))
        }
        for record in records where record.passed == false {
            Issue.record(
                """
                \(record.operation ?? ""): \(record.check ?? "")
                  expected: \(record.expected ?? "")
                  answer:   \(record.answer ?? "")
                """)
        }
        let last = try #require(records.last, "\(process.errors)")
        #expect(last.finished == name, "the module ended early: \(process.errors)")
        #expect(last.checks ?? 0 > 0)
    }

    /// A line that a module prints: of one check, or of all in the end.
    private struct Record: Decodable {
        var operation: String?
        var check: String?
        var passed: Bool?
        var expected: String?
        var answer: String?
        var finished: String?
        var checks: Int?
    }
}

extension Engines {
    fileprivate static let python = program("python3")

    /// Whether tests with boto3 and the AWS CLI run.
    fileprivate static var runsBoto3: Bool {
        guard !required.contains("aws") else { return true }
        guard runsAWS else { return false }
        if hasBoto3 { return true }
        print("skipped: tests with boto3, as no python3 on the PATH has it")
        return false
    }

    private static let hasBoto3: Bool = {
        guard let python else { return false }
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = ["-c", "import boto3"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}

extension Installation {
    /// Starts agents with processes for containers, each with a host of its own as far as the server knows.
    fileprivate func startAgents(_ clusters: [(cluster: String, count: Int)]) async throws -> [Executable] {
        let activation = try await call(SSM.CreateActivationRequest(iamRole: "role", registrationLimit: 10))
        let (id, code) = (try #require(activation.activationId), try #require(activation.activationCode))
        for (cluster, _) in clusters { _ = try await call(ECS.CreateClusterRequest(clusterName: cluster)) }
        var agents: [Executable] = []
        for cluster in clusters.flatMap({ repeatElement($0.cluster, count: $0.count) }) {
            let data = directory.appending(path: "agent-\(agents.count)").path(percentEncoded: false)
            agents.append(
                try Executable([
                    "agent", "--data", data, "--endpoint", url, "--cluster", cluster, "--runtime", "process",
                    "--activation-id", id, "--activation-code", code,
                ]))
        }
        return agents
    }

    fileprivate static func stop(_ agents: [Executable]) async throws {
        for agent in agents { agent.signal(SIGTERM) }
        for agent in agents { #expect(try await agent.wait(seconds: 20) == 0, "\(agent.errors)") }
    }
}

/// Lets so many callers do something at a time; the others wait in the order in which they came.
private actor Turns {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(count: Int) { free = count }

    func withTurn(_ body: () async throws -> Void) async throws {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
        defer {
            if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
        }
        try await body()
    }
}
