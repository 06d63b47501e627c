// SPDX-License-Identifier: Apache-2.0

import DryportWebSocket
import NIOCore
import NIOEmbedded
import Testing

@Suite struct WebSocketConnectionTests {
    private static let small = WebSocketConfiguration(maximumMessageSize: 1000)

    // MARK: Violations

    struct Violation: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var code: UInt16
        var testDescription: String { name }

        init(_ name: String, _ bytes: [UInt8], _ code: UInt16) {
            (self.name, self.bytes, self.code) = (name, bytes, code)
        }
    }

    static let violations = [
        Violation("unmasked", Wire.frame(0x81, [0x61], masked: false), 1002),
        Violation("reserved bit", Wire.frame(0xC1, [0x61]), 1002),
        Violation("reserved opcode", Wire.frame(0x83), 1002),
        Violation("reserved control opcode", Wire.frame(0x8B), 1002),
        Violation("continuation of nothing", Wire.frame(0x80), 1002),
        Violation("message within a message", Wire.frame(0x01, [0x61]) + Wire.frame(0x81, [0x61]), 1002),
        Violation("fragmented ping", Wire.frame(0x09), 1002),
        Violation("long ping", Wire.frame(0x89, Array(repeating: 0, count: 126)), 1002),
        Violation("not UTF-8", Wire.frame(0x81, [0xC3, 0x28]), 1007),
        Violation("UTF-8 cut short", Wire.frame(0x01, [0xC3]) + Wire.frame(0x80, []), 1007),
        Violation("binary", Wire.frame(0x82, [0xFF]), 1003),
        Violation("large frame", Wire.frame(0x81, Array(repeating: 0x61, count: 1001)), 1009),
        Violation(
            "large in fragments",
            Wire.frame(0x01, Array(repeating: 0x61, count: 600)) + Wire.frame(0x80, Array(repeating: 0x61, count: 401)),
            1009),
        Violation("close with half a code", Wire.frame(0x88, [0x03]), 1002),
        Violation("close with a forbidden code", Wire.close(1006), 1002),
        Violation("close with a code of nobody", Wire.close(999), 1002),
        Violation("close reason not UTF-8", Wire.frame(0x88, [0x03, 0xE8, 0xFF]), 1007),
    ]

    /// Each violation is answered by a close frame with its code, ends the messages, and closes the socket after the
    /// peer's answer or the timeout, whichever comes first.
    @Test(arguments: violations)
    func closesOnViolation(_ violation: Violation) async throws {
        let fixture = try await WebSocketFixture(role: .server, Self.small)
        try? await fixture.receive(violation.bytes)
        let sent = try await fixture.sent()
        #expect(sent.map(\.closeCode) == [violation.code])
        #expect(sent.allSatisfy { !$0.isMasked })
        #expect(await fixture.nextMessage() == nil)
        #expect(fixture.connection.closure?.code == violation.code)
        #expect(fixture.connection.closure?.origin == .violation)
        #expect(fixture.channel.isActive)
        try? await fixture.receive(Wire.text("more"))
        #expect(try await fixture.sent() == [])
        await fixture.channel.testingEventLoop.advanceTime(by: .seconds(3))
        await fixture.connection.waitUntilClosed()
    }

    @Test func clientRefusesMaskedFrames() async throws {
        let fixture = try await WebSocketFixture(role: .client)
        try await fixture.receive(Wire.text("masked"))
        let sent = try await fixture.sent()
        #expect(sent.map(\.closeCode) == [1002])
        #expect(sent.first?.isMasked == true)
    }

    // MARK: Messages

    @Test func reassemblesFragmentsAroundAPing() async throws {
        let fixture = try await WebSocketFixture(role: .server, Self.small)
        // "ü" is split between the first two fragments.
        try await fixture.receive(Wire.frame(0x01, [0x61, 0xC3]))
        try await fixture.receive(Wire.frame(0x89, [1, 2, 3]))
        try await fixture.receive(Wire.frame(0x00, [0xBC]) + Wire.frame(0x80, [0x62]) + Wire.text("next"))
        #expect(await fixture.nextMessage() == "aüb")
        #expect(await fixture.nextMessage() == "next")
        #expect(try await fixture.sent() == [RawFrame(opcode: 10, isMasked: false, payload: [1, 2, 3])])
    }

    @Test func acceptsLargestAndEmptyMessagesAndBinaryText() async throws {
        let fixture = try await WebSocketFixture(role: .server, Self.small)
        let largest = String(repeating: "a", count: 1000)
        try await fixture.receive(Wire.text(largest) + Wire.text("") + Wire.frame(0x82, Array("{}".utf8)))
        #expect(await fixture.nextMessage() == largest)
        #expect(await fixture.nextMessage() == "")
        #expect(await fixture.nextMessage() == "{}")
        #expect(fixture.connection.closure == nil)
    }

    /// A client masks with a key of its own for each frame; a server does not mask.
    @Test func masksByRole() async throws {
        let client = try await WebSocketFixture(role: .client)
        try await client.connection.send("hello")
        try await client.connection.ping()
        let sent = try await client.sent()
        #expect(sent.map(\.opcode) == [1, 9])
        #expect(sent.map(\.isMasked) == [true, true])
        #expect(sent.first?.text == "hello")
        let server = try await WebSocketFixture(role: .server)
        try await server.connection.send("hello")
        #expect(try await server.sent() == [RawFrame(opcode: 1, isMasked: false, payload: Array("hello".utf8))])
    }

    /// A consumer that is cancelled stops; the connection and what waits in it stay.
    @Test func cancellationLeavesTheConnectionOpen() async throws {
        let fixture = try await WebSocketFixture(role: .server)
        let connection = fixture.connection
        let consumer = Task {
            var iterator = connection.messages.makeAsyncIterator()
            return await iterator.next()
        }
        consumer.cancel()
        #expect(await consumer.value == nil)
        try await fixture.receive(Wire.text("still here"))
        #expect(await fixture.nextMessage() == "still here")
        #expect(connection.closure == nil)
    }

    /// Reads stop at the bound, and go on when half of it has been consumed.
    @Test func stopsReadingWhileTheConsumerLags() async throws {
        let configuration = WebSocketConfiguration(inboundBufferSize: 100)
        let fixture = try await WebSocketFixture(role: .server, configuration)
        func readsThrough() async -> Int {
            let before = fixture.reads.value
            fixture.channel.read()
            await fixture.channel.testingEventLoop.run()
            return fixture.reads.value - before
        }
        #expect(await readsThrough() == 1)
        for _ in 0..<4 { try await fixture.receive(Wire.text(String(repeating: "a", count: 25))) }
        #expect(await readsThrough() == 0)
        _ = await fixture.nextMessage()
        #expect(await readsThrough() == 0)
        let before = fixture.reads.value
        _ = await fixture.nextMessage()
        await fixture.channel.testingEventLoop.run()
        #expect(fixture.reads.value == before + 1)
        #expect(await readsThrough() == 1)
    }

    /// One message over the bound that arrives while the consumer waits must not leave reading stopped for ever.
    @Test func doesNotStopForAWaitingConsumer() async throws {
        let fixture = try await WebSocketFixture(role: .server, WebSocketConfiguration(inboundBufferSize: 1))
        for index in 0..<20 {
            try await fixture.receive(Wire.text("message \(index)"))
            #expect(await fixture.nextMessage() == "message \(index)")
            await fixture.channel.testingEventLoop.run()
            let before = fixture.reads.value
            fixture.channel.read()
            await fixture.channel.testingEventLoop.run()
            #expect(fixture.reads.value == before + 1)
        }
    }

    // MARK: Closing

    @Test(arguments: [1000, 1001, 1011, 3000, 4001] as [UInt16])
    func answersACloseWithItsCode(_ code: UInt16) async throws {
        let fixture = try await WebSocketFixture(role: .server)
        try await fixture.receive(Wire.text("last") + Wire.close(code, "bye"))
        #expect(
            try await fixture.sent() == [
                RawFrame(
                    opcode: 8, isMasked: false, payload: [UInt8(code >> 8), UInt8(code & 0xFF)])
            ])
        await fixture.connection.waitUntilClosed()
        #expect(await fixture.nextMessage() == "last")
        #expect(await fixture.nextMessage() == nil)
        #expect(fixture.connection.closure == WebSocketClosure(code: code, reason: "bye", origin: .peer))
        await #expect(throws: WebSocketClosedError.self) { try await fixture.connection.send("late") }
    }

    @Test func answersACloseWithoutCode() async throws {
        let fixture = try await WebSocketFixture(role: .server)
        try await fixture.receive(Wire.frame(0x88))
        #expect(try await fixture.sent() == [RawFrame(opcode: 8, isMasked: false, payload: [])])
        await fixture.connection.waitUntilClosed()
        #expect(fixture.connection.closure == WebSocketClosure(code: 1005, reason: "", origin: .peer))
    }

    @Test func closeWaitsForThePeersAnswer() async throws {
        let fixture = try await WebSocketFixture(role: .server)
        let connection = fixture.connection
        connection.startClosing(code: 4001, reason: String(repeating: "ä", count: 100))
        let sent = try await fixture.sent()
        #expect(sent.map(\.closeCode) == [4001])
        #expect(sent.first?.payload.count == 2 + 122)
        #expect(fixture.channel.isActive)
        await #expect(throws: WebSocketClosedError.self) { try await connection.send("late") }
        try await fixture.receive(Wire.text("crossing") + Wire.close(4001))
        await connection.waitUntilClosed()
        #expect(await fixture.nextMessage() == nil)
        #expect(connection.closure?.origin == .local)
    }

    @Test func closeGivesUpOnASilentPeer() async throws {
        let fixture = try await WebSocketFixture(role: .server, WebSocketConfiguration(closeTimeout: .seconds(5)))
        fixture.connection.startClosing(code: 1000, reason: "")
        await fixture.channel.testingEventLoop.advanceTime(by: .milliseconds(4999))
        #expect(fixture.channel.isActive)
        await fixture.channel.testingEventLoop.advanceTime(by: .milliseconds(1))
        await fixture.connection.waitUntilClosed()
        #expect(!fixture.channel.isActive)
    }

    @Test func codesThatMayNotBeSentAreLeftOut() async throws {
        let fixture = try await WebSocketFixture(role: .server)
        fixture.connection.startClosing(code: 1006, reason: "x")
        #expect(try await fixture.sent() == [RawFrame(opcode: 8, isMasked: false, payload: [])])
    }

    @Test func brokenConnectionsHaveCode1006() async throws {
        let fixture = try await WebSocketFixture(role: .server)
        try await fixture.receive(Wire.text("last"))
        try await fixture.channel.close().get()
        #expect(await fixture.nextMessage() == "last")
        #expect(await fixture.nextMessage() == nil)
        #expect(fixture.connection.closure?.code == 1006)
        #expect(fixture.connection.closure?.origin == .connection)
        await #expect(throws: WebSocketClosedError.self) { try await fixture.connection.send("late") }
        await fixture.connection.close()
    }

    @Test func abortSendsNothing() async throws {
        let fixture = try await WebSocketFixture(role: .server)
        fixture.connection.abort()
        await fixture.connection.waitUntilClosed()
        #expect(try await fixture.sent() == [])
        #expect(fixture.connection.closure?.code == 1006)
    }

    // MARK: Silence

    @Test func pingsASilentPeerAndGivesItUp() async throws {
        let fixture = try await WebSocketFixture(role: .server, WebSocketConfiguration(idleTimeout: .seconds(60)))
        let loop = fixture.channel.testingEventLoop
        await loop.advanceTime(by: .seconds(29))
        #expect(try await fixture.sent() == [])
        await loop.advanceTime(by: .seconds(1))
        #expect(try await fixture.sent().map(\.opcode) == [9])
        await loop.advanceTime(by: .seconds(29))
        #expect(fixture.connection.closure == nil)
        await loop.advanceTime(by: .seconds(1))
        await fixture.connection.waitUntilClosed()
        #expect(fixture.connection.closure?.code == 1006)
    }

    @Test func anAnsweringPeerIsKept() async throws {
        let fixture = try await WebSocketFixture(role: .server, WebSocketConfiguration(idleTimeout: .seconds(60)))
        for _ in 0..<5 {
            await fixture.channel.testingEventLoop.advanceTime(by: .seconds(30))
            #expect(try await fixture.sent().map(\.opcode) == [9])
            try await fixture.receive(Wire.frame(0x8A))
        }
        #expect(fixture.connection.closure == nil)
        await fixture.channel.testingEventLoop.advanceTime(by: .seconds(60))
        #expect(fixture.connection.closure?.code == 1006)
    }
}
