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
        let limit = plane.configuration.quotas.tagsPerResource
        let added = try Check.tags(try Check.required(tags, "tags"), quotas: plane.configuration.quotas)
        try plane.changeTags(of: try Check.required(resourceArn, "resourceArn"), at: now) { (tags) throws(APIError) in
            let keys = Set(added.map(\.key))
            let merged = tags.filter { !keys.contains($0.key) } + added
            guard merged.count(where: { !Check.isReservedTag($0.key ?? "") }) <= limit else {
                throw APIError(.limitExceeded, "A resource can have at most \(limit) tags.")
            }
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
        let removed = Set(try Check.required(tagKeys, "tagKeys"))
        guard !removed.contains(where: Check.isReservedTag) else {
            throw APIError(.invalidParameter, "Tags that start with 'aws:' cannot be removed.")
        }
        try plane.changeTags(of: try Check.required(resourceArn, "resourceArn"), at: now) { (tags) throws(APIError) in
            tags.removeAll { removed.contains($0.key ?? "") }
        }
        return EmptyResponse()
    }
}

extension ECS.ListTagsForResourceRequest: ControlPlaneRequest {
    /// Who may call it.
    public static var access: OperationAccess { .administratorsAndNodes }

    /// Lists the tags of a resource. A node learns those of its own instance and tasks, which its agent passes on to
    /// containers; of all else not even whether it exists.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.ListTagsForResourceResponse {
        let resourceArn = try Check.required(resourceArn, "resourceArn")
        let resource = try plane.taggable(resourceArn)
        if case .managedInstance(let node) = context.principal {
            guard plane.owner(of: resource) == node else {
                throw .notAuthorized(context.principal, "ecs:ListTagsForResource", on: resourceArn)
            }
        }
        guard let tags = try plane.tags(of: resource) else {
            throw APIError(.invalidParameter, "The specified resource was not found.")
        }
        return ECS.ListTagsForResourceResponse(tags: tags)
    }
}

/// A resource that can have tags.
private enum Taggable {
    case cluster(String)
    case instance(String, cluster: String)
    case task(String, cluster: String)
    case service(String, cluster: String)
    case taskSet(String, service: String, cluster: String)
    case taskDefinition(family: String, revision: Int)
}

extension ControlPlaneMachine {
    fileprivate func taggable(_ text: String) throws(APIError) -> Taggable {
        let invalid = APIError(.invalidParameter, "The ARN provided is invalid.")
        guard let arn = ARN(text), arn.partition == scope.partition, arn.service == "ecs", arn.region == scope.region,
            arn.account == scope.account
        else { throw invalid }
        let segments = arn.resourceSegments.map(String.init)
        switch (segments[0], segments.count) {
        case ("cluster", 2): return .cluster(segments[1])
        case ("container-instance", 3): return .instance(segments[2], cluster: segments[1])
        case ("task", 3): return .task(segments[2], cluster: segments[1])
        case ("service", 3): return .service(segments[2], cluster: segments[1])
        case ("task-set", 5):
            return .taskSet("\(segments[3])/\(segments[4])", service: segments[2], cluster: segments[1])
        case ("task-definition", 2):
            guard let (family, revision) = DefinitionCatalog.parse(segments[1]), let revision else { throw invalid }
            return .taskDefinition(family: family, revision: revision)
        default: throw invalid
        }
    }

    /// The managed node that a resource is on; nil if it is on none or does not exist.
    fileprivate func owner(of resource: Taggable) -> String? {
        switch resource {
        case .instance(let id, let cluster):
            clusters[cluster]?.instances[id]?.record.managedInstanceID
        case .task(let id, let cluster):
            clusters[cluster].flatMap { machine in
                machine.tasks[id].flatMap { machine.instances[$0.instanceID] }
            }?.record.managedInstanceID
        case .cluster, .service, .taskSet, .taskDefinition: nil
        }
    }

    /// The tags of a resource; nil if there is no such resource.
    /// - Throws: `ClusterNotFoundException` if its cluster is missing.
    fileprivate func tags(of resource: Taggable) throws(APIError) -> [Tag]? {
        func machine(_ name: String) throws(APIError) -> ClusterMachine {
            guard let cluster = clusters[name] else { throw APIError(.clusterNotFound, "Cluster not found.") }
            guard cluster.record.isActive else {
                throw APIError(.clusterNotFound, "The referenced cluster was inactive.")
            }
            return cluster
        }
        switch resource {
        case .cluster(let name): return try machine(name).record.tags
        case .instance(let id, let cluster): return try machine(cluster).instances[id]?.record.tags
        case .task(let id, let cluster): return try machine(cluster).tasks[id]?.tags
        case .service(let name, let cluster): return try machine(cluster).taggedService(name)?.tags
        case .taskSet(let id, let service, let cluster):
            return try machine(cluster).taggedService(service)?.taskSets.first { $0.id == id }?.tags
        case .taskDefinition(let family, let revision):
            return account.definitions.record(family: family, revision: revision)?.tags
        }
    }

    fileprivate mutating func changeTags(
        of text: String, at now: Instant, _ change: (inout [Tag]) throws(APIError) -> Void
    ) throws(APIError) {
        let resource = try taggable(text)
        guard var tags = try tags(of: resource) else {
            throw APIError(.resourceNotFound, "The specified resource was not found.")
        }
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
        case .service(let name, let cluster):
            clusters[cluster]!.changeService(name) { $0.tags = tags }
            clusters[cluster]!.expectLostTasks(of: name, at: now)
        case .taskSet(let id, let service, let cluster):
            clusters[cluster]!.changeService(service) { record in
                for index in record.taskSets.indices where record.taskSets[index].id == id {
                    record.taskSets[index].tags = tags
                }
            }
        case .taskDefinition(let family, let revision):
            var record = account.definitions.record(family: family, revision: revision)!
            record.tags = tags
            account.put(record)
        }
    }
}

extension ClusterMachine {
    /// A service that still has tags: they vanish with it (§2.3).
    fileprivate func taggedService(_ name: String) -> ServiceRecord? {
        services[name]?.record.status == .inactive ? nil : services[name]?.record
    }
}
