// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel
import OrderedCollections

// Deleting task definitions for good (`ecs-control-plane.md` §1.2, §2.5).

extension ECS.DeleteTaskDefinitionsRequest: ControlPlaneRequest {
    /// Marks inactive revisions as deleted. They stay describable until nothing uses them any more.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DeleteTaskDefinitionsResponse {
        guard let references = taskDefinitions, !references.isEmpty else {
            throw APIError(.invalidParameter, "size of TaskDefinition references list must be greater than 0")
        }
        guard references.count <= 10 else {
            throw APIError(.invalidParameter, "Size of TaskDefinition references list cannot exceed 10")
        }
        for reference in references { try plane.requireHere(reference) }
        plane.purgeDeletedDefinitions()
        var response = ECS.DeleteTaskDefinitionsResponse(taskDefinitions: [], failures: [])
        for reference in references {
            guard let (family, revision) = try? DefinitionCatalog.revision(named: reference) else {
                response.failures!.append(
                    ECS.Failure(
                        arn: reference,
                        reason: "The specified task definition identifier is invalid. Specify a valid name or ARN and "
                            + "try again."))
                continue
            }
            guard var record = plane.account.definitions.record(family: family, revision: revision) else {
                response.failures!.append(
                    ECS.Failure(
                        arn: reference,
                        reason: "The specified task definition does not exist. Specify a valid account, family, "
                            + "revision and try again."))
                continue
            }
            switch record.definition.status {
            case "INACTIVE":
                record.definition.status = "DELETE_IN_PROGRESS"
                record.definition.deleteRequestedAt = now.wall
                plane.account.put(record)
            case "DELETE_IN_PROGRESS": break
            default:
                response.failures!.append(
                    ECS.Failure(
                        arn: reference,
                        reason: "The specified task definition is still in ACTIVE status. Please deregister the target "
                            + "and try again."))
                continue
            }
            response.taskDefinitions!.append(record.definition)
        }
        return response
    }
}

extension DefinitionCatalog {
    /// The revision that a reference names; a family alone will not do.
    static func revision(named reference: String) throws(APIError) -> (family: String, revision: Int) {
        guard let (family, revision) = parse(reference) else {
            let text = reference.split(separator: ":").last.map(String.init) ?? reference
            throw APIError(.invalidParameter, "Invalid revision number. Number: \(text)")
        }
        guard let revision else { throw APIError(.client, "Revision is missing.") }
        return (family, revision)
    }
}

extension ControlPlaneMachine {
    /// Forgets deleted revisions that nothing uses any more. Families keep their counters, so that no number is ever
    /// given twice. To be called when tasks or deployments may have gone; costs nothing while no revision is deleted.
    mutating func purgeDeletedDefinitions() {
        for record in account.definitions.deleted.values where !isInUse(record.definition) {
            account.definitions.remove(record)
            account.changes.append(.delete(key: ControlPlaneRecord.taskDefinition(record).key))
        }
    }

    /// Whether something refers to a revision: a task that can still be described, or a service.
    private func isInUse(_ definition: TaskDefinition) -> Bool {
        let (family, revision) = (definition.family, definition.revision)
        return clusters.values.contains { cluster in
            cluster.tasks.values.contains { $0.revision == revision && $0.family == family }
                || cluster.services.values.contains { $0.needs(family: family, revision: revision) }
        }
    }
}
