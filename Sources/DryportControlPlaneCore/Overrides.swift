// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel

// Overrides of RunTask and StartTask (`ecs-control-plane.md` §5.6).

extension ECS.TaskOverride {
    /// The override of one container, nil if there is none.
    func container(named name: String) -> ECS.ContainerOverride? {
        (containerOverrides ?? []).first { $0.name == name }
    }

    /// Checks that the override fits a definition.
    func validate(against definition: TaskDefinition) throws(APIError) {
        guard self != ECS.TaskOverride() else { return }
        guard ephemeralStorage == nil else {
            throw APIError(.invalidParameter, "Ephemeral storage is not supported for launch type EXTERNAL.")
        }
        let names = Set(definition.containerDefinitions.map(\.name))
        for override in containerOverrides ?? [] {
            guard let name = override.name else {
                throw APIError(.invalidParameter, "An entry of containerOverrides has no name.")
            }
            guard names.contains(name) else {
                throw APIError(
                    .invalidParameter, "Override for container named \(name) is not a container in the TaskDefinition.")
            }
            for (member, value) in [
                ("cpu", override.cpu), ("memory", override.memory), ("memoryReservation", override.memoryReservation),
            ] {
                guard (0...Self.largestAmount).contains(value ?? 0) else {
                    throw APIError(
                        .invalidParameter,
                        "The override of \(member) for container \(name) is out of range: \(value ?? 0).")
                }
            }
        }
        for requirement in (containerOverrides ?? []).flatMap({ $0.resourceRequirements ?? [] }) {
            guard requirement.type == "GPU", let count = Int(requirement.value ?? ""),
                (1...Self.largestAmount).contains(count)
            else {
                throw APIError(
                    .invalidParameter,
                    "resourceRequirements can be overridden with type GPU and a number of at least 1 only, not with type "
                        + "'\(requirement.type ?? "")' and '\(requirement.value ?? "")'.")
            }
        }
        for (member, text) in [("cpu", cpu), ("memory", memory)] {
            guard let text else { continue }
            guard TaskSize.parse(text, unit: member == "cpu" ? .cpu : .memory) != nil else {
                throw APIError(.invalidParameter, "Invalid '\(member)' setting in the task's overrides: '\(text)'.")
            }
        }
        let length = (try? JSONCoding.encode(self).count) ?? 0
        guard length <= 8192 else {
            throw APIError(.invalidParameter, "Container Overrides length must be at most 8192")
        }
    }

    /// No host has more CPU units or MiB than this; sums of such numbers do not overflow.
    private static let largestAmount = 1 << 40

    /// What DescribeTasks shows: one entry per container, even where nothing is overridden (§5.2).
    func withStubs(for containers: [ContainerRecord]) -> ECS.TaskOverride {
        var result = self
        result.containerOverrides = containers.map { container(named: $0.name) ?? ECS.ContainerOverride(name: $0.name) }
        result.inferenceAcceleratorOverrides = []
        return result
    }
}

extension TaskDefinition {
    /// What a task takes of its instance (§4.5), with the overrides applied.
    func resources(overrides: ECS.TaskOverride) -> TaskResources {
        var effective = self
        effective.cpu = overrides.cpu ?? cpu
        effective.memory = overrides.memory ?? memory
        effective.containerDefinitions = containerDefinitions.map { definition in
            guard let override = overrides.container(named: definition.name) else { return definition }
            var changed = definition
            changed.cpu = override.cpu ?? definition.cpu
            changed.memory = override.memory ?? definition.memory
            changed.memoryReservation = override.memoryReservation ?? definition.memoryReservation
            if let requirements = override.resourceRequirements { changed.resourceRequirements = requirements }
            return changed
        }
        return effective.resources()
    }
}
