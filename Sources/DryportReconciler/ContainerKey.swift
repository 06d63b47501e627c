// SPDX-License-Identifier: Apache-2.0

/// Which container of which task: at most one such container may exist on a host.
public struct ContainerKey: Sendable, Hashable, Codable {
    /// The task's ARN.
    public var taskARN: String
    /// The container's name in the task definition.
    public var containerName: String

    /// Creates a key.
    public init(taskARN: String, containerName: String) {
        self.taskARN = taskARN
        self.containerName = containerName
    }
}

extension ContainerKey: Comparable {
    /// By task, then by name.
    public static func < (left: ContainerKey, right: ContainerKey) -> Bool {
        (left.taskARN, left.containerName) < (right.taskARN, right.containerName)
    }
}

extension ContainerKey: CustomStringConvertible {
    /// The ARN and the name, for people.
    public var description: String { "\(taskARN)/\(containerName)" }
}
