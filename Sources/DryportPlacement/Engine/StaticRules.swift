// SPDX-License-Identifier: Apache-2.0

/// Sets of slots that satisfy what depends on the instance alone: required attributes, and expressions about
/// attributes, versions and identities. Each distinct rule is evaluated once for an instance, when it changes.
struct StaticRules: Sendable {
    struct Rule: Sendable, Hashable {
        /// Names and values, in the order of the names.
        var required: [Required]
        var queries: [ClusterQuery]
    }

    struct Required: Sendable, Hashable {
        var name: String
        var value: String?
    }

    /// How many rules have a bit in ``InstanceTables/Room/mask``, by which searches skip whole subtrees. Rules beyond
    /// them work the same, without that.
    static let maskedRules = 63

    private var ids: [Rule: Int32] = [:]
    private(set) var rules: [Rule] = []
    /// The members of rule *r* from 64 · *s* on are in word *r* of block *s*.
    private var members: [[UInt64]] = []

    /// The number of a rule, if it is known.
    func id(of rule: Rule) -> Int32? { ids[rule] }

    mutating func add(_ rule: Rule, instances: [InstanceTables.Record], names: AttributeNames) -> Int32 {
        let id = Int32(rules.count)
        ids[rule] = id
        rules.append(rule)
        members.append(Array(repeating: 0, count: (instances.count + 63) / 64))
        for (slot, record) in instances.enumerated() where !record.id.isEmpty && rule.holds(for: record, names: names) {
            members[Int(id)][slot >> 6] |= 1 << UInt64(slot & 63)
        }
        return id
    }

    @inline(__always)
    func contains(_ slot: Slot, rule: Int32) -> Bool {
        members[Int(rule)][Int(slot) >> 6] & (1 << UInt64(slot & 63)) != 0
    }

    mutating func evaluate(_ record: InstanceTables.Record, at slot: Slot, names: AttributeNames) {
        for id in rules.indices {
            if members[id].count <= Int(slot) >> 6 { members[id].append(0) }
            let bit: UInt64 = 1 << UInt64(slot & 63)
            if !record.id.isEmpty && rules[id].holds(for: record, names: names) {
                members[id][Int(slot) >> 6] |= bit
            } else {
                members[id][Int(slot) >> 6] &= ~bit
            }
        }
    }

    func mask(of slot: Slot) -> UInt64 {
        var mask: UInt64 = 0
        for id in 0..<min(Self.maskedRules, rules.count) where contains(slot, rule: Int32(id)) {
            mask |= 1 << UInt64(id)
        }
        return mask
    }
}

extension StaticRules.Rule {
    var isEmpty: Bool { required.isEmpty && queries.isEmpty }

    func holds(for record: InstanceTables.Record, names: AttributeNames) -> Bool {
        for attribute in required where !attribute.holds(for: record.attributes, names: names) { return false }
        guard !queries.isEmpty else { return true }
        let subjects = StaticSubjects(record: record, names: names)
        return queries.allSatisfy { $0.matches(subjects) }
    }
}

extension StaticRules.Required {
    func holds(for attributes: AttributeSet, names: AttributeNames) -> Bool {
        guard let name = names.id(ofName: name), let held = attributes.value(of: name) else { return false }
        guard let value else { return true }
        return names.value(held) == value
    }
}
