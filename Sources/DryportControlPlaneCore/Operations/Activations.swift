// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
public import DryportMessages
public import DryportModel
import OrderedCollections

// Hybrid activations (`ssm-agent.md` §1.1).

extension SSM.CreateActivationRequest: ControlPlaneRequest {
    /// Makes an activation; its code is in the answer and nowhere else.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> SSM.CreateActivationResponse {
        let iamRole = try Check.iamRole(iamRole, code: .invalidParameters)
        for (member, text) in [("Description", description), ("DefaultInstanceName", defaultInstanceName)] {
            guard (text ?? "").unicodeScalars.count <= 256 else {
                throw APIError(.validation, "\(member) can have at most 256 characters.")
            }
        }
        let limit = registrationLimit ?? 1
        guard (1...1000).contains(limit) else {
            throw APIError(.validation, "RegistrationLimit must be between 1 and 1000.")
        }
        let expiration = expirationDate ?? now.wall.advanced(by: .seconds(24 * 3600))
        guard expiration > now.wall, expiration <= now.wall.advanced(by: .seconds(30 * 24 * 3600)) else {
            throw APIError(.invalidParameters, "ExpirationDate must be within the next 30 days.")
        }
        guard (tags ?? []).count <= 1000 else { throw APIError(.validation, "Tags can have at most 1000 items.") }
        let tags = try [Tag](checking: tags ?? [])
        let code = random.characters(20, from: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        let activation = ActivationRecord(
            id: random.uuid(), codeDigest: SignableRequest.sha256Hex(Array(code.utf8)), iamRole: iamRole,
            description: description, defaultInstanceName: defaultInstanceName, registrationLimit: limit,
            registrationsCount: 0, expiration: expiration, createdAt: now.wall, tags: tags)
        plane.account.put(activation)
        return SSM.CreateActivationResponse(activationId: activation.id, activationCode: code)
    }
}

extension SSM.DescribeActivationsRequest: ControlPlaneRequest {
    /// Lists activations, without their codes.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> SSM.DescribeActivationsResponse {
        var activations = Array(plane.account.activations.values)
        for filter in filters ?? [] {
            let values = filter.filterValues ?? []
            switch filter.filterKey {
            case "ActivationIds": activations.removeAll { !values.contains($0.id) }
            case "DefaultInstanceName": activations.removeAll { !values.contains($0.defaultInstanceName ?? "") }
            case "IamRole": activations.removeAll { !values.contains($0.iamRole) }
            default:
                throw APIError(
                    .invalidFilter, "FilterKey must be ActivationIds, DefaultInstanceName or IamRole.")
            }
        }
        if let maxResults, !(1...50).contains(maxResults) {
            throw APIError(.validation, "MaxResults must be between 1 and 50.")
        }
        let byID = Dictionary(activations.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        let page = try Page.cut(
            byID.keys.sorted(), after: nextToken, size: maxResults, maximum: 50, code: .invalidNextToken)
        return SSM.DescribeActivationsResponse(
            activationList: page.items.compactMap { byID[$0]?.summary(at: now.wall) }, nextToken: page.next)
    }
}

extension ActivationRecord {
    fileprivate func summary(at now: Timestamp) -> SSM.Activation {
        SSM.Activation(
            activationId: id, description: description, defaultInstanceName: defaultInstanceName, iamRole: iamRole,
            registrationLimit: registrationLimit, registrationsCount: registrationsCount,
            expirationDate: expiration, expired: expiration <= now, createdDate: createdAt,
            tags: tags.map { SSM.Tag(key: $0.key, value: $0.value) })
    }
}

extension SSM.DeleteActivationRequest: ControlPlaneRequest {
    /// Deletes an activation; nodes that used it stay registered.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        guard let activationId, let activation = plane.account.activations[activationId] else {
            throw APIError(.invalidActivationID, "The activation ID isn't valid. Verify it and try again.")
        }
        plane.account.activations[activationId] = nil
        plane.account.changes.append(.delete(key: ControlPlaneRecord.activation(activation).key))
        return EmptyResponse()
    }
}
