// SPDX-License-Identifier: Apache-2.0

extension CustomReflectable {
    /// The type's name and the mirror's children, so that a description can show no more than the mirror does.
    var secretFreeDescription: String {
        let members = customMirror.children.map { "\($0.label ?? "_"): \($0.value)" }
        return "\(Self.self)(\(members.joined(separator: ", ")))"
    }
}

/// What stands in a description or a mirror for a secret: whether there is one, but not what it is.
func redacted(_ secret: String?) -> String? {
    secret == nil ? nil : "redacted"
}

/// Children of a mirror: the members that are not nil.
func present(_ members: KeyValuePairs<String, Any?>) -> [Mirror.Child] {
    members.compactMap { member in member.value.map { (label: member.key, value: $0) } }
}
