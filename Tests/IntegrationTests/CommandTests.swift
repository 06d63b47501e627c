// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The command line as a newcomer meets it.
@Suite(.serialized) struct CommandTests {
    private func run(_ arguments: String...) async throws -> (status: Int32, output: String, errors: String) {
        let process = try Executable(arguments)
        let status = try await process.wait(seconds: 60)
        return (status, process.output, process.errors)
    }

    private func file(_ text: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "dryport-\(UUID().uuidString).json")
        try Data(text.utf8).write(to: path)
        return path.path(percentEncoded: false)
    }

    private func definition(_ script: String, extra: String = "") -> String {
        """
        {"family":"t","containerDefinitions":[{"name":"main","image":"busybox:latest","memory":64,\
        "entryPoint":["sh","-c"],"command":["\(script)"]}]\(extra)}
        """
    }

    @Test(arguments: Engines.available)
    func runEndsWithTheContainersExitCode(runtime: String) async throws {
        let path = try file(definition("echo to-output; echo to-errors >&2; exit 42"))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let result = try await run("run", path, "--runtime", runtime)
        #expect(result.status == 42, "\(result.errors)\(result.output)")
        #expect(result.output.contains("main | to-output"))
        #expect(result.output.contains("main | to-errors"))
        #expect(result.output.contains("RUNNING") && result.output.contains("STOPPED"))
    }

    @Test func runPrintsJSONOnRequest() async throws {
        let path = try file(definition("echo hi"))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let result = try await run("run", path, "--runtime", "process", "--output", "json")
        #expect(result.status == 0, "\(result.errors)")
        let lines = try result.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(lines.contains { $0["event"] as? String == "output" && $0["text"] as? String == "hi" })
        #expect(lines.last?["event"] as? String == "finished")
        #expect(lines.last?["exitCode"] as? Int == 0)
    }

    @Test func runStopsATaskAfterItsTimeout() async throws {
        let path = try file(definition("sleep 600"))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let result = try await run("run", path, "--runtime", "process", "--timeout", "1s")
        #expect(result.status == 124, "\(result.errors)\(result.output)")
    }

    @Test func interruptionStopsTheTask() async throws {
        let marker = UUID().uuidString
        let path = try file(definition("echo begun; sleep 600 # \(marker)"))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let process = try Executable(["run", path, "--runtime", "process"])
        _ = try await eventually("output") { process.output.contains("main | begun") ? true : nil }
        process.signal(SIGINT)
        #expect(try await process.wait() == 130, "\(process.errors)\(process.output)")
        let commands = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name -> String? in
            guard Int(name) != nil else { return nil }
            return try? String(contentsOfFile: "/proc/\(name)/cmdline", encoding: .utf8)
        }
        #expect(!commands.contains { $0.contains(marker) }, "a process of the task is left")
    }

    @Test func mistakesAreOneLineWithTheirPlace() async throws {
        let missing = try await run("run", "/nonexistent/task.json")
        #expect(missing.status == 64)
        #expect(missing.errors.contains("/nonexistent/task.json: the file cannot be read: no such file or directory"))

        let broken = try file(#"{"family":"t","containerDefinitions":[{"name":"a","image":"b","cpu":"many"}]}"#)
        defer { try? FileManager.default.removeItem(atPath: broken) }
        let wrongType = try await run("run", broken)
        #expect(wrongType.status == 64)
        #expect(wrongType.errors.contains("\(broken): containerDefinitions[0].cpu"), "\(wrongType.errors)")

        let invalid = try file(
            definition("true", extra: #","networkMode":"awsvpc","requiresCompatibilities":["EXTERNAL"]"#))
        defer { try? FileManager.default.removeItem(atPath: invalid) }
        let refused = try await run("run", invalid)
        #expect(refused.status == 64)
        #expect(refused.errors.contains("\(invalid): networkMode"), "\(refused.errors)")

        #expect(try await run("run", broken, "--runtime", "quantum").status == 64)
        #expect(try await run("server", "--listen", "nowhere").status == 64)
        #expect(try await run("frobnicate").status == 64)
    }

    @Test func theAgentSaysWhatItNeeds() async throws {
        let data = FileManager.default.temporaryDirectory.appending(path: "dryport-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: data) }
        let result = try await run(
            "agent", "--data", data.path(percentEncoded: false), "--endpoint", "http://127.0.0.1:9", "--runtime",
            "process")
        #expect(result.status == 1)
        #expect(result.errors.contains("--activation-id"), "\(result.errors)")
    }

    @Test func versionAndHelp() async throws {
        #expect(try await run("version").output.hasPrefix("dryport "))
        #expect(try await run("version", "--output", "json").output.contains(#""version""#))
        for command in ["run", "dev", "server", "agent"] {
            #expect(try await run(command, "--help").output.contains("USAGE: dryport \(command)"))
        }
    }
}
