// SPDX-License-Identifier: Apache-2.0

import DryportTransport
import Testing

extension TransportConformance.Run {
    private struct Expected: Error {}

    private func opened() {
        Issue.record("the session was opened")
    }

    func echoesMessagesInOrder() async throws {
        try await transport.withSession(session("echo")) { session in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for index in 0..<1000 { try await session.send("message \(index) ✓") }
                }
                var received = 0
                for try await message in session.messages {
                    #expect(message == "message \(received) ✓")
                    received += 1
                    if received == 1000 { break }
                }
                #expect(received == 1000)
                try await group.waitForAll()
            }
        }
    }

    /// What ACS's parameters look like (`ecs-agent.md` §4.1), and worse.
    func passesParameters() async throws {
        let parameters = [
            "containerInstanceArn": "arn:aws:ecs:us-east-1:123456789012:container-instance/default/0123",
            "dockerVersion": "DockerVersion: 20.10+x", "empty": "", "worse": "a=b&c%2F?#~ü✓",
        ]
        let expected = parameters.merging(["behaviour": "parameters"]) { $1 }.map { "\($0)=\($1)" }.sorted()
        let received = try await transport.withSession(session("parameters", parameters)) { session in
            var received: [String] = []
            for try await message in session.messages {
                received.append(message)
                if received.count == expected.count { break }
            }
            return received
        }
        #expect(received.sorted() == expected)
    }

    func carriesLargeMessages() async throws {
        let large = String(repeating: "0123456789abcdé", count: 65536)
        try await transport.withSession(session("echo")) { session in
            var messages = session.messages.makeAsyncIterator()
            for message in [large, "", "small", large] {
                try await session.send(message)
                let echo = try await messages.next()
                #expect(echo == message, "an echo of \(echo?.utf8.count ?? -1) bytes")
            }
        }
    }

    /// Nothing is lost or reordered when the peer sends faster than the messages are taken.
    func receivesAFlood() async throws {
        let id = "flood"
        try await transport.withSession(session("flood", ["id": id])) { session in
            var received = 0
            for try await message in session.messages {
                if message != TransportConformanceService.floodMessage(received) {
                    Issue.record("message \(received) is another one: \(message.prefix(20))")
                    return
                }
                received += 1
                if received.isMultiple(of: 100) { await Task.yield() }
                if received == 1000 { break }
            }
            #expect(received == 1000)
        }
        #expect(await service.ending(of: id) == 1000)
    }

    func reportsRefusals() async {
        let error = await expect(.refused) {
            try await transport.withSession(session("refuse")) { _ in opened() }
        }
        #expect(error?.response?.status == 403)
        let body = (error?.response?.body).map { String(decoding: $0, as: UTF8.self) }
        #expect(body == TransportConformanceService.refusalBody)
    }

    func endsQuietlyWhenThePeerLeaves() async throws {
        for code in ["1000", "1001"] {
            try await transport.withSession(session("close", ["code": code])) { session in
                for try await message in session.messages { Issue.record("unexpected message \(message)") }
                await expect(.closed) { try await session.send("too late") }
            }
        }
    }

    func throwsThePeersCode() async throws {
        for code: UInt16 in [1011, 4001] {
            try await transport.withSession(session("close", ["code": "\(code)"])) { session in
                let error = await expect(.closed) { for try await _ in session.messages {} }
                #expect(error?.closeCode == code)
                let second = await expect(.closed) { try await session.send("too late") }
                #expect(second?.closeCode == code)
            }
        }
    }

    func sendsItsOwnCode() async throws {
        for code: UInt16 in [1000, 1001, 4001] {
            let id = "own-\(code)"
            try await transport.withSession(session("echo", ["id": id])) { session in
                var messages = session.messages.makeAsyncIterator()
                try await session.send("hello")
                #expect(try await messages.next() == "hello")
                await session.close(code: code, reason: "enough")
                #expect(try await messages.next() == nil)
                await expect(.closed) { try await session.send("too late") }
            }
            #expect(await service.ending(of: id) == code)
        }
    }

    func closesAfterTheBody() async throws {
        let result = try await transport.withSession(session("echo", ["id": "body"])) { session in
            try await session.send("unread")
            return "the body's result"
        }
        #expect(result == "the body's result")
        #expect(await service.ending(of: "body") == 1000)
    }

    func closesAfterAnError() async {
        await #expect(throws: Expected.self) {
            try await transport.withSession(session("echo", ["id": "error"])) { _ in throw Expected() }
        }
        #expect(await service.ending(of: "error") == 1000)
    }

    func noticesABrokenConnection() async throws {
        try await transport.withSession(session("abort")) { session in
            var messages = session.messages.makeAsyncIterator()
            #expect(try await messages.next() == "last words")
            try await session.send("go")
            do {
                let message = try await messages.next()
                Issue.record("\(message ?? "the end") instead of an error")
            } catch let error as TransportError {
                #expect(error.code == .closed)
                #expect(error.closeCode == 1006)
            }
        }
    }

    func closesOnCancellation() async {
        let (started, continuation) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await transport.withSession(session("echo", ["id": "cancelled"])) { session in
                continuation.finish()
                for try await _ in session.messages {}
                try Task.checkCancellation()
            }
        }
        for await _ in started {}
        task.cancel()
        let result = await task.result
        #expect(throws: (any Error).self) { try result.get() }
        let code = await service.ending(of: "cancelled")
        #expect([1000, 1001].contains(code), "the server saw \(code)")
    }

    func reportsUnreachableSessions() async {
        await expect(.unreachable) {
            try await fixture.unreachable.withSession(
                session("echo", at: fixture.unreachableSessionEndpoint)
            ) { _ in opened() }
        }
    }
}
