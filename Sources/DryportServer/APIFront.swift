// SPDX-License-Identifier: Apache-2.0

public import DryportControlPlane
public import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
public import DryportModel
public import Logging
import Synchronization

/// The control plane's HTTP interface without sockets: the bytes of a request in, the bytes of its answer out.
///
/// ``DryportServer`` puts it behind a listener; a transport inside one process can call it directly. What it serves
/// (`ecs-control-plane.md` §0, `ssm-agent.md` §0.3):
///
/// | Request | Answer |
/// |---|---|
/// | `POST /` with `X-Amz-Target` | the operation's, 200; or `{"__type": …, "message": …}` with 400, 413 or 500 |
/// | `GET /healthz`, `HEAD /healthz` | `{"status":"ok"}` to anybody |
/// | `/acs/ws`, `/tcs/ws` without an upgrade | 426 |
/// | anything else | 404, or 405 with `Allow` |
///
/// The signature is verified before the body is parsed, so that strangers reach no decoder but that of headers; only
/// operations that are open to anybody are exempt.
public struct APIFront: Sendable {
    /// The control plane behind it.
    public let controlPlane: ControlPlane
    /// The largest body accepted, in bytes.
    public let maximumBodySize: Int

    private let operations: OperationTable
    private let endpoint: CallerEndpoint
    private let logger: Logger
    private let now: @Sendable () -> Instant
    private let date = HTTPDate()
    private let requestIDs = RequestIDs()

    /// Creates a front.
    /// - Parameters:
    ///   - controlPlane: Performs the operations. Calls wait until it runs.
    ///   - operations: What is served; two of the same service and name are a programming error.
    ///   - isSecure: Whether callers come over TLS, which decides about the scheme of URLs given to them.
    ///   - advertisedURL: The base URL under which agents reach this front, as `https://cp.example`, if it is not
    ///     the one that they call.
    ///   - maximumBodySize: The largest body accepted, in bytes.
    ///   - logger: Gets one `debug` line per request; never a body or a signature.
    ///   - now: The clock of the `Date` header.
    /// - Throws: ``ServerError`` with code `invalidConfiguration` if `advertisedURL` cannot be used.
    public init(
        controlPlane: ControlPlane, operations: [any ControlPlaneRequest.Type] = APIFront.operations,
        isSecure: Bool = false, advertisedURL: String? = nil, maximumBodySize: Int = 1 << 20, logger: Logger,
        now: @escaping @Sendable () -> Instant = HostClock().now
    ) throws(ServerError) {
        precondition(maximumBodySize >= 0, "a body cannot have less than no bytes")
        self.controlPlane = controlPlane
        self.operations = OperationTable(operations)
        self.endpoint = try CallerEndpoint(isSecure: isSecure, advertisedURL: advertisedURL)
        self.maximumBodySize = maximumBodySize
        self.logger = logger
        self.now = now
    }

    /// Answers a request. Every input has an answer.
    /// - Complexity: O(size of the request) in addition to the operation itself.
    public func respond(to request: Request) async -> Response {
        let id = requestIDs.next()
        switch (request.path, request.method) {
        case ("/", "POST"), ("", "POST"):
            return await call(request, id: id)
        case ("/healthz", "GET"), ("/healthz", "HEAD"):
            return response(200, body: Array(#"{"status":"ok"}"#.utf8), id: id)
        case ("/", _), ("", _):
            let error = APIError(.unknownOperation, "\(request.method) is not possible here: POST an operation.")
            return refusal(405, error, id: id, adding: [HTTPField(name: "Allow", value: "POST")])
        case ("/healthz", _):
            let error = APIError(.unknownOperation, "\(request.method) is not possible here: GET the health.")
            return refusal(405, error, id: id, adding: [HTTPField(name: "Allow", value: "GET, HEAD")])
        default:
            guard SessionFront.Kind(path: request.path) == nil else {
                let error = APIError(.invalidParameter, "This is a WebSocket: ask for an upgrade on a new connection.")
                return refusal(426, error, id: id, adding: Self.upgradeFields)
            }
            return refusal(404, APIError(.unknownOperation, "There is nothing here: POST operations to /."), id: id)
        }
    }

    /// The answer to a request whose body is larger than ``maximumBodySize``, for shells that do not even buffer it.
    public func responseToOversizedRequest() -> Response {
        refusal(413, tooLarge, id: requestIDs.next())
    }

    private static let upgradeFields = [
        HTTPField(name: "Upgrade", value: "websocket"), HTTPField(name: "Sec-WebSocket-Version", value: "13"),
    ]

    // MARK: Operations

    private func call(_ request: Request, id: String) async -> Response {
        let start = ContinuousClock.now
        var call = Call()
        let answer: Response
        do throws(APIError) {
            answer = response(200, body: try await perform(request, &call), id: id)
        } catch {
            call.error = error.code
            answer = refusal(error.code == tooLarge.code ? 413 : error.httpStatus, error, id: id)
        }
        logger.debug(
            "request",
            metadata: [
                "operation": "\(call.operation ?? "none")", "principal.kind": "\(call.principal?.kind ?? "unknown")",
                "status": "\(answer.status)", "error": "\(call.error?.name ?? "none")",
                "duration": "\(ContinuousClock.now - start)", "request.id": "\(id)",
            ])
        return answer
    }

    private func perform(_ request: Request, _ call: inout Call) async throws(APIError) -> [UInt8] {
        guard request.body.count <= maximumBodySize else { throw tooLarge }
        guard let target = request.header("x-amz-target") else {
            throw APIError(.unknownOperation, "The header X-Amz-Target, which names the operation, is missing.")
        }
        guard let operation = operations[target] else {
            // Everything in the message comes back to the caller alone; cut, since a header may be long.
            throw APIError(.unknownOperation, "The operation \(target.prefix(200)) does not exist here.")
        }
        call.operation = operation.name
        let endpoint = try endpoint.url(host: request.host)
        let principal = try controlPlane.authenticate(
            request.signable(bodySHA256: SignableRequest.sha256Hex(request.body)), for: operation.service)
        call.principal = principal
        guard principal != .anonymous || operation.access == .anybody else {
            throw APIError(.missingAuthenticationToken, "Missing Authentication Token")
        }
        return try await operation.perform(
            request.body, controlPlane, CallContext(principal: principal, endpoint: endpoint))
    }

    private var tooLarge: APIError {
        APIError("RequestEntityTooLargeException", "The body may have at most \(maximumBodySize) bytes.")
    }

    /// What the log says about a call.
    private struct Call {
        var operation: String?
        var principal: Principal?
        var error: APIError.Code?
    }

    // MARK: Answers

    private func refusal(_ status: Int, _ error: APIError, id: String, adding fields: [HTTPField] = []) -> Response {
        // An error holds nothing that JSON could not express.
        let body = (try? JSONCoding.encode(error)) ?? Array(#"{"__type":"ServerException"}"#.utf8)
        let type = HTTPField(name: "x-amzn-ErrorType", value: error.code.name)
        return response(status, body: body, id: id, adding: [type] + fields)
    }

    private func response(_ status: Int, body: [UInt8], id: String, adding fields: [HTTPField] = []) -> Response {
        let headers = [
            HTTPField(name: "Content-Type", value: "application/x-amz-json-1.1"),
            HTTPField(name: "x-amzn-RequestId", value: id),
            HTTPField(name: "Content-Length", value: String(body.count)),
            HTTPField(name: "Date", value: date.text(at: now().wall)),
        ]
        return Response(status: status, headers: headers + fields, body: body)
    }
}

extension Principal {
    /// What kind of caller it is, for logs.
    var kind: String {
        switch self {
        case .anonymous: "anonymous"
        case .administrator: "administrator"
        case .managedInstanceKey: "managed-instance-key"
        case .managedInstance: "managed-instance"
        case .task: "task"
        }
    }
}

/// Makes the ids of requests: UUIDs.
private final class RequestIDs: Sendable {
    private let random = Mutex(SystemRandom())

    func next() -> String { random.withLock { $0.uuid() } }
}
