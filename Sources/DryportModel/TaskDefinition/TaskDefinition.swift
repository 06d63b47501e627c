// SPDX-License-Identifier: Apache-2.0

/// One revision of a task definition: what a task consists of and what it asks of its instance (`ecs-control-plane.md`
/// §3). Members are spelled as on the wire; enumerations stay strings, because validation (``violations()``) and not
/// the decoder judges them.
public struct TaskDefinition: Codable, Sendable, Hashable {
    /// The family's name; revisions of one family are counted together.
    public var family: String
    /// The revision within the family, from 1; 0 before registration.
    public var revision: Int
    /// The ARN, which ends in `family:revision`; absent before registration.
    public var taskDefinitionArn: String?
    /// `ACTIVE`, `INACTIVE` or `DELETE_IN_PROGRESS`; absent before registration.
    public var status: String?
    /// The containers, 1 to 10.
    public var containerDefinitions: [ContainerDefinition]
    /// The volumes that containers may mount.
    public var volumes: [Volume]?
    /// What an instance must have; computed by ``computedRequiredAttributes()`` on registration.
    public var requiresAttributes: [Attribute]?
    /// The launch types that can run it; computed by ``computedCompatibilities()`` on registration.
    public var compatibilities: [String]?
    /// The launch types it was checked against; absent if the author named none.
    public var requiresCompatibilities: [String]?
    /// The role that the containers act as: a name or an ARN.
    public var taskRoleArn: String?
    /// The role used to pull images and fetch secrets: a name or an ARN.
    public var executionRoleArn: String?
    /// `bridge` (what absence means), `host`, `none` or `awsvpc`.
    public var networkMode: String?
    /// Constraints of every task made of this definition, at most 10.
    public var placementConstraints: [TaskDefinitionPlacementConstraint]?
    /// CPU of the whole task, as ``TaskSize`` reads it; absent means the sum of the containers.
    public var cpu: String?
    /// Memory of the whole task, as ``TaskSize`` reads it; absent means the sum of the containers.
    public var memory: String?
    /// `host` or `task`; absent means one process namespace per container.
    public var pidMode: String?
    /// `host`, `task` or `none`; absent means the runtime's default.
    public var ipcMode: String?
    /// App Mesh; external instances do not have it.
    public var proxyConfiguration: ProxyConfiguration?
    /// Elastic Inference, which AWS has ended; always rejected.
    public var inferenceAccelerators: [InferenceAccelerator]?
    /// Fargate's scratch disk; external instances do not have it.
    public var ephemeralStorage: EphemeralStorage?
    /// The processor architecture and operating system the images are made for.
    public var runtimePlatform: RuntimePlatform?
    /// Whether fault injection requests from the containers are accepted.
    public var enableFaultInjection: Bool?
    /// When it was registered.
    public var registeredAt: Timestamp?
    /// The ARN of the principal that registered it.
    public var registeredBy: String?
    /// When it became `INACTIVE`.
    public var deregisteredAt: Timestamp?
    /// When its deletion was asked for.
    public var deleteRequestedAt: Timestamp?

    /// Creates the value.
    public init(
        family: String, revision: Int = 0, taskDefinitionArn: String? = nil, status: String? = nil,
        containerDefinitions: [ContainerDefinition] = [], volumes: [Volume]? = nil,
        requiresAttributes: [Attribute]? = nil, compatibilities: [String]? = nil,
        requiresCompatibilities: [String]? = nil, taskRoleArn: String? = nil, executionRoleArn: String? = nil,
        networkMode: String? = nil, placementConstraints: [TaskDefinitionPlacementConstraint]? = nil,
        cpu: String? = nil, memory: String? = nil, pidMode: String? = nil, ipcMode: String? = nil,
        proxyConfiguration: ProxyConfiguration? = nil, inferenceAccelerators: [InferenceAccelerator]? = nil,
        ephemeralStorage: EphemeralStorage? = nil, runtimePlatform: RuntimePlatform? = nil,
        enableFaultInjection: Bool? = nil, registeredAt: Timestamp? = nil, registeredBy: String? = nil,
        deregisteredAt: Timestamp? = nil, deleteRequestedAt: Timestamp? = nil
    ) {
        self.family = family
        self.revision = revision
        self.taskDefinitionArn = taskDefinitionArn
        self.status = status
        self.containerDefinitions = containerDefinitions
        self.volumes = volumes
        self.requiresAttributes = requiresAttributes
        self.compatibilities = compatibilities
        self.requiresCompatibilities = requiresCompatibilities
        self.taskRoleArn = taskRoleArn
        self.executionRoleArn = executionRoleArn
        self.networkMode = networkMode
        self.placementConstraints = placementConstraints
        self.cpu = cpu
        self.memory = memory
        self.pidMode = pidMode
        self.ipcMode = ipcMode
        self.proxyConfiguration = proxyConfiguration
        self.inferenceAccelerators = inferenceAccelerators
        self.ephemeralStorage = ephemeralStorage
        self.runtimePlatform = runtimePlatform
        self.enableFaultInjection = enableFaultInjection
        self.registeredAt = registeredAt
        self.registeredBy = registeredBy
        self.deregisteredAt = deregisteredAt
        self.deleteRequestedAt = deleteRequestedAt
    }

    /// Decodes; absent members get the values that the initialiser gives them, and an absent name is empty: validation,
    /// not the decoder, complains.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            family: try container.decodeIfPresent(String.self, forKey: .family) ?? "",
            revision: try container.decodeIfPresent(Int.self, forKey: .revision) ?? 0,
            taskDefinitionArn: try container.decodeIfPresent(String.self, forKey: .taskDefinitionArn),
            status: try container.decodeIfPresent(String.self, forKey: .status),
            containerDefinitions: try container.decodeIfPresent(
                [ContainerDefinition].self, forKey: .containerDefinitions) ?? [],
            volumes: try container.decodeIfPresent([Volume].self, forKey: .volumes),
            requiresAttributes: try container.decodeIfPresent([Attribute].self, forKey: .requiresAttributes),
            compatibilities: try container.decodeIfPresent([String].self, forKey: .compatibilities),
            requiresCompatibilities: try container.decodeIfPresent([String].self, forKey: .requiresCompatibilities),
            taskRoleArn: try container.decodeIfPresent(String.self, forKey: .taskRoleArn),
            executionRoleArn: try container.decodeIfPresent(String.self, forKey: .executionRoleArn),
            networkMode: try container.decodeIfPresent(String.self, forKey: .networkMode),
            placementConstraints: try container.decodeIfPresent(
                [TaskDefinitionPlacementConstraint].self, forKey: .placementConstraints),
            cpu: try container.decodeIfPresent(String.self, forKey: .cpu),
            memory: try container.decodeIfPresent(String.self, forKey: .memory),
            pidMode: try container.decodeIfPresent(String.self, forKey: .pidMode),
            ipcMode: try container.decodeIfPresent(String.self, forKey: .ipcMode),
            proxyConfiguration: try container.decodeIfPresent(ProxyConfiguration.self, forKey: .proxyConfiguration),
            inferenceAccelerators: try container.decodeIfPresent(
                [InferenceAccelerator].self, forKey: .inferenceAccelerators),
            ephemeralStorage: try container.decodeIfPresent(EphemeralStorage.self, forKey: .ephemeralStorage),
            runtimePlatform: try container.decodeIfPresent(RuntimePlatform.self, forKey: .runtimePlatform),
            enableFaultInjection: try container.decodeIfPresent(Bool.self, forKey: .enableFaultInjection),
            registeredAt: try container.decodeIfPresent(Timestamp.self, forKey: .registeredAt),
            registeredBy: try container.decodeIfPresent(String.self, forKey: .registeredBy),
            deregisteredAt: try container.decodeIfPresent(Timestamp.self, forKey: .deregisteredAt),
            deleteRequestedAt: try container.decodeIfPresent(Timestamp.self, forKey: .deleteRequestedAt))
    }
}
