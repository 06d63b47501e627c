// SPDX-License-Identifier: Apache-2.0

import DryportInMemory
import DryportMessages
import DryportTesting
import DryportTransport
import Testing

/// The conformance suite's service, behind the in-memory transport.
private struct ConformanceAdapter: InMemoryService {
    let service: TransportConformanceService

    func respond(to request: ServiceRequest) async -> ServiceResponse {
        guard request.authentication == .signatureV4(TransportConformance.credentials) else {
            return ServiceResponse(status: 400, body: [])
        }
        return await service.respond(operation: request.operation, body: request.body)
    }

    func accept(_ request: SessionRequest) async throws(TransportError) -> SessionPipe {
        if let refusal = service.refusal(of: request.parameters) {
            throw TransportError(code: .refused, message: "refused", response: refusal)
        }
        let (client, server) = SessionPipe.makePair()
        // Ends with the session, which the transport ends in any case.
        Task { await service.serve(request.parameters, Peer(pipe: server)) }
        return client
    }
}

private struct Peer: TransportConformancePeer {
    let pipe: SessionPipe
    func send(_ text: String) async throws { try await pipe.send(text) }
    var messages: AsyncThrowingStream<String, any Error> { pipe.messages }
    func close(code: UInt16, reason: String) async { await pipe.close(code: code, reason: reason) }
    var closeCode: UInt16? { pipe.closeCode }
    func abort() async { pipe.disconnect() }
}

private actor Counter {
    private(set) var value = 0
    func increment() { value += 1 }
}

@Suite struct TransportInMemoryTests {
    @Test(arguments: TransportConformance.Check.allCases)
    func conforms(_ check: TransportConformance.Check) async throws {
        try await TransportConformance { service, body in
            let transport = InMemoryTransport(service: ConformanceAdapter(service: service))
            let unreachable = InMemoryTransport(service: ConformanceAdapter(service: service))
            unreachable.setPartitioned(true)
            try await body(
                TransportConformance.Fixture(
                    transport: transport, sessionEndpoint: "memory:acs", unreachable: unreachable,
                    unreachableSessionEndpoint: "memory:acs"))
            #expect(transport.openSessionCount == 0)
        }.run(check)
    }

    private func makeTransport() -> InMemoryTransport {
        InMemoryTransport(service: ConformanceAdapter(service: TransportConformanceService()))
    }

    private func echo(_ text: String) -> ServiceRequest {
        ServiceRequest(
            service: .ecs, operation: "Echo", body: Array(text.utf8),
            authentication: .signatureV4(TransportConformance.credentials))
    }

    private let session = SessionRequest(
        endpoint: "memory:acs", parameters: ["behaviour": "echo"], credentials: TransportConformance.credentials)

    @Test func faultsHitWhatTheyAreScriptedFor() async throws {
        let transport = makeTransport()
        transport.inject(.unreachable, into: .operation("Other"))
        transport.inject(.unreachable, into: .session)
        transport.inject(.lostAnswer, into: .operation("Echo"))
        transport.inject(.answer(ServiceResponse(status: 400, body: Array("no".utf8))), into: .anyRequest, count: 2)
        do {
            _ = try await transport.send(echo("1"))
            Issue.record("the answer is not lost")
        } catch {
            #expect(error.code == .timedOut)
        }
        for _ in 0..<2 { #expect(try await transport.send(echo("2")).status == 400) }
        #expect(try await transport.send(echo("3")).status == 200)
        await #expect(throws: TransportError.self) { try await transport.withSession(session) { _ in } }
        try await transport.withSession(session) { _ in }
    }

    @Test func aLostAnswerIsExecuted() async throws {
        struct Counting: InMemoryService {
            let counter = Counter()
            func respond(to request: ServiceRequest) async -> ServiceResponse {
                await counter.increment()
                return ServiceResponse(status: 200, body: [])
            }
            func accept(_ request: SessionRequest) async throws(TransportError) -> SessionPipe {
                SessionPipe.makePair().client
            }
        }
        let service = Counting()
        let transport = InMemoryTransport(service: service)
        transport.inject(.lostAnswer, into: .anyRequest)
        transport.inject(.unreachable, into: .anyRequest)
        await #expect(throws: TransportError.self) { _ = try await transport.send(echo("")) }
        #expect(await service.counter.value == 1)
        await #expect(throws: TransportError.self) { _ = try await transport.send(echo("")) }
        #expect(await service.counter.value == 1)
    }

    @Test func partitionsBreakSessionsAndHeal() async throws {
        let transport = makeTransport()
        do {
            try await transport.withSession(session) { session in
                transport.setPartitioned(true)
                for try await _ in session.messages {}
            }
            Issue.record("the session is not broken")
        } catch let error as TransportError {
            #expect(error.closeCode == 1006)
        }
        await #expect(throws: TransportError.self) { _ = try await transport.send(echo("")) }
        transport.setPartitioned(false)
        #expect(try await transport.send(echo("back")).status == 200)
        try await transport.withSession(session) { session in
            try await session.send("back")
            var messages = session.messages.makeAsyncIterator()
            #expect(try await messages.next() == "back")
        }
    }

    /// A full pipe holds its sender back, and the end of the session lets it go.
    @Test func pipesAreBounded() async throws {
        let (client, server) = SessionPipe.makePair(capacity: 2)
        try await client.send("1")
        try await client.send("2")
        let third = Task { try await client.send("3") }
        var messages = server.messages.makeAsyncIterator()
        #expect(try await messages.next() == "1")
        try await third.value
        let fourth = Task { try await client.send("4") }
        client.disconnect()
        let result = await fourth.result
        #expect(throws: TransportError.self) { try result.get() }
        #expect(try await messages.next() == "2")
        #expect(try await messages.next() == "3")
        await #expect(throws: TransportError.self) { for try await _ in server.messages {} }
        #expect(server.closeCode == 1006)
    }
}
