// SPDX-License-Identifier: Apache-2.0

import DryportModel

/// A scenario with every instance and every kind of task written out, all of it checked.
struct ExpandedScenario {
    /// Tasks that are placed one after the other by one request.
    struct Batch {
        /// The request's place.
        let request: Int
        let count: Int
    }

    /// An entry of the workload.
    struct Entry {
        /// The different requests, in the order of their first tasks.
        var requests: [PlacementRequest] = []
        /// All tasks, in the order in which they are placed.
        var batches: [Batch] = []
        var count = 0
    }

    /// What an instance has, whoever it belongs to.
    struct Registered {
        var cpu: Int
        var memory: Int
        var gpus: Int
    }

    /// As the engine sees them: without what is reserved.
    private(set) var instances: [PlacementInstance] = []
    private(set) var registered: [Registered] = []
    /// The place of each instance.
    private(set) var places: [String: Int] = [:]
    /// What runs already.
    private(set) var running: [(request: PlacementRequest, placement: Placement, count: Int)] = []
    private(set) var entries: [Entry] = []

    /// - Throws: ``PlacementScenarioError`` for the first mistake.
    init(_ scenario: PlacementScenario) throws(PlacementScenarioError) {
        try check(policies: scenario.policies)
        for (index, group) in scenario.cluster.instances.enumerated() {
            try add(group, at: "cluster.instances[\(index)]")
        }
        var total = 0
        var devices = DeviceCheck()
        for (index, task) in scenario.cluster.tasks.enumerated() {
            let path = "cluster.tasks[\(index)]"
            try count(task.count, &total, "tasks that run", PlacementScenario.maximumTasks, at: "\(path).count")
            try add(task, &devices, at: path)
        }
        total = 0
        var names: [String: Int] = [:]
        for (index, workload) in scenario.workload.enumerated() {
            let path = "workload[\(index)]"
            try require(!workload.name.isEmpty, "\(path).name", "it is empty")
            if let other = names.updateValue(index, forKey: workload.name) {
                throw PlacementScenarioError(
                    .duplicate, at: "\(path).name", "'\(workload.name)' is the name of workload[\(other)], too")
            }
            let tasks = workload.count ?? 1
            try count(tasks, &total, "tasks", PlacementScenario.maximumTasks, at: "\(path).count")
            entries.append(try entry(workload, at: path))
        }
    }

    private func check(policies: [PlacementScenario.Policy]) throws(PlacementScenarioError) {
        var names: [String: Int] = [:]
        for (index, policy) in policies.enumerated() {
            let path = "policies[\(index)]"
            try require(!policy.name.isEmpty, "\(path).name", "it is empty")
            try require(
                policy.name != PlacementScenario.ownPolicyName, "\(path).name",
                "'\(policy.name)' is what the tasks' own strategies are called")
            if let other = names.updateValue(index, forKey: policy.name) {
                throw PlacementScenarioError(
                    .duplicate, at: "\(path).name", "'\(policy.name)' is the name of policies[\(other)], too")
            }
            try check(strategies: policy.strategies, at: path)
        }
    }

    // MARK: Instances

    private mutating func add(
        _ group: PlacementScenario.InstanceGroup, at path: String
    ) throws(PlacementScenarioError) {
        try check(group, at: path)
        var total = instances.count
        let limit = PlacementScenario.maximumInstances
        try count(group.count ?? 1, &total, "instances", limit, at: "\(path).count")
        let id = try pattern(group.id, isLiteral: group.count == nil, at: "\(path).id")
        try require(
            !id.isConstant || group.count ?? 1 < 2, "\(path).id",
            "'\(group.id)' is the same for all \(group.count ?? 1); write {index} where the number goes")
        let ec2InstanceID = try group.ec2InstanceID.map { text throws(PlacementScenarioError) in
            try pattern(text, isLiteral: group.count == nil, at: "\(path).ec2InstanceId")
        }
        var attributes: [(name: String, values: [ScenarioPattern?])] = []
        for name in group.attributes.keys.sorted() {
            var values: [ScenarioPattern?] = []
            for value in group.attributes[name] ?? [] {
                guard let value else {
                    values.append(nil)
                    continue
                }
                values.append(try pattern(value, isLiteral: group.count == nil, at: "\(path).attributes.\(name)"))
            }
            attributes.append((name, values))
        }
        for index in 0..<(group.count ?? 1) {
            let shape = group.shapes[index % group.shapes.count]
            var instance = PlacementInstance(
                id: id(index), status: group.status, isConnected: group.agentConnected,
                cpu: shape.cpu - group.reserved.cpu, memory: shape.memory - group.reserved.memory,
                gpus: shape.gpus.filter { !group.reserved.gpus.contains($0) }, tcpPorts: group.tcpPorts,
                udpPorts: group.udpPorts, agentVersion: group.agentVersion, ec2InstanceID: ec2InstanceID?(index),
                registeredAt: group.registeredAt)
            for (name, values) in attributes {
                instance.attributes.updateValue(values[index % values.count]?(index), forKey: name)
            }
            guard places.updateValue(instances.count, forKey: instance.id) == nil else {
                throw PlacementScenarioError(.duplicate, at: "\(path).id", "there are two instances '\(instance.id)'")
            }
            instances.append(instance)
            registered.append(Registered(cpu: shape.cpu, memory: shape.memory, gpus: shape.gpus.count))
        }
    }

    private func check(_ group: PlacementScenario.InstanceGroup, at path: String) throws(PlacementScenarioError) {
        try require(!group.id.isEmpty, "\(path).id", "it is empty")
        try require(!group.shapes.isEmpty, "\(path).shapes", "the list is empty")
        try require(
            group.count != nil || group.shapes.count == 1, "\(path).shapes",
            "one instance has one shape; add a count for several instances")
        for (index, shape) in group.shapes.enumerated() {
            let path = group.shapes.count == 1 ? path : "\(path).shapes[\(index)]"
            try amount(shape.cpu, "\(path).cpu")
            try amount(shape.memory, "\(path).memory")
            try require(Set(shape.gpus).count == shape.gpus.count, "\(path).gpus", "a GPU is listed twice")
            try require(!shape.gpus.contains(""), "\(path).gpus", "a GPU has an empty id")
            for gpu in group.reserved.gpus where !shape.gpus.contains(gpu) {
                throw PlacementScenarioError(.invalidValue, at: "\(path).gpus", "'\(gpu)' is reserved, but not there")
            }
        }
        try amount(group.reserved.cpu, "\(path).reserved.cpu", most: group.shapes.map(\.cpu).min() ?? 0)
        try amount(group.reserved.memory, "\(path).reserved.memory", most: group.shapes.map(\.memory).min() ?? 0)
        try check(ports: group.tcpPorts, "\(path).tcpPorts")
        try check(ports: group.udpPorts, "\(path).udpPorts")
        for name in group.attributes.keys.sorted() {
            let count = group.attributes[name]?.count ?? 0
            try require(count > 0, "\(path).attributes.\(name)", "the list is empty; write null for no value")
            try require(
                group.count != nil || count == 1, "\(path).attributes.\(name)",
                "an attribute of one instance has one value; add a count for several instances")
        }
    }

    // MARK: Tasks

    /// Which ports and GPUs are taken, by instance.
    private struct DeviceCheck {
        var tcpPorts: [Int: Set<Int>] = [:]
        var udpPorts: [Int: Set<Int>] = [:]
        var gpus: [Int: Set<String>] = [:]
    }

    private mutating func add(
        _ task: PlacementScenario.RunningTask, _ devices: inout DeviceCheck, at path: String
    ) throws(PlacementScenarioError) {
        guard let place = places[task.instance] else {
            throw PlacementScenarioError(
                .invalidValue, at: "\(path).instance", "there is no instance '\(task.instance)'")
        }
        try require(!task.scope.name.isEmpty, "\(path).\(task.scope.member)", "it is empty")
        try check(task.resources, at: path)
        let request = PlacementRequest(resources: task.resources, scope: task.scope)
        let hasDevices =
            !task.resources.tcpPorts.isEmpty || !task.resources.udpPorts.isEmpty || task.resources.gpus > 0
        guard hasDevices else {
            running.append((request, Placement(instance: task.instance), task.count))
            return
        }
        let instance = instances[place]
        for _ in 0..<task.count {
            for port in task.resources.tcpPorts {
                let isNew = devices.tcpPorts[place, default: []].insert(port).inserted
                let isFree = isNew && !instance.tcpPorts.contains(port)
                try require(isFree, "\(path).tcpPorts", "\(port) is taken already on '\(task.instance)'")
            }
            for port in task.resources.udpPorts {
                let isNew = devices.udpPorts[place, default: []].insert(port).inserted
                let isFree = isNew && !instance.udpPorts.contains(port)
                try require(isFree, "\(path).udpPorts", "\(port) is taken already on '\(task.instance)'")
            }
            let taken = devices.gpus[place] ?? []
            let free = instance.gpus.filter { !taken.contains($0) }
            let wanted = task.gpuIDs.isEmpty ? Array(free.prefix(task.resources.gpus)) : task.gpuIDs
            let areFree = wanted.allSatisfy(free.contains) && wanted.count == task.resources.gpus
            try require(areFree, "\(path).gpus", "'\(task.instance)' has only \(free.count) that are not taken")
            devices.gpus[place] = taken.union(wanted)
            running.append((request, Placement(instance: task.instance, gpus: wanted), 1))
        }
    }

    private func entry(
        _ workload: PlacementScenario.Workload, at path: String
    ) throws(PlacementScenarioError) -> Entry {
        try check(workload, at: path)
        let isLiteral = workload.count == nil
        let name = try pattern(workload.scope.name, isLiteral: isLiteral, at: "\(path).\(workload.scope.member)")
        var entry = Entry()
        var known: [String: [Int]] = [:]
        var counts: [Int] = []
        for index in 0..<(workload.count ?? 1) {
            let shape = index % workload.shapes.count
            let scope = workload.scope.renamed(name(index))
            let found: Int
            if let places = known[scope.name], places[shape] >= 0 {
                found = places[shape]
            } else {
                found = entry.requests.count
                known[scope.name, default: Array(repeating: -1, count: workload.shapes.count)][shape] = found
                entry.requests.append(
                    PlacementRequest(
                        resources: workload.shapes[shape], requiredAttributes: workload.requiredAttributes,
                        scope: scope, constraints: workload.constraints,
                        strategies: scope.strategies(or: workload.strategies)))
                counts.append(0)
            }
            counts[found] += 1
            if workload.order == .single { entry.batches.append(Batch(request: found, count: 1)) }
        }
        if workload.order == .grouped {
            entry.batches = counts.enumerated().map { Batch(request: $0.offset, count: $0.element) }
        }
        entry.count = workload.count ?? 1
        return entry
    }

    private func check(_ workload: PlacementScenario.Workload, at path: String) throws(PlacementScenarioError) {
        try require(!workload.scope.name.isEmpty, "\(path).\(workload.scope.member)", "it is empty")
        try require(!workload.shapes.isEmpty, "\(path).shapes", "the list is empty")
        try require(
            workload.count != nil || workload.shapes.count == 1, "\(path).shapes",
            "one task has one shape; add a count for several tasks")
        for (index, shape) in workload.shapes.enumerated() {
            try check(shape, at: workload.shapes.count == 1 ? path : "\(path).shapes[\(index)]")
        }
        try require(workload.requiredAttributes[""] == nil, "\(path).requiredAttributes", "a name is empty")
        try require(
            workload.constraints.count <= PlacementRequest.maximumConstraints, "\(path).constraints",
            "there are \(workload.constraints.count); at most \(PlacementRequest.maximumConstraints) are allowed")
        try check(strategies: workload.strategies, at: path)
    }
}
