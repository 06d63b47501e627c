// SPDX-License-Identifier: Apache-2.0

// Rules of containers that need each other (`ecs-control-plane.md` §3.2).

extension TaskDefinitionCheck {
    mutating func links(_ container: ContainerDefinition, at place: MemberPlace) {
        guard let links = container.links, !links.isEmpty else { return }
        let place = place.links
        if let mode = definition.networkMode, mode != "bridge" {
            add(.networkMode, at: place, text: "Links are not supported when networkMode=\(mode)")
        }
        for (index, link) in links.enumerated() {
            let parts = link.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            requireContainer(parts[0], at: place[index])
            if parts.count > 1, !Self.isName(parts[1]) {
                let form = "'name' or 'name:alias' of letters, digits, hyphens and underscores"
                add(.format, at: place[index], "'\(place[index].member)' is \(Self.quoted(link)), but must be \(form).")
            }
        }
    }

    mutating func dependencies(_ container: ContainerDefinition, at place: MemberPlace) {
        for (index, dependency) in (container.dependsOn ?? []).enumerated() {
            let place = place.dependsOn[index]
            let condition = requirePresent(dependency.condition, at: place.condition)
            require(condition, oneOf: ["START", "COMPLETE", "SUCCESS", "HEALTHY"], at: place.condition)
            guard let target = requireContainer(dependency.containerName ?? "", at: place.containerName) else {
                continue
            }
            let obstacle: String? =
                switch condition {
                case "COMPLETE", "SUCCESS": target.essential ?? true ? "which must not be essential" : nil
                case "HEALTHY": target.healthCheck == nil ? "which must have a 'healthCheck'" : nil
                default: nil
                }
            guard let condition, let obstacle else { continue }
            let name = Self.quoted(target.name)
            add(
                .dependencyCondition, at: place.condition,
                "'\(place.condition.member)' is \(condition) of container \(name), \(obstacle).")
        }
    }

    /// What one container waits for.
    private struct Edge {
        var target: Int
        var place: MemberPlace
    }

    /// Containers wait for each other through `dependsOn`, `links` and `volumesFrom`; a circle would wait for ever.
    /// Each container is told in one circle at most.
    mutating func dependencyCycles() {
        let containers = definition.containerDefinitions
        // There are too many of them anyway, and this takes quadratic time.
        guard containers.count <= Self.containerLimit else { return }
        let edges = containers.enumerated().map { self.edges(of: $1, at: .container($1, $0)) }
        var left = Array(containers.indices)
        while true {
            // Containers that wait for nothing are taken away until only circles are left, and what waits for them.
            let blocked = left.filter { index in edges[index].contains { left.contains($0.target) } }
            guard blocked.count == left.count else {
                left = blocked
                continue
            }
            guard let start = left.first else { return }
            let cycle = self.cycle(from: start, along: edges, within: left)
            let names = ([cycle[cycle.count - 1]] + cycle).map { Self.quoted(containers[$0.target].name) }
            add(
                .dependencyCycle, at: cycle[0].place,
                text: "Cycle detected in the dependencies of containers: \(names.joined(separator: " → ")).")
            left.removeAll { index in cycle.contains { $0.target == index } }
        }
    }

    private func edges(of container: ContainerDefinition, at place: MemberPlace) -> [Edge] {
        var found: [(name: Substring, place: MemberPlace)] = []
        for (index, dependency) in (container.dependsOn ?? []).enumerated() {
            found.append(((dependency.containerName ?? "")[...], place.dependsOn[index]))
        }
        for (index, link) in (container.links ?? []).enumerated() {
            found.append((link.prefix { $0 != ":" }, place.links[index]))
        }
        for (index, source) in (container.volumesFrom ?? []).enumerated() {
            found.append(((source.sourceContainer ?? "")[...], place.volumesFrom[index]))
        }
        return found.compactMap { name, place in
            self.container(named: name).map { Edge(target: $0, place: place) }
        }
    }

    /// Walks from a container until one comes again.
    /// - Precondition: Each of the containers within which it walks waits for one of them.
    /// - Returns: The edges of the circle; the last one leads to where the first one begins.
    private func cycle(from start: Int, along edges: [[Edge]], within left: [Int]) -> [Edge] {
        var visited = [start]
        var walked: [Edge] = []
        while true {
            let edge = edges[visited[walked.count]].first { left.contains($0.target) }!
            walked.append(edge)
            if let first = visited.firstIndex(of: edge.target) { return Array(walked[first...]) }
            visited.append(edge.target)
        }
    }
}
