// SPDX-License-Identifier: Apache-2.0

public import DryportCredentials

/// How an agent behaves. All of it is policy of the pure core; nothing here is about sockets or files.
public struct AgentConfiguration: Sendable, Hashable {
    /// What registers the host as a managed node on its first start (`ssm-agent.md` §1.3).
    public struct Activation: Sendable, Hashable {
        /// The activation's id, a UUID.
        public var id: String
        /// The activation's code; a secret.
        public var code: Redacted<String>

        /// Creates an activation.
        public init(id: String, code: Redacted<String>) {
            self.id = id
            self.code = code
        }
    }

    /// When an image is pulled (`ecs-agent.md` §10.3).
    public enum ImagePullBehavior: String, Sendable, Hashable, Codable, CaseIterable {
        /// Pull; if that fails, go on with the image that the host has.
        case `default`
        /// Pull; if that fails, so does the container.
        case always
        /// Pull what this agent has not pulled before; if that fails, so does the container.
        case once
        /// Use the host's image, and pull only if there is none.
        case preferCached = "prefer-cached"
    }

    /// The cluster, by name or ARN. Nil means `default`, which is made if it does not exist (§2.5).
    public var cluster: String?
    /// The region of the services.
    public var region: String
    /// What registers the host on its first start; unused afterwards.
    public var activation: Activation?
    /// The agent's own attributes, in this order; sent on the first registration only (§2.1).
    public var attributes: [(name: String, value: String)] {
        get { attributeList.map { ($0.name, $0.value) } }
        set { attributeList = newValue.map { NamedValue(name: $0.name, value: $0.value) } }
    }
    private var attributeList: [NamedValue] = []
    /// Memory in MiB that tasks must leave alone, not negative.
    public var reservedMemory: Int
    /// TCP ports that tasks must leave alone.
    public var reservedPorts: [Int]
    /// UDP ports that tasks must leave alone.
    public var reservedUDPPorts: [Int]
    /// The time between a stop signal and the kill, where a container does not say; at least 1 s.
    public var stopTimeout: Duration
    /// When images are pulled.
    public var imagePullBehavior: ImagePullBehavior
    /// The version that the agent tells the backend, at least 5 characters.
    public var agentVersion: String
    /// The revision that the agent tells the backend: 8 hexadecimal digits.
    public var agentHash: String
    /// All durations.
    public var timing: AgentTiming

    private struct NamedValue: Sendable, Hashable {
        var name: String
        var value: String
    }

    /// Creates a configuration with AWS's defaults.
    /// - Parameters:
    ///   - cluster: The cluster, by name or ARN; nil for `default`.
    ///   - region: The region.
    ///   - activation: Needed on first start only.
    public init(cluster: String? = nil, region: String, activation: Activation? = nil) {
        self.cluster = cluster
        self.region = region
        self.activation = activation
        self.reservedMemory = 0
        self.reservedPorts = [22, 2375, 2376, 51678, 51679]
        self.reservedUDPPorts = []
        self.stopTimeout = .seconds(30)
        self.imagePullBehavior = .default
        self.agentVersion = "0.1.0"
        self.agentHash = "00000000"
        self.timing = AgentTiming()
    }

    /// The cluster as every message names it.
    public var clusterName: String { cluster ?? "default" }
}
