// SPDX-License-Identifier: Apache-2.0

public import DryportCredentials
public import DryportMessages
public import DryportModel
import DryportPlacement
import OrderedCollections

/// The whole control plane of one account and region as a pure machine: the account's values and one
/// ``ClusterMachine`` per cluster.
///
/// It performs nothing. Each of its calls takes the time and a generator and returns a
/// ``ControlPlaneOutput``, which the shell carries out in its order; the same state, call, time and
/// generator give the same output in every process.
///
/// A call that throws has changed nothing but its caller's allowance of calls.
public struct ControlPlaneMachine: Sendable {
    /// How it behaves.
    public let configuration: ControlPlaneConfiguration
    /// Whether outputs carry events. Without anybody who wants them, describing everything that changes would be work
    /// for nothing.
    public var publishesEvents = false {
        didSet { for index in clusters.values.indices { clusters.values[index].publishesEvents = publishesEvents } }
    }
    var account: AccountState
    var clusters: OrderedDictionary<String, ClusterMachine> = [:]
    let issuer: SessionCredentialIssuer
    private var throttle: RequestThrottle

    /// Creates an empty control plane.
    /// - Parameters:
    ///   - configuration: How it behaves.
    ///   - issuer: Makes the temporary credentials of nodes and tasks.
    public init(configuration: ControlPlaneConfiguration, issuer: SessionCredentialIssuer) {
        self.configuration = configuration
        self.issuer = issuer
        self.account = AccountState()
        self.throttle = RequestThrottle(configuration: configuration.throttling)
    }

    /// Creates a control plane from what was persisted, as after a restart: no agent is connected, and every
    /// instance has the grace time to come back before it counts as disconnected.
    /// - Parameters:
    ///   - records: All records, in ascending order of their keys.
    ///   - now: The time of the restart.
    ///   - random: Draws for the first timers.
    /// - Throws: ``RecordError`` if a record refers to another that is missing.
    /// - Complexity: O(*n*) in the number of records.
    public init(
        configuration: ControlPlaneConfiguration, issuer: SessionCredentialIssuer,
        restoring records: some Sequence<ControlPlaneRecord>, at now: Instant
    ) throws(RecordError) {
        self.init(configuration: configuration, issuer: issuer)
        var instances: [(ContainerInstanceRecord, String)] = []
        var tasks: [(TaskRecord, String)] = []
        var tokens: [(ClientTokenRecord, String)] = []
        var services: [ControlPlaneRecord] = []
        for record in records {
            switch record {
            case .cluster(let cluster):
                clusters[cluster.name] = ClusterMachine(record: cluster, configuration: configuration, issuer: issuer)
            case .instance(let instance, let cluster): instances.append((instance, cluster))
            case .task(let task, let cluster): tasks.append((task, cluster))
            case .clientToken(let token, let cluster): tokens.append((token, cluster))
            case .service, .serviceEvent, .serviceRevision, .serviceDeployment: services.append(record)
            case .family, .taskDefinition, .activation, .managedInstance, .accountSetting, .accessKey:
                account.restore(record)
            }
        }
        func missing(_ record: ControlPlaneRecord, _ what: String) -> RecordError {
            RecordError(key: record.key, message: "it refers to \(what), which is not stored")
        }
        applySettings()
        // Placement decides ties by the order of registration, before a restart and after it.
        instances.sort { ($0.0.registeredAt, $0.0.id) < ($1.0.registeredAt, $1.0.id) }
        for (instance, cluster) in instances {
            let record = ControlPlaneRecord.instance(instance, cluster: cluster)
            guard clusters[cluster] != nil else { throw missing(record, "cluster \(cluster)") }
            do throws(PlacementError) {
                try clusters[cluster]!.restore(instance, at: now)
            } catch {
                throw RecordError(key: record.key, message: error.message)
            }
        }
        // A service first, then what belongs to it.
        for record in services.filter(\.isService) + services.filter({ !$0.isService }) {
            guard restore(record, at: now) else { throw missing(record, "a cluster or a service") }
        }
        for name in clusters.keys { clusters[name]!.sortServiceHistory() }
        for (task, cluster) in tasks {
            let record = ControlPlaneRecord.task(task, cluster: cluster)
            guard clusters[cluster] != nil else { throw missing(record, "cluster \(cluster)") }
            let isKnown: Bool
            do throws(PlacementError) {
                isKnown = try clusters[cluster]!.restore(task, at: now)
            } catch {
                throw RecordError(key: record.key, message: error.message)
            }
            guard isKnown else { throw missing(record, "instance \(task.instanceID)") }
        }
        for (token, cluster) in tokens { clusters[cluster]?.restore(token, at: now) }
    }

    /// - Returns: false if what the record belongs to is unknown.
    private mutating func restore(_ record: ControlPlaneRecord, at now: Instant) -> Bool {
        switch record {
        case .service(let service, let cluster):
            clusters[cluster]?.restore(service, at: now)
            return clusters[cluster] != nil
        case .serviceEvent(let event, let service, let cluster):
            return clusters[cluster]?.restore(event, of: service) ?? false
        case .serviceRevision(let revision, let service, let cluster):
            return clusters[cluster]?.restore(revision, of: service) ?? false
        case .serviceDeployment(let story, let service, let cluster):
            return clusters[cluster]?.restore(story, of: service) ?? false
        default: preconditionFailure("\(record.key) is not a service's")
        }
    }

    /// Performs one call of the API.
    /// - Parameters:
    ///   - request: The call's input.
    ///   - context: Who calls, and how it reached the control plane.
    ///   - now: The time.
    ///   - random: Draws identifiers and ties.
    /// - Returns: The answer, to be given only after the output's changes are durable, and the output.
    /// - Throws: The error to answer; nothing has changed. `ThrottlingException` before anything else happens.
    public mutating func perform<Request: ControlPlaneRequest>(
        _ request: Request, in context: CallContext, at now: Instant, using random: inout some RandomNumberGenerator
    ) throws(APIError) -> (response: Request.Response, output: ControlPlaneOutput) {
        try throttle.admit(context.principal, at: now.monotonic)
        try Request.access.check(
            context.principal, action: "\(Request.service.signingName):\(Request.operation)")
        let response = try request.perform(on: &self, in: context, at: now, using: &random)
        return (response, takeOutput(at: now))
    }

    /// Lets everything happen whose time has come. Calling it early or late does no harm.
    public mutating func wake(at now: Instant, using random: inout some RandomNumberGenerator) -> ControlPlaneOutput {
        for name in clusters.keys { clusters[name]!.wake(at: now, definitions: account.definitions, using: &random) }
        purgeDeletedDefinitions()
        return takeOutput(at: now)
    }

    /// Opens the session of an agent (ACS).
    /// - Parameters:
    ///   - session: The shell's number for it.
    ///   - handshake: What the agent said in the handshake.
    ///   - principal: Who it proved to be.
    /// - Throws: The error with which the handshake is to be refused.
    public mutating func openSession(
        _ session: AgentSessionID, handshake: AgentHandshake, as principal: Principal, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ControlPlaneOutput {
        try throttle.admit(principal, at: now.monotonic)
        try OperationAccess.administratorsAndNodes.check(principal, action: "ecs:Poll")
        let name = try clusterName(handshake.cluster)
        let id = try instanceID(handshake.containerInstanceArn, cluster: name)
        try clusters[name]!.openSession(
            session, instance: id, handshake: handshake, as: principal, definitions: account.definitions, at: now,
            using: &random)
        return takeOutput(at: now)
    }

    /// Takes a message of an agent. Messages of sessions that are over are ignored.
    public mutating func receive(
        _ message: ACS.AgentMessage, on session: AgentSessionID, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> ControlPlaneOutput {
        for name in clusters.keys where clusters[name]!.sessions[session] != nil {
            clusters[name]!.receive(message, on: session, definitions: account.definitions, at: now, using: &random)
            break
        }
        return takeOutput(at: now)
    }

    /// Takes note of the end of a session, whoever ended it.
    public mutating func closeSession(_ session: AgentSessionID, at now: Instant) -> ControlPlaneOutput {
        for name in clusters.keys where clusters[name]!.sessions[session] != nil {
            clusters[name]!.closeSession(session, at: now)
            break
        }
        return takeOutput(at: now)
    }

    /// Takes a report of containers' health, which agents send to the telemetry service (`ecs-agent.md` §7.3).
    /// - Parameters:
    ///   - report: The report. It names the cluster and the instance.
    ///   - principal: Who proved to be at the other end of the telemetry session.
    /// - Throws: The reason why nothing of it counts: the cluster or the instance does not exist, or the principal
    ///   does not own the instance.
    public mutating func receive(
        _ report: TCS.PublishHealthRequest, as principal: Principal, at now: Instant
    ) throws(APIError) -> ControlPlaneOutput {
        let (name, id) = try reporter(report.metadata?.cluster, report.metadata?.containerInstance, as: principal)
        clusters[name]!.applyHealth(report.tasks ?? [], from: id)
        return takeOutput(at: now)
    }

    /// Takes a report of an instance's own health (`ecs-agent.md` §7.3). It is not persisted: agents repeat it.
    /// - Parameters:
    ///   - report: The report. It names the cluster and the instance.
    ///   - principal: Who proved to be at the other end of the telemetry session.
    /// - Throws: As for containers' health.
    public mutating func receive(
        _ report: TCS.PublishInstanceStatusRequest, as principal: Principal
    ) throws(APIError) {
        let (name, id) = try reporter(report.metadata?.cluster, report.metadata?.containerInstance, as: principal)
        clusters[name]!.instances[id]!.statuses = Array((report.statuses ?? []).prefix(16))
    }

    /// The cluster and the instance that a telemetry report is about.
    private func reporter(
        _ cluster: String?, _ instance: String?, as principal: Principal
    ) throws(APIError) -> (cluster: String, instance: String) {
        try OperationAccess.administratorsAndNodes.check(principal, action: "ecs:StartTelemetrySession")
        let name = try clusterName(cluster)
        let id = try instanceID(try Check.required(instance, "containerInstance"), cluster: name)
        guard let found = clusters[name]!.instances[id] else {
            throw APIError(.invalidParameter, "The container instance \(id) is not registered in \(name).")
        }
        try clusters[name]!.requireOwner(of: found.record, principal: principal)
        return (name, id)
    }

    /// The registered public key of a managed node, to verify its signature with; nil if there is none.
    public func publicKey(ofManagedInstance id: String) -> String? { account.managedInstances[id]?.publicKey }

    /// Creates the cluster `default` unless a cluster of that name exists, active or not. A new control plane
    /// does this once, so that the first agent has somewhere to go.
    public mutating func createDefaultCluster(at now: Instant) -> ControlPlaneOutput {
        if clusters.isEmpty {
            createCluster(
                ClusterRecord(name: "default", isActive: true, settings: [defaultClusterSetting], tags: []))
        }
        return takeOutput(at: now)
    }

    mutating func createCluster(_ record: ClusterRecord) {
        clusters[record.name] = ClusterMachine(record: record, configuration: configuration, issuer: issuer)
        clusters[record.name]!.publishesEvents = publishesEvents
        clusters[record.name]!.output.changes.append(.put(.cluster(record)))
    }

    private mutating func takeOutput(at now: Instant) -> ControlPlaneOutput {
        var output = ControlPlaneOutput()
        swap(&output.changes, &account.changes)
        swap(&output.observations, &account.observations)
        for index in clusters.values.indices {
            let part = clusters.values[index].takeOutput(at: now)
            output.append(part)
            guard let deadline = part.wakeAt else { continue }
            output.wakeAt = output.wakeAt.map { min($0, deadline) } ?? deadline
        }
        return output
    }
}

/// What an agent says in the handshake of its session (`ecs-agent.md` §4.1).
public struct AgentHandshake: Sendable, Hashable {
    /// The cluster as the agent was configured with it, a name or an ARN.
    public var cluster: String?
    /// The container instance's ARN.
    public var containerInstanceArn: String
    /// Whether the credentials of all its tasks are to be sent again.
    public var sendCredentials: Bool
    /// The agent's version.
    public var agentVersion: String?
    /// The agent's revision.
    public var agentHash: String?
    /// The engine's version.
    public var dockerVersion: String?

    /// Creates a handshake.
    public init(
        cluster: String?, containerInstanceArn: String, sendCredentials: Bool, agentVersion: String? = nil,
        agentHash: String? = nil, dockerVersion: String? = nil
    ) {
        self.cluster = cluster
        self.containerInstanceArn = containerInstanceArn
        self.sendCredentials = sendCredentials
        self.agentVersion = agentVersion
        self.agentHash = agentHash
        self.dockerVersion = dockerVersion
    }
}

extension ControlPlaneRecord {
    fileprivate var isService: Bool { if case .service = self { true } else { false } }
}
