// SPDX-License-Identifier: Apache-2.0

import DryportModel

extension Timestamp {
    /// Reads a point in time as the engine writes it: RFC 3339 with up to nine digits of fraction, such as
    /// `2026-05-07T21:09:36.123456789Z` or with an offset `+02:00`. Digits below a millisecond are cut off.
    /// - Returns: nil if the text is not such a time, or is the year 1, with which the engine says "never".
    init?(engineTime text: String) {
        var scanner = EngineTimeScanner(text: text)
        guard let year = scanner.digits(4), scanner.skip("-"), let month = scanner.digits(2), scanner.skip("-"),
            let day = scanner.digits(2), scanner.skip("T") || scanner.skip("t"),
            let hour = scanner.digits(2), scanner.skip(":"), let minute = scanner.digits(2), scanner.skip(":"),
            let second = scanner.digits(2), let millisecond = scanner.fraction(), let offset = scanner.offset(),
            scanner.isAtEnd
        else { return nil }
        // 60 is the leap second, which counts as the first of the next minute.
        guard year > 1, (1...12).contains(month), (1...Self.days(of: month, in: year)).contains(day),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        let days = Self.daysSinceEpoch(year: year, month: month, day: day)
        let seconds = (days * 24 + hour) * 3600 + minute * 60 + second - offset
        self.init(millisecondsSinceEpoch: Int64(seconds) * 1000 + Int64(millisecond))
    }

    private static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    private static func days(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01 in the Gregorian calendar. Years are counted from March, so that the leap day
    /// is a year's last and the lengths of the months before it follow one formula.
    private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
        let marchYear = month > 2 ? year : year - 1
        let monthSinceMarch = (month + 9) % 12
        let dayOfYear = (153 * monthSinceMarch + 2) / 5 + day - 1
        let leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400
        return marchYear * 365 + leapDays + dayOfYear - 719_468
    }

    /// Seconds and nanoseconds since the epoch, as parameters of the engine carry them. Not before 1970.
    var engineSeconds: String {
        let (seconds, milliseconds) = max(millisecondsSinceEpoch, 0).quotientAndRemainder(dividingBy: 1000)
        let fraction = String(milliseconds)
        return "\(seconds).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)000000"
    }
}

/// Walks over the bytes of one RFC 3339 text.
private struct EngineTimeScanner {
    private var rest: Substring.UTF8View

    init(text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let byte = rest.first, byte == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func digit() -> Int? {
        guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        rest = rest.dropFirst()
        return Int(byte - UInt8(ascii: "0"))
    }

    mutating func digits(_ count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let next = digit() else { return nil }
            value = value * 10 + next
        }
        return value
    }

    /// The fraction in whole milliseconds; 0 if there is none, nil if it is malformed.
    mutating func fraction() -> Int? {
        guard skip(".") else { return 0 }
        guard var milliseconds = digit() else { return nil }
        var count = 1
        while let next = digit() {
            if count < 3 { milliseconds = milliseconds * 10 + next }
            count += 1
        }
        while count < 3 {
            milliseconds *= 10
            count += 1
        }
        return count <= 9 ? milliseconds : nil
    }

    /// The offset from UTC in seconds; nil if it is missing or malformed.
    mutating func offset() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let sign = skip("-") ? -1 : 1
        guard sign == -1 || skip("+"), let hours = digits(2), skip(":"), let minutes = digits(2),
            hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
