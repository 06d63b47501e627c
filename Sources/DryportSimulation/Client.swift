// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import OrderedCollections

/// Somebody with an administrator's key who runs tasks, stops them and looks at them.
///
/// It repeats what was not answered; RunTask with its client token. So it may always tell "done" from "unknown".
struct Client: Sendable {
    /// Calls that must be answered before the world is at rest, by number.
    var open: OrderedDictionary<Int, ClientRequest> = [:]
    var lastCall = 0
    /// The tasks of which it was told, in order.
    var tasks: OrderedSet<String> = []
    /// What the first answer to a RunTask said, by call.
    var told: [Int: [String]] = [:]
    var random: SeededGenerator

    init(random: SeededGenerator) { self.random = random }
}

/// What a client may ask for.
enum ClientRequest: Sendable {
    case runTask(ECS.RunTaskRequest)
    case stopTask(String)
    case describeTasks([String])
    case setState(instance: String, ContainerInstanceStatus)
    case deregister(instance: String)

    /// A word for the trace.
    var name: String {
        switch self {
        case .runTask(let request): "RunTask \(request.taskDefinition ?? "") ×\(request.count ?? 1)"
        case .stopTask(let arn): "StopTask \(World.short(arn))"
        case .describeTasks(let arns): "DescribeTasks ×\(arns.count)"
        case .setState(let instance, let status):
            "UpdateContainerInstancesState \(World.short(instance)) \(status.rawValue)"
        case .deregister(let instance): "DeregisterContainerInstance \(World.short(instance))"
        }
    }
}

/// What a client was answered.
enum ClientAnswer: Sendable {
    case started([String], failures: [String])
    case described([ECS.Task], missing: [String])
    case done
}

/// Why a call of a client failed.
enum ClientFailure: Error, Sendable {
    case service(APIError)
    case unanswered
}
