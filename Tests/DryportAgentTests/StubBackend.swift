// SPDX-License-Identifier: Apache-2.0

import DryportInMemory
import DryportMessages
import DryportModel
import DryportTransport
import Synchronization

/// The least backend that an agent needs, as a service of the in-memory transport.
final class StubBackend: InMemoryService {
    static let instance =
        "arn:aws:ecs:us-east-1:123456789012:container-instance/default/0123456789abcdef0123456789abcdef"

    private struct State {
        var operations: [String] = []
        var reports: [ECS.SubmitTaskStateChangeRequest] = []
        var acks: [String] = []
        var registrations: [ECS.RegisterContainerInstanceRequest] = []
        var errors: [String: APIError] = [:]
        var session: SessionPipe?
        var waiters: [(condition: @Sendable (StubBackend) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var operations: [String] { state.withLock { $0.operations } }
    var reports: [ECS.SubmitTaskStateChangeRequest] { state.withLock { $0.reports } }
    var acks: [String] { state.withLock { $0.acks } }
    var registrations: [ECS.RegisterContainerInstanceRequest] { state.withLock { $0.registrations } }
    var isConnected: Bool { state.withLock { $0.session != nil } }

    func fail(_ operation: String, with error: APIError) { state.withLock { $0.errors[operation] = error } }

    /// Waits until something is so; it is looked at whenever the backend has heard something.
    func until(_ condition: @escaping @Sendable (StubBackend) -> Bool) async {
        await withCheckedContinuation { continuation in
            state.withLock { $0.waiters.append((condition, continuation)) }
            heard()
        }
    }

    private func heard() {
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters {
            if waiter.condition(self) {
                waiter.continuation.resume()
            } else {
                state.withLock { $0.waiters.append(waiter) }
            }
        }
    }

    func send(_ message: ACS.ServerMessage) async throws {
        let session = state.withLock { $0.session }
        try await session?.send(String(decoding: try JSONCoding.encode(message), as: UTF8.self))
    }

    func send(_ text: String) async throws { try await state.withLock { $0.session }?.send(text) }

    func run(_ task: ACS.Task, messageID: String) async throws {
        try await send(
            .payload(
                .init(
                    clusterArn: "arn:aws:ecs:us-east-1:123456789012:cluster/default",
                    containerInstanceArn: Self.instance, messageId: messageID, seqNum: 1, tasks: [task])))
    }

    // MARK: InMemoryService

    func respond(to request: ServiceRequest) async -> ServiceResponse {
        let error = state.withLock { state in
            state.operations.append(request.operation)
            return state.errors[request.operation]
        }
        defer { heard() }
        do {
            if let error { return ServiceResponse(status: error.httpStatus, body: try JSONCoding.encode(error)) }
            return ServiceResponse(status: 200, body: try answer(request))
        } catch {
            return ServiceResponse(status: 500, body: [])
        }
    }

    private func answer(_ request: ServiceRequest) throws -> [UInt8] {
        switch request.operation {
        case "RegisterManagedInstance":
            return try JSONCoding.encode(SSM.RegisterManagedInstanceResponse(instanceId: "mi-0123456789abcdef0"))
        case "RequestManagedInstanceRoleToken":
            return try JSONCoding.encode(
                SSM.RequestManagedInstanceRoleTokenResponse(
                    accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token",
                    tokenExpirationDate: Timestamp(millisecondsSinceEpoch: 32_000_000_000_000), updateKeyPair: false))
        case "RegisterContainerInstance":
            let input = try JSONCoding.decode(ECS.RegisterContainerInstanceRequest.self, from: request.body)
            state.withLock { $0.registrations.append(input) }
            return try JSONCoding.encode(
                ECS.RegisterContainerInstanceResponse(
                    containerInstance: .init(containerInstanceArn: Self.instance, attributes: input.attributes)))
        case "DiscoverPollEndpoint":
            return try JSONCoding.encode(ECS.DiscoverPollEndpointResponse(endpoint: "https://acs.example"))
        case "SubmitTaskStateChange":
            let input = try JSONCoding.decode(ECS.SubmitTaskStateChangeRequest.self, from: request.body)
            state.withLock { $0.reports.append(input) }
            return try JSONCoding.encode(ECS.SubmitTaskStateChangeResponse(acknowledgment: "ok"))
        default: return Array("{}".utf8)
        }
    }

    func accept(_ request: SessionRequest) async throws(TransportError) -> SessionPipe {
        let (client, server) = SessionPipe.makePair()
        state.withLock { $0.session = server }
        heard()
        // The other end's own life; it ends with the session.
        Task {
            do {
                for try await text in server.messages {
                    let message = try JSONCoding.decode(ACS.AgentMessage.self, from: Array(text.utf8))
                    state.withLock { $0.acks.append("\(message.type) \(message.messageId ?? "")") }
                    heard()
                }
            } catch {}
            state.withLock { if $0.session === server { $0.session = nil } }
            heard()
        }
        return client
    }
}
