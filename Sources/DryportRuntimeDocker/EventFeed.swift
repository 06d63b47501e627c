// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import DryportModel
import DryportRuntime
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Fills one stream of ``RuntimeEvent``s.
///
/// Two stages, because the engine drops events for readers that are slow: one reads them as fast as they
/// come, the other looks at the containers concerned.
struct EventFeed: Sendable {
    /// What the first stage tells the second.
    private enum Notice: Sendable {
        case changed(ContainerHandle)
        /// With what the event itself says, for the case that the container is gone when we look.
        case exited(ContainerHandle, ContainerObservation?)
        case removed(ContainerHandle)
        case lost
    }

    let runtime: DockerRuntime
    let owner: String
    let continuation: AsyncThrowingStream<RuntimeEvent, any Error>.Continuation

    /// Runs until the engine goes away or the task is cancelled, and ends the stream then.
    func run() async {
        let request: EngineRequest
        do {
            request = try await makeRequest()
        } catch {
            return continuation.finish(throwing: error)
        }
        do {
            let response = try await runtime.open(request)
            guard response.status.code < 400 else {
                let refusal = try await runtime.engine.refusal(response, of: request)
                throw RuntimeError(code: .unavailable, message: "Docker tells no events: \(refusal.failureText)")
            }
            emit(.synchronised)
            try await pass(response.body)
            throw RuntimeError(
                code: .unavailable,
                message: "Docker ended the stream of events: socket \(runtime.engine.socketPath); is Docker running?")
        } catch {
            continuation.finish(throwing: runtime.engine.failure(error, of: request))
        }
    }

    /// The engine begins its answer before it subscribes. What happens between the two would be missed, so
    /// it is asked to repeat what happened since a moment before, by its own clock.
    private func makeRequest() async throws(RuntimeError) -> EngineRequest {
        let filters = DockerRuntime.filters([
            "type": ["container"], "label": ["\(ContainerLabels.owner)=\(owner)"],
            "event": ["start", "die", "oom", "destroy", "health_status"],
        ])
        var query = [(name: "filters", value: filters)]
        if let now = try await runtime.info().systemTime.flatMap(Timestamp.init(engineTime:)) {
            query.append(("since", now.engineSeconds))
        }
        return EngineRequest(
            .GET, "/events", query: query, transition: "subscribed", limit: runtime.limits.inspect)
    }

    private func pass(_ body: HTTPClientResponse.Body) async throws {
        let (notices, sender) = AsyncStream.makeStream(
            of: Notice.self, bufferingPolicy: .bufferingNewest(runtime.limits.eventBuffer))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { sender.finish() }
                var splitter = LineSplitter()
                for try await buffer in body {
                    for line in try splitter.lines(in: Array(buffer.readableBytesView)) {
                        Self.send(Self.notice(of: line), to: sender)
                    }
                }
            }
            for await notice in notices { try await handle(notice) }
            try await group.waitForAll()
        }
    }

    private static func notice(of line: [UInt8]) -> Notice? {
        guard let event = try? JSONDecoder().decode(EngineEvent.self, from: Data(line)), let id = event.actor?.id,
            let action = event.action
        else { return nil }
        let handle = ContainerHandle(id: id)
        // The engine writes `health_status: healthy`.
        return switch action.prefix(while: { $0 != ":" }) {
        // Want of memory may become known after the exit that it caused.
        case "start", "oom", "health_status": .changed(handle)
        case "die": .exited(handle, exit(of: handle, toldBy: event))
        case "destroy": .removed(handle)
        default: nil
        }
    }

    private static func exit(of handle: ContainerHandle, toldBy event: EngineEvent) -> ContainerObservation? {
        guard let attributes = event.actor?.attributes, let nanoseconds = event.nanoseconds,
            let identity = ContainerLabels.identity(from: attributes)
        else { return nil }
        let finishedAt = Timestamp(millisecondsSinceEpoch: nanoseconds / 1_000_000)
        let code = attributes["exitCode"].flatMap { Int($0) }
        return ContainerObservation(
            handle: handle, identity: identity, state: .exited(ContainerExit(code: code, finishedAt: finishedAt)))
    }

    private static func send(_ notice: Notice?, to sender: AsyncStream<Notice>.Continuation) {
        guard let notice else { return }
        // The buffer keeps the newest. After a loss its newest element always says so, hence whoever reads
        // all that is left has read that something was lost after the last gap.
        if case .dropped = sender.yield(notice) { sender.yield(.lost) }
    }

    private func handle(_ notice: Notice) async throws(RuntimeError) {
        switch notice {
        case .changed(let handle):
            // Nil if it has been removed meanwhile, which has events of its own.
            if let observation = try await runtime.inspect(handle) { emit(.changed(observation)) }
        case .exited(let handle, let told):
            if let observation = try await runtime.inspect(handle) ?? told { emit(.changed(observation)) }
        case .removed(let handle): emit(.removed(handle))
        case .lost: emit(.synchronised)
        }
    }

    func emit(_ event: RuntimeEvent) {
        if case .dropped = continuation.yield(event) { continuation.yield(.synchronised) }
    }
}
