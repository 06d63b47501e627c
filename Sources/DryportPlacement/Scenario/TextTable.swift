// SPDX-License-Identifier: Apache-2.0

/// Lines with aligned columns: the first to the left, the others to the right, unless said otherwise.
struct TextTable {
    private var rows: [[String]] = []
    private let leftColumns: Set<Int>

    init(leftColumns: Set<Int> = [0]) { self.leftColumns = leftColumns }

    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The lines, each after an indentation and without white space at its end.
    func lines(indentation: Int = 0) -> [String] {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            var line = String(repeating: " ", count: indentation)
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                line += leftColumns.contains(column) ? cell + padding : padding + cell
                line += "  "
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}

/// Numbers as people read them.
enum NumberText {
    /// With commas between thousands.
    static func grouped(_ number: Int) -> String {
        var digits = Array(String(number.magnitude))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: place)
            place -= 3
        }
        return (number < 0 ? "-" : "") + String(digits)
    }

    /// With a fixed number of decimals, rounded.
    static func decimal(_ number: Double, places: Int) -> String {
        let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = (number * scale).rounded()
        guard scaled.isFinite, abs(scaled) < 1e15 else { return "\(number)" }
        let whole = Int(scaled)
        let digits = String(whole.magnitude)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let fraction = places == 0 ? "" : "." + padded.suffix(places)
        let integer = grouped(Int(padded.dropLast(places)) ?? 0)
        return (whole < 0 ? "-" : "") + integer + fraction
    }

    /// As a percentage with one decimal.
    static func percent(_ part: Double) -> String { decimal(part * 100, places: 1) + " %" }

    /// A time, in the unit that suits it.
    static func time(_ seconds: Double) -> String {
        switch seconds {
        case ..<0.001: decimal(seconds * 1e6, places: 0) + " µs"
        case ..<1: decimal(seconds * 1000, places: 1) + " ms"
        default: decimal(seconds, places: 2) + " s"
        }
    }

    /// A number of things.
    static func count(_ number: Int, _ noun: String) -> String {
        "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
    }
}
