// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import Foundation

/// What a server with one agent and a hundred definitions, and that agent, hold while nothing happens, and the CPU
/// time they use in 30 seconds.
enum Idle {
    static func measure(executable: String) async throws {
        let plane = try await Plane(executable: executable, runtime: "process")
        for number in 0..<100 {
            var container = ContainerDefinition(name: "main", image: "busybox:latest")
            container.memory = 16
            _ = try await plane.call(
                ECS.RegisterTaskDefinitionRequest(family: "family-\(number)", containerDefinitions: [container]))
        }
        try await Task.sleep(for: .seconds(10))
        let processes = [("server", plane.server.processIdentifier), ("agent", plane.agent.processIdentifier)]
        let before = processes.map { ticks($0.1) }
        try await Task.sleep(for: .seconds(30))
        for (index, (name, identifier)) in processes.enumerated() {
            let used = Double(ticks(identifier) - before[index]) / Double(sysconf(Int32(_SC_CLK_TCK)))
            print(
                "idle \(name): resident \(memory(identifier, "Rss")) MiB, proportional \(memory(identifier, "Pss")) MiB, "
                    + "CPU \(String(format: "%.2f", used)) s in 30 s (\(String(format: "%.2f", used / 30 * 100)) % of a core)"
            )
        }
        await plane.end()
    }

    private static func ticks(_ identifier: Int32) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8)) ?? ""
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12 else { return 0 }
        return (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0)
    }

    private static func memory(_ identifier: Int32, _ name: String) -> String {
        let text = (try? String(contentsOfFile: "/proc/\(identifier)/smaps_rollup", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
        let kibibytes = line.split(separator: " ").compactMap { Double($0) }.first ?? 0
        return String(format: "%.1f", kibibytes / 1024)
    }
}
