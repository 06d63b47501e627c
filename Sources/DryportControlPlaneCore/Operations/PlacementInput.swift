// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportPlacement
import OrderedCollections

// Constraints, strategies and filters as callers write them (`ecs-control-plane.md` §6.2–§6.4).

extension ClusterQuery {
    /// Reads the filter of ListContainerInstances.
    init(filter: String) throws(APIError) {
        do {
            try self.init(parsing: filter)
        } catch {
            throw APIError(.invalidParameter, "The filter is not valid: \(error)")
        }
    }
}

extension [PlacementConstraint] {
    /// Reads the constraints of a call, or of a task definition.
    /// - Parameters:
    ///   - constraints: Types and expressions.
    ///   - isDistinctAllowed: Whether `distinctInstance` is; task definitions have none.
    ///   - code: The code of the error for what is not valid.
    init(
        _ constraints: [(type: String?, expression: String?)], isDistinctAllowed: Bool, code: APIError.Code
    ) throws(APIError) {
        self = []
        for (index, constraint) in constraints.enumerated() {
            let expression = constraint.expression ?? ""
            switch constraint.type {
            case "distinctInstance" where isDistinctAllowed && expression.isEmpty: append(.distinctInstance)
            case "memberOf" where !expression.isEmpty:
                do throws(ClusterQueryError) {
                    append(.memberOf(try ClusterQuery(parsing: expression)))
                } catch {
                    throw APIError(code, "The expression of placement constraint \(index + 1) is not valid: \(error)")
                }
            default:
                let distinct = isDistinctAllowed ? "distinctInstance without an expression, or " : ""
                throw APIError(
                    code, "Placement constraint \(index + 1) must be \(distinct)memberOf with an expression.")
            }
        }
    }
}

extension [PlacementStrategy] {
    /// Reads the strategies of a call.
    /// - Parameter fallback: What holds if there are none.
    init(_ strategies: [ECS.PlacementStrategy], default fallback: [PlacementStrategy]) throws(APIError) {
        guard strategies.count <= PlacementRequest.maximumStrategies else {
            throw APIError(.invalidParameter, "A task can have at most 5 placement strategies.")
        }
        self = []
        for strategy in strategies {
            do throws(PlacementError) {
                append(try PlacementStrategy(type: strategy.type ?? "", field: strategy.field))
            } catch {
                throw APIError(error)
            }
        }
        if isEmpty { self = fallback }
        // Chance decides what they leave equal (§6.3), where there is room for it.
        if !contains(.random), count < PlacementRequest.maximumStrategies { append(.random) }
    }
}

extension TaskDefinition {
    /// The definition's own constraints.
    func constraints(orThrow code: APIError.Code) throws(APIError) -> [PlacementConstraint] {
        try [PlacementConstraint](
            (placementConstraints ?? []).map { ($0.type, $0.expression) }, isDistinctAllowed: false, code: code)
    }
}

/// A container instance with its tasks, as the filter of ListContainerInstances sees it.
struct InstanceSubjects: ClusterQuerySubjects {
    let instance: ClusterInstance
    let tasks: OrderedDictionary<String, TaskRecord>

    var isAgentConnected: Bool { instance.isConnected }
    var agentVersion: String? { instance.record.version?.agentVersion }
    var ec2InstanceID: String? { instance.record.managedInstanceID }
    var registeredAt: Timestamp? { instance.record.registeredAt }
    var runningTasksCount: Int { instance.runningTasksCount }

    func attribute(_ name: String) -> ClusterQuery.AttributeValue {
        ClusterQuery.AttributeValue(instance.record.attributes.first { $0.name == name }.map(\.value))
    }

    func hasTask(inGroup matches: (String) -> Bool) -> Bool {
        instance.tasks.contains { id in
            guard let task = tasks[id], task.desiredStatus == .running else { return false }
            return matches(task.group)
        }
    }
}

extension ClusterMachine {
    /// Why nobody takes one more copy: a failure for each instance, in AWS's words, with what it lacks and what would
    /// help in Dryport's.
    func failures(of request: PlacementRequest) throws(APIError) -> [ECS.Failure] {
        do throws(PlacementError) {
            let explanation = try placement.explain(request).description
            return try placement.refusals(of: request).map { refusal in
                failure(on: refusal.instance, lacks: refusal.lacks, explanation: explanation)
            }
        } catch {
            throw APIError(error)
        }
    }

    /// Why one instance does not take a copy.
    func failure(on id: String, lacks: [PlacementLack], explanation: String? = nil) -> ECS.Failure {
        let needs = "The instance needs \(lacks.map(\.description).joined(separator: " and "))."
        return ECS.Failure(
            arn: arn(ofInstance: id), reason: lacks.first?.rule.reason,
            detail: explanation.map { "\(needs) \($0)." } ?? needs)
    }
}
