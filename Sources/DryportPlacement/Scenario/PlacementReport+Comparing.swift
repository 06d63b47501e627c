// SPDX-License-Identifier: Apache-2.0

extension PlacementReport {
    /// Reports of one scenario side by side, with how far each differs from the first; without a line feed at the
    /// end.
    /// - Parameters:
    ///   - reports: One for each policy.
    ///   - groups: How many groups are compared by their spread.
    public static func comparison(_ reports: [PlacementReport], groups: Int = 12) -> String {
        guard let first = reports.first else { return "there is nothing to compare" }
        var lines = [
            "\(first.scenario.isEmpty ? "Placement" : first.scenario): \(NumberText.count(first.taskCount, "task")) on "
                + "\(NumberText.count(first.instanceCounts.total, "instance")), \(reports.count) policies"
        ]
        var table = TextTable(leftColumns: [0])
        // The first has no column for differences.
        table.add(["", first.policy] + reports.dropFirst().flatMap { [$0.policy, ""] })
        for row in rows(groups, first) {
            table.add(row.cells(reports))
        }
        lines += table.lines()
        lines.append("")
        for report in reports { lines.append("\(report.policy): \(report.strategyText)") }
        // Policies that fail in the same way are named together.
        var failures: [(policies: [String], lines: [String])] = []
        for report in reports where report.unplacedCount > 0 {
            let summary = report.workload.flatMap(\.summary)
            if let same = failures.firstIndex(where: { $0.lines == summary }) {
                failures[same].policies.append(report.policy)
            } else {
                failures.append(([report.policy], summary))
            }
        }
        for failure in failures {
            lines += ["", "Not placed under \(failure.policies.joined(separator: ", "))"] + failure.lines
        }
        return lines.joined(separator: "\n")
    }

    fileprivate var strategyText: String {
        guard let strategies else { return "each task's own strategies" }
        return strategies.isEmpty ? "ECS's defaults" : strategies.joined(separator: ", ")
    }

    /// One figure of every report.
    private struct Row {
        enum Unit {
            case number
            case part
            case time
        }

        let name: String
        var unit = Unit.number
        let value: (PlacementReport) -> Double?

        func cells(_ reports: [PlacementReport]) -> [String] {
            let base = reports.first.flatMap(value)
            return [name]
                + reports.enumerated().flatMap { index, report -> [String] in
                    guard let value = value(report) else { return index == 0 ? ["–"] : ["–", ""] }
                    return index == 0 ? [text(value)] : [text(value), difference(value, base)]
                }
        }

        private func text(_ value: Double) -> String {
            switch unit {
            case .number: NumberText.decimal(value, places: 0)
            case .part: NumberText.percent(value)
            case .time: NumberText.time(value)
            }
        }

        private func difference(_ value: Double, _ base: Double?) -> String {
            guard let base, unit != .time else { return "" }
            let text =
                unit == .part
                ? NumberText.decimal((value - base) * 100, places: 1) : NumberText.decimal(value - base, places: 0)
            switch text.filter({ $0 != "0" && $0 != "." && $0 != "-" }).isEmpty {
            case true: return "="
            case false: return text.hasPrefix("-") ? "−" + text.dropFirst() : "+" + text
            }
        }
    }

    private static func rows(_ groups: Int, _ first: PlacementReport) -> [Row] {
        var rows = [
            Row(name: "Tasks placed") { Double($0.placedCount) },
            Row(name: "Tasks not placed") { Double($0.unplacedCount) },
            Row(name: "Instances used") { Double($0.instanceCounts.used) },
            Row(name: "Instances empty") { Double($0.instanceCounts.available - $0.instanceCounts.used) },
        ]
        rows += resource("CPU", \.cpu, \.packing.cpu, \.packing.strandedCPU, "units")
        rows += resource("Memory", \.memory, \.packing.memory, \.packing.strandedMemory, "MiB")
        for index in first.spread.first?.buckets.indices ?? 0..<0 {
            let field = first.spread[0].buckets[index].field
            rows.append(
                Row(name: "Spread per \(field), worst") { report in
                    report.spread.map { Double($0.buckets[index].difference) }.max()
                })
        }
        if first.spread.count > 1 && first.spread.count <= groups {
            for (place, group) in first.spread.enumerated() {
                for index in group.buckets.indices {
                    rows.append(
                        Row(name: "  \(group.group) per \(group.buckets[index].field)") { report in
                            report.spread.indices.contains(place)
                                ? Double(report.spread[place].buckets[index].difference) : nil
                        })
                }
            }
        }
        if first.seconds != nil {
            rows.append(Row(name: "Time", unit: .time, value: \.seconds))
            rows.append(Row(name: "Placements a second", value: \.placementsPerSecond))
        }
        return rows
    }

    private static func resource(
        _ name: String, _ utilisation: @escaping (PlacementReport) -> Utilisation,
        _ packing: @escaping (PlacementReport) -> Double, _ stranded: @escaping (PlacementReport) -> Int,
        _ unit: String
    ) -> [Row] {
        [
            Row(name: "\(name), mean", unit: .part) { utilisation($0).mean },
            Row(name: "\(name), lowest", unit: .part) { utilisation($0).minimum },
            Row(name: "\(name), highest", unit: .part) { utilisation($0).maximum },
            Row(name: "\(name), std. dev.", unit: .part) { utilisation($0).standardDeviation },
            Row(name: "\(name) of used instances", unit: .part) { packing($0) },
            Row(name: "\(name) stranded, \(unit)") { Double(stranded($0)) },
        ]
    }
}

extension PlacementReport.Entry {
    /// Why tasks were not placed, one line for each kind.
    fileprivate var summary: [String] {
        guard unplacedCount > 0 else { return [] }
        let text = refusals.first?.explanation.text ?? ""
        let more = refusals.count > 1 ? " (and \(refusals.count - 1) other kinds of tasks)" : ""
        return ["  \(name): \(NumberText.grouped(unplacedCount)) of \(NumberText.grouped(taskCount)): \(text)\(more)"]
    }
}
