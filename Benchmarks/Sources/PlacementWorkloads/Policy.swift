// SPDX-License-Identifier: Apache-2.0

public import DryportPlacement

/// A way of placing that is measured.
public enum Policy: String, CaseIterable {
    /// Binpack by memory.
    case binpack
    /// Spread over zones, then binpack by memory.
    case spreadZoneBinpack = "spread zone, binpack"
    /// Spread over instances.
    case spreadInstance = "spread instance"
    /// Any instance.
    case random
    /// On instances with an SSD, one task of a service on each, spread over instances.
    case constrained = "memberOf, distinct, spread"
    /// Each service has one of the others.
    case mix

    /// What each service asks for.
    public var requests: [PlacementRequest] {
        (0..<ReferenceWorkload.services).map { service in
            let policy = self == .mix ? Self.allCases[service / 4 % 5] : self
            return ReferenceWorkload.request(
                service, constraints: policy.constraints, strategies: policy.strategies)
        }
    }

    private var constraints: [PlacementConstraint] {
        self == .constrained ? [ReferenceWorkload.onSSD, .distinctInstance] : []
    }

    private var strategies: [PlacementStrategy] {
        switch self {
        case .binpack: [.binpack(.memory)]
        case .spreadZoneBinpack: [.spread(.attribute("zone")), .binpack(.memory)]
        case .spreadInstance, .constrained: [.spread(.instanceID)]
        case .random: [.random]
        case .mix: []
        }
    }
}
