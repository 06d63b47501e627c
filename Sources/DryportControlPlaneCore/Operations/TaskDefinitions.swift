// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel
import OrderedCollections

// Task definitions (`ecs-control-plane.md` §1.2, §2.5, §3).

extension ECS.RegisterTaskDefinitionRequest: ControlPlaneRequest {
    /// Registers the next revision of the family.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.RegisterTaskDefinitionResponse {
        var definition = taskDefinition
        if let violation = definition.violations(tags: tags ?? []).first { throw APIError(.client, violation.message) }
        _ = try definition.constraints(orThrow: .client)
        let quotas = plane.configuration.quotas
        let tags = try Check.tags(tags, quotas: quotas)
        let family = definition.family
        let last = plane.account.definitions.families[family]?.lastRevision ?? 0
        try Quotas.check(last, below: quotas.revisionsPerFamily, "revisions of \(family)", code: .limitExceeded)
        let revision = last + 1
        definition = definition.normalised()
        definition.revision = revision
        definition.taskDefinitionArn = plane.scope.taskDefinition(family: family, revision: revision)
        definition.status = "ACTIVE"
        definition.registeredAt = now.wall
        definition.registeredBy = plane.scope.rootUser
        let counter = FamilyRecord(name: family, lastRevision: revision)
        plane.account.definitions.restore(counter)
        plane.account.changes.append(.put(.family(counter)))
        plane.account.put(TaskDefinitionRecord(definition: definition, tags: tags))
        return ECS.RegisterTaskDefinitionResponse(taskDefinition: definition, tags: tags)
    }
}

extension ECS.DescribeTaskDefinitionRequest: ControlPlaneRequest {
    /// Describes a revision, or the highest active one of a family.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DescribeTaskDefinitionResponse {
        let reference = try Check.required(taskDefinition, "taskDefinition")
        try plane.requireHere(reference)
        guard let record = plane.account.definitions.resolve(reference) else {
            throw APIError(.client, "Unable to describe task definition.")
        }
        let wantsTags = try Check.include(include, of: ["TAGS"]).contains("TAGS")
        return ECS.DescribeTaskDefinitionResponse(
            taskDefinition: record.definition, tags: wantsTags ? record.tags : nil)
    }
}

extension ECS.DeregisterTaskDefinitionRequest: ControlPlaneRequest {
    /// Idempotent: clients deliver it twice (§1.2).
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DeregisterTaskDefinitionResponse {
        let reference = try Check.required(taskDefinition, "taskDefinition")
        try plane.requireHere(reference)
        let (family, revision) = try DefinitionCatalog.revision(named: reference)
        guard var record = plane.account.definitions.record(family: family, revision: revision) else {
            throw APIError(.client, "Unable to describe task definition.")
        }
        if record.definition.status == "ACTIVE" {
            record.definition.status = "INACTIVE"
            record.definition.deregisteredAt = now.wall
            plane.account.put(record)
        }
        return ECS.DeregisterTaskDefinitionResponse(taskDefinition: record.definition)
    }
}

extension ECS.ListTaskDefinitionsRequest: ControlPlaneRequest {
    /// Lists revisions by family and number.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.ListTaskDefinitionsResponse {
        let status = status ?? "ACTIVE"
        guard ["ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"].contains(status) else {
            throw APIError(.invalidParameter, "status must be ACTIVE, INACTIVE or DELETE_IN_PROGRESS.")
        }
        guard ["ASC", "DESC"].contains(sort ?? "ASC") else {
            throw APIError(.invalidParameter, "sort must be ASC or DESC.")
        }
        if let maxResults, !(1...100).contains(maxResults) {
            throw APIError(.invalidParameter, "maxResults must be between 1 and 100.")
        }
        let families = plane.account.definitions.families
        let names = families.keys.sorted().filter { familyPrefix == nil || $0 == familyPrefix }
        var found = names.flatMap { name in
            families[name]!.revisions.values.map(\.definition).filter { $0.status == status }
        }
        if sort == "DESC" { found.reverse() }
        if let nextToken, !nextToken.isEmpty {
            guard let (family, number) = DefinitionCatalog.parse(nextToken), let number else {
                throw APIError(.invalidParameter, "Invalid token. Begin again without one.")
            }
            let last = (family, number)
            found.removeAll { definition in
                let key = (definition.family, definition.revision)
                return sort == "DESC" ? key >= last : key <= last
            }
        }
        let page = found.prefix(maxResults ?? 100).compactMap(\.taskDefinitionArn)
        return ECS.ListTaskDefinitionsResponse(
            taskDefinitionArns: page, nextToken: page.count < found.count ? page.last : nil)
    }
}

extension ECS.ListTaskDefinitionFamiliesRequest: ControlPlaneRequest {
    /// Lists families.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.ListTaskDefinitionFamiliesResponse {
        let families = plane.account.definitions.families
        let names = families.keys.filter { name in
            // What is left of a family whose last revision was purged is its counter.
            guard name.hasPrefix(familyPrefix ?? ""), !families[name]!.revisions.isEmpty else { return false }
            let isActive = families[name]!.latestActive != nil
            return switch status {
            case nil, "ALL": true
            case "ACTIVE": isActive
            case "INACTIVE": !isActive
            default: false
            }
        }
        guard status == nil || ["ALL", "ACTIVE", "INACTIVE"].contains(status) else {
            throw APIError(.invalidParameter, "status must be ACTIVE, INACTIVE or ALL.")
        }
        let page = try Page.cut(names.sorted(), after: nextToken, size: maxResults, maximum: 100)
        return ECS.ListTaskDefinitionFamiliesResponse(families: page.items, nextToken: page.next)
    }
}
