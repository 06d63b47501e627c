// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import Foundation

/// What a server with one agent and a hundred definitions, and that agent, hold and use while nothing happens.
struct Idle {
    private static let rest = 10
    let bench: Bench
    let seconds: Int

    func measure(into report: inout Report) async throws {
        guard FileManager.default.fileExists(atPath: "/proc/self/smaps_rollup") else {
            report.note("idle processes: skipped, as /proc/self/smaps_rollup is not there")
            return
        }
        report.section("idle processes (agent of plain processes; \(seconds) s after \(Self.rest) s of rest)")
        let seconds = seconds
        var lines: [(String, Double, String)] = []
        try await Installation.with(bench, runtime: "process") { installation in
            for number in 0..<100 {
                var container = ContainerDefinition(name: "main", image: "busybox:latest")
                container.memory = 16
                _ = try await installation.call(
                    ECS.RegisterTaskDefinitionRequest(family: "family-\(number)", containerDefinitions: [container]))
            }
            try await Task.sleep(for: .seconds(Self.rest))
            let processes = [
                ("server", installation.server.processIdentifier), ("agent", installation.agent.processIdentifier),
            ]
            let before = processes.map { Self.cpuSeconds($0.1) }
            try await Task.sleep(for: .seconds(seconds))
            for (index, (name, identifier)) in processes.enumerated() {
                let used = Self.cpuSeconds(identifier) - before[index]
                lines += [
                    ("\(name): VmRSS", Self.status(identifier, "VmRSS:"), "MiB"),
                    ("\(name): proportional set size", Self.rollup(identifier, "Pss:"), "MiB"),
                    ("\(name): of that anonymous memory", Self.rollup(identifier, "Pss_Anon:"), "MiB"),
                    ("\(name): threads", Self.status(identifier, "Threads:") * 1024, ""),
                    ("\(name): CPU time", used, "s"),
                    ("\(name): share of one core", used / Double(seconds) * 100, "%"),
                ]
            }
        }
        for (name, value, unit) in lines { report.add(name, value, unit: unit) }
    }

    /// User and system time so far; the kernel counts it in ticks of 10 ms.
    private static func cpuSeconds(_ identifier: Int32) -> Double {
        let fields = Machine.text("/proc/\(identifier)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return .nan }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func status(_ identifier: Int32, _ name: String) -> Double {
        mebibytes(Machine.text("/proc/\(identifier)/status"), name)
    }

    private static func rollup(_ identifier: Int32, _ name: String) -> Double {
        mebibytes(Machine.text("/proc/\(identifier)/smaps_rollup"), name)
    }

    private static func mebibytes(_ text: String, _ name: String) -> Double {
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
        return (line.split { $0 == " " || $0 == "\t" }.compactMap { Double($0) }.first ?? .nan) / 1024
    }
}
