// SPDX-License-Identifier: Apache-2.0

// The values of a query that are more than text.

extension ClusterQuery {
    /// A version in dotted numbers, compared number by number: 1.9.0 comes before 1.14.5, and 1.14 equals 1.14.0.
    struct Version: Sendable {
        private let numbers: [Int]

        /// Parses a version that consists of numbers with dots between them.
        init?(_ text: String) {
            var numbers: [Int] = []
            for part in text.split(separator: ".", omittingEmptySubsequences: false) {
                guard part.utf8.allSatisfy(\.isDigit), let number = Int(part) else { return nil }
                numbers.append(number)
            }
            self.numbers = numbers
        }

        /// How an instance's version compares with this one: below, at or above 0.
        ///
        /// From the text on where something else than a number or a dot stands, it is ignored, as `-dev`.
        /// - Returns: nil if the text does not begin with dotted numbers.
        func order(of text: String) -> Int? {
            var index = 0
            var order = 0
            var number: Int?
            func compare(_ other: Int) {
                let own = index < numbers.count ? numbers[index] : 0
                if order == 0 { order = other < own ? -1 : other > own ? 1 : 0 }
                index += 1
            }
            for byte in text.utf8 {
                if byte.isDigit {
                    let (scaled, overflow) = (number ?? 0).multipliedReportingOverflow(by: 10)
                    let (sum, carried) = scaled.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
                    guard !overflow, !carried else { return nil }
                    number = sum
                } else if byte == UInt8(ascii: ".") {
                    guard let complete = number else { return nil }
                    compare(complete)
                    number = nil
                } else {
                    break
                }
            }
            guard let last = number else { return nil }
            compare(last)
            while index < numbers.count { compare(0) }
            return order
        }
    }

    /// A decimal number such as `-12.50`, compared exactly whatever its length.
    struct DecimalNumber: Sendable, Comparable {
        private let isNegative: Bool
        /// Without leading zeros.
        private let integer: Substring.UTF8View
        /// Without trailing zeros.
        private let fraction: Substring.UTF8View

        /// Parses an optional sign, digits, and optionally a dot and digits.
        init?(_ text: String) {
            var rest = text.utf8[...]
            let sign = rest.first
            if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest.removeFirst() }
            let digits = rest.prefix(while: \.isDigit)
            guard !digits.isEmpty else { return nil }
            rest = rest[digits.endIndex...]
            if rest.first == UInt8(ascii: ".") {
                rest.removeFirst()
                guard !rest.isEmpty, rest.allSatisfy(\.isDigit) else { return nil }
            } else if !rest.isEmpty {
                return nil
            }
            integer = digits.drop { $0 == UInt8(ascii: "0") }
            while rest.last == UInt8(ascii: "0") { rest.removeLast() }
            fraction = rest
            isNegative = sign == UInt8(ascii: "-") && !(integer.isEmpty && fraction.isEmpty)
        }

        static func == (left: DecimalNumber, right: DecimalNumber) -> Bool {
            left.isNegative == right.isNegative && left.integer.elementsEqual(right.integer)
                && left.fraction.elementsEqual(right.fraction)
        }

        static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
            if left.isNegative != right.isNegative { return left.isNegative }
            return left.isNegative ? right.isCloserToZero(than: left) : left.isCloserToZero(than: right)
        }

        private func isCloserToZero(than other: DecimalNumber) -> Bool {
            if integer.count != other.integer.count { return integer.count < other.integer.count }
            if !integer.elementsEqual(other.integer) { return integer.lexicographicallyPrecedes(other.integer) }
            return fraction.lexicographicallyPrecedes(other.fraction)
        }
    }

    /// An integer in decimal digits, with a minus sign if it is negative.
    static func integer(_ text: String) -> Int? {
        text.utf8.first == UInt8(ascii: "+") ? nil : Int(text)
    }

    /// The seconds since the epoch of a date: `2018-06-18` is its midnight, a time without a zone is in UTC.
    ///
    /// Times have whole seconds and, if any, the zone `Z` or an offset such as `+02:00`.
    static func seconds(ofDate text: String) -> Int64? {
        var reader = DateReader(rest: text.utf8[...])
        guard let year = reader.number(4, in: 0...9999), reader.take("-"),
            let month = reader.number(2, in: 1...12), reader.take("-"),
            let day = reader.number(2, in: 1...days(inMonth: month, of: year))
        else { return nil }
        var seconds = dayNumber(year, month, day) * 86_400
        if reader.isAtEnd { return seconds }
        guard reader.take("T"), let hour = reader.number(2, in: 0...23), reader.take(":"),
            let minute = reader.number(2, in: 0...59), reader.take(":"), let second = reader.number(2, in: 0...59)
        else { return nil }
        seconds += hour * 3600 + minute * 60 + second
        if reader.isAtEnd || (reader.take("Z") && reader.isAtEnd) { return seconds }
        let isAhead = reader.take("+")
        guard isAhead || reader.take("-"), let hours = reader.number(2, in: 0...23), reader.take(":"),
            let minutes = reader.number(2, in: 0...59), reader.isAtEnd
        else { return nil }
        let offset = hours * 3600 + minutes * 60
        return isAhead ? seconds - offset : seconds + offset
    }

    private struct DateReader {
        var rest: Substring.UTF8View

        var isAtEnd: Bool { rest.isEmpty }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard let first = rest.first, UInt32(first) == character.value else { return false }
            rest.removeFirst()
            return true
        }

        mutating func number(_ digits: Int, in range: ClosedRange<Int64>) -> Int64? {
            let text = rest.prefix(digits)
            guard text.count == digits, text.allSatisfy(\.isDigit) else { return nil }
            rest = rest.dropFirst(digits)
            let number = text.reduce(Int64(0)) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
            return range.contains(number) ? number : nil
        }
    }

    private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The number of a date's day from 1970-01-01 on, by Howard Hinnant's algorithm `days_from_civil`
    /// (https://howardhinnant.github.io/date_algorithms.html), for years from 0 on.
    private static func dayNumber(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        // The year begins in March, so that the leap day is its last.
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension UInt8 {
    /// Whether it is an ASCII digit.
    fileprivate var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
}
