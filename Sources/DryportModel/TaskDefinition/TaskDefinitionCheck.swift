// SPDX-License-Identifier: Apache-2.0

/// The violations of one definition being gathered. Its extensions hold the rules by topic.
struct TaskDefinitionCheck {
    let definition: TaskDefinition
    private(set) var violations: [TaskDefinitionViolation] = []
    /// The first container of each name, by position.
    private let containers: [String: Int]
    /// The names of the volumes.
    let volumeNames: Set<String>

    init(_ definition: TaskDefinition) {
        self.definition = definition
        containers = Dictionary(
            definition.containerDefinitions.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        volumeNames = Set((definition.volumes ?? []).compactMap(\.name))
    }

    /// Whether the definition is to run on external instances.
    var isExternal: Bool { definition.requiresCompatibilities?.contains(LaunchType.external.rawValue) == true }

    /// The position of the container of that name.
    func container(named name: some StringProtocol) -> Int? { containers[String(name)] }

    // MARK: Adding

    /// Adds a violation, whose message says whose setting it is, and then the problem.
    mutating func add(_ rule: TaskDefinitionViolation.Rule, at place: MemberPlace, _ problem: String) {
        add(rule, at: place, text: "Invalid setting for \(place.owner). \(problem)")
    }

    /// Adds a violation in AWS's own words.
    mutating func add(_ rule: TaskDefinitionViolation.Rule, at place: MemberPlace, text: String) {
        violations.append(TaskDefinitionViolation(path: place.path, rule: rule, message: text))
    }

    /// Adds a violation unless the value is absent or one of those allowed.
    mutating func require(_ value: String?, oneOf allowed: [String], at place: MemberPlace) {
        guard let value, !allowed.contains(value) else { return }
        let values = allowed.count == 1 ? allowed[0] : "one of \(allowed.joined(separator: ", "))"
        add(.value, at: place, "'\(place.member)' is \(Self.quoted(value)), but must be \(values).")
    }

    /// Adds a violation unless the value is absent or in the range.
    mutating func require(_ value: Int?, in range: ClosedRange<Int>, at place: MemberPlace) {
        guard let value, !range.contains(value) else { return }
        // The largest number has no meaning of its own unless the value is above it.
        let isOpen = range.upperBound == Self.largest && value < range.lowerBound
        let bounds = isOpen ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
        add(.range, at: place, "'\(place.member)' is \(value), but must be \(bounds).")
    }

    /// Adds a violation if the value is absent or empty.
    /// - Returns: The value if there is one.
    @discardableResult
    mutating func requirePresent(_ value: String?, at place: MemberPlace) -> String? {
        if let value, !value.isEmpty { return value }
        add(.required, at: place, "'\(place.member)' must be specified.")
        return nil
    }

    /// Adds a violation if there are more elements than allowed.
    mutating func require(_ count: Int, atMost limit: Int, _ elements: String, at place: MemberPlace) {
        guard count > limit else { return }
        add(.count, at: place, "'\(place.member)' has \(count) \(elements), but must have at most \(limit).")
    }

    // MARK: Texts

    /// AWS's integers have 32 bits.
    static let largest = Int(Int32.max)

    /// Whether the text is 1 to 255 letters, digits, hyphens and underscores.
    static func isName(_ text: some StringProtocol) -> Bool {
        (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { $0.isNameByte }
    }

    /// A text from outside as messages show it: in quotes, without control characters, and not too long.
    static func quoted(_ text: some StringProtocol) -> String {
        let limit = 80
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(limit) {
            shown.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
        }
        return "'\(String(shown))\(text.unicodeScalars.dropFirst(limit).isEmpty ? "" : "…")'"
    }
}

/// A member of the definition: where it is, and how messages call it.
@dynamicMemberLookup
struct MemberPlace: Sendable, Hashable {
    /// The place from the definition on, such as `containerDefinitions[0].healthCheck.interval`.
    private(set) var path = ""
    /// Whose setting it is, such as `container 'web'`.
    private(set) var owner = "task"
    /// The place from the owner on, such as `healthCheck.interval`.
    private(set) var member = ""

    /// The definition as a whole.
    static let task = MemberPlace()

    /// A container; one without a name is called by its place.
    static func container(_ container: ContainerDefinition, _ index: Int) -> MemberPlace {
        task.containerDefinitions[index].owned(by: "container", named: container.name)
    }

    /// A volume; one without a name is called by its place.
    static func volume(_ volume: Volume, _ index: Int) -> MemberPlace {
        task.volumes[index].owned(by: "volume", named: volume.name ?? "")
    }

    private func owned(by kind: String, named name: String) -> MemberPlace {
        MemberPlace(path: path, owner: "\(kind) \(TaskDefinitionCheck.quoted(name.isEmpty ? path : name))")
    }

    /// A member of the object here.
    subscript(dynamicMember name: String) -> MemberPlace { self[name] }

    /// A member of the object here.
    subscript(name: String) -> MemberPlace {
        MemberPlace(
            path: path.isEmpty ? name : "\(path).\(name)", owner: owner,
            member: member.isEmpty ? name : "\(member).\(name)")
    }

    /// An element of the list here.
    subscript(index: Int) -> MemberPlace {
        MemberPlace(path: "\(path)[\(index)]", owner: owner, member: "\(member)[\(index)]")
    }
}

extension UInt8 {
    /// Whether it is one of `A-Z`, `a-z`, `0-9`, `_`, `-`.
    var isNameByte: Bool {
        switch self {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
