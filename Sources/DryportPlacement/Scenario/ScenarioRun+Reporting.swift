// SPDX-License-Identifier: Apache-2.0

import DryportModel

extension ScenarioRun {
    /// Measures what has been placed.
    func report() throws(PlacementScenarioError) -> PlacementReport {
        let attributes = scenario.spreadAttributes(policy, expanded)
        let usual = ["ecs.availability-zone", "zone", "site"]
        let zoneAttribute = attributes.first ?? usual.first(where: expanded.hasAttribute)
        let instances = try self.instances(zoneAttribute)
        let available = instances.filter(\.isAvailable)
        let entries = scenario.workload.indices.map { index in
            PlacementReport.Entry(
                name: scenario.workload[index].name, taskCount: expanded.entries[index].count,
                placedCount: placements[index].count, refusals: outcomes[index].refusals)
        }
        return PlacementReport(
            scenario: scenario.name, policy: policy?.name ?? PlacementScenario.ownPolicyName,
            strategies: policy?.strategies.map(\.description), seed: seed,
            taskCount: entries.reduce(0) { $0 + $1.taskCount },
            placedCount: entries.reduce(0) { $0 + $1.placedCount }, decisionCount: decisionCount,
            seconds: elapsed?.seconds,
            instanceCounts: .init(
                total: instances.count, available: available.count, used: available.count(where: \.isUsed)),
            cpu: .init(available.map { ($0.cpu, $0.cpuTaken) }),
            memory: .init(available.map { ($0.memory, $0.memoryTaken) }), packing: packing(available),
            spread: try spread(attributes), workload: entries, zoneAttribute: zoneAttribute, instances: instances)
    }

    private func instances(_ zoneAttribute: String?) throws(PlacementScenarioError) -> [PlacementReport.Instance] {
        var reports: [PlacementReport.Instance] = []
        reports.reserveCapacity(expanded.instances.count)
        for (index, instance) in expanded.instances.enumerated() {
            let left: PlacementCapacity
            do throws(PlacementError) {
                left = try engine.capacity(of: instance.id)
            } catch {
                throw PlacementScenarioError(error)
            }
            let registered = expanded.registered[index]
            reports.append(
                PlacementReport.Instance(
                    id: instance.id, zone: zoneAttribute.flatMap { instance.attributes[$0] ?? nil },
                    status: instance.status.rawValue, agentConnected: instance.isConnected, cpu: registered.cpu,
                    cpuTaken: registered.cpu - left.cpu, memory: registered.memory,
                    memoryTaken: registered.memory - left.memory, gpus: registered.gpus,
                    gpusTaken: registered.gpus - left.gpus.count, taskCount: left.taskCount, placed: [:]))
        }
        for (entry, placed) in placements.enumerated() {
            let name = scenario.workload[entry].name
            for (_, instance) in placed { reports[Int(instance)].placed[name, default: 0] += 1 }
        }
        return reports
    }

    private func packing(_ available: [PlacementReport.Instance]) -> PlacementReport.Packing {
        var packing = PlacementReport.Packing()
        let used = available.filter(\.isUsed)
        packing.cpu = PlacementReport.Utilisation(used.map { ($0.cpu, $0.cpuTaken) }).part
        packing.memory = PlacementReport.Utilisation(used.map { ($0.memory, $0.memoryTaken) }).part
        let shapes = scenario.workload.filter { $0.count != 0 }.flatMap(\.shapes)
        guard !shapes.isEmpty else { return packing }
        for instance in available {
            let cpu = instance.cpu - instance.cpuTaken
            let memory = instance.memory - instance.memoryTaken
            guard !shapes.contains(where: { $0.cpu <= cpu && $0.memory <= memory }) else { continue }
            packing.fullInstances += 1
            packing.strandedCPU += max(0, cpu)
            packing.strandedMemory += max(0, memory)
        }
        return packing
    }
}

extension PlacementReport.Utilisation {
    /// Summarises amounts of several instances.
    init(_ amounts: [(registered: Int, taken: Int)]) {
        self.init()
        let parts = amounts.filter { $0.registered > 0 }.map { Double($0.taken) / Double($0.registered) }
        for (registered, taken) in amounts {
            // At most 2⁴⁰ units of each of 2²⁰ instances.
            self.registered += registered
            self.taken += taken
        }
        guard let least = parts.min(), let most = parts.max() else { return }
        minimum = least
        maximum = most
        mean = parts.reduce(0, +) / Double(parts.count)
        let variance = parts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(parts.count)
        standardDeviation = variance.squareRoot()
    }

    /// The part of the whole that is taken.
    var part: Double { registered > 0 ? Double(taken) / Double(registered) : 0 }
}

extension Duration {
    /// In seconds, with the fraction.
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
