// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel
import OrderedCollections

// Tags of ECS resources (`ecs-control-plane.md` §1.1, §2.3).

extension ECS.TagResourceRequest: ControlPlaneRequest {
    /// Adds tags, overwriting those with the same keys.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        let added = try Check.tags(tags)
        try plane.changeTags(of: try Check.required(resourceArn, "resourceArn")) { (tags) throws(APIError) in
            let keys = Set(added.map(\.key))
            let merged = tags.filter { !keys.contains($0.key) } + added
            guard merged.count <= 50 else { throw APIError(.limitExceeded, "A resource can have at most 50 tags.") }
            tags = merged
        }
        return EmptyResponse()
    }
}

extension ECS.UntagResourceRequest: ControlPlaneRequest {
    /// Removes tags; absent ones are ignored.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> EmptyResponse {
        let removed = Set(tagKeys ?? [])
        try plane.changeTags(of: try Check.required(resourceArn, "resourceArn")) { (tags) throws(APIError) in
            tags.removeAll { removed.contains($0.key ?? "") }
        }
        return EmptyResponse()
    }
}

extension ECS.ListTagsForResourceRequest: ControlPlaneRequest {
    /// Who may call it.
    public static var access: OperationAccess { .administratorsAndNodes }

    /// Lists the tags of a resource.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.ListTagsForResourceResponse {
        let tags = try plane.tags(of: try plane.taggable(try Check.required(resourceArn, "resourceArn")))
        return ECS.ListTagsForResourceResponse(tags: tags)
    }
}

/// A resource that can have tags.
private enum Taggable {
    case cluster(String)
    case instance(String, cluster: String)
    case task(String, cluster: String)
    case taskDefinition(family: String, revision: Int)
}

extension ControlPlaneMachine {
    fileprivate func taggable(_ text: String) throws(APIError) -> Taggable {
        guard let arn = ARN(text), arn.service == "ecs" else {
            throw APIError(.invalidParameter, "The ARN provided is invalid.")
        }
        let segments = arn.resourceSegments.map(String.init)
        switch (segments[0], segments.count) {
        case ("cluster", 2): return .cluster(segments[1])
        case ("container-instance", 3): return .instance(segments[2], cluster: segments[1])
        case ("task", 3): return .task(segments[2], cluster: segments[1])
        case ("task-definition", 2):
            guard let (family, revision) = DefinitionCatalog.parse(segments[1]), let revision else { break }
            return .taskDefinition(family: family, revision: revision)
        default: break
        }
        throw APIError(.invalidParameter, "The ARN provided is invalid.")
    }

    fileprivate func tags(of resource: Taggable) throws(APIError) -> [Tag] {
        switch resource {
        case .cluster(let name):
            if let cluster = clusters[name] { return cluster.record.tags }
            throw APIError(.clusterNotFound, "Cluster not found.")
        case .instance(let id, let cluster):
            if let instance = clusters[cluster]?.instances[id] { return instance.record.tags }
        case .task(let id, let cluster):
            if let task = clusters[cluster]?.tasks[id] { return task.tags }
        case .taskDefinition(let family, let revision):
            if let record = account.definitions.record(family: family, revision: revision) { return record.tags }
        }
        throw APIError(.invalidParameter, "The specified resource was not found.")
    }

    fileprivate mutating func changeTags(
        of text: String, _ change: (inout [Tag]) throws(APIError) -> Void
    ) throws(APIError) {
        let resource = try taggable(text)
        var tags = try tags(of: resource)
        try change(&tags)
        switch resource {
        case .cluster(let name):
            clusters[name]!.record.tags = tags
            clusters[name]!.output.changes.append(.put(.cluster(clusters[name]!.record)))
        case .instance(let id, let cluster):
            var record = clusters[cluster]!.instances[id]!.record
            record.tags = tags
            clusters[cluster]!.put(record)
        case .task(let id, let cluster):
            var task = clusters[cluster]!.tasks[id]!
            task.tags = tags
            clusters[cluster]!.put(task, isEvent: false)
        case .taskDefinition(let family, let revision):
            var record = account.definitions.record(family: family, revision: revision)!
            record.tags = tags
            account.put(record)
        }
    }
}
