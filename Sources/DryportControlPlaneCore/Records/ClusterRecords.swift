// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel

/// A cluster.
public struct ClusterRecord: Sendable, Hashable, Codable {
    /// The name, 1–255 of letters, digits, hyphens and underscores.
    public var name: String
    /// `ACTIVE` or `INACTIVE`.
    public var isActive: Bool
    /// Settings such as `containerInsights`.
    public var settings: [ECS.ClusterSetting]
    /// Its configuration, stored and returned.
    public var configuration: ECS.ClusterConfiguration?
    /// Its tags.
    public var tags: [Tag]
}

/// A container instance.
public struct ContainerInstanceRecord: Sendable, Hashable, Codable {
    /// 32 hexadecimal digits.
    public var id: String
    /// The managed node behind it, `mi-…`; nil if an administrator's credentials registered it.
    public var managedInstanceID: String?
    /// Its status.
    public var status: ContainerInstanceStatus
    /// Attributes that the agent registered.
    public var attributes: [Attribute]
    /// What the agent registered.
    public var resources: RegisteredResources
    /// The agent's version.
    public var version: ECS.VersionInfo?
    /// When it was registered first.
    public var registeredAt: Timestamp
    /// When it was deregistered.
    public var deregisteredAt: Timestamp?
    /// Its tags.
    public var tags: [Tag]
    /// What the count of changes that are worth an event (`ecs-control-plane.md` §4.4) may grow to before the record
    /// is written again. A restart goes on from here, so that the count grows for ever.
    public var changes: Int
    /// The same for the number in a payload's `seqNum` or a manifest's `timeline` (`ecs-agent.md` §4.9).
    public var timeline: Int
    /// The token of its registration, for repeated calls.
    public var clientToken: String?
}

/// What an instance offers.
public struct RegisteredResources: Sendable, Hashable, Codable {
    /// CPU units.
    public var cpu: Int
    /// MiB.
    public var memory: Int
    /// TCP ports that are not to be used.
    public var tcpPorts: [Int]
    /// UDP ports that are not to be used.
    public var udpPorts: [Int]
    /// Ids of GPUs.
    public var gpus: [String]
}

/// What a client token stood for (`ecs-control-plane.md` §5.7).
public struct ClientTokenRecord: Sendable, Hashable, Codable {
    /// The token, with the operation's name before it.
    public var token: String
    /// SHA-256 of the request without the token.
    public var requestDigest: String
    /// Ids of the tasks that the first call made.
    public var tasks: [String]
    /// The failures that the first call answered.
    public var failures: [ECS.Failure]
    /// When the token is forgotten.
    public var expiration: Timestamp
}
