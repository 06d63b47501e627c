// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportMessages
import DryportModel
import OrderedCollections

// Health of containers, which stock agents report to the telemetry service only (`ecs-agent.md` §7.3).
extension ClusterMachine {
    /// Applies what an agent says of its containers' health. The same is said every 20 s, so only a change counts.
    /// Tasks and containers that the instance does not have, or whose end is known, are passed over: reports may be
    /// older than what the control plane knows.
    mutating func applyHealth(_ reports: [TCS.TaskHealth], from instanceID: String) {
        for report in reports {
            guard let id = report.taskArn.flatMap({ ARN($0) })?.resourceSegments.last, var task = tasks[String(id)],
                task.instanceID == instanceID, task.lastStatus != .stopped
            else { continue }
            for container in report.containers ?? [] { task.applyHealth(container) }
            if task != tasks[task.id] { put(task) }
        }
    }
}

extension TaskRecord {
    fileprivate mutating func applyHealth(_ report: TCS.ContainerHealth) {
        guard let health = report.healthStatus.flatMap(HealthStatus.init(rawValue:)),
            let index = containers.firstIndex(where: { $0.name == report.containerName }),
            containers[index].lastStatus != .stopped
        else { return }
        containers[index].health = health
    }
}
