// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Measurements of one thing.
struct Samples {
    private var values: [Double] = []

    mutating func add(_ value: Double) { values.append(value) }

    mutating func add(_ duration: Duration) { values.append(duration / .milliseconds(1)) }

    mutating func add(_ other: Samples) { values += other.values }

    var count: Int { values.count }

    /// The value below which a share of the others lies, by the nearest rank.
    static func rank(_ share: Double, of sorted: [Double]) -> Double {
        sorted.isEmpty
            ? .nan : sorted[max(0, min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.up)) - 1))]
    }

    func figure(_ name: String, unit: String = "ms") -> Figure {
        let sorted = values.sorted()
        return Figure(
            name: name, unit: unit, count: sorted.count, minimum: sorted.first ?? .nan,
            median: Self.rank(0.5, of: sorted), p99: Self.rank(0.99, of: sorted), maximum: sorted.last ?? .nan)
    }
}

/// One line of the table.
struct Figure: Encodable {
    var name: String
    var unit: String
    var count: Int
    var minimum: Double
    var median: Double
    var p99: Double
    var maximum: Double

    var line: String {
        func text(_ value: Double) -> String { String(format: value < 10 ? "%.2f" : "%.1f", value).leftPadded(to: 9) }
        return name.padding(toLength: 58, withPad: " ", startingAt: 0)
            + unit.padding(toLength: 4, withPad: " ", startingAt: 0)
            + String(count).leftPadded(to: 6) + text(minimum) + text(median) + text(p99) + text(maximum)
    }

    static let header =
        "".padding(toLength: 62, withPad: " ", startingAt: 0)
        + ["n", "min", "median", "p99", "max"].enumerated().map { $1.leftPadded(to: $0 == 0 ? 6 : 9) }.joined()
}

extension String {
    func leftPadded(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}

/// Everything that one run measured; printed as it becomes known, or as JSON at the end.
struct Report {
    private struct Content: Encodable {
        var machine: Machine
        var figures: [Figure]
        var values: [String: Double]
        var notes: [String]
    }

    var machine: Machine
    private let isPrinting: Bool
    private var figures: [Figure] = []
    private var values: [String: Double] = [:]
    private var notes: [String] = []

    init(machine: Machine, isPrinting: Bool) {
        self.machine = machine
        self.isPrinting = isPrinting
    }

    func printHead() {
        show(machine.description)
    }

    /// Begins a group of figures.
    func section(_ title: String) { show("\n\(title)\n\(Figure.header)") }

    mutating func add(_ figure: Figure) {
        figures.append(figure)
        show(figure.line)
    }

    /// One number.
    mutating func add(_ name: String, _ value: Double, unit: String) {
        values["\(name), \(unit)"] = value
        show("\(name.padding(toLength: 58, withPad: " ", startingAt: 0))\(String(format: "%.2f", value)) \(unit)")
    }

    /// A remark, such as why something was left out.
    mutating func note(_ text: String) {
        notes.append(text)
        show("    \(text)")
    }

    func printTail() {
        guard !isPrinting else {
            show("\nload average at the end: \(machine.loadAtEnd ?? "unknown")")
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let content = Content(machine: machine, figures: figures, values: values, notes: notes)
        if let data = try? encoder.encode(content) { print(String(decoding: data, as: UTF8.self)) }
    }

    private func show(_ text: String) {
        guard isPrinting else { return }
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }
}
