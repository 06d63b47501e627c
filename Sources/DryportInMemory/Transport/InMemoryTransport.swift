// SPDX-License-Identifier: Apache-2.0

import DryportMessages
public import DryportTransport
import Synchronization

/// A transport that ends in the same process, with faults that can be scripted.
///
/// Nothing is signed or encoded: the service receives the very values that were sent, authentication included.
/// Timeouts count from when the request was sent, delays included.
public final class InMemoryTransport: Transport {
    private struct State {
        var isPartitioned = false
        var faults: [(fault: InMemoryFault, target: InMemoryFault.Target)] = []
        var sessions: [Int: SessionPipe] = [:]
        var nextSession = 0
        var reports: [EndpointReport] = []
    }

    private let service: any InMemoryService
    private let clock: any Clock<Duration>
    private let state = Mutex(State())

    /// Creates a transport.
    /// - Parameters:
    ///   - service: What answers.
    ///   - clock: What delays and timeouts are measured with.
    public init(service: any InMemoryService, clock: any Clock<Duration> = ContinuousClock()) {
        self.service = service
        self.clock = clock
    }

    // MARK: Faults

    /// Cuts the connection, or restores it. While it is cut nothing gets through; cutting it breaks the open sessions
    /// (code 1006) and loses the answers of the requests under way.
    public func setPartitioned(_ isPartitioned: Bool) {
        state.withLock { $0.isPartitioned = isPartitioned }
        if isPartitioned { disconnectSessions() }
    }

    /// Breaks the open sessions; new ones can be opened.
    public func disconnectSessions() {
        let sessions = state.withLock { Array($0.sessions.values) }
        for session in sessions { session.disconnect() }
    }

    /// Scripts faults: the next `count` requests or sessions that match meet one each. A request that matches several
    /// meets the one that was scripted first.
    public func inject(_ fault: InMemoryFault, into target: InMemoryFault.Target, count: Int = 1) {
        state.withLock { state in
            for _ in 0..<count { state.faults.append((fault, target)) }
        }
    }

    /// How many sessions are open.
    public var openSessionCount: Int { state.withLock { $0.sessions.count } }

    private func takeFault(_ matches: (InMemoryFault.Target) -> Bool) -> InMemoryFault? {
        state.withLock { state in
            if state.isPartitioned { return .unreachable }
            guard let index = state.faults.firstIndex(where: { matches($0.target) }) else { return nil }
            return state.faults.remove(at: index).fault
        }
    }

    // MARK: Transport

    /// Hands the request to the service, unless a fault is in the way.
    public func send(_ request: ServiceRequest) async throws(TransportError) -> ServiceResponse {
        let name = request.service.rawValue
        do {
            let response = try await exchange(request)
            record(name, url: "memory:\(name)", failure: nil)
            return response
        } catch let error as TransportError {
            record(name, url: "memory:\(name)", failure: error)
            throw error
        } catch {
            throw TransportError(code: .closed, message: "\(request.operation) was cancelled", cause: error)
        }
    }

    private func exchange(_ request: ServiceRequest) async throws -> ServiceResponse {
        let fault = takeFault { $0 == .anyRequest || $0 == .operation(request.operation) }
        let (service, clock) = (service, clock)
        let response = try await withDeadline(request.timeout, "\(request.operation) was not answered in time") {
            switch fault {
            case .unreachable: throw Self.unreachable
            case .answer(let response): return response
            case .delay(let delay): try await clock.sleep(for: delay)
            case .lostAnswer, nil: break
            }
            return await service.respond(to: request)
        }
        try Task.checkCancellation()
        if fault == .lostAnswer {
            throw TransportError(code: .timedOut, message: "the answer to \(request.operation) was lost")
        }
        if state.withLock({ $0.isPartitioned }) {
            throw TransportError(
                code: .closed, message: "the connection broke before \(request.operation) was answered",
                closeCode: 1006)
        }
        return response
    }

    /// Opens a session with the service, unless a fault is in the way, and ends it after `body`.
    public func withSession<Result: Sendable>(
        _ request: SessionRequest, _ body: (any TransportSession) async throws -> Result
    ) async throws -> Result {
        let session = try await open(request)
        let (id, isPartitioned) = state.withLock { state in
            state.nextSession += 1
            state.sessions[state.nextSession] = session
            return (state.nextSession, state.isPartitioned)
        }
        // The cut may have come while the session was opened, when nobody knew of it.
        if isPartitioned { session.disconnect() }
        defer {
            // Without effect if the body or the service has ended the session.
            session.finish(code: 1000, reason: "")
            state.withLock { $0.sessions[id] = nil }
        }
        return try await withTaskCancellationHandler {
            try await body(session)
        } onCancel: {
            session.finish(code: 1001, reason: "cancelled")
        }
    }

    private func open(_ request: SessionRequest) async throws -> SessionPipe {
        do {
            let fault = takeFault { $0 == .session }
            let (service, clock) = (service, clock)
            let session = try await withDeadline(request.timeout, "the session was not opened in time") {
                switch fault {
                case .unreachable: throw Self.unreachable
                case .answer(let response):
                    throw TransportError(code: .refused, message: "the session was refused", response: response)
                case .delay(let delay): try await clock.sleep(for: delay)
                case .lostAnswer, nil: break
                }
                let session = try await service.accept(request)
                // The service holds the other end and must not wait at it for ever.
                if fault == .lostAnswer || Task.isCancelled { session.disconnect() }
                return session
            }
            record("session", url: request.endpoint, failure: nil)
            return session
        } catch let error as TransportError {
            record("session", url: request.endpoint, failure: error)
            throw error
        }
    }

    private func withDeadline<Result: Sendable>(
        _ timeout: Duration, _ message: String, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let clock = clock
        return try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await clock.sleep(for: timeout)
                throw TransportError(code: .timedOut, message: message)
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    private static let unreachable = TransportError(code: .unreachable, message: "the service is out of reach")

    // MARK: Report

    /// The last verdict on each service and session endpoint used so far.
    public func report() async -> [EndpointReport] { state.withLock { $0.reports } }

    private func record(_ name: String, url: String, failure: TransportError?) {
        let report = EndpointReport(name: name, url: url, origin: "in memory", lastFailure: failure?.description)
        state.withLock { state in
            if let index = state.reports.firstIndex(where: { $0.name == name && $0.url == url }) {
                state.reports[index] = report
            } else {
                state.reports.append(report)
            }
        }
    }
}
