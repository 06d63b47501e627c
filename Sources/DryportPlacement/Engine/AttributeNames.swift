// SPDX-License-Identifier: Apache-2.0

/// The names and values of attributes as small numbers. Thousands of instances share the same few strings.
struct AttributeNames: Sendable {
    private var names: [String: Int32] = [:]
    private var values: [String: Int32] = [:]
    private var valueTexts: [String] = []
    /// Sets that instances share: most register the same capabilities.
    private var sets: Set<AttributeSet> = []

    /// The number of a name; nil if no instance has ever had it.
    func id(ofName name: String) -> Int32? { names[name] }

    /// The number of a value; nil if no instance has ever had it.
    func id(ofValue value: String) -> Int32? { values[value] }

    func value(_ id: Int32) -> String { valueTexts[Int(id)] }

    mutating func intern(name: String) -> Int32 {
        if let known = names[name] { return known }
        let id = Int32(names.count)
        names[name] = id
        return id
    }

    mutating func intern(value: String) -> Int32 {
        if let known = values[value] { return known }
        let id = Int32(values.count)
        values[value] = id
        valueTexts.append(value)
        return id
    }

    /// The attributes of an instance; a missing value counts as an empty one (`ecs-control-plane.md` §4.1).
    mutating func intern(_ attributes: [String: String?]) -> AttributeSet {
        var pairs: [AttributeSet.Pair] = []
        pairs.reserveCapacity(attributes.count)
        // In the order of the names, so that the numbers do not depend on the order of a dictionary.
        for name in attributes.keys.sorted() {
            pairs.append(
                AttributeSet.Pair(name: intern(name: name), value: intern(value: (attributes[name] ?? nil) ?? "")))
        }
        pairs.sort { $0.name < $1.name }
        let set = AttributeSet(pairs: pairs)
        // Those that nobody has any more are forgotten now and then.
        if sets.count >= Self.maximumSets { sets = [] }
        return sets.insert(set).memberAfterInsert
    }

    private static let maximumSets = 1 << 16
}

/// The attributes of one instance.
struct AttributeSet: Sendable, Hashable {
    struct Pair: Sendable, Hashable {
        var name: Int32
        var value: Int32
    }

    /// In the order of the names' numbers.
    var pairs: [Pair]

    /// The number of an attribute's value; nil if it is missing.
    /// - Complexity: O(log *n*) for *n* attributes.
    func value(of name: Int32) -> Int32? {
        var low = 0
        var high = pairs.count
        while low < high {
            let middle = (low + high) / 2
            if pairs[middle].name < name { low = middle + 1 } else { high = middle }
        }
        guard low < pairs.count, pairs[low].name == name else { return nil }
        return pairs[low].value
    }
}
