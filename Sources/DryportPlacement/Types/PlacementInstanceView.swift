// SPDX-License-Identifier: Apache-2.0

/// An instance as rules of an importer's own see it, at the time of a decision.
public struct PlacementInstanceView: Sendable {
    /// The instance's id.
    public let id: String
    /// CPU units that it registered.
    public let registeredCPU: Int
    /// MiB that it registered.
    public let registeredMemory: Int
    /// CPU units that are not taken.
    public let remainingCPU: Int
    /// MiB that are not taken.
    public let remainingMemory: Int
    /// How many GPUs are not taken.
    public let remainingGPUs: Int
    /// How many tasks are charged to it.
    public let taskCount: Int
    /// How many of these belong to the request's scope.
    public let scopeTaskCount: Int
    let attributeSet: AttributeSet
    let names: AttributeNames

    /// The value of an attribute; nil if it is missing, empty if it has no value.
    public func attribute(_ name: String) -> String? {
        guard let name = names.id(ofName: name), let value = attributeSet.value(of: name) else { return nil }
        return names.value(value)
    }
}
