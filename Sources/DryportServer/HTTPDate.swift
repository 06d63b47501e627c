// SPDX-License-Identifier: Apache-2.0

import DryportModel
import Synchronization

/// The `Date` header, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7), written once per second.
final class HTTPDate: Sendable {
    private let latest = Mutex((second: Int64.min, text: ""))

    func text(at time: Timestamp) -> String {
        let second = Self.floored(time.millisecondsSinceEpoch, 1000)
        return latest.withLock { latest in
            if latest.second != second { latest = (second, Self.format(second)) }
            return latest.text
        }
    }

    private static func format(_ second: Int64) -> String {
        let day = floored(second, 86400)
        let time = second - day * 86400
        let date = civil(day)
        let weekday = weekdays[Int(((day + 4) % 7 + 7) % 7)]
        return "\(weekday), \(two(date.day)) \(months[date.month - 1]) \(date.year) "
            + "\(two(Int(time / 3600))):\(two(Int(time / 60 % 60))):\(two(Int(time % 60))) GMT"
    }

    /// The proleptic Gregorian date of a day since 1970-01-01: years are counted from March, in eras of 400.
    private static func civil(_ day: Int64) -> (year: Int64, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = floored(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let dayOfMonth = Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
        let month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfMonth)
    }

    private static func floored(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }

    private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
