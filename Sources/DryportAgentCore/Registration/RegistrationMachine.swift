// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportMessages
import DryportModel

/// Makes the host a managed node and a container instance, and keeps it both: registration, role credentials,
/// pings (`ecs-agent.md` §2, `ssm-agent.md` §1, §3, §4).
struct RegistrationMachine: Sendable, Hashable {
    /// A step on the way; each follows when the one before is done.
    private enum Step: String, Sendable, Hashable {
        case registerManagedInstance, updateInstanceInformation, createCluster, registerContainerInstance
    }

    private let configuration: AgentConfiguration
    private(set) var record: RegistrationRecord
    private var stored: RegistrationRecord
    private var facts: AgentFacts?
    private var rotation = CredentialRotation()
    private var rotationWakeAt: MonotonicTime?
    private var isRotating = false
    private var tokenCall: AgentCall.ID?
    private var probeAt: MonotonicTime?
    private var step: (call: AgentCall.ID, step: Step)? {
        get { stepCall.flatMap { call in stepName.map { (call, $0) } } }
        set { (stepCall, stepName) = (newValue?.call, newValue?.step) }
    }
    private var stepCall: AgentCall.ID?
    private var stepName: Step?
    private var retryAt: MonotonicTime?
    private var failures = 0
    private var hasPinged = false
    private var mustCreateCluster = false
    private var pingCall: AgentCall.ID?
    private var pingAt: MonotonicTime?
    private var clientToken = ""
    private var sentAttributes: [Attribute] = []
    /// Whether the container instance is registered by this process.
    private(set) var isRegistered = false
    /// Why nothing can go on; nil if it can.
    private(set) var terminalReason: String?

    init(configuration: AgentConfiguration, restoring record: RegistrationRecord?) {
        self.configuration = configuration
        self.record = record ?? RegistrationRecord()
        self.stored = self.record
    }

    /// The node's credentials, if they may be used.
    func credentials(at now: Instant) -> Credentials? { isRotating ? rotation.current(at: now) : nil }

    /// Everything that is due at some time.
    var deadlines: [MonotonicTime] { [rotationWakeAt, probeAt, retryAt, pingAt].compactMap { $0 } }

    /// The change of the record since the last call, for the store.
    mutating func takeChange() -> AgentChange? {
        guard record != stored else { return nil }
        stored = record
        return .put(.registration(record))
    }

    // MARK: Events

    mutating func start(_ facts: AgentFacts, using random: inout some RandomNumberGenerator, _ effects: inout Effects) {
        self.facts = facts
        clientToken = random.uuid()
        if let cluster = record.cluster, cluster != configuration.clusterName {
            end(
                "this agent's data belong to cluster \(cluster), and cluster \(configuration.clusterName) is "
                    + "configured; use another data directory, or configure \(cluster)", &effects)
        } else if let region = record.region, region != configuration.region {
            end(
                "this agent's data belong to region \(region), and region \(configuration.region) is configured; "
                    + "use another data directory, or configure \(region)", &effects)
        } else if record.managedInstanceID == nil && configuration.activation == nil {
            end(
                "this host is not registered and no activation is given; pass --activation-id and "
                    + "--activation-code of an activation made for it", &effects)
        }
    }

    /// Does what is due.
    mutating func settle(
        at now: Instant, using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        guard facts != nil, terminalReason == nil else { return }
        if let at = rotationWakeAt, at <= now.monotonic { rotate(.wake, at: now, using: &random, &effects) }
        if let at = probeAt, at <= now.monotonic {
            probeAt = nil
            if tokenCall == nil { rotate(.linkRestored, at: now, using: &random, &effects) }
        }
        if let at = retryAt, at <= now.monotonic { retryAt = nil }
        goOn(at: now, using: &random, &effects)
        ping(at: now, &effects)
    }

    /// The backend answers: what waited for that need not wait.
    mutating func linkRestored(
        at now: Instant, using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        if isRotating { rotate(.linkRestored, at: now, using: &random, &effects) }
    }

    /// Takes an answer.
    /// - Returns: Whether the call was this machine's.
    mutating func finished(
        _ id: AgentCall.ID, _ result: Result<AgentAnswer, AgentCallFailure>, at now: Instant,
        using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) -> Bool {
        if id == tokenCall {
            tokenCall = nil
            tokenFinished(result, at: now, using: &random, &effects)
        } else if id == pingCall {
            pingCall = nil
            if case .failure(let failure) = result { effects.observe(.pingFailed(reason: failure.text)) }
        } else if let step, step.call == id {
            self.step = nil
            stepFinished(step.step, result, at: now, using: &random, &effects)
        } else {
            return false
        }
        return true
    }

    // MARK: Steps

    private mutating func goOn(
        at now: Instant, using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        guard step == nil, retryAt == nil, !isRegistered, let facts else { return }
        guard let id = record.managedInstanceID else {
            guard let activation = configuration.activation else { return }
            let request = SSM.RegisterManagedInstanceRequest(
                activationCode: activation.code.exposed, activationId: activation.id,
                fingerprint: facts.node.fingerprint, publicKey: facts.node.publicKey, publicKeyType: "Rsa")
            let call = effects.call(.registerManagedInstance(request), as: .anonymous, timeout: .seconds(60))
            step = (call, .registerManagedInstance)
            return
        }
        if !isRotating {
            isRotating = true
            rotate(.start, at: now, using: &random, &effects)
        }
        guard let credentials = credentials(at: now) else { return }
        if !hasPinged {
            let request = SSM.UpdateInstanceInformationRequest(
                agentName: "amazon-ssm-agent", agentVersion: configuration.agentVersion, instanceId: id,
                platformType: "Linux")
            step = (
                effects.call(.updateInstanceInformation(request), as: .credentials(credentials)),
                .updateInstanceInformation
            )
        } else if mustCreateCluster {
            let request = ECS.CreateClusterRequest(clusterName: configuration.clusterName)
            step = (effects.call(.createCluster(request), as: .credentials(credentials)), .createCluster)
        } else {
            let request = registerContainerInstance(facts)
            step = (
                effects.call(.registerContainerInstance(request), as: .credentials(credentials)),
                .registerContainerInstance
            )
        }
    }

    /// §2.1. A host that was registered before keeps its own attributes at the backend, so they are not repeated.
    private mutating func registerContainerInstance(_ facts: AgentFacts) -> ECS.RegisterContainerInstanceRequest {
        let custom = record.containerInstanceARN == nil ? configuration.attributes : []
        sentAttributes = InstanceAttributes(host: facts.host, runtime: facts.runtime).all(custom: custom)
        let memory = facts.host.memory - configuration.reservedMemory
        return ECS.RegisterContainerInstanceRequest(
            cluster: configuration.clusterName, instanceIdentityDocument: "", instanceIdentityDocumentSignature: "",
            totalResources: [
                ECS.Resource(name: "CPU", type: "INTEGER", integerValue: facts.host.logicalCPUs * 1024),
                ECS.Resource(name: "MEMORY", type: "INTEGER", integerValue: memory),
                ECS.Resource(
                    name: "PORTS", type: "STRINGSET", stringSetValue: configuration.reservedPorts.map(String.init)),
                ECS.Resource(
                    name: "PORTS_UDP", type: "STRINGSET",
                    stringSetValue: configuration.reservedUDPPorts.map(String.init)),
            ], containerInstanceArn: record.containerInstanceARN, attributes: sentAttributes, clientToken: clientToken)
    }

    private mutating func stepFinished(
        _ step: Step, _ result: Result<AgentAnswer, AgentCallFailure>, at now: Instant,
        using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        switch (step, result) {
        case (.updateInstanceInformation, _):
            // An SSM that does not answer hides the node from its inventory; it does not keep it from ECS.
            if case .failure(let failure) = result { effects.observe(.pingFailed(reason: failure.text)) }
            hasPinged = true
            pingAt = now.monotonic
        case (.createCluster, .success):
            mustCreateCluster = false
            failures = 0
        case (.registerManagedInstance, .success(.registerManagedInstance(let answer))):
            guard let id = answer.instanceId, id.count >= 10 else {
                return retry(step, "the answer has no instance id", at: now, using: &random, &effects)
            }
            record.managedInstanceID = id
            record.region = configuration.region
            failures = 0
            effects.observe(.managedInstanceRegistered(id: id))
        case (.registerContainerInstance, .success(.registerContainerInstance(let answer))):
            registered(answer, at: now, using: &random, &effects)
        case (_, .success):
            retry(step, "the answer is not of the call's kind", at: now, using: &random, &effects)
        case (_, .failure(let failure)):
            stepFailed(step, failure, at: now, using: &random, &effects)
        }
    }

    private mutating func registered(
        _ answer: ECS.RegisterContainerInstanceResponse, at now: Instant,
        using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        guard let arn = answer.containerInstance?.containerInstanceArn, !arn.isEmpty else {
            return retry(.registerContainerInstance, "the answer has no ARN", at: now, using: &random, &effects)
        }
        let received = answer.containerInstance?.attributes ?? []
        if let name = InstanceAttributes.firstUnechoed(sent: sentAttributes, received: received) {
            return end("AttributeError: the backend did not take attribute \(name) as it was sent", &effects)
        }
        record.containerInstanceARN = arn
        record.cluster = configuration.clusterName
        isRegistered = true
        failures = 0
        effects.observe(.containerInstanceRegistered(arn: arn))
    }

    /// §2.4, and for the node `ssm-agent.md` §1.3.
    private mutating func stepFailed(
        _ step: Step, _ failure: AgentCallFailure, at now: Instant, using random: inout some RandomNumberGenerator,
        _ effects: inout Effects
    ) {
        guard case .service(let error) = failure else {
            return retry(step, failure.text, at: now, using: &random, &effects)
        }
        switch step {
        case .registerManagedInstance:
            let fatal: [APIError.Code] = [
                .invalidActivation, .invalidActivationID, .activationExpired, .registrationLimitExceeded,
                .invalidPublicKey, .invalidParameters, "ValidationException",
            ]
            if fatal.contains(error.code) {
                return end("the activation was refused: \(error); make a new activation for this host", &effects)
            }
        case .registerContainerInstance:
            let isMissing = error.code == .clusterNotFound || error.message == "Cluster not found."
            if isMissing, configuration.cluster == nil {
                mustCreateCluster = true
                return
            }
            let cannotChange = error.message == "Container instance type changes are not supported."
            if cannotChange || !isMissing && (error.code == .invalidParameter || error.code == .client) {
                return end("the container instance was refused: \(error)", &effects)
            }
        case .updateInstanceInformation, .createCluster: break
        }
        let isBusy = error.isRetryable && step == .registerContainerInstance
        retry(step, error.description, isBusy: isBusy, at: now, using: &random, &effects)
    }

    private mutating func retry(
        _ step: Step, _ reason: String, isBusy: Bool = false, at now: Instant,
        using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        failures += 1
        let backoff = isBusy ? configuration.timing.registration : configuration.timing.restart
        let pause = backoff.delay(afterFailures: failures, using: &random)
        retryAt = now.monotonic.advanced(by: pause)
        effects.observe(.registrationFailed(step: step.rawValue, reason: reason, retryIn: pause))
    }

    private mutating func end(_ reason: String, _ effects: inout Effects) {
        terminalReason = reason
        effects.observe(.terminal(reason: reason))
    }

    // MARK: Credentials

    private mutating func rotate(
        _ event: CredentialRotation.Event, at now: Instant, using random: inout some RandomNumberGenerator,
        _ effects: inout Effects
    ) {
        let output = rotation.step(event, at: now, using: &random)
        rotationWakeAt = output.wakeAt
        for observation in output.observations { effects.observe(.credentials(observation)) }
        if output.requestToken, let id = record.managedInstanceID, let facts {
            tokenCall = effects.call(
                .requestManagedInstanceRoleToken(.init(fingerprint: facts.node.fingerprint)),
                as: .managedInstanceKey(id: id))
        }
    }

    private mutating func tokenFinished(
        _ result: Result<AgentAnswer, AgentCallFailure>, at now: Instant,
        using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        switch result {
        case .success(.requestManagedInstanceRoleToken(let answer)):
            guard let key = answer.accessKeyId, let secret = answer.secretAccessKey else {
                return rotate(.failed(code: nil, isTransport: false), at: now, using: &random, &effects)
            }
            let credentials = Credentials(
                accessKeyID: key, secretAccessKey: Redacted(secret),
                sessionToken: answer.sessionToken.map { Redacted($0) },
                expiration: answer.tokenExpirationDate)
            rotate(.received(credentials), at: now, using: &random, &effects)
        case .success:
            rotate(.failed(code: nil, isTransport: false), at: now, using: &random, &effects)
        case .failure(let failure):
            var isUnanswered = false
            if case .unanswered = failure { isUnanswered = true }
            rotate(
                .failed(code: failure.code?.name, isTransport: isUnanswered), at: now, using: &random, &effects)
            // Without credentials nothing else would notice that the link is back, so it is tried more often than the
            // schedule of failures would.
            if isUnanswered, credentials(at: now) == nil {
                let pause = configuration.timing.linkProbe
                probeAt = now.monotonic.advanced(by: pause + random.duration(upTo: pause / 4))
            }
        }
    }

    // MARK: Pings

    private mutating func ping(at now: Instant, _ effects: inout Effects) {
        guard let at = pingAt, at <= now.monotonic, pingCall == nil, let facts,
            let credentials = credentials(at: now), let id = record.managedInstanceID
        else { return }
        let request = SSM.UpdateInstanceInformationRequest(
            agentName: "amazon-ssm-agent", agentStatus: "Active", agentVersion: configuration.agentVersion,
            availabilityZone: "", availabilityZoneId: "", computerName: facts.host.hostName,
            ipAddress: facts.host.address, instanceId: id, platformName: facts.host.platformName,
            platformType: "Linux", platformVersion: facts.host.platformVersion, ssmConnectionChannel: "")
        pingCall = effects.call(.updateInstanceInformation(request), as: .credentials(credentials))
        pingAt = now.monotonic.advanced(by: configuration.timing.ping)
    }
}
