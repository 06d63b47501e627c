// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// A container instance as it registered: what it has and who it is. What tasks take of it is kept by the engine.
public struct PlacementInstance: Sendable, Hashable {
    /// The most CPU units, or MiB, that an instance has or a task asks for: 2⁴⁰ − 1.
    public static let maximumResource = (1 << 40) - 1

    /// The instance's id; not empty, and its own in its engine.
    public var id: String
    /// Its status; only active instances take tasks.
    public var status: ContainerInstanceStatus
    /// Whether its agent is connected; only such instances take tasks.
    public var isConnected: Bool
    /// Its attributes by name; nil for those without a value.
    public var attributes: [String: String?]
    /// CPU units, 1,024 to a CPU; 0 to ``maximumResource``.
    public var cpu: Int
    /// MiB; 0 to ``maximumResource``.
    public var memory: Int
    /// The ids of its GPUs, each once.
    public var gpus: [String]
    /// TCP ports that the host keeps for itself, 1–65,535.
    public var tcpPorts: [Int]
    /// UDP ports that the host keeps for itself, 1–65,535.
    public var udpPorts: [Int]
    /// The version of its agent, such as `1.105.1`.
    public var agentVersion: String?
    /// The id that the query language calls `ec2InstanceId`; of external instances the managed instance's, `mi-…`.
    public var ec2InstanceID: String?
    /// When it registered.
    public var registeredAt: Timestamp?

    /// Creates an instance; it is checked where it is added to an engine.
    public init(
        id: String, status: ContainerInstanceStatus = .active, isConnected: Bool = true,
        attributes: [String: String?] = [:], cpu: Int, memory: Int, gpus: [String] = [], tcpPorts: [Int] = [],
        udpPorts: [Int] = [], agentVersion: String? = nil, ec2InstanceID: String? = nil, registeredAt: Timestamp? = nil
    ) {
        self.id = id
        self.status = status
        self.isConnected = isConnected
        self.attributes = attributes
        self.cpu = cpu
        self.memory = memory
        self.gpus = gpus
        self.tcpPorts = tcpPorts
        self.udpPorts = udpPorts
        self.agentVersion = agentVersion
        self.ec2InstanceID = ec2InstanceID
        self.registeredAt = registeredAt
    }
}

extension PlacementInstance {
    /// - Throws: ``PlacementError`` with code `invalidInstance` that names the member.
    func validate() throws(PlacementError) {
        func require(_ holds: Bool, _ problem: @autoclosure () -> String) throws(PlacementError) {
            guard !holds else { return }
            throw PlacementError(.invalidInstance, "instance \(id): \(problem())")
        }
        guard !id.isEmpty else { throw PlacementError(.invalidInstance, "an instance has an empty id") }
        let range = 0...Self.maximumResource
        try require(range.contains(cpu), "cpu is \(cpu); it must be 0 to \(Self.maximumResource)")
        try require(range.contains(memory), "memory is \(memory); it must be 0 to \(Self.maximumResource)")
        try require(attributes[""] == nil, "an attribute has an empty name")
        try require(Set(gpus).count == gpus.count, "a GPU is listed twice")
        try require(!gpus.contains(""), "a GPU has an empty id")
        if let port = (tcpPorts + udpPorts).first(where: { !(1...65_535).contains($0) }) {
            try require(false, "\(port) is not a port; it must be 1 to 65535")
        }
    }
}

/// What is left of an instance.
public struct PlacementCapacity: Sendable, Hashable {
    /// CPU units that are not taken; negative if the instance came back smaller than what runs on it.
    public var cpu: Int
    /// MiB that are not taken; negative in the same case.
    public var memory: Int
    /// The ids of the GPUs that are not taken, in the order in which they were registered.
    public var gpus: [String]
    /// TCP ports that are taken, by tasks or the host, in rising order.
    public var tcpPorts: [Int]
    /// UDP ports that are taken, by tasks or the host, in rising order.
    public var udpPorts: [Int]
    /// How many tasks are charged to the instance.
    public var taskCount: Int

    /// Creates a capacity.
    public init(cpu: Int, memory: Int, gpus: [String], tcpPorts: [Int], udpPorts: [Int], taskCount: Int) {
        self.cpu = cpu
        self.memory = memory
        self.gpus = gpus
        self.tcpPorts = tcpPorts
        self.udpPorts = udpPorts
        self.taskCount = taskCount
    }
}
