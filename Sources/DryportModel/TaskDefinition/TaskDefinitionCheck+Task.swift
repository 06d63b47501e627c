// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// Rules of the task as a whole (`ecs-control-plane.md` §3.1), and of its tags (§2.3).

extension TaskDefinitionCheck {
    /// Containers that a definition has at most.
    static let containerLimit = 10
    /// Bytes of JSON that a definition has at most.
    static let sizeLimit = 64 * 1024
    /// MiB below which AWS refuses a container. Docker since 20.10 wants 6, which is for the host to know.
    static let leastMemory = 4

    mutating func task() {
        let task = MemberPlace.task
        names()
        require(definition.networkMode, oneOf: ["bridge", "host", "none", "awsvpc"], at: task.networkMode)
        require(definition.pidMode, oneOf: ["host", "task"], at: task.pidMode)
        require(definition.ipcMode, oneOf: ["host", "task", "none"], at: task.ipcMode)
        role(definition.taskRoleArn, at: task.taskRoleArn)
        role(definition.executionRoleArn, at: task.executionRoleArn)
        placementConstraints()
        if let platform = definition.runtimePlatform {
            let place = task.runtimePlatform
            require(platform.cpuArchitecture, oneOf: ["X86_64", "ARM64"], at: place.cpuArchitecture)
            require(
                platform.operatingSystemFamily, oneOf: Self.operatingSystemFamilies, at: place.operatingSystemFamily)
        }
        if let proxy = definition.proxyConfiguration {
            require(proxy.type, oneOf: ["APPMESH"], at: task.proxyConfiguration.type)
            requirePresent(proxy.containerName, at: task.proxyConfiguration.containerName)
        }
        if let storage = definition.ephemeralStorage {
            require(storage.sizeInGiB ?? 0, in: 21...200, at: task.ephemeralStorage.sizeInGiB)
        }
        launchTypes()
        windowsTask()
        definitionSize()
    }

    private mutating func names() {
        let task = MemberPlace.task
        if definition.family.isEmpty {
            add(.required, at: task.family, text: "Family should not be null or empty.")
        } else if !Self.isName(definition.family) {
            add(.format, at: task.family, "'family' must be 1 to 255 letters, digits, hyphens and underscores.")
        }
        let containers = definition.containerDefinitions
        let place = task.containerDefinitions
        if containers.isEmpty {
            add(.count, at: place, text: "Container list cannot be empty.")
        }
        require(containers.count, atMost: Self.containerLimit, "containers", at: place)
        for (index, container) in containers.enumerated() where !container.name.isEmpty {
            guard self.container(named: container.name) != index else { continue }
            let place = MemberPlace.container(container, index).name
            add(.duplicate, at: place, "Another container has the same 'name'.")
        }
        if !containers.isEmpty, !containers.contains(where: { $0.essential ?? true }) {
            add(.essentialContainer, at: place, "At least one container must be marked as 'essential'.")
        }
        let routers = containers.count { $0.firelensConfiguration != nil }
        if routers > 1 {
            add(.count, at: place, "\(routers) containers have a 'firelensConfiguration', but at most 1 can have one.")
        }
    }

    private mutating func role(_ role: String?, at place: MemberPlace) {
        guard let role, !role.isEmpty else { return }
        let isValid =
            if role.hasPrefix("arn:") {
                ARN(role).map { $0.service == "iam" && $0.resource.hasPrefix("role/") && $0.resource.utf8.count > 5 }
                    ?? false
            } else {
                role.utf8.allSatisfy { $0.isNameByte || "+=,.@/".utf8.contains($0) }
            }
        if !isValid { add(.format, at: place, text: "Role is not valid") }
    }

    private mutating func placementConstraints() {
        let constraints = definition.placementConstraints ?? []
        let place = MemberPlace.task.placementConstraints
        require(constraints.count, atMost: 10, "constraints", at: place)
        for (index, constraint) in constraints.enumerated() {
            let place = place[index]
            if let type = requirePresent(constraint.type, at: place.type) {
                require(type, oneOf: ["memberOf"], at: place.type)
            }
            guard let expression = requirePresent(constraint.expression, at: place.expression) else { continue }
            let length = expression.unicodeScalars.count
            require(length, atMost: 2000, "characters", at: place.expression)
        }
    }

    private mutating func launchTypes() {
        let place = MemberPlace.task.requiresCompatibilities
        var seen: Set<String> = []
        for (index, name) in (definition.requiresCompatibilities ?? []).enumerated() where seen.insert(name).inserted {
            require(name, oneOf: LaunchType.allCases.map(\.rawValue), at: place[index])
            guard let launchType = LaunchType(rawValue: name) else { continue }
            for obstacle in definition.obstacles(to: launchType) {
                add(.launchType, at: obstacle.place, obstacle.problem)
            }
        }
        // For no launch type is this left; external instances never had it.
        if !isExternal, definition.inferenceAccelerators?.isEmpty == false {
            add(
                .discontinued, at: MemberPlace.task.inferenceAccelerators,
                "'inferenceAccelerators' is no longer supported.")
        }
    }

    private mutating func definitionSize() {
        // What registration computes does not count.
        var given = definition
        (given.taskDefinitionArn, given.status, given.registeredBy) = (nil, nil, nil)
        (given.requiresAttributes, given.compatibilities) = (nil, nil)
        (given.registeredAt, given.deregisteredAt, given.deleteRequestedAt) = (nil, nil, nil)
        given.revision = 0
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // It cannot fail: there are no numbers that JSON does not have.
        guard let json = try? encoder.encode(given) else { return }
        let size = json.count - #""revision":0,"#.utf8.count
        guard size > Self.sizeLimit else { return }
        add(
            .definitionSize, at: .task,
            text: "Actual length: '\(size)'. Max allowed length is '\(Self.sizeLimit)' bytes.")
    }

    mutating func taskSizes() {
        let guide = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
        let containers = definition.containerDefinitions
        if let text = definition.cpu {
            let place = MemberPlace.task.cpu
            if let cpu = TaskSize.parse(text, unit: .cpu), (128...196_608).contains(cpu) {
                let sum = containers.reduce(0) { $0.addingSaturated($1.cpu ?? 0) }
                if sum > cpu {
                    add(.taskTotal, at: place, "The containers' 'cpu' is \(sum) in all, above the task's \(cpu).")
                }
            } else {
                add(.taskSize, at: place, text: "Invalid 'cpu' setting for task. \(guide)")
            }
        }
        guard let text = definition.memory else { return }
        let place = MemberPlace.task.memory
        if let memory = TaskSize.parse(text, unit: .memory), memory >= Self.leastMemory {
            let sum = containers.reduce(0) { $0.addingSaturated($1.chargedMemory) }
            if sum > memory {
                let problem = "The containers' 'memory' is \(sum) MiB in all, above the task's \(memory) MiB."
                add(.taskTotal, at: place, problem)
            }
        } else {
            add(.taskSize, at: place, text: "Invalid 'memory' setting for task. \(guide)")
        }
    }

    mutating func tags(_ tags: [Tag]) {
        let place = MemberPlace.task.tags
        require(tags.count, atMost: 50, "tags", at: place)
        var seen: Set<String> = []
        for (index, tag) in tags.enumerated() {
            if let key = requirePresent(tag.key, at: place[index].key) {
                tagText(key, atMost: 128, at: place[index].key)
                if !seen.insert(key).inserted {
                    add(.duplicate, at: place[index].key, "Another tag has the key \(Self.quoted(key)) too.")
                }
            }
            tagText(tag.value ?? "", atMost: 256, at: place[index].value)
        }
    }

    private mutating func tagText(_ text: String, atMost limit: Int, at place: MemberPlace) {
        require(text.unicodeScalars.count, atMost: limit, "characters", at: place)
        if text.prefix(4).lowercased() == "aws:" {
            add(.format, at: place, "'\(place.member)' must not begin with 'aws:'.")
        }
        if !text.unicodeScalars.allSatisfy(Self.isTagCharacter) {
            let form = "must be of letters, digits, spaces and characters of _.:/=+-@"
            add(.format, at: place, "'\(place.member)' is \(Self.quoted(text)), but \(form).")
        }
    }

    private static func isTagCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .spaceSeparator, .lineSeparator, .paragraphSeparator:
            true
        default: "_.:/=+-@".unicodeScalars.contains(scalar)
        }
    }

    private static let operatingSystemFamilies = [
        "LINUX", "WINDOWS_SERVER_2016_FULL", "WINDOWS_SERVER_2019_FULL", "WINDOWS_SERVER_2019_CORE",
        "WINDOWS_SERVER_2004_CORE", "WINDOWS_SERVER_20H2_CORE", "WINDOWS_SERVER_2022_FULL",
        "WINDOWS_SERVER_2022_CORE", "WINDOWS_SERVER_2025_FULL", "WINDOWS_SERVER_2025_CORE",
    ]
}
