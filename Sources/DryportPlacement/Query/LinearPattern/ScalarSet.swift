// SPDX-License-Identifier: Apache-2.0

extension LinearPattern {
    /// A set of characters.
    struct ScalarSet: Sendable, Hashable {
        /// In ascending order, with gaps between them.
        private let ranges: [ClosedRange<UInt32>]
        /// A bit for each ASCII character, since nearly all that is looked up is ASCII.
        private let low: UInt64
        private let high: UInt64

        /// Creates the union of ranges in any order.
        init(_ ranges: [ClosedRange<UInt32>]) {
            var merged: [ClosedRange<UInt32>] = []
            for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
                if let last = merged.last, range.lowerBound <= last.upperBound &+ 1 {
                    merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
                } else {
                    merged.append(range)
                }
            }
            var bits: [UInt64] = [0, 0]
            for range in merged where range.lowerBound < 128 {
                for value in range.lowerBound...min(range.upperBound, 127) {
                    bits[Int(value / 64)] |= 1 << (value % 64)
                }
            }
            self.ranges = merged
            low = bits[0]
            high = bits[1]
        }

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            let value = scalar.value
            if value < 64 { return low >> value & 1 == 1 }
            if value < 128 { return high >> (value - 64) & 1 == 1 }
            var start = 0
            var end = ranges.count
            while start < end {
                let middle = (start + end) / 2
                if ranges[middle].upperBound < value { start = middle + 1 } else { end = middle }
            }
            return start < ranges.count && ranges[start].contains(value)
        }

        /// The union of both.
        func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

        /// All other characters.
        var inverted: ScalarSet {
            var gaps: [ClosedRange<UInt32>] = []
            var next: UInt32 = 0
            for range in ranges {
                if range.lowerBound > next { gaps.append(next...(range.lowerBound - 1)) }
                next = range.upperBound + 1
            }
            if next <= 0x10FFFF { gaps.append(next...0x10FFFF) }
            return ScalarSet(gaps)
        }

        /// With each ASCII letter also in its other case.
        var foldingCase: ScalarSet {
            var all = ranges
            for letters: ClosedRange<UInt32> in [0x41...0x5A, 0x61...0x7A] {
                for range in ranges where range.overlaps(letters) {
                    let part = range.clamped(to: letters)
                    // The cases of a letter differ in this bit.
                    all.append((part.lowerBound ^ 0x20)...(part.upperBound ^ 0x20))
                }
            }
            return ScalarSet(all)
        }
    }
}

extension LinearPattern.ScalarSet {
    /// Creates the set of ranges of ASCII characters, written one after the other: `"azAZ"` for the letters.
    private init(ascii bounds: StaticString) {
        let bytes = bounds.withUTF8Buffer { Array($0).map(UInt32.init) }
        self.init(stride(from: 0, to: bytes.count, by: 2).map { bytes[$0]...bytes[$0 + 1] })
    }

    static let lower = Self(ascii: "az")
    static let upper = Self(ascii: "AZ")
    /// `\d`.
    static let digit = Self(ascii: "09")
    /// `\w`.
    static let word = Self(ascii: "azAZ09__")
    /// `\s`.
    static let space = Self([0x09...0x0D, 0x20...0x20])
    /// `.`.
    static let anyButLineTerminator = Self([0x0A...0x0A, 0x0D...0x0D, 0x85...0x85, 0x2028...0x2029]).inverted

    /// The class of the name in `\p{…}`; nil if it is not known.
    static func posix(_ name: String) -> Self? {
        switch name {
        case "Lower": lower
        case "Upper": upper
        case "ASCII": Self([0x00...0x7F])
        case "Alpha": Self(ascii: "azAZ")
        case "Digit": digit
        case "Alnum": Self(ascii: "azAZ09")
        case "Punct": Self(ascii: "!/:@[`{~")
        case "Graph": Self(ascii: "!~")
        case "Print": Self(ascii: " ~")
        case "Blank": Self([0x09...0x09, 0x20...0x20])
        case "Cntrl": Self([0x00...0x1F, 0x7F...0x7F])
        case "XDigit": Self(ascii: "09afAF")
        case "Space": space
        default: nil
        }
    }
}

extension Unicode.Scalar {
    /// Whether `.` does not match it.
    var isLineTerminator: Bool {
        switch value {
        case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }
}
