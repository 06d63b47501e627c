// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import OrderedCollections

extension AgentMachine {
    /// Takes a message of ACS (`ecs-agent.md` §4.4).
    mutating func received(
        _ message: ACS.ServerMessage, in id: SessionID, at now: Instant,
        using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        switch message {
        case .unknown(let type):
            // §4.3: not a sign of life either.
            return effects.observe(.messageDropped(type: type, reason: "unknown type"))
        case .heartbeat(let heartbeat):
            effects.send(.heartbeatAck(.init(messageId: heartbeat.messageId)), in: id)
        case .payload(let payload): received(payload, in: id, at: now, using: &random, &effects)
        case .credentials(let credentials): received(credentials, in: id, &effects)
        case .taskManifest(let manifest): received(manifest, in: id, &effects)
        case .taskStopVerificationAck(let ack):
            guard manifest.isAwaited(ack.messageId) else {
                effects.observe(.messageDropped(type: message.type, reason: "no manifest has this message id"))
                break
            }
            for task in ack.stopTasks ?? [] where task.desiredStatus == DesiredStatus.stopped.rawValue {
                engine.stop(task.taskArn ?? "", at: now)
            }
        case .close(let close):
            effects.observe(.backendMessage(type: message.type, text: close.message ?? ""))
        case .error(let error):
            effects.observe(.backendMessage(type: error.type, text: error.message ?? ""))
        }
        session.heard(at: now, using: &random)
    }

    /// §4.5. The acknowledgement says that everything is stored; the shell stores before it sends.
    private mutating func received(
        _ payload: ACS.PayloadMessage, in id: SessionID, at now: Instant,
        using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        guard let messageID = payload.messageId, !messageID.isEmpty, let cluster = payload.clusterArn,
            !cluster.isEmpty, let instance = payload.containerInstanceArn, !instance.isEmpty
        else {
            return effects.observe(.messageDropped(type: "PayloadMessage", reason: "an id of the envelope is missing"))
        }
        if let number = payload.seqNum { manifest.saw(sequenceNumber: number) }
        var isAcknowledged = true
        let tasks = payload.tasks ?? []
        let stopped = DesiredStatus.stopped.rawValue
        for task in tasks.filter({ $0.desiredStatus == stopped }) + tasks.filter({ $0.desiredStatus != stopped }) {
            if !take(task, at: now, using: &random, &effects) { isAcknowledged = false }
        }
        for task in tasks {
            for credentials in [task.roleCredentials, task.executionRoleCredentials] {
                guard let credentials, let credentialsID = credentials.credentialsId else { continue }
                if let arn = task.arn, engine.tasks[arn] != nil { taskCredentials.store(credentials, task: arn) }
                effects.send(
                    .credentialsAck(
                        .init(messageId: messageID, credentialsId: credentialsID, expiration: credentials.expiration)),
                    in: id)
            }
        }
        if isAcknowledged {
            effects.send(.ack(.init(cluster: cluster, containerInstance: instance, messageId: messageID)), in: id)
        }
    }

    /// Takes one task of a payload.
    /// - Returns: Whether the payload may be acknowledged as far as this task is concerned.
    private mutating func take(
        _ task: ACS.Task, at now: Instant, using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) -> Bool {
        let arn = task.arn ?? ""
        let taskID = arn.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard let planner = engine.planner, !taskID.isEmpty, taskID.utf8.count <= 255 else {
            effects.observe(.messageDropped(type: "PayloadMessage", reason: "a task has no ARN with an id"))
            return false
        }
        guard let desired = DesiredStatus(rawValue: task.desiredStatus ?? "") else {
            refuse(task, .unreadable("Unrecognized TaskStatus"), planner, at: now, &effects)
            return false
        }
        if let known = engine.tasks[arn]?.record {
            if desired == .stopped { engine.stop(arn, at: now) }
            return !known.isUnreadable
        }
        if desired == .stopped {
            let reason = "TaskStateError: Agent could not progress task's state to stopped"
            engine.refuse(
                task, plan: planner.emptyPlan(task), reason: (task.containers ?? []).isEmpty ? reason : "",
                isUnreadable: false, at: now, &effects)
            return true
        }
        do throws(TaskPlanningError) {
            engine.accept(try planner.plan(task, using: &random), &effects)
            return true
        } catch {
            refuse(task, error, planner, at: now, &effects)
            if case .unreadable = error { return false }
            return true
        }
    }

    private mutating func refuse(
        _ task: ACS.Task, _ error: TaskPlanningError, _ planner: TaskPlanner, at now: Instant, _ effects: inout Effects
    ) {
        guard engine.tasks[task.arn ?? ""] == nil else { return }
        let (reason, isUnreadable) =
            switch error {
            case .unreadable(let detail): ("UnrecogniedTaskError: Error loading task - \(detail)", true)
            case .impossible(let reason): (reason, false)
            }
        effects.observe(.taskRefused(arn: task.arn ?? "", reason: reason))
        engine.refuse(
            task, plan: planner.emptyPlan(task), reason: reason, isUnreadable: isUnreadable, at: now, &effects)
    }

    /// §4.6.
    private mutating func received(
        _ message: ACS.IAMRoleCredentialsMessage, in id: SessionID, _ effects: inout Effects
    ) {
        guard let messageID = message.messageId, !messageID.isEmpty, let arn = message.taskArn, !arn.isEmpty,
            let credentials = message.roleCredentials, let credentialsID = credentials.credentialsId,
            !credentialsID.isEmpty, message.roleType == "TaskApplication" || message.roleType == "TaskExecution"
        else {
            return effects.observe(
                .messageDropped(type: "IAMRoleCredentialsMessage", reason: "a required member is missing"))
        }
        // Unlike AWS's agent, values of unknown tasks are not even kept: nobody could ask for them.
        guard engine.tasks[arn] != nil else { return }
        taskCredentials.store(credentials, task: arn)
        effects.send(
            .credentialsAck(
                .init(messageId: messageID, credentialsId: credentialsID, expiration: credentials.expiration)), in: id)
    }

    /// §4.9. A manifest alone never stops anything: the backend is asked first.
    private mutating func received(
        _ message: ACS.TaskManifestMessage, in id: SessionID, _ effects: inout Effects
    ) {
        guard let timeline = message.timeline, let messageID = message.messageId,
            manifest.accept(timeline: timeline, messageID: messageID)
        else {
            return effects.observe(
                .messageDropped(type: "TaskManifestMessage", reason: "its timeline is not newer than what is known"))
        }
        effects.send(
            .ack(
                .init(
                    cluster: message.clusterArn, containerInstance: message.containerInstanceArn,
                    messageId: messageID)),
            in: id)
        let listed = Set(
            (message.tasks ?? []).filter { $0.desiredStatus == DesiredStatus.running.rawValue }.compactMap(\.taskArn))
        let candidates = engine.tasks.filter { $0.value.record.desired == .running && !listed.contains($0.key) }
        guard !candidates.isEmpty else { return }
        let stops = candidates.map { arn, task in
            ACS.TaskIdentifier(
                taskArn: arn, taskClusterArn: task.record.plan.clusterARN ?? message.clusterArn,
                desiredStatus: DesiredStatus.stopped.rawValue)
        }
        effects.send(.taskStopVerification(.init(messageId: messageID, stopCandidates: stops)), in: id)
    }
}

extension Effects {
    mutating func send(_ message: ACS.AgentMessage, in session: SessionID) {
        output.messages.append(.send(session, message))
    }
}
