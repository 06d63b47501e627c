// SPDX-License-Identifier: Apache-2.0

// Few instances: cards with names and bars.
extension Zones {
    private typealias Colour = UtilisationPicture.Colour

    private static let cardHeight = 62.0
    private static let spacing = 12.0
    private static let titleHeight = 22.0

    /// - Returns: Where they end.
    func drawCards(_ report: PlacementReport, from top: Double, _ writer: inout SVGWriter) -> Double {
        let width = UtilisationPicture.width - 2 * UtilisationPicture.margin
        // At most six beside each other, and rows that are about equally long.
        let rows = (zones.count + 5) / 6
        let columns = zones.count == 1 ? 6 : max(4, (zones.count + rows - 1) / rows)
        let cardWidth = (width - Double(columns - 1) * Self.spacing) / Double(columns)
        var y = top
        if zones.count == 1 {
            return drawBlock(zones[0], report, at: y, columns, cardWidth, &writer)
        }
        // Each zone is a column of cards.
        for start in stride(from: 0, to: zones.count, by: columns) {
            let row = zones[start..<min(start + columns, zones.count)]
            for (column, zone) in row.enumerated() {
                let x = UtilisationPicture.margin + Double(column) * (cardWidth + Self.spacing)
                let title = SVGWriter.fitted(zone.title ?? "", width: cardWidth, size: 12.5)
                writer.label(x, y + 13, title, size: 12.5, isBold: true)
                for (index, instance) in zone.instances.enumerated() {
                    let place = (x, y + Self.titleHeight + Double(index) * (Self.cardHeight + 8))
                    draw(report.instances[instance], at: place, cardWidth, &writer)
                }
            }
            let tallest = row.map(\.instances.count).max() ?? 0
            y += Self.titleHeight + Double(tallest) * (Self.cardHeight + 8) + 8
        }
        return y - 16
    }

    private func drawBlock(
        _ zone: Zone, _ report: PlacementReport, at top: Double, _ columns: Int, _ cardWidth: Double,
        _ writer: inout SVGWriter
    ) -> Double {
        for (index, instance) in zone.instances.enumerated() {
            let x = UtilisationPicture.margin + Double(index % columns) * (cardWidth + Self.spacing)
            let y = top + Double(index / columns) * (Self.cardHeight + Self.spacing)
            draw(report.instances[instance], at: (x, y), cardWidth, &writer)
        }
        let rows = (zone.instances.count + columns - 1) / columns
        return top + Double(rows) * (Self.cardHeight + Self.spacing) - Self.spacing
    }

    private func draw(
        _ instance: PlacementReport.Instance, at place: (x: Double, y: Double), _ width: Double,
        _ writer: inout SVGWriter
    ) {
        let (x, y) = place
        writer.rectangle(
            x, y, width, Self.cardHeight, fill: "#ffffff", radius: 6, attributes: "stroke=\"\(Colour.line)\"",
            tooltip: instance.summary)
        let note = NumberText.count(instance.taskCount, "task")
        // GPUs beyond the eighth are in the tooltip only.
        let gpus = min(8, instance.gpus)
        let noteWidth = Double(note.count) * 5.8 + Double(gpus) * 10
        let room = width - 20 - noteWidth - 4
        for gpu in 0..<gpus {
            writer.rectangle(
                x + width - 16 - noteWidth + Double(gpu) * 10, y + 9, 8, 8,
                fill: gpu < instance.gpusTaken ? Colour.ramp[7] : "#ffffff", radius: 1.5,
                attributes: "stroke=\"\(Colour.ramp[7])\"")
        }
        writer.label(
            x + 10, y + 17, SVGWriter.fitted(instance.id, width: room, size: 12), size: 12, isBold: true)
        writer.label(x + width - 10, y + 17, note, size: 10.5, fill: Colour.faint, anchor: .end)
        bar("CPU", instance.cpuUtilisation, instance, at: (x + 10, y + 26), width - 20, &writer)
        bar("Mem", instance.memoryUtilisation, instance, at: (x + 10, y + 43), width - 20, &writer)
    }

    private func bar(
        _ name: String, _ part: Double?, _ instance: PlacementReport.Instance, at place: (x: Double, y: Double),
        _ width: Double, _ writer: inout SVGWriter
    ) {
        let (x, y) = place
        let length = width - 28 - 36
        writer.label(x, y + 9.5, name, size: 10, fill: Colour.faint)
        writer.rectangle(x + 28, y, length, 12, fill: Colour.empty, radius: 2)
        if let part, part > 0 {
            writer.rectangle(
                x + 28, y, max(2, length * min(1, part)), 12, fill: Colour.of(part), radius: 2,
                attributes: part < 0.2 ? "stroke=\"#b4bec9\" stroke-width=\"0.6\"" : "")
        }
        if !instance.isAvailable { writer.rectangle(x + 28, y, length, 12, fill: "url(#closed)", radius: 2) }
        let text = part.map { "\(NumberText.decimal($0 * 100, places: 0)) %" } ?? "none"
        writer.label(x + width, y + 10, text, size: 10.5, anchor: .end)
    }
}
