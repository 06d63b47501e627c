// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// Keeps temporary credentials fresh: decides when to ask for new ones, and which may be used meanwhile.
///
/// The schedule is the SSM agent's (`ssm-agent.md` §3.3): renewal at half of the lifetime, the old credentials
/// serving until the new ones arrive or they end. Beyond it: one request at a time, whatever happens meanwhile; an
/// attempt at once when the link returns; a wall clock that jumps is noticed at the next event.
///
/// The shell performs each ``Output`` and answers every `requestToken` with exactly one `received` or `failed`, so
/// its request must have a timeout. ``Event/wake`` may come early, late or twice.
public struct CredentialRotation: Sendable, Hashable {
    /// What a rotation may be told.
    public struct Configuration: Sendable, Hashable {
        /// Credentials count as ended this long before they do, so that a request signed with them still arrives in
        /// time at a server whose clock is ahead. At most a quarter of the lifetime is taken for it.
        public var skewMargin: Duration = .seconds(60)
        /// How long after the last attempt another may follow that is not a retry by the table: a flapping link or a
        /// jumping clock must not become a flood of requests.
        public var minimumRetryInterval: Duration = .seconds(1)

        /// Creates a configuration with the default values.
        public init() {}
    }

    /// Why a token is requested.
    public enum Reason: String, Sendable, Hashable {
        /// There are no usable credentials.
        case missing
        /// Half of the lifetime is over.
        case halfLife
        /// The last attempt failed.
        case retry
        /// The link returned.
        case linkRestored
    }

    /// What happens to a rotation.
    public enum Event: Sendable, Hashable {
        /// The process started. Further ones are like ``wake``.
        case start
        /// The timer of ``Output/wakeAt`` fired.
        case wake
        /// The requested token came.
        case received(Credentials)
        /// The request failed: with the service's error code, or without an answer (`isTransport`), or otherwise.
        case failed(code: String?, isTransport: Bool)
        /// The control plane can be reached again.
        case linkRestored
    }

    /// What people and metrics should know.
    public enum Observation: Sendable, Hashable {
        /// A token is being requested.
        case requested(Reason)
        /// New credentials are in use.
        case rotated(accessKeyID: String, expiration: Timestamp?)
        /// An attempt failed, the `attempt`-th in a row; the next follows after `retryIn`.
        case failed(code: String?, attempt: Int, retryIn: Duration)
        /// New credentials came but are not valid by this host's clock; counts as a failure.
        case unusable(expiration: Timestamp, now: Timestamp)
        /// Credentials ended before others came.
        case expired(accessKeyID: String)
    }

    /// What the shell does next, in this order.
    public struct Output: Sendable, Hashable {
        /// Credentials to use and to write for other processes from now on.
        public var publish: Credentials?
        /// Whether to request a token now.
        public var requestToken = false
        /// When to send ``Event/wake``, in place of any earlier wish; nil for not at all.
        public var wakeAt: MonotonicTime?
        /// What to log and count.
        public var observations: [Observation] = []

        /// Creates an output that asks for nothing.
        public init() {}
    }

    private enum Phase: Sendable, Hashable {
        /// Before ``Event/start``. To requesting or waiting.
        case stopped
        /// One request is under way. To waiting, or to requesting again if the link returned meanwhile.
        case requesting(linkReturned: Bool)
        /// Until the given time; nil for ever, with credentials that do not end. To requesting.
        case waiting(until: MonotonicTime?)
    }

    /// The configuration.
    public let configuration: Configuration

    private var phase = Phase.stopped
    private var credentials: Credentials?
    private var retrievedAt: Timestamp
    private var consecutiveFailures = 0
    private var lastRequest: MonotonicTime?
    private var hasReportedExpiry = false

    /// Creates a rotation.
    /// - Parameters:
    ///   - restored: Credentials from before a restart, if any.
    ///   - retrievedAt: When they were received.
    public init(
        restored: Credentials? = nil, retrievedAt: Timestamp = Timestamp(millisecondsSinceEpoch: 0),
        configuration: Configuration = Configuration()
    ) {
        self.configuration = configuration
        self.credentials = restored
        self.retrievedAt = retrievedAt
    }

    /// The credentials that may be used at a moment: the newest ones unless they have ended, with a margin for
    /// clocks that differ. Also those restored, before ``Event/start``.
    public func current(at now: Timestamp) -> Credentials? {
        guard let credentials, let end = usableUntil else { return credentials }
        return now < end ? credentials : nil
    }

    /// The same by an instant's wall clock.
    public func current(at now: Instant) -> Credentials? { current(at: now.wall) }

    /// Takes an event. Deterministic for equal states, events and generators.
    /// - Complexity: O(1).
    public mutating func step(
        _ event: Event, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> Output {
        var output = Output()
        switch event {
        case .start: start(at: now, &output)
        case .wake: wake(at: now, &output)
        case .received(let credentials): receive(credentials, at: now, &output, using: &random)
        case .failed(let code, let isTransport):
            if case .requesting = phase {
                fail(code: code, isTransport: isTransport, at: now, &output, using: &random)
            }
        case .linkRestored: linkRestored(at: now, &output)
        }
        reportExpiry(at: now, &output)
        output.wakeAt = nextWake(at: now)
        return output
    }

    // MARK: Events

    private mutating func start(at now: Instant, _ output: inout Output) {
        guard phase == .stopped else { return wake(at: now, &output) }
        output.publish = current(at: now)
        guard output.publish != nil else { return request(.missing, at: now, &output) }
        if isHalfLifeOver(at: now.wall) { return request(.halfLife, at: now, &output) }
        waitForHalfLife(at: now)
    }

    private mutating func wake(at now: Instant, _ output: inout Output) {
        guard case .waiting(let until) = phase else { return }
        if consecutiveFailures > 0 {
            if let until, until <= now.monotonic { request(.retry, at: now, &output) }
        } else if current(at: now) == nil {
            requestWhenAllowed(.missing, at: now, &output)
        } else if isHalfLifeOver(at: now.wall) || until.map({ $0 <= now.monotonic }) == true {
            requestWhenAllowed(.halfLife, at: now, &output)
        }
    }

    private mutating func receive(
        _ received: Credentials, at now: Instant, _ output: inout Output, using random: inout some RandomNumberGenerator
    ) {
        if case .requesting = phase {} else { return }
        if let expiration = received.expiration, expiration <= now.wall {
            output.observations.append(.unusable(expiration: expiration, now: now.wall))
            return fail(code: nil, isTransport: false, at: now, &output, using: &random)
        }
        credentials = received
        retrievedAt = now.wall
        consecutiveFailures = 0
        hasReportedExpiry = false
        output.publish = received
        output.observations.append(.rotated(accessKeyID: received.accessKeyID, expiration: received.expiration))
        waitForHalfLife(at: now)
    }

    private mutating func fail(
        code: String?, isTransport: Bool, at now: Instant, _ output: inout Output,
        using random: inout some RandomNumberGenerator
    ) {
        let linkReturned = phase == .requesting(linkReturned: true)
        consecutiveFailures += 1
        var delay = CredentialRetry.delay(
            code: code, isTransport: isTransport, previousFailures: consecutiveFailures - 1, using: &random)
        // The request was caught by the outage that has just ended: its failure says nothing about the next one.
        if linkReturned && isTransport { delay = min(delay, configuration.minimumRetryInterval) }
        output.observations.append(.failed(code: code, attempt: consecutiveFailures, retryIn: delay))
        phase = .waiting(until: now.monotonic.advanced(by: delay))
    }

    private mutating func linkRestored(at now: Instant, _ output: inout Output) {
        switch phase {
        case .stopped: return
        case .requesting: phase = .requesting(linkReturned: true)
        case .waiting:
            guard consecutiveFailures > 0 || current(at: now) == nil || isHalfLifeOver(at: now.wall) else { return }
            requestWhenAllowed(.linkRestored, at: now, &output)
        }
    }

    // MARK: Steps

    /// What does not come from the retry table is still no more frequent than the configuration allows.
    private mutating func requestWhenAllowed(_ reason: Reason, at now: Instant, _ output: inout Output) {
        if let earliest = lastRequest?.advanced(by: configuration.minimumRetryInterval), earliest > now.monotonic {
            phase = .waiting(until: earliest)
        } else {
            request(reason, at: now, &output)
        }
    }

    private mutating func request(_ reason: Reason, at now: Instant, _ output: inout Output) {
        phase = .requesting(linkReturned: false)
        lastRequest = now.monotonic
        output.requestToken = true
        output.observations.append(.requested(reason))
    }

    private mutating func waitForHalfLife(at now: Instant) {
        guard let lifetime else {
            phase = .waiting(until: nil)
            return
        }
        // A clock that went back must not put the renewal off for longer than it would have been.
        let wait = min(now.wall.duration(to: retrievedAt.advanced(by: lifetime / 2)), lifetime / 2)
        // Nor may credentials of no length at all turn renewal into a loop.
        phase = .waiting(until: now.monotonic.advanced(by: max(wait, configuration.minimumRetryInterval)))
    }

    private mutating func reportExpiry(at now: Instant, _ output: inout Output) {
        guard !hasReportedExpiry, let credentials, current(at: now) == nil else { return }
        hasReportedExpiry = true
        output.observations.append(.expired(accessKeyID: credentials.accessKeyID))
    }

    // MARK: Time

    /// From receipt to expiration; nil for credentials that do not end.
    private var lifetime: Duration? {
        guard let expiration = credentials?.expiration else { return nil }
        return max(.zero, retrievedAt.duration(to: expiration))
    }

    private var usableUntil: Timestamp? {
        guard let expiration = credentials?.expiration, let lifetime else { return nil }
        return expiration.advanced(by: .zero - min(configuration.skewMargin, lifetime / 4))
    }

    /// Also true if the clock shows a time well before the receipt: then it was wrong once, and nothing is known.
    private func isHalfLifeOver(at wall: Timestamp) -> Bool {
        guard let lifetime else { return false }
        return wall >= retrievedAt.advanced(by: lifetime / 2) || wall.advanced(by: .seconds(300)) < retrievedAt
    }

    /// The planned attempt, or the moment at which the credentials end, to say so.
    private func nextWake(at now: Instant) -> MonotonicTime? {
        var wake: MonotonicTime?
        if case .waiting(let until) = phase { wake = until }
        if phase != .stopped, !hasReportedExpiry, let end = usableUntil {
            let expiry = now.monotonic.advanced(by: now.wall.duration(to: end))
            wake = min(wake ?? expiry, expiry)
        }
        return wake
    }
}
