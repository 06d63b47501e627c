// SPDX-License-Identifier: Apache-2.0

/// A picture of instances by how much of their CPU and memory is taken, one panel for each policy.
///
/// Few instances are cards with bars and names. Many are squares, the fullest first: CPU on the left, memory on the
/// right, darker if fuller. They are grouped by ``PlacementReport/zoneAttribute``. Above them, histograms show how
/// many instances are how full; their bars are the legend of the colours. The colours differ in lightness, so that
/// they can be told apart without seeing hues.
public struct UtilisationPicture: Sendable, Hashable {
    /// The reports, a panel each.
    public var reports: [PlacementReport]

    /// Creates a picture of one report, or of several of the same scenario.
    public init(_ reports: [PlacementReport]) { self.reports = reports }

    /// Beyond this many, instances are squares.
    static let maximumCards = 48
    /// Beyond this many, squares have no tooltips: the picture would be too large.
    static let maximumTooltips = 2000
    /// Beyond this many zones, instances are not grouped.
    static let maximumZones = 48
    static let width = 1200.0
    static let margin = 32.0

    /// The colours, all of them on white.
    enum Colour {
        static let text = "#1d2733"
        static let faint = "#5b6876"
        static let line = "#d5dbe2"
        static let panel = "#f7f9fb"
        static let empty = "#e9edf1"
        /// From nearly empty to full, a tenth each.
        static let ramp = [
            "#e3efb9", "#c6e6b2", "#9fd6b4", "#72c5ba", "#4bb1bf", "#3097bd", "#2679af", "#235a9f", "#203d86",
            "#131f57",
        ]

        /// The colour of a part from 0 to 1; nil for what there is nothing of.
        static func of(_ part: Double?) -> String {
            guard let part, part > 0 else { return empty }
            return ramp[step(part)]
        }

        /// The tenth that a part is in.
        static func step(_ part: Double) -> Int { part < 1 ? min(9, max(0, Int(part * 10))) : 9 }
    }

    /// The picture as an SVG document. The same reports give the same text.
    public func svg() -> String {
        var writer = SVGWriter()
        var y = Self.margin
        let title = reports.first.map { $0.scenario.isEmpty ? "Placement" : $0.scenario } ?? "Placement"
        y += 14
        writer.label(
            Self.margin, y, SVGWriter.fitted(title, width: Self.width - 2 * Self.margin, size: 22), size: 22,
            isBold: true)
        y += 22
        let note = SVGWriter.fitted(legend, width: Self.width - 2 * Self.margin, size: 12.5)
        writer.label(Self.margin, y, note, size: 12.5, fill: Colour.faint)
        y += 18
        for report in reports { y = draw(report, from: y, &writer) + 24 }
        if reports.isEmpty { y += 8 }
        let height = SVGWriter.number(y + Self.margin - 24)
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(SVGWriter.number(Self.width))" height="\(height)" \
            viewBox="0 0 \(SVGWriter.number(Self.width)) \(height)" role="img" \
            font-family="system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif">
            <title>\(SVGWriter.escaped(title)): utilisation of instances</title>
            <desc>\(SVGWriter.escaped(description))</desc>
            <defs><pattern id="closed" width="4" height="4" patternUnits="userSpaceOnUse" \
            patternTransform="rotate(45)"><rect width="4" height="4" fill="#ffffff" fill-opacity="0.45"/>\
            <rect width="1.4" height="4" fill="\(Colour.faint)"/></pattern></defs>
            <rect width="100%" height="100%" fill="#ffffff"/>
            \(writer.text)</svg>

            """
    }

    private var usesCards: Bool { reports.allSatisfy { $0.instances.count <= Self.maximumCards } }

    private var legend: String {
        var text =
            usesCards
            ? "Each card is an instance."
            : "Each square is an instance: CPU on the left, memory on the right, darker if fuller; the fullest first."
        if usesCards && reports.contains(where: { $0.instances.contains { $0.gpus > 0 } }) {
            text += " Small squares are GPUs, filled if taken."
        }
        if reports.contains(where: { $0.instanceCounts.available < $0.instanceCounts.total }) {
            text += " Hatched: draining or not connected."
        }
        if let report = reports.first, let attribute = report.zoneAttribute, Zones(report).zones.count > 1 {
            text += " Grouped by \(attribute)."
        }
        return text
    }

    /// For those who do not see the picture.
    private var description: String {
        reports.map { report in
            "Policy \(report.policy): \(report.placedCount) of \(report.taskCount) tasks placed, "
                + "\(report.instanceCounts.used) of \(report.instanceCounts.total) instances used, mean CPU "
                + "\(NumberText.percent(report.cpu.mean)), mean memory \(NumberText.percent(report.memory.mean))."
        }
        .joined(separator: " ")
    }

    /// Draws a panel.
    /// - Returns: Where it ends.
    private func draw(_ report: PlacementReport, from top: Double, _ writer: inout SVGWriter) -> Double {
        var body = SVGWriter()
        let header = PanelHeader(report: report)
        let bottom = header.draw(at: top + 16, &body)
        let zones = Zones(report)
        let end =
            usesCards
            ? zones.drawCards(report, from: bottom + 14, &body) : zones.drawSquares(report, from: bottom + 14, &body)
        writer.rectangle(
            Self.margin - 16, top, Self.width - 2 * Self.margin + 32, end + 16 - top, fill: Colour.panel, radius: 10,
            attributes: "stroke=\"\(Colour.line)\"")
        writer.raw(body.text)
        return end + 16
    }
}

/// The instances of a report by zone.
struct Zones {
    struct Zone {
        /// nil if instances are not grouped.
        var title: String?
        /// Places in the report.
        var instances: [Int] = []
    }

    private(set) var zones: [Zone] = []

    init(_ report: PlacementReport) {
        var known: [String?: Int] = [:]
        for (index, instance) in report.instances.enumerated() {
            if let place = known[instance.zone] {
                zones[place].instances.append(index)
            } else {
                known[instance.zone] = zones.count
                zones.append(Zone(title: instance.zone ?? "without", instances: [index]))
            }
        }
        let isUseful = report.zoneAttribute != nil && zones.count > 1 && zones.count <= UtilisationPicture.maximumZones
        if !isUseful { zones = [Zone(title: nil, instances: Array(report.instances.indices))] }
    }
}
