// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// Instances as AWS's API describes them, while the tasks on them are being added: what is taken of an instance is
/// shared out among these, and what is left over in the end is reserved.
struct ImportedInstances {
    private(set) var tasks: [PlacementScenario.RunningTask] = []
    private var instances: [PlacementScenario.InstanceGroup]
    private var places: [String: Int] = [:]
    /// Those of which AWS says what is left.
    private var measured: Set<String> = []
    /// Where tasks that differ in nothing are counted.
    private var known: [PlacementScenario.RunningTask: Int] = [:]

    init(_ imported: [ImportedInstance]) {
        instances = []
        for instance in imported {
            var group = instance.group
            if let remaining = instance.remaining {
                measured.insert(group.id)
                let registered = group.shapes[0]
                group.reserved = PlacementScenario.InstanceShape(
                    cpu: max(0, registered.cpu.subtracting(remaining.cpu)),
                    memory: max(0, registered.memory.subtracting(remaining.memory)),
                    gpus: registered.gpus.filter { !remaining.gpus.contains($0) })
                // Of ports, the remaining ones are those in use (`ecs-control-plane.md` §4.5).
                group.tcpPorts = remaining.tcpPorts
                group.udpPorts = remaining.udpPorts
            }
            places[group.id] = instances.count
            instances.append(group)
        }
    }

    /// The instances, with what the tasks do not account for.
    var groups: [PlacementScenario.InstanceGroup] {
        instances.map { group in
            var group = group
            // More is missing than there is only if the instance came back smaller; it is full in any case.
            group.reserved.cpu = min(group.reserved.cpu, group.shapes[0].cpu)
            group.reserved.memory = min(group.reserved.memory, group.shapes[0].memory)
            return group
        }
    }

    /// Adds a task, which takes no more than is taken.
    /// - Throws: ``PlacementScenarioError`` if there is no such instance.
    mutating func add(_ task: ImportedTask) throws(PlacementScenarioError) {
        guard let place = places[task.instance] else {
            throw PlacementScenarioError(
                .invalidValue, at: task.path, "there is no instance '\(task.instance)' in containerInstances")
        }
        var resources = task.resources
        var gpuIDs = task.gpuIDs
        if measured.contains(task.instance) {
            gpuIDs = take(&resources, gpuIDs, from: place)
        } else {
            // Nothing says what is taken, so tasks take what they say.
            gpuIDs = gpuIDs.filter(instances[place].shapes[0].gpus.contains)
            resources.tcpPorts.removeAll(where: instances[place].tcpPorts.contains)
            resources.udpPorts.removeAll(where: instances[place].udpPorts.contains)
        }
        resources.gpus = gpuIDs.count
        let running = PlacementScenario.RunningTask(
            instance: task.instance, resources: resources, gpuIDs: gpuIDs, scope: task.scope)
        if let same = known[running] {
            tasks[same].count += 1
        } else {
            known[running] = tasks.count
            tasks.append(running)
        }
    }

    /// Moves what a task takes from what is reserved to the task, as far as it is there.
    /// - Returns: The GPUs.
    private mutating func take(_ resources: inout TaskResources, _ gpuIDs: [String], from place: Int) -> [String] {
        resources.cpu = min(resources.cpu, instances[place].reserved.cpu)
        resources.memory = min(resources.memory, instances[place].reserved.memory)
        // Ports that the host chose are not among those in use.
        resources.tcpPorts = instances[place].tcpPorts.filter(resources.tcpPorts.contains)
        resources.udpPorts = instances[place].udpPorts.filter(resources.udpPorts.contains)
        let gpuIDs = instances[place].reserved.gpus.filter(gpuIDs.contains)
        instances[place].reserved.cpu -= resources.cpu
        instances[place].reserved.memory -= resources.memory
        instances[place].reserved.gpus.removeAll(where: gpuIDs.contains)
        instances[place].tcpPorts.removeAll(where: resources.tcpPorts.contains)
        instances[place].udpPorts.removeAll(where: resources.udpPorts.contains)
        return gpuIDs
    }
}

extension Int {
    /// The difference, or the nearest number there is.
    fileprivate func subtracting(_ other: Int) -> Int {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (self < 0 ? .min : .max) : difference
    }
}
