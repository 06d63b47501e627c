// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel

/// The volumes of a task (`ecs-agent.md` §5.5).
struct VolumePlan {
    private var sources: [String: ContainerPlan.Mount.Source] = [:]
    /// Volumes of the engine that are removed with the task, in the order of the task definition.
    private(set) var taskScoped: [String] = []

    init(_ task: ACS.Task, using random: inout some RandomNumberGenerator) throws(TaskPlanningError) {
        for volume in task.volumes ?? [] {
            let name = volume.name ?? ""
            let generated = "ecs-\(task.family ?? "")-\(task.version ?? "")-\(name)-\(random.hexadecimal(20))"
            if let docker = volume.dockerVolumeConfiguration, volume.type == "docker" {
                if docker.scope == "shared" {
                    sources[name] = .volume(name)
                } else {
                    sources[name] = .volume(generated)
                    taskScoped.append(generated)
                }
            } else if let path = volume.host?.sourcePath, !path.isEmpty {
                sources[name] = .hostPath(path)
            } else {
                sources[name] = .volume(generated)
                taskScoped.append(generated)
            }
        }
    }

    func mounts(
        of container: ACS.Container, named name: String
    ) throws(TaskPlanningError) -> [ContainerPlan.Mount] {
        var mounts: [ContainerPlan.Mount] = []
        for point in container.mountPoints ?? [] {
            guard let source = sources[point.sourceVolume ?? ""] else {
                throw .impossible(
                    "InvalidVolumeError: container \(name) mounts volume \(point.sourceVolume ?? ""), "
                        + "which the task does not have")
            }
            mounts.append(
                .init(source: source, containerPath: point.containerPath ?? "", isReadOnly: point.readOnly ?? false))
        }
        return mounts
    }
}
