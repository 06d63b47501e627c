// SPDX-License-Identifier: Apache-2.0

/// What stands above the instances of a policy: its name, its figures, and how many instances are how full.
struct PanelHeader {
    private typealias Colour = UtilisationPicture.Colour

    let report: PlacementReport

    /// - Returns: Where it ends.
    func draw(at top: Double, _ writer: inout SVGWriter) -> Double {
        let left = UtilisationPicture.margin
        let right = UtilisationPicture.width - UtilisationPicture.margin
        let chart = 264.0
        let room = right - left - 2 * chart - 72
        writer.label(
            left, top + 15, SVGWriter.fitted(report.policy, width: room, size: 16), size: 16, isBold: true)
        let strategies = report.strategies.map { $0.isEmpty ? "ECS's defaults" : $0.joined(separator: ", ") }
        let detail = strategies ?? "each task's own strategies"
        if detail.filter({ $0 != " " }) != report.policy {
            writer.label(
                left, top + 35, SVGWriter.fitted(detail, width: room, size: 12.5), size: 12.5, fill: Colour.faint)
        }
        for (index, line) in figures.enumerated() {
            writer.label(left, top + 58 + Double(index) * 18, line, size: 12.5)
        }
        draw("CPU", report.cpu.mean, \.cpuUtilisation, at: (right - 2 * chart - 32, top), width: chart, &writer)
        draw("Memory", report.memory.mean, \.memoryUtilisation, at: (right - chart, top), width: chart, &writer)
        return top + 96
    }

    private var figures: [String] {
        let counts = report.instanceCounts
        let tasks =
            report.taskCount == 0
            ? "nothing to place"
            : "\(NumberText.grouped(report.placedCount)) of \(NumberText.count(report.taskCount, "task")) placed"
        var instances = "\(NumberText.count(counts.total, "instance")): \(NumberText.grouped(counts.used)) used"
        instances += ", \(NumberText.grouped(counts.available - counts.used)) empty"
        let closed = counts.total - counts.available
        if closed > 0 { instances += ", \(NumberText.grouped(closed)) hatched" }
        let packed = "Used instances are full to \(NumberText.percent(report.packing.cpu)) of CPU"
        return [tasks, instances, "\(packed), \(NumberText.percent(report.packing.memory)) of memory"]
    }

    /// A histogram of the available instances, in the colours of the instances.
    private func draw(
        _ name: String, _ mean: Double, _ part: (PlacementReport.Instance) -> Double?,
        at place: (x: Double, y: Double), width: Double, _ writer: inout SVGWriter
    ) {
        var counts = Array(repeating: 0, count: 11)
        for instance in report.instances where instance.isAvailable {
            guard let part = part(instance) else { continue }
            counts[part > 0 ? Colour.step(part) + 1 : 0] += 1
        }
        let most = max(1, counts.max() ?? 1)
        let base = place.y + 76
        let tallest = 48.0
        // The empty ones stand apart from those that are in tenths.
        let bar = (width - 10) / 11
        writer.label(place.x, place.y + 12, name, size: 12.5, isBold: true)
        writer.label(
            place.x + width, place.y + 12, "mean \(NumberText.percent(mean))", size: 12.5, fill: Colour.faint,
            anchor: .end)
        for (index, count) in counts.enumerated() {
            let x = place.x + Double(index) * bar + (index > 0 ? 10 : 0)
            let height = count == 0 ? 0 : max(2, tallest * Double(count) / Double(most))
            let colour = index == 0 ? Colour.empty : Colour.ramp[index - 1]
            let range = index == 0 ? "empty" : "\((index - 1) * 10) to \(index * 10) %"
            let tooltip = "\(range): \(NumberText.count(count, "instance"))"
            writer.rectangle(
                x, base - height, bar - 1, height, fill: colour,
                attributes: index < 2 && height > 0 ? "stroke=\"#b4bec9\" stroke-width=\"0.6\"" : "", tooltip: tooltip)
            // A key of the colour, also where there is no bar.
            writer.rectangle(
                x, base + 1, bar - 1, 5, fill: colour,
                attributes: index < 2 ? "stroke=\"#b4bec9\" stroke-width=\"0.6\"" : "")
            if count > 0 {
                writer.label(
                    x + (bar - 1) / 2, base - height - 3, Self.short(count), size: 9, fill: Colour.faint,
                    anchor: .middle)
            }
        }
        writer.label(place.x + (bar - 1) / 2, base + 17, "empty", size: 9.5, fill: Colour.faint, anchor: .middle)
        for tenth in [0, 5, 10] {
            writer.label(
                place.x + 10 + bar + Double(tenth) * bar - (tenth == 10 ? 1 : 0), base + 17, "\(tenth * 10) %",
                size: 9.5, fill: Colour.faint, anchor: tenth == 0 ? .start : tenth == 10 ? .end : .middle)
        }
    }

    /// A number in at most four characters, for as many instances as there are.
    private static func short(_ count: Int) -> String {
        switch count {
        case ..<1000: "\(count)"
        case ..<9950: NumberText.decimal(Double(count) / 1000, places: 1) + "k"
        case ..<1_000_000: "\((count + 500) / 1000)k"
        default: "1M"
        }
    }
}
