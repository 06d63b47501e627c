// SPDX-License-Identifier: Apache-2.0

/// A text with places for a number, such as `i-{index}`, `edge-{index:3}` or `az-{index/3%3}`.
///
/// | Place | Number for index 14 |
/// |---|---|
/// | `{index}` | `14` |
/// | `{index:4}` | `0014`: at least four digits |
/// | `{index/3}` | `4`: divided, without the rest |
/// | `{index%10}` | `4`: the rest |
/// | `{index/3%3:2}` | `01`: from left to right |
struct ScenarioPattern: Sendable, Hashable {
    private enum Part: Sendable, Hashable {
        case text(String)
        case index(steps: [Step], width: Int)
    }

    private enum Step: Sendable, Hashable {
        case divide(Int)
        case remainder(Int)
    }

    private var parts: [Part] = []

    /// Whether it is the same for every index.
    let isConstant: Bool

    /// - Throws: ``PlacementScenarioError`` at the path if a place cannot be read.
    init(_ text: String, at path: @autoclosure () -> String) throws(PlacementScenarioError) {
        let opening = Array("{index".utf8)
        let bytes = Array(text.utf8)
        var literal: [UInt8] = []
        var parts: [Part] = []
        var isConstant = true
        var position = 0
        while position < bytes.count {
            guard bytes[position...].starts(with: opening) else {
                literal.append(bytes[position])
                position += 1
                continue
            }
            var reader = Reader(bytes: bytes, position: position + opening.count)
            guard let part = reader.part() else {
                throw PlacementScenarioError(
                    .invalidValue, at: path(),
                    "'\(text)': a place for the number is {index}, {index:3}, {index/3} or {index%3}")
            }
            if !literal.isEmpty { parts.append(.text(String(decoding: literal, as: UTF8.self))) }
            literal = []
            parts.append(part)
            isConstant = false
            position = reader.position
        }
        if !literal.isEmpty || parts.isEmpty { parts.append(.text(String(decoding: literal, as: UTF8.self))) }
        self.parts = parts
        self.isConstant = isConstant
    }

    /// A text that is taken as it stands.
    init(literal text: String) {
        parts = [.text(text)]
        isConstant = true
    }

    /// The text for an index.
    func callAsFunction(_ index: Int) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .index(let steps, let width):
                var number = index
                for step in steps {
                    switch step {
                    case .divide(let divisor): number /= divisor
                    case .remainder(let divisor): number %= divisor
                    }
                }
                let digits = "\(number)"
                text += String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
            }
        }
        return text
    }

    private struct Reader {
        let bytes: [UInt8]
        var position: Int

        /// What follows `{index` up to and with the brace; nil if it is something else.
        mutating func part() -> Part? {
            var steps: [Step] = []
            while let sign = next() {
                switch sign {
                case UInt8(ascii: "}"): return .index(steps: steps, width: 0)
                case UInt8(ascii: "/"):
                    guard let divisor = number(), divisor > 0 else { return nil }
                    steps.append(.divide(divisor))
                case UInt8(ascii: "%"):
                    guard let divisor = number(), divisor > 0 else { return nil }
                    steps.append(.remainder(divisor))
                case UInt8(ascii: ":"):
                    guard let width = number(), width <= 20, next() == UInt8(ascii: "}") else { return nil }
                    return .index(steps: steps, width: width)
                default: return nil
                }
            }
            return nil
        }

        private mutating func next() -> UInt8? {
            guard position < bytes.count else { return nil }
            position += 1
            return bytes[position - 1]
        }

        private mutating func number() -> Int? {
            let digits = bytes[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            position += digits.count
            return Int(String(decoding: digits, as: UTF8.self))
        }
    }
}
