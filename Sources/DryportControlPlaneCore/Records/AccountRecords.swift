// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// A family of task definitions: what must outlive its revisions (`ecs-control-plane.md` §2.5).
public struct FamilyRecord: Sendable, Hashable, Codable {
    /// The family's name.
    public var name: String
    /// The highest revision ever registered; never reused.
    public var lastRevision: Int

    /// Creates a record.
    public init(name: String, lastRevision: Int) {
        self.name = name
        self.lastRevision = lastRevision
    }
}

/// One revision of a task definition.
public struct TaskDefinitionRecord: Sendable, Hashable, Codable {
    /// The definition as it is read back.
    public var definition: TaskDefinition
    /// Its tags.
    public var tags: [Tag]

    /// Creates a record.
    public init(definition: TaskDefinition, tags: [Tag]) {
        self.definition = definition
        self.tags = tags
    }
}

/// What one principal, or the account as a whole, has set (`ecs-control-plane.md` §2.6).
public struct AccountSettingRecord: Sendable, Hashable, Codable {
    /// The setting's name, such as `containerInsights`.
    public var name: String
    /// Its value.
    public var value: String
    /// The ARN of whom it holds for; that of the root user for all who have none of their own.
    public var principalArn: String

    /// Creates a record.
    public init(name: String, value: String, principalArn: String) {
        self.name = name
        self.value = value
        self.principalArn = principalArn
    }
}

/// An SSM activation (`ssm-agent.md` §1.1).
public struct ActivationRecord: Sendable, Hashable, Codable {
    /// The activation's id, a UUID.
    public var id: String
    /// SHA-256 of the activation code, in hexadecimal; the code itself is shown once and kept nowhere.
    public var codeDigest: String
    /// The role's name.
    public var iamRole: String
    /// Free text.
    public var description: String?
    /// The name that nodes get.
    public var defaultInstanceName: String?
    /// How many nodes may register, 1–1,000.
    public var registrationLimit: Int
    /// How many have registered.
    public var registrationsCount: Int
    /// When it ends.
    public var expiration: Timestamp
    /// When it was made.
    public var createdAt: Timestamp
    /// Tags that each node gets.
    public var tags: [Tag]
}

/// A managed node: a machine that registered through an activation.
public struct ManagedInstanceRecord: Sendable, Hashable, Codable {
    /// `mi-` and 17 hexadecimal digits.
    public var id: String
    /// Base64 of the DER form of its public key.
    public var publicKey: String
    /// The fingerprint that it registered with; compared byte for byte ever after.
    public var fingerprint: String
    /// The activation that it used.
    public var activationID: String
    /// The role's name.
    public var iamRole: String
    /// The name from the activation.
    public var name: String?
    /// When it registered.
    public var registeredAt: Timestamp
    /// When it called last with UpdateInstanceInformation.
    public var lastPingAt: Timestamp?
    /// What it says of itself.
    public var information: Information
    /// SSM tags.
    public var tags: [Tag]

    /// What a node says of itself in UpdateInstanceInformation.
    public struct Information: Sendable, Hashable, Codable {
        /// The agent's name.
        public var agentName: String?
        /// The agent's version.
        public var agentVersion: String?
        /// The host's name.
        public var computerName: String?
        /// The host's address.
        public var ipAddress: String?
        /// The operating system's name.
        public var platformName: String?
        /// `Linux`, `Windows`, `MacOS`.
        public var platformType: String?
        /// The operating system's version.
        public var platformVersion: String?
    }
}
