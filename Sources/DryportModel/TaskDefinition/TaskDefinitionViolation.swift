// SPDX-License-Identifier: Apache-2.0

/// A rule that a task definition breaks.
public struct TaskDefinitionViolation: Sendable, Hashable, Codable {
    /// The member that breaks it, such as `containerDefinitions[0].portMappings[1].hostPort`; empty if it is the
    /// definition as a whole.
    public var path: String
    /// Which rule it is.
    public var rule: Rule
    /// What is wrong, for people: in AWS's words where they are known, else with the container or volume, the member
    /// and what would be right. It is one line.
    public var message: String

    /// Creates a violation.
    public init(path: String, rule: Rule, message: String) {
        self.path = path
        self.rule = rule
        self.message = message
    }
}

extension TaskDefinitionViolation: CustomStringConvertible {
    /// The text form, such as `containerDefinitions[0].memory: … [memory-required]`.
    public var description: String { (path.isEmpty ? "" : "\(path): ") + "\(message) [\(rule.rawValue)]" }
}

extension TaskDefinitionViolation {
    /// A kind of rule. Its raw value stays the same from release to release, so that tools can filter by it; which
    /// member breaks the rule is told by ``TaskDefinitionViolation/path``. More may come with a later release.
    public enum Rule: String, Sendable, Hashable, Codable, CaseIterable {
        /// A member that must be there is absent or empty.
        case required
        /// A text is none of the values that the member can have.
        case value
        /// A number is too small or too large.
        case range
        /// A name, a reference or another text is not of the form that it must have.
        case format
        /// A list is too long, or too short.
        case count
        /// A name is given twice.
        case duplicate
        /// Two members, or two options, exclude each other.
        case exclusive
        /// The definition is larger than 64 KiB.
        case definitionSize = "definition-size"
        /// CPU or memory of the task is not a size, or out of its limits.
        case taskSize = "task-size"
        /// The containers take more than the task's CPU or memory.
        case taskTotal = "task-total"
        /// No container is essential.
        case essentialContainer = "essential-container"
        /// Secrets are fetched, but there is no role to fetch them with.
        case executionRole = "execution-role"
        /// A launch type of `requiresCompatibilities` does not have what a member asks for.
        case launchType = "launch-type"
        /// AWS has ended what the member asks for.
        case discontinued
        /// Windows containers do not have what the member asks for.
        case windows
        /// The network mode does not allow it.
        case networkMode = "network-mode"
        /// The IPC mode does not allow it.
        case ipcMode = "ipc-mode"
        /// Neither the task nor the container has an amount of memory.
        case memoryRequired = "memory-required"
        /// The container's hard limit of memory is below its reservation.
        case memoryReservation = "memory-reservation"
        /// A container is referred to that the definition does not have.
        case unknownContainer = "unknown-container"
        /// A volume is referred to that the definition does not have.
        case unknownVolume = "unknown-volume"
        /// A container can never reach the condition that another one waits for.
        case dependencyCondition = "dependency-condition"
        /// Containers wait for each other in a circle.
        case dependencyCycle = "dependency-cycle"
        /// A port of the host is not the container's although it must be, or is given away twice.
        case hostPort = "host-port"
        /// Ranges of ports overlap.
        case portRange = "port-range"
        /// A log driver lacks options.
        case logOptions = "log-options"
        /// A resource limit in force is above the one that it may be raised to.
        case ulimit
        /// Only shared volumes are provisioned automatically.
        case autoprovision
        /// A secret has the name of an environment variable, or of another secret.
        case secretName = "secret-name"
        /// A placement constraint is no expression of the cluster query language. ``TaskDefinition/violations(tags:)``
        /// does not parse expressions; this is for those who do.
        case expression
    }
}

extension TaskDefinition {
    /// All rules of `ecs-control-plane.md` §3.1 to §3.4 that the definition breaks: first those of the task, then
    /// container by container, then those between containers. Empty if it may be registered; the first is the one that
    /// registration answers with.
    ///
    /// What only some launch types lack is rejected if ``requiresCompatibilities`` contains one of them, and what
    /// Windows lacks if ``runtimePlatform`` says Windows. Where AWS's limit is not known, there is none here.
    /// Expressions of placement constraints are not parsed.
    /// - Parameter tags: The tags to register with it; they keep the rules of §2.3.
    /// - Complexity: O(*n*) in the size of the definition.
    public func violations(tags: [Tag] = []) -> [TaskDefinitionViolation] {
        var check = TaskDefinitionCheck(self)
        check.task()
        check.taskSizes()
        check.volumes()
        for (index, container) in containerDefinitions.enumerated() {
            check.container(container, at: .container(container, index))
        }
        check.staticPorts()
        check.dependencyCycles()
        check.tags(tags)
        return check.violations
    }
}
