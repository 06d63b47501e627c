// SPDX-License-Identifier: Apache-2.0

/// A rule that a task definition breaks.
public struct TaskDefinitionViolation: Sendable, Hashable, Codable {
    /// The member that breaks it, such as `containerDefinitions[0].portMappings[1].hostPort`.
    public var path: String
    /// What is wrong, in AWS's words where they are known.
    public var message: String

    /// Creates a violation.
    public init(path: String, message: String) {
        self.path = path
        self.message = message
    }
}

extension TaskDefinitionViolation: CustomStringConvertible {
    /// The text form.
    public var description: String { "\(path): \(message)" }
}

extension TaskDefinition {
    /// All rules of `ecs-control-plane.md` §3.1 to §3.4 that the definition breaks: first those of the task, then
    /// container by container, then those between containers. Empty if it may be registered.
    ///
    /// What only external instances lack is rejected only if ``requiresCompatibilities`` contains `EXTERNAL`.
    /// Expressions of placement constraints are not parsed here, and the special rules of Windows are not applied.
    /// - Complexity: O(*n*²) in the number of port mappings; otherwise linear in the definition's size.
    public func violations() -> [TaskDefinitionViolation] {
        var check = TaskDefinitionCheck(self)
        check.task()
        check.taskSizes()
        check.volumes()
        for (index, container) in containerDefinitions.enumerated() {
            check.container(container, at: "containerDefinitions[\(index)]")
        }
        check.staticPorts()
        check.dependencyCycles()
        return check.violations
    }
}

/// The violations of one definition being gathered. Its extensions hold the rules by topic.
struct TaskDefinitionCheck {
    let definition: TaskDefinition
    private(set) var violations: [TaskDefinitionViolation] = []

    init(_ definition: TaskDefinition) { self.definition = definition }

    /// Whether the definition is to run on external instances.
    var isExternal: Bool { definition.requiresCompatibilities?.contains(LaunchType.external.rawValue) == true }

    mutating func add(_ path: String, _ message: String) {
        violations.append(TaskDefinitionViolation(path: path, message: message))
    }

    /// Adds a violation unless the value is absent or one of those allowed.
    mutating func require(_ value: String?, oneOf allowed: [String], _ path: String) {
        guard let value, !allowed.contains(value) else { return }
        add(path, "'\(value)' is not valid. Valid values are: \(allowed.joined(separator: ", ")).")
    }

    /// Adds a violation unless the value is absent or in the range.
    mutating func require(_ value: Int?, in range: ClosedRange<Int>, _ path: String) {
        guard let value, !range.contains(value) else { return }
        let bounds =
            range.upperBound == Self.largest
            ? "at least \(range.lowerBound)" : "between \(range.lowerBound) and \(range.upperBound)"
        add(path, "\(value) is not valid. The value must be \(bounds).")
    }

    /// Adds a violation if the value is absent or empty.
    mutating func requirePresent(_ value: String?, _ path: String) {
        if value?.isEmpty != false { add(path, "\(path) should not be null or empty.") }
    }

    /// AWS's integers have 32 bits; sums of 10 such numbers do not overflow.
    static let largest = Int(Int32.max)

    /// Whether the text is 1 to 255 letters, digits, hyphens and underscores.
    static func isName(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { $0.isNameByte }
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
