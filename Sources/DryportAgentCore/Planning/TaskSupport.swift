// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel

/// What this agent cannot do yet, said clearly instead of done halfway.
struct TaskSupport {
    /// What the runtime can do.
    var runtime: RuntimeFacts

    /// - Throws: `impossible` with the first thing that the task needs and does not get.
    func check(_ task: ACS.Task) throws(TaskPlanningError) {
        if let need = taskNeed(task) { throw Self.refusal(need) }
        for volume in task.volumes ?? [] {
            if let need = volumeNeed(volume) { throw Self.refusal(need) }
        }
        for container in task.containers ?? [] {
            if let need = containerNeed(container) {
                throw Self.refusal("\(need) (container \(container.name ?? ""))")
            }
        }
    }

    private static func refusal(_ need: String) -> TaskPlanningError {
        .impossible("ResourceInitializationError: \(need) not supported by this agent")
    }

    private func taskNeed(_ task: ACS.Task) -> String? {
        if task.networkMode == "awsvpc" { return "network mode awsvpc is" }
        if let mode = task.pidMode, !mode.isEmpty { return "pidMode \(mode) is" }
        if let mode = task.ipcMode, !mode.isEmpty { return "ipcMode \(mode) is" }
        if !(task.associations ?? []).isEmpty { return "GPUs and other associations are" }
        return nil
    }

    private func volumeNeed(_ volume: ACS.Volume) -> String? {
        let name = volume.name ?? ""
        if volume.type == "efs" || volume.type == "fsxWindowsFileServer" {
            return "volume \(name) of type \(volume.type ?? "") is"
        }
        if let docker = volume.dockerVolumeConfiguration, volume.type == "docker" {
            if let driver = docker.driver, driver != "local" { return "volume driver \(driver) of volume \(name) is" }
            if !(docker.driverOpts ?? [:]).isEmpty { return "driver options of volume \(name) are" }
        }
        return nil
    }

    private func containerNeed(_ container: ACS.Container) -> String? {
        if !(container.secrets ?? []).isEmpty { return "secrets are" }
        if !(container.environmentFiles ?? []).isEmpty { return "environment files are" }
        if container.firelensConfiguration != nil { return "FireLens log routers are" }
        if !(container.managedAgents ?? []).isEmpty { return "ECS Exec and other managed agents are" }
        if let type = container.registryAuthentication?.type { return "registry authentication \(type) is" }
        if !(container.credentialSpecs ?? []).isEmpty { return "credential specifications are" }
        if container.logsAuthStrategy == "ExecutionRole" { return "logging with the execution role is" }
        if (container.portMappings ?? []).contains(where: { $0.containerPortRange != nil }) {
            return "container port ranges are"
        }
        if !runtime.hasMounts, !(container.mountPoints ?? []).isEmpty {
            return "with runtime \(runtime.name), mount points are"
        }
        return nil
    }
}
