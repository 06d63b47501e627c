// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel
import OrderedCollections

// Protection of services' tasks against scaling in and deployments (`ecs-control-plane.md` §1.3, §5.8). Agents pass on
// what tasks ask for themselves, with the credentials of the task's role.

extension ECS.GetTaskProtectionRequest: ControlPlaneRequest {
    /// Who may call it.
    public static var access: OperationAccess { .administratorsAndTasks }

    /// Says of tasks whether they are protected; without any named, lists those that are.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.GetTaskProtectionResponse {
        let name = try plane.protectionCluster(cluster, principal: context.principal)
        var response = ECS.GetTaskProtectionResponse(protectedTasks: [], failures: [])
        guard let tasks, !tasks.isEmpty else {
            guard case .administrator = context.principal else { throw context.principal.onlyItself }
            response.protectedTasks = plane.clusters[name]!.tasks.values.filter { $0.isProtected(at: now.wall) }
                .map { $0.protection(arn: plane.scope.task($0.id, cluster: name), at: now.wall) }
            return response
        }
        guard tasks.count <= 100 else { throw APIError(.invalidParameter, "tasks can have at most 100 items.") }
        let (ids, failures) = try plane.protectable(tasks, cluster: name, principal: context.principal)
        response.protectedTasks = ids.map { id in
            let task = plane.clusters[name]!.tasks[id]!
            return task.protection(arn: plane.scope.task(id, cluster: name), at: now.wall)
        }
        response.failures = failures
        return response
    }
}

extension ECS.UpdateTaskProtectionRequest: ControlPlaneRequest {
    /// Who may call it.
    public static var access: OperationAccess { .administratorsAndTasks }

    /// Begins, prolongs or ends the protection of tasks.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.UpdateTaskProtectionResponse {
        let name = try plane.protectionCluster(cluster, principal: context.principal)
        let isEnabled = try Check.required(protectionEnabled, "protectionEnabled")
        let minutes = expiresInMinutes ?? 120
        guard !isEnabled || (1...2880).contains(minutes) else {
            throw APIError(.invalidParameter, "expiresInMinutes must be between 1 and 2880.")
        }
        let tasks = try Check.list(
            tasks, "tasks", empty: APIError(.invalidParameter, "Tasks cannot be empty."), maximum: 10)
        var (ids, failures) = try plane.protectable(tasks, cluster: name, principal: context.principal)
        var changed: [ECS.ProtectedTask] = []
        for id in ids {
            let arn = plane.scope.task(id, cluster: name)
            if isEnabled, let (reason, detail) = plane.clusters[name]!.obstacle(toProtecting: id) {
                failures.append(ECS.Failure(arn: arn, reason: reason, detail: detail))
                continue
            }
            plane.clusters[name]!.protect(
                id, until: isEnabled ? now.wall.advanced(by: .seconds(60 * minutes)) : nil)
            changed.append(plane.clusters[name]!.tasks[id]!.protection(arn: arn, at: now.wall))
        }
        return ECS.UpdateTaskProtectionResponse(protectedTasks: changed, failures: failures)
    }
}

extension ControlPlaneMachine {
    /// The name of the cluster that a call is about; a task learns of its own only.
    fileprivate func protectionCluster(_ cluster: String?, principal: Principal) throws(APIError) -> String {
        let reference = try Check.required(cluster, "cluster")
        if case .task(let own) = principal {
            let name = try clusterName(of: reference)
            guard ARN(own)?.resourceSegments.dropFirst().first.map(String.init) == name else {
                throw principal.onlyItself
            }
        }
        return try clusterName(reference)
    }

    /// The ids of those tasks that a service has made, and why the others cannot be protected.
    fileprivate func protectable(
        _ references: [String], cluster: String, principal: Principal
    ) throws(APIError) -> (ids: [String], failures: [ECS.Failure]) {
        var ids: [String] = []
        var failures: [ECS.Failure] = []
        for reference in references {
            let id = try taskID(reference, cluster: cluster)
            let arn = scope.task(id, cluster: cluster)
            if case .task(let own) = principal, own != arn { throw principal.onlyItself }
            guard let task = clusters[cluster]!.tasks[id] else {
                failures.append(ECS.Failure(arn: arn, reason: "MISSING"))
                continue
            }
            guard task.serviceName != nil else {
                failures.append(
                    ECS.Failure(
                        arn: arn, reason: "TASK_NOT_VALID", detail: "Only tasks of services can be protected."))
                continue
            }
            ids.append(id)
        }
        return (ids, failures)
    }
}

extension Principal {
    fileprivate var onlyItself: APIError {
        APIError(.accessDenied, "\(self) can ask for its own protection only.")
    }
}

extension TaskRecord {
    /// Whether the service scheduler leaves the task alone.
    func isProtected(at now: Timestamp) -> Bool {
        guard lastStatus != .stopped, let protectedUntil else { return false }
        return protectedUntil > now
    }

    fileprivate func protection(arn: String, at now: Timestamp) -> ECS.ProtectedTask {
        let isProtected = isProtected(at: now)
        return ECS.ProtectedTask(
            taskArn: arn, protectionEnabled: isProtected, expirationDate: isProtected ? protectedUntil : nil)
    }
}

extension ClusterMachine {
    /// Why a task of a service cannot be protected now, as a fixed text and for people; nil if it can.
    fileprivate func obstacle(toProtecting id: String) -> (reason: String, detail: String)? {
        guard let task = tasks[id], task.desiredStatus == .running else {
            return ("TASK_NOT_VALID", "The task is stopping or has stopped.")
        }
        guard serviceName(of: task).flatMap({ services[$0]?.complaints[.protection] }) == nil else {
            return ("DEPLOYMENT_BLOCKED", "Protected tasks keep a deployment of the service from its end already.")
        }
        return nil
    }

    fileprivate mutating func protect(_ id: String, until end: Timestamp?) {
        var task = tasks[id]!
        task.protectedUntil = end
        put(task, isEvent: false)
        // A service that has waited for this may go on.
        if let service = serviceName(of: task) { examine(service) }
    }
}
