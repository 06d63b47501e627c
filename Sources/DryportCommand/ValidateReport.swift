// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportPlacement

/// What `dryport validate` found in one file; in JSON this is an element of its output.
struct ValidationReport: Encodable {
    /// Something that is wrong.
    struct Finding: Encodable, CustomStringConvertible {
        /// The member in the definition; empty if it is the definition, or the file, as a whole.
        var path: String
        /// A rule of ``TaskDefinitionViolation/Rule``, or `file`, `json`, `type`, `unknown-member`.
        var rule: String
        var message: String

        var description: String { (path.isEmpty ? "" : "\(path): ") + "\(message) [\(rule)]" }
    }

    var file: String
    /// Whether there is no violation.
    var valid = false
    /// The family, if it could be read.
    var family: String?
    var violations: [Finding] = []
    var warnings: [Finding] = []
    /// What an instance must have to run it.
    var requiresAttributes: [Attribute] = []
    /// The launch types that can run it.
    var compatibilities: [String] = []

    /// Whether the file could not be read, or holds no JSON.
    var isUnreadable: Bool { violations.contains { $0.rule == "file" || $0.rule == "json" } }

    /// Reads and checks a file.
    /// - Parameters:
    ///   - path: The path, or `-` for standard input.
    ///   - isStrict: Whether what would be a warning is a violation.
    init(path: String, isStrict: Bool) {
        file = path == "-" ? "standard input" : path
        do throws(TaskDefinitionInput.Failure) {
            check(try TaskDefinitionInput(path: path))
        } catch {
            violations.append(Finding(path: error.path, rule: error.rule, message: error.message))
        }
        if isStrict { (violations, warnings) = (violations + warnings, []) }
        valid = violations.isEmpty
    }

    private mutating func check(_ input: TaskDefinitionInput) {
        var definition = input.request.taskDefinition
        if definition.requiresCompatibilities?.isEmpty != false {
            definition.requiresCompatibilities = [LaunchType.external.rawValue]
        }
        family = definition.family
        violations = definition.violations(tags: input.request.tags ?? []).map {
            Finding(path: $0.path, rule: $0.rule.rawValue, message: $0.message)
        }
        for (index, constraint) in (definition.placementConstraints ?? []).enumerated() {
            check(constraint.expression ?? "", at: "placementConstraints[\(index)].expression")
        }
        warnings = input.unknownMembers.map {
            Finding(path: $0, rule: "unknown-member", message: "The API has no such member.")
        }
        compatibilities = definition.computedCompatibilities()
        requiresAttributes = definition.computedRequiredAttributes()
    }

    /// Checks an expression that nothing was found in yet.
    private mutating func check(_ expression: String, at path: String) {
        guard !violations.contains(where: { $0.path == path }) else { return }
        do throws(ClusterQueryError) {
            _ = try ClusterQuery(parsing: expression)
        } catch {
            let rule = TaskDefinitionViolation.Rule.expression.rawValue
            violations.append(Finding(path: path, rule: rule, message: "Invalid '\(path)' setting for task: \(error)."))
        }
    }
}
