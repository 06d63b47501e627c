// SPDX-License-Identifier: Apache-2.0

extension Timestamp {
    /// The time as RFC 3339 in UTC with whole seconds, such as `2026-12-01T00:00:00Z`.
    public var internetDateTime: String {
        let seconds =
            millisecondsSinceEpoch >= 0 ? millisecondsSinceEpoch / 1000 : (millisecondsSinceEpoch - 999) / 1000
        let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let time = seconds - day * 86_400
        let (year, month, dayOfMonth) = Self.civil(fromDay: day)
        func padded(_ value: Int64, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return
            "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))T\(padded(time / 3600, 2)):"
            + "\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2))Z"
    }

    /// The time as RFC 3339 in UTC with milliseconds, such as `2026-12-01T00:00:00.125Z`.
    public var internetDateTimeWithMilliseconds: String {
        let milliseconds = ((millisecondsSinceEpoch % 1000) + 1000) % 1000
        let padding = String(repeating: "0", count: milliseconds < 10 ? 2 : milliseconds < 100 ? 1 : 0)
        return "\(internetDateTime.dropLast()).\(padding)\(milliseconds)Z"
    }

    /// The date of a day counted from 1970-01-01, by Howard Hinnant's algorithm `civil_from_days`
    /// (https://howardhinnant.github.io/date_algorithms.html).
    private static func civil(fromDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfMonth)
    }
}
