// SPDX-License-Identifier: Apache-2.0

import DryportModel
import Testing

@Suite struct TaskDefinitionViolationTests {
    static let cases =
        RuleCase.task + RuleCase.launchTypes + RuleCase.windows + RuleCase.containers + RuleCase.dependencies
        + RuleCase.secrets + RuleCase.operation + RuleCase.system + RuleCase.ports + RuleCase.volumes

    /// Texts of AWS's, which do not say which container or volume is meant.
    static let borrowed = [
        "Container.name should", "Container.image should", "Family should", "Container list", "Role is not",
        "Invalid 'cpu'", "Invalid 'memory'", "Links are not", "When networkMode=", "When you are", "Unknown volume",
        "Actual length", "Cycle detected",
    ]

    @Test func theValidDefinitionIsValid() {
        #expect(validDefinition().violations() == [])
    }

    @Test(arguments: cases)
    func eachRuleIsChecked(rule: RuleCase) throws {
        for (index, change) in rule.breaks.enumerated() {
            var definition = validDefinition()
            change(&definition)
            let violations = definition.violations()
            #expect(violations.map(\.path) == [rule.path], "\(index): \(violations)")
            #expect(violations.map(\.rule) == [rule.rule], "\(index): \(violations)")
            guard index == 0, let message = rule.message else { continue }
            #expect(violations.first?.message == message)
        }
    }

    @Test(arguments: cases)
    func whatAWSAcceptsIsAccepted(rule: RuleCase) {
        for (index, change) in rule.keeps.enumerated() {
            var definition = validDefinition()
            change(&definition)
            #expect(definition.violations() == [], "\(index)")
        }
    }

    @Test func everyRuleHasACase() {
        // Expressions are parsed by those who know the query language.
        let untested = Set(TaskDefinitionViolation.Rule.allCases).subtracting(Self.cases.map(\.rule))
        #expect(untested == [.expression])
        #expect(Self.cases.allSatisfy { !$0.keeps.isEmpty && !$0.breaks.isEmpty })
    }

    /// A message must say by itself what to mend, since it is all that the API shows.
    @Test(arguments: cases)
    func messagesNameTheContainerAndTheMember(rule: RuleCase) throws {
        for change in rule.breaks {
            var definition = validDefinition()
            change(&definition)
            let violation = try #require(definition.violations().first)
            let message = violation.message
            #expect(!message.contains(where: \.isNewline) && message.utf8.count < 400)
            if Self.borrowed.contains(where: { message.hasPrefix($0) }) { continue }
            let owner: String
            switch violation.path.prefix(while: { $0 != "[" && $0 != "." }) {
            case "containerDefinitions" where violation.path.contains("["):
                let index = violation.path.hasPrefix("containerDefinitions[0]") ? 0 : 1
                owner = "container '\(definition.containerDefinitions[index].name)'"
            case "volumes" where violation.path.contains("["):
                let index = violation.path.hasPrefix("volumes[0]") ? 0 : 1
                let name = definition.volumes?[index].name ?? ""
                owner = "volume '\(name.isEmpty ? "volumes[1]" : name)'"
            default: owner = "task"
            }
            // Long names are cut off.
            #expect(message.hasPrefix("Invalid setting for \(owner.prefix(80))"))
        }
    }

    /// Tools follow the paths into the definition.
    @Test(arguments: cases)
    func pathsArePlacesOfTheAPI(rule: RuleCase) throws {
        #expect(try JSONTree(everyMember).hasMember(at: rule.path))
    }

    @Test func allViolationsAreTold() {
        let definition = TaskDefinition(
            family: "", containerDefinitions: [ContainerDefinition(name: ""), ContainerDefinition(name: "")])
        #expect(
            definition.violations().map(\.path) == [
                "family", "containerDefinitions[0].name", "containerDefinitions[0].image",
                "containerDefinitions[0].memory", "containerDefinitions[1].name", "containerDefinitions[1].image",
                "containerDefinitions[1].memory",
            ])
        #expect(
            definition.violations().last?.description
                == "containerDefinitions[1].memory: Invalid setting for container 'containerDefinitions[1]'. "
                + "At least one of 'memory' or 'memoryReservation' must be specified. [memory-required]")
    }

    @Test func eachCircleIsTold() {
        var definition = validDefinition()
        definition.containerDefinitions = ["a", "b", "c", "d", "e"].map { .init(name: $0, image: "i", memory: 8) }
        for (index, target) in [(0, "b"), (1, "a"), (2, "d"), (3, "c"), (4, "a")] {
            definition.containerDefinitions[index].dependsOn = [.init(containerName: target, condition: "START")]
        }
        #expect(
            definition.violations().map(\.path)
                == ["containerDefinitions[0].dependsOn[0]", "containerDefinitions[2].dependsOn[0]"])
    }

    @Test func whatComesFromOutsideIsShownInOneShortLine() throws {
        var definition = validDefinition()
        definition.networkMode = "a\nb\u{1B}[31m" + text(100)
        let message = try #require(definition.violations().first?.message)
        #expect(message.contains("'a\u{FFFD}b\u{FFFD}[31m") && message.contains("a…'"))
        #expect(!message.contains(text(90)))
    }

    @Test(
        arguments: [
            ([], []), ([.init(key: "k"), .init(key: "K", value: text(256))], []),
            ([.init(key: text(128), value: "")], []), ([.init(value: "v")], ["tags[0].key required"]),
            ([.init(key: "Größe 1_.:/=+-@", value: "b!")], ["tags[0].value format"]),
            ([.init(key: "k", value: "aWs:v")], ["tags[0].value format"]),
            ([.init(key: text(129))], ["tags[0].key count"]), ([.init(key: "AWS:x")], ["tags[0].key format"]),
            ([.init(key: "k", value: text(257))], ["tags[0].value count"]),
            ([.init(key: "k"), .init(key: "k")], ["tags[1].key duplicate"]),
            ((0..<51).map { .init(key: "k\($0)") }, ["tags count"]), ((0..<50).map { .init(key: "k\($0)") }, []),
        ] as [([DryportModel.Tag], [String])])
    func tags(tags: [DryportModel.Tag], expected: [String]) {
        let violations = validDefinition().violations(tags: tags)
        #expect(violations.map { "\($0.path) \($0.rule.rawValue)" } == expected)
    }

    /// Numbers at the ends of `Int` must neither trap nor pass.
    @Test(arguments: [Int.min, Int.max])
    func extremeNumbersAreRefused(number: Int) {
        var definition = validDefinition()
        definition.cpu = "1024"
        definition.memory = "1024"
        for index in definition.containerDefinitions.indices {
            definition.containerDefinitions[index].cpu = number
            definition.containerDefinitions[index].memory = number
            definition.containerDefinitions[index].memoryReservation = number
            definition.containerDefinitions[index].portMappings = [.init(containerPort: number, hostPort: number)]
            definition.containerDefinitions[index].resourceRequirements = [.init(value: "\(number)", type: "GPU")]
        }
        #expect(definition.violations().count >= 12)
        definition.cpu = nil
        definition.memory = nil
        #expect(definition.resources().cpu == (number < 0 ? 0 : .max))
    }

    /// A stranger's definition may be a megabyte of anything. If something in it took quadratic time, this would not
    /// end.
    @Test func largeDefinitionsAreRefused() {
        let links = (0..<20_000).map { "c\($0)" }
        let container = ContainerDefinition(
            name: "a", image: "i", memory: 8, links: links,
            portMappings: (0..<20_000).map { _ in .init(containerPortRange: "1-2") },
            mountPoints: links.map { .init(sourceVolume: $0, containerPath: "/") })
        var definition = TaskDefinition(
            family: "f", containerDefinitions: links.map { .init(name: $0, image: "i", memory: 8, links: [$0]) })
        definition.containerDefinitions.append(container)
        definition.volumes = links.map { .init(name: $0) }
        #expect(definition.violations().first?.path == "containerDefinitions")
    }
}
