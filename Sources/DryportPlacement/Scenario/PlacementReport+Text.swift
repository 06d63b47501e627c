// SPDX-License-Identifier: Apache-2.0

extension PlacementReport {
    /// The report for people, without a line feed at the end.
    /// - Parameter groups: How many groups are listed with their spread; of the rest, the worst are named.
    public func text(groups: Int = 12) -> String {
        var lines = ["\(scenario.isEmpty ? "Placement" : scenario): \(policyText)"]
        lines += overview
        lines += [""] + utilisation
        if !spread.isEmpty { lines += [""] + spreadLines(groups) }
        let refused = workload.filter { $0.unplacedCount > 0 }
        if !refused.isEmpty { lines += ["", "Not placed"] + refused.flatMap(\.lines) }
        return lines.joined(separator: "\n")
    }

    /// The policy with its strategies.
    var policyText: String {
        guard let strategies else { return "the tasks' own strategies" }
        let text = strategies.isEmpty ? "ECS's defaults" : strategies.joined(separator: ", ")
        return text == policy || text.filter({ $0 != " " }) == policy ? text : "\(policy): \(text)"
    }

    private var overview: [String] {
        var table = TextTable(leftColumns: [0, 1])
        let unplaced = unplacedCount > 0 ? ", \(NumberText.grouped(unplacedCount)) not placed" : ""
        table.add([
            "Tasks", "\(NumberText.grouped(placedCount)) of \(NumberText.grouped(taskCount)) placed\(unplaced)",
        ])
        if let seconds {
            let rate = placementsPerSecond.map { NumberText.decimal($0, places: 0) }
            let text = placedCount > 0 ? rate.map { ", \($0) placements a second" } : nil
            table.add(["Time", NumberText.time(seconds) + (text ?? "")])
        }
        let counts = instanceCounts
        var text = "\(NumberText.grouped(counts.total)): \(NumberText.grouped(counts.used)) used"
        text += ", \(NumberText.grouped(counts.available - counts.used)) empty"
        let closed = counts.total - counts.available
        if closed > 0 { text += ", \(NumberText.grouped(closed)) draining or not connected" }
        table.add(["Instances", text])
        return table.lines()
    }

    private var utilisation: [String] {
        var table = TextTable()
        table.add(["", "registered", "taken", "mean", "lowest", "highest", "std. dev.", "of used", "stranded"])
        func add(_ name: String, _ value: Utilisation, _ packed: Double, _ stranded: Int) {
            table.add([
                name, NumberText.grouped(value.registered), NumberText.grouped(value.taken),
                NumberText.percent(value.mean), NumberText.percent(value.minimum), NumberText.percent(value.maximum),
                NumberText.percent(value.standardDeviation), NumberText.percent(packed), NumberText.grouped(stranded),
            ])
        }
        add("CPU units", cpu, packing.cpu, packing.strandedCPU)
        add("Memory, MiB", memory, packing.memory, packing.strandedMemory)
        let full = NumberText.count(packing.fullInstances, "instance")
        return table.lines() + [
            "  of used: how full the used instances are; stranded: left on \(full) without room for any of the tasks"
        ]
    }

    private func spreadLines(_ groups: Int) -> [String] {
        var table = TextTable()
        table.add(["Spread", "tasks"] + spread[0].buckets.map { "per \($0.field)" })
        for group in spread.prefix(groups) {
            table.add([group.group, NumberText.grouped(group.taskCount)] + group.buckets.map(\.range))
        }
        guard spread.count > groups else { return table.lines() }
        let others = spread.dropFirst(groups)
        let tasks = others.reduce(0) { $0 + $1.taskCount }
        let worst = spread[0].buckets.indices.map { index in
            "\(others.lazy.map { $0.buckets[index].difference }.max() ?? 0) at most"
        }
        table.add(["\(NumberText.grouped(others.count)) more", NumberText.grouped(tasks)] + worst)
        return table.lines()
    }
}

extension PlacementReport.Spread.Buckets {
    /// Such as `1 (3 to 4)`.
    var range: String {
        count == 0 ? "none" : "\(NumberText.grouped(difference)) (\(least) to \(most))"
    }
}

extension PlacementReport.Entry {
    /// Why tasks were not placed.
    fileprivate var lines: [String] {
        var lines = ["  \(name): \(NumberText.grouped(unplacedCount)) of \(NumberText.grouped(taskCount))"]
        for refusal in refusals {
            let count = refusals.count > 1 ? "\(NumberText.grouped(refusal.count)): " : ""
            lines += refusal.explanation.lines(title: count, indentation: 4, remedies: 3)
        }
        let rest = unplacedCount - refusals.reduce(0) { $0 + $1.count }
        if rest > 0 { lines.append("    \(NumberText.grouped(rest)) of other kinds") }
        return lines
    }
}

extension PlacementReport.Explanation {
    /// What removed the instances, one rule a line, and what would help.
    /// - Parameters:
    ///   - title: Stands before the first line.
    ///   - indentation: How far the first line is indented; the others are a little further.
    ///   - limit: How many remedies are listed.
    func lines(title: String, indentation: Int, remedies limit: Int) -> [String] {
        let margin = String(repeating: " ", count: indentation)
        guard instanceCount > 0 else { return [margin + title + "there are no instances"] }
        let fitting = "\(NumberText.grouped(fittingCount)) of \(NumberText.grouped(instanceCount)) instances fit"
        var lines = [margin + title + fitting]
        var table = TextTable(leftColumns: [1])
        for removal in removed { table.add([NumberText.grouped(removal.count), removal.rule]) }
        lines += table.lines(indentation: indentation + 2)
        for remedy in remedies.prefix(limit) { lines.append("\(margin)  → \(remedy.text)") }
        return lines
    }
}
