// SPDX-License-Identifier: Apache-2.0

import DryportControlPlane
import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel
import DryportServer
import Foundation
import Synchronization
import Testing

/// Where events go outside of the process: files, webhooks, and what carries them there.
@Suite(.timeLimit(.minutes(10))) struct EventDestinationTests {
    private let scope = AccountScope()

    private func withDirectory(_ body: (URL) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "dryport-events-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        try await body(directory)
    }

    private func lines(_ url: URL) throws -> [String] {
        try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    // MARK: Files

    @Test func filesGetALineForEachEvent() async throws {
        try await withDirectory { directory in
            let url = directory.appending(path: "events")
            try Data("{\"before\":1}\n".utf8).write(to: url)
            let file = EventFile(path: url.path(percentEncoded: false))
            for event in ["{\"a\":1}", "{\"b\":2}"] { try await file.take(Array(event.utf8)) }
            #expect(try lines(url) == ["{\"before\":1}", "{\"a\":1}", "{\"b\":2}"])
        }
    }

    @Test func filesArePrivateAndMayBeRotated() async throws {
        try await withDirectory { directory in
            let url = directory.appending(path: "events")
            let path = url.path(percentEncoded: false)
            let file = EventFile(path: path)
            try file.open()
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            try await file.take(Array("1".utf8))
            try FileManager.default.moveItem(at: url, to: directory.appending(path: "events.1"))
            try await file.take(Array("2".utf8))
            #expect(try lines(directory.appending(path: "events.1")) == ["1"])
            #expect(try lines(url) == ["2"])
        }
    }

    @Test func aPathThatCannotBeWrittenIsSaidAtOnce() async throws {
        try await withDirectory { directory in
            let path = directory.appending(path: "missing/events").path(percentEncoded: false)
            let error = #expect(throws: EventDestinationError.self) { try EventFile(path: path).open() }
            #expect(error?.isRetryable == true)
            #expect(error?.message.contains(path) == true)
        }
    }

    // MARK: Webhooks

    @Test(
        arguments: [
            (200, nil), (204, nil), (400, false), (404, false), (408, true), (429, true), (500, true), (503, true),
        ] as [(Int, Bool?)])
    func webhooksUnderstandTheStatus(_ status: Int, _ isRetryable: Bool?) async throws {
        let peer = WebhookPeer(status: status)
        try await peer.run { url in
            let webhook = EventWebhook(url: url + "/hook")
            guard let isRetryable else {
                return try await webhook.take(Array("{\"a\":1}".utf8))
            }
            let error = await #expect(throws: EventDestinationError.self) {
                try await webhook.take(Array("{\"a\":1}".utf8))
            }
            #expect(error?.isRetryable == isRetryable)
            #expect(error?.message.contains("\(status)") == true)
        }
        let request = try #require(peer.requests.first)
        #expect(request.hasPrefix("POST /hook HTTP/1.1\r\n"))
        #expect(request.lowercased().contains("content-type: application/json\r\n"))
        #expect(request.hasSuffix("\r\n\r\n{\"a\":1}"))
    }

    @Test func aWebhookThatIsAwayIsTriedAgain() async throws {
        // Nobody listens at tcpmux.
        let error = await #expect(throws: EventDestinationError.self) {
            try await EventWebhook(url: "http://127.0.0.1:1").take([])
        }
        #expect(error?.isRetryable == true)
    }

    // MARK: Forwarding

    @Test func whatFailsIsTriedAgainAndWhatIsRefusedSkipped() async throws {
        let destination = ScriptedDestination([
            EventDestinationError(isRetryable: true, message: "away"), nil,
            EventDestinationError(isRetryable: false, message: "no"), nil,
        ])
        try await withTestPlane { plane in
            let events = plane.controlPlane.events()
            let forwarder = EventForwarder(events: events, to: destination, scope: scope, logger: TestPlane.silent)
            var arns: [String] = []
            for _ in 0..<3 { arns.append(try await register(plane)) }
            let carrying = Task { try await forwarder.run() }
            let seen = await destination.first(4)
            carrying.cancel()
            #expect(try seen.map(resource) == [arns[0], arns[0], arns[1], arns[2]])
        }
    }

    @Test func whatIsLostIsSaidInItsPlace() async throws {
        let destination = ScriptedDestination([])
        try await withTestPlane { plane in
            let events = plane.controlPlane.events(capacity: 2)
            var arns: [String] = []
            for _ in 0..<5 { arns.append(try await register(plane)) }
            let forwarder = EventForwarder(events: events, to: destination, scope: scope, logger: TestPlane.silent)
            let carrying = Task { try await forwarder.run() }
            let seen = await destination.first(3)
            carrying.cancel()
            let notice = try object(seen[0])
            #expect(notice["detail-type"] as? String == "Dryport Events Lost")
            #expect((notice["detail"] as? [String: Any])?["count"] as? Int == 3)
            #expect(notice["account"] as? String == scope.account)
            #expect(try seen.dropFirst().map(resource) == Array(arns[3...]))
        }
    }

    @Test func forwardingEndsWithTheControlPlane() async throws {
        let destination = ScriptedDestination([])
        var forwarder: EventForwarder?
        try await withTestPlane { plane in
            forwarder = EventForwarder(
                events: plane.controlPlane.events(), to: destination, scope: scope, logger: TestPlane.silent)
            _ = try await register(plane)
        }
        try await forwarder?.run()
        #expect(await destination.first(1).count == 1)
    }

    private func register(_ plane: TestPlane) async throws -> String {
        let answer = try await plane.controlPlane.perform(
            ECS.RegisterContainerInstanceRequest(),
            in: CallContext(principal: .administrator(accessKeyID: "AKIA"), endpoint: "http://localhost"))
        return try #require(answer.containerInstance?.containerInstanceArn)
    }

    private func object(_ event: [UInt8]) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(event)) as? [String: Any])
    }

    private func resource(_ event: [UInt8]) throws -> String? { (try object(event)["resources"] as? [String])?.first }
}

/// A destination that fails as it is told, and then takes everything.
private final class ScriptedDestination: EventDestination {
    private let script: Mutex<[EventDestinationError?]>
    private let taken = AsyncStream.makeStream(of: [UInt8].self)

    init(_ script: [EventDestinationError?]) { self.script = Mutex(script) }

    func take(_ event: [UInt8]) async throws(EventDestinationError) {
        taken.continuation.yield(event)
        let error = script.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if let error { throw error }
    }

    /// The first events that came, those included that were not taken.
    func first(_ count: Int) async -> [[UInt8]] {
        var events: [[UInt8]] = []
        for await event in taken.stream.prefix(count) { events.append(event) }
        return events
    }
}
