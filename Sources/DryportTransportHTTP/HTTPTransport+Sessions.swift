// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
public import DryportTransport
import DryportWebSocket
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

extension HTTPTransport {
    /// Connects, signs the handshake (`ecs-agent.md` §4.1), and runs `body` with the session. The session is closed with
    /// code 1000 after `body`, whatever came of it, and with 1001 when the task is cancelled.
    /// - Throws: ``DryportTransport/TransportError`` if the handshake failed; otherwise what `body` throws.
    public func withSession<Result: Sendable>(
        _ request: SessionRequest, _ body: (any TransportSession) async throws -> Result
    ) async throws -> Result {
        let address = try ServiceAddress(request.endpoint)
        let connection = try await openSession(request, address)
        let session = HTTPTransportSession(connection: connection, url: address.url)
        return try await withTaskCancellationHandler {
            let result: Result
            do {
                result = try await body(session)
            } catch {
                await connection.close(code: 1000)
                throw error
            }
            await connection.close(code: 1000)
            return result
        } onCancel: {
            // Also frees a body that waits for a peer that takes nothing.
            connection.startClosing(code: 1001, reason: "cancelled")
        }
    }

    private func openSession(
        _ request: SessionRequest, _ address: ServiceAddress
    ) async throws(TransportError) -> WebSocketConnection {
        // Control planes tell their sessions apart by the path (`ecs-agent.md` §3): a better name than none.
        let name = address.path.split(separator: "/").last.map(String.init) ?? "session"
        do {
            let connection = try await handshake(request, address)
            reports.record(name: name, url: address.url, origin: "given by the control plane", failure: nil)
            return connection
        } catch {
            let failure = FailureClassifier.classify(error, at: address)
            reports.record(name: name, url: address.url, origin: "given by the control plane", failure: failure)
            logger.debug("session not opened", metadata: ["endpoint": "\(address.url)", "error": "\(failure)"])
            throw failure
        }
    }

    private func handshake(_ request: SessionRequest, _ address: ServiceAddress) async throws -> WebSocketConnection {
        let head = requestHead(request, address)
        let tls = address.isSecure ? try sessionTLSContext() : nil
        let eventLoop = eventLoopGroup.next()
        let attempt = HandshakeAttempt(on: eventLoop)
        let deadline = eventLoop.scheduleTask(in: TimeAmount(request.timeout)) {
            attempt.abandon(
                TransportError(
                    code: .timedOut,
                    message: "\(address.url) did not answer the handshake within \(request.timeout)"))
        }
        defer { deadline.cancel() }
        ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(min(configuration.connectTimeout, request.timeout)))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try attempt.begin(channel, self.configure(channel, head, address, tls))
                }
            }
            .connect(host: address.host, port: address.port)
            .whenComplete { attempt.connected($0) }
        switch try await attempt.result() {
        case .success(let connection):
            return connection
        case .failure(let refusal):
            throw TransportError(
                code: .refused,
                message: "\(address.url) refused the session with HTTP status \(refusal.answer.status)",
                response: refusal.answer)
        }
    }

    /// The handshake as `ecs-agent.md` §4.1 has it; what WebSocket itself needs is added by the upgrader.
    private func requestHead(_ request: SessionRequest, _ address: ServiceAddress) -> HTTPRequestHead {
        let query = request.parameters.map { QueryItem(name: $0.key, value: $0.value) }
        let signable = SignableRequest(
            method: "GET", host: address.hostHeader, path: address.path + "/ws", query: query)
        var headers = HTTPHeaders([("Host", address.hostHeader), ("User-Agent", configuration.userAgent)])
        let signature = SignatureV4.sign(
            signable, with: request.credentials, region: configuration.region, service: "ecs", at: now())
        for field in signature { headers.add(name: field.name, value: field.value) }
        let encoded = QueryItem.encode(query)
        let uri = signable.path + (encoded.isEmpty ? "" : "?\(encoded)")
        return HTTPRequestHead(version: .http1_1, method: .GET, uri: uri, headers: headers)
    }

    /// Sets up a channel's pipeline: TLS, HTTP, and the upgrade that leaves WebSocket in HTTP's place.
    private func configure(
        _ channel: any Channel, _ head: HTTPRequestHead, _ address: ServiceAddress, _ tls: NIOSSLContext?
    ) throws -> EventLoopFuture<HandshakeOutcome> {
        let pipeline = channel.pipeline.syncOperations
        if let tls {
            // TLS names no IP address; NIO then verifies the certificate against the peer's address.
            let name = address.isNumeric ? nil : address.host
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
        }
        let limits = WebSocketConfiguration(
            maximumMessageSize: configuration.maximumMessageSize, idleTimeout: configuration.sessionIdleTimeout)
        let upgrader = NIOTypedWebSocketClientUpgrader<HandshakeOutcome>(
            maxFrameSize: limits.maximumMessageSize, enableAutomaticErrorHandling: false
        ) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                .connected(try WebSocketConnection.wrap(channel, role: .client, configuration: limits))
            }
        }
        let upgrade = NIOTypedHTTPClientUpgradeConfiguration(
            upgradeRequestHead: head, upgraders: [upgrader]
        ) { channel in
            // The answer is only let through when this future is done, so it cannot wait for the answer.
            channel.eventLoop.makeCompletedFuture {
                let answer = channel.eventLoop.makePromise(of: ServiceResponse.self)
                try channel.pipeline.syncOperations.addHandler(RefusalCollector(promise: answer))
                return .refused(answer.futureResult)
            }
        }
        var configuration = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: upgrade)
        // A server may send its first message in the same packet as its answer.
        configuration.leftOverBytesStrategy = .forwardBytes
        return try pipeline.configureUpgradableHTTPClientPipeline(configuration: configuration)
    }
}

/// A session over a WebSocket.
struct HTTPTransportSession: TransportSession {
    let connection: WebSocketConnection
    let url: String

    func send(_ text: String) async throws(TransportError) {
        do {
            try await connection.send(text)
        } catch {
            throw ended(error.closure, cause: error)
        }
    }

    var messages: AsyncThrowingStream<String, any Error> {
        // Pulled, not pushed: the connection's own bound stays the only queue.
        AsyncThrowingStream {
            var iterator = connection.messages.makeAsyncIterator()
            if let message = await iterator.next() { return message }
            try Task.checkCancellation()
            guard let closure = connection.closure, closure.origin != .local, !closure.isNormal else { return nil }
            throw ended(closure, cause: nil)
        }
    }

    func close(code: UInt16, reason: String) async {
        await connection.close(code: code, reason: reason)
    }

    private func ended(_ closure: WebSocketClosure?, cause: (any Error)?) -> TransportError {
        guard let closure else {
            return TransportError(
                code: .closed, message: "the session with \(url) is over", closeCode: 1006, cause: cause)
        }
        let detail = closure.reason.isEmpty ? "" : ": \(closure.reason)"
        let message = "the session with \(url) ended with code \(closure.code)\(detail)"
        return TransportError(
            code: closure.origin == .violation ? .protocolViolation : .closed, message: message,
            closeCode: closure.code, cause: cause)
    }
}
