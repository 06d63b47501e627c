// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel

// The rules that hold after every step.
extension SchedulerWorld {
    mutating func check() throws {
        let before = image
        image = try WorldImage(of: &bench)
        for task in image.tasks.values.sorted(by: { $0.taskArn! < $1.taskArn! }) {
            try check(task, before: before.tasks[task.taskArn!])
        }
        for instance in image.instances.values { try check(instance) }
        for service in image.services.values {
            try checkCounts(of: service, before: before)
            try checkEvents(of: service)
            try checkDeployments(of: service, before: before)
            switch (service.status, service.schedulingStrategy, service.deploymentController?.type) {
            case ("ACTIVE", "REPLICA", nil): try checkRollout(of: service, before: before)
            case ("ACTIVE", "DAEMON", nil): try checkDaemon(service, before: before)
            default: break
            }
        }
        try checkCluster()
    }

    private func require(_ holds: Bool, _ rule: @autoclosure () -> String) throws {
        if !holds { throw Violation(rule()) }
    }

    // MARK: Tasks

    private mutating func check(_ task: ECS.Task, before: ECS.Task?) throws {
        let arn = task.taskArn!
        let (created, started, stopping, stopped) = (task.createdAt!, task.startedAt, task.stoppingAt, task.stoppedAt)
        let order = ["PENDING", "RUNNING", "STOPPING", "STOPPED"]
        let rank = order.firstIndex(of: task.lastStatus!) ?? -1
        try require(rank >= 0, "\(arn) is \(task.lastStatus!)")
        try require(rank != 1 || started != nil, "\(arn) runs and never started")
        try require((rank == 3) == (stopped != nil), "\(arn) has stopped, or has not: \(task)")
        try require((task.desiredStatus == "STOPPED") == (stopping != nil), "\(arn) is to stop, or is not: \(task)")
        try require(rank < 2 || task.desiredStatus == "STOPPED", "\(arn) has stopped and is to run")
        for time in [started, stopping, stopped].compactMap(\.self) {
            try require(created <= time && time <= image.now, "\(arn) has times in disorder: \(task)")
        }
        if let stopped { try require(max(started ?? created, stopping!) <= stopped, "\(arn) goes on after its end") }
        guard let before else {
            try require(identifiers.insert(arn).inserted, "\(arn) comes twice")
            statistics["tasks", default: 0] += 1
            return try checkPlacement(of: task)
        }
        try require(order.firstIndex(of: before.lastStatus!)! <= rank, "\(arn) goes back from \(before.lastStatus!)")
        try require(before.desiredStatus == "RUNNING" || task.desiredStatus == "STOPPED", "\(arn) is to run again")
        try require(before.version! <= task.version!, "\(arn) has an older version")
        for time in [\ECS.Task.createdAt, \.startedAt, \.stoppingAt, \.stoppedAt, \.pullStartedAt] {
            try require(
                before[keyPath: time] == nil || before[keyPath: time] == task[keyPath: time], "\(arn): a time changes")
        }
        try require(
            before.stopCode == nil || before.stopCode == task.stopCode, "\(arn): the reason of its end changes")
    }

    /// A new task of a service is where tasks may be: all that has happened since the last check happened before it.
    private func checkPlacement(of task: ECS.Task) throws {
        guard task.lastStatus != "STOPPED", task.group?.hasPrefix("service:") ?? false else { return }
        let instance = image.instances[task.containerInstanceArn!]
        try require(
            instance?.status == "ACTIVE", "\(task.taskArn!) was placed where nothing may be: \(instance as Any)")
    }

    // MARK: Instances

    /// What is promised is there: recomputed from the definitions of all tasks that are not told to stop.
    private func check(_ instance: ECS.ContainerInstance) throws {
        let arn = instance.containerInstanceArn!
        let own = image.tasks.values.filter { $0.containerInstanceArn == arn }
        let counts = ["RUNNING", "PENDING"].map { status in own.count { $0.lastStatus == status } }
        try require(
            [instance.runningTasksCount, instance.pendingTasksCount] == counts, "\(arn) has \(counts): \(instance)")
        guard instance.status != "INACTIVE" else { return }
        let charged = own.filter { $0.desiredStatus == "RUNNING" }
        let shapes = charged.compactMap { self.shapes[$0.taskDefinitionArn!] }
        let cpu = shapes.reduce(0) { $0 + $1.cpu }
        let memory = shapes.reduce(0) { $0 + $1.memory }
        let ports = ["22"] + shapes.compactMap(\.port).map(String.init)
        let gpus = charged.flatMap { $0.containers?.first?.gpuIds ?? [] }
        func number(_ resources: [ECS.Resource]?, _ name: String) -> Int? {
            resources?.first { $0.name == name }?.integerValue
        }
        for (name, taken) in [("CPU", cpu), ("MEMORY", memory)] {
            let all = number(instance.registeredResources, name) ?? 0
            try require(taken <= all, "\(arn) is over-committed: \(taken) \(name) of \(all)")
            try require(
                number(instance.remainingResources, name) == all - taken, "\(arn) has \(taken) \(name) of \(all) taken")
        }
        try require(Set(ports).count == ports.count, "\(arn) has ports taken twice: \(ports)")
        let shown = instance.remainingResources?.first { $0.name == "PORTS" }?.stringSetValue ?? []
        try require(Set(shown) == Set(ports), "\(arn) has other ports taken than \(ports): \(shown)")
        let registered = instance.registeredResources?.first { $0.name == "GPU" }?.stringSetValue ?? []
        try require(
            Set(gpus).count == gpus.count && Set(gpus).isSubset(of: registered),
            "\(arn) has GPUs taken twice: \(gpus) of \(registered)")
        try require(gpus.count == shapes.reduce(0) { $0 + $1.gpus }, "\(arn) has tasks without their GPUs")
    }

    private func checkCluster() throws {
        let cluster = image.cluster
        let instances = image.instances.values
        let services = image.services.values
        let expected = [
            instances.reduce(0) { $0 + $1.runningTasksCount! }, instances.reduce(0) { $0 + $1.pendingTasksCount! },
            services.count { $0.status == "ACTIVE" }, services.count { $0.status == "DRAINING" },
        ]
        let names = [
            "runningExternalTasksCount", "pendingExternalTasksCount", "activeExternalServiceCount",
            "drainingExternalServiceCount",
        ]
        let shown = names.map { name in cluster?.statistics?.first { $0.name == name }?.value.flatMap { Int($0) } }
        try require(shown == expected, "the cluster counts \(shown), not \(expected)")
        let active = instances.filter { $0.status != "INACTIVE" }
        try require(
            cluster?.registeredContainerInstancesCount == active.count, "the cluster has \(active.count) instances")
        try require(
            cluster?.runningTasksCount == active.reduce(0) { $0 + $1.runningTasksCount! }
                && cluster?.pendingTasksCount == active.reduce(0) { $0 + $1.pendingTasksCount! }
                && cluster?.activeServicesCount == expected[2], "the cluster's counts are wrong: \(cluster as Any)")
    }

    // MARK: Services

    private mutating func checkCounts(of service: ECS.Service, before: WorldImage) throws {
        let name = service.serviceName!
        statistics[service.status!, default: 0] += 1
        let owners = (service.deployments ?? []).compactMap(\.id) + (service.taskSets ?? []).compactMap(\.id)
        let all = image.liveTasks(of: service)
        for task in all where task.desiredStatus == "RUNNING" {
            try require(
                service.status == "ACTIVE" && owners.contains(task.startedBy!), "\(task.taskArn!) belongs to nobody")
        }
        let live = all.filter { owners.contains($0.startedBy!) }
        func counts(_ tasks: [ECS.Task]) -> [Int] {
            [
                tasks.count { $0.lastStatus == "RUNNING" },
                tasks.count { $0.lastStatus == "PENDING" && $0.desiredStatus == "RUNNING" },
            ]
        }
        try require(
            [service.runningCount, service.pendingCount] == counts(live), "\(name) has \(counts(live)): \(service)")
        for deployment in service.deployments ?? [] {
            let own = live.filter { $0.startedBy == deployment.id }
            let isPrimary = deployment.status == "PRIMARY"
            let kept = own.count { $0.desiredStatus == "RUNNING" }
            try require(
                [deployment.runningCount, deployment.pendingCount] == counts(own),
                "\(name) counts wrongly: \(deployment)")
            try require(
                deployment.desiredCount == (isPrimary ? service.desiredCount : kept),
                "\(name) wants wrongly: \(deployment)")
            try require(isPrimary || !own.isEmpty, "\(name) keeps a deployment without tasks: \(deployment)")
        }
        for set in service.taskSets ?? [] {
            let own = live.filter { $0.startedBy == set.id }
            try require([set.runningCount, set.pendingCount] == counts(own), "\(name) counts wrongly: \(set)")
            let wanted = (Double(service.desiredCount!) * (set.scale?.value ?? 0) / 100).rounded(.up)
            try require(
                set.computedDesiredCount == (set.status == "DRAINING" ? 0 : Int(wanted)),
                "\(name) wants wrongly: \(set)")
            let isNew = own.contains { $0.desiredStatus == "RUNNING" && before.tasks[$0.taskArn!] == nil }
            let alive = own.count { $0.desiredStatus == "RUNNING" }
            try require(
                !isNew || alive <= 2 * set.computedDesiredCount!, "\(name) starts too many tasks of \(set)")
        }
    }

    private mutating func checkEvents(of service: ECS.Service) throws {
        let events = service.events ?? []
        let name = service.serviceName!
        try require(events.count <= 100, "\(name) has \(events.count) events")
        try require(Set(events.map(\.id)).count == events.count, "\(name) has events with the same id")
        for (newer, older) in zip(events, events.dropFirst()) {
            try require(older.createdAt! <= newer.createdAt!, "\(name) has events in disorder")
        }
        for event in events where identifiers.insert(event.id!).inserted {
            try require(event.message!.hasPrefix("(service \(name)) "), "\(name) says '\(event.message!)'")
            let words = event.message!.split(separator: " ").dropFirst(2).filter { $0.allSatisfy(\.isLetter) }
            statistics["says " + words.prefix(4).joined(separator: " "), default: 0] += 1
        }
    }

    private mutating func checkDeployments(of service: ECS.Service, before: WorldImage) throws {
        let name = service.serviceName!
        let deployments = service.deployments ?? []
        guard service.status != "INACTIVE" else {
            let held = image.liveTasks(of: service).contains { task in
                task.lastStatus != "STOPPING" && image.instances[task.containerInstanceArn!]?.agentConnected == true
            }
            try require(before.services[name]?.status != "DRAINING" || !held, "\(name) is INACTIVE too early")
            return try require(
                deployments.isEmpty && (service.taskSets ?? []).isEmpty && service.runningCount == 0
                    && service.pendingCount == 0, "\(name) is INACTIVE and has \(service)")
        }
        guard service.deploymentController?.type != "EXTERNAL" else {
            return try require(deployments.isEmpty, "\(name) has deployments and task sets")
        }
        try require(
            deployments.map(\.status) == ["PRIMARY"] + deployments.dropFirst().map { _ in "ACTIVE" },
            "\(name) has deployments \(deployments)")
        try require(Set(deployments.map(\.id)).count == deployments.count, "\(name) has a deployment twice")
        try require(deployments.first?.taskDefinition == service.taskDefinition, "\(name) runs another definition")
        let stories = image.deployments[name] ?? []
        let open = stories.filter { !Self.isFinal($0.status!) }
        try require(open.count <= 1, "\(name) has two service deployments under way")
        if let first = open.first {
            try require(
                first.serviceDeploymentArn == stories.first?.serviceDeploymentArn
                    && first.serviceDeploymentArn == service.currentServiceDeployment,
                "\(name) has an old service deployment under way")
        }
        for story in stories {
            statistics["deployment \(story.status!)", default: 0] += 1
            let finished = story.finishedAt != nil
            try require(finished == Self.isFinal(story.status!), "\(name) has a deployment that ends: \(story)")
            let earlier = before.deployments[name]?.first { $0.serviceDeploymentArn == story.serviceDeploymentArn }
            if let earlier, Self.isFinal(earlier.status!) {
                try require(earlier == story, "\(name) has a deployment that goes on after its end: \(story)")
            }
        }
    }

    private static func isFinal(_ status: String) -> Bool {
        ["SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"].contains(status)
    }
}
