// SPDX-License-Identifier: Apache-2.0

import DryportModel
import Testing

/// One rule of `ecs-control-plane.md` §3.1 to §3.4, as changes to a valid definition of which some keep it, at its
/// limits, and some break it.
struct RuleCase: Sendable, CustomTestStringConvertible {
    typealias Change = @Sendable (inout TaskDefinition) -> Void

    var rule: TaskDefinitionViolation.Rule
    var path: String
    var message: String?
    var keeps: [Change]
    var breaks: [Change]

    /// - Parameters:
    ///   - rule: What the changes with values of `breaks` break, and nothing else.
    ///   - path: Where they break it.
    ///   - message: What is then told, if the words matter.
    ///   - change: Writes a value into a definition.
    init<Value: Sendable>(
        _ rule: TaskDefinitionViolation.Rule, _ path: String, _ message: String? = nil, keeps: [Value], breaks: [Value],
        _ change: @escaping @Sendable (inout TaskDefinition, Value) -> Void
    ) {
        self.rule = rule
        self.path = path
        self.message = message
        func changes(_ values: [Value]) -> [Change] { values.map { value in { change(&$0, value) } } }
        self.keeps = changes(keeps)
        self.breaks = changes(breaks)
    }

    var testDescription: String { "\(path) \(rule.rawValue)" }
}

/// A definition that keeps all rules: two containers, of which one is not essential, and a volume.
func validDefinition() -> TaskDefinition {
    TaskDefinition(
        family: "web",
        containerDefinitions: [
            ContainerDefinition(name: "web", image: "nginx:1.27", memory: 64),
            ContainerDefinition(name: "side", image: "busybox", memory: 32, essential: false),
        ],
        volumes: [Volume(name: "data", host: HostVolumeProperties())],
        requiresCompatibilities: ["EXTERNAL"])
}

extension TaskDefinition {
    /// The first container.
    var web: ContainerDefinition {
        get { containerDefinitions[0] }
        set { containerDefinitions[0] = newValue }
    }

    /// The second container, which is not essential.
    var side: ContainerDefinition {
        get { containerDefinitions[1] }
        set { containerDefinitions[1] = newValue }
    }
}

/// A text of a length.
func text(_ length: Int) -> String { String(repeating: "a", count: length) }
