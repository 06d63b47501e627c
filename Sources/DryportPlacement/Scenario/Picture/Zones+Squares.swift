// SPDX-License-Identifier: Apache-2.0

// Many instances: squares.
extension Zones {
    private typealias Colour = UtilisationPicture.Colour

    /// How squares are arranged.
    private struct Grid {
        let columns: Int
        let boxWidth: Double
        let size: Double
        let gap: Double

        var step: Double { size + gap }
        var perRow: Int { max(1, Int((boxWidth + gap) / step)) }

        func height(_ count: Int) -> Double { Double((count + perRow - 1) / perRow) * step - gap }
    }

    private static let spacing = 24.0
    private static let titleHeight = 22.0

    /// The largest squares with which the zones are not too high.
    private var grid: Grid {
        let width = UtilisationPicture.width - 2 * UtilisationPicture.margin
        let columns = min(zones.count, zones.count <= 4 ? 4 : zones.count <= 6 ? 3 : zones.count <= 12 ? 4 : 8)
        let boxWidth = (width - Double(columns - 1) * Self.spacing) / Double(columns)
        let rows = (zones.count + columns - 1) / columns
        let largest = zones.map(\.instances.count).max() ?? 0
        for size in stride(from: 28.0, to: 4, by: -2) {
            let gap = size >= 16 ? 3.0 : size >= 8 ? 2 : 1
            let grid = Grid(columns: columns, boxWidth: boxWidth, size: size, gap: gap)
            if grid.height(largest) * Double(rows) <= 480 { return grid }
        }
        return Grid(columns: columns, boxWidth: boxWidth, size: 4, gap: 1)
    }

    /// - Returns: Where they end.
    func drawSquares(_ report: PlacementReport, from top: Double, _ writer: inout SVGWriter) -> Double {
        let grid = self.grid
        var y = top
        for start in stride(from: 0, to: zones.count, by: grid.columns) {
            let row = zones[start..<min(start + grid.columns, zones.count)]
            var tallest = 0.0
            for (column, zone) in row.enumerated() {
                let x = UtilisationPicture.margin + Double(column) * (grid.boxWidth + Self.spacing)
                let title = zone.title == nil ? 0 : Self.titleHeight
                if zone.title != nil { drawTitle(zone, report, at: (x, y + 13), grid.boxWidth, &writer) }
                draw(zone, report, at: (x, y + title), grid, &writer)
                tallest = max(tallest, title + grid.height(zone.instances.count))
            }
            y += tallest + Self.spacing
        }
        return y - Self.spacing
    }

    private func drawTitle(
        _ zone: Zone, _ report: PlacementReport, at place: (x: Double, y: Double), _ width: Double,
        _ writer: inout SVGWriter
    ) {
        let available = zone.instances.map { report.instances[$0] }.filter(\.isAvailable)
        let cpu = PlacementReport.Utilisation(available.map { ($0.cpu, $0.cpuTaken) })
        let memory = PlacementReport.Utilisation(available.map { ($0.memory, $0.memoryTaken) })
        let parts = "CPU \(NumberText.decimal(cpu.part * 100, places: 0)) %, memory "
        var detail = "\(NumberText.grouped(zone.instances.count)) · \(parts)"
        detail += "\(NumberText.decimal(memory.part * 100, places: 0)) %"
        let showsDetail = width > 240
        let room = showsDetail ? width - Double(detail.count) * 6.4 : width
        writer.label(
            place.x, place.y, SVGWriter.fitted(zone.title ?? "", width: room, size: 12.5), size: 12.5, isBold: true)
        if showsDetail {
            writer.label(place.x + width, place.y, detail, size: 11.5, fill: Colour.faint, anchor: .end)
        }
    }

    private func draw(
        _ zone: Zone, _ report: PlacementReport, at place: (x: Double, y: Double), _ grid: Grid,
        _ writer: inout SVGWriter
    ) {
        let half = grid.size / 2
        let hasTooltips = report.instances.count <= UtilisationPicture.maximumTooltips
        // All rectangles of a colour are one path.
        var paths: [String: String] = [:]
        var closed = ""
        for (index, instance) in Self.fullestFirst(zone.instances, report).enumerated() {
            let x = place.x + Double(index % grid.perRow) * grid.step
            let y = place.y + Double(index / grid.perRow) * grid.step
            let instance = report.instances[instance]
            paths[Colour.of(instance.cpuUtilisation), default: ""] += SVGWriter.box(x, y, half, grid.size)
            paths[Colour.of(instance.memoryUtilisation), default: ""] += SVGWriter.box(x + half, y, half, grid.size)
            if !instance.isAvailable { closed += SVGWriter.box(x, y, grid.size, grid.size) }
        }
        for colour in [Colour.empty] + Colour.ramp { writer.path(paths[colour] ?? "", fill: colour) }
        writer.path(closed, fill: "url(#closed)")
        guard hasTooltips else { return }
        for (index, instance) in Self.fullestFirst(zone.instances, report).enumerated() {
            writer.rectangle(
                place.x + Double(index % grid.perRow) * grid.step, place.y + Double(index / grid.perRow) * grid.step,
                grid.size, grid.size, fill: "#ffffff", attributes: "fill-opacity=\"0\"",
                tooltip: report.instances[instance].summary)
        }
    }

    /// What squares are sorted by.
    private struct Fullness {
        let place: Int
        let isAvailable: Bool
        let greater: Double
        let lesser: Double

        init(_ place: Int, _ instance: PlacementReport.Instance) {
            self.place = place
            isAvailable = instance.isAvailable
            let cpu = instance.cpuUtilisation ?? 0
            let memory = instance.memoryUtilisation ?? 0
            greater = max(cpu, memory)
            lesser = min(cpu, memory)
        }

        static func precedes(_ left: Fullness, _ right: Fullness) -> Bool {
            if left.isAvailable != right.isAvailable { return left.isAvailable }
            if left.greater != right.greater { return left.greater > right.greater }
            if left.lesser != right.lesser { return left.lesser > right.lesser }
            return left.place < right.place
        }
    }

    /// Sorts by the fuller resource; those that take no tasks come last.
    private static func fullestFirst(_ places: [Int], _ report: PlacementReport) -> [Int] {
        places.map { Fullness($0, report.instances[$0]) }.sorted(by: Fullness.precedes).map(\.place)
    }
}

extension PlacementReport.Instance {
    /// All of it in one line.
    var summary: String {
        var text = "\(id): CPU \(NumberText.grouped(cpuTaken)) of \(NumberText.grouped(cpu))"
        text += ", memory \(NumberText.grouped(memoryTaken)) of \(NumberText.grouped(memory)) MiB"
        if gpus > 0 { text += ", \(gpusTaken) of \(NumberText.count(gpus, "GPU"))" }
        text += ", \(NumberText.count(taskCount, "task"))"
        if status != "ACTIVE" { text += ", \(status)" }
        return agentConnected ? text : text + ", agent not connected"
    }
}
