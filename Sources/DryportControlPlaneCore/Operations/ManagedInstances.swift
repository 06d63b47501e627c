// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
public import DryportMessages
public import DryportModel
import OrderedCollections

// Managed nodes: registration, role tokens, pings (`ssm-agent.md` §1.3, §3, §4).

extension SSM.RegisterManagedInstanceRequest: ControlPlaneRequest {
    /// Who may call it.
    public static var access: OperationAccess { .anybody }

    /// Registers a node that shows an activation's code.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> SSM.RegisterManagedInstanceResponse {
        // One answer for an unknown activation and a wrong code: it must not tell which ids exist.
        guard let activationId, let activationCode, var activation = plane.account.activations[activationId],
            activation.codeDigest == SignableRequest.sha256Hex(Array(activationCode.utf8))
        else { throw APIError(.invalidActivation, "The activation ID or code is not valid.") }
        guard activation.expiration > now.wall else {
            throw APIError(.activationExpired, "The activation expired. Create a new one.")
        }
        guard activation.registrationsCount < activation.registrationLimit else {
            throw APIError(
                .registrationLimitExceeded,
                "The activation was used \(activation.registrationsCount) times, which is its limit.")
        }
        guard let fingerprint, !fingerprint.isEmpty else {
            throw APIError(.validation, "Fingerprint must not be empty.")
        }
        guard let publicKey, publicKeyType ?? "Rsa" == "Rsa", (try? ManagedInstancePublicKey(base64: publicKey)) != nil
        else {
            throw APIError(
                .invalidPublicKey, "The public key must be the base64 of a DER public key, RSA with at least 2048 bits."
            )
        }
        activation.registrationsCount += 1
        let instance = ManagedInstanceRecord(
            id: random.managedInstanceID(), publicKey: publicKey, fingerprint: fingerprint,
            activationID: activation.id, iamRole: activation.iamRole, name: activation.defaultInstanceName,
            registeredAt: now.wall, information: .init(), tags: activation.tags)
        plane.account.put(activation)
        plane.account.put(instance)
        plane.account.observations.append(.managedInstanceRegistered(id: instance.id))
        return SSM.RegisterManagedInstanceResponse(instanceId: instance.id)
    }
}

extension SSM.RequestManagedInstanceRoleTokenRequest: ControlPlaneRequest {
    /// Who may call it.
    public static var access: OperationAccess { .nodeKeys }

    /// Issues role credentials to a node whose fingerprint is unchanged.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> SSM.RequestManagedInstanceRoleTokenResponse {
        let instance = try plane.callingNode(context)
        guard fingerprint == instance.fingerprint else {
            throw APIError(
                .machineFingerprintDoesNotMatch,
                "The fingerprint is not the one that \(instance.id) registered with. Register the machine again.")
        }
        let credentials = plane.issuer.issue(
            to: .managedInstance(id: instance.id), lifetime: plane.configuration.nodeCredentialLifetime, at: now.wall,
            using: &random)
        return SSM.RequestManagedInstanceRoleTokenResponse(
            accessKeyId: credentials.accessKeyID, secretAccessKey: credentials.secretAccessKey.exposed,
            sessionToken: credentials.sessionToken?.exposed, tokenExpirationDate: credentials.expiration,
            updateKeyPair: false)
    }
}

extension SSM.UpdateManagedInstancePublicKeyRequest: ControlPlaneRequest {
    /// Who may call it.
    public static var access: OperationAccess { .nodeKeys }

    /// Replaces the node's key; the very next call must use the new one.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        var instance = try plane.callingNode(context)
        guard let newPublicKey, newPublicKeyType ?? "Rsa" == "Rsa",
            (try? ManagedInstancePublicKey(base64: newPublicKey)) != nil
        else { throw APIError(.invalidPublicKey, "The new public key must be RSA with at least 2048 bits.") }
        instance.publicKey = newPublicKey
        plane.account.put(instance)
        return EmptyResponse()
    }
}

extension SSM.UpdateInstanceInformationRequest: ControlPlaneRequest {
    /// Who may call it.
    public static var access: OperationAccess { .nodes }

    /// Notes that the node is alive, and what it says of itself.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        var instance = try plane.callingNode(context)
        guard instanceId == instance.id else {
            throw APIError(.invalidInstanceID, "The caller is \(instance.id); it cannot speak for another node.")
        }
        var information = instance.information
        information.agentName = agentName ?? information.agentName
        information.agentVersion = agentVersion ?? information.agentVersion
        information.computerName = computerName ?? information.computerName
        information.ipAddress = ipAddress ?? information.ipAddress
        information.platformName = platformName ?? information.platformName
        information.platformType = platformType ?? information.platformType
        information.platformVersion = platformVersion ?? information.platformVersion
        instance.information = information
        instance.lastPingAt = now.wall
        plane.account.put(instance)
        return EmptyResponse()
    }
}

extension SSM.DescribeInstanceInformationRequest: ControlPlaneRequest {
    /// Lists managed nodes.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> SSM.DescribeInstanceInformationResponse {
        var instances = Array(plane.account.managedInstances.values)
        let tolerance = plane.configuration.pingTolerance
        for (key, values) in try allFilters() {
            let keep = try ManagedInstanceRecord.test(key, values, at: now.wall, tolerance: tolerance)
            instances.removeAll { !keep($0) }
        }
        if let maxResults, !(5...50).contains(maxResults) {
            throw APIError(.validation, "MaxResults must be between 5 and 50.")
        }
        let byID = Dictionary(instances.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        let page = try Page.cut(
            byID.keys.sorted(), after: nextToken, size: maxResults, maximum: 50, fallback: 10, code: .invalidNextToken)
        return SSM.DescribeInstanceInformationResponse(
            instanceInformationList: page.items.compactMap { byID[$0]?.summary(at: now.wall, tolerance: tolerance) },
            nextToken: page.next)
    }

    /// The filters of either form, as keys and values.
    private func allFilters() throws(APIError) -> [(key: String, values: [String])] {
        let old = instanceInformationFilterList ?? []
        let new = filters ?? []
        guard old.isEmpty || new.isEmpty else {
            throw APIError(.validation, "InstanceInformationFilterList and Filters cannot be given together.")
        }
        let all = old.map { ($0.key ?? "", $0.valueSet ?? []) } + new.map { ($0.key ?? "", $0.values ?? []) }
        guard all.count == 1 || !all.contains(where: { $0.0.hasPrefix("tag") }) else {
            throw APIError(.invalidFilterKey, "A filter by tag cannot be combined with others.")
        }
        return all
    }
}

extension SSM.DeregisterManagedInstanceRequest: ControlPlaneRequest {
    /// Forgets a node. Its container instance is another matter, but its agent is nobody's any more: the session that
    /// it has is closed, and cannot be opened again.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        guard let instanceId, let instance = plane.account.managedInstances[instanceId] else {
            throw APIError(.invalidInstanceID, "There is no managed node \(instanceId ?? "without an id").")
        }
        plane.account.managedInstances[instanceId] = nil
        plane.account.changes.append(.delete(key: ControlPlaneRecord.managedInstance(instance).key))
        for name in plane.clusters.keys { plane.clusters[name]!.closeSessions(ofNode: instanceId, at: now) }
        return EmptyResponse()
    }
}

extension SSM.ListInstanceAssociationsRequest: ControlPlaneRequest {
    /// Who may call it.
    public static var access: OperationAccess { .administratorsAndNodes }

    /// State Manager associations are not part of ECS Anywhere; AWS's own node agent asks for them all the
    /// same, and an empty answer is what it accepts (`ssm-agent.md` §0.2).
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> SSM.ListInstanceAssociationsResponse {
        EmptyResponse()
    }
}

extension ControlPlaneMachine {
    /// The managed node that calls.
    fileprivate func callingNode(_ context: CallContext) throws(APIError) -> ManagedInstanceRecord {
        switch context.principal {
        case .managedInstance(let id), .managedInstanceKey(let id):
            if let instance = account.managedInstances[id] { return instance }
            throw APIError(.invalidInstanceID, "The managed node \(id) is not registered.")
        case .anonymous, .administrator, .task:
            throw APIError(.accessDenied, "Only a managed node can make this call.")
        }
    }
}

extension ClusterMachine {
    fileprivate mutating func closeSessions(ofNode node: String, at now: Instant) {
        for instance in instances.values where instance.record.managedInstanceID == node {
            guard let session = instance.session?.id else { continue }
            output.effects.append(.close(session, code: 1000, reason: "The managed node was deregistered"))
            closeSession(session, at: now)
        }
    }
}

extension ManagedInstanceRecord {
    func pingStatus(at now: Timestamp, tolerance: Duration) -> String {
        guard let lastPingAt, lastPingAt.duration(to: now) <= tolerance else { return "ConnectionLost" }
        return "Online"
    }

    private static let knownFilterValues = [
        "PingStatus": ["Online", "ConnectionLost", "Inactive"], "PlatformType": ["Windows", "Linux", "MacOS"],
        "PlatformTypes": ["Windows", "Linux", "MacOS"], "ResourceType": ["ManagedInstance", "EC2Instance"],
    ]

    /// The test that a filter of DescribeInstanceInformation stands for: one of the values will do.
    fileprivate static func test(
        _ key: String, _ values: [String], at now: Timestamp, tolerance: Duration
    ) throws(APIError) -> (ManagedInstanceRecord) -> Bool {
        if let known = knownFilterValues[key], let unknown = values.first(where: { !known.contains($0) }) {
            throw APIError(
                .invalidInstanceInformationFilterValue,
                "'\(unknown)' is none of the values of \(key): \(known.joined(separator: ", ")).")
        }
        let values = Set(values)
        func one(_ value: @escaping (ManagedInstanceRecord) -> String?) -> (ManagedInstanceRecord) -> Bool {
            { values.contains(value($0) ?? "") }
        }
        switch key {
        case "InstanceIds": return one(\.id)
        case "ActivationIds": return one(\.activationID)
        case "IamRole": return one(\.iamRole)
        case "AgentVersion": return one(\.information.agentVersion)
        case "PlatformType", "PlatformTypes": return one(\.information.platformType)
        case "PingStatus": return one { $0.pingStatus(at: now, tolerance: tolerance) }
        case "ResourceType": return one { _ in "ManagedInstance" }
        case "SourceTypes": return one { _ in "AWS::SSM::ManagedInstance" }
        // Nodes have neither associations nor sources of their own.
        case "AssociationStatus", "SourceIds": return { _ in false }
        case "tag-key": return { instance in instance.tags.contains { values.contains($0.key ?? "") } }
        case _ where key.hasPrefix("tag:"):
            let name = key.dropFirst(4)
            return { instance in
                instance.tags.contains { $0.key ?? "" == name && values.contains($0.value ?? "") }
            }
        default: throw APIError(.invalidFilterKey, "'\(key)' is not a key to filter managed nodes by.")
        }
    }

    fileprivate func summary(at now: Timestamp, tolerance: Duration) -> SSM.InstanceInformation {
        SSM.InstanceInformation(
            instanceId: id, pingStatus: pingStatus(at: now, tolerance: tolerance),
            lastPingDateTime: lastPingAt ?? registeredAt, agentVersion: information.agentVersion,
            platformType: information.platformType, platformName: information.platformName,
            platformVersion: information.platformVersion, activationId: activationID, iamRole: iamRole,
            registrationDate: registeredAt, resourceType: "ManagedInstance", name: name,
            ipAddress: information.ipAddress, computerName: information.computerName)
    }
}
