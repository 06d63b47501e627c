// SPDX-License-Identifier: Apache-2.0

public import DryportCredentials
public import DryportMessages

/// A way from an agent to the services of one region: requests, and long-lived WebSocket sessions.
///
/// Transports differ in how a service's name becomes an address, in what they trust, and in how they
/// explain a failure. They all sign what they send, since a signature covers the address. They do not
/// retry: when to try again is the agent's decision.
public protocol Transport: Sendable {
    /// Sends one request to a service and returns its answer, whatever its status.
    /// - Throws: ``TransportError`` if no answer came; the request may have been executed.
    func send(_ request: ServiceRequest) async throws(TransportError) -> ServiceResponse

    /// Opens a session, runs `body` with it and closes it when `body` is done.
    /// - Throws: ``TransportError`` with code `refused` and the server's answer if the handshake was refused,
    ///   or another code if it did not take place; otherwise what `body` throws.
    func withSession<Result: Sendable>(
        _ request: SessionRequest, _ body: (any TransportSession) async throws -> Result
    ) async throws -> Result

    /// What each endpoint used so far resolves to and how the last attempt went; for people.
    func report() async -> [EndpointReport]
}

/// An open session. Text messages only, as ACS and TCS exchange.
public protocol TransportSession: Sendable {
    /// Sends one message. Returns when the message has been handed to the network, so that a slow peer
    /// slows its sender.
    /// - Throws: ``TransportError`` with code `closed` if the session is over.
    func send(_ text: String) async throws(TransportError)

    /// The messages of the peer, in order. The stream ends when the peer closes the session normally (with code 1000,
    /// 1001 or none) or when this end does, and throws ``TransportError`` otherwise. To be iterated once, by one
    /// iterator. Pings are answered without being seen here.
    var messages: AsyncThrowingStream<String, any Error> { get }

    /// Sends a close frame with the code and waits a moment for the peer's.
    func close(code: UInt16, reason: String) async
}

/// How a request proves who sends it.
public enum RequestAuthentication: Sendable, Hashable {
    /// Not at all.
    case anonymous
    /// SigV4 with access key and secret.
    case signatureV4(Credentials)
    /// SigV4's string to sign, signed with a managed node's RSA key (`ssm-agent.md` §3.2).
    case managedInstanceKey(id: String, key: ManagedInstanceKey)
}

/// One call of one operation.
public struct ServiceRequest: Sendable, Hashable {
    /// The service.
    public var service: APIService
    /// The operation, such as `RunTask`.
    public var operation: String
    /// The JSON body.
    public var body: [UInt8]
    /// Who sends it.
    public var authentication: RequestAuthentication
    /// How long the whole exchange may take.
    public var timeout: Duration

    /// Creates a request.
    public init(
        service: APIService, operation: String, body: [UInt8], authentication: RequestAuthentication,
        timeout: Duration = .seconds(42)
    ) {
        self.service = service
        self.operation = operation
        self.body = body
        self.authentication = authentication
        self.timeout = timeout
    }
}

/// An answer.
public struct ServiceResponse: Sendable, Hashable {
    /// The HTTP status.
    public var status: Int
    /// The body.
    public var body: [UInt8]
    /// `x-amzn-RequestId`, if there was one.
    public var requestID: String?

    /// Creates an answer.
    public init(status: Int, body: [UInt8], requestID: String? = nil) {
        self.status = status
        self.body = body
        self.requestID = requestID
    }
}

/// What to open a session to.
public struct SessionRequest: Sendable, Hashable {
    /// The base URL that DiscoverPollEndpoint gave, without `/ws` and query; its scheme may be `http`, `https`,
    /// `ws` or `wss`.
    public var endpoint: String
    /// Query parameters; the transport sorts and encodes them.
    public var parameters: [String: String]
    /// The credentials that sign the handshake, for the service `ecs`.
    public var credentials: Credentials
    /// How long the handshake may take.
    public var timeout: Duration

    /// Creates a request.
    public init(
        endpoint: String, parameters: [String: String], credentials: Credentials, timeout: Duration = .seconds(30)
    ) {
        self.endpoint = endpoint
        self.parameters = parameters
        self.credentials = credentials
        self.timeout = timeout
    }
}

/// What a transport knows about one endpoint.
public struct EndpointReport: Sendable, Hashable, Codable {
    /// What the endpoint is for, such as `ecs` or `acs`.
    public var name: String
    /// The URL used.
    public var url: String
    /// How the transport came to it, such as `configured` or `regional endpoint`.
    public var origin: String
    /// The last failure, or nil if the last attempt succeeded.
    public var lastFailure: String?

    /// Creates a report.
    public init(name: String, url: String, origin: String, lastFailure: String? = nil) {
        self.name = name
        self.url = url
        self.origin = origin
        self.lastFailure = lastFailure
    }
}
