// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import DryportRuntime
import Logging
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// An answer of the engine, complete.
struct EngineReply: Sendable {
    var status: Int
    var body: [UInt8]

    /// Whether the engine did what was asked, or found it done.
    var isSuccess: Bool { status < 400 }

    /// What the engine says is wrong.
    var failureText: String {
        if let message = decoded(as: EngineFailure.self)?.message { return message }
        let text = String(decoding: body.prefix(512), as: UTF8.self)
        return text.isEmpty ? "the engine answered with HTTP status \(status)" : text
    }

    /// The body as a value; nil if it is not one.
    func decoded<Value: Decodable>(as type: Value.Type) -> Value? {
        try? JSONDecoder().decode(type, from: Data(body))
    }
}

/// Sends calls through the engine's socket, and turns what can go wrong below HTTP into ``RuntimeError``.
struct EngineClient: Sendable {
    /// The longest answer that is gathered; a listing of 10,000 containers has about 20 MiB.
    private static let longestReply = 256 << 20

    let socketPath: String
    private let client: HTTPClient
    private let logger: Logger

    /// Creates a client, whose connections have to be closed with ``close()``.
    init(socketPath: String, logger: Logger) {
        let scheme = "unix://"
        self.socketPath = socketPath.hasPrefix(scheme) ? String(socketPath.dropFirst(scheme.count)) : socketPath
        self.logger = logger
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(10)
        // A socket that is not there shall be told at once; who calls knows when to try again.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Every followed log and every wait occupies a connection of its own, for as long as it lasts.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4096
        client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    /// Closes all connections; calls under way end with code `unavailable`. Can be called repeatedly.
    func close() async {
        // The only error is that it was closed already.
        try? await client.shutdown()
    }

    /// Sends a call and gathers its answer, whatever its status.
    /// - Throws: ``RuntimeError`` with code `unavailable` or `timeout`.
    func call(_ request: EngineRequest, version: EngineAPIVersion?) async throws(RuntimeError) -> EngineReply {
        do {
            let message = try message(for: request, version: version)
            let reply = try await withTimeLimit(request.limit) {
                let response = try await client.execute(message, deadline: .distantFuture)
                let body = try await response.body.collect(upTo: Self.longestReply)
                return EngineReply(status: Int(response.status.code), body: Array(body.readableBytesView))
            }
            trace(request, status: reply.status)
            return reply
        } catch {
            throw failure(error, of: request)
        }
    }

    /// Sends a call whose answer goes on for long; returns when the answer begins.
    /// - Throws: ``RuntimeError`` with code `unavailable` or `timeout`.
    func open(
        _ request: EngineRequest, version: EngineAPIVersion?
    ) async throws(RuntimeError) -> HTTPClientResponse {
        do {
            let message = try message(for: request, version: version)
            let response = try await client.execute(message, timeout: TimeAmount(request.limit))
            trace(request, status: Int(response.status.code))
            return response
        } catch {
            throw failure(error, of: request)
        }
    }

    /// Gathers the answer of a call opened with ``open(_:version:)`` that turned out to be a refusal.
    func refusal(_ response: HTTPClientResponse, of request: EngineRequest) async throws(RuntimeError) -> EngineReply {
        do {
            return try await withTimeLimit(request.limit) {
                let body = try await response.body.collect(upTo: Self.longestReply)
                return EngineReply(status: Int(response.status.code), body: Array(body.readableBytesView))
            }
        } catch {
            throw failure(error, of: request)
        }
    }

    private func message(
        for request: EngineRequest, version: EngineAPIVersion?
    ) throws -> HTTPClientRequest {
        let host = EngineRequest.encoded(socketPath)
        var message = HTTPClientRequest(url: "http+unix://\(host)\(request.target(version: version))")
        message.method = request.method
        for (name, value) in request.headers { message.headers.add(name: name, value: value) }
        // Engines look at the host only to see that there is one.
        message.headers.replaceOrAdd(name: "Host", value: "docker")
        if let body = request.body {
            message.headers.add(name: "Content-Type", value: "application/json")
            message.body = .bytes(ByteBuffer(bytes: try body.encoded()))
        }
        return message
    }

    private func trace(_ request: EngineRequest, status: Int) {
        logger.trace(
            "Engine call",
            metadata: [
                "engine.method": "\(request.method)", "engine.path": "\(request.path)", "engine.status": "\(status)",
            ])
    }

    /// What an error below HTTP means to the caller.
    func failure(_ error: any Error, of request: EngineRequest) -> RuntimeError {
        if let error = error as? RuntimeError { return error }
        if error is TimeLimitExceeded || error as? HTTPClientError == .deadlineExceeded {
            return RuntimeError(
                code: .timeout,
                message: "Could not transition to \(request.transition); timed out after waiting "
                    + request.limit.engineText,
                cause: error)
        }
        if error is CancellationError || error as? HTTPClientError == .cancelled {
            return RuntimeError(
                code: .unavailable, message: "the call was cancelled before Docker answered", cause: error)
        }
        return RuntimeError(code: .unavailable, message: Self.explanation(of: error, at: socketPath), cause: error)
    }

    private static func explanation(of error: any Error, at path: String) -> String {
        switch (error as? IOError)?.errnoCode {
        case ENOENT:
            "Docker does not answer: socket \(path) does not exist; is Docker running?"
        case ECONNREFUSED:
            "Docker does not answer: nothing listens on socket \(path); is Docker running?"
        case EACCES, EPERM:
            "Docker does not answer: socket \(path): permission denied; add the user to the group docker"
        default:
            "Docker does not answer: socket \(path): \(error); is Docker running?"
        }
    }
}

extension JSONValue {
    /// The value as JSON, with members in order of their names so that equal values give equal bytes.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}
