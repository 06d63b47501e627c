// SPDX-License-Identifier: Apache-2.0

import DryportModel
public import DryportPlacement

/// The workload by which placement is compared with other schedulers: instances of four shapes in three zones, tasks of
/// four shapes from a hundred services. `Documentation/Benchmarks.md` has the definition.
public enum ReferenceWorkload {
    /// CPU units and MiB of instance *i*, by *i* mod 4.
    public static let instanceShapes = [(4_096, 16_384), (8_192, 32_768), (16_384, 65_536), (32_768, 131_072)]
    /// CPU units and MiB of task *j*, by *j* mod 4.
    public static let taskShapes = [(250, 512), (500, 1_024), (1_000, 2_048), (2_000, 4_096)]
    /// Task *j* belongs to service *j* mod this.
    public static let services = 100

    /// Instance *i*.
    public static func instance(_ index: Int) -> PlacementInstance {
        let (cpu, memory) = instanceShapes[index % 4]
        return PlacementInstance(
            id: "i-\(index)",
            attributes: ["zone": "az-\(index / 3 % 3)", "disk": index % 3 == 0 ? "ssd" : "hdd"], cpu: cpu,
            memory: memory)
    }

    /// An engine with that many instances.
    /// - Parameter capabilities: How many attributes each has besides those of the workload.
    public static func engine(instances: Int, capabilities: Int = 0) -> PlacementEngine {
        do {
            return try PlacementEngine(
                (0..<instances).lazy.map { index in
                    var instance = instance(index)
                    for number in 0..<capabilities {
                        instance.attributes["com.amazonaws.ecs.capability.\(number)"] = .some(nil)
                    }
                    return instance
                })
        } catch {
            fatalError("\(error)")
        }
    }

    /// What task *j* asks for; it repeats after ``services``, since that is a multiple of the shapes.
    public static func request(
        _ index: Int, constraints: [PlacementConstraint] = [], strategies: [PlacementStrategy]
    ) -> PlacementRequest {
        let (cpu, memory) = taskShapes[index % 4]
        return PlacementRequest(
            resources: TaskResources(cpu: cpu, memory: memory), scope: .service("svc-\(index % services)"),
            constraints: constraints, strategies: strategies)
    }

    /// The constraint of the workload's second half.
    public static let onSSD = PlacementConstraint.memberOf(query("attribute:disk == ssd"))

    /// A query that is known to be one.
    public static func query(_ text: String) -> ClusterQuery {
        guard let query = ClusterQuery(text) else { fatalError("not a query: \(text)") }
        return query
    }
}
