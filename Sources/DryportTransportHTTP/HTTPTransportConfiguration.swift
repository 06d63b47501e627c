// SPDX-License-Identifier: Apache-2.0

import DryportMessages

/// How the name of a service becomes an address.
public enum EndpointResolution: Sendable, Hashable {
    /// One base URL (`http` or `https`) for every service, such as that of a Dryport server. Sessions go where the
    /// control plane sends them, which need not be here.
    case custom(url: String)
    /// AWS's public names, `https://<service>.<region>.<domain>` (`ssm-agent.md` §0.1).
    case regional
}

/// What an ``HTTPTransport`` is made for, and its limits.
public struct HTTPTransportConfiguration: Sendable, Hashable {
    /// The region, which every signature names: letters, digits and hyphens, at most 100.
    public var region: String
    /// How the name of a service becomes an address.
    public var endpoints: EndpointResolution
    /// Path of a PEM file with certificate authorities to trust in addition to the system's.
    public var additionalTrustRoots: String?
    /// The `User-Agent` header: the program and its version, such as `Dryport/0.1.0`.
    public var userAgent: String
    /// How long connecting, resolution and TLS handshake included, may take.
    public var connectTimeout: Duration
    /// The largest answer accepted, in bytes.
    public var maximumResponseSize: Int
    /// The largest message accepted on a session, in bytes.
    public var maximumMessageSize: Int
    /// After how long without a sign of life a session counts as broken; pings are sent meanwhile. nil waits for
    /// ever.
    public var sessionIdleTimeout: Duration?

    /// Creates a configuration. The defaults are the limits that AWS's own agent has, where it has them
    /// (`ecs-agent.md` §1.4, §4.7).
    public init(
        region: String, endpoints: EndpointResolution = .regional, additionalTrustRoots: String? = nil,
        userAgent: String = "Dryport", connectTimeout: Duration = .seconds(30),
        maximumResponseSize: Int = 8 * 1024 * 1024, maximumMessageSize: Int = 4 * 1024 * 1024,
        sessionIdleTimeout: Duration? = .seconds(180)
    ) {
        self.region = region
        self.endpoints = endpoints
        self.additionalTrustRoots = additionalTrustRoots
        self.userAgent = userAgent
        self.connectTimeout = connectTimeout
        self.maximumResponseSize = maximumResponseSize
        self.maximumMessageSize = maximumMessageSize
        self.sessionIdleTimeout = sessionIdleTimeout
    }

    /// The base URL of a service, and how it was arrived at, for reports.
    func endpoint(of service: APIService) -> (url: String, origin: String) {
        switch endpoints {
        case .custom(let url): (url, "configured")
        case .regional:
            ("https://\(service.signingName).\(region).\(Self.domain(ofRegion: region))", "regional endpoint")
        }
    }

    /// The domain under which AWS names a region's services (`ssm-agent.md` §0.1).
    static func domain(ofRegion region: String) -> String {
        let partitions = [
            ("cn-", "amazonaws.com.cn"), ("us-iso-", "c2s.ic.gov"), ("us-isob-", "sc2s.sgov.gov"),
            ("us-isof-", "csp.hci.ic.gov"), ("eu-isoe-", "cloud.adc-e.uk"), ("eusc-de-", "amazonaws.eu"),
        ]
        return partitions.first { region.hasPrefix($0.0) }?.1 ?? "amazonaws.com"
    }

    /// Whether a region's name can stand in a host name and in a credential scope (`ssm-agent.md` §0.1).
    static func isRegion(_ name: String) -> Bool {
        (1...100).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
                default: false
                }
            }
    }
}
