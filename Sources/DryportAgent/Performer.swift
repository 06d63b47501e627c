// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportCredentials
import DryportMessages
import DryportModel
import DryportRuntime
import DryportTransport

/// Does what the machine wants done, and brings back what came of it. Decides nothing.
struct Performer: Sendable {
    let runtime: any ContainerRuntime
    let transport: any Transport
    let key: ManagedInstanceKey
    let inbox: Inbox

    // MARK: The runtime

    func execute(_ operation: RuntimeOperation) async -> Result<OperationResult, OperationFailure> {
        do throws(RuntimeError) {
            return .success(try await attempt(operation))
        } catch {
            return .failure(OperationFailure(error))
        }
    }

    private func attempt(_ operation: RuntimeOperation) async throws(RuntimeError) -> OperationResult {
        switch operation {
        case .inventory(let owner):
            return .inventory(try await runtime.inventory(owner: owner).map(RuntimeContainer.init))
        case .pull(let image):
            return .image(digest: try await runtime.pull(image, credentials: nil, progress: { _ in }).digest)
        case .localImage(let image):
            guard let found = try await runtime.localImage(image) else { return .none }
            return .image(digest: found.digest)
        case .create(let plan): return .created(runtimeID: try await runtime.create(ContainerSpec(plan)).id)
        case .start(let id): return .container(RuntimeContainer(try await runtime.start(ContainerHandle(id: id))))
        case .stop(let id, let gracePeriod):
            try await runtime.stop(ContainerHandle(id: id), signal: nil, gracePeriod: gracePeriod)
            return .none
        case .inspect(let id):
            return try await runtime.inspect(ContainerHandle(id: id)).map { .container(RuntimeContainer($0)) } ?? .none
        case .remove(let id, let volumes):
            try await runtime.remove(ContainerHandle(id: id), volumes: volumes)
            return .none
        }
    }

    func watch(_ id: OperationID, owner: String) async {
        var reason = "the runtime ended its events"
        do {
            for try await event in runtime.events(owner: owner) {
                await inbox.deliver(.runtime(id, RuntimeNotice(event)))
            }
        } catch {
            reason = "\(error)"
        }
        if !Task.isCancelled { await inbox.deliver(.runtime(id, .ended(reason: reason))) }
    }

    // MARK: The backend

    func make(_ call: AgentCall) async {
        let result: Result<AgentAnswer, AgentCallFailure>
        do throws(ServiceCallError) {
            result = .success(try await answer(call))
        } catch {
            result = .failure(AgentCallFailure(error))
        }
        inbox.post(.callFinished(call.id, result))
    }

    private func answer(_ call: AgentCall) async throws(ServiceCallError) -> AgentAnswer {
        let authentication: RequestAuthentication =
            switch call.authentication {
            case .anonymous: .anonymous
            case .managedInstanceKey(let id): .managedInstanceKey(id: id, key: key)
            case .credentials(let credentials): .signatureV4(credentials)
            }
        switch call.request {
        case .registerManagedInstance(let request):
            return .registerManagedInstance(try await perform(request, authentication, call))
        case .requestManagedInstanceRoleToken(let request):
            return .requestManagedInstanceRoleToken(try await perform(request, authentication, call))
        case .registerContainerInstance(let request):
            return .registerContainerInstance(try await perform(request, authentication, call))
        case .discoverPollEndpoint(let request):
            return .discoverPollEndpoint(try await perform(request, authentication, call))
        case .updateInstanceInformation(let request): _ = try await perform(request, authentication, call)
        case .createCluster(let request): _ = try await perform(request, authentication, call)
        case .submitTaskStateChange(let request): _ = try await perform(request, authentication, call)
        }
        return .done
    }

    private func perform<Request: APIRequest>(
        _ request: Request, _ authentication: RequestAuthentication, _ call: AgentCall
    ) async throws(ServiceCallError) -> Request.Response {
        try await transport.perform(request, authentication: authentication, timeout: call.timeout)
    }

    // MARK: Sessions

    /// What is to be done in an open session, in order.
    enum Outgoing: Sendable {
        case message(ACS.AgentMessage)
        case close(code: UInt16, reason: String)
    }

    func runSession(_ id: SessionID, _ target: SessionTarget, outgoing: AsyncStream<Outgoing>) async {
        let request = SessionRequest(
            endpoint: target.endpoint, parameters: target.parameters, credentials: target.credentials)
        var end = SessionEnd.clean
        do {
            let inbox = inbox
            try await transport.withSession(request) { session in
                await inbox.deliver(.sessionOpened(id))
                try await Self.exchange(id, session, outgoing: outgoing, inbox: inbox)
            }
        } catch {
            end = SessionEnd(error)
        }
        await inbox.deliver(.sessionEnded(id, end))
    }

    /// Reads and writes until one of both is over.
    private static func exchange(
        _ id: SessionID, _ session: any TransportSession, outgoing: AsyncStream<Outgoing>, inbox: Inbox
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for try await text in session.messages {
                    do throws(APIError) {
                        let message = try JSONCoding.decode(ACS.ServerMessage.self, from: Array(text.utf8))
                        await inbox.deliver(.sessionMessage(id, message))
                    } catch {
                        await inbox.deliver(.sessionMessageUnreadable(id, error.message))
                    }
                }
            }
            group.addTask {
                for await item in outgoing {
                    switch item {
                    case .message(let message):
                        let text = String(decoding: try JSONCoding.encode(message), as: UTF8.self)
                        try await session.send(text)
                    case .close(let code, let reason): return await session.close(code: code, reason: reason)
                    }
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
