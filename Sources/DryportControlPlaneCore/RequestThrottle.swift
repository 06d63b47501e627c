// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel

/// How many calls each kind of caller may make (`ecs-control-plane.md` §0).
public struct ThrottlingConfiguration: Sendable, Hashable {
    /// A token bucket: as many calls at once as it holds, and as many a second as flow into it.
    public struct Limit: Sendable, Hashable {
        /// How many calls a caller that was quiet may make at once, at least 1.
        public let burst: Int
        /// How many calls a second it may make on end, at least 1.
        public let rate: Int

        /// Creates a limit.
        /// - Precondition: Both numbers are at least 1.
        public init(burst: Int, rate: Int) {
            precondition(burst >= 1 && rate >= 1, "a limit lets at least one call through")
            self.burst = burst
            self.rate = rate
        }

        /// The time in which one call flows in.
        var interval: Duration { .seconds(1) / rate }
    }

    /// For each administrator's access key; nil, which is the default, for no limit: when a fleet is in trouble, the
    /// operator's own tools are the last that should be slowed down. Set it where several teams share a control plane.
    public var administrators: Limit?
    /// For each managed node, whether it signs with its key or with its role's credentials; nil for no limit. The
    /// default of 200, and 50 a second, is several times what a host reports whose tasks all change at once.
    public var nodes: Limit? = Limit(burst: 200, rate: 50)
    /// For each task; nil for no limit.
    public var tasks: Limit? = Limit(burst: 50, rate: 10)
    /// For all calls without a signature together, of which there is one when a host registers; nil for no limit.
    public var anonymous: Limit? = Limit(burst: 50, rate: 5)

    /// Creates the defaults.
    public init() {}

    fileprivate func limit(of principal: Principal) -> Limit? {
        switch principal {
        case .administrator: administrators
        case .managedInstance, .managedInstanceKey: nodes
        case .task: tasks
        case .anonymous: anonymous
        }
    }
}

/// Refuses calls of whoever calls too often: a token bucket for each principal, and one for all anonymous calls.
///
/// A bucket is kept as the time when it will be full, so that nothing has to be refilled, and only while it is not
/// full: what is kept is bounded by the number of principals that have called within the last burst/rate seconds.
///
/// - Complexity: O(1) a call, amortised.
public struct RequestThrottle: Sendable {
    /// Who may call how often.
    public let configuration: ThrottlingConfiguration
    private var fullAt: [Principal: MonotonicTime] = [:]
    private var sweepAt = Self.smallest

    /// Buckets that are few enough to be kept although they may be full.
    private static let smallest = 64

    /// Creates a throttle with full buckets.
    public init(configuration: ThrottlingConfiguration) {
        self.configuration = configuration
    }

    /// How many buckets are kept.
    public var count: Int { fullAt.count }

    /// Takes a call out of its caller's bucket.
    /// - Throws: `ThrottlingException`, with nothing taken, if the bucket is empty. The caller may try again later.
    public mutating func admit(_ principal: Principal, at now: MonotonicTime) throws(APIError) {
        guard let limit = configuration.limit(of: principal) else { return }
        // A node is one caller, however it signs.
        let caller =
            if case .managedInstanceKey(let id) = principal { Principal.managedInstance(id: id) } else { principal }
        let full = max(fullAt[caller] ?? now, now).advanced(by: limit.interval)
        guard now.duration(to: full) <= limit.interval * limit.burst else {
            throw APIError(.throttling, "Rate exceeded")
        }
        fullAt[caller] = full
        if fullAt.count > sweepAt {
            // What remains does not depend on the order.
            fullAt = fullAt.filter { $0.value > now }
            sweepAt = max(Self.smallest, 2 * fullAt.count)
        }
    }
}
