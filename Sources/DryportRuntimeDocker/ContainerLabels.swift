// SPDX-License-Identifier: Apache-2.0

import DryportRuntime

/// How a ``ContainerIdentity`` is kept in a container's labels. The first five are AWS's own
/// (`ecs-agent.md` §10.1), so tools that look for them find what they expect.
enum ContainerLabels {
    static let taskARN = "com.amazonaws.ecs.task-arn"
    static let containerName = "com.amazonaws.ecs.container-name"
    static let family = "com.amazonaws.ecs.task-definition-family"
    static let revision = "com.amazonaws.ecs.task-definition-version"
    static let cluster = "com.amazonaws.ecs.cluster"
    static let owner = "com.dryport.owner"

    /// The labels of an identity. All of them are always present, so no label of a user's can stand in for
    /// one that is missing.
    static func labels(for identity: ContainerIdentity) -> [String: String] {
        [
            taskARN: identity.taskARN, containerName: identity.containerName, family: identity.family,
            revision: identity.revision, cluster: identity.cluster, owner: identity.owner,
        ]
    }

    /// The identity that labels tell.
    /// - Returns: nil if one of the labels is missing: the container is none of ours.
    static func identity(from labels: [String: String]) -> ContainerIdentity? {
        guard let owner = labels[owner], let taskARN = labels[taskARN], let name = labels[containerName],
            let family = labels[family], let revision = labels[revision], let cluster = labels[cluster]
        else { return nil }
        return ContainerIdentity(
            owner: owner, taskARN: taskARN, containerName: name, family: family, revision: revision,
            cluster: cluster)
    }
}
