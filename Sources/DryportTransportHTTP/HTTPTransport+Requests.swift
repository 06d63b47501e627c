// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import DryportCredentials
import DryportMessages
public import DryportTransport
import Logging
import NIOCore
import NIOHTTP1

extension HTTPTransport {
    /// Sends one request as `POST /` (`ecs-agent.md` §1.4) and reads the whole answer.
    /// - Throws: ``DryportTransport/TransportError`` with code `protocolViolation` also for an answer above
    ///   ``HTTPTransportConfiguration/maximumResponseSize``.
    public func send(_ request: ServiceRequest) async throws(TransportError) -> ServiceResponse {
        let name = request.service.signingName
        let (url, origin) = configuration.endpoint(of: request.service)
        let address = try ServiceAddress(url)
        do {
            let response = try await exchange(request, address)
            reports.record(name: name, url: url, origin: origin, failure: nil)
            logger.trace(
                "request answered",
                metadata: [
                    "service": "\(name)", "operation": "\(request.operation)", "status": "\(response.status)",
                    "request.id": "\(response.requestID ?? "none")",
                ])
            return response
        } catch {
            let failure = FailureClassifier.classify(error, at: address)
            reports.record(name: name, url: url, origin: origin, failure: failure)
            logger.debug(
                "request failed",
                metadata: [
                    "service": "\(name)", "operation": "\(request.operation)", "error": "\(failure)",
                ])
            throw failure
        }
    }

    private func exchange(_ request: ServiceRequest, _ address: ServiceAddress) async throws -> ServiceResponse {
        let message = try httpRequest(request, address)
        let client = httpClient
        let limit = configuration.maximumResponseSize
        let timedOut = TransportError(
            code: .timedOut, message: "\(address.url) did not answer \(request.operation) within \(request.timeout)")
        return try await withDeadline(request.timeout, throwing: timedOut) {
            let response = try await client.execute(message, deadline: .distantFuture)
            do {
                let body = try await response.body.collect(upTo: limit)
                return ServiceResponse(
                    status: Int(response.status.code), body: Array(body.readableBytesView),
                    requestID: response.headers.first(name: "x-amzn-RequestId"))
            } catch is NIOTooManyBytesError {
                throw TransportError(
                    code: .protocolViolation,
                    message: "the answer of \(address.url) to \(request.operation) has more than \(limit) bytes")
            }
        }
    }

    private func httpRequest(
        _ request: ServiceRequest, _ address: ServiceAddress
    ) throws(TransportError) -> HTTPClientRequest {
        let path = address.path.isEmpty ? "/" : address.path
        let fields = [
            HTTPField(name: "Content-Type", value: "application/x-amz-json-1.1"),
            HTTPField(name: "X-Amz-Target", value: "\(request.service.targetPrefix).\(request.operation)"),
        ]
        let signable = SignableRequest(
            method: "POST", host: address.hostHeader, path: path, headers: fields,
            bodySHA256: SignableRequest.sha256Hex(request.body))
        let scheme = address.isSecure ? "https" : "http"
        var message = HTTPClientRequest(url: "\(scheme)://\(address.hostHeader)\(path)")
        message.method = .POST
        // A client of our own has this configuration already.
        if !ownsHTTPClient { message.tlsConfiguration = tlsConfiguration }
        message.headers.add(name: "Host", value: address.hostHeader)
        message.headers.add(name: "User-Agent", value: configuration.userAgent)
        for field in try fields + signature(of: signable, for: request) {
            message.headers.add(name: field.name, value: field.value)
        }
        message.body = .bytes(ByteBuffer(bytes: request.body))
        return message
    }

    private func signature(
        of signable: SignableRequest, for request: ServiceRequest
    ) throws(TransportError) -> [HTTPField] {
        switch request.authentication {
        case .anonymous:
            return []
        case .signatureV4(let credentials):
            return SignatureV4.sign(
                signable, with: credentials, region: configuration.region, service: request.service.signingName,
                at: now())
        case .managedInstanceKey(let id, let key):
            do {
                return try SignatureV4.signManagedInstance(
                    signable, id: id, key: key, region: configuration.region, at: now())
            } catch {
                throw TransportError(
                    code: .protocolViolation,
                    message: "\(request.operation) could not be signed with the key of \(id)", cause: error)
            }
        }
    }
}

/// Runs `body`, and cancels it when the time is over.
/// - Throws: `error` if the time was over first; otherwise what `body` throws.
func withDeadline<Result: Sendable>(
    _ timeout: Duration, throwing error: TransportError, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: timeout)
            throw error
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { throw CancellationError() }
        return result
    }
}
