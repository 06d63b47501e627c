// SPDX-License-Identifier: Apache-2.0

import DryportInMemory
import DryportMessages
import DryportTransport
import Testing

/// Calls of typed operations, on answers of every kind.
@Suite struct TransportPerformTests {
    private struct Greet: APIRequest {
        struct Response: Codable, Sendable, Hashable { var greeting: String? }
        static let service = APIService.ecs
        static let operation = "Greet"
        var name: String?
    }

    private struct Forget: APIRequest {
        typealias Response = EmptyResponse
        static let service = APIService.ssm
        static let operation = "Forget"
    }

    private struct Fixed: InMemoryService {
        var response: ServiceResponse
        func respond(to request: ServiceRequest) async -> ServiceResponse {
            guard request.operation == "Greet" else { return response }
            return String(decoding: request.body, as: UTF8.self) == #"{"name":"Ada"}"#
                ? response : ServiceResponse(status: 400, body: Array("the request is another one".utf8))
        }
        func accept(_ request: SessionRequest) async throws(TransportError) -> SessionPipe {
            SessionPipe.makePair().client
        }
    }

    private func transport(_ status: Int, _ body: String) -> InMemoryTransport {
        InMemoryTransport(service: Fixed(response: ServiceResponse(status: status, body: Array(body.utf8))))
    }

    private func failure(_ status: Int, _ body: String) async -> ServiceCallError? {
        do {
            _ = try await transport(status, body).perform(Greet(name: "Ada"), authentication: .anonymous)
            return nil
        } catch {
            return error
        }
    }

    @Test func decodesAnswers() async throws {
        let response = try await transport(200, #"{"greeting":"hello","new":1}"#)
            .perform(Greet(name: "Ada"), authentication: .anonymous)
        #expect(response.greeting == "hello")
        for body in ["", "{}"] {
            _ = try await transport(200, body).perform(Forget(), authentication: .anonymous)
        }
    }

    struct Answer: Sendable {
        var status: Int
        var body: String
        var code: String
        var message: String
        var isRetryable: Bool
    }

    @Test(arguments: [
        Answer(
            status: 400, body: #"{"__type":"com.amazon#ClusterNotFoundException","message":"no"}"#,
            code: "ClusterNotFoundException", message: "no", isRetryable: false),
        Answer(
            status: 400, body: #"{"__type":"ThrottlingException","Message":"slow"}"#, code: "ThrottlingException",
            message: "slow", isRetryable: true),
        Answer(
            status: 502, body: "<html>", code: "ServerException", message: "HTTP status 502: <html>",
            isRetryable: true),
        Answer(status: 404, body: "", code: "HTTP 404", message: "HTTP status 404", isRetryable: false),
        Answer(
            status: 301, body: #"{"message":"elsewhere"}"#, code: "HTTP 301",
            message: #"HTTP status 301: {"message":"elsewhere"}"#, isRetryable: false),
    ])
    func readsErrors(_ answer: Answer) async {
        guard case .service(let error, let status)? = await failure(answer.status, answer.body) else {
            Issue.record("no error of the service")
            return
        }
        #expect(status == answer.status)
        #expect(error.code.name == answer.code)
        #expect(error.message == answer.message)
        let whole = ServiceCallError.service(error, status: status)
        #expect(whole.isRetryable == answer.isRetryable)
    }

    @Test func refusesAnswersOfAnotherShape() async {
        guard case .transport(let error)? = await failure(200, #"{"greeting":1}"#) else {
            Issue.record("no error of the transport")
            return
        }
        #expect(error.code == .protocolViolation)
    }

    @Test func passesTheTransportsErrors() async {
        let transport = transport(200, "{}")
        transport.setPartitioned(true)
        do {
            _ = try await transport.perform(Greet(name: "Ada"), authentication: .anonymous)
            Issue.record("no error")
        } catch {
            guard case .transport(let below) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(below.code == .unreachable)
            #expect(error.isRetryable)
        }
    }
}
