// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `dryport placement` as its users meet it.
@Suite(.serialized) struct PlacementCommandTests {
    private func run(
        _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: String, errors: String) {
        let process = try Executable(["placement"] + arguments, environment: environment)
        let status = try await process.wait(seconds: 60)
        return (status, process.output, process.errors)
    }

    private func example(_ name: String) -> String {
        URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Examples/placement/\(name)").path(percentEncoded: false)
    }

    private func temporary(_ text: String? = nil, type: String = "json") throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "dryport-\(UUID().uuidString).\(type)")
        if let text { try Data(text.utf8).write(to: path) }
        return path.path(percentEncoded: false)
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private let fits = """
        {"name": "fits", "cluster": {"instances": [{"id": "i{index}", "count": 2, "cpu": 1024, "memory": 1024}]},
         "workload": [{"name": "web", "count": 4, "service": "web", "cpu": 256, "memory": 256}]}
        """

    @Test func simulateEndsWithWhetherAllWasPlaced() async throws {
        let file = try temporary(fits)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let all = try await run(["simulate", file])
        #expect(all.status == 0, "\(all.errors)")
        #expect(all.output.hasPrefix("fits: the tasks' own strategies\n"))
        #expect(all.output.contains("4 of 4 placed"))

        let some = try await run(["simulate", example("edge-sites.json"), "--policy", "own"])
        #expect(some.status == 1, "\(some.errors)")
        #expect(some.output.contains("4 not placed") && some.output.contains("→ oslo-1 needs 1 more GPU"))
        #expect(some.errors.isEmpty)
    }

    @Test func policiesAreChosenByNameOrWritten() async throws {
        let file = example("edge-sites.json")
        let arguments = ["simulate", file, "--output", "json"]
        func policies(_ more: [String]) async throws -> [String] {
            let result = try await run(arguments + more)
            let reports = try object(result.output)["reports"] as? [[String: Any]] ?? []
            return reports.compactMap { $0["policy"] as? String }
        }
        #expect(try await policies([]) == ["spread-sites", "pack-memory"])
        #expect(try await policies(["--policy", "own", "--policy", "pack-memory"]) == ["own", "pack-memory"])
        #expect(try await policies(["--policy", "binpack(cpu)"]) == ["binpack(cpu)"])
        let unknown = try await run(["simulate", file, "--policy", "pack"])
        #expect(unknown.status == 64)
        #expect(unknown.errors.contains("nor is it one of own, spread-sites, pack-memory"), "\(unknown.errors)")
    }

    @Test func compareShowsThePoliciesSideBySide() async throws {
        let both = try await run(["simulate", example("edge-sites.json"), "--compare"])
        #expect(both.status == 1)
        let header = both.output.split(separator: "\n")[1]
        #expect(header.contains("spread-sites") && header.contains("pack-memory"), "\(both.output)")
        let single = try await run(["simulate", example("mixed-500.json"), "--compare", "--policy", "pack"])
        let columns = single.output.split(separator: "\n")[1].split(separator: " ")
        #expect(columns == ["own", "pack"], "\(single.output)")
        let file = try temporary(fits)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let none = try await run(["simulate", file, "--compare"])
        #expect(none.status == 64 && none.errors.contains("has no policies to compare"), "\(none.errors)")
    }

    @Test func jsonIsTheReportAndTheSeedDecidesIt() async throws {
        let file = try temporary(
            """
            {"cluster": {"instances": [{"id": "i{index}", "count": 40, "cpu": 1024, "memory": 1024}]},
             "workload": [{"name": "t", "count": 100, "cpu": 1}]}
            """)
        defer { try? FileManager.default.removeItem(atPath: file) }
        func instances(_ seed: String) async throws -> [[String: Any]] {
            let result = try await run(["simulate", file, "--seed", seed, "--output", "json"])
            #expect(result.status == 0, "\(result.errors)")
            let report = try #require((try object(result.output)["reports"] as? [[String: Any]])?.first)
            #expect(report["placedCount"] as? Int == 100)
            #expect((report["seconds"] as? Double ?? 0) > 0)
            return report["instances"] as? [[String: Any]] ?? []
        }
        let first = try await instances("1") as NSArray
        #expect(first.count == 40)
        #expect(try await instances("1") as NSArray == first)
        #expect(try await instances("2") as NSArray != first)
    }

    @Test func thePictureIsWritten() async throws {
        let picture = try temporary(type: "svg")
        defer { try? FileManager.default.removeItem(atPath: picture) }
        let result = try await run(["simulate", example("uniform-10000.json"), "--policy", "own", "--svg", picture])
        #expect(result.status == 0, "\(result.errors)")
        let text = try String(contentsOfFile: picture, encoding: .utf8)
        #expect(text.hasPrefix("<svg ") && text.hasSuffix("</svg>\n"))
        let nowhere = try await run(["simulate", example("edge-sites.json"), "--svg", "/nonexistent/a.svg"])
        #expect(nowhere.status == 64)
        #expect(nowhere.errors.contains("--svg /nonexistent/a.svg: the file cannot be written"), "\(nowhere.errors)")
    }

    @Test func explainSaysHowATaskFares() async throws {
        let file = example("edge-sites.json")
        let all = try await run(["explain", file])
        #expect(all.status == 0, "\(all.errors)")
        #expect(all.output.contains("gateway: 10 tasks of 256 CPU units, 512 MiB, 8080/tcp"))
        let one = try await run(["explain", file, "--task", "firmware", "--output", "json"])
        let tasks = try #require(try object(one.output)["tasks"] as? [[String: Any]])
        let kind = try #require((tasks.first?["kinds"] as? [[String: Any]])?.first)
        #expect(tasks.count == 1 && tasks[0]["name"] as? String == "firmware")
        #expect((kind["standing"] as? [String: Any])?["fittingCount"] as? Int == 3)
        #expect((kind["inTurn"] as? [String: Any])?["fittingCount"] as? Int == 0)
        let unknown = try await run(["explain", file, "--task", "firmwar"])
        #expect(unknown.status == 64)
        #expect(unknown.errors.contains("there is no entry 'firmwar'; is it 'firmware'?"), "\(unknown.errors)")
    }

    @Test func mistakesAreOneLineWithTheirPlace() async throws {
        let broken = try temporary(fits.replacingOccurrences(of: "\"cpu\": 256", with: "\"cpu\": -256"))
        defer { try? FileManager.default.removeItem(atPath: broken) }
        for command in ["simulate", "explain"] {
            let result = try await run([command, broken])
            #expect(result.status == 64)
            #expect(
                result.errors
                    == "dryport: \(broken): workload[0].cpu: -256 is out of range; it must be 0 to 1099511627775\n")
            let missing = try await run([command, "/nonexistent.json"])
            #expect(missing.status == 64)
            #expect(missing.errors.contains("/nonexistent.json: the file cannot be read: no such file or directory"))
            // Standard input is empty here.
            let empty = try await run([command, "-"])
            #expect(
                empty.status == 64 && empty.errors.contains("standard input: line 1, column 1: expected a value"),
                "\(empty.errors)")
            #expect(try await run([command, "--help"]).output.contains("USAGE: dryport placement \(command)"))
        }
        let keyless = try await run(["export", "--endpoint", "http://127.0.0.1:9", "--data", "/nonexistent"])
        #expect(keyless.status == 64 && keyless.errors.contains("there is no access key"), "\(keyless.errors)")
        let key = ["AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "x"]
        let nobody = try await run(["export", "--endpoint", "http://127.0.0.1:9"], environment: key)
        #expect(nobody.status == 1 && nobody.errors.hasPrefix("dryport: ListContainerInstances: "), "\(nobody.errors)")
    }

    @Test func aLiveClusterIsExported() async throws {
        try await Installation.with { installation in
            try await installation.startAgent()
            try await installation.register("sleep 600")
            let task = try await installation.run()
            _ = try await installation.wait(task, for: "RUNNING")
            let credentials = installation.directory.appending(path: "server/credentials").path(percentEncoded: false)
            let exported = try await run(["export", "--endpoint", installation.url, "--credentials", credentials])
            #expect(exported.status == 0, "\(exported.errors)")

            var scenario = try object(exported.output)
            let cluster = try #require(scenario["cluster"] as? [String: Any])
            let instance = try #require((cluster["instances"] as? [[String: Any]])?.first)
            let tasks = try #require(cluster["tasks"] as? [[String: Any]])
            #expect((instance["attributes"] as? [String: Any])?["ecs.capability.external"] != nil)
            #expect(tasks.count == 1 && tasks[0]["group"] as? String == "family:script")
            #expect(tasks[0]["memory"] as? Int == 64)
            #expect(tasks[0]["instance"] as? String == instance["id"] as? String)

            // What is left of the memory fits, what was there before does not.
            let memory = try #require(instance["memory"] as? Int)
            scenario["workload"] = [
                ["name": "too much", "memory": memory - 63], ["name": "fits", "memory": memory - 64],
            ]
            let data = try JSONSerialization.data(withJSONObject: scenario)
            let file = try temporary(String(decoding: data, as: UTF8.self))
            defer { try? FileManager.default.removeItem(atPath: file) }
            let simulated = try await run(["simulate", file])
            #expect(simulated.status == 1, "\(simulated.errors)")
            #expect(simulated.output.contains("1 of 2 placed"), "\(simulated.output)")
            #expect(simulated.output.contains("needs 1 MiB more memory"), "\(simulated.output)")
        }
    }
}
