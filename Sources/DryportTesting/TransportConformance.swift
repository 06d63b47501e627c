// SPDX-License-Identifier: Apache-2.0

public import DryportCredentials
import DryportMessages
public import DryportTransport
public import Testing

/// What every ``DryportTransport/Transport`` has to do, as checks to run in the tests of an adapter.
///
/// The adapter's author supplies a fixture: a function that starts a test server, which hands its requests and
/// sessions to a ``TransportConformanceService``, makes a transport that is connected to it, and ends both after the
/// check. A server that authenticates should accept exactly ``credentials`` for the service `ecs`.
///
/// ```swift
/// @Test(arguments: TransportConformance.Check.allCases)
/// func conforms(_ check: TransportConformance.Check) async throws {
///     try await TransportConformance { service, body in
///         try await withMyServer(service) { try await body(…) }
///     }.run(check)
/// }
/// ```
public struct TransportConformance: Sendable {
    /// What a check works with.
    public struct Fixture: Sendable {
        /// The transport under test, connected to the test server.
        public var transport: any Transport
        /// The base URL of the test server's sessions, without `/ws`.
        public var sessionEndpoint: String
        /// A transport of the same kind whose service cannot be reached.
        public var unreachable: any Transport
        /// A base URL at which nobody listens; used with ``unreachable``.
        public var unreachableSessionEndpoint: String

        /// Creates a fixture.
        public init(
            transport: any Transport, sessionEndpoint: String, unreachable: any Transport,
            unreachableSessionEndpoint: String
        ) {
            self.transport = transport
            self.sessionEndpoint = sessionEndpoint
            self.unreachable = unreachable
            self.unreachableSessionEndpoint = unreachableSessionEndpoint
        }
    }

    /// Makes a fixture around a service and calls the body with it.
    public typealias WithFixture =
        @Sendable (TransportConformanceService, @Sendable (Fixture) async throws -> Void) async throws -> Void

    /// One thing that a transport has to do.
    public enum Check: String, Sendable, CaseIterable, CustomTestStringConvertible {
        case echoesRequests, passesErrorStatuses, carriesLargeBodies, serves50RequestsAtOnce
        case timesOutRequests, cancelsRequests, reportsUnreachableServices
        case echoesMessagesInOrder, passesParameters, carriesLargeMessages, receivesAFlood
        case reportsRefusals, endsQuietlyWhenThePeerLeaves, throwsThePeersCode, sendsItsOwnCode
        case closesAfterTheBody, closesAfterAnError, noticesABrokenConnection, closesOnCancellation
        case reportsUnreachableSessions, reportsEndpoints

        /// The name of the check.
        public var testDescription: String { rawValue }
    }

    /// The credentials that every check uses: with a session token that has characters in need of care.
    public static let credentials = Credentials(
        accessKeyID: "AKIDCONFORMANCE", secretAccessKey: Redacted("secret/of+conformance"),
        sessionToken: Redacted("token/with+signs=="))

    let withFixture: WithFixture

    /// Creates the suite for one adapter.
    public init(_ withFixture: @escaping WithFixture) {
        self.withFixture = withFixture
    }

    /// Runs one check against a fresh fixture. Failures are recorded as issues of the current test.
    /// - Throws: What the fixture throws, and what a transport throws that should not have.
    public func run(_ check: Check) async throws {
        let service = TransportConformanceService()
        let withFixture = withFixture
        // A transport that never answers must fail the check, not hang the test run.
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await withFixture(service) { fixture in
                    try await Run(fixture: fixture, service: service).run(check)
                }
                return true
            }
            group.addTask {
                try await Task.sleep(for: .seconds(60))
                return false
            }
            if try await group.next() == false { Issue.record("\(check.rawValue) is not done after a minute") }
            group.cancelAll()
        }
    }

    /// One run of one check; the checks themselves are in extensions.
    struct Run: Sendable {
        let fixture: Fixture
        let service: TransportConformanceService

        var transport: any Transport { fixture.transport }

        func run(_ check: Check) async throws {
            switch check {
            case .echoesRequests: try await echoesRequests()
            case .passesErrorStatuses: try await passesErrorStatuses()
            case .carriesLargeBodies: try await carriesLargeBodies()
            case .serves50RequestsAtOnce: try await serves50RequestsAtOnce()
            case .timesOutRequests: await timesOutRequests()
            case .cancelsRequests: await cancelsRequests()
            case .reportsUnreachableServices: await reportsUnreachableServices()
            case .echoesMessagesInOrder: try await echoesMessagesInOrder()
            case .passesParameters: try await passesParameters()
            case .carriesLargeMessages: try await carriesLargeMessages()
            case .receivesAFlood: try await receivesAFlood()
            case .reportsRefusals: await reportsRefusals()
            case .endsQuietlyWhenThePeerLeaves: try await endsQuietlyWhenThePeerLeaves()
            case .throwsThePeersCode: try await throwsThePeersCode()
            case .sendsItsOwnCode: try await sendsItsOwnCode()
            case .closesAfterTheBody: try await closesAfterTheBody()
            case .closesAfterAnError: await closesAfterAnError()
            case .noticesABrokenConnection: try await noticesABrokenConnection()
            case .closesOnCancellation: await closesOnCancellation()
            case .reportsUnreachableSessions: await reportsUnreachableSessions()
            case .reportsEndpoints: try await reportsEndpoints()
            }
        }

        func request(_ operation: String, _ body: [UInt8] = [], timeout: Duration = .seconds(30)) -> ServiceRequest {
            ServiceRequest(
                service: .ecs, operation: operation, body: body,
                authentication: .signatureV4(TransportConformance.credentials), timeout: timeout)
        }

        func session(
            _ behaviour: String, _ more: [String: String] = [:], at endpoint: String? = nil
        ) -> SessionRequest {
            SessionRequest(
                endpoint: endpoint ?? fixture.sessionEndpoint,
                parameters: more.merging(["behaviour": behaviour]) { $1 },
                credentials: TransportConformance.credentials)
        }

        /// Expects an error of a code, and returns it.
        @discardableResult
        func expect(_ code: TransportError.Code, _ body: () async throws -> Void) async -> TransportError? {
            do {
                try await body()
                Issue.record("no error, expected one of code \(code)")
            } catch let error as TransportError {
                #expect(error.code == code, "\(error)")
                return error
            } catch {
                Issue.record("\(error) instead of a TransportError of code \(code)")
            }
            return nil
        }
    }
}
