// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel

// The bounds under which tasks are replaced (`ecs-control-plane.md` §7.3, §7.9), told from what has changed.
extension SchedulerWorld {
    /// How many tasks have to stay healthy, and how many may be alive.
    private func bounds(of service: ECS.Service) -> (lower: Int, upper: Int) {
        let desired = service.desiredCount!
        let rollout = service.deploymentConfiguration!
        return (
            (desired * rollout.minimumHealthyPercent! + 99) / 100, desired * rollout.maximumPercent! / 100
        )
    }

    private func isHealthy(_ task: ECS.Task, at time: Timestamp) -> Bool {
        guard let started = task.startedAt, started <= time else { return false }
        if shapes[task.taskDefinitionArn!]!.hasHealthCheck { return task.healthStatus == "HEALTHY" }
        return started.advanced(by: .seconds(40)) <= time
    }

    private func isUnhealthy(_ task: ECS.Task, of service: ECS.Service, at time: Timestamp) -> Bool {
        guard task.healthStatus == "UNHEALTHY", let started = task.startedAt else { return false }
        return started.advanced(by: .seconds(service.healthCheckGracePeriodSeconds ?? 0)) <= time
    }

    /// The tasks that the scheduler has told to stop in this step, after they had been RUNNING.
    private func newlyStopped(_ tasks: [ECS.Task], before: WorldImage) -> [ECS.Task] {
        tasks.filter { task in
            task.stopCode == "ServiceSchedulerInitiated" && task.startedAt.map { $0 <= task.stoppingAt! } ?? false
                && before.tasks[task.taskArn!]?.desiredStatus != "STOPPED"
        }
    }

    private func tasks(of service: ECS.Service) -> [ECS.Task] {
        image.tasks.values.filter { $0.group == "service:\(service.serviceName!)" }
    }

    func checkRollout(of service: ECS.Service, before: WorldImage) throws {
        let name = service.serviceName!
        let (lower, upper) = bounds(of: service)
        let all = tasks(of: service)
        let alive = all.filter { $0.desiredStatus == "RUNNING" }
        let new = alive.filter { before.tasks[$0.taskArn!] == nil }
        if !new.isEmpty, alive.count > upper {
            throw Violation("\(name) starts tasks, and \(alive.count) are alive, more than \(upper)")
        }
        let primary = service.deployments?.first?.id
        for task in newlyStopped(all, before: before) {
            let time = task.stoppingAt!
            guard !isUnhealthy(task, of: service, at: time) else { continue }
            let isDraining = image.instances[task.containerInstanceArn!]?.status == "DRAINING"
            let isSurplus = task.startedBy == primary && !isDraining
            // Scaling in begins with what does not count as healthy, whatever the rest is.
            if isSurplus, !isHealthy(task, at: time) { continue }
            // Protected tasks may be all that is left of those.
            if isSurplus, alive.contains(where: { image.protections[$0.taskArn!] != nil }) { continue }
            let healthy = all.count { other in
                other.stoppingAt.map { time < $0 } ?? true && isHealthy(other, at: time)
            }
            if healthy < lower {
                throw Violation(
                    "\(name) stops \(task.taskArn!), and \(healthy) healthy ones are left, less than \(lower)")
            }
        }
    }

    func checkDaemon(_ service: ECS.Service, before: WorldImage) throws {
        let name = service.serviceName!
        let (lower, upper) = bounds(of: service)
        let all = tasks(of: service)
        let alive = all.filter { $0.desiredStatus == "RUNNING" }
        let new = alive.filter { before.tasks[$0.taskArn!] == nil }
        if !new.isEmpty, alive.count > upper {
            throw Violation("\(name) starts tasks, and \(alive.count) are alive, more than \(upper)")
        }
        for task in alive where image.protections[task.taskArn!] == nil {
            guard let instance = image.instances[task.containerInstanceArn!], instance.status == "ACTIVE" else {
                throw Violation("\(name) is where no daemon may be: \(task)")
            }
            let isNorth = instance.attributes?.contains { $0.name == "site" && $0.value == "north" } ?? false
            let wantsNorth = service.placementConstraints?.contains { $0.type == "memberOf" } ?? false
            if wantsNorth, !isNorth { throw Violation("\(name) is where it does not belong: \(task)") }
        }
        let kept = alive.filter {
            $0.startedBy == service.deployments?.first?.id && !isUnhealthy($0, of: service, at: image.now)
        }
        guard Set(kept.map(\.containerInstanceArn)).count == kept.count else {
            throw Violation("\(name) has two tasks on one instance: \(kept)")
        }
        for task in newlyStopped(all, before: before) where !isUnhealthy(task, of: service, at: task.stoppingAt!) {
            let time = task.stoppingAt!
            // Where it does not belong any more it goes at once.
            guard service.placementConstraints == [], image.instances[task.containerInstanceArn!]?.status == "ACTIVE"
            else { continue }
            let served = all.filter { other in
                other.stoppingAt.map { time < $0 } ?? true && isHealthy(other, at: time)
            }
            let healthy = Set(served.map(\.containerInstanceArn))
            if healthy.count < lower, !healthy.contains(task.containerInstanceArn) {
                throw Violation("\(name) stops \(task.taskArn!), and \(healthy.count) are left, less than \(lower)")
            }
        }
    }
}
