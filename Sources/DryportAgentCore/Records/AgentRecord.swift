// SPDX-License-Identifier: Apache-2.0

/// Something that survives the agent's process. Each has a key; a record replaces the one with the same key.
public enum AgentRecord: Sendable, Hashable, Codable {
    /// Who this host is.
    case registration(RegistrationRecord)
    /// The number of the last manifest (`ecs-agent.md` §4.9).
    case manifest(timeline: Int)
    /// Images that this agent pulled; kept only where the pull behaviour asks (§10.3).
    case pulledImages([String])
    /// A task.
    case task(TaskRecord)

    /// The record's key: letters, digits, `-` and `/`.
    public var key: String {
        switch self {
        case .registration: "registration"
        case .manifest: "manifest"
        case .pulledImages: "images"
        case .task(let task): Self.taskKey(task.plan.arn)
        }
    }

    static func taskKey(_ arn: String) -> String {
        "task/\(arn.split(separator: "/", omittingEmptySubsequences: false).last ?? "")"
    }
}

/// Who this host is, to SSM and to ECS.
public struct RegistrationRecord: Sendable, Hashable, Codable {
    /// The managed node, `mi-…`.
    public internal(set) var managedInstanceID: String?
    /// The container instance.
    public internal(set) var containerInstanceARN: String?
    /// The cluster that it was registered into, as configured.
    public internal(set) var cluster: String?
    /// The region that it was registered in.
    public internal(set) var region: String?

    init() {}
}

/// One change of the durable state.
public enum AgentChange: Sendable, Hashable {
    /// Write a record, replacing the one with the same key.
    case put(AgentRecord)
    /// Remove the record with this key.
    case remove(key: String)
}
