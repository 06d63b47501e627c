// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
public import DryportRuntime
import NIOCore
import NIOHTTP1

extension DockerRuntime {
    /// What happens to containers of one owner, from now on: starts, exits, changes of health and removals.
    /// An observation is what the engine says when the event arrives, so two events close to each other may
    /// both tell the later state. At most 1,000 events wait to be read; the oldest give way, and
    /// ``RuntimeEvent/synchronised`` follows.
    public func events(owner: String) -> AsyncThrowingStream<RuntimeEvent, any Error> {
        let (stream, continuation) = AsyncThrowingStream.makeStream(
            of: RuntimeEvent.self, throwing: (any Error).self, bufferingPolicy: .bufferingNewest(limits.eventBuffer))
        let feed = EventFeed(runtime: self, owner: owner, continuation: continuation)
        let task = Task { await feed.run() }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    /// The output of a container, from its beginning. Nothing is read ahead: the engine waits until the
    /// stream is read. A container that was not started has no output, followed or not.
    ///
    /// The stream throws ``RuntimeError`` with code `containerVanished` if there is no such container,
    /// `unsupported` if its log driver cannot be read, `unavailable` if the engine went away.
    public func logs(_ handle: ContainerHandle, follow: Bool) -> AsyncThrowingStream<LogChunk, any Error> {
        let reader = LogReader(runtime: self, handle: handle, follow: follow)
        return AsyncThrowingStream { try await reader.next() }
    }
}

/// Reads a container's output, a network buffer at a time. Only one caller may wait for the next piece, as
/// with every asynchronous sequence's iterator.
private actor LogReader {
    private enum State {
        case unopened
        case open(HTTPClientResponse.Body.AsyncIterator, LogFrameDecoder?)
        case ended
    }

    private let runtime: DockerRuntime
    private let handle: ContainerHandle
    private let request: EngineRequest
    private var state = State.unopened
    /// Pieces that were read but not asked for yet, last first.
    private var pending: [LogChunk] = []

    init(runtime: DockerRuntime, handle: ContainerHandle, follow: Bool) {
        self.runtime = runtime
        self.handle = handle
        self.request = EngineRequest(
            .GET, "\(DockerRuntime.path(handle))/logs",
            query: [("stdout", "1"), ("stderr", "1"), ("follow", follow ? "1" : "0")],
            transition: "reading logs", limit: runtime.limits.inspect)
    }

    func next() async throws -> LogChunk? {
        do {
            while pending.isEmpty {
                guard try await readOn() else { return nil }
            }
            return pending.removeLast()
        } catch {
            state = .ended
            throw runtime.engine.failure(error, of: request)
        }
    }

    /// Reads until there is something pending.
    /// - Returns: false if the output has ended.
    private func readOn() async throws -> Bool {
        switch state {
        case .ended: return false
        case .unopened:
            try await open()
            return true
        case .open(var iterator, var decoder):
            guard let buffer = try await iterator.next(isolation: self) else {
                state = .ended
                if let decoder, !decoder.isAtFrameBoundary {
                    throw RuntimeError(
                        code: .unavailable, message: "container \(handle.id): its output broke off; is Docker running?")
                }
                return false
            }
            let bytes = Array(buffer.readableBytesView)
            if decoder == nil {
                pending = bytes.isEmpty ? [] : [LogChunk(source: .standardOutput, bytes: bytes)]
            } else {
                pending = try decode(bytes, with: &decoder).reversed()
            }
            state = .open(iterator, decoder)
            return true
        }
    }

    private func decode(
        _ bytes: [UInt8], with decoder: inout LogFrameDecoder?
    ) throws(RuntimeError) -> [LogChunk] {
        do throws(LogFrameDecoder.Failure) {
            return try decoder?.decode(bytes) ?? []
        } catch {
            let text =
                switch error {
                case .unknownStream(let number): "its output has a stream \(number) that is not known"
                case .engineFailure(let text): text
                }
            throw RuntimeError(
                code: .cannotInspectContainer, message: "container \(handle.id): \(text)", cause: error)
        }
    }

    private func open() async throws(RuntimeError) {
        // Output of a terminal comes without frames, and only the newest engines say so in the answer.
        guard let container = try await runtime.container(handle.id) else { throw vanished() }
        let response = try await runtime.open(request)
        guard response.status.code < 400 else {
            let refusal = try await runtime.engine.refusal(response, of: request)
            switch refusal.status {
            case 404: throw vanished()
            case 501: throw unreadable(refusal)
            default:
                // Engines before 1.42 answer 500 for a driver that cannot be read.
                guard !refusal.failureText.contains("does not support reading") else { throw unreadable(refusal) }
                throw RuntimeError(
                    code: .cannotInspectContainer, message: "container \(handle.id): \(refusal.failureText)")
            }
        }
        let decoder = container.config.hasTerminal ?? false ? nil : LogFrameDecoder()
        state = .open(response.body.makeAsyncIterator(), decoder)
    }

    private func vanished() -> RuntimeError {
        RuntimeError(code: .containerVanished, message: "container \(handle.id) does not exist any more")
    }

    private func unreadable(_ refusal: EngineReply) -> RuntimeError {
        RuntimeError(code: .unsupported, message: "container \(handle.id): \(refusal.failureText)")
    }
}
