// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import Foundation
import Testing

/// `dryport validate` as its users meet it.
@Suite struct ValidateCommandTests {
    private func run(_ arguments: String...) async throws -> (status: Int32, output: String, errors: String) {
        let process = try Executable(["validate"] + arguments)
        let status = try await process.wait(seconds: 60)
        return (status, process.output, process.errors)
    }

    private static let repository = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func path(_ name: String) -> String {
        Self.repository.appending(path: name).path(percentEncoded: false)
    }

    /// Writes files for the time of a test; they are named by their order.
    private func withFiles(_ texts: String..., body: ([String]) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "dryport-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        let files = try texts.enumerated().map { index, text in
            let file = directory.appending(path: "\(index).json")
            try Data(text.utf8).write(to: file)
            return file.path(percentEncoded: false)
        }
        try await body(files)
    }

    private func reports(_ text: String) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    private func findings(_ report: [String: Any], _ kind: String = "violations") -> [String] {
        (report[kind] as? [[String: String]] ?? []).map { "\($0["path"] ?? "?") \($0["rule"] ?? "?")" }
    }

    private let valid = #"{"family": "f", "containerDefinitions": [{"name": "a", "image": "i", "memory": 64}]}"#
    private let broken = """
        {"family": "f", "networkMode": "awsvpc",
         "placementConstraints": [{"type": "memberOf", "expression": "attribute:zone =="}],
         "containerDefinitions": [{"name": "a", "image": "i", "healthCheck": {"command": ["CMD", "x"], "interval": 1}}]}
        """
    private let mistyped = """
        {"family": "f", "containerDefinitions": [{"name": "a", "image": "i", "memory": 8, "memoryReservations": 4,
         "startTimeout": null, "bogus": null, "dockerLabels": {"any": "label"}}], "moon": {"phase": 1}}
        """

    @Test func examplesAreValid() async throws {
        let files = [path("Examples/task-definitions/hello.json"), path("Examples/task-definitions/web.json")]
        let result = try await run("--strict", files[0], files[1])
        #expect(
            result.output == """
                \(files[0]): ok (family: hello, compatibilities: EXTERNAL, EC2)
                \(files[1]): ok (family: web, compatibilities: EXTERNAL, EC2)

                """)
        #expect(result.status == 0 && result.errors.isEmpty)
    }

    @Test func eachViolationIsALineWithItsPlaceAndRule() async throws {
        try await withFiles(broken) { files in
            let result = try await run(files[0])
            let memory = "At least one of 'memory' or 'memoryReservation' must be specified."
            #expect(
                result.output == """
                    \(files[0]): networkMode: Invalid setting for task. \
                    'networkMode' awsvpc is not supported by launch type EXTERNAL. [launch-type]
                    \(files[0]): containerDefinitions[0].memory: Invalid setting for container 'a'. \(memory) \
                    [memory-required]
                    \(files[0]): containerDefinitions[0].healthCheck.interval: Invalid setting for container 'a'. \
                    'healthCheck.interval' is 1, but must be 5 to 300. [range]
                    \(files[0]): placementConstraints[0].expression: Invalid 'placementConstraints[0].expression' \
                    setting for task: expected a value after `==` at column 18, found the end of the query. [expression]

                    """)
            #expect(result.status == 1 && result.errors.isEmpty)
        }
    }

    @Test func jsonHasWhatTheTextHasAndWhatIsComputed() async throws {
        try await withFiles(broken, valid) { files in
            let result = try await run("--output", "json", files[0], files[1])
            #expect(result.status == 1 && result.errors.isEmpty)
            let reports = try reports(result.output)
            #expect(reports.map { $0["file"] as? String } == files)
            #expect(reports.map { $0["valid"] as? Bool } == [false, true])
            #expect(
                findings(reports[0]) == [
                    "networkMode launch-type", "containerDefinitions[0].memory memory-required",
                    "containerDefinitions[0].healthCheck.interval range",
                    "placementConstraints[0].expression expression",
                ])
            #expect(findings(reports[1]).isEmpty && findings(reports[1], "warnings").isEmpty)
            #expect(reports[1]["compatibilities"] as? [String] == ["EXTERNAL", "EC2"])
            let attributes = reports[1]["requiresAttributes"] as? [[String: String]]
            #expect(attributes == [["name": "com.amazonaws.ecs.capability.docker-remote-api.1.17"]])
        }
    }

    @Test func unknownMembersAreWarningsUnlessStrict() async throws {
        try await withFiles(mistyped) { files in
            let lenient = try await run(files[0])
            #expect(lenient.status == 0)
            #expect(
                lenient.output == """
                    \(files[0]): warning: containerDefinitions[0].memoryReservations: The API has no such member. \
                    [unknown-member]
                    \(files[0]): warning: moon: The API has no such member. [unknown-member]
                    \(files[0]): ok (family: f, compatibilities: EXTERNAL, EC2)

                    """)
            let strict = try await run("--strict", "--output", "json", files[0])
            #expect(strict.status == 1)
            let report = try #require(try reports(strict.output).first)
            let expected = ["containerDefinitions[0].memoryReservations unknown-member", "moon unknown-member"]
            #expect(findings(report) == expected)
            #expect(report["valid"] as? Bool == false)
        }
    }

    /// What `aws ecs describe-task-definition` prints, and what its `taskDefinition` alone looks like.
    @Test func descriptionsAreDefinitionsToo() async throws {
        let description =
            valid.dropLast() + """
                , "taskDefinitionArn": "arn", "revision": 3, "status": "ACTIVE",
                 "registeredAt": "2026-01-02T03:04:05+00:00", "registeredBy": "arn", "requiresAttributes": [{"name": "x"}],
                 "compatibilities": ["EC2"], "volumes": []}
                """
        try await withFiles(#"{"taskDefinition": \#(description), "tags": [{"key": "aws:k"}]}"#, String(description)) {
            let result = try await run("--strict", $0[0], $0[1])
            #expect(
                result.output == """
                    \($0[0]): tags[0].key: Invalid setting for task. 'tags[0].key' must not begin with 'aws:'. [format]
                    \($0[1]): ok (family: f, compatibilities: EXTERNAL, EC2)

                    """)
            #expect(result.status == 1)
        }
    }

    /// `EC2` is what the author asks for; `EXTERNAL` is what is asked for if there is no word of it.
    @Test(arguments: [(#"["EC2"]"#, 0), (#"["EC2", "EXTERNAL"]"#, 1), ("[]", 1), ("null", 1)])
    func launchTypesAreExternalUnlessSaid(launchTypes: String, status: Int32) async throws {
        let members = #", "networkMode": "awsvpc", "requiresCompatibilities": \#(launchTypes)}"#
        try await withFiles(valid.dropLast() + members) { files in
            let result = try await run(files[0])
            #expect(result.status == status)
        }
    }

    @Test func whatCannotBeReadDoesNotStopTheOthers() async throws {
        try await withFiles("{\"family\": \"f\",\n \"cpu\" 1}", #"{"family": "f", "family": "g"}"#, valid) { files in
            let result = try await run(files[0], "/nonexistent.json", files[1], files[2])
            #expect(result.status == 64)
            #expect(result.output == "\(files[2]): ok (family: f, compatibilities: EXTERNAL, EC2)\n")
            #expect(
                result.errors == """
                    dryport: \(files[0]): line 2, column 8: expected a colon, found '1'
                    dryport: /nonexistent.json: the file cannot be read: no such file or directory
                    dryport: \(files[1]): line 1, column 17: "family" is given twice

                    """)
            let json = try await run("--output", "json", files[0], "/nonexistent.json", files[2])
            #expect(json.status == 64 && json.errors.isEmpty)
            let reports = try reports(json.output)
            #expect(reports.map { findings($0) } == [[" json"], [" file"], []])
            #expect(reports.map { $0["valid"] as? Bool } == [false, false, true])
        }
    }

    @Test(
        arguments: [
            (
                #"{"family": "f", "containerDefinitions": [{"name": "a", "memory": "64"}]}"#,
                "containerDefinitions[0].memory: expected a number"
            ),
            (#"{"taskDefinition": {"family": 1}}"#, "family: expected a string"),
            ("[]", "expected an object"),
        ])
    func otherTypesAreViolations(text: String, message: String) async throws {
        try await withFiles(text) { files in
            let result = try await run(files[0])
            #expect(result.output == "\(files[0]): \(message) [type]\n")
            #expect(result.status == 1 && result.errors.isEmpty)
        }
    }

    @Test func standardInputIsRead() async throws {
        try await withFiles(valid) { files in
            let process = try Executable(
                ["-c", "cat '\(files[0])' | '\(Executable.path)' validate -"], program: "/bin/sh")
            #expect(try await process.wait() == 0)
            #expect(process.output == "standard input: ok (family: f, compatibilities: EXTERNAL, EC2)\n")
        }
        let nothing = try await run("-")
        #expect(nothing.status == 64 && nothing.errors.contains("standard input: line 1, column 1: expected a value"))
    }

    @Test func argumentsAreChecked() async throws {
        #expect(try await run().status == 64)
        #expect(try await run("--output", "xml", "a.json").status == 64)
        let help = try await run("--help")
        #expect(help.status == 0 && help.output.contains("launch type EXTERNAL"))
    }

    /// Names from a file must not rewrite what a terminal shows.
    @Test func aLineStaysALine() async throws {
        try await withFiles(valid.dropLast() + #", "a\n\u001b[2Kb": 1}"#) { files in
            let result = try await run(files[0])
            #expect(result.output.split(separator: "\n").count == 2)
            #expect(!result.output.contains("\u{1B}"))
        }
    }

    /// Every member of the API reaches registration, and comes back from it, through the request's shape.
    @Test func requestsHaveEveryMember() async throws {
        let source = try String(contentsOfFile: path("Tests/DryportModelTests/EveryMember.swift"), encoding: .utf8)
        let text = try #require(source.components(separatedBy: "\"\"\"").dropFirst().first)
        var members = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        for computed in [
            "taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt",
            "registeredBy", "deregisteredAt", "deleteRequestedAt",
        ] {
            #expect(members.removeValue(forKey: computed) != nil)
        }
        members["tags"] = [["key": "key", "value": "value"]]
        let json = try JSONSerialization.data(withJSONObject: members)
        let request = try JSONCoding.decode(ECS.RegisterTaskDefinitionRequest.self, from: Array(json))
        let encoded = try JSONSerialization.jsonObject(with: Data(try JSONCoding.encode(request)))
        #expect(encoded as? NSDictionary == members as NSDictionary)

        // The definition made of the request loses nothing but the tags, which registration keeps beside it.
        members["tags"] = nil
        members["revision"] = 0
        let definition = try JSONSerialization.jsonObject(with: Data(try JSONCoding.encode(request.taskDefinition)))
        #expect(definition as? NSDictionary == members as NSDictionary)

        try await withFiles(String(decoding: json, as: UTF8.self)) { files in
            let report = try #require(try reports(try await run("--output", "json", files[0]).output).first)
            #expect(findings(report, "warnings").isEmpty)
        }
    }
}
