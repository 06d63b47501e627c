// SPDX-License-Identifier: Apache-2.0

public import DryportMessages

/// Why a call of an operation brought no answer to use.
public enum ServiceCallError: Error, Sendable {
    /// The service answered with an error.
    case service(APIError, status: Int)
    /// No answer came, or one that is none of the service's.
    case transport(TransportError)

    /// Whether the same call may succeed later without any change of the call or of the configuration.
    public var isRetryable: Bool {
        switch self {
        case .service(let error, let status): error.isRetryable || status >= 500 || status == 429
        case .transport(let error): error.code == .unreachable || error.code == .timedOut || error.code == .closed
        }
    }
}

extension ServiceCallError: CustomStringConvertible {
    /// The text form.
    public var description: String {
        switch self {
        case .service(let error, let status): "\(error) (HTTP status \(status))"
        case .transport(let error): "\(error)"
        }
    }
}

extension Transport {
    /// Calls an operation: encodes the request, sends it, and decodes the answer.
    /// - Parameters:
    ///   - request: The operation's input.
    ///   - authentication: Who calls.
    ///   - timeout: How long the whole exchange may take.
    /// - Throws: ``ServiceCallError``: `service` for an answer with a status other than 2xx, whatever its body;
    ///   `transport` if there was no answer, or with code `protocolViolation` if the answer is not of the
    ///   operation's shape.
    public func perform<Request: APIRequest>(
        _ request: Request, authentication: RequestAuthentication, timeout: Duration = .seconds(42)
    ) async throws(ServiceCallError) -> Request.Response {
        let body: [UInt8]
        do {
            body = try JSONCoding.encode(request)
        } catch {
            throw .transport(
                TransportError(
                    code: .protocolViolation, message: "\(Request.operation) cannot be written as JSON", cause: error))
        }
        let response: ServiceResponse
        do {
            response = try await send(
                ServiceRequest(
                    service: Request.service, operation: Request.operation, body: body,
                    authentication: authentication, timeout: timeout))
        } catch {
            throw .transport(error)
        }
        guard (200..<300).contains(response.status) else {
            throw .service(response.error, status: response.status)
        }
        do {
            // Some operations that answer nothing answer without a body.
            let body = response.body.isEmpty ? Array("{}".utf8) : response.body
            return try JSONCoding.decode(Request.Response.self, from: body)
        } catch {
            throw .transport(
                TransportError(
                    code: .protocolViolation, message: "the answer to \(Request.operation) has another shape",
                    response: response, cause: error))
        }
    }
}

extension ServiceResponse {
    /// The error that a response with a status other than 2xx carries (`ssm-agent.md` §0.3). What is not an error
    /// of a JSON service, such as a proxy's page, becomes `ServerException` for 5xx and `HTTP <status>` otherwise,
    /// with the beginning of the body as message.
    public var error: APIError {
        if let error = try? JSONCoding.decode(APIError.self, from: body) { return error }
        let text = String(decoding: body.prefix(200), as: UTF8.self)
        let message = "HTTP status \(status)" + (text.isEmpty ? "" : ": \(text)")
        return APIError(status >= 500 ? .server : APIError.Code("HTTP \(status)"), message)
    }
}
