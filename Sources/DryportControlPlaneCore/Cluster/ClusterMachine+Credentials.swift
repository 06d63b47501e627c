// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportMessages
import DryportModel
import OrderedCollections

// Credentials of task roles and execution roles (`ecs-agent.md` §4.6, `ecs-control-plane.md` §9). The agent never
// asks: the control plane sends them with the task, again when the agent has lost them, and before they expire.
extension ClusterMachine {
    struct IssuedCredentials: Sendable {
        var task: ACS.RoleCredentials?
        var execution: ACS.RoleCredentials?
    }

    /// Issues what the task's roles ask for and sets the timer of the next issue.
    mutating func roleCredentials(
        of task: TaskRecord, definition: TaskDefinition, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> IssuedCredentials {
        guard task.desiredStatus == .running else { return IssuedCredentials() }
        let lifetime = configuration.taskCredentialLifetime
        func issue(_ role: String?, _ id: String?, _ random: inout some RandomNumberGenerator) -> ACS.RoleCredentials? {
            guard let role, let id else { return nil }
            let credentials = issuer.issue(
                to: .task(arn: arn(of: task)), lifetime: lifetime, at: now.wall, using: &random)
            return ACS.RoleCredentials(
                credentialsId: id, roleArn: scope.role(role), accessKeyId: credentials.accessKeyID,
                secretAccessKey: credentials.secretAccessKey.exposed,
                sessionToken: credentials.sessionToken?.exposed,
                expiration: now.wall.advanced(by: lifetime).internetDateTime)
        }
        let issued = IssuedCredentials(
            task: issue(task.overrides.taskRoleArn ?? definition.taskRoleArn, task.taskCredentialsID, &random),
            execution: issue(
                task.overrides.executionRoleArn ?? definition.executionRoleArn, task.executionCredentialsID, &random))
        if issued.task != nil || issued.execution != nil {
            timers.set(.taskCredentials(task: task.id), at: now.monotonic.advanced(by: lifetime / 2))
        }
        return issued
    }

    /// Sends fresh credentials for one task, if it is alive and its agent is there.
    mutating func refreshCredentials(
        of id: String, definitions: DefinitionCatalog, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        guard let task = tasks[id], task.desiredStatus == .running,
            let definition = definitions.record(family: task.family, revision: task.revision)?.definition,
            instances[task.instanceID]?.session != nil
        else { return }
        let issued = roleCredentials(of: task, definition: definition, at: now, using: &random)
        let messages = [("TaskApplication", issued.task), ("TaskExecution", issued.execution)]
        for (roleType, credentials) in messages {
            guard let credentials else { continue }
            let messageID = random.uuid()
            instances[task.instanceID]!.session!.unacknowledgedCredentials[messageID] = task.id
            send(
                .credentials(
                    ACS.IAMRoleCredentialsMessage(
                        messageId: messageID, taskArn: arn(of: task), taskClusterArn: arn, roleType: roleType,
                        roleCredentials: credentials)),
                to: task.instanceID)
        }
    }

    /// Sends the credentials of live tasks again to an agent that has just connected.
    /// - Parameter onlyOverdue: Whether the agent still has what it was sent, so that only those are due whose timer
    ///   came while it was away, or was lost with the memory of an earlier control plane. Otherwise all are: a
    ///   restarted agent knows ids, but no values (§11.3).
    mutating func resendCredentials(
        to instance: String, onlyOverdue: Bool, definitions: DefinitionCatalog, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        for id in instances[instance]!.tasks {
            guard let task = tasks[id], task.lastStatus != .stopped, task.acknowledged != .nothing,
                task.taskCredentialsID != nil || task.executionCredentialsID != nil,
                !onlyOverdue || !timers.isSet(.taskCredentials(task: id))
            else { continue }
            refreshCredentials(of: id, definitions: definitions, at: now, using: &random)
        }
    }

    /// A session ends. What it carried and nobody acknowledged may be lost, so it is due with the next one.
    mutating func expectCredentialsAgain(on instance: String) {
        guard let session = instances[instance]?.session else { return }
        for task in session.unacknowledgedCredentials.values {
            timers.cancel(.taskCredentials(task: task))
        }
    }
}
