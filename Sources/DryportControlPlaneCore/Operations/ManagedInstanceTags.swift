// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel
import OrderedCollections

// SSM's tags of managed nodes, which are not those of container instances (`ecs-control-plane.md` §1.8), and their role.

extension SSM.AddTagsToResourceRequest: ControlPlaneRequest {
    /// Adds tags, overwriting those with the same keys.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        var node = try plane.taggedNode(resourceType, resourceId)
        guard let tags, !tags.isEmpty else { throw APIError(.validation, "Tags must not be empty.") }
        let added = try [Tag](checking: tags)
        let keys = Set(added.map(\.key))
        node.tags.removeAll { keys.contains($0.key) }
        node.tags += added
        guard node.tags.count <= plane.configuration.quotas.tagsPerResource else {
            throw APIError(
                .tooManyTags, "A resource can have at most \(plane.configuration.quotas.tagsPerResource) tags.")
        }
        plane.account.put(node)
        return EmptyResponse()
    }
}

extension SSM.RemoveTagsFromResourceRequest: ControlPlaneRequest {
    /// Removes tags; absent ones are ignored.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        var node = try plane.taggedNode(resourceType, resourceId)
        guard let tagKeys else { throw APIError(.validation, "TagKeys is required.") }
        let count = node.tags.count
        node.tags.removeAll { tagKeys.contains($0.key ?? "") }
        if node.tags.count != count { plane.account.put(node) }
        return EmptyResponse()
    }
}

extension SSM.ListTagsForResourceRequest: ControlPlaneRequest {
    /// Lists the tags of a node.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> SSM.ListTagsForResourceResponse {
        let node = try plane.taggedNode(resourceType, resourceId)
        return SSM.ListTagsForResourceResponse(tagList: node.tags.map { SSM.Tag(key: $0.key, value: $0.value) })
    }
}

extension SSM.UpdateManagedInstanceRoleRequest: ControlPlaneRequest {
    /// Changes the role of a node; the credentials that it has now stay valid for their time.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        guard var node = plane.account.managedInstances[instanceId ?? ""] else {
            throw APIError(.invalidInstanceID, "There is no managed node \(instanceId ?? "without an id").")
        }
        node.iamRole = try Check.iamRole(iamRole)
        plane.account.put(node)
        return EmptyResponse()
    }
}

extension ControlPlaneMachine {
    fileprivate func taggedNode(_ type: String?, _ id: String?) throws(APIError) -> ManagedInstanceRecord {
        guard type == "ManagedInstance" else {
            throw APIError(.invalidResourceType, "ResourceType must be ManagedInstance; nothing else has tags here.")
        }
        guard let node = account.managedInstances[id ?? ""] else {
            throw APIError(.invalidResourceID, "There is no managed node \(id ?? "without an id").")
        }
        return node
    }
}

extension [Tag] {
    /// Reads SSM's tags, whose rules are those of ECS under another error; their number is the caller's matter.
    init(checking tags: [SSM.Tag]) throws(APIError) {
        var quotas = Quotas()
        quotas.tagsPerResource = tags.count
        do throws(APIError) {
            self = try Check.tags(tags.map { Tag(key: $0.key, value: $0.value) }, quotas: quotas)
        } catch {
            throw APIError(.validation, error.message)
        }
    }
}

extension Check {
    /// The name of a role that nodes can act as (`ssm-agent.md` §1.1).
    /// - Parameter code: The code of the error for a name that cannot be a node's role.
    static func iamRole(_ name: String?, code: APIError.Code = .validation) throws(APIError) -> String {
        guard let name, !name.isEmpty else {
            throw APIError(.validation, "1 validation error detected: IamRole must not be empty.")
        }
        guard name.utf8.count <= 64, !name.hasPrefix("arn:") else {
            throw APIError(code, "IamRole is the name of a role of at most 64 characters, not an ARN.")
        }
        guard !name.hasPrefix("AWSServiceRoleFor") else {
            throw APIError(code, "IamRole must not be a service-linked role.")
        }
        return name
    }
}
