// SPDX-License-Identifier: Apache-2.0

import DryportTransport
import Testing

extension TransportConformance.Run {
    func echoesRequests() async throws {
        for body in ["{}", #"{"cluster":"default","text":"ünïcödé ✓ \u0000"}"#, ""] {
            let response = try await transport.send(request("Echo", Array(body.utf8)))
            #expect(response.status == 200)
            #expect(String(decoding: response.body, as: UTF8.self) == body)
            #expect(response.requestID == "request-of-Echo")
        }
    }

    /// A status is an answer, whatever it says: no error, and no second attempt.
    func passesErrorStatuses() async throws {
        for status in [201, 301, 400, 403, 429, 500, 503] {
            let response = try await transport.send(request("Fail", Array(String(status).utf8)))
            #expect(response.status == status)
            #expect(String(decoding: response.body, as: UTF8.self) == #"{"__type":"ClientException"}"#)
            #expect(response.requestID == nil)
        }
    }

    func carriesLargeBodies() async throws {
        let body = (0..<1_048_576).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let response = try await transport.send(request("Echo", body))
        #expect(response.body == body)
    }

    func serves50RequestsAtOnce() async throws {
        let answered = try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<50 {
                group.addTask {
                    let body = Array("request \(index)".utf8)
                    return try await transport.send(request("Echo", body)).body == body
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(answered == 50)
    }

    func timesOutRequests() async {
        await expect(.timedOut) {
            _ = try await transport.send(request("Hang", timeout: .milliseconds(200)))
        }
    }

    /// A cancelled request ends long before its timeout.
    func cancelsRequests() async {
        let started = ContinuousClock.now
        let task = Task { _ = try await transport.send(request("Hang", timeout: .seconds(40))) }
        task.cancel()
        let result = await task.result
        #expect(throws: TransportError.self) { try result.get() }
        #expect(ContinuousClock.now - started < .seconds(20))
    }

    func reportsUnreachableServices() async {
        let error = await expect(.unreachable) { _ = try await fixture.unreachable.send(request("Echo")) }
        #expect(error?.message.isEmpty == false)
    }

    /// The report names the service, and its verdict changes with the last attempt.
    func reportsEndpoints() async throws {
        #expect(await transport.report().isEmpty)
        await expect(.timedOut) { _ = try await transport.send(request("Hang", timeout: .milliseconds(100))) }
        var report = await transport.report()
        #expect(report.map(\.name) == ["ecs"])
        #expect(report.first?.lastFailure != nil)
        #expect(report.first?.url.isEmpty == false)
        _ = try await transport.send(request("Echo"))
        report = await transport.report()
        #expect(report.map(\.name) == ["ecs"])
        #expect(report.first?.lastFailure == nil)
        await expect(.refused) { try await transport.withSession(session("refuse")) { _ in } }
        report = await transport.report()
        #expect(report.count == 2)
        #expect(report.last?.lastFailure != nil)
    }
}
