// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportMessages
import DryportModel

/// Keeps one ACS session open (`ecs-agent.md` §3, §4.1, §4.7, §4.8). What its messages mean is not its business.
struct SessionMachine: Sendable, Hashable {
    private enum Phase: Sendable, Hashable {
        /// Nothing is under way: to discovering or connecting as soon as `until` has passed.
        case waiting(until: MonotonicTime?)
        /// Asking where ACS is. To connecting or waiting.
        case discovering(AgentCall.ID)
        /// The handshake is under way. To connected or waiting.
        case connecting(SessionID)
        /// Open. To closing or waiting.
        case connected(SessionID)
        /// A close was sent; the peer's answer is awaited. To waiting.
        case closing(SessionID, until: MonotonicTime)
    }

    private let configuration: AgentConfiguration
    private var phase = Phase.waiting(until: nil)
    private var containerInstance: String?
    private var runtime: RuntimeFacts?
    private var endpoint: String?
    private var endpointExpiresAt: MonotonicTime?
    private var failures = 0
    private var connectedAt: MonotonicTime?
    private var hasBeenConnected = false
    private var hasHeard = false
    private var inactiveAt: MonotonicTime?
    private var expiresAt: MonotonicTime?
    /// Whether the last close was the agent's own doing, for which nobody is to blame.
    private var isOwnClose = false

    init(configuration: AgentConfiguration) { self.configuration = configuration }

    /// Whether a session is open.
    var isConnected: Bool { if case .connected = phase { true } else { false } }

    /// The open session.
    var current: SessionID? { if case .connected(let id) = phase { id } else { nil } }

    /// Everything that is due at some time.
    var deadlines: [MonotonicTime] {
        var deadlines = [inactiveAt, expiresAt].compactMap { $0 }
        if case .waiting(let until?) = phase { deadlines.append(until) }
        if case .closing(_, let until) = phase { deadlines.append(until) }
        return deadlines
    }

    /// The instance is registered: connecting begins.
    mutating func enable(containerInstance: String, runtime: RuntimeFacts) {
        self.containerInstance = containerInstance
        self.runtime = runtime
    }

    /// Does what is due.
    mutating func settle(
        credentials: Credentials?, at now: Instant, using random: inout some RandomNumberGenerator,
        _ effects: inout Effects
    ) {
        guard containerInstance != nil else { return }
        switch phase {
        case .waiting(let until):
            if let until, until > now.monotonic { return }
            guard let credentials else { return }
            begin(credentials, at: now, &effects)
        case .connected(let id):
            if let at = inactiveAt, at <= now.monotonic {
                isOwnClose = false
                close(id, code: 1001, reason: "no message for too long", at: now, &effects)
            } else if let at = expiresAt, at <= now.monotonic {
                isOwnClose = true
                close(id, code: 1000, reason: "ConnectionExpired: Reconnect to continue", at: now, &effects)
            }
        case .closing(_, let until):
            guard until <= now.monotonic else { return }
            over("the peer did not answer the close", immediately: isOwnClose, at: now, using: &random, &effects)
        case .discovering, .connecting: break
        }
    }

    private mutating func begin(_ credentials: Credentials, at now: Instant, _ effects: inout Effects) {
        guard let containerInstance else { return }
        if let endpoint, let expiry = endpointExpiresAt, expiry > now.monotonic {
            connect(to: endpoint, credentials, &effects)
            return
        }
        let request = ECS.DiscoverPollEndpointRequest(
            containerInstance: containerInstance, cluster: configuration.clusterName)
        phase = .discovering(
            effects.call(.discoverPollEndpoint(request), as: .credentials(credentials), timeout: .seconds(126)))
    }

    private mutating func connect(to endpoint: String, _ credentials: Credentials, _ effects: inout Effects) {
        var parameters = [
            "agentHash": configuration.agentHash, "agentVersion": configuration.agentVersion,
            "clusterArn": configuration.clusterName, "containerInstanceArn": containerInstance ?? "",
            "protocolVersion": "2", "sendCredentials": hasBeenConnected ? "false" : "true", "seqNum": "1",
        ]
        if let runtime, !runtime.dockerAPIVersions.isEmpty {
            parameters["dockerVersion"] = "DockerVersion: \(runtime.version)"
        }
        phase = .connecting(
            effects.open(SessionTarget(endpoint: endpoint, parameters: parameters, credentials: credentials)))
    }

    private mutating func close(
        _ id: SessionID, code: UInt16, reason: String, at now: Instant, _ effects: inout Effects
    ) {
        effects.output.messages.append(.close(id, code: code, reason: reason))
        phase = .closing(id, until: now.monotonic.advanced(by: configuration.timing.closeGrace))
        inactiveAt = nil
        expiresAt = nil
    }

    // MARK: Events

    /// Takes the answer about the endpoint.
    /// - Returns: Whether the call was this machine's.
    mutating func finished(
        _ id: AgentCall.ID, _ result: Result<AgentAnswer, AgentCallFailure>, credentials: Credentials?,
        at now: Instant, using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) -> Bool {
        guard case .discovering(id) = phase else { return false }
        switch result {
        case .success(.discoverPollEndpoint(let answer)) where answer.endpoint?.isEmpty == false:
            endpoint = answer.endpoint
            endpointExpiresAt = now.monotonic.advanced(by: configuration.timing.endpointLifetime)
        case .success:
            over("the backend did not say where ACS is", immediately: false, at: now, using: &random, &effects)
            return true
        case .failure(let failure):
            if failure.text.contains(ACS.ErrorMessage.inactiveInstance) {
                deregistered(at: now, &effects)
                return true
            }
            // §3: an old answer is better than none.
            guard endpoint != nil else {
                over(failure.text, immediately: false, at: now, using: &random, &effects)
                return true
            }
        }
        phase = .waiting(until: nil)
        if let endpoint, let credentials { connect(to: endpoint, credentials, &effects) }
        return true
    }

    /// The session is open.
    /// - Returns: Whether it is the one that counts.
    mutating func opened(
        _ id: SessionID, at now: Instant, using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) -> Bool {
        guard case .connecting(id) = phase else { return false }
        let timing = configuration.timing
        phase = .connected(id)
        hasBeenConnected = true
        hasHeard = false
        connectedAt = now.monotonic
        heard(at: now, using: &random)
        hasHeard = false
        expiresAt = now.monotonic.advanced(
            by: timing.connectionLifetime + random.duration(upTo: timing.connectionLifetimeJitter))
        effects.observe(.connected)
        return true
    }

    /// A recognised message came: the peer lives.
    mutating func heard(at now: Instant, using random: inout some RandomNumberGenerator) {
        let inactivity = configuration.timing.inactivity
        inactiveAt = now.monotonic.advanced(by: inactivity + random.duration(upTo: inactivity))
        hasHeard = true
    }

    /// The session is over, or did not come about.
    mutating func ended(
        _ id: SessionID, _ end: SessionEnd, at now: Instant, using random: inout some RandomNumberGenerator,
        _ effects: inout Effects
    ) {
        var wasClosing = false
        switch phase {
        case .connecting(id), .connected(id): break
        case .closing(id, _): wasClosing = true
        default: return
        }
        if case .refused(_, let body) = end, body.contains(ACS.ErrorMessage.inactiveInstance) {
            return deregistered(at: now, &effects)
        }
        over(
            end.text, immediately: wasClosing ? isOwnClose : mayReconnectAtOnce(after: end, at: now), at: now,
            using: &random, &effects)
    }

    /// §4.7, with one more condition: see ``AgentTiming/implausibleConnection``.
    private func mayReconnectAtOnce(after end: SessionEnd, at now: Instant) -> Bool {
        guard let connectedAt else { return false }
        let isPlausible =
            hasHeard || connectedAt.duration(to: now.monotonic) >= configuration.timing.implausibleConnection
        switch end {
        case .clean: return isPlausible
        case .closed(let code): return isPlausible && [1000, 1001, 1006, 1011].contains(code)
        case .refused, .failed: return false
        }
    }

    private mutating func over(
        _ reason: String, immediately: Bool, at now: Instant, using random: inout some RandomNumberGenerator,
        _ effects: inout Effects
    ) {
        if let connectedAt, connectedAt.duration(to: now.monotonic) >= configuration.timing.stableConnection {
            failures = 0
        }
        var pause = Duration.zero
        if !immediately {
            failures += 1
            pause = configuration.timing.reconnect.delay(afterFailures: failures, using: &random)
        }
        effects.observe(.disconnected(reason: reason, retryIn: pause))
        wait(until: now.monotonic.advanced(by: pause))
    }

    private mutating func deregistered(at now: Instant, _ effects: inout Effects) {
        let pause = configuration.timing.deregistered
        effects.observe(.deregistered(retryIn: pause))
        wait(until: now.monotonic.advanced(by: pause))
    }

    private mutating func wait(until: MonotonicTime) {
        phase = .waiting(until: until)
        connectedAt = nil
        inactiveAt = nil
        expiresAt = nil
    }
}

extension SessionEnd {
    /// What to tell people.
    fileprivate var text: String {
        switch self {
        case .clean: "the session was closed"
        case .closed(let code): "the session was closed with code \(code)"
        case .refused(let status, let body): "the handshake was answered with status \(status): \(body)"
        case .failed(let reason): reason
        }
    }
}
