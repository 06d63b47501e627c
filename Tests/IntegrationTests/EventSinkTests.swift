// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import Foundation
import Testing

/// What `dryport server` does with `--event-file` and `--event-webhook`.
@Suite struct EventSinkTests {
    @Test func eventsReachTheFileAndSurviveTheEnd() async throws {
        try await Installation.with { directory in
            ["--event-file", directory.appending(path: "events").path(percentEncoded: false)]
        } _: { installation in
            let answer = try await installation.call(ECS.RegisterContainerInstanceRequest())
            let arn = try #require(answer.containerInstance?.containerInstanceArn)
            installation.server.signal(SIGTERM)
            #expect(try await installation.server.wait(seconds: 20) == 0, "\(installation.server.errors)")
            let text = try String(contentsOf: installation.directory.appending(path: "events"), encoding: .utf8)
            let events = try text.split(separator: "\n").map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
            #expect(events.contains { ($0["resources"] as? [String]) == [arn] }, "\(text)")
            #expect(events.allSatisfy { $0["source"] as? String == "aws.ecs" }, "\(text)")
        }
    }

    /// A webhook that is away holds up neither calls nor the end.
    @Test func aWebhookThatIsAwayHoldsUpNothing() async throws {
        try await Installation.with { _ in
            ["--event-webhook", "http://127.0.0.1:1/hook"]
        } _: { installation in
            for _ in 0..<3 { _ = try await installation.call(ECS.RegisterContainerInstanceRequest()) }
            _ = try await eventually("a complaint") {
                installation.server.errors.contains("an event could not be delivered") ? true : nil
            }
            let start = ContinuousClock.now
            installation.server.signal(SIGTERM)
            #expect(try await installation.server.wait(seconds: 20) == 0, "\(installation.server.errors)")
            #expect(ContinuousClock.now - start < .seconds(10))
        }
    }

    @Test(arguments: [
        (["--event-file", "/missing/events"], "--event-file"), (["--event-webhook", "ftp://x"], "--event-webhook"),
    ])
    func whatCannotBeUsedIsSaid(_ options: [String], _ word: String) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "dryport-test-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let data = directory.path(percentEncoded: false)
        let server = try Executable(["server", "--data", data, "--listen", "127.0.0.1:0"] + options)
        #expect(try await server.wait(seconds: 20) == 64)
        #expect(server.errors.contains(word), "\(server.errors)")
    }
}
