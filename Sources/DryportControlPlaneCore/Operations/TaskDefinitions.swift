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
        if let violation = definition.violations().first { throw APIError(.client, violation.message) }
        _ = try definition.constraints(orThrow: .client)
        let tags = try Check.tags(tags)
        let family = definition.family
        let revision = (plane.account.definitions.families[family]?.lastRevision ?? 0) + 1
        definition = definition.normalised()
        definition.revision = revision
        definition.taskDefinitionArn = plane.scope.taskDefinition(family: family, revision: revision)
        definition.status = "ACTIVE"
        definition.compatibilities = definition.computedCompatibilities()
        definition.requiresAttributes = definition.computedRequiredAttributes()
        definition.registeredAt = now.wall
        definition.registeredBy = "arn:\(plane.scope.partition):iam::\(plane.scope.account):root"
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
        guard let record = plane.account.definitions.resolve(try Check.required(taskDefinition, "taskDefinition"))
        else {
            throw APIError(.client, "Unable to describe task definition.")
        }
        let wantsTags = include?.contains("TAGS") ?? false
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
        guard let (family, revision) = DefinitionCatalog.parse(reference) else {
            let text = reference.split(separator: ":").last.map(String.init) ?? reference
            throw APIError(.invalidParameter, "Invalid revision number. Number: \(text)")
        }
        guard let revision else { throw APIError(.client, "Revision is missing.") }
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
        let families = plane.account.definitions.families
        let names = families.keys.sorted().filter { familyPrefix == nil || $0 == familyPrefix }
        var arns = names.flatMap { name in
            families[name]!.revisions.values.filter { $0.definition.status == status }
                .compactMap(\.definition.taskDefinitionArn)
        }
        if sort == "DESC" { arns.reverse() }
        // Revisions do not order as text, so that a page begins after the position of its token.
        var start = 0
        if let nextToken, !nextToken.isEmpty {
            guard let index = arns.firstIndex(of: nextToken) else {
                throw APIError(.invalidParameter, "Invalid token. Begin again without nextToken.")
            }
            start = index + 1
        }
        if let maxResults, !(1...100).contains(maxResults) {
            throw APIError(.invalidParameter, "maxResults must be between 1 and 100.")
        }
        let end = min(arns.count, start + (maxResults ?? 100))
        let page = Array(arns[start..<end])
        return ECS.ListTaskDefinitionsResponse(
            taskDefinitionArns: page, nextToken: end < arns.count ? page.last : nil)
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
            guard name.hasPrefix(familyPrefix ?? "") else { return false }
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
