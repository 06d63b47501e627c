// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportMessages
import DryportModel
import DryportPlacement
import OrderedCollections

// The ACS session of an agent, seen from the control plane (`ecs-agent.md` §4, §11.2).
extension ClusterMachine {
    mutating func openSession(
        _ session: AgentSessionID, instance id: String, handshake: AgentHandshake, as principal: Principal,
        definitions: DefinitionCatalog, at now: Instant, using random: inout some RandomNumberGenerator
    ) throws(APIError) {
        guard let instance = instances[id] else {
            throw APIError(.invalidParameter, "The container instance \(id) is not registered in \(name).")
        }
        try requireOwner(of: instance.record, principal: principal)
        guard instance.record.status != .inactive else {
            throw APIError(.inactiveInstance, "The container instance \(id) was deregistered.")
        }
        if let old = instance.session?.id {
            // A reconnect may overtake the end of the old connection; the new one counts.
            sessions[old] = nil
            expectCredentialsAgain(on: id)
            output.effects.append(.close(old, code: 1000, reason: "A newer session took over"))
        }
        sessions[session] = id
        instances[id]!.session = ClusterInstance.Session(id: session)
        timers.cancel(.disconnection(instance: id))
        timers.set(.heartbeat(instance: id), at: now.monotonic.advanced(by: configuration.heartbeatInterval))
        var record = instance.record
        record.version = ECS.VersionInfo(
            agentVersion: handshake.agentVersion ?? record.version?.agentVersion,
            agentHash: handshake.agentHash ?? record.version?.agentHash,
            dockerVersion: handshake.dockerVersion ?? record.version?.dockerVersion)
        // After a restart it is presumed to be connected, without a time since when.
        if !instance.isConnected || instance.connectedAt == nil { instances[id]!.connectedAt = now.wall }
        if !instance.isConnected {
            instances[id]!.isConnected = true
            output.observations.append(.agentConnected(instance: arn(ofInstance: id)))
        }
        if record != instance.record { put(record) }
        if record != instance.record || !instance.isConnected {
            changePlacement(of: id) { engine throws(PlacementError) in
                try engine.update(PlacementInstance(record, isConnected: true))
            }
            noteChange(ofInstance: id)
        }
        if !instance.isConnected { countConnectivity(on: id) }
        instances[id]!.disconnectedAt = nil
        timers.cancel(.lostTasks(instance: id))
        redeliver(to: id, definitions: definitions, at: now, using: &random)
        resendCredentials(
            to: id, onlyOverdue: !handshake.sendCredentials, definitions: definitions, at: now, using: &random)
        sendManifest(to: id, at: now, using: &random)
    }

    mutating func closeSession(_ session: AgentSessionID, at now: Instant) {
        guard let id = sessions.removeValue(forKey: session), instances[id]?.session?.id == session else { return }
        expectCredentialsAgain(on: id)
        instances[id]!.session = nil
        timers.cancel(.heartbeat(instance: id))
        timers.set(.disconnection(instance: id), at: now.monotonic.advanced(by: configuration.disconnectionGrace))
    }

    mutating func receive(
        _ message: ACS.AgentMessage, on session: AgentSessionID, definitions: DefinitionCatalog, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        guard let id = sessions[session] else { return }
        switch message {
        case .ack(let ack): acknowledge(ack.messageId ?? "", by: id)
        case .heartbeatAck: instances[id]!.session!.unansweredHeartbeats = 0
        case .credentialsAck(let ack):
            instances[id]!.session!.unacknowledgedCredentials[ack.messageId ?? ""] = nil
        case .taskStopVerification(let verification): verify(verification, for: id, at: now)
        case .nack(let nack): ignore("it refused message \(nack.messageId ?? ""): \(nack.reason ?? "")", from: id)
        case .unknown(let type): ignore("a message of the unknown type \(type)", from: id)
        }
    }

    private mutating func ignore(_ reason: String, from id: String) {
        output.observations.append(.agentMessageIgnored(instance: arn(ofInstance: id), reason: reason))
    }

    // MARK: Heartbeats

    mutating func beat(_ id: String, at now: Instant, using random: inout some RandomNumberGenerator) {
        guard let session = instances[id]?.session else { return }
        guard session.unansweredHeartbeats < configuration.toleratedHeartbeats else {
            output.effects.append(.close(session.id, code: 1001, reason: "No answer to heartbeats"))
            closeSession(session.id, at: now)
            return
        }
        instances[id]!.session!.unansweredHeartbeats += 1
        send(.heartbeat(ACS.HeartbeatMessage(messageId: random.uuid(), healthy: true)), to: id)
        timers.set(.heartbeat(instance: id), at: now.monotonic.advanced(by: configuration.heartbeatInterval))
    }

    mutating func disconnect(_ id: String, at now: Instant) {
        guard let instance = instances[id], instance.session == nil, instance.isConnected else { return }
        instances[id]!.isConnected = false
        changePlacement(of: id) { engine throws(PlacementError) in try engine.setConnected(false, of: id) }
        noteChange(ofInstance: id)
        countConnectivity(on: id)
        expectLostTasks(on: id, at: now)
        output.observations.append(.agentDisconnected(instance: arn(ofInstance: id)))
    }

    /// Whether a task's agent is connected is a part of the task, so its live tasks have changed as well (§8.3).
    private mutating func countConnectivity(on id: String) {
        // The instance's event comes first (`ecs-control-plane.md` §12.5).
        tellOfInstances()
        for task in instances[id]!.tasks.compactMap({ tasks[$0] }) where task.lastStatus != .stopped { put(task) }
    }

    mutating func send(_ message: ACS.ServerMessage, to id: String) {
        guard let session = instances[id]?.session else { return }
        output.effects.append(.send(session.id, message))
    }

    // MARK: Orders

    /// Tells the agent to run or to stop a task. Without a session nothing is sent: the next one begins with
    /// everything that is not acknowledged.
    mutating func order(
        _ task: TaskRecord, definitions: DefinitionCatalog, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        guard instances[task.instanceID]?.session != nil,
            let definition = definitions.record(family: task.family, revision: task.revision)?.definition
        else { return }
        let messageID = random.uuid()
        let timeline = nextTimeline(of: task.instanceID)
        let credentials = roleCredentials(of: task, definition: definition, at: now, using: &random)
        var builder = PayloadBuilder(
            scope: scope, cluster: name, task: task, definition: definition, defaultLogMode: definitions.defaultLogMode)
        builder.engineOptions = knownEngineOptions(of: builder)
        let payload = builder.message(
            id: messageID, timeline: timeline, credentials: credentials, at: now.wall)
        instances[task.instanceID]!.session!.unacknowledged[messageID] = ClusterInstance.Order(
            task: task.id, desiredStatus: task.desiredStatus)
        send(.payload(payload), to: task.instanceID)
    }

    /// The engine options of a definition's containers, made once for many tasks; nil where overrides change them.
    private mutating func knownEngineOptions(of builder: PayloadBuilder) -> [EngineOptions]? {
        let overrides = builder.task.overrides.containerOverrides ?? []
        guard overrides.allSatisfy({ $0.memory == nil && $0.memoryReservation == nil }) else { return nil }
        let key = "\(builder.task.family):\(builder.task.revision):\(builder.defaultLogMode)"
        if let known = engineOptions[key] { return known }
        if engineOptions.count >= Self.knownDefinitions { engineOptions.removeAll() }
        let made = builder.makeEngineOptions()
        engineOptions[key] = made
        return made
    }

    /// Of how many definitions the engine options are kept.
    private static var knownDefinitions: Int { 256 }

    private mutating func redeliver(
        to id: String, definitions: DefinitionCatalog, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        for taskID in instances[id]!.tasks {
            guard let task = tasks[taskID], task.lastStatus != .stopped else { continue }
            let isKnown = task.acknowledged == (task.desiredStatus == .running ? .start : .stop)
            if !isKnown { order(task, definitions: definitions, at: now, using: &random) }
        }
    }

    private mutating func acknowledge(_ messageID: String, by id: String) {
        guard let order = instances[id]!.session!.unacknowledged.removeValue(forKey: messageID),
            var task = tasks[order.task], task.acknowledged != .stop
        else { return }
        task.acknowledged = order.desiredStatus == .running ? .start : .stop
        // STOPPING is what has to stop and whose agent has been told (`ecs-control-plane.md` §5.1).
        let beginsToStop = order.desiredStatus == .stopped && task.lastStatus < .stopping
        if beginsToStop { task.lastStatus = .stopping }
        put(task, isEvent: beginsToStop)
    }

    // MARK: Manifest

    /// Sends the list of tasks that the host should have, so that the agent can name strays (§4.9).
    private mutating func sendManifest(
        to id: String, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        let timeline = nextTimeline(of: id)
        let messageID = random.uuid()
        instances[id]!.session!.manifest = messageID
        let live = instances[id]!.tasks.compactMap { tasks[$0] }.filter { $0.lastStatus != .stopped }
        let manifest = ACS.TaskManifestMessage(
            messageId: messageID, clusterArn: arn, containerInstanceArn: arn(ofInstance: id),
            timeline: timeline, generatedAt: now.wall.epochSeconds,
            tasks: live.map { identifier(of: $0.id, desired: $0.desiredStatus) })
        send(.taskManifest(manifest), to: id)
    }

    /// The agent names tasks that the manifest lacks. Those that the control plane has given up are to be
    /// stopped; a task placed since then is not.
    private mutating func verify(_ message: ACS.TaskStopVerificationMessage, for id: String, at now: Instant) {
        guard let messageID = message.messageId, instances[id]!.session!.manifest == messageID else {
            return ignore("a verification of a manifest that was not sent", from: id)
        }
        instances[id]!.session!.manifest = nil
        let strays = (message.stopCandidates ?? []).compactMap(\.taskArn).filter { arn in
            guard let taskID = ARN(arn)?.resourceSegments.last, let task = tasks[String(taskID)] else { return true }
            return task.instanceID != id || task.desiredStatus == .stopped
        }
        guard !strays.isEmpty else { return }
        let stops = strays.map { arn in
            ACS.TaskIdentifier(taskArn: arn, taskClusterArn: self.arn, desiredStatus: DesiredStatus.stopped.rawValue)
        }
        send(
            .taskStopVerificationAck(
                ACS.TaskStopVerificationAck(
                    messageId: messageID, generatedAt: now.wall.epochSeconds, stopTasks: stops)),
            to: id)
    }

    private func identifier(of taskID: String, desired: DesiredStatus) -> ACS.TaskIdentifier {
        ACS.TaskIdentifier(
            taskArn: scope.task(taskID, cluster: name), taskClusterArn: arn, desiredStatus: desired.rawValue)
    }

    // MARK: Ownership

    /// A node speaks for its own instance only. The refusal names no instance: whoever reports on a task of another
    /// node must not learn where it runs.
    func requireOwner(of instance: ContainerInstanceRecord, principal: Principal) throws(APIError) {
        switch principal {
        case .administrator: return
        case .managedInstance(let id) where id == instance.managedInstanceID: return
        default:
            throw APIError(
                .accessDenied, "User: \(principal) is not authorized to act for the container instance of another node."
            )
        }
    }
}

extension Timestamp {
    /// Whole seconds since the epoch, as `generatedAt` carries them.
    var epochSeconds: Int { Int(millisecondsSinceEpoch / 1000) }
}
